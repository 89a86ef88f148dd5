// SPDX-License-Identifier: Apache-2.0
/* video.c - write a film of numbered pictures as an MPEG transport stream */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/workloads/frame.h"
#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/ts.h"

/* ISO 13818-1, with one programme of one elementary stream. */
#define PMT_PID 0x100
#define VIDEO_PID 0x101
#define CLOCK 90000	 /* of time stamps, a second */
#define LEAD (CLOCK / 2) /* of the clock before the picture */
#define SECONDS_MAX 36000
#define TABLES_EVERY 5 /* pictures */

struct film {
	FILE *out;
	uint8_t tables_counter, video_counter;
};

static void put(struct film *film, const uint8_t packet[TS_PACKET])
{
	if (fwrite(packet, TS_PACKET, 1, film->out) != 1)
		err(GUEST_TROUBLE, "write");
}

static uint32_t crc_of(const uint8_t *bytes, size_t len)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		crc ^= (uint32_t)bytes[i] << 24;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? 0x04c11db7 : 0);
	}
	return crc;
}

/* A table in a packet of its own: @section lacks its checksum. */
static void put_table(struct film *film, unsigned int pid, uint8_t counter,
		      const uint8_t *section, size_t len)
{
	uint8_t packet[TS_PACKET];
	uint32_t crc = crc_of(section, len);
	int i;

	memset(packet, 0xff, sizeof(packet));
	packet[0] = TS_SYNC;
	packet[1] = (uint8_t)(TS_STARTS | pid >> 8);
	packet[2] = (uint8_t)pid;
	packet[3] = (uint8_t)(TS_PAYLOAD | (counter & 15));
	packet[4] = 0;
	memcpy(packet + 5, section, len);
	for (i = 0; i < 4; i++)
		packet[5 + len + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
	put(film, packet);
}

static void put_tables(struct film *film)
{
	static const uint8_t pat[] = { 0x00,
				       0xb0,
				       13,
				       0,
				       1,
				       0xc1,
				       0,
				       0,
				       0,
				       1,
				       0xe0 | PMT_PID >> 8,
				       PMT_PID & 0xff };
	static const uint8_t pmt[] = { 0x02,
				       0xb0,
				       18,
				       0,
				       1,
				       0xc1,
				       0,
				       0,
				       0xe0 | VIDEO_PID >> 8,
				       VIDEO_PID & 0xff,
				       0xf0,
				       0,
				       TS_MPEG1_VIDEO,
				       0xe0 | VIDEO_PID >> 8,
				       VIDEO_PID & 0xff,
				       0xf0,
				       0 };

	put_table(film, 0, film->tables_counter, pat, sizeof(pat));
	put_table(film, PMT_PID, film->tables_counter, pmt, sizeof(pmt));
	film->tables_counter++;
}

/* What an adaptation field has after its length, when it has the clock. */
#define CLOCK_BYTES 7

static void put_clock(uint8_t to[CLOCK_BYTES], uint64_t clock)
{
	to[0] = 0x10;
	to[1] = (uint8_t)(clock >> 25);
	to[2] = (uint8_t)(clock >> 17);
	to[3] = (uint8_t)(clock >> 9);
	to[4] = (uint8_t)(clock >> 1);
	to[5] = (uint8_t)((clock & 1) << 7 | 0x7e);
	to[6] = 0;
}

static size_t put_pes_header(uint8_t *to, size_t len, uint64_t pts)
{
	uint8_t header[] = { 0,
			     0,
			     1,
			     TS_VIDEO_ID,
			     (uint8_t)((len + 8) >> 8),
			     (uint8_t)(len + 8),
			     0x84, /* aligned */
			     0x80, /* with PTS */
			     5,
			     (uint8_t)(0x21 | (pts >> 29 & 0x0e)),
			     (uint8_t)(pts >> 22),
			     (uint8_t)(1 | (pts >> 14 & 0xfe)),
			     (uint8_t)(pts >> 7),
			     (uint8_t)(1 | (pts << 1 & 0xfe)) };

	memcpy(to, header, sizeof(header));
	return sizeof(header);
}

/* As much as fits, behind the clock if there is one (the packet is then the first
 * of its picture); the last packet is filled up in front. */
static size_t put_packet(struct film *film, const uint8_t *clock,
			 const uint8_t *bytes, size_t len)
{
	uint8_t packet[TS_PACKET] = { TS_SYNC };
	size_t room = TS_PACKET - 4 - (clock ? 1 + CLOCK_BYTES : 0);
	size_t n = len < room ? len : room;
	size_t field = TS_PACKET - 4 - n;

	packet[1] = (uint8_t)((clock ? TS_STARTS : 0) | VIDEO_PID >> 8);
	packet[2] = VIDEO_PID & 0xff;
	packet[3] = (uint8_t)(TS_PAYLOAD | (field ? TS_ADAPTATION : 0) |
			      (film->video_counter++ & 15));
	memset(packet + 4, 0xff, field);
	if (field)
		packet[4] = (uint8_t)(field - 1);
	if (field > 1)
		packet[5] = 0;
	if (clock)
		memcpy(packet + 5, clock, CLOCK_BYTES);
	memcpy(packet + 4 + field, bytes, n);
	put(film, packet);
	return n;
}

static void put_picture(struct film *film, uint32_t n)
{
	static struct frame frame;
	static uint8_t pes[FRAME_MAX + 32];
	uint64_t pts = CLOCK + (uint64_t)n * CLOCK / FRAME_RATE;
	uint8_t clock[CLOCK_BYTES];
	size_t len, at;

	put_clock(clock, pts - LEAD);
	frame_make(&frame, n);
	len = put_pes_header(pes, frame.n, pts);
	memcpy(pes + len, frame.bytes, frame.n);
	len += frame.n;
	at = put_packet(film, clock, pes, len);
	while (at < len)
		at += put_packet(film, NULL, pes + at, len - at);
}

int main(int argc, char **argv)
{
	struct film film = { .out = stdout };
	char *end = NULL;
	unsigned long seconds = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
	uint32_t n;

	if (!seconds || seconds > SECONDS_MAX || *end)
		errx(GUEST_USAGE, "usage: video SECONDS >FILE");
	for (n = 0; n < seconds * FRAME_RATE; n++) {
		if (n % TABLES_EVERY == 0)
			put_tables(&film);
		put_picture(&film, n);
	}
	if (fflush(stdout))
		err(GUEST_TROUBLE, "write");
	return GUEST_OK;
}
