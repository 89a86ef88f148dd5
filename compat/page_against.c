// SPDX-License-Identifier: Apache-2.0
/* page_against.c - two runs side by side, pair by pair */
#include "compat/page_against.h"

#include <string.h>

#include "base/mem.h"
#include "compat/page_stats.h"

const struct change_words change_words[] = {
	[CHANGE_BROKE] = { "broke", "Broke", "it moved, and now it does not" },
	[CHANGE_FLAKY] = { "flaky", "Perhaps chance",
			   "it fails more or less often than before, which may "
			   "be chance: repeat it" },
	[CHANGE_CAUSE] = { "cause", "Fails for another cause",
			   "it failed and fails, for another cause" },
	[CHANGE_MENDED] = { "mended", "Mended",
			    "it did not move, and now it does" },
	[CHANGE_SLOWER] = { "slower", "Slower",
			    "it moves, and its clients wait longer" },
	[CHANGE_FASTER] = { "faster", "Faster",
			    "it moves, and its clients wait less" },
	[CHANGE_UNTOLD] = { "untold", "Cannot be told",
			    "one of the runs skipped it, broke at it or did "
			    "not come to it" },
	[CHANGE_NEW] = { "new", "New", "only the newer run has it" },
	[CHANGE_GONE] = { "gone", "Gone", "only the older run has it" },
	[CHANGE_SAME] = { "same", "Same", "nothing to tell" },
};
static_assert(ARRAY_SIZE(change_words) == CHANGE_COUNT,
	      "change_words[] doesn't match enum change");

enum outcome { MOVED, STAYED, UNTOLD };

static const enum outcome outcomes[] = {
	[VERDICT_PASS] = MOVED,	   [VERDICT_FAIL] = STAYED,
	[VERDICT_XFAIL] = STAYED,  [VERDICT_XPASS] = MOVED,
	[VERDICT_SKIP] = UNTOLD,   [VERDICT_BROKEN] = UNTOLD,
	[VERDICT_NOTRUN] = UNTOLD,
};
static_assert(ARRAY_SIZE(outcomes) == VERDICT_COUNT,
	      "outcomes[] doesn't match enum verdict");

/** struct entry - A cell of either run, to be sorted */
struct entry {
	const struct result *cell;
	bool is_new;
	size_t order;
};

static int compare_pairs(const struct result *a, const struct result *b)
{
	int order = strcmp(a->scenario, b->scenario);

	if (!order)
		order = strcmp(a->source, b->source);
	return order ? order : strcmp(a->target, b->target);
}

static int compare_entries(const void *x, const void *y)
{
	const struct entry *a = x;
	const struct entry *b = y;
	int order = compare_pairs(a->cell, b->cell);

	if (order)
		return order;
	return (a->order > b->order) - (a->order < b->order);
}

static int compare_ns(const void *x, const void *y)
{
	const uint64_t *a = x;
	const uint64_t *b = y;

	return (*a > *b) - (*a < *b);
}

/** struct times - Downtimes of one side */
struct times {
	uint64_t *v;
	size_t n;
};

static void see(const struct result *cell, struct against_side *side,
		struct times *times)
{
	enum outcome outcome = outcomes[cell->verdict];

	side->n++;
	side->told += outcome != UNTOLD;
	side->moved += outcome == MOVED;
	if (!side->first ||
	    (outcomes[side->first->verdict] == MOVED && outcome != MOVED))
		side->first = cell;
	if (outcome == MOVED && cell->service_ns != UNMEASURED)
		*VEC_PUSH(times->v, times->n) = cell->service_ns;
}

static void take_median(struct times *times, struct against_side *side)
{
	side->service_ns = UNMEASURED;
	if (!times->n)
		return;
	qsort(times->v, times->n, sizeof(*times->v), compare_ns);
	side->service_ns = (uint64_t)quantile_ns(times->v, times->n, 0.5);
}

static bool is_all(const struct against_side *side, enum outcome outcome)
{
	return side->moved == (outcome == MOVED ? side->told : 0);
}

static enum change compare_moves(struct against_pair *pair)
{
	const struct against_side *old = &pair->old, *new = &pair->new;
	bool is_sure = (is_all(old, MOVED) || is_all(old, STAYED)) &&
		       (is_all(new, MOVED) || is_all(new, STAYED));
	size_t more = new->moved * old->told, less = old->moved *new->told;

	if (more == less)
		return CHANGE_SAME;
	pair->chance =
		rates_differ(old->moved, old->told, new->moved, new->told);
	if (!is_sure && pair->chance >= AGAINST_CHANCE)
		return CHANGE_FLAKY;
	return more > less ? CHANGE_MENDED : CHANGE_BROKE;
}

static bool other_cause(const struct against_pair *pair)
{
	const struct cause *old = pair->old.first->cause;
	const struct cause *new = pair->new.first->cause;

	return is_all(&pair->old, STAYED) &&
	       !str_eq(old ? old->mode : NULL, new ? new->mode : NULL);
}

static enum change compare_times(struct against_pair *pair,
				 const struct times *old,
				 const struct times *new)
{
	uint64_t a = pair->old.service_ns, b = pair->new.service_ns;
	uint64_t most = a > b ? a : b, least = a > b ? b : a;

	if (a == UNMEASURED || b == UNMEASURED ||
	    most - least < AGAINST_LEAST_NS ||
	    (double)most < AGAINST_RATIO * (double)least)
		return CHANGE_SAME;
	if (old->n >= AGAINST_ENOUGH && new->n >= AGAINST_ENOUGH) {
		pair->chance = ranks_differ(old->v, old->n, new->v, new->n);
		if (pair->chance >= AGAINST_CHANCE)
			return CHANGE_SAME;
	}
	return b > a ? CHANGE_SLOWER : CHANGE_FASTER;
}

static enum change change_of(struct against_pair *pair, const struct times *old,
			     const struct times *new)
{
	enum change change;

	if (!pair->old.n)
		return CHANGE_NEW;
	if (!pair->new.n)
		return CHANGE_GONE;
	if (!pair->old.told && !pair->new.told)
		return CHANGE_SAME;
	if (!pair->old.told || !pair->new.told)
		return CHANGE_UNTOLD;
	change = compare_moves(pair);
	if (change == CHANGE_SAME && other_cause(pair))
		change = CHANGE_CAUSE;
	if (change == CHANGE_SAME)
		change = compare_times(pair, old, new);
	return change;
}

static void add_pair(struct page_against *against, const struct entry *v,
		     size_t n)
{
	struct against_pair *pair = VEC_PUSH(against->pairs, against->n);
	struct times old = { 0 }, new = { 0 };

	*pair = (struct against_pair){ .scenario = v->cell->scenario,
				       .source = v->cell->source,
				       .target = v->cell->target,
				       .chance = 1 };
	for (size_t i = 0; i < n; i++)
		see(v[i].cell, v[i].is_new ? &pair->new : &pair->old,
		    v[i].is_new ? &new : &old);
	take_median(&old, &pair->old);
	take_median(&new, &pair->new);
	pair->change = change_of(pair, &old, &new);
	against->counts[pair->change]++;
	free(old.v);
	free(new.v);
}

static void add_entries(const struct results *results, bool is_new,
			struct entry **v, size_t *n)
{
	for (size_t i = 0; i < results->n_cells; i++) {
		size_t order = *n;

		*VEC_PUSH(*v, *n) = (struct entry){
			.cell = &results->cells[i],
			.is_new = is_new,
			.order = order,
		};
	}
}

static int compare_changes(const void *x, const void *y)
{
	const struct against_pair *a = x;
	const struct against_pair *b = y;
	int order = (int)a->change - (int)b->change;

	if (!order)
		order = strcmp(a->scenario, b->scenario);
	if (!order)
		order = strcmp(a->source, b->source);
	return order ? order : strcmp(a->target, b->target);
}

void page_against_init(const struct results *old, const char *old_dir,
		       const struct results *new,
		       struct page_against *ret_against)
{
	CLEANUP_FREE struct entry *v = NULL;
	size_t n = 0, first = 0;

	*ret_against = (struct page_against){ .old = old, .old_dir = old_dir };
	if (!old)
		return;
	add_entries(old, false, &v, &n);
	add_entries(new, true, &v, &n);
	if (n)
		qsort(v, n, sizeof(*v), compare_entries);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && !compare_pairs(v[first].cell, v[i].cell))
			continue;
		add_pair(ret_against, &v[first], i - first);
		first = i;
	}
	if (ret_against->n)
		qsort(ret_against->pairs, ret_against->n,
		      sizeof(*ret_against->pairs), compare_changes);
}

void page_against_release(struct page_against *against)
{
	free(against->pairs);
	*against = (struct page_against){ 0 };
}
