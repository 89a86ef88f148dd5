// SPDX-License-Identifier: Apache-2.0
/*
 * wire_random.c - a capture of random conversations, on stdout
 *
 * wire_random SEED CONNECTIONS: one after the other, each with loss, repetition,
 * reordering, frames above the MTU, closed windows, keep-alives, sequence numbers
 * that wrap, a move to another host, and any ending. The same numbers give the
 * same bytes.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/frames.h"

#define LEN_MAX 9000

static const uint8_t bytes[LEN_MAX];

static void write_frame(void *ctx, int linktype, uint64_t at_ns,
			const uint8_t *frame, uint32_t cap_len, uint32_t len)
{
	struct pcap_pkthdr header = {
		.ts = { (time_t)(at_ns / NS_PER_S),
			(suseconds_t)(at_ns % NS_PER_S) },
		.caplen = cap_len,
		.len = len,
	};

	(void)linktype;
	pcap_dump(ctx, &header, frame);
}

static uint32_t below(uint64_t *state, uint32_t n)
{
	return frames_random(state) % n;
}

/* Two bytes at least: one below the end would be a keep-alive. */
static uint32_t some_len(uint64_t *state)
{
	return 2 + below(state, below(state, 10) ? 1400 : LEN_MAX - 2);
}

static void say(struct talk *t, int from, uint64_t *state)
{
	talk_data(t, from, bytes, some_len(state));
}

static void say_and_ack(struct talk *t, int from, uint64_t *state)
{
	say(t, from, state);
	talk_ack(t, !from);
}

/* What is lost comes late, or comes again. */
static void lose(struct talk *t, int from, uint64_t *state)
{
	uint32_t len = some_len(state), next = some_len(state);

	talk_lose(t, from, len);
	talk_data(t, from, bytes, next);
	talk_sack(t, !from, len, next);
	talk_wait(t, 40);
	talk_again(t, from, next, bytes, len);
	talk_ack(t, !from);
}

static void repeat(struct talk *t, int from, uint64_t *state)
{
	uint32_t len = some_len(state);

	talk_data(t, from, bytes, len);
	for (uint32_t n = 1 + below(state, 3); n > 0; n--) {
		talk_wait(t, 200);
		talk_again(t, from, 0, bytes, len);
	}
	talk_ack(t, !from);
}

static void close_window(struct talk *t, int from, uint64_t *state)
{
	uint16_t window = t->window[from];

	t->window[from] = 0;
	talk_ack(t, from);
	talk_wait(t, below(state, 1000));
	t->window[from] = window;
	talk_ack(t, from);
}

static void probe(struct talk *t, int from, uint64_t *state)
{
	struct segment keepalive = { .from = from, .flags = ACK };

	talk_ack(t, !from);
	keepalive.seq = t->next[from] - 1;
	keepalive.ack = t->ack[from];
	talk_wait(t, 1000 + below(state, 1000));
	talk_segment(t, &keepalive);
	talk_ack(t, !from);
}

static void move(struct talk *t, int from, uint64_t *state)
{
	(void)from;
	talk_ack(t, CLIENT);
	talk_ack(t, SERVER);
	talk_wait(t, below(state, 3000));
	talk_move(t);
	talk_arp(t, SERVER);
	talk_probe(t);
	talk_ack(t, CLIENT);
}

static void (*const acts[])(struct talk *t, int from, uint64_t *state) = {
	say,	say_and_ack,  say_and_ack, say_and_ack, lose,
	repeat, close_window, probe,	   move,
};

static void end(struct talk *t, uint64_t *state)
{
	int from = (int)below(state, 2);

	switch (below(state, 4)) {
	case 0:
		talk_close(t, from);
		break;
	case 1:
		talk_reset(t, from, false);
		break;
	case 2:
		talk_reset(t, from, true);
		break;
	default: /* the capture ends first */
		break;
	}
}

static void converse(struct talk *t, uint64_t *state)
{
	t->mac[SERVER] = frames_source;
	t->addr[CLIENT].port++;
	t->next[CLIENT] = frames_random(state) | 0x80000000;
	t->next[SERVER] = 0 - below(state, 20000); /* wraps */
	t->options = below(state, 2);
	t->timestamps = below(state, 2);
	t->scale[CLIENT] = (uint8_t)below(state, 15);
	t->scale[SERVER] = (uint8_t)below(state, 15);
	talk_open(t);
	for (uint32_t n = below(state, 40); n > 0; n--)
		acts[below(state, ARRAY_SIZE(acts))](t, (int)below(state, 2),
						     state);
	end(t, state);
	talk_wait(t, 1000);
}

int main(int argc, char **argv)
{
	pcap_t *pcap = pcap_open_dead_with_tstamp_precision(
		DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *out = pcap_dump_fopen(pcap, stdout);
	struct talk t;
	uint64_t state;

	if (argc != 3 || !out) {
		(void)fprintf(stderr, "usage: wire_random SEED CONNECTIONS\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 10);
	talk_init(&t, false);
	t.sink = write_frame;
	t.ctx = out;
	for (unsigned long n = strtoul(argv[2], NULL, 10); n > 0; n--)
		converse(&t, &state);
	pcap_dump_close(out);
	pcap_close(pcap);
	return 0;
}
