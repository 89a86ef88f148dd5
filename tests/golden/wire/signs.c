// SPDX-License-Identifier: Apache-2.0
/* signs.c - conversations that show one fact each: options, windows, errors */
#include "tests/golden/wire/goldens.h"

/* --- Options -------------------------------------------------------------- */

static void with_options(struct talk *t)
{
	t->options = true;
	t->timestamps = true;
	t->scale[CLIENT] = 7;
	t->scale[SERVER] = 10;
	t->window[CLIENT] = 502;
	t->window[SERVER] = 63;
}

void make_kept_options(struct talk *t)
{
	with_options(t);
	make_kept(t);
}

/* Asked every 20 ms, long enough to see the rate of time stamps. */
static void ask_slowly(struct talk *t, int n)
{
	for (int i = 0; i < n; i++) {
		talk_wait(t, 20);
		talk_exchange(t, 1);
	}
}

void make_ts_flip(struct talk *t)
{
	with_options(t);
	talk_open(t);
	ask_slowly(t, 15);
	golden_take_over(t);
	t->ts_hz[SERVER] = 1000000;
	t->ts_ahead[SERVER] =
		(uint32_t)(t->now_ns / 1000000) - (uint32_t)(t->now_ns / 1000);
	ask_slowly(t, 15);
	talk_close(t, CLIENT);
}

/* The target's clock is behind: the client drops all that it sends (PAWS). */
void make_ts_back(struct talk *t)
{
	with_options(t);
	golden_begin(t);
	t->ts_ahead[SERVER] = (uint32_t)-100000;
	golden_take_over(t);
	talk_text(t, CLIENT, "question");
	for (int i = 0; i < 4; i++) {
		talk_wait(t, 200U << i);
		talk_again(t, CLIENT, 0, "question", 8);
		talk_again(t, SERVER, (uint32_t)-10, "the answer", 10);
	}
}

/* --- Windows -------------------------------------------------------------- */

/* The restored program does not read for three seconds. */
void make_zero_window(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	talk_text(t, CLIENT, "question");
	t->window[SERVER] = 0;
	talk_ack(t, SERVER);
	for (int i = 0; i < 3; i++) {
		struct segment probe = { .from = CLIENT, .flags = ACK };

		probe.seq = t->next[CLIENT] - 1;
		probe.ack = t->ack[CLIENT];
		talk_wait(t, 1000);
		talk_segment(t, &probe);
		talk_ack(t, SERVER);
	}
	t->window[SERVER] = 64240;
	talk_ack(t, SERVER);
	golden_end(t);
}

/* --- Acknowledgements ----------------------------------------------------- */

/* Two segments overtake a lost one, which is asked for and repeated. */
void make_kept_lossy(struct talk *t)
{
	with_options(t);
	golden_begin(t);
	talk_text(t, SERVER, "aaaaaaaaaa");
	t->ack[CLIENT] = t->next[SERVER];
	talk_lose(t, SERVER, 10);
	talk_text(t, SERVER, "cccccccccc");
	talk_sack(t, CLIENT, 10, 10);
	talk_text(t, SERVER, "dddddddddd");
	talk_sack(t, CLIENT, 10, 20);
	talk_again(t, SERVER, 20, "bbbbbbbbbb", 10);
	talk_ack(t, CLIENT);
	talk_again(t, SERVER, 0, "dddddddddd", 10);
	golden_take_over(t);
	golden_end(t);
}

/* The hosts disagree about what was sent: each answers the other's ACK. */
void make_ack_storm(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	for (int i = 0; i < 30; i++)
		talk_ack(t, i % 2 ? SERVER : CLIENT);
}

/* A SYN on the connection's ports, by whomever, is answered and refused. */
void make_kept_challenge(struct talk *t)
{
	struct segment syn = { .flags = SYN, .seq = 3000000000 };

	golden_begin(t);
	golden_take_over(t);
	talk_segment(t, &syn);
	talk_ack(t, SERVER);
	golden_end(t);
}

/* The target was restored from an older state than the client has seen. */
void make_back(struct talk *t)
{
	uint32_t seq, ack;

	golden_begin(t);
	seq = t->next[SERVER];
	ack = t->ack[SERVER];
	talk_exchange(t, 3);
	golden_take_over(t);
	t->next[SERVER] = seq;
	t->ack[SERVER] = ack;
	talk_text(t, SERVER, "the answer");
	talk_text(t, SERVER, "an other..");
	talk_reset(t, CLIENT, false);
}

/* --- Around the connection ------------------------------------------------ */

/* The target spoke once, and a rule of its firewall drops all that comes. */
void make_hung(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	talk_text(t, CLIENT, "question");
	for (int i = 0; i < 6; i++) {
		talk_wait(t, 200U << i);
		talk_again(t, CLIENT, 0, "question", 8);
	}
}

void make_refused_by_icmp(struct talk *t)
{
	golden_begin(t);
	talk_wait(t, 600);
	talk_move(t);
	if (t->ipv6)
		talk_neighbor(t);
	else
		talk_arp(t, SERVER);
	for (int i = 0; i < 3; i++) {
		talk_text(t, CLIENT, "question");
		if (t->ipv6)
			talk_icmp(t, 1, 1);
		else
			talk_icmp(t, 3, 10);
		talk_wait(t, 200U << i);
		t->next[CLIENT] -= 8;
	}
}

void make_arp_unanswered(struct talk *t)
{
	golden_begin(t);
	talk_text(t, CLIENT, "question");
	for (int i = 0; i < 3; i++) {
		talk_wait(t, 1000);
		if (t->ipv6)
			talk_solicit(t);
		else
			talk_arp(t, CLIENT);
	}
}

/* Both hosts have the address at once. */
void make_two_claims(struct talk *t)
{
	golden_begin(t);
	talk_answer(t);
	golden_take_over(t);
	talk_exchange(t, 1);
	if (t->ipv6)
		talk_solicit(t);
	else
		talk_arp(t, CLIENT);
	talk_answer(t);
	t->mac[SERVER] = frames_source;
	talk_answer(t);
	t->mac[SERVER] = frames_target;
	golden_end(t);
}

/* --- Time ----------------------------------------------------------------- */

static void stream(struct talk *t, int n, uint32_t pause_ms)
{
	static const char block[1400];

	for (int i = 0; i < n; i++) {
		talk_data(t, SERVER, block, sizeof(block));
		talk_ack(t, CLIENT);
		talk_wait(t, pause_ms);
	}
}

/* A stream of 1400 bytes every 20 ms: after the move it is slow at first. */
void make_kept_tail(struct talk *t)
{
	t->snap = 96;
	golden_begin(t);
	stream(t, 80, 18);
	golden_take_over(t);
	stream(t, 5, 98);
	stream(t, 60, 18);
	talk_close(t, CLIENT);
}
