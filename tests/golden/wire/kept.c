// SPDX-License-Identifier: Apache-2.0
/* kept.c - conversations that outlive the move */
#include <stdlib.h>

#include "tests/golden/wire/goldens.h"

void golden_begin(struct talk *t)
{
	if (t->ipv6)
		talk_neighbor(t);
	else
		talk_arp(t, CLIENT);
	talk_open(t);
	talk_exchange(t, 5);
}

void golden_take_over(struct talk *t)
{
	talk_wait(t, 600);
	talk_move(t);
	if (t->ipv6)
		talk_neighbor(t);
	else
		talk_arp(t, SERVER);
	talk_probe(t);
}

void golden_end(struct talk *t)
{
	talk_exchange(t, 5);
	talk_close(t, CLIENT);
}

void make_kept(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	golden_end(t);
}

/* The question in flight is repeated with back-off, 200 ms doubled, until the
 * target answers; then the target repeats what the source had sent. */
void make_kept_backoff(struct talk *t)
{
	golden_begin(t);
	talk_text(t, SERVER, "sent, not acknowledged");
	talk_text(t, CLIENT, "question in flight");
	for (int i = 0; i < 3; i++) {
		talk_wait(t, 200U << i);
		talk_again(t, CLIENT, 0, "question in flight", 18);
	}
	golden_take_over(t);
	talk_wait(t, 800);
	talk_again(t, CLIENT, 0, "question in flight", 18);
	t->ack[SERVER] = t->next[CLIENT];
	talk_ack(t, SERVER);
	talk_again(t, SERVER, 0, "sent, not acknowledged", 22);
	talk_ack(t, CLIENT);
	golden_end(t);
}

void make_kept_vlan(struct talk *t)
{
	t->vlans = 2;
	make_kept(t);
}

void make_kept_extensions(struct talk *t)
{
	t->extensions = true;
	make_kept(t);
}

void make_kept_wrap(struct talk *t)
{
	t->next[CLIENT] = 0xffffffe0;
	t->next[SERVER] = 0xffffffc0;
	make_kept_backoff(t);
}

/* What a sender's own host captures: frames above the MTU without checksums. */
void make_kept_offload(struct talk *t)
{
	static uint8_t bulk[9000];

	for (size_t i = 0; i < sizeof(bulk); i++)
		bulk[i] = (uint8_t)(i / 7);
	golden_begin(t);
	for (int i = 0; i < 4; i++) {
		struct segment s = { .from = SERVER,
				     .flags = PSH | ACK,
				     .seq = t->next[SERVER],
				     .ack = t->ack[SERVER],
				     .bytes = bulk,
				     .len = sizeof(bulk),
				     .no_checksum = true };

		talk_segment(t, &s);
		talk_lose(t, SERVER, sizeof(bulk));
		talk_ack(t, CLIENT);
	}
	talk_lose(t, SERVER, sizeof(bulk)); /* dropped by the lock */
	golden_take_over(t);
	for (size_t at = 0; at < sizeof(bulk); at += 1000)
		talk_again(t, SERVER, (uint32_t)(sizeof(bulk) - at - 1000),
			   bulk + at, 1000);
	talk_again(t, SERVER, (uint32_t)(sizeof(bulk) - 1500), bulk, 1500);
	talk_ack(t, CLIENT);
	golden_end(t);
}

/* Segments overtake each other, and an ACK is captured before its data. */
void make_kept_reordered(struct talk *t)
{
	uint32_t start;

	golden_begin(t);
	start = t->next[SERVER];
	talk_lose(t, SERVER, 30);
	talk_again(t, SERVER, 0, "cccccccccc", 10);
	talk_again(t, SERVER, 20, "aaaaaaaaaa", 10);
	talk_again(t, SERVER, 10, "bbbbbbbbbb", 10);
	talk_lose(t, SERVER, 10);
	talk_ack(t, CLIENT);
	talk_again(t, SERVER, 0, "dddddddddd", 10);
	if (t->next[SERVER] != start + 40)
		abort();
	golden_take_over(t);
	golden_end(t);
}

/* Promiscuous capture of a port and its bridge: each frame twice. */
static void (*once)(void *ctx, int linktype, uint64_t at_ns,
		    const uint8_t *bytes, uint32_t cap_len, uint32_t len);

static void twice(void *ctx, int linktype, uint64_t at_ns, const uint8_t *bytes,
		  uint32_t cap_len, uint32_t len)
{
	once(ctx, linktype, at_ns, bytes, cap_len, len);
	once(ctx, linktype, at_ns + 4000, bytes, cap_len, len);
}

void make_kept_twice(struct talk *t)
{
	once = t->sink;
	t->sink = twice;
	make_kept_backoff(t);
}

/* The peer asks until the service listens. */
void make_kept_refused_first(struct talk *t)
{
	for (int i = 0; i < 3; i++) {
		struct segment syn = { .flags = SYN, .seq = 77 };
		struct segment rst = { .from = SERVER,
				       .flags = RST | ACK,
				       .ack = 78 };

		talk_segment(t, &syn);
		talk_segment(t, &rst);
		talk_wait(t, 100);
		t->addr[CLIENT].port++;
	}
	make_kept(t);
}

/* Both sides probe an idle connection; one of them with a byte. */
void make_kept_keepalive(struct talk *t)
{
	golden_begin(t);
	for (int i = 0; i < 3; i++) {
		struct segment probe = { .from = i % 2 ? SERVER : CLIENT,
					 .flags = ACK,
					 .bytes = "",
					 .len = i == 2 };

		probe.seq = t->next[probe.from] - 1;
		probe.ack = t->ack[probe.from];
		talk_wait(t, 1000);
		talk_segment(t, &probe);
		talk_ack(t, !probe.from);
	}
	golden_take_over(t);
	golden_end(t);
}

void make_kept_fragments(struct talk *t)
{
	static const char text[] = "a segment that a narrow link cut in two";
	struct segment s = { .from = SERVER, .flags = PSH | ACK };

	golden_begin(t);
	golden_take_over(t);
	s.seq = t->next[SERVER];
	s.ack = t->ack[SERVER];
	s.bytes = text;
	s.len = sizeof(text);
	talk_fragments(t, &s, 40);
	talk_lose(t, SERVER, sizeof(text));
	talk_ack(t, CLIENT);
	golden_end(t);
}

void make_kept_snap(struct talk *t)
{
	t->snap = 96;
	make_kept_offload(t);
}

void make_kept_timestamps(struct talk *t)
{
	t->timestamps = true;
	make_kept_backoff(t);
}

/* The target's host still sends after the client has closed. */
void make_kept_reset_after_end(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	talk_exchange(t, 2);
	talk_fin(t, CLIENT);
	talk_text(t, SERVER, "too late");
	talk_reset(t, CLIENT, true);
	talk_reset(t, SERVER, false);
}
