// SPDX-License-Identifier: Apache-2.0
/* wire_view.c - a connection spelled out from what was kept of it */
#include <string.h>

#include "compat/wire_flow.h"

void wire_conn_init(struct wire_conn *conn)
{
	*conn = (struct wire_conn){
		.move = { .blackout_ns = WIRE_UNKNOWN,
			  .asked = WIRE_UNKNOWN,
			  .backoff_ns = WIRE_UNKNOWN,
			  .answered_ns = WIRE_UNKNOWN,
			  .rate = WIRE_UNKNOWN,
			  .tail_ns = WIRE_UNKNOWN },
		.unanswered_ns = WIRE_UNKNOWN,
	};
	for (int dir = 0; dir < 2; dir++) {
		conn->side[dir].window_scale = -1;
		conn->side[dir].window_min = WIRE_UNKNOWN;
		conn->side[dir].window_max = WIRE_UNKNOWN;
		conn->side[dir].window = WIRE_UNKNOWN;
	}
}

static uint64_t frame_of(const struct wire_flow *flow, uint32_t at)
{
	return at ? flow->first_frame + at - 1 : 0;
}

static struct wire_event event_of(const struct wire_flow *flow,
				  enum wire_mark mark, enum wire_dir dir,
				  uint32_t at, uint64_t at_ns)
{
	const struct wire_rare *rare = wire_rare_of(flow);

	if (!at)
		return (struct wire_event){ 0 };
	return (struct wire_event){
		.frame = frame_of(flow, at),
		.at_ns = at_ns,
		.mac = rare && rare->several_macs ? rare->macs[mark] :
						    flow->mac[dir],
		.from_server = dir == WIRE_SERVER,
	};
}

/* --- Sides ---------------------------------------------------------------- */

static void view_windows(const struct wire_flow *flow, enum wire_dir dir,
			 struct wire_side *side)
{
	const struct wire_half *half = &flow->half[dir];
	bool had_before = wire_rare_of(flow) &&
			  side->window_min != WIRE_UNKNOWN;
	uint64_t min = wire_flow_window(flow, dir, half->window_min);

	side->window_scale = half->scale;
	if (!wire_half_offered(half)) {
		side->window = WIRE_UNKNOWN;
		if (!had_before)
			side->window_min = side->window_max = WIRE_UNKNOWN;
		return;
	}
	if (!had_before)
		side->window_max = 0;
	if (!had_before || min < side->window_min)
		side->window_min = min;
	wire_keep_max(&side->window_max,
		      wire_flow_window(flow, dir, half->window_max));
	side->window = wire_flow_window(flow, dir, half->window);
}

/* One that was never offered again is so until the end. */
static void view_zero_window(const struct wire_flow *flow, enum wire_dir dir,
			     struct wire_side *side)
{
	if (flow->closed & 1U << dir)
		wire_keep_max(
			&side->zero_window_ns,
			wire_elapsed(wire_rare_of(flow)->no_window_ns[dir],
				     flow->last_ns));
}

static void view_losses(const struct wire_losses *losses,
			struct wire_side *side)
{
	side->retransmissions += losses->retransmissions;
	side->repeated_bytes += losses->repeated_bytes;
	side->unchecked += losses->unchecked;
	side->out_of_order += losses->out_of_order;
	side->seq_back += losses->seq_back;
	side->dup_acks += losses->dup_acks;
	side->keepalives += losses->keepalives;
	side->sacks += losses->sacks;
}

static void view_side(const struct wire_flow *flow, enum wire_dir dir,
		      struct wire_conn *conn)
{
	const struct wire_half *half = &flow->half[dir];
	struct wire_side *side = &conn->side[dir];
	struct wire_event lost = { 0 };

	if (wire_rare_of(flow))
		*side = wire_rare_of(flow)->side[dir];
	if (flow->lossy)
		view_losses(&flow->lossy->side[dir], side);
	side->frames += half->frames;
	side->bytes = half->bytes;
	side->syn += half->syn;
	side->fin += half->fin;
	side->rst += half->rst;
	side->pure_acks += half->pure_acks;
	side->timestamps += half->timestamps;
	side->mss = half->mss;
	side->sack_permitted = half->sack_permitted;
	side->lost_bytes += wire_stream_lost(&half->stream, &lost);
	if (lost.frame &&
	    (!conn->first_lost.frame || lost.frame < conn->first_lost.frame))
		conn->first_lost = lost;
	view_windows(flow, dir, side);
	view_zero_window(flow, dir, side);
}

/* --- Hosts ---------------------------------------------------------------- */

static void view_hosts(const struct wire_flow *flow, struct wire_conn *conn)
{
	struct wire_serving serving;

	if (flow->serving)
		serving = *flow->serving;
	else
		wire_flow_serving(flow, &serving);
	memcpy(conn->hosts, serving.hosts, sizeof(conn->hosts));
	conn->n_hosts = serving.n;
	conn->turns = serving.turns;
	conn->move = serving.move;
	for (size_t i = 0; i < serving.n; i++) {
		struct wire_host *host = &conn->hosts[i];

		if (host->with_timestamps)
			host->ts_hz =
				wire_ticks(host->ts_first, host->ts_last,
					   wire_elapsed(serving.ts_first_ns[i],
							serving.ts_last_ns[i]));
	}
}

/* --- All ------------------------------------------------------------------ */

static void view_rare(const struct wire_rare *rare, struct wire_conn *conn)
{
	conn->syn_again = rare->syn_again;
	conn->first_syn_again = rare->first_syn_again;
	conn->first_damaged = rare->first_damaged;
	conn->first_lost = rare->first_lost;
	conn->first_stray = rare->first_stray;
	conn->first_seq_back = rare->first_seq_back;
	conn->first_ack_back = rare->first_ack_back;
	conn->first_ts_back = rare->first_ts_back;
	conn->first_zero_window = rare->first_zero_window;
	conn->first_challenge = rare->first_challenge;
	conn->first_storm = rare->first_storm;
	conn->storm = rare->storm;
	conn->icmp = rare->icmp;
}

static void view_marks(const struct wire_flow *flow, struct wire_conn *conn)
{
	static const enum wire_mark fins[] = { WIRE_MARK_FIN_CLIENT,
					       WIRE_MARK_FIN_SERVER };

	for (int dir = 0; dir < 2; dir++)
		conn->first_fin[dir] = event_of(flow, fins[dir], dir,
						flow->half[dir].fin_at,
						flow->half[dir].fin_ns);
	conn->first_rst =
		event_of(flow, WIRE_MARK_RST,
			 flow->rst_by_server ? WIRE_SERVER : WIRE_CLIENT,
			 flow->rst_at, flow->rst_ns);
	conn->rst_no_socket = flow->rst_no_socket;
	if (!flow->unanswered_at)
		return;
	conn->first_unanswered = event_of(flow, WIRE_MARK_UNANSWERED,
					  WIRE_CLIENT, flow->unanswered_at,
					  flow->unanswered_ns);
	conn->unanswered = flow->unanswered;
	conn->unanswered_ns = wire_elapsed(flow->unanswered_ns, flow->last_ns);
}

void wire_flow_view(const struct wire_flow *flow,
		    const struct wire_addr *service, struct wire_conn *ret_conn)
{
	struct wire_conn *conn = ret_conn;

	wire_conn_init(conn);
	memcpy(conn->client.ip, flow->client_ip, sizeof(conn->client.ip));
	conn->client.port = flow->client_port;
	conn->server = *service;
	conn->server.port = flow->server_port;
	conn->first_frame = flow->first_frame;
	conn->last_frame = frame_of(flow, flow->last_at);
	conn->first_ns = flow->first_ns;
	conn->last_ns = flow->last_ns;
	conn->began_with_syn = flow->began_with_syn;
	conn->established = flow->established;
	conn->silence_ns = flow->silence_ns;
	conn->silence_at_ns = flow->silence_at_ns;
	conn->server_silence_ns = flow->server_silence_ns;
	wire_keep_max(&conn->server_silence_ns,
		      wire_elapsed(flow->server_ns, flow->last_ns));
	if (wire_rare_of(flow))
		view_rare(wire_rare_of(flow), conn);
	view_side(flow, WIRE_CLIENT, conn);
	view_side(flow, WIRE_SERVER, conn);
	view_hosts(flow, conn);
	view_marks(flow, conn);
}
