// SPDX-License-Identifier: Apache-2.0
/* test_stats.c - intervals and tests against published and exact values */
#include "compat/stats.h"

#include <math.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

/* Of the score method without continuity correction; 10 of 10 and 0 of 10 by
 * the closed forms n/(n+z^2) and z^2/(n+z^2). */
static const struct {
	struct trials trials;
	struct interval interval;
} rates[] = {
	{ { 0, 0 }, { 0, 1 } },
	{ { 0, 10 }, { 0, 0.277533 } },
	{ { 10, 10 }, { 0.722467, 1 } },
	{ { 1, 20 }, { 0.008881, 0.236131 } },
	{ { 1, 4 }, { 0.045587, 0.699358 } },
	{ { 50, 100 }, { 0.403832, 0.596168 } },
};

/* Sums of binomials, exact. */
static const struct {
	struct trials before, after;
	double p;
} tests[] = {
	{ { 1, 20 }, { 1, 1 }, 0.0952380952 },
	{ { 1, 20 }, { 3, 5 }, 0.0162055338 },
	{ { 0, 5 }, { 5, 5 }, 0.0039682540 },
	{ { 3, 10 }, { 3, 10 }, 0.6857585139 },
	{ { 2, 4 }, { 4, 4 }, 0.2142857143 },
	{ { 0, 1000 }, { 2, 1000 }, 0.2498749375 },
	{ { 1, 100 }, { 10, 100 }, 0.0048290580 },
	{ { 0, 0 }, { 3, 3 }, 1 },
	{ { 3, 3 }, { 0, 0 }, 1 },
	{ { 0, 7 }, { 0, 9 }, 1 },
};

START_TEST(a_rate_has_its_interval)
{
	struct interval got = stats_wilson(rates[_i].trials);

	ck_assert_double_eq_tol(got.low, rates[_i].interval.low, 1e-6);
	ck_assert_double_eq_tol(got.high, rates[_i].interval.high, 1e-6);
}
END_TEST

START_TEST(two_rates_differ_by_chance_so_often)
{
	double got = stats_fisher(tests[_i].before, tests[_i].after);

	ck_assert_double_eq_tol(got, tests[_i].p, 1e-9);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/stats");
	TCase *tcase = tcase_create("stats");

	tcase_add_loop_test(tcase, a_rate_has_its_interval, 0,
			    ARRAY_SIZE(rates));
	tcase_add_loop_test(tcase, two_rates_differ_by_chance_so_often, 0,
			    ARRAY_SIZE(tests));
	suite_add_tcase(suite, tcase);
	return suite;
}
