// SPDX-License-Identifier: Apache-2.0
/* capfile_ng.c - pcapng: blocks, of which only frames come out */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "compat/capfile_internal.h"
#include "compat/capfile_options.h"

/*
 * DOC: Blocks
 * Each block is its type, its length, a body, and the length once more; all are
 * padded to 4 bytes. A section header block sets the byte order of all that
 * follows it up to the next one, and ends the interfaces before it.
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
 */
#define SECTION_TYPE 0x0a0d0d0aU
#define BYTE_ORDER_MAGIC 0x1a2b3c4dU
#define BLOCK_OVERHEAD 12
#define SECTION_MIN 28

/*
 * struct block - One that is in the buffer whole
 * @offset:	Of its beginning in the file
 * @body, @len:	Between the lengths
 */
struct block {
	uint64_t offset;
	const uint8_t *body;
	uint32_t len;
};

/* --- Interfaces ----------------------------------------------------------- */

static int read_interface(struct capfile *file, const struct block *b,
			  struct capframe *ret_frame, struct err *err)
{
	struct capiface *iface;

	(void)ret_frame;
	if (file->n_ifaces >= CAPFILE_INTERFACES_MAX)
		return capfile_bad(file, b->offset, err,
				   "more than %u interfaces",
				   CAPFILE_INTERFACES_MAX);
	iface = capfile_add_interface(file, capfile_get16(file, b->body),
				      capfile_get32(file, b->body + 4));
	return capoptions_interface(file, b->offset, b->body + 8, b->len - 8,
				    iface, err);
}

/* An interface of the present section; NULL and an error: it has none such. */
static struct capiface *find_interface(struct capfile *file,
				       const struct block *b, uint32_t number,
				       struct err *err)
{
	size_t n = file->n_ifaces - file->section;

	if (number < n)
		return &file->ifaces[file->section + number];
	(void)capfile_bad(file, b->offset, err,
			  "interface %u, where its section has %zu", number, n);
	return NULL;
}

static int read_statistics(struct capfile *file, const struct block *b,
			   struct capframe *ret_frame, struct err *err)
{
	struct capiface *iface =
		find_interface(file, b, capfile_get32(file, b->body), err);

	(void)ret_frame;
	if (!iface)
		return -1;
	return capoptions_statistics(file, b->offset, b->body + 12, b->len - 12,
				     iface, err);
}

/* --- Frames --------------------------------------------------------------- */

/*
 * struct record - Where the parts of a block with a frame are
 * @header:	Bytes of its body before the frame
 * @number:	Of its interface in the section
 */
struct record {
	uint32_t header;
	uint32_t number;
};

static uint32_t padded(uint32_t len)
{
	return (len + 3) & ~3U;
}

/* Frame and options of a block whose header has been read. */
static int take_frame(struct capfile *file, const struct block *b,
		      const struct record *r, struct capframe *frame,
		      struct err *err)
{
	struct capiface *iface = find_interface(file, b, r->number, err);
	uint32_t room = b->len - r->header;
	uint32_t used;

	if (!iface)
		return -1;
	if (frame->cap_len > CAPFILE_FRAME_MAX || frame->cap_len > room)
		return capfile_bad(file, b->offset, err,
				   "a frame of %u bytes in a block that has %u",
				   frame->cap_len, room);
	used = r->header + padded(frame->cap_len);
	frame->offset = b->offset;
	frame->bytes = b->body + r->header;
	if (frame->has_time)
		frame->at_ns = capfile_ns(iface, frame->at_ns);
	if (used < b->len &&
	    capoptions_frame(file, b->offset, b->body + used, b->len - used,
			     iface, &frame->comment, err))
		return -1;
	capfile_give(file, (size_t)(iface - file->ifaces), frame);
	return 1;
}

static uint64_t ticks_at(const struct capfile *file, const uint8_t *at)
{
	return (uint64_t)capfile_get32(file, at) << 32 |
	       capfile_get32(file, at + 4);
}

static int read_enhanced(struct capfile *file, const struct block *b,
			 struct capframe *ret_frame, struct err *err)
{
	const struct record r = { .header = 20,
				  .number = capfile_get32(file, b->body) };
	struct capframe frame = {
		.at_ns = ticks_at(file, b->body + 4),
		.has_time = true,
		.cap_len = capfile_get32(file, b->body + 12),
		.len = capfile_get32(file, b->body + 16),
	};
	int rc = take_frame(file, b, &r, &frame, err);

	if (rc == 1)
		*ret_frame = frame;
	return rc;
}

/* Its length is the frame's, or the first interface's snap length. */
static int read_simple(struct capfile *file, const struct block *b,
		       struct capframe *ret_frame, struct err *err)
{
	const struct record r = { .header = 4 };
	const struct capiface *iface = find_interface(file, b, 0, err);
	struct capframe frame = { .len = capfile_get32(file, b->body) };
	int rc;

	if (!iface)
		return -1;
	frame.cap_len = frame.len;
	if (iface->pub.snaplen && iface->pub.snaplen < frame.len)
		frame.cap_len = iface->pub.snaplen;
	/* What is left is padding: no options follow. */
	if (b->len - r.header >= padded(frame.cap_len) + 4)
		return capfile_bad(file, b->offset, err,
				   "a frame of %u bytes in a block that has %u",
				   frame.cap_len, b->len - r.header);
	rc = take_frame(file, b, &r, &frame, err);
	if (rc == 1)
		*ret_frame = frame;
	return rc;
}

/* The obsolete one, which tells drops beside the interface. */
static int read_packet(struct capfile *file, const struct block *b,
		       struct capframe *ret_frame, struct err *err)
{
	const struct record r = { .header = 20,
				  .number = capfile_get16(file, b->body) };
	uint16_t drops = capfile_get16(file, b->body + 2);
	struct capframe frame = {
		.at_ns = ticks_at(file, b->body + 4),
		.has_time = true,
		.cap_len = capfile_get32(file, b->body + 12),
		.len = capfile_get32(file, b->body + 16),
	};
	int rc = take_frame(file, b, &r, &frame, err);

	if (rc != 1)
		return rc;
	if (drops != UINT16_MAX)
		capoptions_lost(&file->ifaces[frame.interface], drops);
	*ret_frame = frame;
	return 1;
}

/* --- All blocks ----------------------------------------------------------- */

/*
 * struct block_kind - A block that is understood
 * @min:	Bytes that its body has at least
 * @read:	Return: 1 with a frame, 0 without one, or -1
 */
static const struct block_kind {
	uint32_t type;
	uint32_t min;
	int (*read)(struct capfile *file, const struct block *b,
		    struct capframe *ret_frame, struct err *err);
} kinds[] = {
	{ 6, 20, read_enhanced },   { 3, 4, read_simple },
	{ 2, 20, read_packet },	    { 1, 8, read_interface },
	{ 5, 12, read_statistics },
};

static const struct block_kind *find_kind(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

/* Of 0 (cut) and -1, from where a block has begun. */
static int stop(struct capfile *file, int rc)
{
	return rc ? -1 : capfile_end(file, true);
}

static int check_trailer(struct capfile *file, uint64_t offset, uint32_t len,
			 const uint8_t *trailer, struct err *err)
{
	uint32_t again = capfile_get32(file, trailer);

	if (again == len)
		return 0;
	return capfile_bad(file, offset, err,
			   "a block of %u bytes that has %u at its end", len,
			   again);
}

/* A block of no interest, of any length. Return: as struct block_kind.read */
static int pass_over(struct capfile *file, uint64_t offset, uint32_t len,
		     struct err *err)
{
	int rc = capfile_skip(file, len - 4, err);

	if (rc == 1)
		rc = capfile_have(file, 4, err);
	if (rc != 1)
		return stop(file, rc);
	if (check_trailer(file, offset, len, capfile_at(file), err))
		return -1;
	capfile_take(file, 4);
	return 0;
}

static int read_block(struct capfile *file, const struct block_kind *kind,
		      uint32_t len, struct capframe *ret_frame, struct err *err)
{
	struct block b = { .offset = capfile_offset(file),
			   .len = len - BLOCK_OVERHEAD };
	int rc;

	if (len > CAPFILE_RECORD_MAX || b.len < kind->min)
		return capfile_bad(file, b.offset, err,
				   "a block of type %u with %u bytes",
				   kind->type, len);
	rc = capfile_have(file, len, err);
	if (rc != 1)
		return stop(file, rc);
	b.body = capfile_at(file) + 8;
	if (check_trailer(file, b.offset, len, b.body + b.len, err))
		return -1;
	capfile_take(file, len);
	return kind->read(file, &b, ret_frame, err);
}

/*
 * Before its length can be read its byte order must be known. There are 24
 * bytes. Options of a section are passed over.
 * Return: as struct block_kind.read
 */
static int begin_section(struct capfile *file, struct err *err)
{
	const uint8_t *at = capfile_at(file);
	uint64_t offset = capfile_offset(file);
	uint32_t len;

	file->swapped = false;
	if (capfile_get32(file, at + 8) != BYTE_ORDER_MAGIC) {
		file->swapped = true;
		if (capfile_get32(file, at + 8) != BYTE_ORDER_MAGIC)
			return capfile_bad(file, offset, err,
					   "a section of no byte order");
	}
	len = capfile_get32(file, at + 4);
	if (capfile_get16(file, at + 12) != 1)
		return capfile_bad(file, offset, err,
				   "pcapng of version %u, which is not known",
				   capfile_get16(file, at + 12));
	if (len < SECTION_MIN || len % 4)
		return capfile_bad(file, offset, err,
				   "a section header of %u bytes", len);
	file->section = file->n_ifaces;
	return pass_over(file, offset, len, err);
}

/* Return: 1 with a frame, 0 when there was none in this block, or -1 */
static int next_block(struct capfile *file, struct capframe *ret_frame,
		      struct err *err)
{
	const struct block_kind *kind;
	uint64_t offset = capfile_offset(file);
	int rc = capfile_have(file, 8, err);
	uint32_t type, len;

	if (rc != 1)
		return rc ? -1 : capfile_end(file, file->source.end > 0);
	type = capfile_get32(file, capfile_at(file));
	if (type == SECTION_TYPE) {
		rc = capfile_have(file, 24, err);
		return rc == 1 ? begin_section(file, err) : stop(file, rc);
	}
	len = capfile_get32(file, capfile_at(file) + 4);
	if (len < BLOCK_OVERHEAD || len % 4)
		return capfile_bad(file, offset, err,
				   "a block of type %u with %u bytes", type,
				   len);
	kind = find_kind(type);
	return kind ? read_block(file, kind, len, ret_frame, err) :
		      pass_over(file, offset, len, err);
}

static int next_ng(struct capfile *file, struct capframe *ret_frame,
		   struct err *err)
{
	int rc = 0;

	while (rc == 0 && !file->ended)
		rc = next_block(file, ret_frame, err);
	return rc;
}

int capfile_begin_ng(struct capfile *file, struct err *err)
{
	if (capfile_get32(file, capfile_at(file)) != SECTION_TYPE)
		return 0;
	if (begin_section(file, err))
		return -1;
	file->next = next_ng;
	return !file->ended;
}
