// SPDX-License-Identifier: Apache-2.0
/* test_page_against.c - what is said of a pair that two runs have */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/page_against.h"
#include "tests/lib/testing.h"

/* One letter a repetition: p passed, f failed, x failed as expected, X passed
 * unexpectedly, b broken, s skipped; with its downtime in ms behind it. */
static const struct {
	const char *name, *old, *new;
	const char *old_mode, *new_mode;
	enum change change;
} cases[] = {
	{ "passes", "p100", "p100", "", "", CHANGE_SAME },
	{ "broke", "p100", "f", "", "m", CHANGE_BROKE },
	{ "broke as expected", "p100", "x", "", "m", CHANGE_BROKE },
	{ "mended", "f", "p100", "m", "", CHANGE_MENDED },
	{ "mended unexpectedly", "x", "X100", "m", "", CHANGE_MENDED },
	{ "fails", "f", "f", "m", "m", CHANGE_SAME },
	{ "another cause", "f", "f", "m", "n", CHANGE_CAUSE },
	{ "is expected now", "f", "x", "m", "m", CHANGE_SAME },
	{ "new", "", "p100", "", "", CHANGE_NEW },
	{ "gone", "p100", "", "", "", CHANGE_GONE },
	{ "broken now", "p100", "b", "", "", CHANGE_UNTOLD },
	{ "was skipped", "s", "p1", "", "", CHANGE_UNTOLD },
	{ "never told", "s", "b", "", "", CHANGE_SAME },
	{ "slower", "p1000", "p1300", "", "", CHANGE_SLOWER },
	{ "faster", "p1300", "p1000", "", "", CHANGE_FASTER },
	{ "hardly slower", "p1000", "p1200", "", "", CHANGE_SAME },
	{ "twice, but of little", "p40", "p80", "", "", CHANGE_SAME },
	{ "more often, by chance", "p1p1p1f", "p1p1ff", "m", "m",
	  CHANGE_FLAKY },
	{ "less often, by chance", "p1p1ff", "p1p1p1p1", "m", "",
	  CHANGE_FLAKY },
	{ "more often, beyond chance", "p1p1p1p1p1p1p1f", "fffffffp1", "m", "m",
	  CHANGE_BROKE },
	{ "as often", "p1f", "p1p1ff", "m", "m", CHANGE_SAME },
	{ "a broken one does not count", "p1p1b", "p1p1", "", "", CHANGE_SAME },
	{ "scattered alike", "p100p900p200p800", "p1000p150p850p950", "", "",
	  CHANGE_SAME },
	{ "slower every time", "p100p110p120p130", "p200p210p220p230", "", "",
	  CHANGE_SLOWER },
};

static enum verdict verdict_of(char letter)
{
	static const char letters[] = "pfxXsb-";

	return (enum verdict)(strchr(letters, letter) - letters);
}

static void add_cells(const char *text, const char *mode,
		      struct results *results)
{
	while (*text) {
		struct result *cell =
			VEC_PUSH(results->cells, results->n_cells);
		uint64_t ms;

		cell->scenario = xstrdup("counter");
		cell->source = xstrdup("a");
		cell->target = xstrdup("b");
		cell->id = xasprintf("counter.a.b#%zu", results->n_cells);
		cell->verdict = verdict_of(*text++);
		cell->service_ns = UNMEASURED;
		if (str_take_u64(&text, 10, &ms))
			cell->service_ns = ms * NS_PER_MS;
		if (cell->verdict == VERDICT_FAIL ||
		    cell->verdict == VERDICT_XFAIL) {
			cell->cause = xnew(struct cause);
			cell->cause->mode = xstrdup(mode);
		}
	}
}

START_TEST(a_pair_changed_so)
{
	struct results old = { 0 }, new = { 0 };
	CLEANUP(page_against_release) struct page_against against = { 0 };

	add_cells(cases[_i].old, cases[_i].old_mode, &old);
	add_cells(cases[_i].new, cases[_i].new_mode, &new);
	page_against_init(&old, "old", &new, &against);
	ck_assert_uint_eq(against.n, 1);
	ck_assert_msg(against.pairs[0].change == cases[_i].change,
		      "%s: got '%s', wanted '%s' (chance %f)", cases[_i].name,
		      change_words[against.pairs[0].change].name,
		      change_words[cases[_i].change].name,
		      against.pairs[0].chance);
	ck_assert_uint_eq(against.counts[cases[_i].change], 1);
	results_release(&old);
	results_release(&new);
}
END_TEST

START_TEST(without_an_older_run_there_is_nothing)
{
	struct results new = { 0 };
	struct page_against against;

	add_cells("p1", "", &new);
	page_against_init(NULL, NULL, &new, &against);
	ck_assert_uint_eq(against.n, 0);
	ck_assert_ptr_null(against.old);
	results_release(&new);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/page_against");
	TCase *tcase = tcase_create("changes");

	tcase_add_loop_test(tcase, a_pair_changed_so, 0, ARRAY_SIZE(cases));
	tcase_add_test(tcase, without_an_older_run_there_is_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
