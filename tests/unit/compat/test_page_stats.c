// SPDX-License-Identifier: Apache-2.0
/* test_page_stats.c - rates, quantiles and tests against known values */
#include <math.h>

#include "base/mem.h"
#include "compat/page_stats.h"
#include "tests/lib/testing.h"

#define NEAR(a, b) (fabs((a) - (b)) < 5e-4)

/* By the formula of Wilson (1927), worked out apart from this code. */
START_TEST(a_rate_comes_with_wilsons_interval)
{
	static const struct {
		size_t hits, trials;
		double low, high;
	} cases[] = {
		{ 0, 10, 0, 0.2775 },
		{ 10, 10, 0.7225, 1 },
		{ 1, 10, 0.0179, 0.4042 },
		{ 5, 10, 0.2366, 0.7634 },
		{ 0, 1, 0, 0.7935 },
		{ 50, 100, 0.4038, 0.5962 },
		{ 0, 0, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rate r = rate_of(cases[i].hits, cases[i].trials);

		ck_assert_msg(NEAR(r.low, cases[i].low) &&
				      NEAR(r.high, cases[i].high),
			      "%zu of %zu: %f to %f", cases[i].hits,
			      cases[i].trials, r.low, r.high);
	}
}
END_TEST

/* The lady tasting tea, and others that can be counted by hand. */
START_TEST(fishers_test_is_exact)
{
	ck_assert_double_eq_tol(rates_differ(3, 4, 1, 4), 0.4857, 5e-4);
	ck_assert_double_eq_tol(rates_differ(8, 10, 1, 6), 0.03497, 5e-4);
	ck_assert_double_eq_tol(rates_differ(0, 1, 1, 1), 1, 1e-9);
	ck_assert_double_eq_tol(rates_differ(0, 5, 5, 5), 2.0 / 252, 1e-6);
	ck_assert_double_eq_tol(rates_differ(4, 4, 4, 4), 1, 1e-9);
}
END_TEST

START_TEST(quantiles_lie_between_values)
{
	static const uint64_t v[] = { 10, 20, 30, 50 };

	ck_assert_double_eq(quantile_ns(v, 4, 0), 10);
	ck_assert_double_eq(quantile_ns(v, 4, 0.5), 25);
	ck_assert_double_eq(quantile_ns(v, 4, 1), 50);
	ck_assert_double_eq(quantile_ns(v, 1, 0.95), 10);
}
END_TEST

START_TEST(ranks_tell_samples_apart_or_not)
{
	static const uint64_t low[] = { 1, 2, 3, 4, 5 };
	static const uint64_t high[] = { 6, 7, 8, 9, 10 };
	static const uint64_t mixed[] = { 1, 3, 5, 7, 9 };
	static const uint64_t same[] = { 4, 4, 4, 4 };

	/* U = 0: z = (12.5 - 0.5) / sqrt(25 * 11 / 12) */
	ck_assert_double_eq_tol(ranks_differ(low, 5, high, 5), 0.01219, 5e-5);
	ck_assert_double_eq_tol(ranks_differ(high, 5, low, 5), 0.01219, 5e-5);
	ck_assert(ranks_differ(low, 5, mixed, 5) > 0.2);
	ck_assert_double_eq(ranks_differ(same, 4, same, 4), 1);
	ck_assert_double_eq(ranks_differ(low, 5, high, 0), 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/page_stats");
	TCase *tcase = tcase_create("stats");

	tcase_add_test(tcase, a_rate_comes_with_wilsons_interval);
	tcase_add_test(tcase, fishers_test_is_exact);
	tcase_add_test(tcase, quantiles_lie_between_values);
	tcase_add_test(tcase, ranks_tell_samples_apart_or_not);
	suite_add_tcase(suite, tcase);
	return suite;
}
