// SPDX-License-Identifier: Apache-2.0
/* test_history.c - what the past of a cell amounts to */
#include "compat/history.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

/* Words are runs, letters repetitions: p pass, f fail, x xfail, X xpass, s skip, b
 * broken, n notrun, - no such cell. */
static const struct {
	const char *runs;
	enum history_state state;
	size_t flips;
	size_t since, before;
} cases[] = {
	{ "p p p", HISTORY_GOOD, 0, HISTORY_NO_RUN, HISTORY_NO_RUN },
	{ "p x X", HISTORY_GOOD, 0, HISTORY_NO_RUN, HISTORY_NO_RUN },
	{ "f f", HISTORY_BAD, 0, HISTORY_NO_RUN, HISTORY_NO_RUN },
	{ "p p f f", HISTORY_BROKE, 1, 2, 1 },
	{ "p - s b f n", HISTORY_BROKE, 1, 4, 0 },
	{ "f p p", HISTORY_MENDED, 1, 1, 0 },
	{ "p f p", HISTORY_FLAKY, 2, 2, 1 },
	{ "p f p f f", HISTORY_FLAKY, 3, 3, 2 },
	{ "p pf", HISTORY_FLAKY, 1, 1, 0 },
	{ "ppf", HISTORY_FLAKY, 0, HISTORY_NO_RUN, HISTORY_NO_RUN },
	{ "s b n", HISTORY_UNKNOWN, 0, HISTORY_NO_RUN, HISTORY_NO_RUN },
};

static const char letters[] = "pfxXsbn";

static void add_cells(struct results *run, const char *word)
{
	run->id = xasprintf("run of %s", word);
	for (; *word; word++) {
		const char *at = strchr(letters, *word);
		struct result *r;

		if (*word == '-')
			continue;
		ck_assert_ptr_nonnull(at);
		r = VEC_PUSH(run->cells, run->n_cells);
		result_blank(r);
		r->verdict = (enum verdict)(at - letters);
		r->id = xasprintf("counter.a.b#%zu", run->n_cells);
		r->scenario = xstrdup("counter");
		r->source = xstrdup("a");
		r->target = xstrdup("b");
	}
}

/** struct past - Some runs */
struct past {
	struct results *runs;
	size_t n;
	struct history history;
};

static void past_init(struct past *past, const char *text)
{
	static const struct history_filter all;
	CLEANUP(str_list_release) struct str_list words = { 0 };

	memset(past, 0, sizeof(*past));
	str_list_split(&words, text, " ");
	for (size_t i = 0; i < words.n; i++)
		add_cells(VEC_PUSH(past->runs, past->n), words.v[i]);
	history_build(past->runs, past->n, &all, &past->history);
}

static void past_release(struct past *past)
{
	history_release(&past->history);
	for (size_t i = 0; i < past->n; i++)
		results_release(&past->runs[i]);
	free(past->runs);
}

START_TEST(the_past_of_a_cell_is_called_by_its_name)
{
	const struct history_cell *cell;
	struct past past;

	past_init(&past, cases[_i].runs);
	ck_assert_uint_eq(past.history.n_cells, 1);
	cell = &past.history.cells[0];
	ck_assert_msg(cell->state == cases[_i].state, "%s: got %s, wanted %s",
		      cases[_i].runs, history_state_names[cell->state],
		      history_state_names[cases[_i].state]);
	ck_assert_uint_eq(cell->flips, cases[_i].flips);
	ck_assert_uint_eq(cell->since, cases[_i].since);
	ck_assert_uint_eq(cell->before, cases[_i].before);
	past_release(&past);
}
END_TEST

START_TEST(every_state_has_a_case)
{
	for (int state = 0; state < HISTORY_STATE_COUNT; state++) {
		size_t n = 0;

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			n += cases[i].state == (enum history_state)state;
		ck_assert_msg(n > 0, "%s", history_state_names[state]);
	}
}
END_TEST

START_TEST(rates_count_all_repetitions_that_were_judged)
{
	struct past past;

	past_init(&past, "pppf sb pf");
	ck_assert_uint_eq(past.history.cells[0].trials.runs, 6);
	ck_assert_uint_eq(past.history.cells[0].trials.failed, 2);
	ck_assert_uint_eq(past.history.cells[0].n_points, 3);
	past_release(&past);
}
END_TEST

START_TEST(a_filter_leaves_out_all_else)
{
	static const struct history_filter filters[] = {
		{ "redis", NULL, NULL },
		{ NULL, "b", NULL },
		{ NULL, NULL, "a" },
	};
	struct history history;
	struct past past;

	past_init(&past, "p p");
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		history_build(past.runs, past.n, &filters[i], &history);
		ck_assert_uint_eq(history.n_cells, 0);
		history_release(&history);
	}
	past_release(&past);
}
END_TEST

START_TEST(no_runs_are_no_history)
{
	struct report_opts opts = { .width = 80 };
	struct past past;
	struct strbuf buf;
	char *text;

	past_init(&past, "");
	strbuf_open(&buf);
	history_trend_print(&past.history, true, &opts, buf.f);
	text = strbuf_take(&buf);
	ck_assert_str_eq(text, "0 cells\n");
	free(text);
	past_release(&past);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/history");
	TCase *tcase = tcase_create("history");

	tcase_add_loop_test(tcase, the_past_of_a_cell_is_called_by_its_name, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, every_state_has_a_case);
	tcase_add_test(tcase, rates_count_all_repetitions_that_were_judged);
	tcase_add_test(tcase, a_filter_leaves_out_all_else);
	tcase_add_test(tcase, no_runs_are_no_history);
	suite_add_tcase(suite, tcase);
	return suite;
}
