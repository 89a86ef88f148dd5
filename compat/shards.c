// SPDX-License-Identifier: Apache-2.0
/* shards.c - a plan's cells dealt out: balanced, pairs together */
#include "compat/shards.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* --- Durations ------------------------------------------------------------------ */

static int compare_texts(const void *x, const void *y)
{
	const struct duration *a = x;
	const struct duration *b = y;
	int order = strcmp(a->scenario, b->scenario);

	if (!order)
		order = strcmp(a->source, b->source);
	return order ? order : strcmp(a->target, b->target);
}

static int compare_durations(const void *x, const void *y)
{
	const struct duration *a = x;
	const struct duration *b = y;
	int order = compare_texts(a, b);

	return order ? order : (a->ns > b->ns) - (a->ns < b->ns);
}

static void duration_release(struct duration *duration)
{
	free(duration->scenario);
	free(duration->source);
	free(duration->target);
}

void durations_release(struct durations *durations)
{
	for (size_t i = 0; i < durations->n; i++)
		duration_release(&durations->v[i]);
	free(durations->v);
	*durations = (struct durations){ 0 };
}

/* Of @n sorted repetitions of one pair and scenario the median stays. */
static void fold(struct durations *durations)
{
	size_t kept = 0, first = 0;

	for (size_t i = 1; i <= durations->n; i++) {
		size_t median;

		if (i < durations->n &&
		    compare_texts(&durations->v[first], &durations->v[i]) == 0)
			continue;
		median = first + (i - 1 - first) / 2;
		for (size_t k = first; k < i; k++) {
			if (k != median)
				duration_release(&durations->v[k]);
		}
		durations->v[kept++] = durations->v[median];
		first = i;
	}
	durations->n = kept;
}

void durations_of(const struct results *results, struct durations *ret)
{
	struct durations durations = { 0 };

	for (size_t i = 0; i < results->n_cells; i++) {
		const struct result *r = &results->cells[i];

		if (r->wall_ns == UNMEASURED)
			continue;
		*VEC_PUSH(durations.v, durations.n) =
			(struct duration){ xstrdup(r->scenario),
					   xstrdup(r->source),
					   xstrdup(r->target), r->wall_ns };
	}
	if (durations.n) {
		qsort(durations.v, durations.n, sizeof(*durations.v),
		      compare_durations);
		fold(&durations);
	}
	*ret = durations;
}

static int compare_ns(const void *x, const void *y)
{
	const uint64_t *a = x;
	const uint64_t *b = y;

	return (*a > *b) - (*a < *b);
}

/* Of those of a scenario, or of all; UNMEASURED when there are none. */
static uint64_t median_of(const struct durations *durations,
			  const char *scenario)
{
	CLEANUP_FREE uint64_t *ns = NULL;
	size_t n = 0;

	for (size_t i = 0; i < durations->n; i++) {
		if (!scenario || str_eq(durations->v[i].scenario, scenario))
			*VEC_PUSH(ns, n) = durations->v[i].ns;
	}
	if (!n)
		return UNMEASURED;
	qsort(ns, n, sizeof(*ns), compare_ns);
	return ns[(n - 1) / 2];
}

/** struct costs - What cells are taken to need, ns; any unit without durations */
struct costs {
	const struct durations *durations;
	const struct plan *plan;
	uint64_t *of_scenario;
};

static void costs_init(const struct plan *plan,
		       const struct durations *durations,
		       struct costs *ret_costs)
{
	static const struct durations none;
	struct costs costs = { .durations = durations ? durations : &none,
			       .plan = plan };
	uint64_t any = median_of(costs.durations, NULL);

	costs.of_scenario = xcalloc(plan->n_scenarios, sizeof(uint64_t));
	for (size_t i = 0; i < plan->n_scenarios; i++) {
		uint64_t ns =
			median_of(costs.durations, plan->scenarios[i].name);

		if (ns == UNMEASURED)
			ns = any == UNMEASURED ? 1 : any;
		costs.of_scenario[i] = ns;
	}
	*ret_costs = costs;
}

static uint64_t cost_of(const struct costs *costs, const struct cell *cell)
{
	const struct duration key = { cell->scenario->name, cell->source->name,
				      cell->target->name, 0 };
	const struct durations *durations = costs->durations;
	const struct duration *found = NULL;

	if (durations->n)
		found = bsearch(&key, durations->v, durations->n,
				sizeof(*durations->v), compare_texts);
	return found ? found->ns :
		       costs->of_scenario[cell->scenario -
					  costs->plan->scenarios];
}

/* --- Cutting -------------------------------------------------------------------- */

/** struct chunk - Cells that stay together: of one pair, in the plan's order */
struct chunk {
	size_t first, n;
	uint64_t cost;
};

static int compare_chunks(const void *x, const void *y)
{
	const struct chunk *a = x;
	const struct chunk *b = y;

	if (a->cost != b->cost)
		return a->cost > b->cost ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static bool same_pair(const struct cell *a, const struct cell *b)
{
	return a->source == b->source && a->target == b->target;
}

static uint64_t total_of(const struct plan *plan, const struct costs *costs)
{
	uint64_t total = 0;

	for (size_t i = 0; i < plan->n_cells; i++)
		total += cost_of(costs, &plan->cells[i]);
	return total;
}

static size_t make_chunks(const struct plan *plan, const struct costs *costs,
			  uint64_t most, struct chunk **ret_chunks)
{
	struct chunk *chunks = NULL;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_cells; i++) {
		uint64_t cost = cost_of(costs, &plan->cells[i]);
		struct chunk *last = n ? &chunks[n - 1] : NULL;

		if (!last || !same_pair(&plan->cells[i - 1], &plan->cells[i]) ||
		    last->cost + cost > most) {
			last = VEC_PUSH(chunks, n);
			last->first = i;
		}
		last->n++;
		last->cost += cost;
	}
	*ret_chunks = chunks;
	return n;
}

static uint64_t least_loaded(const uint64_t *loads, uint64_t n)
{
	uint64_t least = 0;

	for (uint64_t i = 1; i < n; i++) {
		if (loads[i] < loads[least])
			least = i;
	}
	return least;
}

void shards_cut(const struct plan *plan, const struct durations *durations,
		uint64_t n, struct shards *ret_shards)
{
	struct shards shards = { .n = n };
	CLEANUP_FREE struct chunk *chunks = NULL;
	struct costs costs;
	uint64_t total;
	size_t n_chunks;

	shards.of = xcalloc(plan->n_cells, sizeof(*shards.of));
	shards.cells = xcalloc(n, sizeof(*shards.cells));
	shards.ns = xcalloc(n, sizeof(*shards.ns));
	costs_init(plan, durations, &costs);
	total = total_of(plan, &costs);
	n_chunks = make_chunks(plan, &costs, (total + n - 1) / n, &chunks);
	if (n_chunks)
		qsort(chunks, n_chunks, sizeof(*chunks), compare_chunks);
	for (size_t i = 0; i < n_chunks; i++) {
		uint64_t to = least_loaded(shards.ns, n);

		shards.ns[to] += chunks[i].cost;
		shards.cells[to] += chunks[i].n;
		for (size_t k = 0; k < chunks[i].n; k++)
			shards.of[chunks[i].first + k] = to;
	}
	for (uint64_t i = 0; i < n && !costs.durations->n; i++)
		shards.ns[i] = UNMEASURED;
	free(costs.of_scenario);
	*ret_shards = shards;
}

void shards_release(struct shards *shards)
{
	free(shards->of);
	free(shards->cells);
	free(shards->ns);
	*shards = (struct shards){ 0 };
}

void shards_keep(struct plan *plan, const struct shards *shards, uint64_t shard)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_cells; i++) {
		if (shards->of[i] == shard)
			plan->cells[n++] = plan->cells[i];
		else
			free(plan->cells[i].id);
	}
	plan->n_cells = n;
	plan_fit(plan); /* what it boots */
}
