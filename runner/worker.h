// SPDX-License-Identifier: Apache-2.0
/* worker.h - the process that has a lab and does what the tool asks */
#ifndef RUNNER_WORKER_H
#define RUNNER_WORKER_H

#include "compat/plan.h"
#include "runner/lab.h"

/**
 * struct worker_opts - All borrowed; handed over by fork
 * @plan:	What may be asked for
 * @files:	What each of the plan's outfits boots from, same order
 * @lab:	How the lab is made
 * @fd:		Its end of the pair to the tool; see events.h
 * @hold:	Cells are held where they stop, or at their end
 */
struct worker_opts {
	const struct plan *plan;
	const struct boot_files *files;
	struct lab_opts lab;
	int fd;
	bool hold;
};

/** worker_main() - Body of a sandbox: serve until the tool is gone.
 * @arg: struct worker_opts. Return: exit status */
int worker_main(void *arg);

#endif
