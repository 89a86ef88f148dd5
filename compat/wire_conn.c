// SPDX-License-Identifier: Apache-2.0
/* wire_conn.c - one connection under observation: what each segment means */
#include "compat/wire_conn.h"

#include <string.h>

#include "base/mem.h"

static uint64_t elapsed(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

static enum wire_dir dir_of(const struct wire_event *event)
{
	return event->from_server ? WIRE_SERVER : WIRE_CLIENT;
}

static void keep_max(uint64_t *max, uint64_t value)
{
	if (value > *max)
		*max = value;
}

void wire_conn_init(struct wire_conn *conn)
{
	*conn = (struct wire_conn){
		.side = { { .window_scale = -1 }, { .window_scale = -1 } },
		.move = { .blackout_ns = WIRE_UNKNOWN,
			  .backoff_ns = WIRE_UNKNOWN,
			  .asked = WIRE_UNKNOWN,
			  .answered_ns = WIRE_UNKNOWN,
			  .rate = WIRE_UNKNOWN,
			  .tail_ns = WIRE_UNKNOWN },
		.unanswered_ns = WIRE_UNKNOWN,
	};
	for (int dir = 0; dir < 2; dir++)
		conn->side[dir].window_min = conn->side[dir].window_max =
			conn->side[dir].window = WIRE_UNKNOWN;
}

size_t wire_host_index(struct wire_host hosts[WIRE_HOSTS_MAX], size_t *n,
		       const struct wire_mac *mac)
{
	for (size_t i = 0; i < *n; i++)
		if (memcmp(&hosts[i].mac, mac, sizeof(*mac)) == 0)
			return i;
	if (*n == WIRE_HOSTS_MAX)
		return WIRE_HOSTS_MAX;
	hosts[*n] = (struct wire_host){
		.mac = *mac,
		.data_ns = WIRE_UNKNOWN,
		.ts_hz = WIRE_UNKNOWN,
		.ts_first = WIRE_UNKNOWN,
		.ts_last = WIRE_UNKNOWN,
	};
	return (*n)++;
}

void wire_host_spoke(struct wire_host *host, const struct wire_event *event)
{
	if (host->frames++ == 0) {
		host->first_frame = event->frame;
		host->first_ns = event->at_ns;
	}
	host->last_frame = event->frame;
	keep_max(&host->last_ns, event->at_ns);
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
	conn->last_frame = event->frame;
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

/* Which host sent this frame of the server. */
static void note_host(struct wire_flow *flow, const struct wire_event *event)
{
	struct wire_conn *conn = &flow->conn;
	size_t known = conn->n_hosts;
	size_t i = wire_host_index(conn->hosts, &conn->n_hosts, &event->mac);

	if (conn->n_hosts > known && i == 1)
		conn->move.blackout_ns =
			elapsed(conn->hosts[0].last_ns, event->at_ns);
	if (i < WIRE_HOSTS_MAX)
		wire_host_spoke(&conn->hosts[i], event);
	if (flow->host >= 0 && flow->host != (int)i)
		conn->turns++;
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
	enum wire_dir dir = dir_of(event);
	struct wire_side *side = &conn->side[dir];
	struct wire_seen seen;

	wire_stream_segment(&flow->stream[dir], memory, segment, event, &seen);
	side->bytes += seen.fresh;
	side->retransmissions += seen.repeated > 0;
	side->repeated_bytes += seen.repeated;
	side->stray += seen.stray;
	side->unchecked += seen.unchecked;
	side->damaged += seen.differing;
	if (seen.differing > 0)
		note_first(&conn->first_damaged, event);
	if (seen.stray)
		note_first(&conn->first_stray, event);
}

/* Add the holes of a stream that has come to its end, and forget it. */
static void end_stream(struct wire_flow *flow, enum wire_dir dir)
{
	struct wire_conn *conn = &flow->conn;
	struct wire_stream *stream = &flow->stream[dir];
	struct wire_event event = { 0 };
	struct wire_event *first = &conn->first_lost;
	uint64_t lost = wire_stream_lost(stream, &event);

	conn->side[dir].lost_bytes += lost;
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
	enum wire_dir dir = dir_of(event);
	struct wire_stream *mine = &flow->stream[dir];
	bool again = wire_stream_is_syn(mine, isn);
	bool is_first = flow->conn.side[dir].frames == 1 &&
			(!mine->known || (uint32_t)mine->low == isn + 1);

	if (again && !flow->spoke)
		return;
	if (is_first) {
		flow->conn.began_with_syn = true;
	} else {
		flow->conn.syn_again++;
		note_first(&flow->conn.first_syn_again, event);
	}
	if (again)
		return; /* a late copy: the connection goes on */
	if (!is_first)
		end_stream(flow, !dir);
	end_stream(flow, dir);
	wire_stream_syn(mine, isn);
	flow->spoke = false;
}

static void note_syn_ack(struct wire_flow *flow, uint32_t isn,
			 const struct wire_event *event)
{
	struct wire_stream *mine = &flow->stream[event->from_server];

	if (wire_stream_is_syn(mine, isn))
		return;
	end_stream(flow, dir_of(event));
	wire_stream_syn(mine, isn);
}

static void note_rst(struct wire_conn *conn, uint8_t flags,
		     const struct wire_event *event)
{
	if (!conn->first_rst.frame)
		conn->rst_no_socket = !(flags & WIRE_ACK);
	conn->side[dir_of(event)].rst++;
	note_first(&conn->first_rst, event);
}

static void note_flags(struct wire_flow *flow, const struct wire_packet *packet,
		       const struct wire_event *event)
{
	if (packet->flags & WIRE_FIN) {
		flow->conn.side[dir_of(event)].fin++;
		note_first(&flow->conn.first_fin[dir_of(event)], event);
	}
	flow->conn.established |= packet->payload_len > 0 || flow->spoke;
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

	if (wire_stream_ack(other, packet->ack, event))
		return;
	flow->conn.side[dir_of(event)].stray++;
	note_first(&flow->conn.first_stray, event);
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
	flow->conn.side[dir_of(event)].frames++;
	if (event->from_server && packet->has_mac)
		note_host(flow, event);
	flow->conn.side[dir_of(event)].syn += syn;
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
	end_stream(flow, WIRE_CLIENT);
	end_stream(flow, WIRE_SERVER);
}
