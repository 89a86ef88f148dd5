// SPDX-License-Identifier: Apache-2.0
/* test_wire_claims.c - what is said about the service: claims, errors, phases */
#include "tests/unit/compat/wire_listen.h"

START_TEST(who_has_the_address_is_told_in_turns)
{
	listen_to_questions(1);
	talk_arp(&t, SERVER);
	talk_arp(&t, SERVER);
	talk_move(&t);
	talk_answer(&t);
	listen_end();
	ck_assert_uint_eq(report.n_claims, 2);
	ck_assert_mem_eq(&report.claims[0].event.mac, &frames_source, 6);
	ck_assert_uint_eq(report.claims[0].count, 2);
	ck_assert_uint_eq(report.claims[0].event.frame, 7);
	ck_assert(!report.claims[0].asked);
	ck_assert_mem_eq(&report.claims[1].event.mac, &frames_target, 6);
	ck_assert(report.claims[1].asked);
	ck_assert_uint_eq(report.arp, 3);
}
END_TEST

START_TEST(an_ask_is_answered_within_a_second_or_not)
{
	listen_to_questions(1);
	talk_arp(&t, CLIENT);
	talk_wait(&t, (uint64_t)_i);
	talk_answer(&t);
	listen_end();
	ck_assert_uint_eq(report.arp_unanswered, _i > 999);
}
END_TEST

START_TEST(an_ask_at_the_captures_end_is_not_unanswered)
{
	listen_to_questions(1);
	talk_arp(&t, CLIENT);
	talk_wait(&t, 500);
	talk_text(&t, CLIENT, "question");
	listen_end();
	ck_assert_uint_eq(report.arp_unanswered, 0);
}
END_TEST

START_TEST(asks_without_number_are_all_counted)
{
	listen_to_questions(1);
	t.step_ns = 1000;
	for (int i = 0; i < 1000; i++)
		talk_arp(&t, CLIENT);
	talk_wait(&t, 3000);
	talk_text(&t, CLIENT, "question");
	listen_end();
	ck_assert_uint_eq(report.arp_unanswered, 1000);
}
END_TEST

START_TEST(an_error_belongs_to_the_connection_it_quotes)
{
	listen_to_questions(1);
	talk_icmp(&t, 3, 13);
	talk_icmp(&t, 3, 10);
	t.addr[CLIENT].port++;
	talk_icmp(&t, 3, 1); /* of no connection that was seen */
	listen_end();
	ck_assert_uint_eq(report.n_conns, 1);
	ck_assert_uint_eq(conn->icmp.count, 2);
	ck_assert_uint_eq(conn->icmp.type, 3);
	ck_assert_uint_eq(conn->icmp.code, 13);
	ck_assert_uint_eq(conn->icmp.first.frame, 7);
	ck_assert_mem_eq(&conn->icmp.first.mac, &frames_source, 6);
	ck_assert(!conn->icmp.v6);
}
END_TEST

START_TEST(an_echo_is_no_error)
{
	listen_to_questions(1);
	talk_icmp(&t, 8, 0);
	listen_end();
	ck_assert_uint_eq(conn->icmp.count, 0);
}
END_TEST

/* The next frame has this comment. */
static const char *comment;
static uint32_t iface;

static void feed(void *ctx, int linktype, uint64_t at_ns, const uint8_t *bytes,
		 uint32_t cap_len, uint32_t len)
{
	wire_frame(ctx, &(struct wire_frame){ .linktype = linktype,
					      .iface = iface,
					      .at_ns = at_ns,
					      .bytes = bytes,
					      .cap_len = cap_len,
					      .len = len,
					      .comment = comment });
	comment = NULL;
}

START_TEST(comments_are_phases)
{
	t.sink = feed;
	talk_open(&t);
	comment = "dump begins";
	talk_exchange(&t, 1);
	comment = "restore done";
	talk_ack(&t, CLIENT);
	listen_end();
	ck_assert_uint_eq(report.n_phases, 2);
	ck_assert_str_eq(report.phases[0].text, "dump begins");
	ck_assert_uint_eq(report.phases[0].frame, 4);
	ck_assert_uint_eq(report.phases[0].at_ns,
			  1700000000 * NS_PER_S + 3 * NS_PER_MS);
	ck_assert_str_eq(report.phases[1].text, "restore done");
}
END_TEST

/* As several taps of a bridge do. */
static void feed_twice(void *ctx, int linktype, uint64_t at_ns,
		       const uint8_t *bytes, uint32_t cap_len, uint32_t len)
{
	for (iface = 0; iface < 2; iface++)
		feed(ctx, linktype, at_ns + iface * UINT64_C(3000), bytes,
		     cap_len, len);
}

START_TEST(what_two_interfaces_captured_counts_once)
{
	t.sink = feed_twice;
	t.ip_id[CLIENT] = t.ip_id[SERVER] = 0; /* nothing else tells copies */
	talk_arp(&t, CLIENT);
	listen_to_questions(2);
	talk_reset(&t, SERVER, true);
	listen_end();
	ck_assert_uint_eq(report.frames, 22);
	ck_assert_uint_eq(report.arp, 1);
	ck_assert_uint_eq(client->frames, 6);
	ck_assert_uint_eq(server->frames, 4);
	ck_assert_uint_eq(server->rst, 1);
	ck_assert_uint_eq(client->dup_acks + client->retransmissions, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_claims");
	TCase *tcase = tcase_create("claims");

	tcase_add_checked_fixture(tcase, listen_begin, listen_teardown);
	tcase_add_test(tcase, who_has_the_address_is_told_in_turns);
	tcase_add_loop_test(tcase, an_ask_is_answered_within_a_second_or_not,
			    998, 1002);
	tcase_add_test(tcase, an_ask_at_the_captures_end_is_not_unanswered);
	tcase_add_test(tcase, asks_without_number_are_all_counted);
	tcase_add_test(tcase, an_error_belongs_to_the_connection_it_quotes);
	tcase_add_test(tcase, an_echo_is_no_error);
	tcase_add_test(tcase, comments_are_phases);
	tcase_add_test(tcase, what_two_interfaces_captured_counts_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
