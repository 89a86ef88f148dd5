// SPDX-License-Identifier: Apache-2.0
/* wire_conn.c - one connection under observation: what each segment means */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_flow.h"

uint32_t wire_flow_at(const struct wire_flow *flow, uint64_t frame)
{
	uint64_t at = frame - flow->first_frame + 1;

	return at < UINT32_MAX ? (uint32_t)at : UINT32_MAX;
}

struct wire_lossy *wire_flow_lossy(struct wire_flow *flow)
{
	if (flow->lossy)
		return flow->lossy;
	flow->lossy = xnew(struct wire_lossy);
	flow->lossy->backoff = wire_short(WIRE_UNKNOWN);
	flow->lossy->repeat_after = wire_short(WIRE_UNKNOWN);
	return flow->lossy;
}

struct wire_rare *wire_flow_rare(struct wire_flow *flow)
{
	struct wire_lossy *lossy = wire_flow_lossy(flow);

	if (lossy->rare)
		return lossy->rare;
	lossy->rare = xnew(struct wire_rare);
	for (int dir = 0; dir < 2; dir++)
		lossy->rare->side[dir].window_min = WIRE_UNKNOWN;
	return lossy->rare;
}

void wire_half_init(struct wire_half *half)
{
	*half = (struct wire_half){ .scale = -1, .window_min = UINT16_MAX };
}

void wire_flow_release(struct wire_flow *flow)
{
	wire_stream_release(&flow->half[WIRE_CLIENT].stream);
	wire_stream_release(&flow->half[WIRE_SERVER].stream);
	free(wire_rare_of(flow));
	free(flow->lossy);
	free(flow->serving);
}

/* --- When and who --------------------------------------------------------- */

static void note_time(struct wire_flow *flow, const struct wire_event *event)
{
	uint64_t silence;

	if (flow->first_frame == 0) {
		flow->first_frame = event->frame;
		flow->first_ns = flow->last_ns = event->at_ns;
		flow->server_ns = event->at_ns;
	}
	silence = wire_elapsed(flow->last_ns, event->at_ns);
	if (silence > flow->silence_ns) {
		flow->silence_ns = silence;
		flow->silence_at_ns = flow->last_ns;
	}
	wire_keep_max(&flow->last_ns, event->at_ns);
	flow->last_at = wire_flow_at(flow, event->frame);
	if (event->from_server)
		wire_keep_max(&flow->server_silence_ns,
			      wire_elapsed(flow->server_ns, event->at_ns));
}

/* The side has a second link address: marked frames need theirs from now on. */
static void keep_macs(struct wire_flow *flow)
{
	struct wire_rare *rare = wire_flow_rare(flow);
	int rst_by = flow->rst_by_server ? WIRE_SERVER : WIRE_CLIENT;

	if (rare->several_macs)
		return;
	rare->several_macs = true;
	rare->macs[WIRE_MARK_FIN_CLIENT] = flow->mac[WIRE_CLIENT];
	rare->macs[WIRE_MARK_FIN_SERVER] = flow->mac[WIRE_SERVER];
	rare->macs[WIRE_MARK_RST] = flow->mac[rst_by];
	rare->macs[WIRE_MARK_UNANSWERED] = flow->mac[WIRE_CLIENT];
}

static void note_mac(struct wire_look *look)
{
	struct wire_mac *mac = &look->flow->mac[look->dir];

	if (memcmp(mac, &look->event->mac, sizeof(*mac)) == 0)
		return;
	if (look->flow->half[look->dir].frames > 0)
		keep_macs(look->flow);
	*mac = look->event->mac;
}

static void mark(struct wire_look *look, enum wire_mark what, uint32_t *at,
		 uint64_t *at_ns)
{
	struct wire_flow *flow = look->flow;
	struct wire_rare *rare = wire_rare_of(flow);

	if (*at)
		return;
	*at = wire_flow_at(flow, look->event->frame);
	*at_ns = look->event->at_ns;
	if (rare && rare->several_macs)
		rare->macs[what] = look->event->mac;
}

/* --- What is in the streams ----------------------------------------------- */

static void note_stray(struct wire_look *look)
{
	struct wire_rare *rare = wire_flow_rare(look->flow);

	rare->side[look->dir].stray++;
	wire_note(&rare->first_stray, look->event);
}

static void note_repeated(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;

	wire_lose(flow, look->dir, retransmissions, 1);
	wire_lose(flow, look->dir, repeated_bytes, look->seen.repeated);
	wire_lose(flow, look->dir, unchecked, look->seen.unchecked);
	if (look->seen.differing == 0)
		return;
	wire_flow_rare(flow)->side[look->dir].damaged += look->seen.differing;
	wire_note(&wire_flow_rare(flow)->first_damaged, look->event);
}

static void note_seen(struct wire_look *look)
{
	const struct wire_seen *seen = &look->seen;
	struct wire_flow *flow = look->flow;

	flow->half[look->dir].bytes += seen->fresh;
	if (seen->repeated > 0)
		note_repeated(look);
	if (seen->stray)
		note_stray(look);
	if (seen->keepalive)
		wire_lose(flow, look->dir, keepalives, 1);
	if (seen->out_of_order)
		wire_lose(flow, look->dir, out_of_order, 1);
	if (!seen->back)
		return;
	wire_lose(flow, look->dir, seq_back, 1);
	wire_note(&wire_flow_rare(flow)->first_seq_back, look->event);
}

/* --- What a segment's flags mean ------------------------------------------ */

static void note_rst(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;

	if (!flow->rst_at) {
		flow->rst_no_socket = !(look->packet->flags & WIRE_ACK);
		flow->rst_by_server = look->dir == WIRE_SERVER;
	}
	wire_count(flow, look->dir, rst);
	mark(look, WIRE_MARK_RST, &flow->rst_at, &flow->rst_ns);
	flow->half[!look->dir].provoked = true;
}

static void note_flags(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;
	uint8_t flags = look->packet->flags;
	struct wire_half *half = &flow->half[look->dir];

	if (flags & WIRE_FIN) {
		wire_count(flow, look->dir, fin);
		mark(look,
		     look->dir == WIRE_SERVER ? WIRE_MARK_FIN_SERVER :
						WIRE_MARK_FIN_CLIENT,
		     &half->fin_at, &half->fin_ns);
	}
	if (!(flags & WIRE_SYN)) {
		flow->spoke |= look->dir == WIRE_CLIENT;
		flow->established |= look->dir == WIRE_CLIENT &&
				     flags & WIRE_ACK &&
				     flow->half[WIRE_SERVER].syn_seen;
		return;
	}
	wire_count(flow, look->dir, syn);
	wire_syn_note(look);
}

static void note_timestamps(struct wire_look *look)
{
	struct wire_half *half = &look->flow->half[look->dir];
	uint32_t tsval = look->packet->options.tsval;

	if (!look->packet->options.timestamps)
		return;
	wire_count(look->flow, look->dir, timestamps);
	if (half->timestamps > 1 && (int32_t)(tsval - half->tsval) < 0) {
		struct wire_rare *rare = wire_flow_rare(look->flow);

		rare->side[look->dir].ts_back++;
		wire_note(&rare->first_ts_back, look->event);
		return;
	}
	half->tsval = tsval;
}

/* Segments of the client that want an answer, since the server's last one. */
static void note_unanswered(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;

	if (look->dir == WIRE_SERVER) {
		flow->unanswered = 0;
		flow->unanswered_at = 0;
		if (flow->repeats)
			flow->lossy->backoff = wire_short(WIRE_UNKNOWN);
		flow->repeats = false;
		return;
	}
	if (look->packet->flags & WIRE_RST ||
	    (look->packet->payload_len == 0 && !look->seen.keepalive &&
	     !(look->packet->flags & WIRE_FIN)))
		return;
	flow->unanswered += flow->unanswered < UINT32_MAX;
	mark(look, WIRE_MARK_UNANSWERED, &flow->unanswered_at,
	     &flow->unanswered_ns);
}

/* The segment is counted: these are the server's last now. */
static void note_server(struct wire_flow *flow, const struct wire_event *event)
{
	wire_keep_max(&flow->server_ns, event->at_ns);
	flow->server_at = wire_flow_at(flow, event->frame);
}

/* Payload, acknowledgement and window: all but a RST's. */
static void take_segment(struct wire_look *look)
{
	const struct wire_packet *packet = look->packet;
	struct wire_flow *flow = look->flow;
	struct wire_half *half = &flow->half[look->dir];
	bool syn = packet->flags & WIRE_SYN;
	struct wire_segment segment = {
		.seq = packet->seq + syn,
		.len = packet->payload_len,
		.captured = packet->captured,
		.bytes = packet->payload,
		.fin = (packet->flags & WIRE_FIN) && !packet->more,
	};

	wire_syn_begins(look);
	note_flags(look);
	if (syn && wire_syn_pending(flow, look->dir, packet->seq)) {
		flow->half[!look->dir].provoked = true;
		return;
	}
	look->pure = packet->payload_len == 0 &&
		     !(packet->flags & (WIRE_SYN | WIRE_FIN));
	if (look->pure)
		wire_count(flow, look->dir, pure_acks);
	flow->established |= packet->payload_len > 0;
	wire_stream_segment(&half->stream, look->memory, &segment, look->event,
			    &look->seen);
	wire_hosts_probe(look);
	look->seen.back &= !syn && !look->probe; /* not of the stream */
	note_seen(look);
	wire_acks_note(look);
	flow->half[!look->dir].provoked = look->seen.stray ||
					  look->acked == WIRE_ACK_STRAY;
	if (packet->options.sack_blocks)
		wire_lose(flow, look->dir, sacks, 1);
}

void wire_flow_packet(struct wire_flow *flow, struct wire_memory *memory,
		      const struct wire_packet *packet,
		      const struct wire_event *event,
		      struct wire_look *ret_look)
{
	struct wire_look *look = ret_look;

	*look = (struct wire_look){
		.flow = flow,
		.memory = memory,
		.packet = packet,
		.event = event,
		.dir = event->from_server ? WIRE_SERVER : WIRE_CLIENT,
		.host = -1,
	};
	note_time(flow, event);
	if (event->from_server)
		wire_hosts_note(look);
	note_mac(look);
	wire_count(flow, look->dir, frames);
	if (packet->flags & WIRE_RST)
		note_rst(look);
	else
		take_segment(look);
	note_timestamps(look);
	wire_hosts_payload(look);
	wire_repeats_note(look);
	note_unanswered(look);
	if (event->from_server)
		note_server(flow, event);
}

void wire_flow_fragment(struct wire_flow *flow, struct wire_memory *memory,
			const struct wire_segment *segment,
			const struct wire_event *event,
			struct wire_look *ret_look)
{
	struct wire_look *look = ret_look;

	*look = (struct wire_look){
		.flow = flow,
		.memory = memory,
		.event = event,
		.dir = event->from_server ? WIRE_SERVER : WIRE_CLIENT,
		.host = -1,
	};
	wire_stream_segment(&flow->half[look->dir].stream, memory, segment,
			    event, &look->seen);
	note_seen(look);
	wire_hosts_payload(look);
}
