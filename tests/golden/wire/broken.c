// SPDX-License-Identifier: Apache-2.0
/* broken.c - conversations that do not outlive the move, and datagrams */
#include "tests/golden/wire/goldens.h"

void make_rst_target(struct talk *t)
{
	golden_begin(t);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	talk_text(t, CLIENT, "question");
	talk_reset(t, SERVER, true);
}

void make_rst_source(struct talk *t)
{
	golden_begin(t);
	talk_wait(t, 100);
	talk_text(t, CLIENT, "question");
	talk_reset(t, SERVER, true);
	talk_wait(t, 500);
	talk_move(t);
	talk_arp(t, SERVER);
	talk_probe(t);
	talk_reset(t, CLIENT, true);
}

void make_rst_abort(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	talk_exchange(t, 1);
	talk_reset(t, SERVER, false);
}

void make_rst_client(struct talk *t)
{
	golden_begin(t);
	talk_text(t, CLIENT, "question");
	talk_wait(t, 9000);
	talk_reset(t, CLIENT, false);
}

void make_fin_early(struct talk *t)
{
	golden_begin(t);
	talk_fin(t, SERVER);
	talk_ack(t, CLIENT);
	talk_wait(t, 500);
	talk_close(t, CLIENT);
}

void make_silent_target(struct talk *t)
{
	golden_begin(t);
	talk_text(t, CLIENT, "question in flight");
	for (int i = 0; i < 5; i++) {
		talk_wait(t, 200U << i);
		talk_again(t, CLIENT, 0, "question in flight", 18);
	}
}

void make_reconnected(struct talk *t)
{
	golden_begin(t);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	t->addr[CLIENT].port++;
	t->next[CLIENT] = 70000;
	t->next[SERVER] = 90000;
	talk_open(t);
	golden_end(t);
}

void make_syn_again(struct talk *t)
{
	golden_begin(t);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	t->next[CLIENT] = 3000000000;
	t->next[SERVER] = 90000;
	talk_open(t);
	golden_end(t);
}

void make_damaged(struct talk *t)
{
	golden_begin(t);
	talk_text(t, SERVER, "the truth and nothing else");
	golden_take_over(t);
	talk_again(t, SERVER, 0, "the trash and nothing else", 26);
	talk_ack(t, CLIENT);
	golden_end(t);
}

void make_lost(struct talk *t)
{
	golden_begin(t);
	talk_lose(t, SERVER, 1448);
	golden_take_over(t);
	golden_end(t);
}

void make_shifted(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	t->next[SERVER] += 0x60000000;
	talk_text(t, SERVER, "who is this?");
	talk_ack(t, CLIENT);
	talk_close(t, CLIENT);
}

void make_split(struct talk *t)
{
	golden_begin(t);
	golden_take_over(t);
	talk_exchange(t, 1);
	t->mac[SERVER] = frames_source;
	talk_ack(t, SERVER);
	t->mac[SERVER] = frames_target;
	golden_end(t);
}

void make_middle(struct talk *t)
{
	t->ack[SERVER] = t->next[CLIENT];
	t->ack[CLIENT] = t->next[SERVER];
	talk_exchange(t, 5);
	golden_take_over(t);
	golden_end(t);
}

/* --- UDP ------------------------------------------------------------------ */

static void ask_udp(struct talk *t, int n)
{
	for (int i = 0; i < n; i++) {
		talk_udp(t, CLIENT, "ping", 4);
		talk_udp(t, SERVER, "pong", 4);
	}
}

void make_udp_kept(struct talk *t)
{
	ask_udp(t, 5);
	talk_udp(t, CLIENT, "ping", 4);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	ask_udp(t, 5);
}

void make_udp_split(struct talk *t)
{
	make_udp_kept(t);
	t->mac[SERVER] = frames_source;
	ask_udp(t, 1);
}

void make_udp_never(struct talk *t)
{
	ask_udp(t, 5);
	talk_wait(t, 600);
	talk_udp(t, CLIENT, "ping", 4);
}
