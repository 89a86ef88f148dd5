// SPDX-License-Identifier: Apache-2.0
/* wire_syn.c - a connection's beginnings: SYNs, and incarnations */
#include "compat/wire_flow.h"

/* Add the holes of a stream that has come to its end, and forget it. */
static void end_stream(struct wire_flow *flow, enum wire_dir dir)
{
	struct wire_stream *stream = &flow->half[dir].stream;
	struct wire_event event = { 0 };
	uint64_t lost = wire_stream_lost(stream, &event);

	if (lost > 0) {
		struct wire_rare *rare = wire_flow_rare(flow);
		struct wire_event *first = &rare->first_lost;

		rare->side[dir].lost_bytes += lost;
		if (!first->frame || event.frame < first->frame)
			*first = event;
	}
	wire_stream_release(stream);
}

/* A SYN of another incarnation: it begins when the other side agrees. */
static void note_syn_again(struct wire_look *look)
{
	struct wire_rare *rare = wire_flow_rare(look->flow);

	rare->syn_again++;
	wire_note(&rare->first_syn_again, look->event);
	look->flow->has_isn = true;
	rare->isn = look->packet->seq;
	rare->isn_dir = look->dir;
	rare->options = look->packet->options;
}

bool wire_syn_pending(const struct wire_flow *flow, enum wire_dir dir,
		      uint32_t isn)
{
	const struct wire_rare *rare = wire_rare_of(flow);

	return flow->has_isn && rare->isn_dir == dir && rare->isn == isn;
}

/* A SYN without ACK: the first one, the first one again, or a new connection
 * on the same addresses. */
static void note_syn(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;
	struct wire_stream *mine = &flow->half[look->dir].stream;
	uint32_t isn = look->packet->seq;
	bool again = wire_stream_is_syn(mine, isn);

	if (wire_syn_pending(flow, look->dir, isn) || (again && !flow->spoke))
		return;
	if (flow->half[look->dir].frames > 1 ||
	    (mine->known && (uint32_t)mine->low != isn + 1)) {
		note_syn_again(look);
		if (again) /* a late copy: the connection goes on */
			flow->has_isn = false;
		return;
	}
	flow->began_with_syn = true;
	end_stream(flow, look->dir);
	wire_stream_syn(mine, isn);
}

/* Its options hold for what this side sends from now on. */
static void take_syn_options(struct wire_half *half,
			     const struct wire_options *options)
{
	half->syn_seen = true;
	half->scale = options->scale;
	half->mss = options->mss;
	half->sack_permitted = options->sack_permitted;
}

/* The windows of an incarnation that has ended, by its scale. */
static void end_windows(struct wire_flow *flow, enum wire_dir dir)
{
	struct wire_half *half = &flow->half[dir];
	struct wire_side *side = &wire_rare_of(flow)->side[dir];
	uint64_t min = wire_flow_window(flow, dir, half->window_min);

	if (!wire_half_offered(half))
		return;
	if (min < side->window_min)
		side->window_min = min;
	wire_keep_max(&side->window_max,
		      wire_flow_window(flow, dir, half->window_max));
	half->window_min = UINT16_MAX;
	half->window_max = 0;
}

/* The new incarnation is there: the old one is at its end. */
static void begin_again(struct wire_flow *flow)
{
	const struct wire_rare *rare = wire_rare_of(flow);

	flow->has_isn = false;
	end_windows(flow, WIRE_CLIENT);
	end_windows(flow, WIRE_SERVER);
	end_stream(flow, WIRE_CLIENT);
	end_stream(flow, WIRE_SERVER);
	wire_stream_syn(&flow->half[rare->isn_dir].stream, rare->isn);
	take_syn_options(&flow->half[rare->isn_dir], &rare->options);
	flow->half[!rare->isn_dir].syn_seen = false;
	flow->spoke = false;
}

/* Whether this segment belongs to the incarnation whose SYN was seen. */
static bool begins_again(const struct wire_look *look)
{
	const struct wire_rare *rare = wire_rare_of(look->flow);
	const struct wire_packet *packet = look->packet;

	if (!look->flow->has_isn)
		return false;
	if (look->dir == rare->isn_dir)
		return !(packet->flags & WIRE_SYN) &&
		       packet->seq == rare->isn + 1;
	return packet->flags & WIRE_SYN && packet->flags & WIRE_ACK &&
	       packet->ack == rare->isn + 1;
}

static void note_syn_ack(struct wire_look *look)
{
	struct wire_stream *mine = &look->flow->half[look->dir].stream;

	if (wire_stream_is_syn(mine, look->packet->seq))
		return;
	end_stream(look->flow, look->dir);
	wire_stream_syn(mine, look->packet->seq);
}

void wire_syn_note(struct wire_look *look)
{
	if (look->packet->flags & WIRE_ACK)
		note_syn_ack(look);
	else
		note_syn(look);
	if (!wire_syn_pending(look->flow, look->dir, look->packet->seq))
		take_syn_options(&look->flow->half[look->dir],
				 &look->packet->options);
}

void wire_syn_begins(struct wire_look *look)
{
	if (begins_again(look))
		begin_again(look->flow);
}
