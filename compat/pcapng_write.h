// SPDX-License-Identifier: Apache-2.0
/* pcapng_write.h - pcapng's blocks as bytes, in this machine's byte order */
#ifndef COMPAT_PCAPNG_WRITE_H
#define COMPAT_PCAPNG_WRITE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * DOC: Order
 * A section, its interfaces, frames, statistics. Whether all was written the
 * stream tells: fflush() and ferror() at the end.
 */

/** pcapng_section() - Begin a file; @application: what made it */
void pcapng_section(FILE *f, const char *application);

/** pcapng_interface() - The next interface, counted from 0, of nanoseconds;
 * @name and @description may be NULL */
void pcapng_interface(FILE *f, int linktype, uint32_t snaplen, const char *name,
		      const char *description);

/**
 * struct pcapng_frame - A frame to write; all borrowed
 * @at_ns:	Since the epoch
 * @cap_len, @len: Bytes at @bytes, and on the wire
 * @comments, @n_comments: One option each
 */
struct pcapng_frame {
	uint32_t interface;
	uint64_t at_ns;
	const uint8_t *bytes;
	uint32_t cap_len;
	uint32_t len;
	const char *const *comments;
	size_t n_comments;
};
void pcapng_frame(FILE *f, const struct pcapng_frame *frame);

/**
 * struct pcapng_statistics - What became of an interface's frames
 * @at_ns:	When this was so, since the epoch
 * @received:	Frames that it saw
 * @if_drops, @os_drops: Lost by the interface, and by the system
 */
struct pcapng_statistics {
	uint32_t interface;
	uint64_t at_ns;
	uint64_t received;
	uint64_t if_drops;
	uint64_t os_drops;
};
void pcapng_statistics(FILE *f, const struct pcapng_statistics *statistics);

#endif
