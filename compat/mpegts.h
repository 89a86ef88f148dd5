// SPDX-License-Identifier: Apache-2.0
/* mpegts.h - an MPEG transport stream (ISO 13818-1), taken apart as it comes */
#ifndef COMPAT_MPEGTS_H
#define COMPAT_MPEGTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MPEGTS_PACKET 188
#define MPEGTS_PIDS 8192
#define MPEGTS_UNIT_MAX (256UL << 10) /* of a picture; more is a fault */

/**
 * struct mpegts - A stream as far as it came
 * @on_picture:	A whole PES packet's payload of the video, the first found
 * @on_fault:	What is not as it must be: a packet without its sync byte, a
 *		continuity counter that skips, a picture too large
 * @arg:	For both
 *
 * What the stream begins in the middle of is passed over. All else is internal.
 */
struct mpegts {
	void (*on_picture)(void *arg, const uint8_t *bytes, size_t len);
	void (*on_fault)(void *arg, const char *what);
	void *arg;
	uint8_t packet[MPEGTS_PACKET];
	size_t at;
	uint8_t counters[MPEGTS_PIDS]; /* 0x80: set; then the last one */
	unsigned int video;	       /* PID; 0: not found yet */
	uint8_t *unit;		       /* NULL: none under way */
	size_t unit_len, unit_wanted;  /* 0: until the next one begins */
	bool lost;
};

/** mpegts_feed() - Take the next bytes of a stream */
void mpegts_feed(struct mpegts *ts, const void *bytes, size_t len);
void mpegts_release(struct mpegts *ts);

#endif
