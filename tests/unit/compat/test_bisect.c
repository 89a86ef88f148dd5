// SPDX-License-Identifier: Apache-2.0
/* test_bisect.c - bisections of simulated rows: steady ones, flaky ones, broken ones */
#include "compat/bisect.h"

#include <string.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

#define ROW_MAX 64

/* --- A row that behaves as a text says --------------------------------------------
 * One letter a candidate: g passes, b fails, o fails for another cause, x is broken,
 * s is skipped, r is refused, f fails at @rate. */

struct row {
	const char *is;
	double rate;
	uint64_t seed;
	struct bisect_tally v[ROW_MAX];
	size_t n;
	uint64_t runs, steps;
};

/* xorshift64*: the same seed, the same luck. Vigna 2016, ACM TOMS 42(4). */
static double luck(struct row *row)
{
	row->seed ^= row->seed >> 12;
	row->seed ^= row->seed << 25;
	row->seed ^= row->seed >> 27;
	return (double)((row->seed * UINT64_C(2685821657736338717)) >> 11) /
	       (double)(UINT64_C(1) << 53);
}

static void run_one(struct row *row, size_t i)
{
	struct bisect_tally *t = &row->v[i];

	switch (row->is[i]) {
	case 'g':
		t->passed++;
		break;
	case 'b':
		t->failed++;
		break;
	case 'o':
		t->other++;
		break;
	case 'x':
		t->broken++;
		break;
	case 's':
		t->skipped++;
		break;
	case 'r':
		t->refused = true;
		break;
	default:
		if (luck(row) < row->rate)
			t->failed++;
		else
			t->passed++;
	}
}

static struct bisect_plan go(struct row *row, const struct bisect_rule *rule)
{
	struct bisect_plan plan;

	row->n = strlen(row->is);
	for (row->steps = 0; row->steps < 1000; row->steps++) {
		bisect_plan(row->v, row->n, rule, &plan);
		if (plan.end != BISECT_GOING)
			return plan;
		ck_assert_uint_gt(plan.runs, 0);
		ck_assert_uint_lt(plan.next, row->n);
		for (uint64_t r = 0; r < plan.runs; r++)
			run_one(row, plan.next);
		row->runs += plan.runs;
	}
	ck_abort_msg("'%s' comes to no end", row->is);
	return plan;
}

static const struct bisect_rule usual = { .confidence = 0.99, .failures = 5 };
static const struct bisect_rule once = { .confidence = 0.99,
					 .failures = 5,
					 .repeat = 1 };

/* --- Steady rows ------------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *row;
	enum bisect_end end;
	size_t good, bad;
	bool backwards;
} cases[] = {
	{ "two", "gb", BISECT_FOUND, 0, 1, false },
	{ "the middle", "gggbbb", BISECT_FOUND, 2, 3, false },
	{ "the first", "gbbbbbb", BISECT_FOUND, 0, 1, false },
	{ "the last", "ggggggb", BISECT_FOUND, 5, 6, false },
	{ "mended on the way", "bbbgg", BISECT_FOUND, 3, 2, true },
	{ "a broken one aside", "gxggbb", BISECT_FOUND, 3, 4, false },
	{ "a broken one between", "ggxbb", BISECT_RANGE, 1, 3, false },
	{ "a skipped one between", "gsb", BISECT_RANGE, 0, 2, false },
	{ "a refused one between", "ggrrbb", BISECT_RANGE, 1, 4, false },
	{ "another cause between", "ggobb", BISECT_RANGE, 1, 3, false },
	{ "untold ones, backwards", "bxxg", BISECT_RANGE, 3, 0, true },
	{ "all between are broken", "gxxxxb", BISECT_RANGE, 0, 5, false },
	{ "none fails", "gggg", BISECT_NOT_BAD, 0, 3, false },
	{ "all fail", "bbbb", BISECT_NOT_GOOD, 0, 3, false },
	{ "the bad end for another cause", "ggo", BISECT_OTHER, 0, 2, false },
	{ "the good end for another cause", "ogb", BISECT_OTHER, 0, 2, false },
	{ "the bad end is broken", "ggx", BISECT_END_UNTOLD, 0, 2, false },
	{ "the bad end is refused", "ggr", BISECT_END_UNTOLD, 0, 2, false },
	{ "the good end is broken", "xgb", BISECT_END_UNTOLD, 0, 2, false },
	{ "the good end is skipped", "sgb", BISECT_END_UNTOLD, 0, 2, false },
};

static void check_end(int i, const struct bisect_rule *rule)
{
	struct row row = { .is = cases[i].row };
	struct bisect_plan plan = go(&row, rule);

	ck_assert_msg(plan.end == cases[i].end, "%s: %s, wanted %s",
		      cases[i].name, bisect_end_names[plan.end],
		      bisect_end_names[cases[i].end]);
	ck_assert_msg(plan.good == cases[i].good && plan.bad == cases[i].bad,
		      "%s: %zu and %zu, wanted %zu and %zu", cases[i].name,
		      plan.good, plan.bad, cases[i].good, cases[i].bad);
	ck_assert_int_eq(plan.backwards, cases[i].backwards);
}

START_TEST(a_row_ends_as_it_should)
{
	check_end(_i, &usual);
}
END_TEST

START_TEST(a_row_ends_so_with_one_run_of_each_too)
{
	check_end(_i, &once);
}
END_TEST

/* --- How often -------------------------------------------------------------------- */

START_TEST(what_always_fails_costs_one_run_a_bad_candidate)
{
	struct row row = { .is = "ggbbbbbbbbbbbbbb" };
	struct bisect_plan plan = go(&row, &usual);

	ck_assert_uint_eq(plan.needed, 6);
	ck_assert_uint_eq(row.v[15].failed, 5);
	ck_assert_uint_eq(row.v[0].passed, 6);
	/* 7, 3 and 2 are bad, 1 is good. */
	ck_assert_uint_eq(row.v[7].failed, 1);
	ck_assert_uint_eq(row.v[3].failed, 1);
	ck_assert_uint_eq(row.v[2].failed, 1);
	ck_assert_uint_eq(row.v[1].passed, 6);
	ck_assert_uint_eq(row.runs, 5 + 6 + 3 + 6);
}
END_TEST

START_TEST(with_repeat_each_is_run_so_often)
{
	struct bisect_rule thrice = usual;
	struct row row = { .is = "gggb" };

	thrice.repeat = 3;
	(void)go(&row, &thrice);
	ck_assert_uint_eq(row.v[3].failed, 1);
	ck_assert_uint_eq(row.v[0].passed, 3);
	ck_assert_uint_eq(row.v[2].passed, 3);
}
END_TEST

START_TEST(passes_follow_from_the_rate)
{
	static const struct {
		struct trials measured;
		double confidence;
		uint64_t passes;
	} rates[] = {
		{ { 5, 5 }, 0.99, 6 },	 { { 100, 100 }, 0.99, 2 },
		{ { 5, 10 }, 0.99, 18 }, { { 5, 40 }, 0.99, 83 },
		{ { 5, 10 }, 0.5, 3 },	 { { 1, 1000 }, 0.99, 1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
		ck_assert_uint_eq(bisect_passes(rates[i].measured,
						rates[i].confidence),
				  rates[i].passes);
}
END_TEST

START_TEST(a_rare_failure_is_looked_for_but_not_for_ever)
{
	struct row row = { .is = "gggg" };

	(void)go(&row, &usual);
	ck_assert_uint_le(row.v[3].passed, 40);
	ck_assert_uint_ge(row.v[3].passed, 39);
}
END_TEST

/* --- Flaky rows -------------------------------------------------------------------- */

/* At 99 % a step a wrong answer is rare, and it is never a confident nonsense: what
 * is called bad did fail. */
START_TEST(a_flaky_failure_is_found_nearly_always)
{
	static const double rates[] = { 0.9, 0.5, 0.3 };
	unsigned found = 0;

	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct row row = { .is = "ggggggggggfffffffff",
				   .rate = rates[_i],
				   .seed = seed * UINT64_C(7919) };
		struct bisect_plan plan = go(&row, &usual);

		if (plan.end == BISECT_FOUND)
			ck_assert_uint_gt(row.v[plan.bad].failed, 0);
		found += plan.end == BISECT_FOUND && plan.bad == 10;
	}
	ck_assert_msg(found >= 196, "at a rate of %g only %u of 200", rates[_i],
		      found);
}
END_TEST

/* One run each is what a careless bisection does: the same row misleads it. */
START_TEST(the_same_row_misleads_single_runs)
{
	unsigned found = 0;

	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct row row = { .is = "ggggggggggfffffffff",
				   .rate = 0.5,
				   .seed = seed * UINT64_C(7919) };
		struct bisect_plan plan = go(&row, &once);

		found += plan.end == BISECT_FOUND && plan.bad == 10;
	}
	ck_assert_uint_lt(found, 100);
}
END_TEST

/* --- Broken runs --------------------------------------------------------------------- */

START_TEST(a_broken_run_among_good_ones_is_no_verdict)
{
	struct bisect_tally once_broken = { .passed = 5, .broken = 3 };
	struct bisect_tally mostly = { .passed = 1, .broken = 2 };

	ck_assert_int_eq(bisect_state(&once_broken, 6), BISECT_OPEN);
	ck_assert_int_eq(bisect_state(&mostly, 6), BISECT_UNTOLD);
	once_broken.passed = 6;
	ck_assert_int_eq(bisect_state(&once_broken, 6), BISECT_GOOD);
}
END_TEST

START_TEST(a_failure_counts_whatever_else_there_was)
{
	struct bisect_tally tally = { .passed = 9, .failed = 1, .broken = 20 };

	ck_assert_int_eq(bisect_state(&tally, 6), BISECT_BAD);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("bisect");
	TCase *tcase = tcase_create("rows");

	tcase_add_loop_test(tcase, a_row_ends_as_it_should, 0,
			    ARRAY_SIZE(cases));
	tcase_add_loop_test(tcase, a_row_ends_so_with_one_run_of_each_too, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, what_always_fails_costs_one_run_a_bad_candidate);
	tcase_add_test(tcase, with_repeat_each_is_run_so_often);
	tcase_add_test(tcase, passes_follow_from_the_rate);
	tcase_add_test(tcase, a_rare_failure_is_looked_for_but_not_for_ever);
	tcase_add_loop_test(tcase, a_flaky_failure_is_found_nearly_always, 0,
			    3);
	tcase_add_test(tcase, the_same_row_misleads_single_runs);
	tcase_add_test(tcase, a_broken_run_among_good_ones_is_no_verdict);
	tcase_add_test(tcase, a_failure_counts_whatever_else_there_was);
	suite_add_tcase(suite, tcase);
	return suite;
}
