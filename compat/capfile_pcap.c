// SPDX-License-Identifier: Apache-2.0
/* capfile_pcap.c - the older format: one header, one interface, plain records */
#include "base/clock.h"
#include "base/mem.h"
#include "compat/capfile_internal.h"
#include "compat/wire_decode.h"

#define FILE_HEADER 24
/* Of the last field; above it is what is known of frame check sequences. */
#define LINKTYPE_MASK 0x03ffffffU

/*
 * struct magic - How a file begins, and what follows from that
 * @record_header: Bytes before each frame: two of time, two of length, and in
 *		   Kuznetzov's variant 8 about the interface and the protocol
 */
static const struct magic {
	uint32_t magic;
	uint32_t ns_per_tick;
	uint32_t record_header;
} magics[] = {
	{ 0xa1b2c3d4, 1000, 16 },
	{ 0xa1b23c4d, 1, 16 },
	{ 0xa1b2cd34, 1000, 24 },
};

static const struct magic *find_magic(uint32_t value)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (magics[i].magic == value)
			return &magics[i];
	return NULL;
}

static int next_pcap(struct capfile *file, struct capframe *ret_frame,
		     struct err *err)
{
	const struct capiface *iface = &file->ifaces[0];
	uint64_t offset = capfile_offset(file);
	int rc = capfile_have(file, file->record_header, err);
	const uint8_t *at = capfile_at(file);
	uint32_t cap_len;

	if (rc != 1)
		return rc ? -1 : capfile_end(file, file->source.end > 0);
	cap_len = capfile_get32(file, at + 8);
	if (cap_len > CAPFILE_FRAME_MAX)
		return capfile_bad(file, offset, err,
				   "a frame of %u bytes, more than %u", cap_len,
				   CAPFILE_FRAME_MAX);
	rc = capfile_have(file, file->record_header + cap_len, err);
	if (rc != 1)
		return rc ? -1 : capfile_end(file, true);
	at = capfile_at(file);
	*ret_frame = (struct capframe){
		.offset = offset,
		.at_ns = capfile_get32(file, at) * NS_PER_S +
			 capfile_get32(file, at + 4) * iface->mul,
		.has_time = true,
		.bytes = at + file->record_header,
		.cap_len = cap_len,
		.len = capfile_get32(file, at + 12),
	};
	capfile_take(file, file->record_header + cap_len);
	capfile_give(file, 0, ret_frame);
	return 1;
}

int capfile_begin_pcap(struct capfile *file, struct err *err)
{
	const uint8_t *at = capfile_at(file);
	const struct magic *magic = find_magic(capfile_get32(file, at));
	struct capiface *iface;

	if (!magic) {
		file->swapped = true;
		magic = find_magic(capfile_get32(file, at));
	}
	if (!magic) {
		file->swapped = false;
		return 0;
	}
	if (capfile_get16(file, at + 4) != 2 ||
	    capfile_get16(file, at + 6) != 4)
		return capfile_bad(file, 4, err,
				   "pcap of version %u.%u, which is not known",
				   capfile_get16(file, at + 4),
				   capfile_get16(file, at + 6));
	iface = capfile_add_interface(
		file, (int)(capfile_get32(file, at + 20) & LINKTYPE_MASK),
		capfile_get32(file, at + 16));
	iface->mul = magic->ns_per_tick;
	if (!iface->known)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' holds frames of link type %d, which is "
			       "not known",
			       file->path, iface->pub.linktype);
	file->record_header = magic->record_header;
	file->next = next_pcap;
	capfile_take(file, FILE_HEADER);
	return 1;
}
