// SPDX-License-Identifier: Apache-2.0
/* history.c - many runs: how each cell fared over time */
#include "compat/history.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

const char *const history_state_names[] = {
	[HISTORY_GOOD] = "good",      [HISTORY_BAD] = "bad",
	[HISTORY_BROKE] = "broke",    [HISTORY_MENDED] = "mended",
	[HISTORY_FLAKY] = "flaky",    [HISTORY_UNKNOWN] = "unknown",
	[HISTORY_STATE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(history_state_names) == HISTORY_STATE_COUNT + 1,
	      "history_state_names[] doesn't match enum history_state");

/** struct entry - A result, to be sorted by what it is of */
struct entry {
	const struct result *result;
	size_t run, order;
};

static int compare_places(const struct entry *a, const struct entry *b)
{
	int order = strcmp(a->result->scenario, b->result->scenario);

	if (!order)
		order = strcmp(a->result->source, b->result->source);
	return order ? order : strcmp(a->result->target, b->result->target);
}

static int compare_entries(const void *x, const void *y)
{
	const struct entry *a = x;
	const struct entry *b = y;
	int order = compare_places(a, b);

	if (!order)
		order = (a->run > b->run) - (a->run < b->run);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

static bool is_wanted(const struct history_filter *filter,
		      const struct result *result)
{
	return (!filter->scenario ||
		str_eq(filter->scenario, result->scenario)) &&
	       (!filter->from || str_eq(filter->from, result->source)) &&
	       (!filter->to || str_eq(filter->to, result->target));
}

/* --- Points --------------------------------------------------------------------- */

static int compare_ns(const void *x, const void *y)
{
	const uint64_t *a = x;
	const uint64_t *b = y;

	return (*a > *b) - (*a < *b);
}

static uint64_t median_of(const struct entry *entries, size_t n)
{
	CLEANUP_FREE uint64_t *ns = NULL;
	size_t n_ns = 0;

	for (size_t i = 0; i < n; i++) {
		if (entries[i].result->service_ns != UNMEASURED)
			*VEC_PUSH(ns, n_ns) = entries[i].result->service_ns;
	}
	if (!n_ns)
		return UNMEASURED;
	qsort(ns, n_ns, sizeof(*ns), compare_ns);
	return ns[(n_ns - 1) / 2];
}

/* @entries: the repetitions of a cell in a run. */
static void fill_point(const struct entry *entries, size_t n,
		       struct history_point *point)
{
	point->run = entries[0].run;
	for (size_t i = 0; i < n; i++) {
		const struct result *result = entries[i].result;

		point->counts[result->verdict]++;
		if (result->cause && !point->cause)
			point->cause = result->cause->mode;
	}
	point->trials.failed = point->counts[VERDICT_FAIL];
	point->trials.runs =
		point->counts[VERDICT_PASS] + point->counts[VERDICT_FAIL] +
		point->counts[VERDICT_XFAIL] + point->counts[VERDICT_XPASS];
	point->service_ns = median_of(entries, n);
}

/* --- States --------------------------------------------------------------------- */

static bool has_failed(const struct history_point *point)
{
	return point->trials.failed > 0;
}

static bool is_mixed(const struct history_point *point)
{
	return has_failed(point) && point->trials.failed < point->trials.runs;
}

/** struct course - A cell's judged points, followed from the first to the last */
struct course {
	const struct history_point *last;
	size_t flips, since, before;
	bool mixed;
};

static void follow(struct course *course, const struct history_point *point)
{
	if (!point->trials.runs)
		return;
	course->mixed |= is_mixed(point);
	if (course->last && has_failed(course->last) != has_failed(point)) {
		course->flips++;
		course->since = point->run;
		course->before = course->last->run;
	}
	course->last = point;
}

static enum history_state state_of(const struct course *course)
{
	if (!course->last)
		return HISTORY_UNKNOWN;
	if (course->mixed || course->flips > 1)
		return HISTORY_FLAKY;
	if (course->flips)
		return has_failed(course->last) ? HISTORY_BROKE :
						  HISTORY_MENDED;
	return has_failed(course->last) ? HISTORY_BAD : HISTORY_GOOD;
}

/* When something last broke is worth knowing of a flaky cell too: of one that has
 * failed for some runs in a row, nobody can say yet which it is. */
static void judge_cell(struct history_cell *cell)
{
	struct course course = { .since = HISTORY_NO_RUN,
				 .before = HISTORY_NO_RUN };

	for (size_t i = 0; i < cell->n_points; i++) {
		follow(&course, &cell->points[i]);
		cell->trials.runs += cell->points[i].trials.runs;
		cell->trials.failed += cell->points[i].trials.failed;
	}
	cell->flips = course.flips;
	cell->state = state_of(&course);
	cell->since = course.since;
	cell->before = course.before;
}

/* --- Building ------------------------------------------------------------------- */

static void add_cell(struct history *history, const struct entry *entries,
		     size_t n)
{
	struct history_cell *cell = VEC_PUSH(history->cells, history->n_cells);
	size_t first = 0;

	cell->scenario = entries[0].result->scenario;
	cell->source = entries[0].result->source;
	cell->target = entries[0].result->target;
	for (size_t i = 1; i <= n; i++) {
		if (i < n && entries[i].run == entries[first].run)
			continue;
		fill_point(&entries[first], i - first,
			   VEC_PUSH(cell->points, cell->n_points));
		first = i;
	}
	judge_cell(cell);
}

void history_build(const struct results *runs, size_t n,
		   const struct history_filter *filter,
		   struct history *ret_history)
{
	struct history history = { .runs = runs, .n_runs = n };
	CLEANUP_FREE struct entry *entries = NULL;
	size_t n_entries = 0, first = 0;

	for (size_t run = 0; run < n; run++) {
		for (size_t i = 0; i < runs[run].n_cells; i++) {
			if (is_wanted(filter, &runs[run].cells[i]))
				*VEC_PUSH(entries, n_entries) =
					(struct entry){ &runs[run].cells[i],
							run, i };
		}
	}
	if (n_entries)
		qsort(entries, n_entries, sizeof(*entries), compare_entries);
	for (size_t i = 1; i <= n_entries; i++) {
		if (i < n_entries &&
		    compare_places(&entries[first], &entries[i]) == 0)
			continue;
		add_cell(&history, &entries[first], i - first);
		first = i;
	}
	*ret_history = history;
}

void history_release(struct history *history)
{
	for (size_t i = 0; i < history->n_cells; i++)
		free(history->cells[i].points);
	free(history->cells);
	*history = (struct history){ 0 };
}
