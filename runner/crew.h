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

/**
 * struct member - One place in the crew, with or without a living worker
 * @proved:	It has been ready once: its lab could be opened
 * @deadline_ns: When its task is taken for hung
 */
struct member {
	size_t slot;
	bool alive, ready, proved;
	pid_t pid;
	int fd;
	struct task *task;
	uint64_t deadline_ns;
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

/** crew_kill() - End its worker and all that it has */
void crew_kill(struct member *member);

/** crew_bury() - Take leave of a worker that ended; Return: how, owned */
char *crew_bury(struct member *member);

/** crew_release() - End all */
void crew_release(struct crew *crew);

#endif
