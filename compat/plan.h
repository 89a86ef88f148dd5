// SPDX-License-Identifier: Apache-2.0
/* plan.h - which cells a run consists of */
#ifndef COMPAT_PLAN_H
#define COMPAT_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "compat/machine.h"
#include "compat/outfit.h"
#include "compat/scenario.h"

/**
 * struct cell - Scenario x ordered pair (x repetition)
 * @id:		Stable: "SCENARIO.SOURCE.TARGET", "#N" appended from the second
 *		repetition on; also its folder's name
 * @scenario, @source, @target: Borrowed from the plan
 * @outfits:	What source and target boot; borrowed from the plan
 */
struct cell {
	char *id;
	const struct scenario *scenario;
	const struct machine *source;
	const struct machine *target;
	const struct outfit *outfits[2];
	uint64_t repeat; /* 1-based */
};

/**
 * struct plan - A run in full: all that was asked, resolved; owns everything
 * @expect:	Expectations common to all scenarios (the matrix file's)
 * @outfits:	All that its cells boot, each once, made of machines and scenarios
 *		whenever cells are
 */
struct plan {
	struct machine *machines;
	size_t n_machines;
	struct scenario *scenarios;
	size_t n_scenarios;
	struct expects expect;
	struct cell *cells;
	size_t n_cells;
	struct outfit *outfits;
	size_t n_outfits;
};

/** struct plan_filter - Which cells of the product; empty lists mean all */
struct plan_filter {
	struct str_list sources;
	struct str_list targets;
	bool self;
	uint64_t repeat;
};

/**
 * plan_expand() - Fill @plan->cells from its machines and scenarios
 *
 * Order: by pair first (so that what is restored for a pair is warm), then by
 * scenario, then repetition; the same input gives the same order. Scenarios that
 * are controls (control_of) are expanded like others; which scenarios are in is
 * the caller's business.
 *
 * Return: 0, or -1 with ERR_INPUT when nothing is left or a name in @filter is
 * unknown (nearest suggested)
 */
WARN_UNUSED
int plan_expand(struct plan *plan, const struct plan_filter *filter,
		struct err *err);

/** cell_make_id() - What a cell is called by its scenario, pair and repetition;
 * owned */
char *cell_make_id(const struct cell *cell);

/** plan_outfit() - By its label, or NULL */
const struct outfit *plan_outfit(const struct plan *plan, const char *label);

/** plan_usual_outfit() - The one that stands for a machine in reports: as it is
 * declared, or when no cell boots it so, the first of its others; NULL: none */
const struct outfit *plan_usual_outfit(const struct plan *plan,
				       const struct machine *machine);

/** plan_fit() - Make @plan->outfits anew, and point its cells to them; for
 * who makes cells */
void plan_fit(struct plan *plan);

const struct cell *plan_find(const struct plan *plan, const char *id);
json_t *plan_to_json(const struct plan *plan);

/** plan_from_json() - Read what plan_to_json() made. Names and ids become paths,
 * so only such as could be given are taken, and each id once */
WARN_UNUSED
int plan_from_json(const json_t *json, struct plan *ret_plan, struct err *err);
void plan_release(struct plan *plan);

/** plan_expectation() - First rule that fits: the scenario's, then common ones;
 * NULL when none does or the first that fits expects a pass */
const struct expect *plan_expectation(const struct plan *plan,
				      const struct cell *cell,
				      const struct facts *source,
				      const struct facts *target);

#endif
