// SPDX-License-Identifier: Apache-2.0
/* wire_fields.c - the members of what a capture says, with their JSON names */
#include "compat/wire_fields.h"

#include <stddef.h>

/* A pair is told by its size. */
#define NUMBER(type, member)                                     \
	{                                                        \
#member, offsetof(struct type, member),          \
			sizeof(((struct type *)NULL)->member) == \
				2 * sizeof(uint64_t)             \
	}
#define FIELD(type, member)                            \
	{                                              \
#member, offsetof(struct type, member) \
	}

const struct wire_number wire_conn_numbers[] = {
	NUMBER(wire_conn, first_frame),
	NUMBER(wire_conn, frames),
	NUMBER(wire_conn, bytes),
	NUMBER(wire_conn, syn),
	NUMBER(wire_conn, rst),
	NUMBER(wire_conn, fin),
	NUMBER(wire_conn, retransmissions),
	NUMBER(wire_conn, stray),
	NUMBER(wire_conn, damaged),
	NUMBER(wire_conn, unchecked),
	NUMBER(wire_conn, lost_bytes),
	NUMBER(wire_conn, server_turns),
	NUMBER(wire_conn, first_ns),
	NUMBER(wire_conn, last_ns),
	NUMBER(wire_conn, silence_ns),
	NUMBER(wire_conn, silence_at_ns),
	NUMBER(wire_conn, server_silence_ns),
	NUMBER(wire_conn, blackout_ns),
	{ 0 },
};

const struct wire_number wire_report_numbers[] = {
	NUMBER(wire_report, frames),
	NUMBER(wire_report, drops),
	NUMBER(wire_report, arp),
	NUMBER(wire_report, first_ns),
	NUMBER(wire_report, last_ns),
	NUMBER(wire_report, udp_frames),
	NUMBER(wire_report, udp_silence_ns),
	NUMBER(wire_report, udp_server_turns),
	{ 0 },
};

const struct wire_number wire_event_numbers[] = {
	NUMBER(wire_event, frame),
	NUMBER(wire_event, at_ns),
	{ 0 },
};

const struct wire_field wire_conn_flags[] = {
	FIELD(wire_conn, began_with_syn),
	FIELD(wire_conn, rst_no_socket),
	{ 0 },
};

const struct wire_field wire_conn_events[] = {
	FIELD(wire_conn, first_rst),	   FIELD(wire_conn, first_fin),
	FIELD(wire_conn, first_syn_again), FIELD(wire_conn, first_damaged),
	FIELD(wire_conn, first_lost),	   { 0 },
};

static const struct wire_field conn_columns[] = {
	{ "first_ns", offsetof(struct wire_conn, mac_first_ns) },
	{ "first_frame", offsetof(struct wire_conn, mac_first_frame) },
	{ "last_ns", offsetof(struct wire_conn, mac_last_ns) },
	{ "last_frame", offsetof(struct wire_conn, mac_last_frame) },
	{ 0 },
};

static const struct wire_field udp_columns[] = {
	{ "first_frame", offsetof(struct wire_report, udp_mac_first_frame) },
	{ "last_frame", offsetof(struct wire_report, udp_mac_last_frame) },
	{ 0 },
};

const struct wire_hosts wire_conn_hosts = {
	"server_hosts",
	offsetof(struct wire_conn, server_macs),
	offsetof(struct wire_conn, n_server_macs),
	conn_columns,
};

const struct wire_hosts wire_udp_hosts = {
	"udp_server_hosts",
	offsetof(struct wire_report, udp_server_macs),
	offsetof(struct wire_report, n_udp_server_macs),
	udp_columns,
};
