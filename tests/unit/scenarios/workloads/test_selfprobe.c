// SPDX-License-Identifier: Apache-2.0
/* test_selfprobe.c - what it finds of itself is steady, and as it was set */
#include <string.h>

#include "base/mem.h"
#include "tests/lib/guest_lines.h"
#include "tests/lib/testing.h"

/** struct probed - A group that needs no root, and a value that it sets */
struct probed {
	const char *group;
	const char *says;
};

static const struct probed groups[] = {
	{ "clocks", " clock_wall=steady clock_monotonic=steady" },
	{ "process", " attr_timerslack=123456 " },
	{ "process", " signal_pending=0000000000000200" },
	{ "queues", " queue_pipe=6 queue_pair=6 queue_event=4" },
};

START_TEST(nothing_changes_by_itself)
{
	const char *argv[] = { "selfprobe", groups[_i].group, NULL };
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	const char *first, *last;

	ck_assert_int_eq(guest_lines(NULL, argv, 4, &lines), -1);
	ck_assert_uint_eq(lines.n, 4);
	ck_assert_has(lines.v[0], groups[_i].says);
	first = strstr(lines.v[0], " n=1 ");
	last = strstr(lines.v[3], " n=4 ");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(last);
	ck_assert_str_eq(first + strlen(" n=1 "), last + strlen(" n=4 "));
}
END_TEST

START_TEST(a_group_that_is_none_is_refused)
{
	const char *argv[] = { "selfprobe", "weather", NULL };
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	ck_assert_int_eq(guest_lines(NULL, argv, 1, &lines), 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("workloads/selfprobe");
	TCase *tcase = tcase_create("program");

	tcase_add_loop_test(tcase, nothing_changes_by_itself, 0,
			    ARRAY_SIZE(groups));
	tcase_add_test(tcase, a_group_that_is_none_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
