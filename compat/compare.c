// SPDX-License-Identifier: Apache-2.0
/* compare.c - two runs side by side: which change it is, by rules */
#include "compat/compare.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

const char *const change_names[] = {
	[CHANGE_NEW_FAILURE] = "new-failure",
	[CHANGE_UNMEASURED] = "unmeasured",
	[CHANGE_XPASS] = "unexpected-pass",
	[CHANGE_OTHER_CAUSE] = "other-cause",
	[CHANGE_FAILING] = "still-failing",
	[CHANGE_FLAKY] = "flaky",
	[CHANGE_EXPECTED] = "now-expected",
	[CHANGE_SKIPPED] = "now-skipped",
	[CHANGE_MENDED] = "mended",
	[CHANGE_ADDED] = "added",
	[CHANGE_GONE] = "gone",
	[CHANGE_SAME] = "same",
	[CHANGE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(change_names) == CHANGE_COUNT + 1,
	      "change_names[] doesn't match enum compare_change");

const struct compare_opts compare_defaults = {
	.alpha = 0.05,
	.slower = 1.25,
	.slower_ns = 100 * NS_PER_MS,
};

/* --- Rules -------------------------------------------------------------------- */

static bool failed(const struct compare_side *side)
{
	return side->trials.failed > 0;
}

static bool always_failed(const struct compare_side *side)
{
	return failed(side) && side->trials.failed == side->trials.runs;
}

/* Failed now and then: how often is a matter of statistics. */
static bool is_flaky(const struct compare_side *side)
{
	return failed(side) && !always_failed(side);
}

static const char *mode_of(const struct result *result)
{
	return result->cause ? result->cause->mode : "unknown";
}

static bool had_mode(const struct compare_side *side, const char *mode)
{
	for (size_t i = 0; i < side->n; i++) {
		if (side->v[i]->verdict == VERDICT_FAIL &&
		    str_eq(mode_of(side->v[i]), mode))
			return true;
	}
	return false;
}

static bool gone(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return !cell->after.n;
}

static bool new_failure(const struct compare_cell *cell, double alpha)
{
	if (!failed(&cell->after))
		return false;
	return !failed(&cell->before) ||
	       (is_flaky(&cell->before) && cell->p_worse < alpha);
}

static bool flaky(const struct compare_cell *cell, double alpha)
{
	if (!is_flaky(&cell->before) || !cell->after.trials.runs)
		return false;
	return failed(&cell->after) || cell->p_better >= alpha;
}

static bool other_cause(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	for (size_t i = 0; i < cell->after.n; i++) {
		const struct result *result = cell->after.v[i];

		if (result->verdict == VERDICT_FAIL &&
		    !had_mode(&cell->before, mode_of(result)))
			return true;
	}
	return false;
}

static bool failing(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return failed(&cell->after);
}

static bool unmeasured(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return !cell->after.trials.runs &&
	       cell->after.counts[VERDICT_SKIP] < cell->after.n;
}

static bool xpass(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return cell->after.counts[VERDICT_XPASS] > 0;
}

static bool added(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return !cell->before.trials.runs && cell->after.trials.runs > 0;
}

static bool skipped(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return cell->before.trials.runs && !cell->after.trials.runs;
}

static bool mended(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return failed(&cell->before) || (cell->before.counts[VERDICT_XFAIL] &&
					 !cell->after.counts[VERDICT_XFAIL]);
}

static bool expected(const struct compare_cell *cell, double alpha)
{
	(void)alpha;
	return cell->after.counts[VERDICT_XFAIL] &&
	       !cell->before.counts[VERDICT_XFAIL];
}

/* In order: the first that holds decides. */
static const struct {
	bool (*holds)(const struct compare_cell *cell, double alpha);
	enum compare_change change;
} rules[] = {
	{ gone, CHANGE_GONE },	     { new_failure, CHANGE_NEW_FAILURE },
	{ flaky, CHANGE_FLAKY },     { other_cause, CHANGE_OTHER_CAUSE },
	{ failing, CHANGE_FAILING }, { unmeasured, CHANGE_UNMEASURED },
	{ xpass, CHANGE_XPASS },     { added, CHANGE_ADDED },
	{ skipped, CHANGE_SKIPPED }, { expected, CHANGE_EXPECTED },
	{ mended, CHANGE_MENDED },
};

enum compare_change compare_decide(const struct compare_cell *cell,
				   double alpha)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].holds(cell, alpha))
			return rules[i].change;
	}
	return CHANGE_SAME;
}

/* --- Figures ------------------------------------------------------------------ */

static int compare_ns(const void *x, const void *y)
{
	const uint64_t *a = x;
	const uint64_t *b = y;

	return (*a > *b) - (*a < *b);
}

/* Of a figure of @side's results that lies at @offset. */
static uint64_t median_of(const struct compare_side *side, size_t offset)
{
	CLEANUP_FREE uint64_t *ns = NULL;
	size_t n = 0;

	for (size_t i = 0; i < side->n; i++) {
		uint64_t value;

		memcpy(&value, (const char *)side->v[i] + offset,
		       sizeof(value));
		if (value != UNMEASURED)
			*VEC_PUSH(ns, n) = value;
	}
	if (!n)
		return UNMEASURED;
	qsort(ns, n, sizeof(*ns), compare_ns);
	return ns[(n - 1) / 2];
}

const char *compare_slowest_part(const struct compare_cell *cell,
				 uint64_t *ret_ns)
{
	const char *name = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < DOWNTIME_PARTS; i++) {
		size_t offset = offsetof(struct result, split) +
				offsetof(struct downtime, ns) +
				i * sizeof(uint64_t);
		uint64_t before = median_of(&cell->before, offset);
		uint64_t after = median_of(&cell->after, offset);

		if (before == UNMEASURED || after == UNMEASURED ||
		    after < before || after - before <= most)
			continue;
		most = after - before;
		name = downtime_names[i];
	}
	if (name)
		*ret_ns = most;
	return name;
}

static bool is_slower(const struct compare_cell *cell,
		      const struct compare_opts *opts)
{
	uint64_t before = cell->before.service_ns;
	uint64_t after = cell->after.service_ns;

	return before != UNMEASURED && after != UNMEASURED && after > before &&
	       after - before >= opts->slower_ns &&
	       (double)after >= (double)before * opts->slower;
}

static void sum_up(struct compare_side *side)
{
	for (size_t i = 0; i < side->n; i++)
		side->counts[side->v[i]->verdict]++;
	side->trials.failed = side->counts[VERDICT_FAIL];
	side->trials.runs =
		side->counts[VERDICT_PASS] + side->counts[VERDICT_FAIL] +
		side->counts[VERDICT_XFAIL] + side->counts[VERDICT_XPASS];
	side->service_ns = median_of(side, offsetof(struct result, service_ns));
}

/* --- Side by side ------------------------------------------------------------- */

/** struct entry - A result of either side, to be sorted by what it is of */
struct entry {
	const struct result *result;
	bool is_after;
	size_t order;
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
		order = a->is_after - b->is_after;
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

static void add_entries(const struct results *results, bool is_after,
			struct entry **entries, size_t *n)
{
	for (size_t i = 0; i < results->n_cells; i++) {
		struct entry *entry = VEC_PUSH(*entries, *n);

		entry->result = &results->cells[i];
		entry->is_after = is_after;
		entry->order = *n;
	}
}

/* Entries [@first, @end) are of one pair in one scenario, before ones first. */
static void add_cell(struct comparison *c, const struct entry *entries,
		     size_t first, size_t end, size_t n_all)
{
	struct compare_cell *cell = VEC_PUSH(c->cells, c->n);
	size_t n = 0;

	cell->scenario = entries[first].result->scenario;
	cell->source = entries[first].result->source;
	cell->target = entries[first].result->target;
	while (first + n < end && !entries[first + n].is_after)
		n++;
	cell->before.v = c->pool + first;
	cell->before.n = n;
	cell->after.v = c->pool + first + n;
	cell->after.n = end - first - n;
	cell->order = cell->after.n ? entries[first + n].order :
				      n_all + entries[first].order;
	sum_up(&cell->before);
	sum_up(&cell->after);
	cell->p_worse = stats_fisher(cell->before.trials, cell->after.trials);
	cell->p_better = stats_fisher(cell->after.trials, cell->before.trials);
	cell->change = compare_decide(cell, c->opts.alpha);
	cell->slower = is_slower(cell, &c->opts);
	c->counts[cell->change]++;
}

static int compare_cells(const void *x, const void *y)
{
	const struct compare_cell *a = x;
	const struct compare_cell *b = y;

	return (a->order > b->order) - (a->order < b->order);
}

static void pair_up(struct comparison *c, const struct entry *entries, size_t n)
{
	size_t first = 0;

	c->pool = xcalloc(n, sizeof(*c->pool));
	for (size_t i = 0; i < n; i++)
		c->pool[i] = entries[i].result;
	for (size_t i = 1; i <= n; i++) {
		if (i < n && compare_places(&entries[i - 1], &entries[i]) == 0)
			continue;
		add_cell(c, entries, first, i, n);
		first = i;
	}
}

void compare_runs(const struct results *before, size_t n_before,
		  const struct results *after, const struct compare_opts *opts,
		  struct comparison *ret_comparison)
{
	struct comparison c = { .before = before,
				.after = after,
				.opts = *opts };
	CLEANUP_FREE struct entry *entries = NULL;
	size_t n = 0;

	for (size_t i = 0; i < n_before; i++)
		add_entries(&before[i], false, &entries, &n);
	add_entries(after, true, &entries, &n);
	if (n) {
		qsort(entries, n, sizeof(*entries), compare_entries);
		pair_up(&c, entries, n);
		qsort(c.cells, c.n, sizeof(*c.cells), compare_cells);
	}
	*ret_comparison = c;
}

void comparison_release(struct comparison *comparison)
{
	free(comparison->cells);
	free(comparison->pool);
	*comparison = (struct comparison){ 0 };
}

int comparison_exit(const struct comparison *comparison)
{
	if (comparison->counts[CHANGE_NEW_FAILURE])
		return 1;
	/* Nor does a run without cells say that all is well. */
	return comparison->counts[CHANGE_UNMEASURED] ||
			       comparison->counts[CHANGE_GONE] ==
				       comparison->n ?
		       3 :
		       0;
}
