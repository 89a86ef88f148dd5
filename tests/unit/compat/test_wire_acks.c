// SPDX-License-Identifier: Apache-2.0
/* test_wire_acks.c - acknowledgements and windows */
#include "tests/unit/compat/wire_listen.h"

/* --- Windows -------------------------------------------------------------- */

START_TEST(a_window_is_scaled_when_both_have_a_scale)
{
	t.options = true;
	t.scale[CLIENT] = 7;
	t.scale[SERVER] = 2;
	talk_open(&t);
	t.window[CLIENT] = 100;
	talk_ack(&t, CLIENT);
	t.window[CLIENT] = 300;
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_int_eq(client->window_scale, 7);
	ck_assert_uint_eq(client->window_min, 100 << 7);
	ck_assert_uint_eq(client->window_max, 64240 << 7); /* the handshake's */
	ck_assert_uint_eq(client->window, 300 << 7);
	ck_assert_uint_eq(server->window, 64240 << 2);
	ck_assert_uint_eq(client->mss, 1460);
	ck_assert(server->sack_permitted);
}
END_TEST

START_TEST(without_the_syns_a_window_is_as_offered)
{
	t.options = true;
	t.scale[CLIENT] = 7;
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_int_eq(client->window_scale, -1);
	ck_assert_uint_eq(client->window, 64240);
	ck_assert_uint_eq(client->mss, 0);
}
END_TEST

START_TEST(a_connection_of_syns_alone_offers_no_window)
{
	struct segment syn = { .flags = SYN, .seq = 7 };

	talk_segment(&t, &syn);
	listen_end();
	ck_assert_uint_eq(client->window, WIRE_UNKNOWN);
	ck_assert_uint_eq(client->window_min, WIRE_UNKNOWN);
	ck_assert(!conn->established);
}
END_TEST

START_TEST(a_window_that_stays_closed_is_so_until_the_end)
{
	listen_to_questions(1);
	t.window[SERVER] = 0;
	talk_ack(&t, SERVER);
	talk_wait(&t, 500);
	talk_text(&t, CLIENT, "anybody?");
	listen_end();
	ck_assert_uint_eq(server->zero_windows, 1);
	ck_assert_uint_eq(server->zero_window_ns, 501 * NS_PER_MS);
	ck_assert_uint_eq(conn->first_zero_window.frame, 7);
	ck_assert_uint_eq(client->zero_windows, 0);
}
END_TEST

/* --- ACKs ----------------------------------------------------------------- */

START_TEST(an_ack_again_while_data_is_on_its_way_is_a_duplicate)
{
	listen_to_questions(1);
	talk_text(&t, SERVER, "on its way");
	for (int i = 0; i < 3; i++)
		talk_sack(&t, CLIENT, 5, 5);
	t.window[CLIENT]++;
	talk_sack(&t, CLIENT, 5, 5); /* an update of the window */
	talk_ack(&t, CLIENT);
	talk_ack(&t, CLIENT); /* nothing is on its way */
	listen_end();
	ck_assert_uint_eq(client->dup_acks, 3);
	ck_assert_uint_eq(client->sacks, 4);
	ck_assert_uint_eq(server->dup_acks, 0);
}
END_TEST

START_TEST(an_ack_below_an_earlier_one_went_back)
{
	listen_to_questions(2);
	t.ack[CLIENT] -= 10;
	talk_text(&t, CLIENT, "old");
	listen_end();
	ck_assert_uint_eq(client->ack_back, 1);
	ck_assert_uint_eq(conn->first_ack_back.frame, 10);
	ck_assert_uint_eq(client->stray, 0);
}
END_TEST

START_TEST(what_does_not_fit_is_challenged)
{
	struct segment stray = { .flags = ACK, .bytes = "x", .len = 1 };

	listen_to_questions(1);
	stray.seq = t.next[CLIENT] + (1U << 30) + 1;
	stray.ack = t.ack[CLIENT];
	talk_ack(&t, SERVER);
	talk_segment(&t, &stray);
	talk_ack(&t, SERVER);
	listen_end();
	ck_assert_uint_eq(client->stray, 1);
	ck_assert_uint_eq(server->challenges, 1);
	ck_assert_uint_eq(conn->first_challenge.frame, 9);
	ck_assert_uint_eq(server->dup_acks, 0);
}
END_TEST

START_TEST(a_syn_that_is_refused_changes_nothing)
{
	struct segment syn = { .flags = SYN, .seq = 3000000000 };

	t.options = true;
	t.scale[CLIENT] = 7;
	listen_to_questions(1);
	talk_segment(&t, &syn);
	talk_ack(&t, SERVER);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->syn_again, 1);
	ck_assert_uint_eq(server->challenges, 1);
	ck_assert_uint_eq(client->stray + server->stray, 0);
	ck_assert_uint_eq(client->bytes, 16);
	ck_assert_int_eq(client->window_scale, 7);
}
END_TEST

/* --- Storms --------------------------------------------------------------- */

START_TEST(ten_acks_in_turn_are_a_storm_and_nine_are_not)
{
	listen_to_questions(1);
	for (int i = 0; i < _i; i++)
		talk_ack(&t, i % 2 ? CLIENT : SERVER);
	talk_exchange(&t, 1);
	listen_end();
	ck_assert_uint_eq(conn->storm, _i > 9 ? (unsigned)_i : 0);
	ck_assert_uint_eq(conn->first_storm.frame, _i > 9 ? 16 : 0);
}
END_TEST

START_TEST(the_longest_storm_is_told)
{
	static const int lengths[] = { 12, 40, 20 };

	listen_to_questions(1);
	for (size_t k = 0; k < ARRAY_SIZE(lengths); k++) {
		for (int i = 0; i < lengths[k]; i++)
			talk_ack(&t, i % 2 ? CLIENT : SERVER);
		talk_exchange(&t, 1);
	}
	listen_end();
	ck_assert_uint_eq(conn->storm, 40);
	ck_assert_uint_eq(conn->first_storm.frame, 6 + 12 + 3 + 10);
}
END_TEST

START_TEST(keep_alives_are_no_storm)
{
	listen_to_questions(1);
	for (int i = 0; i < 30; i++) {
		struct segment probe = { .flags = ACK };

		probe.seq = t.next[CLIENT] - 1;
		probe.ack = t.ack[CLIENT];
		talk_segment(&t, &probe);
		talk_ack(&t, SERVER);
	}
	listen_end();
	ck_assert_uint_eq(client->keepalives, 30);
	ck_assert_uint_eq(conn->storm, 0);
	ck_assert_uint_eq(server->dup_acks + server->challenges, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_acks");
	TCase *tcase = tcase_create("acks");

	tcase_add_checked_fixture(tcase, listen_begin, listen_teardown);
	tcase_add_test(tcase, a_window_is_scaled_when_both_have_a_scale);
	tcase_add_test(tcase, without_the_syns_a_window_is_as_offered);
	tcase_add_test(tcase, a_connection_of_syns_alone_offers_no_window);
	tcase_add_test(tcase, a_window_that_stays_closed_is_so_until_the_end);
	tcase_add_test(tcase,
		       an_ack_again_while_data_is_on_its_way_is_a_duplicate);
	tcase_add_test(tcase, an_ack_below_an_earlier_one_went_back);
	tcase_add_test(tcase, what_does_not_fit_is_challenged);
	tcase_add_test(tcase, a_syn_that_is_refused_changes_nothing);
	tcase_add_loop_test(
		tcase, ten_acks_in_turn_are_a_storm_and_nine_are_not, 9, 12);
	tcase_add_test(tcase, the_longest_storm_is_told);
	tcase_add_test(tcase, keep_alives_are_no_storm);
	suite_add_tcase(suite, tcase);
	return suite;
}
