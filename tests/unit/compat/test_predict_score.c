// SPDX-License-Identifier: Apache-2.0
/* test_predict_score.c - what a prediction was worth, cell by cell */
#include "compat/predict_score.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

/**
 * struct score_case - A cell
 * @cause:	NULL: it passed
 * @fail, @risk: Modes that were foretold, NULL: none
 */
struct score_case {
	const char *name;
	const char *cause;
	const char *fail, *risk;
	bool later;
	enum score_kind kind;
	const char *mode; /* counted there; NULL: nowhere */
	bool right;
};

static const struct score_case cases[] = {
	{ "a pass without an alarm", NULL, NULL, NULL, false, 0, NULL, true },
	{ "a failure that was said", "a", "a", NULL, false, SCORE_FORETOLD, "a",
	  true },
	{ "a failure that was feared", "a", NULL, "a", false, SCORE_RISK, "a",
	  true },
	{ "a failure, and another was said", "a", "b", NULL, false, SCORE_OTHER,
	  "a", false },
	{ "a failure of which nothing was said", "a", NULL, NULL, false,
	  SCORE_MISSED, "a", false },
	{ "a pass that was to be a failure", NULL, "a", NULL, false,
	  SCORE_FALSE_ALARM, "a", false },
	{ "a pass with a risk", NULL, NULL, "a", false, SCORE_UNHARMED, "a",
	  true },
	{ "a failure of what was changed afterwards", "a", NULL, NULL, true,
	  SCORE_MISSED, "a", false },
};

static void foretell(struct prediction *p, const char *mode, enum foretold says)
{
	struct foresight *f;

	if (!mode)
		return;
	f = VEC_PUSH(p->v, p->n);
	f->mode = xstrdup(mode);
	f->sentence = xstrdup("it will");
	f->says = (int)says;
	if (p->says < (int)says)
		p->says = (int)says;
}

static void add(struct results *results, const struct score_case *c)
{
	struct result *cell = VEC_PUSH(results->cells, results->n_cells);

	cell->id = xstrdup("x.a.b");
	cell->verdict = c->cause ? VERDICT_XFAIL : VERDICT_PASS;
	if (c->cause) {
		cell->cause = xnew(struct cause);
		cell->cause->mode = xstrdup(c->cause);
		cell->cause->title = xstrdup("it did");
	}
	cell->prediction = xnew(struct prediction);
	cell->prediction->later = c->later;
	foretell(cell->prediction, c->fail, FORETOLD_FAIL);
	foretell(cell->prediction, c->risk, FORETOLD_RISK);
}

START_TEST(a_cell_counts_for_what_it_was)
{
	const struct score_case *c = &cases[_i];
	CLEANUP(results_release) struct results results = { 0 };
	CLEANUP(score_release) struct score score;

	add(&results, c);
	score_results(&results, &score);
	ck_assert_uint_eq(c->later ? score.later : score.cells, 1);
	ck_assert_msg((c->later ? score.right_later : score.right) == c->right,
		      "%s", c->name);
	ck_assert_uint_eq(score.n_modes, c->mode != NULL);
	if (c->mode) {
		ck_assert_str_eq(score.modes[0].mode, c->mode);
		ck_assert_msg(score.modes[0].n[c->kind] == 1, "%s", c->name);
		ck_assert_uint_eq(score.total[c->kind], !c->later);
	}
}
END_TEST

START_TEST(what_was_not_measured_or_not_predicted_does_not_count)
{
	CLEANUP(results_release) struct results results = { 0 };
	CLEANUP(score_release) struct score score;
	CLEANUP_FREE char *line = NULL;

	add(&results, &cases[1]);
	results.cells[0].verdict = VERDICT_BROKEN;
	add(&results, &cases[0]);
	prediction_release(results.cells[1].prediction);
	free(TAKE(results.cells[1].prediction));
	score_results(&results, &score);
	line = score_line(&score);
	ck_assert_uint_eq(score.cells, 0);
	ck_assert_ptr_null(line);
}
END_TEST

START_TEST(a_line_sums_it_up)
{
	CLEANUP(results_release) struct results results = { 0 };
	CLEANUP(score_release) struct score score;
	CLEANUP_FREE char *line = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		add(&results, &cases[i]);
	score_results(&results, &score);
	line = score_line(&score);
	ck_assert_str_eq(line, "predicted: 4 of 7 cells right, 1 missed, 1 for "
			       "another cause, 1 false alarm");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/predict_score");
	TCase *tcase = tcase_create("scores");

	tcase_add_loop_test(tcase, a_cell_counts_for_what_it_was, 0,
			    (int)ARRAY_SIZE(cases));
	tcase_add_test(tcase,
		       what_was_not_measured_or_not_predicted_does_not_count);
	tcase_add_test(tcase, a_line_sums_it_up);
	suite_add_tcase(suite, tcase);
	return suite;
}
