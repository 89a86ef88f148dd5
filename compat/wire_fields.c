// SPDX-License-Identifier: Apache-2.0
/* wire_fields.c - the members of what a capture says, with their JSON names */
#include "compat/wire_fields.h"

/* No writer of ours comes near it. */
#define CONNS_MAX 10000000

#define SIZE(type, member) sizeof(((struct type *)NULL)->member)

#define FIELD(type, member, what, ...)                      \
	{                                                   \
		.name = #member, .kind = WIRE_FIELD_##what, \
		.offset = offsetof(struct type, member),    \
		.size = SIZE(type, member), __VA_ARGS__     \
	}
#define NUMBER(type, member) FIELD(type, member, NUMBER)
#define FLAG(type, member) FIELD(type, member, FLAG)
#define EVENT(type, member) FIELD(type, member, EVENT, .fields = event_fields)
#define STRUCT(type, member, table) \
	FIELD(type, member, STRUCT, .fields = (table))
#define HOSTS(type, member, count)                                       \
	{                                                                \
		.name = #member, .kind = WIRE_FIELD_LIST,                \
		.offset = offsetof(struct type, member),                 \
		.size = sizeof(struct wire_host), .fields = host_fields, \
		.n_offset = offsetof(struct type, count),                \
		.max = WIRE_HOSTS_MAX                                    \
	}

static const struct wire_field event_fields[] = {
	NUMBER(wire_event, frame),
	NUMBER(wire_event, at_ns),
	FIELD(wire_event, mac, MAC),
	FLAG(wire_event, from_server),
	{ 0 },
};

static const struct wire_field side_fields[] = {
	NUMBER(wire_side, frames),
	NUMBER(wire_side, bytes),
	NUMBER(wire_side, syn),
	NUMBER(wire_side, fin),
	NUMBER(wire_side, rst),
	NUMBER(wire_side, pure_acks),
	NUMBER(wire_side, retransmissions),
	NUMBER(wire_side, repeated_bytes),
	NUMBER(wire_side, damaged),
	NUMBER(wire_side, unchecked),
	NUMBER(wire_side, out_of_order),
	NUMBER(wire_side, stray),
	NUMBER(wire_side, lost_bytes),
	NUMBER(wire_side, seq_back),
	NUMBER(wire_side, ack_back),
	NUMBER(wire_side, dup_acks),
	NUMBER(wire_side, keepalives),
	NUMBER(wire_side, challenges),
	NUMBER(wire_side, zero_windows),
	NUMBER(wire_side, zero_window_ns),
	NUMBER(wire_side, window_min),
	NUMBER(wire_side, window_max),
	NUMBER(wire_side, window),
	FIELD(wire_side, window_scale, INT),
	NUMBER(wire_side, mss),
	FLAG(wire_side, sack_permitted),
	NUMBER(wire_side, sacks),
	NUMBER(wire_side, timestamps),
	NUMBER(wire_side, ts_back),
	{ 0 },
};

static const struct wire_field host_fields[] = {
	FIELD(wire_host, mac, MAC),
	NUMBER(wire_host, frames),
	NUMBER(wire_host, bytes),
	NUMBER(wire_host, first_frame),
	NUMBER(wire_host, last_frame),
	NUMBER(wire_host, first_ns),
	NUMBER(wire_host, last_ns),
	NUMBER(wire_host, data_frame),
	NUMBER(wire_host, data_ns),
	NUMBER(wire_host, with_timestamps),
	NUMBER(wire_host, with_sack),
	NUMBER(wire_host, ts_hz),
	NUMBER(wire_host, ts_first),
	NUMBER(wire_host, ts_last),
	{ 0 },
};

static const struct wire_field move_fields[] = {
	NUMBER(wire_move, blackout_ns), EVENT(wire_move, probe),
	NUMBER(wire_move, asked),	NUMBER(wire_move, backoff_ns),
	NUMBER(wire_move, answered_ns), NUMBER(wire_move, rate),
	NUMBER(wire_move, tail_ns),	{ 0 },
};

static const struct wire_field icmp_fields[] = {
	NUMBER(wire_icmp, count), EVENT(wire_icmp, first),
	NUMBER(wire_icmp, type),  NUMBER(wire_icmp, code),
	FLAG(wire_icmp, v6),	  { 0 },
};

/* By enum wire_dir: an object with both. */
#define SIDE(dir, label)                                                \
	{                                                               \
		.name = (label), .kind = WIRE_FIELD_STRUCT,             \
		.offset = (dir) * sizeof(struct wire_side),             \
		.size = sizeof(struct wire_side), .fields = side_fields \
	}
static const struct wire_field sides_fields[] = {
	SIDE(WIRE_CLIENT, "client"),
	SIDE(WIRE_SERVER, "server"),
	{ 0 },
};

#define EVENT_OF(dir, label)                                              \
	{                                                                 \
		.name = (label), .kind = WIRE_FIELD_EVENT,                \
		.offset = (dir) * sizeof(struct wire_event),              \
		.size = sizeof(struct wire_event), .fields = event_fields \
	}
static const struct wire_field both_fields[] = {
	EVENT_OF(WIRE_CLIENT, "client"),
	EVENT_OF(WIRE_SERVER, "server"),
	{ 0 },
};

const struct wire_field wire_conn_fields[] = {
	FIELD(wire_conn, client, ADDR),
	FIELD(wire_conn, server, ADDR),
	NUMBER(wire_conn, first_frame),
	NUMBER(wire_conn, last_frame),
	NUMBER(wire_conn, first_ns),
	NUMBER(wire_conn, last_ns),
	FLAG(wire_conn, began_with_syn),
	FLAG(wire_conn, established),
	NUMBER(wire_conn, syn_again),
	STRUCT(wire_conn, side, sides_fields),
	HOSTS(wire_conn, hosts, n_hosts),
	NUMBER(wire_conn, turns),
	STRUCT(wire_conn, move, move_fields),
	STRUCT(wire_conn, icmp, icmp_fields),
	FLAG(wire_conn, rst_no_socket),
	EVENT(wire_conn, first_rst),
	STRUCT(wire_conn, first_fin, both_fields),
	EVENT(wire_conn, first_syn_again),
	EVENT(wire_conn, first_damaged),
	EVENT(wire_conn, first_lost),
	EVENT(wire_conn, first_stray),
	EVENT(wire_conn, first_seq_back),
	EVENT(wire_conn, first_ack_back),
	EVENT(wire_conn, first_ts_back),
	EVENT(wire_conn, first_zero_window),
	EVENT(wire_conn, first_challenge),
	EVENT(wire_conn, first_storm),
	EVENT(wire_conn, first_unanswered),
	NUMBER(wire_conn, storm),
	NUMBER(wire_conn, silence_ns),
	NUMBER(wire_conn, silence_at_ns),
	NUMBER(wire_conn, server_silence_ns),
	NUMBER(wire_conn, unanswered),
	NUMBER(wire_conn, unanswered_ns),
	NUMBER(wire_conn, next_frame),
	FIELD(wire_conn, next_client, NO_ADDR),
	{ 0 },
};

static const struct wire_field claim_fields[] = {
	EVENT(wire_claim, event),
	NUMBER(wire_claim, count),
	FLAG(wire_claim, asked),
	{ 0 },
};

static const struct wire_field phase_fields[] = {
	FIELD(wire_phase, text, TEXT),
	NUMBER(wire_phase, frame),
	NUMBER(wire_phase, at_ns),
	{ 0 },
};

const struct wire_field wire_report_fields[] = {
	NUMBER(wire_report, frames),
	NUMBER(wire_report, drops),
	NUMBER(wire_report, first_ns),
	NUMBER(wire_report, last_ns),
	NUMBER(wire_report, arp),
	NUMBER(wire_report, arp_unanswered),
	{ .name = "claims",
	  .kind = WIRE_FIELD_LIST,
	  .offset = offsetof(struct wire_report, claims),
	  .size = sizeof(struct wire_claim),
	  .fields = claim_fields,
	  .n_offset = offsetof(struct wire_report, n_claims),
	  .max = WIRE_CLAIMS_MAX },
	{ .name = "phases",
	  .kind = WIRE_FIELD_VECTOR,
	  .offset = offsetof(struct wire_report, phases),
	  .size = sizeof(struct wire_phase),
	  .fields = phase_fields,
	  .n_offset = offsetof(struct wire_report, n_phases),
	  .max = WIRE_PHASES_MAX },
	FIELD(wire_report, udp_frames, PAIR),
	HOSTS(wire_report, udp_hosts, n_udp_hosts),
	NUMBER(wire_report, udp_turns),
	NUMBER(wire_report, udp_silence_ns),
	{ .name = "connections",
	  .kind = WIRE_FIELD_VECTOR,
	  .offset = offsetof(struct wire_report, conns),
	  .size = sizeof(struct wire_conn),
	  .fields = wire_conn_fields,
	  .n_offset = offsetof(struct wire_report, n_conns),
	  .max = CONNS_MAX },
	{ 0 },
};
