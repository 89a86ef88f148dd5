// SPDX-License-Identifier: Apache-2.0
/* test_wire_hosts.c - the move of a connection, and its hosts' time stamps */
#include "compat/wire_flow.h"
#include "tests/unit/compat/wire_listen.h"

/* --- The move ------------------------------------------------------------- */

static void move_after(uint64_t ms)
{
	talk_wait(&t, ms);
	talk_move(&t);
}

START_TEST(the_probe_is_the_second_hosts_first_segment_below_what_was_acked)
{
	listen_to_questions(2);
	move_after(100);
	t.ack[CLIENT] -= (uint32_t)_i; /* these ACKs the lock dropped */
	talk_probe(&t);
	t.ack[CLIENT] += (uint32_t)_i;
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->move.probe.frame, 10);
	ck_assert_mem_eq(&conn->move.probe.mac, &frames_target, 6);
	ck_assert_uint_eq(server->seq_back, 0);
}
END_TEST

START_TEST(a_second_host_that_goes_on_has_no_probe)
{
	listen_to_questions(2);
	move_after(100);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->move.probe.frame, 0);
	ck_assert_uint_eq(conn->move.asked, 1); /* before it answered */
	ck_assert_uint_eq(conn->move.backoff_ns, WIRE_UNKNOWN);
}
END_TEST

START_TEST(the_clients_timer_is_the_time_between_its_last_two)
{
	listen_to_questions(1);
	talk_text(&t, CLIENT, "question");
	for (int i = 0; i < _i; i++) {
		talk_wait(&t, 200U << i);
		talk_again(&t, CLIENT, 0, "question", 8);
	}
	move_after(50);
	talk_probe(&t);
	listen_end();
	ck_assert_uint_eq(conn->move.asked, (unsigned)_i + 1);
	ck_assert_uint_eq(conn->move.backoff_ns,
			  _i ? ((200U << (_i - 1)) + 1) * NS_PER_MS :
			       WIRE_UNKNOWN);
}
END_TEST

START_TEST(a_timer_from_before_the_servers_last_segment_is_another)
{
	listen_to_questions(1);
	talk_text(&t, CLIENT, "question");
	talk_wait(&t, 200);
	talk_again(&t, CLIENT, 0, "question", 8);
	talk_ack(&t, SERVER);
	move_after(50);
	talk_probe(&t);
	listen_end();
	ck_assert_uint_eq(conn->move.backoff_ns, WIRE_UNKNOWN);
}
END_TEST

/* 100 bytes each way every 10 ms. */
static void flow_for(uint64_t ms)
{
	static const char block[100];

	for (uint64_t at = 0; at < ms; at += 10) {
		talk_data(&t, CLIENT, block, sizeof(block));
		t.ack[SERVER] = t.next[CLIENT];
		talk_data(&t, SERVER, block, sizeof(block));
		t.ack[CLIENT] = t.next[SERVER];
		talk_wait(&t, 8);
	}
}

START_TEST(the_rate_is_that_of_the_last_second)
{
	listen_to_questions(1);
	flow_for(300);
	talk_wait(&t, 500);
	flow_for(500);
	move_after(700);
	talk_probe(&t);
	listen_end();
	/* 500 ms of it flowed: 50 times 200 bytes, give or take one */
	ck_assert_uint_ge(conn->move.rate, 9800);
	ck_assert_uint_le(conn->move.rate, 10200);
	ck_assert_uint_eq(conn->move.tail_ns, WIRE_UNKNOWN);
}
END_TEST

START_TEST(the_tail_ends_with_the_window_that_has_the_rate)
{
	listen_to_questions(1);
	flow_for(1500);
	move_after(700);
	talk_probe(&t);
	for (int i = 0; i < 3; i++) {
		talk_wait(&t, 90);
		flow_for(10);
	}
	talk_wait(&t, 100);
	flow_for(300);
	listen_end();
	ck_assert_uint_ge(conn->move.tail_ns, 300 * NS_PER_MS);
	ck_assert_uint_le(conn->move.tail_ns, 500 * NS_PER_MS);
}
END_TEST

START_TEST(what_is_sent_into_a_lock_is_no_recovery)
{
	static const char block[100];

	listen_to_questions(1);
	flow_for(1500);
	move_after(700);
	talk_probe(&t);
	for (int i = 0; i < 40; i++)
		talk_data(&t, CLIENT, block, sizeof(block));
	talk_wait(&t, 300);
	t.ack[SERVER] = t.next[CLIENT];
	flow_for(300);
	listen_end();
	ck_assert_uint_ge(conn->move.tail_ns, 340 * NS_PER_MS);
	ck_assert_uint_le(conn->move.tail_ns, 450 * NS_PER_MS);
}
END_TEST

START_TEST(few_segments_make_no_rate_to_come_back_to)
{
	talk_open(&t);
	for (int i = 0; i < 4; i++) {
		talk_wait(&t, 100);
		talk_exchange(&t, 1);
	}
	move_after(100);
	talk_probe(&t);
	flow_for(500);
	listen_end();
	ck_assert_uint_ne(conn->move.rate, WIRE_UNKNOWN);
	ck_assert_uint_eq(conn->move.tail_ns, WIRE_UNKNOWN);
}
END_TEST

/* --- Hosts ---------------------------------------------------------------- */

START_TEST(a_host_is_told_the_same_however_it_is_kept)
{
	const struct wire_host *host;

	t.timestamps = true;
	talk_open(&t);
	talk_exchange(&t, 3);
	talk_wait(&t, 200);
	talk_exchange(&t, 1);
	if (_i) { /* then all hosts are spelled out */
		move_after(100);
		talk_probe(&t);
	}
	listen_end();
	host = &conn->hosts[0];
	ck_assert_uint_eq(conn->n_hosts, 1 + (unsigned)_i);
	ck_assert_mem_eq(&host->mac, &frames_source, 6);
	ck_assert_uint_eq(host->frames, 5);
	ck_assert_uint_eq(host->bytes, 40);
	ck_assert_uint_eq(host->first_frame, 2);
	ck_assert_uint_eq(host->last_frame, 14);
	ck_assert_uint_eq(host->data_frame, 5);
	ck_assert_uint_eq(host->with_timestamps, 5);
	ck_assert_uint_eq(host->ts_hz, 1000);
	ck_assert_uint_eq(host->ts_last - host->ts_first, 212);
	ck_assert_uint_eq(host->last_ns - host->first_ns, 212 * NS_PER_MS);
}
END_TEST

START_TEST(a_reset_without_time_stamp_leaves_the_rate_alone)
{
	t.timestamps = true;
	talk_open(&t);
	talk_wait(&t, 200);
	talk_exchange(&t, 1);
	t.timestamps = false;
	talk_wait(&t, 5000);
	talk_reset(&t, SERVER, true);
	listen_end();
	ck_assert_uint_eq(conn->hosts[0].ts_hz, 1000);
	ck_assert_uint_eq(conn->hosts[0].frames, 3);
	ck_assert_uint_eq(conn->hosts[0].with_timestamps, 2);
}
END_TEST

START_TEST(a_server_that_comes_late_is_told_right)
{
	talk_open(&t);
	talk_wait(&t, 10000);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->hosts[0].data_ns,
			  conn->first_ns + 10004 * NS_PER_MS);
	ck_assert_uint_eq(conn->hosts[0].bytes, 10);
	ck_assert_uint_eq(conn->hosts[0].frames, 2);
}
END_TEST

START_TEST(ticks_are_the_nearest_rate_or_none)
{
	static const struct {
		uint64_t ticks, ms, hz;
	} cases[] = {
		{ 1000, 1000, 1000 },
		{ 900, 1000, 1000 },
		{ 260, 1000, 250 },
		{ 290, 1000, 300 },
		{ 100, 1000, 100 },
		{ 1000000, 1000, 1000000 },
		{ 30000, 1000, WIRE_UNKNOWN },
		{ 1000, 99, WIRE_UNKNOWN },
		{ 0, 1000, WIRE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_uint_eq(wire_ticks(0xffffff00,
					     (0xffffff00 + cases[i].ticks) &
						     0xffffffff,
					     cases[i].ms * NS_PER_MS),
				  cases[i].hz);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_hosts");
	TCase *tcase = tcase_create("hosts");

	tcase_add_checked_fixture(tcase, listen_begin, listen_teardown);
	tcase_add_loop_test(
		tcase,
		the_probe_is_the_second_hosts_first_segment_below_what_was_acked,
		0, 10);
	tcase_add_test(tcase, a_second_host_that_goes_on_has_no_probe);
	tcase_add_loop_test(tcase,
			    the_clients_timer_is_the_time_between_its_last_two,
			    0, 4);
	tcase_add_test(tcase,
		       a_timer_from_before_the_servers_last_segment_is_another);
	tcase_add_test(tcase, the_rate_is_that_of_the_last_second);
	tcase_add_test(tcase, the_tail_ends_with_the_window_that_has_the_rate);
	tcase_add_test(tcase, what_is_sent_into_a_lock_is_no_recovery);
	tcase_add_test(tcase, few_segments_make_no_rate_to_come_back_to);
	tcase_add_loop_test(tcase, a_host_is_told_the_same_however_it_is_kept,
			    0, 2);
	tcase_add_test(tcase, a_reset_without_time_stamp_leaves_the_rate_alone);
	tcase_add_test(tcase, a_server_that_comes_late_is_told_right);
	tcase_add_test(tcase, ticks_are_the_nearest_rate_or_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
