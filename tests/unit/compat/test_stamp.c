// SPDX-License-Identifier: Apache-2.0
/* test_stamp.c - instants by name, of marks and else of steps */
#include "base/mem.h"
#include "compat/stamp.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define MS UINT64_C(1000000)

/** struct stamp_case - In the cell that passes of judged.h */
struct stamp_case {
	const char *name;
	uint64_t at_ns;
};

static const struct stamp_case cases[] = {
	{ "dump-begin", 1010 * MS },	 { "restore-end", 1640 * MS },
	{ "takeover-begin", 1400 * MS }, { "takeover-end", 1450 * MS },
	{ "transfer-end", 1400 * MS },	 { "lunch-begin", UNMEASURED },
	{ "lunch", UNMEASURED },	 { "", UNMEASURED },
};

START_TEST(a_mark_is_nearer_to_the_truth_than_its_step)
{
	struct judged j;

	judged_init(&j);
	ck_assert_uint_eq(stamp_of(&j.obs, cases[_i].name), cases[_i].at_ns);
	judged_release(&j);
}
END_TEST

START_TEST(a_span_needs_both_ends_in_order)
{
	ck_assert_uint_eq(stamp_span(3, 10), 7);
	ck_assert_uint_eq(stamp_span(3, 3), 0);
	ck_assert_uint_eq(stamp_span(10, 3), UNMEASURED);
	ck_assert_uint_eq(stamp_span(UNMEASURED, 3), UNMEASURED);
	ck_assert_uint_eq(stamp_span(3, UNMEASURED), UNMEASURED);
}
END_TEST

START_TEST(a_step_failed_by_its_status_or_by_trouble)
{
	char why[] = "timeout";
	struct obs_step step = { .exit = 0 };

	ck_assert(!step_failed(&step));
	step.exit = -10;
	ck_assert(step_failed(&step));
	step.exit = 0;
	step.trouble = why;
	ck_assert(step_failed(&step));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/stamp");
	TCase *tcase = tcase_create("stamps");

	tcase_add_loop_test(tcase, a_mark_is_nearer_to_the_truth_than_its_step,
			    0, ARRAY_SIZE(cases));
	tcase_add_test(tcase, a_span_needs_both_ends_in_order);
	tcase_add_test(tcase, a_step_failed_by_its_status_or_by_trouble);
	suite_add_tcase(suite, tcase);
	return suite;
}
