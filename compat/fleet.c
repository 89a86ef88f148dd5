// SPDX-License-Identifier: Apache-2.0
/* fleet.c - groups of machines that may exchange workloads */
#include "compat/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/report_table.h"

void fleet_release(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->n_groups; i++) {
		struct fleet_group *group = &fleet->groups[i];

		for (size_t k = 0; k < group->n; k++)
			free(group->costs[k]);
		free(group->costs);
		free(group->members);
		free(group->baseline);
	}
	for (size_t i = 0; i < fleet->n_ways; i++)
		free(fleet->ways[i].why);
	free(fleet->groups);
	free(fleet->ways);
	*fleet = (struct fleet){ 0 };
}

/** struct ways - May each go to each: NULL, or why not; n x n, owned */
struct ways {
	char **why;
	size_t n;
};

static void ways_init(struct ways *ways, size_t n)
{
	*ways = (struct ways){ xcalloc(n * n, sizeof(*ways->why)), n };
}

static void ways_release(struct ways *ways)
{
	for (size_t i = 0; i < ways->n * ways->n; i++)
		free(ways->why[i]);
	free(ways->why);
}

static char **way(const struct ways *ways, size_t from, size_t to)
{
	return &ways->why[from * ways->n + to];
}

static bool exchange(const struct ways *ways, size_t a, size_t b)
{
	return !*way(ways, a, b) && !*way(ways, b, a);
}

/* --- What the members' CPUs have in common --------------------------------- */

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(words, word); at;
	     at = strstr(at + 1, word))
		if ((at == words || at[-1] == ' ') &&
		    (at[len] == '\0' || at[len] == ' '))
			return true;
	return false;
}

/* Whether all members but @but have it; NULL facts have nothing. */
static bool all_have(const struct fleet *fleet, const struct fleet_group *group,
		     size_t but, const char *name)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct facts *facts =
			fleet->machines[group->members[i]].facts;
		const char *flags = facts_get(facts, "cpu_flags");

		if (i != but && (!flags || !has_word(flags, name)))
			return false;
	}
	return true;
}

#define NOBODY ((size_t)-1)

static char *common(const struct fleet *fleet, const struct fleet_group *group)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };

	for (const char *const *name = predict_instructions; *name; name++)
		if (all_have(fleet, group, NOBODY, *name))
			str_list_add(&list, *name);
	return list.n ? str_list_join(&list, " ") : NULL;
}

static char *cost_of(const struct fleet *fleet, const struct fleet_group *group,
		     size_t member)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };

	for (const char *const *name = predict_instructions;
	     group->n > 1 && *name; name++)
		if (all_have(fleet, group, member, *name) &&
		    !all_have(fleet, group, NOBODY, *name))
			str_list_add(&list, *name);
	return list.n ? str_list_join(&list, " ") : NULL;
}

/* --- Groups ----------------------------------------------------------------- */

static bool fits_all(const struct ways *ways, const struct fleet_group *group,
		     size_t machine)
{
	for (size_t i = 0; i < group->n; i++)
		if (!exchange(ways, group->members[i], machine))
			return false;
	return true;
}

static size_t friends_of(const struct ways *ways, size_t machine)
{
	size_t n = 0;

	for (size_t i = 0; i < ways->n; i++)
		n += exchange(ways, machine, i);
	return n;
}

/* The one left that exchanges with most, so that groups are few and large. */
static size_t next_seed(const struct ways *ways, const bool *taken)
{
	size_t best = NOBODY;

	for (size_t i = 0; i < ways->n; i++)
		if (!taken[i] && (best == NOBODY ||
				  friends_of(ways, i) > friends_of(ways, best)))
			best = i;
	return best;
}

static void take(struct fleet_group *group, size_t machine, bool *taken)
{
	*VEC_PUSH(group->members, group->n) = machine;
	taken[machine] = true;
}

static void group_machines(const struct ways *ways, struct fleet *fleet)
{
	CLEANUP_FREE bool *taken = xcalloc(ways->n, sizeof(*taken));
	size_t seed;

	while ((seed = next_seed(ways, taken)) != NOBODY) {
		struct fleet_group *group =
			VEC_PUSH(fleet->groups, fleet->n_groups);

		take(group, seed, taken);
		for (size_t i = 0; i < ways->n; i++)
			if (!taken[i] && fits_all(ways, group, i))
				take(group, i, taken);
		group->baseline = common(fleet, group);
		group->costs = xcalloc(group->n, sizeof(*group->costs));
		for (size_t i = 0; i < group->n; i++)
			group->costs[i] = cost_of(fleet, group, i);
	}
}

static void note_one_way(const struct ways *ways, struct fleet *fleet)
{
	for (size_t i = 0; i < ways->n; i++)
		for (size_t k = 0; k < ways->n; k++) {
			struct fleet_way *one;

			if (*way(ways, i, k) || !*way(ways, k, i))
				continue;
			one = VEC_PUSH(fleet->ways, fleet->n_ways);
			one->from = i;
			one->to = k;
			one->why = xstrdup(*way(ways, k, i));
		}
}

static void answer(const struct ways *ways,
		   const struct fleet_machine *machines,
		   struct fleet *ret_fleet)
{
	*ret_fleet =
		(struct fleet){ .machines = machines, .n_machines = ways->n };
	group_machines(ways, ret_fleet);
	note_one_way(ways, ret_fleet);
}

void fleet_foresee(const struct fleet_machine *machines, size_t n,
		   const struct facts *workload, struct fleet *ret_fleet)
{
	CLEANUP(ways_release) struct ways ways;

	ways_init(&ways, n);
	for (size_t i = 0; i < n * n; i++) {
		const struct fleet_machine *from = &machines[i / n];
		const struct fleet_machine *to = &machines[i % n];
		struct predict_pair pair = { from->name, to->name, from->facts,
					     to->facts, workload };
		CLEANUP(prediction_release) struct prediction prediction;

		predict(&pair, &prediction);
		if (prediction.says == FORETOLD_FAIL)
			ways.why[i] = xstrdup(prediction.v[0].mode);
	}
	answer(&ways, machines, ret_fleet);
}

static const char *why_not(const struct result *result)
{
	if (result->verdict == VERDICT_PASS || result->verdict == VERDICT_XPASS)
		return NULL;
	return result->cause ? result->cause->mode :
			       verdict_names[result->verdict];
}

static size_t machine_index(const struct fleet_machine *machines, size_t n,
			    const char *name)
{
	size_t i = 0;

	while (i < n && !str_eq(machines[i].name, name))
		i++;
	return i;
}

void fleet_measure(const struct results *results, const char *scenario,
		   const struct fleet_machine *machines, size_t n,
		   struct fleet *ret_fleet)
{
	CLEANUP(ways_release) struct ways ways;
	CLEANUP_FREE bool *seen = xcalloc(n * n, sizeof(*seen));

	ways_init(&ways, n);
	for (size_t i = 0; i < results->n_cells; i++) {
		const struct result *cell = &results->cells[i];
		size_t from = machine_index(machines, n, cell->source);
		size_t to = machine_index(machines, n, cell->target);
		const char *why = why_not(cell);

		if (!str_eq(cell->scenario, scenario) || from == n || to == n)
			continue;
		seen[from * n + to] = true;
		if (why && !*way(&ways, from, to))
			*way(&ways, from, to) = xstrdup(why);
	}
	for (size_t i = 0; i < n * n; i++)
		if (!seen[i] && i / n != i % n)
			ways.why[i] = xstrdup("not measured");
	answer(&ways, machines, ret_fleet);
	ret_fleet->about = scenario;
}

/* --- Telling ----------------------------------------------------------------- */

static void print_group(const struct fleet *fleet, size_t i,
			const struct report_opts *opts, FILE *out)
{
	const struct fleet_group *group = &fleet->groups[i];
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *all = NULL;
	CLEANUP_FREE char *first = xasprintf("  %zu  ", i + 1);

	for (size_t k = 0; k < group->n; k++)
		str_list_add(&names, fleet->machines[group->members[k]].name);
	all = str_list_join(&names, " ");
	text_wrap(first, 5, all, opts, out);
	text_wrap("     CPU baseline: ", 7,
		  group->baseline ? group->baseline : "not known", opts, out);
	for (size_t k = 0; k < group->n; k++) {
		CLEANUP_FREE char *cost = NULL;

		if (!group->costs[k])
			continue;
		cost = xasprintf("     %s costs the others: ", names.v[k]);
		text_wrap(cost, 7, group->costs[k], opts, out);
	}
}

void fleet_print(const struct fleet *fleet, const struct report_opts *opts,
		 FILE *out)
{
	(void)fprintf(out,
		      "%s: %zu machine%s, %zu group%s that may exchange "
		      "workloads\n",
		      fleet->about ? fleet->about : "by prediction",
		      fleet->n_machines, fleet->n_machines == 1 ? "" : "s",
		      fleet->n_groups, fleet->n_groups == 1 ? "" : "s");
	for (size_t i = 0; i < fleet->n_groups; i++)
		print_group(fleet, i, opts, out);
	if (fleet->n_ways)
		(void)fputs("  one way only\n", out);
	for (size_t i = 0; i < fleet->n_ways; i++) {
		const struct fleet_way *one = &fleet->ways[i];

		(void)fprintf(out, "     %s %s %s; not back: %s\n",
			      fleet->machines[one->from].name,
			      opts->utf8 ? "→" : "->",
			      fleet->machines[one->to].name, one->why);
	}
}
