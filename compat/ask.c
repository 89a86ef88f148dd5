// SPDX-License-Identifier: Apache-2.0
/* ask.c - may it move? what a run answers to scripts and schedulers */
#include "compat/ask.h"

#include <string.h>

#include "base/mem.h"
#include "compat/report_story.h"
#include "compat/report_view.h"

const char *const answer_names[] = {
	[ANSWER_YES] = "yes",
	[ANSWER_NO] = "no",
	[ANSWER_UNKNOWN] = "unknown",
	[ANSWER_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(answer_names) == ANSWER_COUNT + 1,
	      "answer_names[] doesn't match enum answer");

int answer_exit(enum answer answer)
{
	static const int status[] = {
		[ANSWER_YES] = 0,
		[ANSWER_NO] = 1,
		[ANSWER_UNKNOWN] = 3,
	};
	static_assert(ARRAY_SIZE(status) == ANSWER_COUNT,
		      "status[] doesn't match enum answer");

	return status[answer];
}

/* What a verdict says of whether it moved; unknown: nothing. */
static const enum answer moved[] = {
	[VERDICT_PASS] = ANSWER_YES,	   [VERDICT_FAIL] = ANSWER_NO,
	[VERDICT_XFAIL] = ANSWER_NO,	   [VERDICT_XPASS] = ANSWER_YES,
	[VERDICT_SKIP] = ANSWER_UNKNOWN,   [VERDICT_BROKEN] = ANSWER_UNKNOWN,
	[VERDICT_NOTRUN] = ANSWER_UNKNOWN,
};
static_assert(ARRAY_SIZE(moved) == VERDICT_COUNT,
	      "moved[] doesn't match enum verdict");

/* A reason for not moving says more than one for not knowing. */
static bool says_more(const struct result *result, const struct result *than)
{
	if (moved[result->verdict] == ANSWER_YES)
		return false;
	return !than || (moved[result->verdict] == ANSWER_NO &&
			 moved[than->verdict] == ANSWER_UNKNOWN);
}

static void count(const struct view_cell *cells, size_t n, struct ask_row *row)
{
	struct view_sum sum;

	for (size_t i = 0; i < n; i++) {
		const struct result *result = cells[i].result;
		enum answer answer = moved[result->verdict];

		row->tried.runs += answer != ANSWER_UNKNOWN;
		row->tried.failed += answer == ANSWER_NO;
		if (says_more(result, row->telling))
			row->telling = result;
	}
	row->answer = ANSWER_YES;
	if (row->tried.failed)
		row->answer = ANSWER_NO;
	else if (!row->tried.runs)
		row->answer = ANSWER_UNKNOWN;
	row->service_ns = UNMEASURED;
	if (row->answer != ANSWER_YES)
		return;
	row->telling = NULL;
	view_sum(cells, n, &sum);
	row->service_ns = sum.service_ns;
}

static bool is_control(const struct view *view, size_t scenario)
{
	for (size_t i = 0; i < view->n_cells; i++) {
		if (view->cells[i].scenario == scenario)
			return view->cells[i].result->control_of != NULL;
	}
	return false;
}

static bool wanted(const char *asked, const char *name)
{
	return !asked || str_eq(asked, name);
}

static bool is_asked(const struct view *view, const struct question *question,
		     size_t scenario)
{
	return question->scenario ?
		       str_eq(question->scenario, view->scenarios[scenario]) :
		       !is_control(view, scenario);
}

/* What was not tried is a row only when that very pair is asked for. */
static void add_row(const struct view *view, size_t scenario, size_t from,
		    size_t to, struct answers *answers)
{
	size_t n;
	const struct view_cell *cells = view_find(view, scenario, from, to, &n);
	struct ask_row *row;

	if (!n && !(answers->question.from && answers->question.to))
		return;
	row = VEC_PUSH(answers->v, answers->n);
	row->scenario = view->scenarios[scenario];
	row->from = view->machines[from];
	row->to = view->machines[to];
	count(cells, n, row);
}

static void add_rows(const struct view *view, size_t scenario,
		     struct answers *answers)
{
	const struct question *question = &answers->question;

	for (size_t from = 0; from < view->n_machines; from++) {
		for (size_t to = 0; to < view->n_machines; to++) {
			if (wanted(question->from, view->machines[from]) &&
			    wanted(question->to, view->machines[to]))
				add_row(view, scenario, from, to, answers);
		}
	}
}

static int check_name(const char *kind, const char *name,
		      const char *const *names, size_t n, struct err *err)
{
	const char *near;

	for (size_t i = 0; !name || i < n; i++) {
		if (!name || str_eq(names[i], name))
			return 0;
	}
	near = bind_nearest(name, names, n);
	return err_set(err, ERR_INPUT, 0,
		       near ? "the run has no %s '%s'; did you mean '%s'?" :
			      "the run has no %s '%s'",
		       kind, name, near);
}

int ask(const struct results *results, const struct question *question,
	struct answers *ret_answers, struct err *err)
{
	CLEANUP(view_release) struct view view = { 0 };
	struct answers answers = { .results = results, .question = *question };

	view_init(results, &view);
	if (check_name("machine", question->from, view.machines,
		       view.n_machines, err) ||
	    check_name("machine", question->to, view.machines, view.n_machines,
		       err) ||
	    check_name("scenario", question->scenario, view.scenarios,
		       view.n_scenarios, err))
		return -1;
	for (size_t i = 0; i < view.n_scenarios; i++) {
		if (is_asked(&view, question, i))
			add_rows(&view, i, &answers);
	}
	*ret_answers = answers;
	return 0;
}

void answers_release(struct answers *answers)
{
	free(answers->v);
	*answers = (struct answers){ 0 };
}

enum answer answers_sum(const struct answers *answers)
{
	enum answer sum = answers->n ? ANSWER_YES : ANSWER_UNKNOWN;

	for (size_t i = 0; i < answers->n; i++) {
		if (answers->v[i].answer == ANSWER_NO)
			return ANSWER_NO;
		if (answers->v[i].answer == ANSWER_UNKNOWN)
			sum = ANSWER_UNKNOWN;
	}
	return sum;
}
