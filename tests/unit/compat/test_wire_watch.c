// SPDX-License-Identifier: Apache-2.0
/* test_wire_watch.c - hearing of each segment */
#include "tests/unit/compat/wire_listen.h"

static struct wire_segment_seen heard[100];
static size_t n_heard;

static void hear(void *arg, const struct wire_addr *from,
		 const struct wire_addr *to,
		 const struct wire_segment_seen *segment)
{
	ck_assert_ptr_eq(arg, &n_heard);
	ck_assert_uint_eq(from->port, t.addr[CLIENT].port);
	ck_assert_uint_eq(to->port, FRAMES_PORT);
	ck_assert_mem_eq(to->ip, t.addr[SERVER].ip, 16);
	heard[n_heard++] = *segment;
}

static void watch_begin(void)
{
	listen_begin();
	n_heard = 0;
	wire_watch(tracker, NULL, hear, &n_heard);
}

START_TEST(each_segment_is_heard_of_with_its_place)
{
	static const struct {
		enum wire_dir dir;
		int64_t at, acked;
		uint32_t len;
		uint8_t flags;
	} wanted[] = {
		{ WIRE_CLIENT, 0, -1, 0, SYN },
		{ WIRE_SERVER, 0, 1, 0, SYN | ACK },
		{ WIRE_CLIENT, 1, 1, 0, ACK },
		{ WIRE_CLIENT, 1, 1, 8, PSH | ACK },
		{ WIRE_SERVER, 1, 9, 10, PSH | ACK },
		{ WIRE_CLIENT, 9, 11, 0, ACK },
	};

	t.next[CLIENT] = 0xfffffffb; /* it wraps */
	listen_to_questions(1);
	ck_assert_uint_eq(n_heard, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < n_heard; i++) {
		ck_assert_uint_eq(heard[i].event.frame, i + 1);
		ck_assert_int_eq(heard[i].dir, wanted[i].dir);
		ck_assert_int_eq(heard[i].at, wanted[i].at);
		ck_assert_int_eq(heard[i].acked, wanted[i].acked);
		ck_assert_uint_eq(heard[i].len, wanted[i].len);
		ck_assert_uint_eq(heard[i].fresh, wanted[i].len);
		ck_assert_int_eq(heard[i].flags, wanted[i].flags);
		ck_assert_int_eq(heard[i].host, wanted[i].dir ? 0 : -1);
		ck_assert_uint_eq(heard[i].window, 64240);
	}
}
END_TEST

START_TEST(what_a_segment_was_is_told_with_it)
{
	listen_to_questions(1);
	talk_again(&t, SERVER, 0, "the ANSwer", 10);
	t.window[SERVER] = 0;
	talk_move(&t);
	talk_probe(&t);
	t.next[SERVER] += 0x60000000;
	talk_text(&t, SERVER, "stray");
	ck_assert_uint_eq(n_heard, 9);
	ck_assert_uint_eq(heard[6].repeated, 10);
	ck_assert_uint_eq(heard[6].differing, 3);
	ck_assert(heard[7].probe);
	ck_assert(heard[7].keepalive);
	ck_assert(heard[7].zero_window);
	ck_assert_int_eq(heard[7].host, 1);
	ck_assert(heard[8].stray);
	ck_assert(!heard[8].probe);
}
END_TEST

START_TEST(later_fragments_are_heard_of)
{
	static const char text[100];
	struct segment s = { .from = SERVER,
			     .flags = PSH | ACK,
			     .bytes = text,
			     .len = sizeof(text) };

	listen_to_questions(1);
	s.seq = t.next[SERVER];
	s.ack = t.ack[SERVER];
	talk_fragments(&t, &s, 40);
	ck_assert_uint_eq(n_heard, 8);
	ck_assert_uint_eq(heard[6].len, 20);
	ck_assert_int_eq(heard[7].at, heard[6].at + 20);
	ck_assert_uint_eq(heard[7].fresh, 80);
}
END_TEST

START_TEST(of_one_connection_alone)
{
	struct wire_addr one = t.addr[CLIENT];

	one.port++;
	wire_watch(tracker, &one, hear, &n_heard);
	listen_to_questions(1);
	ck_assert_uint_eq(n_heard, 0);
	t.addr[CLIENT].port++;
	listen_to_questions(1);
	ck_assert_uint_eq(n_heard, 6);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_watch");
	TCase *tcase = tcase_create("watch");

	(void)listen_end;
	tcase_add_checked_fixture(tcase, watch_begin, listen_teardown);
	tcase_add_test(tcase, each_segment_is_heard_of_with_its_place);
	tcase_add_test(tcase, what_a_segment_was_is_told_with_it);
	tcase_add_test(tcase, later_fragments_are_heard_of);
	tcase_add_test(tcase, of_one_connection_alone);
	suite_add_tcase(suite, tcase);
	return suite;
}
