// SPDX-License-Identifier: Apache-2.0
/* test_compare.c - each change between two runs, and the exit status of a gate */
#include "compat/compare.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

/* A letter a repetition: p pass, f fail, g fail for another cause, x xfail,
 * X xpass, s skip, b broken, n notrun; nothing: no such cell. */
static const struct {
	const char *name;
	const char *before, *after;
	enum compare_change change;
	int exit;
} cases[] = {
	{ "what passed passes", "p", "p", CHANGE_SAME, 0 },
	{ "what passed fails", "p", "f", CHANGE_NEW_FAILURE, 1 },
	{ "one of many fails, where none did", "pppp", "pppf",
	  CHANGE_NEW_FAILURE, 1 },
	{ "an expected failure is another one", "x", "f", CHANGE_NEW_FAILURE,
	  1 },
	{ "what was skipped fails", "s", "f", CHANGE_NEW_FAILURE, 1 },
	{ "what was broken fails", "b", "f", CHANGE_NEW_FAILURE, 1 },
	{ "what was not there fails", "", "f", CHANGE_NEW_FAILURE, 1 },
	{ "what failed fails", "f", "f", CHANGE_FAILING, 0 },
	{ "what failed fails otherwise", "f", "g", CHANGE_OTHER_CAUSE, 0 },
	{ "what failed passes", "f", "p", CHANGE_MENDED, 0 },
	{ "what always failed passes once", "fff", "ffp", CHANGE_FAILING, 0 },
	{ "a flaky one fails once", "pppppppppppppppppppf", "f", CHANGE_FLAKY,
	  0 },
	{ "a flaky one passes once", "pppf", "p", CHANGE_FLAKY, 0 },
	{ "a flaky one fails more often than chance", "pppppppppppppppppppf",
	  "ffp", CHANGE_NEW_FAILURE, 1 },
	{ "a flaky one passes more often than chance", "pfffffff", "pppppppp",
	  CHANGE_MENDED, 0 },
	{ "a flaky one fails as often for another cause", "pf", "pg",
	  CHANGE_FLAKY, 0 },
	{ "what passed passes unexpectedly", "p", "X", CHANGE_XPASS, 0 },
	{ "an expected failure passes", "x", "X", CHANGE_XPASS, 0 },
	{ "an expected failure passes, expected to", "x", "p", CHANGE_MENDED,
	  0 },
	{ "what passed is expected to fail", "p", "x", CHANGE_EXPECTED, 0 },
	{ "what failed is expected to", "f", "x", CHANGE_EXPECTED, 0 },
	{ "what passed is broken", "p", "b", CHANGE_UNMEASURED, 3 },
	{ "what passed was not run", "p", "n", CHANGE_UNMEASURED, 3 },
	{ "what was not there is broken", "", "b", CHANGE_UNMEASURED, 3 },
	{ "one of many is broken", "p", "pb", CHANGE_SAME, 0 },
	{ "one is broken and one fails", "p", "bf", CHANGE_NEW_FAILURE, 1 },
	{ "what passed is skipped", "p", "s", CHANGE_SKIPPED, 0 },
	{ "what was skipped passes", "s", "p", CHANGE_ADDED, 0 },
	{ "what was skipped is skipped", "s", "s", CHANGE_SAME, 0 },
	{ "what was not there passes", "", "p", CHANGE_ADDED, 0 },
	{ "what was there is gone", "f", "", CHANGE_GONE, 3 },
	{ "an expected failure fails as expected", "x", "x", CHANGE_SAME, 0 },
};

static const char letters[] = "pfxXsbn";

static void add(struct results *results, const char *verdicts)
{
	for (const char *c = verdicts; *c; c++) {
		struct result *r = VEC_PUSH(results->cells, results->n_cells);
		const char *at = strchr(letters, *c == 'g' ? 'f' : *c);

		ck_assert_ptr_nonnull(at);
		r->verdict = (enum verdict)(at - letters);
		r->scenario = xstrdup("counter");
		r->source = xstrdup("a");
		r->target = xstrdup("b");
		r->id = xasprintf("counter.a.b#%zu", results->n_cells);
		r->service_ns = UNMEASURED;
		for (int i = 0; i < DOWNTIME_PARTS; i++)
			r->split.ns[i] = UNMEASURED;
		if (*c != 'f' && *c != 'g')
			continue;
		r->cause = xnew(struct cause);
		r->cause->mode = xstrdup(*c == 'f' ? "pid-taken" : "unknown");
		r->cause->title = xstrdup("it did");
	}
}

/** struct both - A run before and one after */
struct both {
	struct results before, after;
	struct comparison comparison;
};

static void both_init(struct both *both, const char *before, const char *after)
{
	memset(both, 0, sizeof(*both));
	both->before.id = xstrdup("old");
	both->after.id = xstrdup("new");
	add(&both->before, before);
	add(&both->after, after);
}

static void both_compare(struct both *both)
{
	comparison_release(&both->comparison);
	compare_runs(&both->before, 1, &both->after, &compare_defaults,
		     &both->comparison);
}

static void both_release(struct both *both)
{
	comparison_release(&both->comparison);
	results_release(&both->before);
	results_release(&both->after);
}

START_TEST(a_change_is_called_by_its_name)
{
	const struct compare_cell *cell;
	struct both both;

	both_init(&both, cases[_i].before, cases[_i].after);
	both_compare(&both);
	ck_assert_uint_eq(both.comparison.n, 1);
	cell = &both.comparison.cells[0];
	ck_assert_msg(cell->change == cases[_i].change, "%s: got %s, wanted %s",
		      cases[_i].name, change_names[cell->change],
		      change_names[cases[_i].change]);
	ck_assert_msg(comparison_exit(&both.comparison) == cases[_i].exit,
		      "%s: got %d, wanted %d", cases[_i].name,
		      comparison_exit(&both.comparison), cases[_i].exit);
	both_release(&both);
}
END_TEST

START_TEST(every_change_has_a_case)
{
	for (int change = 0; change < CHANGE_COUNT; change++) {
		size_t n = 0;

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			n += cases[i].change == (enum compare_change)change;
		ck_assert_msg(n > 0, "%s", change_names[change]);
	}
}
END_TEST

START_TEST(nothing_compared_is_no_success)
{
	struct both both;

	both_init(&both, "", "");
	both_compare(&both);
	ck_assert_int_eq(comparison_exit(&both.comparison), 3);
	both_release(&both);
}
END_TEST

START_TEST(further_runs_add_to_what_is_known)
{
	struct both both;
	struct results known[2];

	both_init(&both, "p", "f");
	memset(known, 0, sizeof(known));
	known[0] = both.before;
	add(&known[1], "ppppfpppp");
	compare_runs(known, 2, &both.after, &compare_defaults,
		     &both.comparison);
	ck_assert_int_eq(both.comparison.cells[0].change, CHANGE_FLAKY);
	ck_assert_uint_eq(both.comparison.cells[0].before.trials.runs, 10);
	results_release(&known[1]);
	both_release(&both);
}
END_TEST

#define SERVED 3

static void serve(struct results *results, const uint64_t ms[SERVED],
		  uint64_t restore_ms)
{
	for (size_t i = 0; i < SERVED; i++) {
		results->cells[i].service_ns = ms[i] * NS_PER_MS;
		results->cells[i].split.ns[DOWNTIME_RESTORE] =
			restore_ms * NS_PER_MS;
		results->cells[i].split.ns[DOWNTIME_FREEZE] = NS_PER_MS;
	}
}

START_TEST(longer_without_service_is_information)
{
	static const uint64_t before[SERVED] = { 400, 5000, 410 };
	static const uint64_t after[SERVED] = { 800, 790, 100 };
	uint64_t grown_ns = 0;
	struct both both;

	both_init(&both, "ppp", "ppp");
	serve(&both.before, before, 100);
	serve(&both.after, after, 450);
	both_compare(&both);
	ck_assert_int_eq(both.comparison.cells[0].change, CHANGE_SAME);
	ck_assert(both.comparison.cells[0].slower);
	ck_assert_str_eq(compare_slowest_part(&both.comparison.cells[0],
					      &grown_ns),
			 "restore");
	ck_assert_uint_eq(grown_ns, 350 * NS_PER_MS);
	ck_assert_int_eq(comparison_exit(&both.comparison), 0);
	serve(&both.after, before, 450);
	both_compare(&both);
	ck_assert(!both.comparison.cells[0].slower);
	both_release(&both);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/compare");
	TCase *tcase = tcase_create("compare");

	tcase_add_loop_test(tcase, a_change_is_called_by_its_name, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, every_change_has_a_case);
	tcase_add_test(tcase, nothing_compared_is_no_success);
	tcase_add_test(tcase, further_runs_add_to_what_is_known);
	tcase_add_test(tcase, longer_without_service_is_information);
	suite_add_tcase(suite, tcase);
	return suite;
}
