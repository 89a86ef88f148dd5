// SPDX-License-Identifier: Apache-2.0
/* history_print.c - a history for people, and for programs */
#include <inttypes.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "compat/answer_schema.h"
#include "compat/history.h"
#include "compat/report_table.h"
#include "compat/report_view.h"

/* One character a run. Which verdict of several repetitions: the worst. */
static const struct {
	enum verdict verdict;
	char sign;
} signs[] = {
	{ VERDICT_FAIL, 'F' },	 { VERDICT_XPASS, 'X' },
	{ VERDICT_BROKEN, 'B' }, { VERDICT_XFAIL, 'x' },
	{ VERDICT_PASS, '.' },	 { VERDICT_SKIP, 's' },
	{ VERDICT_NOTRUN, '-' },
};
static_assert(ARRAY_SIZE(signs) == VERDICT_COUNT,
	      "signs[] doesn't match enum verdict");

static const enum ink inks[] = {
	[HISTORY_GOOD] = INK_GREEN,   [HISTORY_BAD] = INK_RED,
	[HISTORY_BROKE] = INK_RED,    [HISTORY_MENDED] = INK_GREEN,
	[HISTORY_FLAKY] = INK_YELLOW, [HISTORY_UNKNOWN] = INK_DIM,
};
static_assert(ARRAY_SIZE(inks) == HISTORY_STATE_COUNT,
	      "inks[] doesn't match enum history_state");

static char sign_of(const struct history_point *point)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (point->counts[signs[i].verdict])
			return signs[i].sign;
	}
	return ' ';
}

/* A blank where a run has no such cell; owned. */
static char *line_of(const struct history *history,
		     const struct history_cell *cell)
{
	char *line = xcalloc(history->n_runs + 1, 1);

	memset(line, ' ', history->n_runs);
	for (size_t i = 0; i < cell->n_points; i++)
		line[cell->points[i].run] = sign_of(&cell->points[i]);
	return line;
}

static const char *when(const struct history *history, size_t run)
{
	return history->runs[run].started ? history->runs[run].started : "?";
}

/* --- Runs ----------------------------------------------------------------------- */

void history_runs_print(const struct history *history, FILE *out)
{
	for (size_t i = 0; i < history->n_runs; i++) {
		const struct results *run = &history->runs[i];
		size_t counts[VERDICT_COUNT] = { 0 };
		CLEANUP_FREE char *words = NULL;

		for (size_t k = 0; k < run->n_cells; k++)
			counts[run->cells[k].verdict]++;
		words = view_counts(counts);
		(void)fprintf(out, "%s  %s  %zu cell%s%s%s\n", run->id,
			      when(history, i), run->n_cells,
			      run->n_cells == 1 ? "" : "s",
			      run->n_cells ? ": " : "", words);
	}
}

/* --- Trend ---------------------------------------------------------------------- */

static const char *last_cause(const struct history_cell *cell)
{
	for (size_t i = cell->n_points; i > 0; i--) {
		const struct history_point *point = &cell->points[i - 1];

		if (point->counts[VERDICT_FAIL] && point->cause)
			return point->cause;
	}
	return NULL;
}

static void print_since(const struct history *history,
			const struct history_cell *cell, FILE *out)
{
	static const char *const words[HISTORY_STATE_COUNT] = {
		[HISTORY_BROKE] = "broke in",
		[HISTORY_MENDED] = "mended in",
		[HISTORY_FLAKY] = "last changed in",
	};
	const char *word = words[cell->state];

	if (!word || cell->since == HISTORY_NO_RUN)
		return;
	(void)fprintf(out, "    %s run %s (%s), not yet in %s (%s)\n", word,
		      history->runs[cell->since].id, when(history, cell->since),
		      history->runs[cell->before].id,
		      when(history, cell->before));
}

static void print_rate(const struct history_cell *cell, FILE *out)
{
	struct interval bounds = stats_wilson(cell->trials);
	const char *cause = last_cause(cell);

	(void)fprintf(out,
		      "    failed %" PRIu64 " of %" PRIu64
		      " times (95 %%: %.1f to %.1f %%)%s%s\n",
		      cell->trials.failed, cell->trials.runs, 100 * bounds.low,
		      100 * bounds.high, cause ? ", last by " : "",
		      cause ? cause : "");
}

static void print_cell(const struct history *history,
		       const struct history_cell *cell,
		       const struct report_opts *opts, FILE *out)
{
	CLEANUP_FREE char *line = line_of(history, cell);
	enum ink ink = inks[cell->state];

	(void)fprintf(out, "  [%s] %s%s%s  %s  %s %s %s\n", line,
		      ink_on(opts, ink), history_state_names[cell->state],
		      ink_off(opts, ink), cell->scenario, cell->source,
		      opts->utf8 ? "→" : "->", cell->target);
	if (cell->trials.failed)
		print_rate(cell, out);
	print_since(history, cell, out);
}

static void print_legend(const struct history *history, FILE *out)
{
	(void)fprintf(out,
		      "%zu run%s, %s to %s; oldest first: . ok, F fail, x "
		      "expected failure, X unexpected pass,\ns skipped, B "
		      "broken, - not run; a blank: not in the run\n\n",
		      history->n_runs, history->n_runs == 1 ? "" : "s",
		      when(history, 0), when(history, history->n_runs - 1));
}

void history_trend_print(const struct history *history, bool all,
			 const struct report_opts *opts, FILE *out)
{
	size_t counts[HISTORY_STATE_COUNT] = { 0 };
	CLEANUP(str_list_release) struct str_list list = { 0 };
	CLEANUP_FREE char *sum = NULL;

	if (history->n_runs)
		print_legend(history, out);
	for (size_t i = 0; i < history->n_cells; i++) {
		const struct history_cell *cell = &history->cells[i];

		counts[cell->state]++;
		if (all || cell->state != HISTORY_GOOD)
			print_cell(history, cell, opts, out);
	}
	for (size_t i = 0; i < HISTORY_STATE_COUNT; i++) {
		if (counts[i])
			str_list_take(&list, xasprintf("%zu %s", counts[i],
						       history_state_names[i]));
	}
	sum = str_list_join(&list, ", ");
	(void)fprintf(out, "%zu cell%s%s%s\n", history->n_cells,
		      history->n_cells == 1 ? "" : "s",
		      history->n_cells ? ": " : "", sum);
}

/* --- JSON ----------------------------------------------------------------------- */

static json_t *counts_json(const size_t counts[VERDICT_COUNT])
{
	json_t *json = json_object();

	for (size_t i = 0; i < VERDICT_COUNT; i++)
		(void)json_object_set_new(json, verdict_names[i],
					  json_integer((json_int_t)counts[i]));
	return json;
}

static json_t *run_json(const struct results *run)
{
	return json_pack("{so, so, so, so, so}", "id", shape_text(run->id),
			 "started", shape_text(run->started), "tool",
			 shape_text(run->tool), "host_kernel",
			 shape_text(run->host.kernel), "accel",
			 shape_text(run->host.accel));
}

static json_t *point_json(const struct history_point *point)
{
	return json_pack("{sI, so, sI, sI, so, so}", "run",
			 (json_int_t)point->run, "verdicts",
			 counts_json(point->counts), "judged",
			 (json_int_t)point->trials.runs, "failed",
			 (json_int_t)point->trials.failed, "cause",
			 shape_text(point->cause), "service_ms",
			 shape_ms(point->service_ns));
}

static json_t *run_index(size_t run)
{
	return run == HISTORY_NO_RUN ? json_null() :
				       json_integer((json_int_t)run);
}

static json_t *rate_json(struct trials trials)
{
	struct interval bounds = stats_wilson(trials);

	return trials.runs ? json_pack("[f, f]", bounds.low, bounds.high) :
			     json_null();
}

static json_t *cell_json(const struct history_cell *cell)
{
	json_t *points = json_array();

	for (size_t i = 0; i < cell->n_points; i++)
		(void)json_array_append_new(points,
					    point_json(&cell->points[i]));
	return json_pack("{so, so, so, ss, sI, sI, so, sI, so, so, so}",
			 "scenario", shape_text(cell->scenario), "source",
			 shape_text(cell->source), "target",
			 shape_text(cell->target), "state",
			 history_state_names[cell->state], "judged",
			 (json_int_t)cell->trials.runs, "failed",
			 (json_int_t)cell->trials.failed, "rate_95",
			 rate_json(cell->trials), "flips",
			 (json_int_t)cell->flips, "since",
			 run_index(cell->since), "before",
			 run_index(cell->before), "points", points);
}

json_t *history_json(const struct history *history)
{
	json_t *runs = json_array();
	json_t *cells = json_array();

	for (size_t i = 0; i < history->n_runs; i++)
		(void)json_array_append_new(runs, run_json(&history->runs[i]));
	for (size_t i = 0; i < history->n_cells; i++)
		(void)json_array_append_new(cells,
					    cell_json(&history->cells[i]));
	return json_pack("{ss, so, so}", "schema", HISTORY_SCHEMA, "runs", runs,
			 "cells", cells);
}

static json_t *run_schema(void)
{
	return schema_strict(json_pack(
		"{so, so, so, so, so}", "id", schema_type("string"), "started",
		schema_or_null("string"), "tool", schema_or_null("string"),
		"host_kernel", schema_or_null("string"), "accel",
		schema_or_null("string")));
}

static json_t *point_schema(void)
{
	return schema_strict(json_pack(
		"{so, so, so, so, so, so}", "run", schema_type("integer"),
		"verdicts", schema_counts(verdict_names), "judged",
		schema_type("integer"), "failed", schema_type("integer"),
		"cause", schema_or_null("string"), "service_ms",
		schema_or_null("number")));
}

json_t *history_schema(void)
{
	json_t *cell = schema_strict(json_pack(
		"{so, so, so, so, so, so, so, so, so, so, so}", "scenario",
		schema_type("string"), "source", schema_type("string"),
		"target", schema_type("string"), "state",
		schema_names_of(history_state_names), "judged",
		schema_type("integer"), "failed", schema_type("integer"),
		"rate_95", schema_rate(), "flips", schema_type("integer"),
		"since", schema_or_null("integer"), "before",
		schema_or_null("integer"), "points",
		schema_list(point_schema())));

	return schema_whole("crmatrix history trend --json",
			    json_pack("{so, so, so}", "schema",
				      schema_const(HISTORY_SCHEMA), "runs",
				      schema_list(run_schema()), "cells",
				      schema_list(cell)));
}
