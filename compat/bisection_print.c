// SPDX-License-Identifier: Apache-2.0
/* bisection_print.c - what a bisection found, for people and for programs */
#include <inttypes.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/answer_schema.h"
#include "compat/bisection.h"
#include "compat/report_table.h"

static const enum ink inks[] = {
	[BISECT_OPEN] = INK_DIM,
	[BISECT_GOOD] = INK_GREEN,
	[BISECT_BAD] = INK_RED,
	[BISECT_UNTOLD] = INK_YELLOW,
};
static_assert(ARRAY_SIZE(inks) == BISECT_STATE_COUNT,
	      "inks[] doesn't match enum bisect_state");

static enum bisect_state state_of(const struct bisection *bisection,
				  const struct bisect_plan *plan, size_t i)
{
	struct bisect_tally tally = bisection->v[i].tally;

	tally.refused = bisection->v[i].refusal != NULL;
	return bisect_state(&tally, plan->needed);
}

static uint64_t failures(const struct bisect_tally *tally)
{
	return tally->failed + tally->other;
}

static uint64_t judged(const struct bisect_tally *tally)
{
	return tally->passed + failures(tally);
}

/* --- The row ------------------------------------------------------------------- */

static const char *cause_of(const struct bisect_candidate *candidate)
{
	return candidate->refusal	? candidate->refusal :
	       candidate->cause		? candidate->cause :
	       !candidate->runs.n	? "" :
	       candidate->tally.broken	? "broken" :
	       candidate->tally.skipped ? "skipped" :
					  "";
}

static void add_row(const struct bisection *bisection,
		    const struct bisect_plan *plan, size_t i,
		    struct table *table)
{
	const struct bisect_candidate *is = &bisection->v[i];
	enum bisect_state state = state_of(bisection, plan, i);

	table_add(table, INK_PLAIN, is->label);
	table_add(table, INK_PLAIN, is->kernel);
	table_add(table, INK_PLAIN, is->criu);
	table_add(table, inks[state],
		  state == BISECT_OPEN && !is->runs.n ?
			  "not run" :
			  bisect_state_names[state]);
	if (judged(&is->tally))
		table_addf(table, INK_PLAIN, "%" PRIu64 " of %" PRIu64,
			   failures(&is->tally), judged(&is->tally));
	else
		table_add(table, INK_PLAIN, NULL);
	table_add(table, INK_PLAIN, cause_of(is));
}

static void print_row(const struct bisection *bisection,
		      const struct bisect_plan *plan,
		      const struct report_opts *opts, FILE *out)
{
	static const char *const heads[] = { "candidate", "kernel", "CRIU",
					     "verdict",	  "failed", "cause" };
	struct table table CLEANUP(
		table_release) = { .n_cols = ARRAY_SIZE(heads) };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_add(&table, INK_DIM, heads[i]);
	for (size_t i = 0; i < bisection->n; i++)
		add_row(bisection, plan, i, &table);
	table_print(&table, 1, table.n_cols, opts, out);
}

/* --- The answer ---------------------------------------------------------------- */

/* "7.2 (7.2.12+deb13-cloud-amd64)"; owned */
static char *name_of(const struct bisection *bisection, size_t i)
{
	const struct bisect_candidate *is = &bisection->v[i];
	const char *real = bisection->what == BISECT_KERNEL ? is->kernel :
							      is->criu;

	if (!real)
		return xstrdup(is->label);
	return xasprintf("%s (%s%s)", is->label,
			 bisection->what == BISECT_CRIU ? "CRIU " : "", real);
}

static void print_pair(const struct bisection *bisection,
		       const struct bisect_plan *plan,
		       const struct report_opts *opts, FILE *out)
{
	CLEANUP_FREE char *good = name_of(bisection, plan->good);
	CLEANUP_FREE char *bad = name_of(bisection, plan->bad);
	const struct bisect_candidate *is = &bisection->v[plan->bad];

	(void)fprintf(out, "last good: %s\nfirst bad: %s%s%s%s\n", good,
		      ink_on(opts, INK_BOLD), bad, ink_off(opts, INK_BOLD),
		      plan->backwards ? ", against the order of the row: what "
					"follows it is mended" :
					"");
	if (is->title)
		text_wrap("  ", 2, is->title, opts, out);
}

static void print_between(const struct bisection *bisection,
			  const struct bisect_plan *plan, FILE *out)
{
	size_t low = plan->good < plan->bad ? plan->good : plan->bad;
	size_t high = plan->good < plan->bad ? plan->bad : plan->good;

	(void)fprintf(out, "nobody can tell of:");
	for (size_t i = low + 1; i < high; i++)
		(void)fprintf(out, "%s %s", i > low + 1 ? "," : "",
			      bisection->v[i].label);
	(void)fprintf(out, "; the first bad is one of them, or '%s'\n",
		      bisection->v[plan->bad].label);
}

static void print_rate(const struct bisection *bisection,
		       const struct bisect_plan *plan, FILE *out)
{
	const struct bisect_tally *bad =
		&bisection->v[plan->backwards ? 0 : bisection->n - 1].tally;
	struct trials trials = { bad->failed, bad->passed + bad->failed };
	struct interval bounds = stats_wilson(trials);

	if (!plan->needed)
		return;
	(void)fprintf(out,
		      "the bad end failed %" PRIu64 " of %" PRIu64
		      " times (95 %%: %.1f to %.1f %%); good is what passes "
		      "%" PRIu64 " times",
		      trials.failed, trials.runs, 100 * bounds.low,
		      100 * bounds.high, plan->needed);
	if (!bisection->rule.repeat)
		(void)fprintf(out, " (%g %% sure)",
			      100 * bisection->rule.confidence);
	(void)fputs("\n\n", out);
}

/* Why an end ends it: what stands before and after its label. */
static const struct {
	const char *before, *after;
} ends[] = {
	[BISECT_GOING] = { "not finished: ", " is next" },
	[BISECT_NOT_BAD] = { "the bad end ",
			     " never failed: nothing to find. What fails "
			     "rarely wants more runs (--failures)" },
	[BISECT_NOT_GOOD] = { "the good end ", " fails too: nothing to find" },
	[BISECT_OTHER] = { "the end ",
			   " fails for another cause than is sought; --cause "
			   "takes another one, or 'any'" },
	[BISECT_END_UNTOLD] = { "nobody can tell of the end ", "" },
};
static_assert(ARRAY_SIZE(ends) == BISECT_END_COUNT,
	      "ends[] doesn't match enum bisect_end");

static void print_answer(const struct bisection *bisection,
			 const struct bisect_plan *plan,
			 const struct report_opts *opts, FILE *out)
{
	const struct bisect_candidate *end = &bisection->v[plan->next];

	(void)fputc('\n', out);
	if (!ends[plan->end].before) {
		print_pair(bisection, plan, opts, out);
		if (plan->end == BISECT_RANGE)
			print_between(bisection, plan, out);
		return;
	}
	(void)fprintf(out, "%s'%s'%s\n", ends[plan->end].before, end->label,
		      ends[plan->end].after);
	if (plan->end != BISECT_GOING && end->title)
		text_wrap("  ", 2, end->title, opts, out);
}

void bisection_print(const struct bisection *bisection, const char *folder,
		     const struct report_opts *opts, FILE *out)
{
	struct bisect_plan plan;

	bisection_plan(bisection, &plan);
	(void)fprintf(out, "%s of the %s, in %s\nsought: %s%s%s\n",
		      bisection->what == BISECT_CRIU ? "CRIU" : "kernel",
		      bisection->side == SIDE_BOTH ?
			      "source and of the target" :
			      bisect_side_names[bisection->side],
		      bisection->cell,
		      bisection->cause ? bisection->cause : "any failure",
		      bisection->title ? ": " : "",
		      bisection->title ? bisection->title : "");
	print_rate(bisection, &plan, out);
	print_row(bisection, &plan, opts, out);
	print_answer(bisection, &plan, opts, out);
	(void)fprintf(out, "runs: %s\n", folder);
}

/* --- JSON ---------------------------------------------------------------------- */

static json_t *candidate_json(const struct bisection *bisection,
			      const struct bisect_plan *plan, size_t i)
{
	const struct bisect_candidate *is = &bisection->v[i];
	const struct bisect_tally *tally = &is->tally;
	json_t *runs = json_array();

	for (size_t r = 0; r < is->runs.n; r++)
		(void)json_array_append_new(runs, json_string(is->runs.v[r]));
	return json_pack("{ss, ss, sI, sI, sI, sI, sI, so, so, so, so, so, so}",
			 "label", is->label, "verdict",
			 bisect_state_names[state_of(bisection, plan, i)],
			 "passed", (json_int_t)tally->passed, "failed",
			 (json_int_t)tally->failed, "failed_otherwise",
			 (json_int_t)tally->other, "broken",
			 (json_int_t)tally->broken, "skipped",
			 (json_int_t)tally->skipped, "cause",
			 shape_text(is->cause), "title", shape_text(is->title),
			 "refused", shape_text(is->refusal), "kernel",
			 shape_text(is->kernel), "criu", shape_text(is->criu),
			 "runs", runs);
}

static json_t *label_json(const struct bisection *bisection, size_t i, bool is)
{
	return is ? json_string(bisection->v[i].label) : json_null();
}

json_t *bisection_json(const struct bisection *bisection, const char *folder)
{
	json_t *row = json_array();
	struct bisect_plan plan;
	bool pair;

	bisection_plan(bisection, &plan);
	pair = plan.end == BISECT_FOUND || plan.end == BISECT_RANGE;
	for (size_t i = 0; i < bisection->n; i++)
		(void)json_array_append_new(row, candidate_json(bisection,
								&plan, i));
	return json_pack(
		"{ss, ss, ss, ss, ss, so, sf, so, ss, si, so, so, sb, so}",
		"schema", BISECT_SCHEMA, "folder", folder, "cell",
		bisection->cell, "what", bisect_what_names[bisection->what],
		"side", bisect_side_names[bisection->side], "cause",
		shape_text(bisection->cause), "confidence",
		bisection->rule.confidence, "passes_needed",
		plan.needed ? json_integer((json_int_t)plan.needed) :
			      json_null(),
		"end", bisect_end_names[plan.end], "exit",
		bisect_exit(plan.end), "last_good",
		label_json(bisection, plan.good, pair), "first_bad",
		label_json(bisection, plan.bad, pair), "backwards",
		plan.backwards, "candidates", row);
}

json_t *bisection_schema(void)
{
	json_t *candidate = schema_strict(json_pack(
		"{so, so, so, so, so, so, so, so, so, so, so, so, so}", "label",
		schema_type("string"), "verdict",
		schema_names_of(bisect_state_names), "passed",
		schema_type("integer"), "failed", schema_type("integer"),
		"failed_otherwise", schema_type("integer"), "broken",
		schema_type("integer"), "skipped", schema_type("integer"),
		"cause", schema_or_null("string"), "title",
		schema_or_null("string"), "refused", schema_or_null("string"),
		"kernel", schema_or_null("string"), "criu",
		schema_or_null("string"), "runs",
		schema_list(schema_type("string"))));

	return schema_whole(
		"crmatrix bisect --json",
		json_pack("{so, so, so, so, so, so, so, so, so, s{s[iii]}, so, "
			  "so, so, so}",
			  "schema", schema_const(BISECT_SCHEMA), "folder",
			  schema_type("string"), "cell", schema_type("string"),
			  "what", schema_names_of(bisect_what_names), "side",
			  schema_names_of(bisect_side_names), "cause",
			  schema_or_null("string"), "confidence",
			  schema_type("number"), "passes_needed",
			  schema_or_null("integer"), "end",
			  schema_names_of(bisect_end_names), "exit", "enum", 0,
			  1, 3, "last_good", schema_or_null("string"),
			  "first_bad", schema_or_null("string"), "backwards",
			  schema_type("boolean"), "candidates",
			  schema_list(candidate)));
}
