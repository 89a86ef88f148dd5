// SPDX-License-Identifier: Apache-2.0
/* sharding.h - which part of a plan this process is to run */
#ifndef RUNNER_SHARDING_H
#define RUNNER_SHARDING_H

#include "compat/shards.h"

/**
 * sharding_parse() - "I/N", "auto" or "auto/N"
 * @get:	getenv(3), for "auto": what a Slurm array, a Kubernetes indexed Job
 *		or a CI system tells its jobs of their place
 * @ret_ref:	index and of
 *
 * Return: 0, or -1 with ERR_INPUT
 */
WARN_UNUSED
int sharding_parse(const char *text, char *(*get)(const char *name),
		   struct shard_ref *ret_ref, struct err *err);

/** sharding_durations() - Of an earlier run; without one (NULL) none */
WARN_UNUSED
int sharding_durations(const char *run, struct durations *ret_durations,
		       struct err *err);

/**
 * sharding_apply() - Cut a plan down to a shard; none of its cells may be left
 * @shard:	As for sharding_parse(); NULL: the whole
 * @durations:	An earlier run, or NULL
 * @ret_ref:	0 of 0 for the whole
 */
WARN_UNUSED
int sharding_apply(const char *shard, const char *durations, struct plan *plan,
		   struct shard_ref *ret_ref, struct err *err);

#endif
