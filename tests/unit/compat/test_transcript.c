// SPDX-License-Identifier: Apache-2.0
/* test_transcript.c - what a peer's log adds up to */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/transcript.h"
#include "tests/lib/testing.h"

#define NONE UNMEASURED

static struct obs_peer peer;

static void setup(void)
{
	peer = (struct obs_peer){ .exit = 7, .requests = 99, .errors = 99 };
}

static void teardown(void)
{
	free(TAKE(peer.first_error));
}

static void sum(const char *text, uint64_t dump_ns, uint64_t restored_ns)
{
	size_t len = strlen(text);
	CLEANUP_FREE char *exact = xcalloc(len, 1);

	for (size_t i = 0; i < len; i++)
		exact[i] = text[i]; /* no NUL after it, on purpose */
	transcript_sum(exact, len, dump_ns, restored_ns, &peer);
}

START_TEST(events_are_counted)
{
	sum("100 connect\n"
	    "200 send 1\n"
	    "300 answer 1\n"
	    "400 send 2\n"
	    "500 reconnect\n"
	    "600 send 3\n"
	    "700 answer 3\n"
	    "800 done\n",
	    NONE, NONE);
	ck_assert(peer.present);
	ck_assert_uint_eq(peer.requests, 3);
	ck_assert_uint_eq(peer.answers, 2);
	ck_assert_uint_eq(peer.reconnects, 1);
	ck_assert_uint_eq(peer.errors, 0);
	ck_assert_ptr_null(peer.first_error);
	ck_assert_uint_eq(peer.last_before_ns, NONE);
	ck_assert_uint_eq(peer.first_after_ns, NONE);
	ck_assert_int_eq(peer.exit, 7);
}
END_TEST

START_TEST(what_is_not_told_is_not_measured)
{
	sum("100 connect\n200 answer 1\n", NONE, NONE);
	ck_assert_uint_eq(peer.late, NONE);
	ck_assert_uint_eq(peer.stall_ns, NONE);
}
END_TEST

START_TEST(the_longest_stall_is_found_wherever_it_is)
{
	sum("100 answer 1\n"
	    "150 late 0\n"
	    "900 answer 2\n"
	    "950 send 3\n"
	    "960 late 7\n"
	    "1000 answer 3\n",
	    950, 960);
	ck_assert_uint_eq(peer.stall_ns, 800);
	ck_assert_uint_eq(peer.last_before_ns, 900);
	ck_assert_uint_eq(peer.late, 7);
	ck_assert_uint_eq(peer.errors, 0);
}
END_TEST

START_TEST(the_first_error_is_told_with_line_and_time)
{
	sum("1000000000 connect\n"
	    "2203000000 error 2 answer 2 came twice\n"
	    "2300000000 error 3 wrong bytes\n"
	    "2400000000 close end of file\n",
	    NONE, NONE);
	ck_assert_uint_eq(peer.errors, 3);
	ck_assert_has(peer.first_error, "line 2, 1.203 s after the first");
	ck_assert_has(peer.first_error, "error 2 answer 2 came twice");
}
END_TEST

START_TEST(an_end_that_was_not_asked_for_is_an_error)
{
	sum("1 connect\n2 close end of file while it should live\n", NONE,
	    NONE);
	ck_assert_uint_eq(peer.errors, 1);
	ck_assert_has(peer.first_error,
		      "close end of file while it should live");
}
END_TEST

START_TEST(a_cut_last_line_is_ignored)
{
	sum("1 connect\n2 answer 1\n3 answ", NONE, NONE);
	ck_assert_uint_eq(peer.answers, 1);
	ck_assert_uint_eq(peer.errors, 0);
	teardown();
	sum("1 answer 1", NONE, NONE);
	ck_assert_uint_eq(peer.answers, 0);
	ck_assert_uint_eq(peer.errors, 0);
	ck_assert(peer.present);
}
END_TEST

static const char *const malformed[] = {
	"\n",
	" \n",
	"5\n",
	"five answer 1\n",
	"5 answer\n",
	"5 answer \n",
	"5 answer one\n",
	"5 answer 1x\n",
	"5 answer -1\n",
	"5 send\n",
	"5  answer 1\n",
	" 5 answer 1\n",
	"5 reply 1\n",
	"5 answers 1\n",
	"5 answe 1\n",
	"-5 answer 1\n",
	"5.5 answer 1\n",
	"18446744073709551615 answer 1\n",
	"18446744073709551616 answer 1\n",
	"99999999999999999999999999 answer 1\n",
	"5 answer 99999999999999999999999999\n",
	"\xff\xfe\n",
};

START_TEST(a_malformed_line_is_an_error)
{
	sum(malformed[_i], NONE, NONE);
	ck_assert_msg(peer.errors == 1 && peer.answers == 0, "'%s' was taken",
		      malformed[_i]);
	ck_assert_has(peer.first_error, "line 1, 0.000 s");
	ck_assert_has(peer.first_error, "not understood");
}
END_TEST

START_TEST(after_a_malformed_line_it_goes_on)
{
	sum("1 connect\nrubbish\n3 answer 1\n", NONE, NONE);
	ck_assert_uint_eq(peer.errors, 1);
	ck_assert_uint_eq(peer.answers, 1);
}
END_TEST

START_TEST(a_line_older_than_the_one_before_is_malformed)
{
	sum("100 answer 1\n99 answer 2\n100 answer 3\n", NONE, NONE);
	ck_assert_uint_eq(peer.errors, 1);
	ck_assert_uint_eq(peer.answers, 2);
	ck_assert_has(peer.first_error, "line 2");
}
END_TEST

START_TEST(bytes_of_any_kind_are_safe)
{
	const char bytes[] = "1 connect\n\0\1\2\n2 error \0\xff\n3 answer 1\n";

	transcript_sum(bytes, sizeof(bytes) - 1, 0, NONE, &peer);
	ck_assert_uint_eq(peer.errors, 2);
	ck_assert_uint_eq(peer.answers, 1);
	teardown();
	transcript_sum(NULL, 0, 0, 0, &peer);
	ck_assert_uint_eq(peer.errors, 0);
	ck_assert_uint_eq(peer.last_before_ns, NONE);
}
END_TEST

START_TEST(a_very_long_line_is_cut_in_the_message)
{
	CLEANUP_FREE char *text = xcalloc(100002, 1);

	memset(text, 'x', 100000);
	text[100000] = '\n';
	sum(text, NONE, NONE);
	ck_assert_uint_eq(peer.errors, 1);
	ck_assert_uint_lt(strlen(peer.first_error), 400);
}
END_TEST

/* struct gap - Answers, and the gap that is the migration's */
static const struct gap {
	const char *name;
	uint64_t answers[8];
	uint64_t dump_ns, restored_ns;
	uint64_t before, after;
} gaps[] = {
	{ "the gap over the dump", { 10, 20, 30, 90, 100 }, 35, 80, 30, 90 },
	{ "a longer gap before the dump does not count",
	  { 10, 200, 210, 300, 310 },
	  220,
	  290,
	  210,
	  300 },
	{ "an answer between dump and freeze",
	  { 10, 20, 30, 90, 100 },
	  15,
	  80,
	  30,
	  90 },
	{ "a longer gap after the restore does not count",
	  { 10, 20, 90, 100, 500 },
	  25,
	  80,
	  20,
	  90 },
	{ "of two that are alike, the later",
	  { 10, 20, 30, 40 },
	  15,
	  35,
	  30,
	  40 },
	{ "no answer after the restore: the gap is open",
	  { 10, 20, 30 },
	  35,
	  80,
	  30,
	  NONE },
	{ "answers until the restore and none after it",
	  { 10, 20, 50, 60 },
	  25,
	  80,
	  60,
	  NONE },
	{ "never restored: the gap is open",
	  { 10, 20, 30, 90 },
	  35,
	  NONE,
	  90,
	  NONE },
	{ "never dumped: no gap", { 10, 20, 90 }, NONE, NONE, NONE, NONE },
	{ "no answer before the dump", { 50, 60, 70 }, 5, 10, NONE, NONE },
	{ "no answers at all", { 0 }, 5, 10, NONE, NONE },
};

START_TEST(the_gap_of_the_migration_is_found)
{
	const struct gap *gap = &gaps[_i];
	char text[500] = "";
	size_t len = 0;

	for (size_t i = 0; gap->answers[i]; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%llu answer %zu\n",
					(unsigned long long)gap->answers[i], i);
	sum(text, gap->dump_ns, gap->restored_ns);
	ck_assert_msg(peer.last_before_ns == gap->before &&
			      peer.first_after_ns == gap->after,
		      "%s: got %llu and %llu", gap->name,
		      (unsigned long long)peer.last_before_ns,
		      (unsigned long long)peer.first_after_ns);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("transcript");
	TCase *tcase = tcase_create("transcript");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, events_are_counted);
	tcase_add_test(tcase, what_is_not_told_is_not_measured);
	tcase_add_test(tcase, the_longest_stall_is_found_wherever_it_is);
	tcase_add_test(tcase, the_first_error_is_told_with_line_and_time);
	tcase_add_test(tcase, an_end_that_was_not_asked_for_is_an_error);
	tcase_add_test(tcase, a_cut_last_line_is_ignored);
	tcase_add_loop_test(tcase, a_malformed_line_is_an_error, 0,
			    (int)ARRAY_SIZE(malformed));
	tcase_add_test(tcase, after_a_malformed_line_it_goes_on);
	tcase_add_test(tcase, a_line_older_than_the_one_before_is_malformed);
	tcase_add_test(tcase, bytes_of_any_kind_are_safe);
	tcase_add_test(tcase, a_very_long_line_is_cut_in_the_message);
	tcase_add_loop_test(tcase, the_gap_of_the_migration_is_found, 0,
			    (int)ARRAY_SIZE(gaps));
	suite_add_tcase(suite, tcase);
	return suite;
}
