// SPDX-License-Identifier: Apache-2.0
/* fleet.h - which machines may exchange workloads, and what that asks of them */
#ifndef COMPAT_FLEET_H
#define COMPAT_FLEET_H

#include <stdio.h>

#include "compat/results.h"

/**
 * struct fleet_machine - One of the fleet; borrowed
 * @facts:	May be empty
 */
struct fleet_machine {
	const char *name;
	const struct facts *facts;
};

/**
 * struct fleet_group - Machines that may all exchange workloads
 * @members:	Indices of machines
 * @baseline:	Instructions that all of them have: the CPU that a program may be
 *		built or started for; owned, NULL: not known of all
 * @costs:	For each member what the others would have in common without it
 *		and lose by it; owned, NULL: nothing
 */
struct fleet_group {
	size_t *members;
	size_t n;
	char *baseline;
	char **costs;
};

/** struct fleet_way - Only in this direction, and why not back */
struct fleet_way {
	size_t from, to;
	char *why; /* owned */
};

/**
 * struct fleet - The answer
 * @about:	Which workloads it is for: a scenario's name, or NULL: any; borrowed
 */
struct fleet {
	const char *about;
	const struct fleet_machine *machines;
	size_t n_machines;
	struct fleet_group *groups;
	size_t n_groups;
	struct fleet_way *ways;
	size_t n_ways;
};
void fleet_release(struct fleet *fleet);

/**
 * fleet_foresee() - By prediction: a pair may exchange when neither direction is
 * foretold to fail
 * @workload:	May have no facts
 */
void fleet_foresee(const struct fleet_machine *machines, size_t n,
		   const struct facts *workload, struct fleet *ret_fleet);

/** fleet_measure() - By what was measured: both directions passed in all of the
 * scenario's cells */
void fleet_measure(const struct results *results, const char *scenario,
		   const struct fleet_machine *machines, size_t n,
		   struct fleet *ret_fleet);

void fleet_print(const struct fleet *fleet, const struct report_opts *opts,
		 FILE *out);

#endif
