// SPDX-License-Identifier: Apache-2.0
/* pool.h - workers at work on a run's cells */
#ifndef RUNNER_POOL_H
#define RUNNER_POOL_H

#include <stddef.h>

#include "base/err.h"
#include "compat/plan.h"
#include "runner/lab.h"
#include "runner/progress.h"
#include "runner/rundir.h"

/** A broken cell is tried this often in all, each time on fresh VMs. */
#define POOL_ATTEMPTS 3

/**
 * struct pool_opts - All borrowed for the call
 * @files:	What each of the plan's outfits boots from, same order
 * @jobs:	Labs side by side, 1 to 64
 * @hold:	Each cell is held where it stops, or at its end: commands for its
 *		guests are read from stdin (shell.h). With one job only
 */
struct pool_opts {
	const struct plan *plan;
	const struct boot_files *files;
	struct lab_opts lab;
	struct rundir *run;
	struct progress *progress;
	size_t jobs;
	bool hold;
};

/**
 * pool_run() - Boot the machines and run all cells not finished yet
 * @ret_signal:	Signal that ended it early, 0 when none
 * @err:	What keeps it from running anything: ERR_INPUT, ERR_MISSING, ...
 *
 * Blocks SIGINT and SIGTERM meanwhile: the first SIGINT lets the cells under
 * way finish, the second or SIGTERM stops at once.
 *
 * Return: 0, also when cells are broken or not run; -1 with @err
 */
WARN_UNUSED
int pool_run(const struct pool_opts *opts, int *ret_signal, struct err *err);

#endif
