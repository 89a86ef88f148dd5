// SPDX-License-Identifier: Apache-2.0
/* bisect.c - between which two candidates a cell begins to fail: what to run next */
#include "compat/bisect.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"

#define PASSES_MAX 1000
/* A failure that is so rare at the bad end is not looked for by bisection. */
#define TRIES_PER_FAILURE 8
/* Each broken cell was tried again by its run before it counts. */
#define BROKEN_MAX 2

const char *const bisect_state_names[] = {
	[BISECT_OPEN] = "open",	     [BISECT_GOOD] = "good",
	[BISECT_BAD] = "bad",	     [BISECT_UNTOLD] = "untold",
	[BISECT_STATE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(bisect_state_names) == BISECT_STATE_COUNT + 1,
	      "bisect_state_names[] doesn't match enum bisect_state");

const char *const bisect_end_names[] = {
	[BISECT_GOING] = "going",
	[BISECT_FOUND] = "found",
	[BISECT_RANGE] = "range",
	[BISECT_NOT_BAD] = "bad-end-passes",
	[BISECT_NOT_GOOD] = "good-end-fails",
	[BISECT_OTHER] = "other-cause",
	[BISECT_END_UNTOLD] = "end-untold",
	[BISECT_END_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(bisect_end_names) == BISECT_END_COUNT + 1,
	      "bisect_end_names[] doesn't match enum bisect_end");

static const int exits[] = {
	[BISECT_GOING] = 3,	 [BISECT_FOUND] = 0,	[BISECT_RANGE] = 3,
	[BISECT_NOT_BAD] = 1,	 [BISECT_NOT_GOOD] = 1, [BISECT_OTHER] = 1,
	[BISECT_END_UNTOLD] = 3,
};
static_assert(ARRAY_SIZE(exits) == BISECT_END_COUNT,
	      "exits[] doesn't match enum bisect_end");

int bisect_exit(enum bisect_end end)
{
	return exits[end];
}

uint64_t bisect_passes(struct trials measured, double confidence)
{
	double rate = stats_wilson(measured).low;
	double passes;

	assert(measured.failed);
	passes = ceil(log(1 - confidence) / log(1 - rate));
	return passes < 1	   ? 1 :
	       passes > PASSES_MAX ? PASSES_MAX :
				     (uint64_t)passes;
}

static bool is_lost(const struct bisect_tally *tally)
{
	return tally->refused || tally->skipped ||
	       (tally->broken >= BROKEN_MAX &&
		tally->broken > tally->passed + tally->failed);
}

enum bisect_state bisect_state(const struct bisect_tally *tally,
			       uint64_t needed)
{
	if (tally->failed)
		return BISECT_BAD;
	if (tally->other || is_lost(tally))
		return BISECT_UNTOLD;
	return needed && tally->passed >= needed ? BISECT_GOOD : BISECT_OPEN;
}

/** struct bench - The question, and what was found out so far */
struct bench {
	const struct bisect_tally *v;
	size_t n;
	const struct bisect_rule *rule;
	struct bisect_plan *plan;
};

static bool end_with(struct bench *b, enum bisect_end end, size_t candidate)
{
	b->plan->end = end;
	b->plan->next = candidate;
	return true;
}

static bool run(struct bench *b, size_t candidate, uint64_t runs)
{
	b->plan->runs = runs;
	return end_with(b, BISECT_GOING, candidate);
}

/* The ends as they were given, unless one run of each says the contrary. */
static bool find_direction(struct bench *b)
{
	const struct bisect_tally *first = &b->v[0], *last = &b->v[b->n - 1];

	if (last->failed)
		return false;
	if (!last->passed && !last->other && !is_lost(last))
		return run(b, b->n - 1, 1);
	if (last->passed && !first->passed && !first->failed && !first->other &&
	    !is_lost(first))
		return run(b, 0, 1);
	b->plan->backwards = first->failed > 0;
	return false;
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How often the bad end fails, until that is known well enough. */
static bool measure_bad_end(struct bench *b)
{
	const struct bisect_tally *bad = &b->v[b->plan->bad];
	uint64_t wanted = b->rule->repeat ? 1 : b->rule->failures;
	uint64_t most = b->rule->repeat ? b->rule->repeat :
					  TRIES_PER_FAILURE * wanted;
	uint64_t runs = bad->passed + bad->failed;

	if (bad->other)
		return end_with(b, BISECT_OTHER, b->plan->bad);
	if (is_lost(bad))
		return end_with(b, BISECT_END_UNTOLD, b->plan->bad);
	if (bad->failed < wanted && runs < most)
		return run(b, b->plan->bad,
			   at_most(wanted - bad->failed, most - runs));
	if (!bad->failed)
		return end_with(b, BISECT_NOT_BAD, b->plan->bad);
	b->plan->needed =
		b->rule->repeat ?
			b->rule->repeat :
			bisect_passes((struct trials){ bad->failed, runs },
				      b->rule->confidence);
	return false;
}

/* The first run tells a candidate that always fails, at the cost of one. */
static uint64_t runs_of(const struct bench *b, size_t candidate)
{
	uint64_t passed = b->v[candidate].passed;

	return passed ? b->plan->needed - passed : 1;
}

static bool try_good_end(struct bench *b)
{
	static const enum bisect_end ends[] = {
		[BISECT_BAD] = BISECT_NOT_GOOD,
		[BISECT_UNTOLD] = BISECT_END_UNTOLD,
	};
	size_t good = b->plan->good;
	enum bisect_state state = bisect_state(&b->v[good], b->plan->needed);

	if (state == BISECT_GOOD)
		return false;
	if (state == BISECT_OPEN)
		return run(b, good, runs_of(b, good));
	return end_with(b, b->v[good].other ? BISECT_OTHER : ends[state], good);
}

/* The n-th candidate on the way from the good end to the bad one. */
static size_t place(const struct bench *b, size_t nth)
{
	return b->plan->backwards ? b->n - 1 - nth : nth;
}

/* The good one that is farthest on the way before the first bad one. */
static void narrow(const struct bench *b, size_t *ret_good, size_t *ret_bad)
{
	size_t good = 0, bad = b->n - 1;

	for (size_t i = 1; i < bad; i++) {
		enum bisect_state state =
			bisect_state(&b->v[place(b, i)], b->plan->needed);

		if (state == BISECT_BAD)
			bad = i;
		else if (state == BISECT_GOOD)
			good = i;
	}
	*ret_good = good;
	*ret_bad = bad;
}

/* Where the nth open one is; when there are not so many: how many there are. */
static size_t open_between(const struct bench *b, size_t good, size_t bad,
			   size_t nth)
{
	size_t n = 0;

	for (size_t i = good + 1; i < bad; i++) {
		if (bisect_state(&b->v[place(b, i)], b->plan->needed) !=
		    BISECT_OPEN)
			continue;
		if (n++ == nth)
			return i;
	}
	return n;
}

static void halve(struct bench *b)
{
	size_t good, bad, open, middle;

	narrow(b, &good, &bad);
	b->plan->good = place(b, good);
	b->plan->bad = place(b, bad);
	open = open_between(b, good, bad, SIZE_MAX);
	if (!open) {
		(void)end_with(b, bad - good == 1 ? BISECT_FOUND : BISECT_RANGE,
			       b->plan->bad);
		return;
	}
	middle = place(b, open_between(b, good, bad, (open - 1) / 2));
	(void)run(b, middle, runs_of(b, middle));
}

void bisect_plan(const struct bisect_tally *tallies, size_t n,
		 const struct bisect_rule *rule, struct bisect_plan *ret_plan)
{
	struct bench b;

	assert(n >= 2);
	*ret_plan = (struct bisect_plan){ .bad = n - 1 };
	b = (struct bench){ tallies, n, rule, ret_plan };
	if (find_direction(&b))
		return;
	ret_plan->good = place(&b, 0);
	ret_plan->bad = place(&b, n - 1);
	if (!measure_bad_end(&b) && !try_good_end(&b))
		halve(&b);
}
