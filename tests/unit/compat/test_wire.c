// SPDX-License-Identifier: Apache-2.0
/* test_wire.c - sorting frames: whose they are, twice, in pieces, or no TCP */
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

static struct wire_tracker *tracker;
static struct wire_report report;
static struct talk t;

static void listen_to(const char *service, uint16_t port, bool ipv6)
{
	struct err err = ERR_INIT;

	wire_free(tracker);
	ck_assert_ok(wire_new(service, port, &tracker, &err), &err);
	talk_init(&t, ipv6);
	t.sink = frames_to_tracker;
	t.ctx = tracker;
}

static void setup(void)
{
	listen_to(FRAMES_SERVICE, FRAMES_PORT, false);
}

static void finish(void)
{
	wire_finish(TAKE(tracker), 0, &report);
}

static void teardown(void)
{
	wire_free(TAKE(tracker));
	wire_report_release(&report);
}

/* --- Whose frames --------------------------------------------------------- */

START_TEST(an_address_that_is_none_is_refused)
{
	static const char *const bad[] = { "", "10.77.0", "10.77.0.100:80",
					   "host", "fd77:::1" };
	struct wire_tracker *none = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = ERR_INIT;

		ck_assert_err(wire_new(bad[i], 80, &none, &err), &err,
			      ERR_INPUT, 0);
		ck_assert_ptr_null(none);
	}
}
END_TEST

START_TEST(only_the_service_is_watched)
{
	talk_open(&t);
	t.addr[SERVER].port++;
	talk_open(&t);
	t.addr[SERVER].port--;
	t.addr[SERVER].ip[15]++;
	talk_open(&t);
	finish();
	ck_assert_uint_eq(report.frames, 9);
	ck_assert_uint_eq(report.n_conns, 1);
	ck_assert_uint_eq(report.conns[0].side[0].frames, 2);
}
END_TEST

START_TEST(port_0_is_every_port)
{
	listen_to(FRAMES_SERVICE, 0, false);
	talk_open(&t);
	t.addr[SERVER].port++;
	talk_open(&t);
	finish();
	ck_assert_uint_eq(report.n_conns, 2);
}
END_TEST

START_TEST(ipv6_services_are_watched)
{
	listen_to(FRAMES_SERVICE6, FRAMES_PORT, true);
	talk_open(&t);
	finish();
	ck_assert_uint_eq(report.n_conns, 1);
	ck_assert_uint_eq(report.conns[0].side[1].frames, 1);
}
END_TEST

START_TEST(a_service_that_talks_to_itself_is_no_connection)
{
	listen_to(FRAMES_SERVICE, 0, false);
	t.addr[CLIENT] = t.addr[SERVER];
	t.addr[CLIENT].port = 1;
	talk_open(&t);
	finish();
	ck_assert_uint_eq(report.n_conns, 0);
}
END_TEST

START_TEST(frames_of_no_interest_are_only_counted)
{
	talk_raw(&t, "", 0);
	talk_raw(&t, "short", 5);
	talk_open(&t);
	finish();
	ck_assert_uint_eq(report.frames, 5);
	ck_assert_uint_eq(report.n_conns, 1);
	ck_assert_uint_eq(report.conns[0].first_frame, 3);
}
END_TEST

START_TEST(many_connections_are_told_apart)
{
	for (int i = 0; i < 500; i++) {
		t.addr[CLIENT].port++;
		t.next[CLIENT] = (uint32_t)i * 100000;
		t.next[SERVER] = (uint32_t)i * 100000;
		talk_open(&t);
		talk_exchange(&t, i % 3);
		talk_close(&t, CLIENT);
	}
	finish();
	ck_assert_uint_eq(report.n_conns, 500);
	for (int i = 0; i < 500; i++) {
		const struct wire_conn *conn = &report.conns[i];

		ck_assert_uint_eq(conn->client.port, 40001 + i);
		ck_assert_uint_eq(conn->side[0].bytes, 8 * (uint64_t)(i % 3));
		ck_assert_uint_eq(conn->side[0].lost_bytes +
					  conn->side[1].lost_bytes +
					  conn->syn_again,
				  0);
		ck_assert(conn->began_with_syn);
	}
}
END_TEST

/* --- Twice, or in pieces -------------------------------------------------- */

/* Each frame comes again after this time. */
static uint64_t again_ns;

static void twice(void *ctx, int linktype, uint64_t at_ns, const uint8_t *bytes,
		  uint32_t cap_len, uint32_t len)
{
	frames_to_tracker(ctx, linktype, at_ns, bytes, cap_len, len);
	frames_to_tracker(ctx, linktype, at_ns + again_ns, bytes, cap_len, len);
}

START_TEST(a_frame_captured_twice_counts_once)
{
	again_ns = 900000;
	t.sink = twice;
	talk_open(&t);
	talk_exchange(&t, 3);
	finish();
	ck_assert_uint_eq(report.frames, 24);
	ck_assert_uint_eq(report.conns[0].side[0].frames, 2 + 6);
	ck_assert_uint_eq(report.conns[0].side[1].frames, 1 + 3);
	ck_assert_uint_eq(report.conns[0].side[0].retransmissions, 0);
}
END_TEST

START_TEST(a_frame_that_comes_again_later_was_sent_again)
{
	again_ns = 1100000;
	t.step_ns = 3 * NS_PER_MS;
	talk_open(&t);
	t.sink = twice;
	talk_text(&t, CLIENT, "text");
	finish();
	ck_assert_uint_eq(report.conns[0].side[0].retransmissions, 1);
}
END_TEST

START_TEST(a_quick_repetition_is_not_taken_for_a_second_capture)
{
	t.step_ns = 1000;
	talk_open(&t);
	talk_text(&t, CLIENT, "text");
	talk_again(&t, CLIENT, 0, "text", 4);
	finish();
	ck_assert_uint_eq(report.conns[0].side[0].retransmissions, 1);
}
END_TEST

static void send_fragments(const char *text)
{
	struct segment segment = { .from = SERVER,
				   .flags = PSH | ACK,
				   .seq = t.next[SERVER],
				   .ack = t.ack[SERVER],
				   .bytes = text,
				   .len = strlen(text) };

	talk_fragments(&t, &segment, 32);
}

START_TEST(fragments_are_put_together)
{
	const char *text = "0123456789abcdefghijklmnopqrstuvwxyz";
	bool ipv6 = _i;

	listen_to(ipv6 ? FRAMES_SERVICE6 : FRAMES_SERVICE, FRAMES_PORT, ipv6);
	talk_open(&t);
	send_fragments(text);
	talk_lose(&t, SERVER, (uint32_t)strlen(text));
	talk_ack(&t, CLIENT);
	talk_again(&t, SERVER, 0, text, strlen(text));
	finish();
	ck_assert_uint_eq(report.conns[0].side[1].bytes, strlen(text));
	ck_assert_uint_eq(report.conns[0].side[0].lost_bytes +
				  report.conns[0].side[1].lost_bytes,
			  0);
	ck_assert_uint_eq(report.conns[0].side[1].retransmissions, 1);
	ck_assert_uint_eq(report.conns[0].side[0].damaged +
				  report.conns[0].side[1].damaged,
			  0);
	ck_assert_uint_eq(report.conns[0].side[0].unchecked +
				  report.conns[0].side[1].unchecked,
			  0);
}
END_TEST

START_TEST(fragments_captured_twice_count_once)
{
	again_ns = 1000;
	t.sink = twice;
	talk_open(&t);
	send_fragments("0123456789abcdefghijklmnopqrstuvwxyz");
	finish();
	ck_assert_uint_eq(report.conns[0].side[1].bytes, 36);
	ck_assert_uint_eq(report.conns[0].side[1].retransmissions, 0);
}
END_TEST

/* --- Not TCP -------------------------------------------------------------- */

START_TEST(datagrams_are_counted_with_hosts_and_silence)
{
	talk_udp(&t, CLIENT, "1", 1);
	talk_udp(&t, SERVER, "1", 1);
	talk_wait(&t, 498);
	talk_udp(&t, CLIENT, "2", 1);
	talk_move(&t);
	talk_udp(&t, SERVER, "2", 1);
	talk_udp(&t, SERVER, "3", 1);
	finish();
	ck_assert_uint_eq(report.udp_frames[0], 2);
	ck_assert_uint_eq(report.udp_frames[1], 3);
	ck_assert_uint_eq(report.n_udp_hosts, 2);
	ck_assert_mem_eq(&report.udp_hosts[0].mac, &frames_source, 6);
	ck_assert_mem_eq(&report.udp_hosts[1].mac, &frames_target, 6);
	ck_assert_uint_eq(report.udp_hosts[1].first_frame, 4);
	ck_assert_uint_eq(report.udp_hosts[1].last_frame, 5);
	ck_assert_uint_eq(report.udp_turns, 1);
	ck_assert_uint_eq(report.udp_silence_ns, 500 * NS_PER_MS);
	ck_assert_uint_eq(report.n_conns, 0);
}
END_TEST

START_TEST(a_service_that_never_answers_is_silent_to_the_last_question)
{
	talk_udp(&t, CLIENT, "1", 1);
	talk_wait(&t, 2999);
	talk_udp(&t, CLIENT, "2", 1);
	finish();
	ck_assert_uint_eq(report.udp_silence_ns, 3000 * NS_PER_MS);
	ck_assert_uint_eq(report.udp_frames[1], 0);
}
END_TEST

START_TEST(announcements_are_counted)
{
	talk_arp(&t, CLIENT);
	talk_arp(&t, SERVER);
	t.addr[SERVER].ip[15]++;
	talk_arp(&t, CLIENT);
	finish();
	ck_assert_uint_eq(report.arp, 2);
	wire_report_release(&report);
	listen_to(FRAMES_SERVICE6, FRAMES_PORT, true);
	talk_neighbor(&t);
	t.addr[SERVER].ip[15]++;
	talk_neighbor(&t);
	finish();
	ck_assert_uint_eq(report.arp, 1);
}
END_TEST

START_TEST(what_was_not_seen_has_no_time)
{
	finish();
	ck_assert_uint_eq(report.frames, 0);
	ck_assert_uint_eq(report.first_ns, UINT64_MAX);
	ck_assert_uint_eq(report.last_ns, UINT64_MAX);
	ck_assert_uint_eq(report.udp_silence_ns, UINT64_MAX);
	ck_assert_ptr_null(report.conns);
}
END_TEST

START_TEST(times_of_all_frames_are_told_whatever_they_are)
{
	talk_wait(&t, 1000);
	talk_raw(&t, "x", 1);
	t.now_ns = 5;
	talk_raw(&t, "x", 1);
	t.now_ns = UINT64_MAX - NS_PER_S;
	talk_open(&t);
	finish();
	ck_assert_uint_eq(report.first_ns, 5);
	ck_assert_uint_eq(report.last_ns, INT64_MAX);
	ck_assert_uint_eq(report.conns[0].silence_ns, 0);
}
END_TEST

/* --- Any bytes ------------------------------------------------------------ */

START_TEST(random_damage_to_a_whole_talk_is_safe)
{
	uint64_t state = (uint64_t)_i;

	for (int i = 0; i < 200; i++) {
		uint8_t bytes[80];

		talk_exchange(&t, 1);
		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (uint8_t)frames_random(&state);
		talk_raw(&t, bytes,
			 (size_t)frames_random(&state) % sizeof(bytes));
		t.next[frames_random(&state) % 2] += frames_random(&state) * 3;
		t.ack[frames_random(&state) % 2] += frames_random(&state) * 3;
	}
	finish();
	ck_assert_uint_eq(report.frames, 800);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire");
	TCase *tcase = tcase_create("wire");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_address_that_is_none_is_refused);
	tcase_add_test(tcase, only_the_service_is_watched);
	tcase_add_test(tcase, port_0_is_every_port);
	tcase_add_test(tcase, ipv6_services_are_watched);
	tcase_add_test(tcase, a_service_that_talks_to_itself_is_no_connection);
	tcase_add_test(tcase, frames_of_no_interest_are_only_counted);
	tcase_add_test(tcase, many_connections_are_told_apart);
	tcase_add_test(tcase, a_frame_captured_twice_counts_once);
	tcase_add_test(tcase, a_frame_that_comes_again_later_was_sent_again);
	tcase_add_test(tcase,
		       a_quick_repetition_is_not_taken_for_a_second_capture);
	tcase_add_loop_test(tcase, fragments_are_put_together, 0, 2);
	tcase_add_test(tcase, fragments_captured_twice_count_once);
	tcase_add_test(tcase, datagrams_are_counted_with_hosts_and_silence);
	tcase_add_test(
		tcase,
		a_service_that_never_answers_is_silent_to_the_last_question);
	tcase_add_test(tcase, announcements_are_counted);
	tcase_add_test(tcase, what_was_not_seen_has_no_time);
	tcase_add_test(tcase, times_of_all_frames_are_told_whatever_they_are);
	tcase_add_loop_test(tcase, random_damage_to_a_whole_talk_is_safe, 0,
			    20);
	suite_add_tcase(suite, tcase);
	return suite;
}
