// SPDX-License-Identifier: Apache-2.0
/* crew.h - the workers of a run, as the tool sees them */
#ifndef RUNNER_CREW_H
#define RUNNER_CREW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "runner/worker.h"

#define CREW_MAX 64

struct task;
struct tempdir;

/**
 * struct member - One place in the crew, with or without a living worker
 * @proved:	It has been ready once: its lab could be opened
 * @deadline_ns: When its task is taken for hung
 * @folder:	With a daemon: what its QEMUs share with the worker
 */
struct member {
	size_t slot;
	bool alive, ready, proved;
	pid_t pid;
	int fd;
	struct task *task;
	uint64_t deadline_ns;
	struct tempdir *folder;
	struct worker_opts worker;
};

struct crew {
	struct member v[CREW_MAX];
	size_t n;
};

void crew_init(struct crew *crew, size_t n, const struct worker_opts *worker);

/** crew_hire() - Start a worker on an empty place */
WARN_UNUSED
int crew_hire(struct member *member, struct err *err);

/**
 * crew_rehearse() - Try what every worker begins with, and end that one
 * @worker:	As of a crew; its .files may be NULL
 * @err:	ERR_INPUT for what the plan asks and this host does not know, such as
 *		a CPU; ERR_MISSING, ... for a lab that cannot be opened
 */
WARN_UNUSED
int crew_rehearse(const struct worker_opts *worker, struct err *err);

/** crew_kill() - End its worker and all that it has */
void crew_kill(struct member *member);

/** crew_bury() - Take leave of a worker that ended; Return: how, owned */
char *crew_bury(struct member *member);

/** crew_release() - End all */
void crew_release(struct crew *crew);

#endif
