// SPDX-License-Identifier: Apache-2.0
/* images_care.h - 'images verify' and 'images prune': the cache looked after */
#ifndef RUNNER_IMAGES_CARE_H
#define RUNNER_IMAGES_CARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "runner/cache.h"

/** images_failed() - Tell an error; Return: the exit status that it comes to */
int images_failed(const struct err *err);

/** images_verify() - Read all of the cache; what is damaged is told, and put out
 * of the way; Return: exit status */
int images_verify(const struct cache *cache);

/**
 * struct images_prune_opts - What is to go
 * @all:	Everything
 * @dry_run:	Nothing, but say what would
 * @days:	Otherwise what was not used for so long, but no image that the
 *		default matrix needs
 */
struct images_prune_opts {
	bool all;
	bool dry_run;
	uint64_t days;
};

/** images_prune() - Return: exit status */
int images_prune(const struct cache *cache,
		 const struct images_prune_opts *opts);

#endif
