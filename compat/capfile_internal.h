// SPDX-License-Identifier: Apache-2.0
/* capfile_internal.h - what the readers of both formats share; for capfile*.c */
#ifndef COMPAT_CAPFILE_INTERNAL_H
#define COMPAT_CAPFILE_INTERNAL_H

#include <string.h>

#include "compat/capfile.h"

/**
 * struct capsource - A file or pipe, read once through a buffer
 * @buf, @size:	The buffer; bytes [@at, @end) of it are read and not yet taken
 * @offset:	Of @buf's first byte in the file
 */
struct capsource {
	int fd;
	uint8_t *buf;
	size_t size;
	size_t at;
	size_t end;
	uint64_t offset;
};

/**
 * struct capiface - An interface, and how its time stamps are read
 * @known:	wire_linktype_known()
 * @mul, @shift, @div, @offset_s: ns = ticks * mul >> shift / div, plus seconds
 */
struct capiface {
	struct capfile_interface pub;
	bool known;
	uint64_t mul;
	unsigned shift;
	uint64_t div;
	int64_t offset_s;
};

/**
 * struct capfile - A capture being read
 * @path:	For messages
 * @next:	The format's reader
 * @swapped:	Numbers are in the other byte order
 * @ended:	There are no more frames
 * @cut:	It ended in the middle of a record
 * @frames:	So far
 * @last_ns:	Time of the last frame, 0 before the first
 * @ifaces, @n_ifaces: Of all sections; the present one's begin with @section
 * @comment:	Of the last frame
 * @record_header: pcap: bytes before a frame
 */
struct capfile {
	char *path;
	struct capsource source;
	int (*next)(struct capfile *file, struct capframe *ret_frame,
		    struct err *err);
	bool swapped;
	bool ended;
	bool cut;
	uint64_t frames;
	uint64_t last_ns;
	struct capiface *ifaces;
	size_t n_ifaces;
	size_t section;
	char *comment;
	uint32_t record_header;
};

/** capfile_fill() - Read until @n bytes are there; Return: 1, 0: the file ends
 * before, or -1 */
WARN_UNUSED
int capfile_fill(struct capfile *file, size_t n, struct err *err);

/** capfile_skip() - Pass over @n bytes, likewise */
WARN_UNUSED
int capfile_skip(struct capfile *file, uint64_t n, struct err *err);

/** capfile_have() - The next @n bytes (at most CAPFILE_RECORD_MAX) are at
 * capfile_at(); Return: as capfile_fill() */
static inline int capfile_have(struct capfile *file, size_t n, struct err *err)
{
	if (file->source.end - file->source.at >= n)
		return 1;
	return capfile_fill(file, n, err);
}

static inline const uint8_t *capfile_at(const struct capfile *file)
{
	return file->source.buf + file->source.at;
}

/** capfile_offset() - Of the next byte in the file */
static inline uint64_t capfile_offset(const struct capfile *file)
{
	return file->source.offset + file->source.at;
}

/** capfile_take() - Step over @n bytes that are there */
static inline void capfile_take(struct capfile *file, size_t n)
{
	file->source.at += n;
}

static inline uint16_t capfile_get16(const struct capfile *file,
				     const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return file->swapped ? __builtin_bswap16(value) : value;
}

static inline uint32_t capfile_get32(const struct capfile *file,
				     const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return file->swapped ? __builtin_bswap32(value) : value;
}

static inline uint64_t capfile_get64(const struct capfile *file,
				     const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return file->swapped ? __builtin_bswap64(value) : value;
}

/** capfile_end() - No more frames; @cut: in the middle of a record. Return: 0 */
int capfile_end(struct capfile *file, bool cut);

/** capfile_bad() - ERR_PCAP about the record at @offset, and no more frames. A
 * macro only so that compilers see its -1. Return: -1 */
#define capfile_bad(...) (capfile_fill_bad(__VA_ARGS__), err_failed())
void capfile_fill_bad(struct capfile *file, uint64_t offset, struct err *err,
		      const char *fmt, ...) PRINTF(4, 5);

/** capfile_add_interface() - One more, in microseconds, nothing told of it */
struct capiface *capfile_add_interface(struct capfile *file, int linktype,
				       uint32_t snaplen);

/** capfile_give() - Count a frame and fill what its interface tells of it */
void capfile_give(struct capfile *file, size_t interface,
		  struct capframe *frame);

/** capfile_ns() - A time stamp of an interface, in ns since the epoch; what lies
 * before it is 0 */
uint64_t capfile_ns(const struct capiface *iface, uint64_t ticks);

/* The two formats: whether the beginning of the file is one; Return: 1 and the
 * file is set up, 0 (nothing is taken), or -1. At least 24 bytes are there. */
WARN_UNUSED
int capfile_begin_pcap(struct capfile *file, struct err *err);
WARN_UNUSED
int capfile_begin_ng(struct capfile *file, struct err *err);

#endif
