// SPDX-License-Identifier: Apache-2.0
/* test_report_view.c - results arranged: repetitions, notes, the red cell */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/report_notes.h"
#include "tests/lib/testing.h"

static struct result *add(struct results *results, const char *source,
			  const char *target, enum verdict verdict)
{
	struct result *r = VEC_PUSH(results->cells, results->n_cells);

	r->id = xasprintf("s.%s.%s", source, target);
	r->scenario = xstrdup("s");
	r->source = xstrdup(source);
	r->target = xstrdup(target);
	r->verdict = verdict;
	r->attempts = 1;
	r->service_ns = UNMEASURED;
	return r;
}

static struct result *add_cause(struct results *results, const char *target,
				enum verdict verdict, const char *mode,
				const char *title)
{
	struct result *r = add(results, "a", target, verdict);

	r->cause = xnew(struct cause);
	r->cause->mode = xstrdup(mode);
	r->cause->title = xstrdup(title);
	return r;
}

START_TEST(causes_of_one_mode_are_one_note)
{
	CLEANUP(results_release) struct results results = { .n_cells = 0 };
	CLEANUP(view_release) struct view view = { 0 };

	(void)add_cause(&results, "b", VERDICT_FAIL, "pid-taken", "pid 1");
	(void)add_cause(&results, "c", VERDICT_XFAIL, "pid-taken", "pid 2");
	(void)add_cause(&results, "d", VERDICT_FAIL, "disk-full", "full");
	view_init(&results, &view);
	ck_assert_uint_eq(view.n_notes, 2);
	ck_assert_uint_eq(view.notes[0].n_cells, 2);
	ck_assert_uint_eq(view.notes[0].counts[VERDICT_XFAIL], 1);
	ck_assert_str_eq(view.notes[0].label, "a");
	ck_assert_str_eq(note_heading(&view.notes[1]), "disk-full");
	ck_assert_uint_eq(view.cells[2].note, 1);
}
END_TEST

START_TEST(unknown_causes_are_told_apart_but_not_by_numbers)
{
	CLEANUP(results_release) struct results results = { .n_cells = 0 };
	CLEANUP(view_release) struct view view = { 0 };

	(void)add_cause(&results, "b", VERDICT_FAIL, "unknown", "pid 17 x");
	(void)add_cause(&results, "c", VERDICT_FAIL, "unknown", "pid 4 x");
	(void)add_cause(&results, "d", VERDICT_FAIL, "unknown", "pid 4 xy");
	view_init(&results, &view);
	ck_assert_uint_eq(view.n_notes, 2);
}
END_TEST

START_TEST(a_skip_and_a_fail_for_one_reason_are_two_notes)
{
	CLEANUP(results_release) struct results results = { .n_cells = 0 };
	CLEANUP(view_release) struct view view = { 0 };

	add(&results, "a", "b", VERDICT_SKIP)->reason = xstrdup("x");
	add(&results, "a", "c", VERDICT_BROKEN)->reason = xstrdup("x");
	(void)add(&results, "a", "d", VERDICT_PASS);
	view_init(&results, &view);
	ck_assert_uint_eq(view.n_notes, 2);
	ck_assert_uint_eq(view.cells[2].note, VIEW_NO_NOTE);
}
END_TEST

/* a to z, aa to zz, and one more */
#define LABELS 703

START_TEST(labels_go_on_after_z)
{
	CLEANUP(results_release) struct results results = { .n_cells = 0 };
	CLEANUP(view_release) struct view view = { 0 };

	for (int i = 0; i < LABELS; i++) {
		char mode[3] = { (char)('a' + i / 26), (char)('a' + i % 26),
				 '\0' };

		(void)add_cause(&results, "b", VERDICT_FAIL, mode, "x");
	}
	view_init(&results, &view);
	ck_assert_str_eq(view.notes[25].label, "z");
	ck_assert_str_eq(view.notes[26].label, "aa");
	ck_assert_str_eq(view.notes[LABELS - 2].label, "zz");
	ck_assert_str_eq(view.notes[LABELS - 1].label, "aaa");
}
END_TEST

START_TEST(repetitions_show_their_worst_and_their_median)
{
	CLEANUP(results_release) struct results results = { .n_cells = 0 };
	CLEANUP(view_release) struct view view = { 0 };
	CLEANUP_FREE char *detail = NULL;
	CLEANUP_FREE char *spoiled = NULL;
	const struct view_cell *cells;
	struct view_sum sum;
	size_t n;

	for (int i = 0; i < 3; i++)
		add(&results, "a", "b", VERDICT_PASS)->service_ns =
			(uint64_t)(100 * (3 - i)) * NS_PER_MS;
	add(&results, "a", "b", VERDICT_PASS)->attempts = 2;
	view_init(&results, &view);
	cells = view_find(&view, 0, 0, 1, &n);
	ck_assert_uint_eq(n, 4);
	view_sum(cells, n, &sum);
	ck_assert_uint_eq(sum.service_ns, 200 * NS_PER_MS);
	detail = view_detail(&view, &sum);
	ck_assert_str_eq(detail, " 200 x4 *");
	results.cells[1].verdict = VERDICT_FAIL;
	view_release(&view);
	view_init(&results, &view);
	view_sum(view.cells, 4, &sum);
	ck_assert_ptr_eq(sum.worst->result, &results.cells[1]);
	spoiled = view_detail(&view, &sum);
	ck_assert_str_eq(spoiled, " a 1/4 *");
}
END_TEST

START_TEST(a_pair_that_was_not_planned_is_not_found)
{
	CLEANUP(results_release) struct results results = { .n_cells = 0 };
	CLEANUP(view_release) struct view view = { 0 };
	size_t n = 7;

	(void)add(&results, "a", "b", VERDICT_PASS);
	view_init(&results, &view);
	ck_assert_ptr_null(view_find(&view, 0, 1, 0, &n));
	ck_assert_uint_eq(n, 0);
}
END_TEST

/** struct red_case - Verdicts, and which of them is explained first (-1: none) */
struct red_case {
	enum verdict verdicts[4];
	int red;
};

static const struct red_case red_cases[] = {
	{ { VERDICT_PASS, VERDICT_XFAIL, VERDICT_FAIL, VERDICT_FAIL }, 2 },
	{ { VERDICT_BROKEN, VERDICT_XPASS, VERDICT_PASS, VERDICT_PASS }, 1 },
	{ { VERDICT_XFAIL, VERDICT_BROKEN, VERDICT_PASS, VERDICT_PASS }, 1 },
	{ { VERDICT_SKIP, VERDICT_XFAIL, VERDICT_XFAIL, VERDICT_PASS }, 1 },
	{ { VERDICT_SKIP, VERDICT_PASS, VERDICT_NOTRUN, VERDICT_PASS }, -1 },
};

START_TEST(the_red_cell_is_the_one_that_says_most)
{
	static const char *const targets[] = { "b", "c", "d", "e" };
	const struct red_case *c = &red_cases[_i];
	CLEANUP(results_release) struct results results = { .n_cells = 0 };
	CLEANUP(view_release) struct view view = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		(void)add(&results, "a", targets[i], c->verdicts[i]);
	view_init(&results, &view);
	ck_assert_ptr_eq(view_red(&view),
			 c->red < 0 ? NULL : &results.cells[c->red]);
}
END_TEST

START_TEST(short_times_keep_a_decimal)
{
	CLEANUP_FREE char *little = view_ms(8449999);
	CLEANUP_FREE char *much = view_ms(UINT64_C(812400000));

	ck_assert_str_eq(little, "8.4");
	ck_assert_str_eq(much, "812");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/report_view");
	TCase *tcase = tcase_create("views");

	tcase_add_test(tcase, causes_of_one_mode_are_one_note);
	tcase_add_test(tcase, unknown_causes_are_told_apart_but_not_by_numbers);
	tcase_add_test(tcase, a_skip_and_a_fail_for_one_reason_are_two_notes);
	tcase_add_test(tcase, labels_go_on_after_z);
	tcase_add_test(tcase, repetitions_show_their_worst_and_their_median);
	tcase_add_test(tcase, a_pair_that_was_not_planned_is_not_found);
	tcase_add_loop_test(tcase, the_red_cell_is_the_one_that_says_most, 0,
			    ARRAY_SIZE(red_cases));
	tcase_add_test(tcase, short_times_keep_a_decimal);
	suite_add_tcase(suite, tcase);
	return suite;
}
