// SPDX-License-Identifier: Apache-2.0
/* test_wire_conn.c - what each segment means to its connection */
#include <pcap/dlt.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/* A talk that is listened to; report and conn are filled by listen_end(). */
static struct wire_tracker *tracker;
static struct wire_report report;
static const struct wire_conn *conn;
static struct talk t;

static void listen_begin(void)
{
	struct err err = ERR_INIT;

	ck_assert_ok(wire_new(FRAMES_SERVICE, FRAMES_PORT, &tracker, &err),
		     &err);
	talk_init(&t, false);
	t.sink = frames_to_tracker;
	t.ctx = tracker;
}

static void listen_end(void)
{
	wire_finish(TAKE(tracker), 0, &report);
	ck_assert_uint_ge(report.n_conns, 1);
	conn = &report.conns[0];
}

static void teardown(void)
{
	wire_free(TAKE(tracker));
	wire_report_release(&report);
}

/* --- Beginnings ----------------------------------------------------------- */

START_TEST(a_connection_begins_with_its_syn)
{
	talk_open(&t);
	talk_exchange(&t, 2);
	listen_end();
	ck_assert(conn->began_with_syn);
	ck_assert_uint_eq(conn->syn_again, 0);
	ck_assert_uint_eq(conn->first_frame, 1);
	ck_assert_mem_eq(conn->client.ip, t.addr[CLIENT].ip, 16);
	ck_assert_uint_eq(conn->client.port, 40000);
	ck_assert_uint_eq(conn->server.port, FRAMES_PORT);
	ck_assert_uint_eq(conn->side[0].frames, 6);
	ck_assert_uint_eq(conn->side[1].frames, 3);
	ck_assert_uint_eq(conn->side[0].bytes, 16);
	ck_assert_uint_eq(conn->side[1].bytes, 20);
}
END_TEST

static void send_syn(uint32_t seq)
{
	struct segment syn = { .flags = SYN, .seq = seq };

	talk_segment(&t, &syn);
}

START_TEST(the_first_syn_repeated_is_not_a_syn_again)
{
	send_syn(1000);
	talk_wait(&t, 1000);
	send_syn(1000);
	talk_open(&t);
	send_syn(999); /* before this one, the client had spoken */
	listen_end();
	ck_assert_uint_eq(conn->syn_again, 1);
	ck_assert_uint_eq(conn->first_syn_again.frame, 6);
}
END_TEST

START_TEST(the_same_syn_after_the_handshake_is_a_syn_again)
{
	talk_open(&t);
	send_syn(1000);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->syn_again, 1);
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  0);
	ck_assert_uint_eq(conn->side[0].stray + conn->side[1].stray, 0);
}
END_TEST

START_TEST(a_new_syn_begins_new_streams)
{
	talk_open(&t);
	talk_exchange(&t, 1);
	talk_lose(&t, SERVER, 5);
	talk_text(&t, SERVER, "after a hole");
	t.next[CLIENT] = 77;
	t.next[SERVER] = 88;
	talk_open(&t);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->syn_again, 1);
	ck_assert_uint_eq(conn->first_syn_again.frame, 8);
	ck_assert(!conn->first_syn_again.from_server);
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  5);
	ck_assert_uint_eq(conn->first_lost.frame, 7);
	ck_assert(conn->first_lost.from_server);
	ck_assert_uint_eq(conn->side[0].retransmissions, 0);
}
END_TEST

START_TEST(a_syn_captured_after_its_answer_is_the_first)
{
	struct segment syn = { .flags = SYN, .seq = 1000 };
	struct segment answer = {
		.from = SERVER, .flags = SYN | ACK, .seq = 500000, .ack = 1001
	};

	talk_segment(&t, &answer);
	talk_segment(&t, &syn);
	t.next[CLIENT] = 1001;
	t.next[SERVER] = 500001;
	talk_ack(&t, CLIENT);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert(conn->began_with_syn);
	ck_assert_uint_eq(conn->syn_again, 0);
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  0);
}
END_TEST

START_TEST(a_syn_in_the_middle_of_a_capture_is_a_syn_again)
{
	t.ack[SERVER] = t.next[CLIENT];
	t.ack[CLIENT] = t.next[SERVER];
	talk_exchange(&t, 1);
	send_syn(4242);
	listen_end();
	ck_assert(!conn->began_with_syn);
	ck_assert_uint_eq(conn->syn_again, 1);
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  0);
}
END_TEST

START_TEST(data_on_the_syn_is_data)
{
	struct segment syn = {
		.flags = SYN, .seq = 1000, .bytes = "early", .len = 5
	};

	talk_segment(&t, &syn);
	t.next[CLIENT] = 1006;
	t.ack[SERVER] = 1006;
	talk_text(&t, CLIENT, " and late");
	listen_end();
	ck_assert_uint_eq(conn->side[0].bytes, 14);
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  0);
}
END_TEST

/* --- Ends ----------------------------------------------------------------- */

START_TEST(resets_are_counted_by_side_and_the_first_is_told)
{
	talk_open(&t);
	talk_move(&t);
	talk_reset(&t, SERVER, true);
	talk_reset(&t, CLIENT, false);
	talk_reset(&t, SERVER, false);
	listen_end();
	ck_assert_uint_eq(conn->side[0].rst, 1);
	ck_assert_uint_eq(conn->side[1].rst, 2);
	ck_assert_uint_eq(conn->first_rst.frame, 4);
	ck_assert_uint_eq(conn->first_rst.at_ns,
			  1700000000 * NS_PER_S + 3 * NS_PER_MS);
	ck_assert(conn->first_rst.from_server);
	ck_assert_mem_eq(&conn->first_rst.mac, &frames_target, 6);
	ck_assert(conn->rst_no_socket);
}
END_TEST

START_TEST(an_abort_is_not_a_missing_socket)
{
	talk_open(&t);
	talk_reset(&t, SERVER, false);
	talk_reset(&t, SERVER, true);
	listen_end();
	ck_assert(!conn->rst_no_socket);
}
END_TEST

START_TEST(a_wild_reset_does_not_touch_the_streams)
{
	struct segment rst = { .from = SERVER, .flags = RST, .seq = 42 };

	talk_open(&t);
	talk_segment(&t, &rst);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes +
				  conn->side[1].stray,
			  0);
}
END_TEST

START_TEST(fins_are_counted_by_side_and_the_first_is_told)
{
	talk_open(&t);
	talk_close(&t, CLIENT);
	listen_end();
	ck_assert_uint_eq(conn->side[0].fin, 1);
	ck_assert_uint_eq(conn->side[1].fin, 1);
	ck_assert_uint_eq(conn->first_fin[0].frame, 4);
	ck_assert(!conn->first_fin[0].from_server);
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  0);
	ck_assert_uint_eq(conn->side[0].rst + conn->side[1].rst, 0);
}
END_TEST

/* --- Data ----------------------------------------------------------------- */

START_TEST(repetitions_are_counted_by_segment_and_side)
{
	talk_open(&t);
	talk_text(&t, CLIENT, "0123456789");
	talk_again(&t, CLIENT, 0, "0123456789", 10);
	talk_again(&t, CLIENT, 5, "01234", 5);
	talk_text(&t, SERVER, "abcdef");
	talk_again(&t, SERVER, 0, "def", 3);
	listen_end();
	ck_assert_uint_eq(conn->side[0].retransmissions, 2);
	ck_assert_uint_eq(conn->side[1].retransmissions, 1);
	ck_assert_uint_eq(conn->side[0].bytes, 10);
	ck_assert_uint_eq(conn->side[1].bytes, 6);
	ck_assert_uint_eq(conn->side[0].damaged + conn->side[1].damaged +
				  conn->side[0].unchecked +
				  conn->side[1].unchecked,
			  0);
}
END_TEST

START_TEST(repeated_bytes_that_differ_are_damage)
{
	talk_open(&t);
	talk_text(&t, SERVER, "0123456789");
	talk_move(&t);
	talk_again(&t, SERVER, 0, "01X3456Y89", 10);
	talk_again(&t, SERVER, 0, "Z123456789", 10);
	listen_end();
	ck_assert_uint_eq(conn->side[0].damaged + conn->side[1].damaged, 3);
	ck_assert_uint_eq(conn->first_damaged.frame, 5);
	ck_assert_mem_eq(&conn->first_damaged.mac, &frames_target, 6);
}
END_TEST

START_TEST(the_probe_that_ends_tcp_repair_is_no_repetition)
{
	talk_open(&t);
	talk_exchange(&t, 3);
	talk_move(&t);
	talk_probe(&t);
	listen_end();
	ck_assert_uint_eq(conn->side[1].retransmissions, 0);
	ck_assert_uint_eq(conn->side[1].stray, 0);
	ck_assert_uint_eq(conn->n_hosts, 2);
}
END_TEST

START_TEST(what_was_lost_before_the_capture_and_sent_again_is_not_lost)
{
	talk_open(&t);
	talk_lose(&t, SERVER, 10);
	talk_text(&t, SERVER, "more");
	talk_again(&t, SERVER, 4, "0123456789", 10);
	listen_end();
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  0);
	ck_assert_uint_eq(conn->side[1].retransmissions, 0);
	ck_assert_uint_eq(conn->side[1].bytes, 14);
	ck_assert_uint_eq(conn->first_lost.frame, 0);
}
END_TEST

START_TEST(holes_of_both_sides_add_up_and_the_earliest_is_told)
{
	talk_open(&t);
	talk_lose(&t, SERVER, 10);
	talk_text(&t, SERVER, "x");
	talk_lose(&t, CLIENT, 100);
	talk_text(&t, CLIENT, "x");
	listen_end();
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  110);
	ck_assert_uint_eq(conn->first_lost.frame, 4);
}
END_TEST

START_TEST(a_foreign_acknowledgement_is_stray)
{
	struct segment ack = {
		.from = SERVER, .flags = ACK, .seq = 500001, .ack = 0x70000000
	};

	talk_open(&t);
	talk_segment(&t, &ack);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->side[0].stray, 0);
	ck_assert_uint_eq(conn->side[1].stray, 1);
	ck_assert_uint_eq(conn->side[0].lost_bytes + conn->side[1].lost_bytes,
			  0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_conn");
	TCase *tcase = tcase_create("conn");

	tcase_add_checked_fixture(tcase, listen_begin, teardown);
	tcase_add_test(tcase, a_connection_begins_with_its_syn);
	tcase_add_test(tcase, the_first_syn_repeated_is_not_a_syn_again);
	tcase_add_test(tcase, the_same_syn_after_the_handshake_is_a_syn_again);
	tcase_add_test(tcase, a_new_syn_begins_new_streams);
	tcase_add_test(tcase, a_syn_captured_after_its_answer_is_the_first);
	tcase_add_test(tcase, a_syn_in_the_middle_of_a_capture_is_a_syn_again);
	tcase_add_test(tcase, data_on_the_syn_is_data);
	tcase_add_test(tcase, resets_are_counted_by_side_and_the_first_is_told);
	tcase_add_test(tcase, an_abort_is_not_a_missing_socket);
	tcase_add_test(tcase, a_wild_reset_does_not_touch_the_streams);
	tcase_add_test(tcase, fins_are_counted_by_side_and_the_first_is_told);
	tcase_add_test(tcase, repetitions_are_counted_by_segment_and_side);
	tcase_add_test(tcase, repeated_bytes_that_differ_are_damage);
	tcase_add_test(tcase, the_probe_that_ends_tcp_repair_is_no_repetition);
	tcase_add_test(
		tcase,
		what_was_lost_before_the_capture_and_sent_again_is_not_lost);
	tcase_add_test(tcase,
		       holes_of_both_sides_add_up_and_the_earliest_is_told);
	tcase_add_test(tcase, a_foreign_acknowledgement_is_stray);
	suite_add_tcase(suite, tcase);
	return suite;
}
