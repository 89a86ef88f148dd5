// SPDX-License-Identifier: Apache-2.0
/* wire_acks.c - acknowledgements and windows: duplicates, challenges, storms */
#include "compat/wire_flow.h"

/* A run of pure ACKs that is longer is a storm. */
#define STORM 9

uint64_t wire_flow_window(const struct wire_flow *flow, enum wire_dir dir,
			  uint16_t window)
{
	const struct wire_half *mine = &flow->half[dir];
	const struct wire_half *other = &flow->half[!dir];

	if (!mine->syn_seen || !other->syn_seen || mine->scale < 0 ||
	    other->scale < 0)
		return window;
	return (uint64_t)window << mine->scale;
}

/* --- Windows -------------------------------------------------------------- */

static void note_no_window(struct wire_look *look)
{
	struct wire_rare *rare = wire_flow_rare(look->flow);

	look->zero_window = true;
	rare->side[look->dir].zero_windows++;
	wire_note(&rare->first_zero_window, look->event);
	if (!(look->flow->closed & 1U << look->dir))
		rare->no_window_ns[look->dir] = look->event->at_ns;
	look->flow->closed |= 1U << look->dir;
}

static void end_no_window(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;

	if (!(flow->closed & 1U << look->dir))
		return;
	flow->closed &= ~(1U << look->dir);
	wire_keep_max(&wire_rare_of(flow)->side[look->dir].zero_window_ns,
		      wire_elapsed(wire_rare_of(flow)->no_window_ns[look->dir],
				   look->event->at_ns));
}

/* Windows of SYNs are never scaled, and say little. */
static void note_window(struct wire_look *look)
{
	struct wire_half *half = &look->flow->half[look->dir];
	uint16_t window = look->packet->window;

	if (look->packet->flags & WIRE_SYN)
		return;
	if (window < half->window_min)
		half->window_min = window;
	if (window > half->window_max)
		half->window_max = window;
	half->window = window;
	if (window == 0)
		note_no_window(look);
	else
		end_no_window(look);
}

/* --- Pure ACKs ------------------------------------------------------------ */

/* Pure ACKs to and fro that say nothing new: two hosts disagree. */
static void note_storm(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;
	bool goes_on = look->pure && look->acked != WIRE_ACK_NEW &&
		       !look->seen.keepalive && !look->seen.probe;
	struct wire_rare *rare;

	if (!goes_on || flow->run == 0 || flow->run_dir == look->dir) {
		flow->run = goes_on;
		flow->run_dir = look->dir;
		return;
	}
	flow->run_dir = look->dir;
	if (flow->run < STORM) {
		flow->run++;
		return;
	}
	rare = wire_flow_rare(flow);
	if (flow->run == STORM) {
		flow->run++;
		rare->storm_run = STORM;
		rare->storm_event = *look->event;
	}
	if (++rare->storm_run <= rare->storm)
		return;
	rare->storm = rare->storm_run;
	rare->first_storm = rare->storm_event;
}

/* A pure ACK that says what was said before: a duplicate while data is on its
 * way, or the answer to what did not fit. */
static void note_same_again(struct wire_look *look)
{
	const struct wire_half *mine = &look->flow->half[look->dir];
	const struct wire_stream *other = &look->flow->half[!look->dir].stream;
	bool outstanding = other->next > other->acked;

	look->challenge = mine->provoked && !outstanding;
	look->dup_ack = outstanding && wire_half_offered(mine) &&
			look->packet->window > 0 &&
			look->packet->window == mine->window;
	if (look->dup_ack)
		wire_lose(look->flow, look->dir, dup_acks, 1);
	if (!look->challenge)
		return;
	wire_flow_rare(look->flow)->side[look->dir].challenges++;
	wire_note(&wire_flow_rare(look->flow)->first_challenge, look->event);
}

static void take_ack(struct wire_look *look)
{
	struct wire_stream *other = &look->flow->half[!look->dir].stream;
	uint64_t before = other->acked;
	bool known = other->is_acked;
	struct wire_rare *rare;

	look->acked = wire_stream_ack(other, look->packet->ack, look->event);
	if (known && other->acked > before)
		look->delivered = other->acked - before;
	if (look->acked != WIRE_ACK_STRAY && look->acked != WIRE_ACK_BACK)
		return;
	rare = wire_flow_rare(look->flow);
	if (look->acked == WIRE_ACK_BACK) {
		rare->side[look->dir].ack_back++;
		wire_note(&rare->first_ack_back, look->event);
	} else if (!look->seen.stray) { /* a segment is counted once */
		rare->side[look->dir].stray++;
		wire_note(&rare->first_stray, look->event);
	}
}

void wire_acks_note(struct wire_look *look)
{
	const struct wire_half *half = &look->flow->half[look->dir];

	if (look->packet->flags & WIRE_ACK)
		take_ack(look);
	if (look->pure && look->acked == WIRE_ACK_SAME &&
	    look->seen.at == half->stream.next)
		note_same_again(look);
	note_storm(look);
	note_window(look);
}
