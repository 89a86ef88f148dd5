// SPDX-License-Identifier: Apache-2.0
/* test_wire_conn_hosts.c - when a connection spoke, and which hosts served it */
#include <pcap/dlt.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire.h"
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

START_TEST(times_and_silences_are_measured)
{
	const uint64_t start = 1700000000 * NS_PER_S;

	talk_open(&t); /* server: 1 ms */
	talk_wait(&t, 97);
	talk_text(&t, CLIENT, "q"); /* 100 ms */
	talk_wait(&t, 199);
	talk_text(&t, SERVER, "a"); /* 300 ms */
	talk_wait(&t, 49);
	talk_text(&t, CLIENT, "q"); /* 350 ms */
	listen_end();
	ck_assert_uint_eq(conn->first_ns, start);
	ck_assert_uint_eq(conn->last_ns, start + 350 * NS_PER_MS);
	ck_assert_uint_eq(conn->silence_ns, 200 * NS_PER_MS);
	ck_assert_uint_eq(conn->silence_at_ns, start + 100 * NS_PER_MS);
	ck_assert_uint_eq(conn->server_silence_ns, 299 * NS_PER_MS);
	ck_assert_uint_eq(conn->move.blackout_ns, UINT64_MAX);
}
END_TEST

START_TEST(a_server_that_never_speaks_again_is_silent_to_the_end)
{
	talk_open(&t);
	talk_wait(&t, 5000);
	talk_text(&t, CLIENT, "anyone?");
	listen_end();
	ck_assert_uint_eq(conn->server_silence_ns, 5002 * NS_PER_MS);
}
END_TEST

START_TEST(a_clock_that_goes_back_gives_no_nonsense)
{
	const uint64_t start = 1700000000 * NS_PER_S;

	talk_open(&t);
	t.now_ns = start - 1000 * NS_PER_S;
	talk_exchange(&t, 1);
	talk_move(&t);
	talk_text(&t, SERVER, "x");
	listen_end();
	ck_assert_uint_eq(conn->last_ns, start + 2 * NS_PER_MS);
	ck_assert_uint_eq(conn->silence_ns, NS_PER_MS);
	ck_assert_uint_eq(conn->server_silence_ns, NS_PER_MS);
	ck_assert_uint_eq(conn->move.blackout_ns, 0);
}
END_TEST

START_TEST(the_hosts_that_serve_are_told_in_order)
{
	const uint64_t start = 1700000000 * NS_PER_S;

	talk_open(&t);		    /* source: 1 ms, frame 2 */
	talk_text(&t, SERVER, "x"); /* 3 ms, frame 4 */
	talk_wait(&t, 96);
	talk_move(&t);
	talk_text(&t, SERVER, "y"); /* 100 ms, frame 5 */
	talk_text(&t, SERVER, "z"); /* 101 ms, frame 6 */
	listen_end();
	ck_assert_uint_eq(conn->n_hosts, 2);
	ck_assert_mem_eq(&conn->hosts[0].mac, &frames_source, 6);
	ck_assert_mem_eq(&conn->hosts[1].mac, &frames_target, 6);
	ck_assert_uint_eq(conn->hosts[0].first_ns, start + NS_PER_MS);
	ck_assert_uint_eq(conn->hosts[0].last_ns, start + 3 * NS_PER_MS);
	ck_assert_uint_eq(conn->hosts[1].first_ns, start + 100 * NS_PER_MS);
	ck_assert_uint_eq(conn->hosts[1].last_ns, start + 101 * NS_PER_MS);
	ck_assert_uint_eq(conn->hosts[0].first_frame, 2);
	ck_assert_uint_eq(conn->hosts[0].last_frame, 4);
	ck_assert_uint_eq(conn->hosts[1].first_frame, 5);
	ck_assert_uint_eq(conn->hosts[1].last_frame, 6);
	ck_assert_uint_eq(conn->move.blackout_ns, 97 * NS_PER_MS);
	ck_assert_uint_eq(conn->turns, 1);
}
END_TEST

START_TEST(a_source_that_speaks_late_does_not_change_the_blackout)
{
	talk_open(&t);
	talk_move(&t);
	talk_text(&t, SERVER, "y");
	t.mac[SERVER] = frames_source;
	talk_wait(&t, 500);
	talk_text(&t, SERVER, "z");
	listen_end();
	ck_assert_uint_eq(conn->move.blackout_ns, 2 * NS_PER_MS);
	ck_assert_uint_eq(conn->turns, 2);
}
END_TEST

START_TEST(more_hosts_than_are_kept_are_still_turns)
{
	talk_open(&t);
	for (uint8_t i = 0; i < 10; i++) {
		t.mac[SERVER].b[5] = (uint8_t)(100 + i);
		talk_text(&t, SERVER, "me");
	}
	listen_end();
	ck_assert_uint_eq(conn->n_hosts, WIRE_HOSTS_MAX);
	ck_assert_uint_ge(conn->turns, WIRE_HOSTS_MAX);
}
END_TEST

START_TEST(without_link_addresses_no_host_is_told)
{
	t.linktype = DLT_RAW;
	talk_open(&t);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->n_hosts, 0);
	ck_assert_uint_eq(conn->turns, 0);
	ck_assert_uint_eq(conn->side[1].frames, 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_conn, hosts");
	TCase *tcase = tcase_create("conn");

	tcase_add_checked_fixture(tcase, listen_begin, teardown);
	tcase_add_test(tcase, times_and_silences_are_measured);
	tcase_add_test(tcase,
		       a_server_that_never_speaks_again_is_silent_to_the_end);
	tcase_add_test(tcase, a_clock_that_goes_back_gives_no_nonsense);
	tcase_add_test(tcase, the_hosts_that_serve_are_told_in_order);
	tcase_add_test(tcase,
		       a_source_that_speaks_late_does_not_change_the_blackout);
	tcase_add_test(tcase, more_hosts_than_are_kept_are_still_turns);
	tcase_add_test(tcase, without_link_addresses_no_host_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
