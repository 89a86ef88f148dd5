// SPDX-License-Identifier: Apache-2.0
/* test_analysis_svg_axis.c - the axis of time, idle stretches cut out of it */
#include "compat/analysis_svg_axis.h"

#include "base/mem.h"
#include "tests/lib/testing.h"

static void check_x(const struct svg_axis *axis, uint64_t at_ns, double x)
{
	double got = svg_axis_x(axis, at_ns);

	ck_assert_msg(got > x - 0.01 && got < x + 0.01, "%llu at %f, not %f",
		      (unsigned long long)at_ns, got, x);
}

START_TEST(an_axis_without_long_idleness_is_linear)
{
	struct svg_busy busy[] = { { 1000, 1400 }, { 1900, 2000 } };
	struct svg_axis axis;

	svg_axis_init(&axis, 1000, 2000, 50, 100, busy, 2);
	ck_assert_uint_eq(axis.n, 1);
	check_x(&axis, 1000, 50);
	check_x(&axis, 1500, 100);
	check_x(&axis, 2000, 150);
	ck_assert(svg_axis_ns_per_px(&axis) == 10);
}
END_TEST

START_TEST(an_instant_beyond_is_at_the_end)
{
	struct svg_axis axis;

	svg_axis_init(&axis, 1000, 2000, 50, 100, NULL, 0);
	check_x(&axis, 0, 50);
	check_x(&axis, 9000, 150);
	ck_assert(!svg_axis_has(&axis, 999));
	ck_assert(svg_axis_has(&axis, 1000));
	ck_assert(svg_axis_has(&axis, 2000));
	ck_assert(!svg_axis_has(&axis, 2001));
}
END_TEST

START_TEST(a_long_idle_stretch_is_cut_out)
{
	struct svg_busy busy[] = { { 99000, 100000 }, { 0, 1000 } };
	struct svg_axis axis;

	svg_axis_init(&axis, 0, 100000, 0, 100, busy, 2);
	ck_assert_uint_eq(axis.n, 3);
	ck_assert(!axis.v[0].is_cut && axis.v[1].is_cut && !axis.v[2].is_cut);
	ck_assert_uint_eq(axis.v[1].from_ns, 1000);
	ck_assert_uint_eq(axis.v[1].to_ns, 99000);
	check_x(&axis, 1000, 46.5);
	check_x(&axis, 50000, 50);
	check_x(&axis, 99000, 53.5);
	check_x(&axis, 100000, 100);
}
END_TEST

START_TEST(what_wins_little_is_not_cut)
{
	struct svg_busy busy[] = { { 0, 300 }, { 920, 1000 } };
	struct svg_axis axis;

	svg_axis_init(&axis, 0, 1000, 0, 100, busy, 2);
	ck_assert_uint_eq(axis.n, 1);
}
END_TEST

START_TEST(times_that_double_stay_linear)
{
	struct svg_busy busy[10] = { { 0, 50 } };
	struct svg_axis axis;

	for (uint64_t i = 1; i < 10; i++) {
		uint64_t at = 200 * ((UINT64_C(1) << i) - 1);

		busy[i] = (struct svg_busy){ at, at };
	}
	svg_axis_init(&axis, 0, busy[9].to_ns, 0, 1000, busy, 10);
	ck_assert_uint_eq(axis.n, 1);
}
END_TEST

START_TEST(a_busy_time_over_the_edge_counts_inside)
{
	struct svg_busy busy[] = { { 0, 5000 }, { 9900, 20000 } };
	struct svg_axis axis;

	svg_axis_init(&axis, 4900, 10000, 0, 100, busy, 2);
	ck_assert_uint_eq(axis.n, 3);
	ck_assert_uint_eq(axis.v[0].from_ns, 4900);
	ck_assert_uint_eq(axis.v[1].from_ns, 5000);
	ck_assert_uint_eq(axis.v[2].to_ns, 10000);
}
END_TEST

START_TEST(instants_alone_make_an_axis)
{
	struct svg_busy busy[] = { { 100, 100 }, { 900, 900 } };
	struct svg_axis axis;

	svg_axis_init(&axis, 100, 900, 0, 100, busy, 2);
	ck_assert(svg_axis_x(&axis, 100) >= 0);
	ck_assert(svg_axis_x(&axis, 900) <= 100);
	svg_axis_init(&axis, 7, 7, 0, 100, busy, 0);
	check_x(&axis, 7, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/analysis_svg_axis");
	TCase *tcase = tcase_create("axis");

	tcase_add_test(tcase, an_axis_without_long_idleness_is_linear);
	tcase_add_test(tcase, an_instant_beyond_is_at_the_end);
	tcase_add_test(tcase, a_long_idle_stretch_is_cut_out);
	tcase_add_test(tcase, what_wins_little_is_not_cut);
	tcase_add_test(tcase, times_that_double_stay_linear);
	tcase_add_test(tcase, a_busy_time_over_the_edge_counts_inside);
	tcase_add_test(tcase, instants_alone_make_an_axis);
	suite_add_tcase(suite, tcase);
	return suite;
}
