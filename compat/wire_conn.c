// SPDX-License-Identifier: Apache-2.0
/* wire_conn.c - one connection under observation: what each segment means */
#include "compat/wire_conn.h"

#include <string.h>

#include "base/mem.h"

static uint64_t elapsed(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

static void keep_max(uint64_t *max, uint64_t value)
{
	if (value > *max)
		*max = value;
}

size_t wire_mac_index(struct wire_mac macs[WIRE_MACS_MAX], size_t *n,
		      const struct wire_mac *mac)
{
	for (size_t i = 0; i < *n; i++)
		if (memcmp(&macs[i], mac, sizeof(*mac)) == 0)
			return i;
	if (*n < WIRE_MACS_MAX)
		macs[(*n)++] = *mac;
	else
		return WIRE_MACS_MAX;
	return *n - 1;
}

/* --- When and who --------------------------------------------------------- */

static void note_time(struct wire_flow *flow, const struct wire_event *event)
{
	struct wire_conn *conn = &flow->conn;
	uint64_t silence;

	if (conn->first_frame == 0) {
		conn->first_frame = event->frame;
		conn->first_ns = conn->last_ns = event->at_ns;
		flow->server_ns = event->at_ns;
	}
	silence = elapsed(conn->last_ns, event->at_ns);
	if (silence > conn->silence_ns) {
		conn->silence_ns = silence;
		conn->silence_at_ns = conn->last_ns;
	}
	keep_max(&conn->last_ns, event->at_ns);
	if (event->from_server) {
		keep_max(&conn->server_silence_ns,
			 elapsed(flow->server_ns, event->at_ns));
		keep_max(&flow->server_ns, event->at_ns);
	}
}

static void new_host(struct wire_conn *conn, size_t i,
		     const struct wire_event *event)
{
	conn->mac_first_ns[i] = conn->mac_last_ns[i] = event->at_ns;
	conn->mac_first_frame[i] = event->frame;
	if (i == 1)
		conn->blackout_ns = elapsed(conn->mac_last_ns[0], event->at_ns);
}

/* Which host sent this frame of the server. */
static void note_host(struct wire_flow *flow, const struct wire_event *event)
{
	struct wire_conn *conn = &flow->conn;
	size_t known = conn->n_server_macs;
	size_t i = wire_mac_index(conn->server_macs, &conn->n_server_macs,
				  &event->mac);

	if (conn->n_server_macs > known)
		new_host(conn, i, event);
	if (i < WIRE_MACS_MAX) {
		keep_max(&conn->mac_last_ns[i], event->at_ns);
		conn->mac_last_frame[i] = event->frame;
	}
	if (flow->host >= 0 && flow->host != (int)i)
		conn->server_turns++;
	flow->host = (int)i;
}

static void note_first(struct wire_event *first, const struct wire_event *event)
{
	if (first->frame == 0)
		*first = *event;
}

/* --- What is in the streams ----------------------------------------------- */

void wire_flow_payload(struct wire_flow *flow, struct wire_memory *memory,
		       const struct wire_segment *segment,
		       const struct wire_event *event)
{
	struct wire_conn *conn = &flow->conn;
	int side = event->from_server;
	struct wire_seen seen;

	wire_stream_segment(&flow->stream[side], memory, segment, event, &seen);
	conn->bytes[side] += seen.fresh;
	conn->retransmissions[side] += seen.repeated > 0;
	conn->stray[side] += seen.stray;
	conn->unchecked += seen.unchecked;
	conn->damaged += seen.differing;
	if (seen.differing > 0)
		note_first(&conn->first_damaged, event);
}

/* Add the holes of a stream that has come to its end, and forget it. */
static void end_stream(struct wire_conn *conn, struct wire_stream *stream)
{
	struct wire_event event = { 0 };
	struct wire_event *first = &conn->first_lost;
	uint64_t lost = wire_stream_lost(stream, &event);

	conn->lost_bytes += lost;
	if (event.frame && (!first->frame || event.frame < first->frame))
		*first = event;
	wire_stream_release(stream);
}

/* --- What a segment's flags mean ------------------------------------------ */

/* A SYN without ACK: the first one, the first one again, or a new connection
 * on the same addresses. */
static void note_syn(struct wire_flow *flow, uint32_t isn,
		     const struct wire_event *event)
{
	struct wire_stream *mine = &flow->stream[event->from_server];
	bool again = wire_stream_is_syn(mine, isn);
	bool is_first = flow->conn.frames[event->from_server] == 1 &&
			(!mine->known || (uint32_t)mine->low == isn + 1);

	if (again && !flow->spoke)
		return;
	if (is_first) {
		flow->conn.began_with_syn = true;
	} else {
		flow->conn.syn++;
		note_first(&flow->conn.first_syn_again, event);
	}
	if (again)
		return; /* a late copy: the connection goes on */
	if (!is_first)
		end_stream(&flow->conn, &flow->stream[!event->from_server]);
	end_stream(&flow->conn, mine);
	wire_stream_syn(mine, isn);
	flow->spoke = false;
}

static void note_syn_ack(struct wire_flow *flow, uint32_t isn,
			 const struct wire_event *event)
{
	struct wire_stream *mine = &flow->stream[event->from_server];

	if (wire_stream_is_syn(mine, isn))
		return;
	end_stream(&flow->conn, mine);
	wire_stream_syn(mine, isn);
}

static void note_rst(struct wire_conn *conn, uint8_t flags,
		     const struct wire_event *event)
{
	if (conn->rst[0] + conn->rst[1] == 0)
		conn->rst_no_socket = !(flags & WIRE_ACK);
	conn->rst[event->from_server]++;
	note_first(&conn->first_rst, event);
}

static void note_flags(struct wire_flow *flow, const struct wire_packet *packet,
		       const struct wire_event *event)
{
	if (packet->flags & WIRE_FIN) {
		flow->conn.fin[event->from_server]++;
		note_first(&flow->conn.first_fin, event);
	}
	if (!(packet->flags & WIRE_SYN))
		flow->spoke |= !event->from_server;
	else if (packet->flags & WIRE_ACK)
		note_syn_ack(flow, packet->seq, event);
	else
		note_syn(flow, packet->seq, event);
}

static void note_ack(struct wire_flow *flow, const struct wire_packet *packet,
		     const struct wire_event *event)
{
	struct wire_stream *other = &flow->stream[!event->from_server];

	if (!wire_stream_ack(other, packet->ack, event))
		flow->conn.stray[event->from_server]++;
}

void wire_flow_packet(struct wire_flow *flow, struct wire_memory *memory,
		      const struct wire_packet *packet,
		      const struct wire_event *event)
{
	bool syn = packet->flags & WIRE_SYN;
	struct wire_segment segment = {
		.seq = packet->seq + syn,
		.len = packet->payload_len,
		.captured = packet->captured,
		.bytes = packet->payload,
		.fin = (packet->flags & WIRE_FIN) && !packet->more,
	};

	note_time(flow, event);
	flow->conn.frames[event->from_server]++;
	if (event->from_server && packet->has_mac)
		note_host(flow, event);
	if (packet->flags & WIRE_RST) {
		note_rst(&flow->conn, packet->flags, event);
		return;
	}
	note_flags(flow, packet, event);
	wire_flow_payload(flow, memory, &segment, event);
	if (packet->flags & WIRE_ACK)
		note_ack(flow, packet, event);
}

void wire_flow_finish(struct wire_flow *flow)
{
	keep_max(&flow->conn.server_silence_ns,
		 elapsed(flow->server_ns, flow->conn.last_ns));
	end_stream(&flow->conn, &flow->stream[0]);
	end_stream(&flow->conn, &flow->stream[1]);
}
