// SPDX-License-Identifier: Apache-2.0
/* plan.c - which cells a run consists of */
#include "compat/plan.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/scenario_tables.h"

#define CELLS_MAX 1000000

static bool wanted(const struct str_list *names, const struct machine *machine)
{
	return names->n == 0 || str_list_has(names, machine->name);
}

static struct machines machines_of(const struct plan *plan)
{
	return (struct machines){ .v = plan->machines, .n = plan->n_machines };
}

/* A machine may well be known, and not be one of this matrix: these are told. */
static int no_machine(const struct machines *machines, const char *name,
		      struct err *err)
{
	const char *near = machines_suggest(machines, name);
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *there = NULL;

	for (size_t i = 0; i < machines->n; i++)
		str_list_add(&names, machines->v[i].name);
	there = str_list_join(&names, ", ");
	return err_set(err, ERR_INPUT, 0,
		       near ? "no machine '%s' in the matrix, which has: %s "
			      "(did you mean '%s'?)" :
			      "no machine '%s' in the matrix, which has: %s",
		       name, there, near);
}

static int check_names(const struct plan *plan, const struct str_list *names,
		       struct err *err)
{
	struct machines machines = machines_of(plan);

	for (size_t i = 0; i < names->n; i++) {
		if (!machines_find(&machines, names->v[i]))
			return no_machine(&machines, names->v[i], err);
	}
	return 0;
}

static int check_filter(const struct plan *plan,
			const struct plan_filter *filter, struct err *err)
{
	if (check_names(plan, &filter->sources, err) ||
	    check_names(plan, &filter->targets, err))
		return -1;
	if (filter->repeat > CELLS_MAX)
		return err_set(err, ERR_INPUT, 0,
			       "%" PRIu64 " repetitions are too many",
			       filter->repeat);
	return 0;
}

char *cell_make_id(const struct cell *cell)
{
	const char *scenario = cell->scenario->name;
	const char *source = cell->source->name;
	const char *target = cell->target->name;

	if (cell->repeat == 1)
		return xasprintf("%s.%s.%s", scenario, source, target);
	return xasprintf("%s.%s.%s#%" PRIu64, scenario, source, target,
			 cell->repeat);
}

static bool is_run(const struct scenario *scenario,
		   const struct machine *source, const struct machine *target)
{
	return wanted(&scenario->among, source) &&
	       wanted(&scenario->among, target) &&
	       (source == target || !scenario->alone);
}

static void add_pair(struct plan *plan, const struct machine *source,
		     const struct machine *target, uint64_t repeat)
{
	for (size_t i = 0; i < plan->n_scenarios; i++) {
		if (!is_run(&plan->scenarios[i], source, target))
			continue;
		for (uint64_t r = 1; r <= repeat; r++) {
			struct cell *cell =
				VEC_PUSH(plan->cells, plan->n_cells);

			cell->scenario = &plan->scenarios[i];
			cell->source = source;
			cell->target = target;
			cell->repeat = r;
			cell->id = cell_make_id(cell);
		}
	}
}

static bool too_many(const struct plan *plan, uint64_t repeat)
{
	return plan->n_cells + plan->n_scenarios * repeat > CELLS_MAX;
}

static bool in_plan(const struct plan_filter *filter,
		    const struct machine *source, const struct machine *target)
{
	return wanted(&filter->sources, source) &&
	       wanted(&filter->targets, target) &&
	       (filter->self || source != target);
}

static int add_pairs(struct plan *plan, const struct plan_filter *filter,
		     struct err *err)
{
	uint64_t repeat = filter->repeat ? filter->repeat : 1;

	for (size_t s = 0; s < plan->n_machines; s++) {
		for (size_t t = 0; t < plan->n_machines; t++) {
			const struct machine *source = &plan->machines[s];
			const struct machine *target = &plan->machines[t];

			if (!in_plan(filter, source, target))
				continue;
			if (too_many(plan, repeat))
				return err_set(err, ERR_INPUT, 0,
					       "more than %d cells", CELLS_MAX);
			add_pair(plan, source, target, repeat);
		}
	}
	if (plan->n_cells)
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "nothing to run: no pair is left of %zu machines and "
		       "%zu scenarios",
		       plan->n_machines, plan->n_scenarios);
}

static int compare_ids(const void *a, const void *b)
{
	const struct cell *const *x = a;
	const struct cell *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

/* Names may hold dots, so that two cells could come by the same id. */
static int check_ids(const struct plan *plan, struct err *err)
{
	CLEANUP_FREE const struct cell **sorted =
		xcalloc(plan->n_cells, sizeof(*sorted));

	for (size_t i = 0; i < plan->n_cells; i++)
		sorted[i] = &plan->cells[i];
	qsort(sorted, plan->n_cells, sizeof(*sorted), compare_ids);
	for (size_t i = 1; i < plan->n_cells; i++) {
		if (compare_ids(&sorted[i - 1], &sorted[i]) == 0)
			return err_set(err, ERR_INPUT, 0,
				       "two cells would be called '%s': "
				       "rename a machine or a scenario",
				       sorted[i]->id);
	}
	return 0;
}

static void drop_outfits(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_outfits; i++)
		outfit_release(&plan->outfits[i]);
	free(plan->outfits);
	plan->outfits = NULL;
	plan->n_outfits = 0;
}

static void drop_cells(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_cells; i++)
		free(plan->cells[i].id);
	free(plan->cells);
	plan->cells = NULL;
	plan->n_cells = 0;
	drop_outfits(plan);
}

int plan_expand(struct plan *plan, const struct plan_filter *filter,
		struct err *err)
{
	if (check_filter(plan, filter, err))
		return -1;
	drop_cells(plan);
	if (add_pairs(plan, filter, err) || check_ids(plan, err)) {
		drop_cells(plan);
		return -1;
	}
	plan_fit(plan);
	return 0;
}

/* --- What cells boot ------------------------------------------------------- */

const struct outfit *plan_outfit(const struct plan *plan, const char *label)
{
	for (size_t i = 0; i < plan->n_outfits; i++)
		if (str_eq(plan->outfits[i].label, label))
			return &plan->outfits[i];
	return NULL;
}

const struct outfit *plan_usual_outfit(const struct plan *plan,
				       const struct machine *machine)
{
	const struct outfit *first = NULL;

	for (size_t i = 0; i < plan->n_outfits; i++) {
		const struct outfit *outfit = &plan->outfits[i];

		if (outfit->declared != machine)
			continue;
		if (!outfit->asked)
			return outfit;
		if (!first)
			first = outfit;
	}
	return first;
}

/* Index of what @machine is for @scenario. Scenarios that need the same share. */
static size_t fit(struct plan *plan, const struct machine *machine,
		  const struct scenario *scenario)
{
	struct outfit outfit CLEANUP(outfit_release) = { 0 };
	const struct outfit *same;

	outfit_init(&outfit, machine, scenario);
	same = plan_outfit(plan, outfit.label);
	if (same)
		return (size_t)(same - plan->outfits);
	*VEC_PUSH(plan->outfits, plan->n_outfits) = outfit;
	outfit = (struct outfit){ 0 };
	return plan->n_outfits - 1;
}

/* Where it is noted what one side of @cell boots: of each machine for each
 * scenario, one more than its outfit's index. */
static size_t *note_of(const struct plan *plan, size_t *notes,
		       const struct cell *cell, int side)
{
	const struct machine *machine = side ? cell->target : cell->source;
	size_t row = (size_t)(machine - plan->machines);
	size_t column = (size_t)(cell->scenario - plan->scenarios);

	return &notes[row * plan->n_scenarios + column];
}

static void fit_cell(struct plan *plan, size_t *notes, const struct cell *cell)
{
	for (int side = 0; side < 2; side++) {
		size_t *note = note_of(plan, notes, cell, side);

		if (!*note)
			*note = 1 + fit(plan,
					side ? cell->target : cell->source,
					cell->scenario);
	}
}

void plan_fit(struct plan *plan)
{
	CLEANUP_FREE size_t *notes =
		xcalloc(plan->n_machines * plan->n_scenarios, sizeof(*notes));

	drop_outfits(plan);
	for (size_t i = 0; i < plan->n_cells; i++)
		fit_cell(plan, notes, &plan->cells[i]);
	/* None is added any more: they stay where they are. */
	for (size_t i = 0; i < plan->n_cells; i++)
		for (int side = 0; side < 2; side++)
			plan->cells[i].outfits[side] =
				&plan->outfits[*note_of(plan, notes,
							&plan->cells[i], side) -
					       1];
}

const struct cell *plan_find(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_cells; i++) {
		if (strcmp(plan->cells[i].id, id) == 0)
			return &plan->cells[i];
	}
	return NULL;
}

static void release_expects(struct plan *plan)
{
	for (size_t i = 0; i < plan->expect.n; i++)
		bind_release(&expect_table, &plan->expect.v[i]);
	free(plan->expect.v);
}

void plan_release(struct plan *plan)
{
	drop_cells(plan);
	for (size_t i = 0; i < plan->n_machines; i++) {
		machine_release(&plan->machines[i]);
		free(plan->machines[i].name);
	}
	free(plan->machines);
	for (size_t i = 0; i < plan->n_scenarios; i++)
		scenario_release(&plan->scenarios[i]);
	free(plan->scenarios);
	release_expects(plan);
	memset(plan, 0, sizeof(*plan));
}

static const struct expect *first_fit(const struct expects *expects,
				      const struct cell *cell,
				      const struct facts *source,
				      const struct facts *target)
{
	for (size_t i = 0; i < expects->n; i++) {
		if (when_match(&expects->v[i].when, cell->source->name, source,
			       cell->target->name, target))
			return &expects->v[i];
	}
	return NULL;
}

const struct expect *plan_expectation(const struct plan *plan,
				      const struct cell *cell,
				      const struct facts *source,
				      const struct facts *target)
{
	const struct expect *expect =
		first_fit(&cell->scenario->expect, cell, source, target);

	if (!expect)
		expect = first_fit(&plan->expect, cell, source, target);
	if (expect && expect->verdict == VERDICT_PASS)
		return NULL;
	return expect;
}
