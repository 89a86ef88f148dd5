// SPDX-License-Identifier: Apache-2.0
/* mpegts.c - an MPEG transport stream (ISO 13818-1), taken apart as it comes */
#include "compat/mpegts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define SYNC 0x47
#define COUNTER_SET 0x80
#define NULL_PID 0x1fff
#define PES_HEADER 9UL
#define PES_LENGTH_END 6UL /* what its length does not count */

static void fault(const struct mpegts *ts, const char *what)
{
	ts->on_fault(ts->arg, what);
}

static void end_unit(struct mpegts *ts)
{
	size_t header;

	if (!ts->unit)
		return;
	header = ts->unit_len >= PES_HEADER ? PES_HEADER + ts->unit[8] :
					      ts->unit_len;
	if (header < ts->unit_len)
		ts->on_picture(ts->arg, ts->unit + header,
			       ts->unit_len - header);
	else
		fault(ts, "a PES packet without payload");
	free(TAKE(ts->unit));
}

static bool is_video(const uint8_t *bytes, size_t len)
{
	return len >= PES_HEADER && bytes[0] == 0 && bytes[1] == 0 &&
	       bytes[2] == 1 && (bytes[3] & 0xf0) == 0xe0;
}

static void begin_unit(struct mpegts *ts, const uint8_t *bytes, size_t len)
{
	size_t length =
		len >= PES_LENGTH_END ? (size_t)bytes[4] << 8 | bytes[5] : 0;

	end_unit(ts);
	ts->unit = xcalloc(MPEGTS_UNIT_MAX, 1);
	ts->unit_len = 0;
	ts->unit_wanted = length ? length + PES_LENGTH_END : 0;
}

static void add(struct mpegts *ts, const uint8_t *bytes, size_t len)
{
	if (!ts->unit)
		return;
	if (len > MPEGTS_UNIT_MAX - ts->unit_len) {
		fault(ts, "a picture larger than 256 KiB");
		free(TAKE(ts->unit));
		return;
	}
	memcpy(ts->unit + ts->unit_len, bytes, len);
	ts->unit_len += len;
	/* One that tells its length need not wait for the next. */
	if (ts->unit_wanted && ts->unit_len >= ts->unit_wanted)
		end_unit(ts);
}

static void check_counter(struct mpegts *ts, unsigned int pid, bool excused)
{
	uint8_t is = ts->packet[3] & 15;
	uint8_t was = ts->counters[pid];
	CLEANUP_FREE char *what = NULL;

	ts->counters[pid] = COUNTER_SET | is;
	if (excused || !(was & COUNTER_SET) || is == ((was + 1) & 15))
		return;
	what = xasprintf("continuity counter of PID %u is %u after %u", pid, is,
			 was & 15);
	fault(ts, what);
}

static void take_packet(struct mpegts *ts)
{
	const uint8_t *p = ts->packet;
	unsigned int pid = (p[1] & 0x1fU) << 8 | p[2];
	bool starts = p[1] & 0x40, adapted = p[3] & 0x20;
	size_t at = adapted ? 5 + p[4] : 4;

	if (pid == NULL_PID || !(p[3] & 0x10))
		return; /* nothing in it, and not counted */
	check_counter(ts, pid, adapted && p[4] > 0 && p[5] & 0x80);
	if (at > MPEGTS_PACKET) {
		fault(ts, "an adaptation field longer than its packet");
		return;
	}
	if (!ts->video && starts && is_video(p + at, MPEGTS_PACKET - at))
		ts->video = pid;
	if (!ts->video || pid != ts->video)
		return;
	if (starts)
		begin_unit(ts, p + at, MPEGTS_PACKET - at);
	add(ts, p + at, MPEGTS_PACKET - at);
}

/* Told once; then what comes is passed over up to where a packet may begin. */
static bool in_sync(struct mpegts *ts, uint8_t byte)
{
	if (ts->at || byte == SYNC)
		return true;
	if (!ts->lost)
		fault(ts, "no packet begins where one must");
	ts->lost = true;
	return false;
}

void mpegts_feed(struct mpegts *ts, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++) {
		if (!in_sync(ts, at[i]))
			continue;
		ts->lost = false;
		ts->packet[ts->at++] = at[i];
		if (ts->at < MPEGTS_PACKET)
			continue;
		ts->at = 0;
		take_packet(ts);
	}
}

void mpegts_release(struct mpegts *ts)
{
	free(TAKE(ts->unit));
}
