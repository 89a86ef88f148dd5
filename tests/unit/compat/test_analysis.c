// SPDX-License-Identifier: Apache-2.0
/* test_analysis.c - every rule: a kept connection, spoilt in one thing */
#include "compat/analysis.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/analysis_case.h"
#include "tests/lib/testing.h"
#include "tests/unit/compat/analysis_bench.h"

#define C (b->conn)
static const struct wire_mac third = { { 2, 2, 2, 2, 2, 2 } };

/* --- What many of them need --------------------------------------------------- */

static void still_open(struct bench *b)
{
	for (int dir = 0; dir < 2; dir++) {
		C.first_fin[dir] = (struct wire_event){ 0 };
		C.side[dir].fin = 0;
	}
}

static void last_frame(struct bench *b, uint64_t frame)
{
	C.last_frame = frame;
	C.last_ns = BENCH_NS + frame * NS_PER_S;
}

static void end_capture(struct bench *b, uint64_t frame)
{
	b->report.last_ns = BENCH_NS + frame * NS_PER_S;
}

static void rst(struct bench *b, uint64_t frame, const struct wire_mac *mac,
		bool bare)
{
	bool from_server = mac != &frames_client;

	still_open(b);
	C.first_rst = bench_event(frame, from_server, mac);
	C.rst_no_socket = bare;
	C.side[from_server].rst = 1;
	last_frame(b, frame);
}

/* The source alone served it, until frame 20. */
static void source_only(struct bench *b)
{
	still_open(b);
	C.n_hosts = 1;
	C.turns = 0;
	C.hosts[1] = (struct wire_host){ 0 };
	memset(&C.move, 0xff, sizeof(C.move));
	C.move.probe = (struct wire_event){ 0 };
	last_frame(b, 21);
}

/* Nor was another host seen at all. */
static void nothing_moved(struct bench *b)
{
	source_only(b);
	b->report.n_claims = 0;
}

static void unanswered(struct bench *b, uint64_t from, uint64_t to, uint64_t n)
{
	still_open(b);
	C.unanswered = n;
	C.first_unanswered = bench_event(from, false, &frames_client);
	last_frame(b, to);
	C.unanswered_ns = (to - from) * NS_PER_S;
}

static void target_silent(struct bench *b)
{
	source_only(b);
	unanswered(b, 22, 60, 6);
}

static void target_drops(struct bench *b)
{
	C.hosts[1].last_frame = 35;
	unanswered(b, 36, 60, 5);
}

/* Another connection, which the source or the target served. */
static void other_served(struct bench *b, const struct wire_mac *mac,
			 uint64_t first, uint64_t last)
{
	b->n = 2;
	b->other.n_hosts = 1;
	b->other.first_frame = first;
	b->other.hosts[0] = bench_host(mac, first, last);
}

/* --- Kept ----------------------------------------------------------------------- */

static void nothing(struct bench *b)
{
	(void)b;
}

static void repeats(struct bench *b)
{
	C.side[WIRE_SERVER].retransmissions = 9;
	C.side[WIRE_SERVER].seq_back = 4;
	C.side[WIRE_SERVER].unchecked = 77;
	C.side[WIRE_CLIENT].dup_acks = 12;
	C.move.tail_ns = WIRE_UNKNOWN;
}

static void in_the_middle(struct bench *b)
{
	C.began_with_syn = false;
}

static void probed_only(struct bench *b)
{
	still_open(b);
	C.hosts[1] = bench_host(&frames_target, 30, 30);
	C.hosts[1].data_frame = 0;
	C.hosts[1].data_ns = WIRE_UNKNOWN;
	C.move.answered_ns = C.move.tail_ns = WIRE_UNKNOWN;
	last_frame(b, 30);
}

static void asked_once_at_the_end(struct bench *b)
{
	unanswered(b, 50, 50, 1);
	end_capture(b, 50);
}

static void three_hosts(struct bench *b)
{
	C.hosts[2] = bench_host(&third, 50, 60);
	C.n_hosts = 3;
	C.turns = 2;
	still_open(b);
	last_frame(b, 60);
}

static void there_and_back(struct bench *b)
{
	still_open(b);
	C.turns = 2;
	C.hosts[0].last_frame = 70;
	b->report.claims[1].event = bench_event(55, false, &frames_source);
	b->report.n_claims = 2;
	last_frame(b, 70);
}

static void half_closed(struct bench *b)
{
	still_open(b);
	C.first_fin[WIRE_SERVER] = bench_event(20, true, &frames_source);
	C.hosts[1].data_frame = 0;
	C.move.probe = (struct wire_event){ 0 };
}

static void reset_after_the_end(struct bench *b)
{
	C.first_fin[WIRE_SERVER] = (struct wire_event){ 0 };
	C.first_rst = bench_event(49, true, &frames_target);
	C.rst_no_socket = true;
}

static void zero_window_that_opened(struct bench *b)
{
	still_open(b);
	C.side[WIRE_SERVER].zero_windows = 3;
	C.side[WIRE_SERVER].zero_window_ns = 9 * NS_PER_S;
	C.first_zero_window = bench_event(31, true, &frames_target);
}

static void keep_alives(struct bench *b)
{
	still_open(b);
	C.storm = 16;
	C.first_storm = bench_event(34, false, &frames_client);
	C.side[WIRE_CLIENT].keepalives = 8;
	C.side[WIRE_SERVER].challenges = 1;
	C.hosts[1].data_frame = 0;
}

/* --- Reset ---------------------------------------------------------------------- */

static void rst_source(struct bench *b)
{
	source_only(b);
	rst(b, 25, &frames_source, true);
}

static void rst_source_after_all(struct bench *b)
{
	rst(b, 40, &frames_source, true);
	C.hosts[0].last_frame = 40;
	C.turns = 2;
}

static void rst_before_socket(struct bench *b)
{
	rst(b, 30, &frames_target, true);
}

static void fin_before_socket(struct bench *b)
{
	rst_before_socket(b);
	C.first_fin[WIRE_CLIENT] = bench_event(22, false, &frames_client);
}

static void rst_gone(struct bench *b)
{
	rst(b, 40, &frames_target, true);
}

static void rst_third(struct bench *b)
{
	b->source = &frames_source;
	b->target = &frames_target;
	rst(b, 40, &third, true);
}

static void rst_raw(struct bench *b)
{
	static const struct wire_mac none;

	rst(b, 40, &none, true);
	C.n_hosts = 0;
	C.turns = 0;
}

static void abort_target(struct bench *b)
{
	rst(b, 40, &frames_target, false);
}

static void abort_source(struct bench *b)
{
	source_only(b);
	rst(b, 25, &frames_source, false);
}

static void abort_source_before(struct bench *b)
{
	source_only(b);
	rst(b, 10, &frames_source, false);
	C.hosts[0] = bench_host(&frames_source, 2, 10);
	other_served(b, &frames_source, 1, 20);
}

static void rst_client(struct bench *b)
{
	rst(b, 40, &frames_client, false);
}

static void rst_client_bare(struct bench *b)
{
	rst(b, 40, &frames_client, true);
}

static void rst_client_before(struct bench *b)
{
	source_only(b);
	rst(b, 21, &frames_client, false);
}

static void client_gave_up(struct bench *b)
{
	source_only(b);
	unanswered(b, 22, 27, 4);
	rst(b, 28, &frames_client, false);
	C.unanswered_ns = 6 * NS_PER_S;
}

static void client_gave_up_on_target(struct bench *b)
{
	target_silent(b);
	rst(b, 60, &frames_client, false);
}

static void drops_and_rst(struct bench *b)
{
	rst_before_socket(b);
	b->report.drops = 3;
}

/* --- Closed, reconnected, split ------------------------------------------------- */

static void fin_source(struct bench *b)
{
	source_only(b);
	C.first_fin[WIRE_SERVER] = bench_event(20, true, &frames_source);
}

static void fin_source_before(struct bench *b)
{
	fin_source(b);
	C.first_fin[WIRE_SERVER] = bench_event(10, true, &frames_source);
	last_frame(b, 12);
	other_served(b, &frames_source, 1, 20);
}

static void fin_source_data_target(struct bench *b)
{
	half_closed(b);
	C.hosts[1].data_frame = 33;
}

static void fin_target(struct bench *b)
{
	still_open(b);
	C.first_fin[WIRE_SERVER] = bench_event(40, true, &frames_target);
}

static void fin_third(struct bench *b)
{
	b->source = &frames_source;
	b->target = &frames_target;
	still_open(b);
	C.first_fin[WIRE_SERVER] = bench_event(40, true, &third);
}

static void stray_syn(struct bench *b)
{
	still_open(b);
	C.syn_again = 1;
	C.side[WIRE_SERVER].syn = 1;
	C.first_syn_again = bench_event(40, false, &frames_client);
}

static void syn_unanswered(struct bench *b)
{
	stray_syn(b);
	C.first_syn_again = bench_event(50, false, &frames_client);
}

static void syn_again(struct bench *b)
{
	still_open(b);
	C.side[WIRE_SERVER].syn = 2;
	C.syn_again = 1;
	C.first_syn_again = bench_event(40, false, &frames_client);
}

static void ports_again(struct bench *b)
{
	C.syn_again = 1;
	C.first_syn_again = bench_event(60, false, &frames_client);
}

static void next_conn(struct bench *b, uint64_t frame)
{
	C.next_frame = frame;
	(void)wire_addr_parse("10.77.0.1:40001", &C.next_client);
}

static void left_target(struct bench *b)
{
	target_silent(b);
	next_conn(b, 62);
}

static void left_unanswered(struct bench *b)
{
	nothing_moved(b);
	unanswered(b, 22, 24, 2);
	C.first_fin[WIRE_CLIENT] = bench_event(24, false, &frames_client);
	next_conn(b, 25);
}

static void another_besides(struct bench *b)
{
	nothing_moved(b);
	unanswered(b, 22, 24, 2);
	next_conn(b, 25);
	end_capture(b, 26);
}

static void left_silently(struct bench *b)
{
	source_only(b);
	other_served(b, &frames_target, 63, 70);
	next_conn(b, 62);
}

static void next_not_served(struct bench *b)
{
	source_only(b);
	next_conn(b, 62);
}

static void left_while_target_came(struct bench *b)
{
	left_silently(b);
	b->report.n_claims = 0;
	other_served(b, &frames_target, 26, 40);
	next_conn(b, 26);
}

static void both(struct bench *b)
{
	C.turns = 3;
	C.hosts[0].last_frame = 35;
}

static void third_host(struct bench *b)
{
	three_hosts(b);
	b->source = &frames_source;
	b->target = &frames_target;
}

static void other_order(struct bench *b)
{
	b->source = &frames_target;
	b->target = &frames_source;
}

/* --- Hung ----------------------------------------------------------------------- */

static void hung_icmp_network(struct bench *b)
{
	target_silent(b);
	C.icmp = (struct wire_icmp){ 2, bench_event(33, false, &third), 3, 13,
				     false };
}

static void hung_icmp_target(struct bench *b)
{
	target_silent(b);
	C.icmp = (struct wire_icmp){ 2, bench_event(33, false, &frames_target),
				     3, 3, false };
}

static void timestamps(struct bench *b)
{
	for (int i = 0; i < 2; i++) {
		C.hosts[i].with_timestamps = C.hosts[i].frames;
		C.hosts[i].ts_hz = 1000;
		C.hosts[i].ts_first = 10000 * (uint64_t)(i + 1);
		C.hosts[i].ts_last = C.hosts[i].ts_first + 5000;
	}
}

static void hung_paws(struct bench *b)
{
	timestamps(b);
	C.hosts[1].ts_first = 14999;
	target_drops(b);
}

static void hung_numbers(struct bench *b)
{
	target_drops(b);
	C.side[WIRE_SERVER].stray = 2;
	C.first_stray = bench_event(32, true, &frames_target);
}

static void hung_claims(struct bench *b)
{
	target_silent(b);
	b->report.claims[1].event = bench_event(35, false, &frames_source);
	b->report.n_claims = 2;
}

static void hung_nobody(struct bench *b)
{
	nothing_moved(b);
	unanswered(b, 22, 60, 6);
}

static void hung_given(struct bench *b)
{
	hung_nobody(b);
	b->source = &frames_source;
	b->target = &frames_target;
}

static void window_target(struct bench *b)
{
	zero_window_that_opened(b);
	C.side[WIRE_SERVER].window = 0;
	C.side[WIRE_SERVER].zero_window_ns = 18 * NS_PER_S;
}

static void window_client(struct bench *b)
{
	still_open(b);
	C.side[WIRE_CLIENT].zero_windows = 3;
	C.side[WIRE_CLIENT].window = 0;
	C.side[WIRE_CLIENT].zero_window_ns = 18 * NS_PER_S;
	C.first_zero_window = bench_event(31, false, &frames_client);
}

static void window_briefly(struct bench *b)
{
	window_target(b);
	last_frame(b, 35);
	C.side[WIRE_SERVER].zero_window_ns = 4 * NS_PER_S;
}

static void window_again(struct bench *b)
{
	window_target(b);
	C.side[WIRE_SERVER].zero_window_ns = 6 * NS_PER_S;
}

static void storm(struct bench *b)
{
	keep_alives(b);
	C.storm = 400;
}

static void client_silent(struct bench *b)
{
	still_open(b);
	C.move.answered_ns = C.move.tail_ns = WIRE_UNKNOWN;
}

/* --- Damaged -------------------------------------------------------------------- */

static void damage(struct bench *b)
{
	C.side[WIRE_SERVER].damaged = 7;
	C.first_damaged = bench_event(33, true, &frames_target);
}

static void damage_by_client(struct bench *b)
{
	C.side[WIRE_CLIENT].damaged = 1;
	C.first_damaged = bench_event(33, false, &frames_client);
}

static void strays(struct bench *b)
{
	C.side[WIRE_SERVER].stray = 2;
	C.first_stray = bench_event(32, true, &frames_target);
}

static void strays_before(struct bench *b)
{
	C.side[WIRE_SERVER].stray = 1;
	C.first_stray = bench_event(5, true, &frames_source);
}

static void ack_back(struct bench *b)
{
	C.side[WIRE_SERVER].ack_back = 1;
	C.first_ack_back = bench_event(30, true, &frames_target);
}

static void acks_reordered(struct bench *b)
{
	C.side[WIRE_SERVER].ack_back = 1;
	C.first_ack_back = bench_event(33, true, &frames_target);
}

static void lost(struct bench *b)
{
	C.side[WIRE_SERVER].lost_bytes = 1448;
	C.first_lost = bench_event(32, true, &frames_target);
	b->report.drops = 0;
}

static void lost_by_client(struct bench *b)
{
	C.side[WIRE_CLIENT].lost_bytes = 1;
	C.first_lost = bench_event(32, true, &frames_target);
	b->report.drops = 0;
}

static void acknowledged_holes(struct bench *b)
{
	lost(b);
	C.first_lost = bench_event(32, false, &frames_client);
}

static void holes(struct bench *b)
{
	lost(b);
	b->report.drops = WIRE_UNKNOWN;
}

static void ts_unit(struct bench *b)
{
	timestamps(b);
	C.hosts[1].ts_hz = 1000000;
}

static void ts_close_unit(struct bench *b)
{
	timestamps(b);
	C.hosts[1].ts_hz = 250;
}

static void ts_back(struct bench *b)
{
	timestamps(b);
	C.hosts[1].ts_first = 14999;
}

static void ts_wrapped(struct bench *b)
{
	timestamps(b);
	C.hosts[0].ts_last = 0xffffff00;
	C.hosts[1].ts_first = 5;
}

static void ts_lost(struct bench *b)
{
	timestamps(b);
	C.hosts[1].with_timestamps = 0;
}

/* --- Undecidable, not concerned --------------------------------------------------- */

static void refused(struct bench *b)
{
	C.established = false;
	C.side[WIRE_SERVER].rst = 1;
}

static void no_answer(struct bench *b)
{
	nothing_moved(b);
	C.established = false;
	C.side[WIRE_SERVER].frames = 0;
	C.n_hosts = 0;
	unanswered(b, 22, 60, 6);
}

static void began_at_target(struct bench *b)
{
	C.hosts[0] = C.hosts[1];
	C.n_hosts = 1;
	C.turns = 0;
	C.first_frame = 31;
	other_served(b, &frames_source, 1, 20);
}

static void began_at_target_and_reset(struct bench *b)
{
	began_at_target(b);
	rst(b, 60, &frames_target, false);
}

static void target_alone(struct bench *b)
{
	began_at_target(b);
	C.began_with_syn = false;
}

static void one_direction(struct bench *b)
{
	C.side[WIRE_CLIENT].frames = 0;
}

static void drops(struct bench *b)
{
	b->report.drops = 1;
}

static void drops_and_silence(struct bench *b)
{
	target_drops(b);
	drops(b);
}

static void raw(struct bench *b)
{
	C.n_hosts = 0;
	C.turns = 0;
	b->report.n_claims = 0;
}

static void ended_before(struct bench *b)
{
	source_only(b);
	C.first_fin[WIRE_CLIENT] = bench_event(18, false, &frames_client);
	C.first_fin[WIRE_SERVER] = bench_event(19, true, &frames_source);
}

static void given_and_unseen(struct bench *b)
{
	nothing_moved(b);
	b->source = &frames_source;
	b->target = &frames_target;
}

static void ended_without_move(struct bench *b)
{
	ended_before(b);
	b->report.n_claims = 0;
}

static void closed_without_move(struct bench *b)
{
	fin_source(b);
	b->report.n_claims = 0;
}

static void ends_early(struct bench *b)
{
	target_silent(b);
	unanswered(b, 22, 29, 4);
	end_capture(b, 29);
}

static void ends_early_after_claim(struct bench *b)
{
	target_silent(b);
	unanswered(b, 22, 31, 4);
	end_capture(b, 31);
}

static void stayed(struct bench *b)
{
	source_only(b);
	C.hosts[0].last_frame = 60;
	last_frame(b, 61);
}

static void ack_back_and_rst(struct bench *b)
{
	acks_reordered(b);
	C.first_ack_back = bench_event(31, true, &frames_target);
	rst(b, 40, &frames_client, false);
}

static void strays_and_rst(struct bench *b)
{
	strays(b);
	rst(b, 40, &frames_client, true);
}

static void refused_at_once(struct bench *b)
{
	hung_icmp_target(b);
	unanswered(b, 33, 34, 3);
	end_capture(b, 34);
}

static void refused_once(struct bench *b)
{
	refused_at_once(b);
	C.icmp.count = 1;
}

static void hung_address(struct bench *b)
{
	nothing_moved(b);
	unanswered(b, 22, 22, 1);
	b->report.arp_unanswered = 3;
}

static void address_unclaimed(struct bench *b)
{
	hung_address(b);
	end_capture(b, 25);
}

static void claimed_back(struct bench *b)
{
	b->report.claims[1].event = bench_event(35, false, &frames_source);
	b->report.n_claims = 2;
}

static const struct rule_case {
	const char *name;
	void (*spoil)(struct bench *b);
	enum fate fate;
	enum blame blame;
	const char *rule;
	const char *says; /* a part of the sentence, or NULL */
} cases[] = {
#define KEPT(rule) FATE_KEPT, BLAME_NONE, rule
#define UNDECIDABLE(rule) FATE_UNDECIDABLE, BLAME_NONE, rule
#define NOT_CONCERNED(rule) FATE_NOT_CONCERNED, BLAME_NONE, rule
	{ "kept", nothing, KEPT("kept"), "frame 30, 10.000 s after" },
	{ "repetitions", repeats, KEPT("kept"), "77 repeated bytes could not" },
	{ "begun before", in_the_middle, KEPT("kept"), NULL },
	{ "idle", probed_only, KEPT("kept-idle"), "its socket is there" },
	{ "a question at the end", asked_once_at_the_end, KEPT("kept"), NULL },
	{ "moved twice", three_hosts, KEPT("kept"), "02:02:02:02:02:02" },
	{ "moved back", there_and_back, KEPT("moved-back"), "frame 55" },
	{ "half closed", half_closed, KEPT("kept"), NULL },
	{ "reset after the end", reset_after_the_end, KEPT("kept"), NULL },
	{ "zero window", zero_window_that_opened, KEPT("kept"), NULL },
	{ "zero window at the end", window_briefly, KEPT("kept"), NULL },
	{ "zero window again at the end", window_again, KEPT("kept"), NULL },
	{ "a SYN of nobody's", stray_syn, KEPT("kept"), NULL },
	{ "keep-alives", keep_alives, KEPT("kept-idle"), NULL },
	{ "a stray before the move", strays_before, KEPT("kept"), NULL },
	{ "ACKs captured late", acks_reordered, KEPT("kept"), NULL },
	{ "ticks not told apart", ts_close_unit, KEPT("kept"), NULL },
	{ "timestamps wrap", ts_wrapped, KEPT("kept"), NULL },
	{ "RST of the source", rst_source, FATE_RESET, BLAME_SOURCE,
	  "source-has-no-socket", "frame 25: the source (52:54:00:77:00:0a)" },
	{ "RST of the source, late", rst_source_after_all, FATE_RESET,
	  BLAME_SOURCE, "source-has-no-socket", "frame 40" },
	{ "address before socket", rst_before_socket, FATE_RESET, BLAME_ORDER,
	  "address-before-socket", "10.000 s after the last segment" },
	{ "FIN before socket", fin_before_socket, FATE_RESET, BLAME_ORDER,
	  "address-before-socket", NULL },
	{ "socket gone", rst_gone, FATE_RESET, BLAME_TARGET, "socket-gone",
	  "frame 40" },
	{ "RST of a third host", rst_third, FATE_RESET, BLAME_NETWORK,
	  "third-host-reset", "02:02:02:02:02:02" },
	{ "RST without link addresses", rst_raw, FATE_RESET, BLAME_UNKNOWN,
	  "no-socket", "frame 40" },
	{ "abort by the target", abort_target, FATE_RESET, BLAME_TARGET,
	  "service-aborted", "frame 40: the target" },
	{ "abort by the source", abort_source, FATE_RESET, BLAME_SOURCE,
	  "service-aborted", "frame 25: the source" },
	{ "abort by the source before", abort_source_before,
	  NOT_CONCERNED("aborted-before"), "frame 10" },
	{ "RST of the client", rst_client, FATE_RESET, BLAME_PEER,
	  "client-aborted", "frame 40" },
	{ "bare RST of the client", rst_client_bare, FATE_RESET, BLAME_PEER,
	  "client-has-no-socket", "frame 40" },
	{ "RST of the client before", rst_client_before,
	  NOT_CONCERNED("client-ended-before"), "frame 21" },
	{ "client gave up", client_gave_up, FATE_RESET, BLAME_PEER,
	  "client-gave-up",
	  "frame 28: the client gave the connection up, "
	  "6.000 s after" },
	{ "client gave up on the target", client_gave_up_on_target, FATE_RESET,
	  BLAME_TARGET, "target-did-not-answer", "frame 60" },
	{ "RST in a capture with drops", drops_and_rst, FATE_RESET, BLAME_ORDER,
	  "address-before-socket", NULL },
	{ "FIN of the source", fin_source, FATE_CLOSED, BLAME_SOURCE,
	  "source-closed", "frame 20" },
	{ "FIN of the source, data of the target", fin_source_data_target,
	  FATE_CLOSED, BLAME_SOURCE, "source-closed", "frame 20" },
	{ "FIN of the source before", fin_source_before,
	  NOT_CONCERNED("closed-before"), "frame 10" },
	{ "FIN of the target", fin_target, FATE_CLOSED, BLAME_TARGET,
	  "target-closed", "20.000 s after" },
	{ "FIN of a third host", fin_third, FATE_CLOSED, BLAME_NETWORK,
	  "third-host-closed", "02:02:02:02:02:02" },
	{ "SYN again", syn_again, FATE_RECONNECTED, BLAME_UNKNOWN, "syn-again",
	  "frame 40" },
	{ "SYN again, not answered", syn_unanswered, FATE_RECONNECTED,
	  BLAME_UNKNOWN, "syn-again", "frame 50" },
	{ "older state, reset", ack_back_and_rst, FATE_RESET, BLAME_ORDER,
	  "older-state-refused", "(frame 31)" },
	{ "other numbers, reset", strays_and_rst, FATE_RESET, BLAME_TARGET,
	  "other-numbers-refused", "(frame 32)" },
	{ "ICMP at once", refused_at_once, FATE_HUNG, BLAME_TARGET,
	  "refused-by-icmp", NULL },
	{ "one ICMP at once", refused_once, UNDECIDABLE("capture-ends-early"),
	  NULL },
	{ "no claim", hung_address, FATE_HUNG, BLAME_ORDER,
	  "nobody-has-the-address", "asked 3 times" },
	{ "no claim yet", address_unclaimed, UNDECIDABLE("address-unclaimed"),
	  "3.000 s" },
	{ "two claims, kept", claimed_back, KEPT("kept"),
	  "frame 35 says that the first host has the address too" },
	{ "ports used again", ports_again, UNDECIDABLE("ports-used-again"),
	  "(frame 60)" },
	{ "left the target", left_target, FATE_RECONNECTED, BLAME_TARGET,
	  "left-the-target",
	  "frame 62: the client connected anew from "
	  "10.77.0.1:40001: 6 segments since frame 22" },
	{ "left, not answered", left_unanswered, FATE_RECONNECTED,
	  BLAME_UNKNOWN, "left-unanswered", "frame 25" },
	{ "left silently", left_silently, FATE_RECONNECTED, BLAME_UNKNOWN,
	  "left-silently", "frame 62" },
	{ "left while the target came", left_while_target_came,
	  FATE_RECONNECTED, BLAME_UNKNOWN, "left-silently", "frame 26" },
	{ "both alive", both, FATE_SPLIT, BLAME_SOURCE, "both-spoke",
	  "frame 35: the source (52:54:00:77:00:0a)" },
	{ "a third host", third_host, FATE_SPLIT, BLAME_NETWORK, "third-host",
	  NULL },
	{ "in the other order", other_order, UNDECIDABLE("other-order"), NULL },
	{ "ICMP of a router", hung_icmp_network, FATE_HUNG, BLAME_NETWORK,
	  "refused-by-icmp", "frame 33: another host" },
	{ "ICMP of the target", hung_icmp_target, FATE_HUNG, BLAME_TARGET,
	  "refused-by-icmp", "ICMP type 3 code 3" },
	{ "PAWS", hung_paws, FATE_HUNG, BLAME_TARGET, "timestamps-back-hung",
	  "5 segments of the client since frame 36" },
	{ "hung by other numbers", hung_numbers, FATE_HUNG, BLAME_TARGET,
	  "not-continued-hung", "frame 32" },
	{ "two claims", hung_claims, FATE_HUNG, BLAME_ORDER, "two-claimants",
	  "frame 35: the source says that it has the address although the "
	  "target has taken it (frame 29)" },
	{ "the target drops", target_drops, FATE_HUNG, BLAME_TARGET,
	  "target-drops", "no answer for 64.000 s" },
	{ "the target is silent", target_silent, FATE_HUNG, BLAME_TARGET,
	  "target-silent", "6 segments of the client since frame 22" },
	{ "nobody answers", hung_nobody, FATE_HUNG, BLAME_UNKNOWN,
	  "nobody-answers", NULL },
	{ "nobody answers, hosts told", hung_given, FATE_HUNG, BLAME_TARGET,
	  "target-silent", NULL },
	{ "the target's window", window_target, FATE_HUNG, BLAME_TARGET,
	  "target-window-closed", "frame 31" },
	{ "the client's window", window_client, FATE_HUNG, BLAME_PEER,
	  "client-window-closed", "18.000 s" },
	{ "ACK storm", storm, FATE_HUNG, BLAME_TARGET, "ack-storm",
	  "400 ACKs in a row" },
	{ "the client is silent", client_silent, FATE_HUNG, BLAME_UNKNOWN,
	  "client-silent", "(frame 32)" },
	{ "other bytes", damage, FATE_DAMAGED, BLAME_TARGET, "other-bytes",
	  "frame 33: the target (52:54:00:77:00:0b) repeated" },
	{ "other bytes of the client", damage_by_client, FATE_DAMAGED,
	  BLAME_PEER, "other-bytes", "1 byte differ" },
	{ "other numbers", strays, FATE_DAMAGED, BLAME_TARGET, "not-continued",
	  "frame 32" },
	{ "ACK back", ack_back, FATE_DAMAGED, BLAME_ORDER, "ack-back",
	  "frame 30" },
	{ "lost bytes", lost, FATE_DAMAGED, BLAME_TARGET, "target-lost-bytes",
	  "frame 32 passes by bytes that were never seen: 1448 bytes" },
	{ "lost bytes of the client", lost_by_client, FATE_DAMAGED,
	  BLAME_UNKNOWN, "lost-bytes", NULL },
	{ "holes that were acknowledged", acknowledged_holes,
	  UNDECIDABLE("holes"), "frame 32" },
	{ "another connection besides", another_besides,
	  UNDECIDABLE("nothing-moved"), NULL },
	{ "the next one not served", next_not_served,
	  UNDECIDABLE("target-unasked"), NULL },
	{ "holes, drops not known", holes, UNDECIDABLE("holes"), "frame 32" },
	{ "timestamps in other units", ts_unit, FATE_DAMAGED, BLAME_TARGET,
	  "timestamp-unit", "1000000 instead of 1000" },
	{ "timestamps back", ts_back, FATE_DAMAGED, BLAME_TARGET,
	  "timestamps-back", NULL },
	{ "timestamps gone", ts_lost, FATE_DAMAGED, BLAME_TARGET,
	  "timestamps-lost", NULL },
	{ "refused", refused, NOT_CONCERNED("no-connection"), "refused" },
	{ "not answered", no_answer, NOT_CONCERNED("no-connection"),
	  "not answered" },
	{ "begun at the target", began_at_target,
	  NOT_CONCERNED("began-at-target"), "frame 31" },
	{ "begun at the target, reset", began_at_target_and_reset,
	  NOT_CONCERNED("began-at-target"), NULL },
	{ "the target alone", target_alone, UNDECIDABLE("target-alone"), NULL },
	{ "one direction", one_direction, UNDECIDABLE("one-direction"), NULL },
	{ "drops", drops, UNDECIDABLE("frames-dropped"), "lost 1 frame" },
	{ "drops and silence", drops_and_silence, UNDECIDABLE("frames-dropped"),
	  NULL },
	{ "no link addresses", raw, UNDECIDABLE("no-link-addresses"), NULL },
	{ "ended before", ended_before, NOT_CONCERNED("ended-before"),
	  "frame 18" },
	{ "the target unseen", given_and_unseen, UNDECIDABLE("target-unseen"),
	  NULL },
	{ "nothing moved", nothing_moved, UNDECIDABLE("nothing-moved"),
	  "no other host took over" },
	{ "ended, nothing moved", ended_without_move,
	  UNDECIDABLE("nothing-moved"), NULL },
	{ "closed, nothing moved", closed_without_move,
	  UNDECIDABLE("closed-unmoved"), "frame 20" },
	{ "ends early", ends_early, UNDECIDABLE("capture-ends-early"),
	  "7.000 s" },
	{ "ends early, claimed", ends_early_after_claim,
	  UNDECIDABLE("capture-ends-early"), NULL },
	{ "stayed", stayed, UNDECIDABLE("stayed"), "frame 60" },
	{ "not asked", source_only, UNDECIDABLE("target-unasked"), "frame 29" },
};

START_TEST(a_connection_is_judged_as_it_should)
{
	const struct rule_case *c = &cases[_i];
	CLEANUP(finding_release) struct finding got = { 0 };
	struct bench b;

	bench_init(&b);
	c->spoil(&b);
	bench_judge(&b, &got);
	ck_assert_msg(!strcmp(got.rule, c->rule), "%s: got %s (%s), wanted %s",
		      c->name, got.rule, got.sentence, c->rule);
	ck_assert_msg(got.fate == c->fate, "%s: %s", c->name,
		      fate_names[got.fate]);
	ck_assert_msg(got.blame == c->blame, "%s: %s", c->name,
		      blame_names[got.blame]);
	if (c->says)
		ck_assert_has(got.sentence, c->says);
	ck_assert_msg(!strpbrk(got.sentence, "{}\n"), "%s", got.sentence);
	ck_assert_msg(!strstr(got.sentence, "frame 0"), "%s", got.sentence);
}
END_TEST

/* A verdict against somebody needs proof; frames are in order, each once. */
START_TEST(a_verdict_rests_on_frames)
{
	const struct rule_case *c = &cases[_i];
	CLEANUP(finding_release) struct finding got = { 0 };
	size_t proofs = 0;
	struct bench b;

	bench_init(&b);
	c->spoil(&b);
	bench_judge(&b, &got);
	for (size_t i = 0; i < got.n_frames; i++) {
		ck_assert_uint_gt(got.frames[i].event.frame, 0);
		ck_assert_ptr_nonnull(got.frames[i].shows);
		proofs += got.frames[i].proves;
		if (i > 0)
			ck_assert_uint_le(got.frames[i - 1].event.frame,
					  got.frames[i].event.frame);
	}
	ck_assert_msg(proofs > 0, "%s (%s) has no proof", c->name, got.rule);
	ck_assert_msg(!fate_failed(got.fate) || got.advice, "%s has no advice",
		      got.rule);
}
END_TEST

static bool has_case(const struct analysis_rule *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!strcmp(cases[i].rule, rule->name))
			return true;
	return false;
}

START_TEST(every_rule_has_a_case_and_is_documented)
{
	static const struct analysis_rule *const tables[] = {
		analysis_rules_resets,	analysis_rules_endings,
		analysis_rules_silence, analysis_rules_damage,
		analysis_rules_rest,
	};
	CLEANUP_FREE char *path = source_path("results/analyze.md");
	CLEANUP_FREE char *page = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_read(path, 100000, &page, NULL, &err), &err);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct analysis_rule *r = tables[i]; r->name; r++) {
			CLEANUP_FREE char *row =
				xasprintf("| `%s` | %s%s|", r->name,
					  r->signature ? r->signature : "",
					  r->signature ? " " : "");

			ck_assert_msg(has_case(r), "'%s' has no case", r->name);
			ck_assert_msg(testing_contains(page, row),
				      "results/analyze.md does not tell of "
				      "'%s'",
				      r->name);
		}
	}
}
END_TEST

static const struct {
	const char *name;
	struct analysis_counts counts;
	int status;
} statuses[] = {
	{ "none", { { 0 } }, 3 },
	{ "kept", { { [FATE_KEPT] = 2 } }, 0 },
	{ "not concerned", { { [FATE_NOT_CONCERNED] = 1 } }, 0 },
	{ "undecidable", { { [FATE_KEPT] = 5, [FATE_UNDECIDABLE] = 1 } }, 3 },
	{ "hung", { { [FATE_HUNG] = 1, [FATE_UNDECIDABLE] = 1 } }, 1 },
	{ "damaged", { { [FATE_DAMAGED] = 1 } }, 1 },
};

START_TEST(the_exit_status_follows_from_the_fates)
{
	ck_assert_msg(analysis_status(&statuses[_i].counts) ==
			      statuses[_i].status,
		      "%s", statuses[_i].name);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("analysis");
	TCase *tcase = tcase_create("judge");

	tcase_add_loop_test(tcase, a_connection_is_judged_as_it_should, 0,
			    (int)ARRAY_SIZE(cases));
	tcase_add_loop_test(tcase, a_verdict_rests_on_frames, 0,
			    (int)ARRAY_SIZE(cases));
	tcase_add_test(tcase, every_rule_has_a_case_and_is_documented);
	tcase_add_loop_test(tcase, the_exit_status_follows_from_the_fates, 0,
			    (int)ARRAY_SIZE(statuses));
	suite_add_tcase(suite, tcase);
	return suite;
}
