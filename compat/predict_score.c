// SPDX-License-Identifier: Apache-2.0
/* predict_score.c - predictions held against what was measured */
#include "compat/predict_score.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/report_table.h"
#include "compat/report_text.h"

const char *const score_names[] = {
	[SCORE_FORETOLD] = "foretold",
	[SCORE_RISK] = "risk",
	[SCORE_OTHER] = "other",
	[SCORE_MISSED] = "missed",
	[SCORE_FALSE_ALARM] = "false-alarm",
	[SCORE_UNHARMED] = "unharmed",
	[SCORE_KIND_COUNT] = NULL,
};

static struct score_mode *mode_of(struct score *score, const char *mode)
{
	struct score_mode *row;

	for (size_t i = 0; i < score->n_modes; i++) {
		if (str_eq(score->modes[i].mode, mode))
			return &score->modes[i];
	}
	row = VEC_PUSH(score->modes, score->n_modes);
	row->mode = mode;
	return row;
}

static bool is_good(enum score_kind kind)
{
	return kind == SCORE_FORETOLD || kind == SCORE_RISK ||
	       kind == SCORE_UNHARMED;
}

static void count(struct score *score, const struct prediction *prediction,
		  const char *mode, enum score_kind kind)
{
	mode_of(score, mode)->n[kind]++;
	if (!prediction->later)
		score->total[kind]++;
}

/* The best that was said of the mode for which it failed. */
static enum score_kind kind_of(const struct prediction *prediction,
			       const char *mode)
{
	enum score_kind kind =
		prediction->says == FORETOLD_PASS ? SCORE_MISSED : SCORE_OTHER;

	for (size_t i = 0; i < prediction->n; i++) {
		const struct foresight *f = &prediction->v[i];

		if (!str_eq(f->mode, mode))
			continue;
		if (f->says == FORETOLD_FAIL)
			return SCORE_FORETOLD;
		kind = SCORE_RISK;
	}
	return kind;
}

static bool score_failure(struct score *score, const struct result *result)
{
	const char *mode = result->cause ? result->cause->mode : "unknown";
	enum score_kind kind = kind_of(result->prediction, mode);

	count(score, result->prediction, mode, kind);
	return is_good(kind);
}

static bool score_success(struct score *score, const struct result *result)
{
	const struct prediction *prediction = result->prediction;

	for (size_t i = 0; i < prediction->n; i++)
		count(score, prediction, prediction->v[i].mode,
		      prediction->v[i].says == FORETOLD_FAIL ?
			      SCORE_FALSE_ALARM :
			      SCORE_UNHARMED);
	return prediction->says != FORETOLD_FAIL;
}

static bool has_failed(enum verdict verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_XFAIL;
}

static bool has_passed(enum verdict verdict)
{
	return verdict == VERDICT_PASS || verdict == VERDICT_XPASS;
}

static int compare_modes(const void *x, const void *y)
{
	const struct score_mode *a = x;
	const struct score_mode *b = y;

	return strcmp(a->mode, b->mode);
}

void score_results(const struct results *results, struct score *ret_score)
{
	struct score *score = ret_score;

	*score = (struct score){ 0 };
	for (size_t i = 0; i < results->n_cells; i++) {
		const struct result *result = &results->cells[i];
		bool failed = has_failed(result->verdict);
		bool right;

		if (!result->prediction ||
		    (!failed && !has_passed(result->verdict)))
			continue;
		right = failed ? score_failure(score, result) :
				 score_success(score, result);
		if (result->prediction->later) {
			score->later++;
			score->right_later += right;
		} else {
			score->cells++;
			score->right += right;
		}
	}
	if (score->n_modes)
		qsort(score->modes, score->n_modes, sizeof(*score->modes),
		      compare_modes);
}

void score_release(struct score *score)
{
	free(score->modes);
	*score = (struct score){ 0 };
}

/* --- Telling ---------------------------------------------------------------- */

char *score_line(const struct score *score)
{
	size_t missed = score->total[SCORE_MISSED];
	size_t wrong = score->total[SCORE_OTHER];
	size_t alarms = score->total[SCORE_FALSE_ALARM];

	if (!score->cells)
		return NULL;
	return xasprintf("predicted: %zu of %zu cells right, %zu missed, %zu "
			 "for another cause, %zu false alarm%s",
			 score->right, score->cells, missed, wrong, alarms,
			 alarms == 1 ? "" : "s");
}

static void fill(const struct score *score, struct table *table)
{
	table_add(table, INK_DIM, "mode");
	for (size_t k = 0; k < SCORE_KIND_COUNT; k++)
		table_add(table, INK_DIM, score_names[k]);
	for (size_t i = 0; i < score->n_modes; i++) {
		const struct score_mode *row = &score->modes[i];

		table_add(table, INK_PLAIN, row->mode);
		for (size_t k = 0; k < SCORE_KIND_COUNT; k++)
			table_addf(table,
				   row->n[k] && !is_good((enum score_kind)k) ?
					   INK_RED :
					   INK_PLAIN,
				   row->n[k] ? "%zu" : "-", row->n[k]);
	}
}

void score_print(const struct score *score, const struct report_opts *opts,
		 FILE *out)
{
	CLEANUP(table_release)
	struct table table = { .n_cols = SCORE_KIND_COUNT + 1 };
	CLEANUP_FREE char *line = score_line(score);

	if (!score->cells && !score->later) {
		(void)fputs("no cell was both predicted and measured\n", out);
		return;
	}
	if (score->n_modes) {
		fill(score, &table);
		table_print(&table, 1, table.n_cols, opts, out);
		(void)fputc('\n', out);
	}
	if (line)
		(void)fprintf(out, "%s\n", line);
	if (score->later)
		(void)fprintf(out,
			      "not predictable, as the scenario changes "
			      "something after that was said: %zu cells, %zu "
			      "right all the same\n",
			      score->later, score->right_later);
}

static json_t *counts_json(const size_t n[SCORE_KIND_COUNT])
{
	json_t *json = json_object();

	for (size_t k = 0; k < SCORE_KIND_COUNT; k++)
		(void)json_object_set_new(json, score_names[k],
					  json_integer((json_int_t)n[k]));
	return json;
}

json_t *score_json(const struct score *score)
{
	json_t *modes = json_object();

	for (size_t i = 0; i < score->n_modes; i++)
		(void)json_object_set_new(modes, score->modes[i].mode,
					  counts_json(score->modes[i].n));
	return json_pack("{sI, sI, sI, sI, so, so}", "cells",
			 (json_int_t)score->cells, "right",
			 (json_int_t)score->right, "later",
			 (json_int_t)score->later, "right_later",
			 (json_int_t)score->right_later, "total",
			 counts_json(score->total), "modes", modes);
}
