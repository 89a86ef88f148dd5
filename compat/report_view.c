// SPDX-License-Identifier: Apache-2.0
/* report_view.c - results arranged for reports: grids and counts */
#include "compat/report_view.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/report_notes.h"

static size_t name_add(const char ***names, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp((*names)[i], name) == 0)
			return i;
	}
	*VEC_PUSH(*names, *n) = name;
	return *n - 1;
}

static int compare_sizes(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_places(const struct view_cell *a, const struct view_cell *b)
{
	int order = compare_sizes(a->scenario, b->scenario);

	if (!order)
		order = compare_sizes(a->source, b->source);
	if (!order)
		order = compare_sizes(a->target, b->target);
	return order;
}

static int compare_cells(const void *x, const void *y)
{
	const struct view_cell *a = x;
	const struct view_cell *b = y;
	int order = compare_places(a, b);

	return order ? order : compare_sizes(a->order, b->order);
}

void view_init(const struct results *results, struct view *ret_view)
{
	struct view *view = ret_view;

	*view = (struct view){ .results = results };
	for (size_t i = 0; i < results->n_machines; i++)
		(void)name_add(&view->machines, &view->n_machines,
			       results->machines[i].name);
	for (size_t i = 0; i < results->n_cells; i++) {
		const struct result *result = &results->cells[i];
		struct view_cell *cell = VEC_PUSH(view->cells, view->n_cells);

		cell->result = result;
		cell->order = i;
		cell->scenario = name_add(&view->scenarios, &view->n_scenarios,
					  result->scenario);
		cell->source = name_add(&view->machines, &view->n_machines,
					result->source);
		cell->target = name_add(&view->machines, &view->n_machines,
					result->target);
		view->counts[result->verdict]++;
	}
	if (view->n_cells)
		qsort(view->cells, view->n_cells, sizeof(*view->cells),
		      compare_cells);
	view_take_notes(view);
}

void view_release(struct view *view)
{
	free(view->scenarios);
	free(view->machines);
	free(view->cells);
	free(view->notes);
	memset(view, 0, sizeof(*view));
}

/* First cell that does not come before @place. */
static size_t lower_bound(const struct view *view,
			  const struct view_cell *place)
{
	size_t low = 0, high = view->n_cells;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_places(&view->cells[middle], place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct view_cell *view_find(const struct view *view, size_t scenario,
				  size_t source, size_t target, size_t *ret_n)
{
	struct view_cell place = { .scenario = scenario,
				   .source = source,
				   .target = target };
	size_t first = lower_bound(view, &place);
	size_t n = 0;

	while (first + n < view->n_cells &&
	       compare_places(&view->cells[first + n], &place) == 0)
		n++;
	*ret_n = n;
	return n ? &view->cells[first] : NULL;
}

/* Which of several verdicts an entry shows, and which cell is explained. */
static const int badness[] = {
	[VERDICT_PASS] = 0,  [VERDICT_SKIP] = 1,   [VERDICT_NOTRUN] = 2,
	[VERDICT_XFAIL] = 3, [VERDICT_BROKEN] = 4, [VERDICT_XPASS] = 5,
	[VERDICT_FAIL] = 6,
};
static_assert(ARRAY_SIZE(badness) == VERDICT_COUNT,
	      "badness[] doesn't match enum verdict");

static int compare_ns(const void *x, const void *y)
{
	const uint64_t *a = x;
	const uint64_t *b = y;

	return (*a > *b) - (*a < *b);
}

static uint64_t median_ns(const struct view_cell *cells, size_t n)
{
	uint64_t *ns = NULL;
	size_t n_ns = 0;
	uint64_t median = UNMEASURED;

	for (size_t i = 0; i < n; i++) {
		if (cells[i].result->service_ns != UNMEASURED)
			*VEC_PUSH(ns, n_ns) = cells[i].result->service_ns;
	}
	if (n_ns) {
		qsort(ns, n_ns, sizeof(*ns), compare_ns);
		median = ns[(n_ns - 1) / 2];
	}
	free(ns);
	return median;
}

void view_sum(const struct view_cell *cells, size_t n, struct view_sum *ret_sum)
{
	struct view_sum sum = { .n = n, .worst = cells };

	for (size_t i = 0; i < n; i++) {
		const struct result *result = cells[i].result;

		if (badness[result->verdict] >
		    badness[sum.worst->result->verdict])
			sum.worst = &cells[i];
		sum.retried |= result->attempts > 1;
		sum.remarked |= result->n_remarks > 0;
	}
	for (size_t i = 0; i < n; i++)
		sum.n_worst += cells[i].result->verdict ==
			       sum.worst->result->verdict;
	sum.service_ns = median_ns(cells, n);
	*ret_sum = sum;
}

const char *const verdict_words[] = {
	[VERDICT_PASS] = "ok",	      [VERDICT_FAIL] = "FAIL",
	[VERDICT_XFAIL] = "xfail",    [VERDICT_XPASS] = "XPASS",
	[VERDICT_SKIP] = "skip",      [VERDICT_BROKEN] = "BROKEN",
	[VERDICT_NOTRUN] = "not run",
};
static_assert(ARRAY_SIZE(verdict_words) == VERDICT_COUNT,
	      "verdict_words[] doesn't match enum verdict");

char *view_counts(const size_t counts[VERDICT_COUNT])
{
	CLEANUP(str_list_release) struct str_list list = { 0 };

	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		if (counts[i])
			str_list_take(&list, xasprintf("%zu %s", counts[i],
						       verdict_words[i]));
	}
	return str_list_join(&list, ", ");
}

char *view_ms(uint64_t ns)
{
	double ms = (double)ns / (double)NS_PER_MS;

	return xasprintf(ms < 10 ? "%.1f" : "%.0f", ms);
}

static bool is_good(enum verdict verdict)
{
	return verdict == VERDICT_PASS || verdict == VERDICT_XPASS;
}

char *view_detail(const struct view *view, const struct view_sum *sum)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	CLEANUP_FREE char *ms = view_ms(sum->service_ns);

	strbuf_open(&buf);
	if (is_good(sum->worst->result->verdict) &&
	    sum->service_ns != UNMEASURED)
		(void)fprintf(buf.f, " %s", ms);
	if (sum->worst->note != VIEW_NO_NOTE)
		(void)fprintf(buf.f, " %s",
			      view->notes[sum->worst->note].label);
	if (sum->n_worst < sum->n)
		(void)fprintf(buf.f, " %zu/%zu", sum->n_worst, sum->n);
	else if (sum->n > 1)
		(void)fprintf(buf.f, " x%zu", sum->n);
	if (sum->retried)
		(void)fputs(" *", buf.f);
	if (sum->remarked)
		(void)fputs(" ~", buf.f);
	return strbuf_take(&buf);
}

const char *view_reason(const struct result *result)
{
	if (result->cause)
		return result->cause->title;
	return result->reason ? result->reason : "no reason was given";
}

const char *view_link(const struct result *result)
{
	if (result->cause && result->cause->known)
		return result->cause->known;
	return result->verdict == VERDICT_FAIL ? NULL : result->link;
}

const struct result *view_red(const struct view *view)
{
	const struct result *red = NULL;
	int least = badness[VERDICT_NOTRUN];

	for (size_t i = 0; i < view->n_cells; i++) {
		const struct result *result = view->cells[i].result;

		if (badness[result->verdict] <= least)
			continue;
		least = badness[result->verdict];
		red = result;
	}
	return red;
}
