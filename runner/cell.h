// SPDX-License-Identifier: Apache-2.0
/* cell.h - one attempt at one cell: deeds in, observation out */
#ifndef RUNNER_CELL_H
#define RUNNER_CELL_H

#include "base/err.h"
#include "compat/observation.h"
#include "compat/plan.h"
#include "runner/lab.h"

/**
 * typedef cell_step_fn - Told when each step begins and ends
 */
typedef void cell_step_fn(void *arg, const struct obs_step *step, bool begins);

/**
 * struct cell_opts - All borrowed for the call
 * @files:	What the two machines boot from
 * @dir:	Existing folder for evidence
 * @base_dir:	Folder against which the scenario's files are relative
 * @hold_fd:	Where it stops, or at its end, somebody may look into the guests:
 *		asked over this (events.h), until let go. 0: nobody
 */
struct cell_opts {
	struct lab *lab;
	const struct cell *cell;
	const struct boot_files *files[ROLE_COUNT];
	const char *dir;
	uint64_t attempt;
	cell_step_fn *on_step;
	void *arg;
	int hold_fd;
};

/**
 * cell_run() - Run a cell on freshly restored (or booted) VMs
 * @ret_obs:	Filled whatever happens; trouble of ours is in .broken
 *
 * The VMs are still running afterwards: lab_drop().
 */
void cell_run(const struct cell_opts *opts, struct observation *ret_obs);

#endif
