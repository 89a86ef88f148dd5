// SPDX-License-Identifier: Apache-2.0
/* pcapng_notes.h - a live capture made whole: in order of time, with notes */
#ifndef COMPAT_PCAPNG_NOTES_H
#define COMPAT_PCAPNG_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** struct pcapng_note - Something that happened, to be seen among the frames;
 * borrowed. @at_ns: since the epoch */
struct pcapng_note {
	uint64_t at_ns;
	const char *text;
};

/**
 * pcapng_finish() - Sort a capture by time and put notes into it
 * @path:	What pcapng_write.h made on this machine: one section, its
 *		interfaces, frames, statistics
 * @notes, @n:	In any order
 * @err:	ERR_SYS, ERR_INPUT or ERR_PCAP; the file is then as it was
 *
 * Frames of equal times stay in their order. A note becomes a comment of the
 * first frame at or after it, or else of the last one, with the time between:
 * "dump begins (1.204 ms before this frame)". Without any frame there are no
 * notes.
 */
WARN_UNUSED
int pcapng_finish(const char *path, const struct pcapng_note *notes, size_t n,
		  struct err *err);

#endif
