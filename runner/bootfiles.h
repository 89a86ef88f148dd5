// SPDX-License-Identifier: Apache-2.0
/* bootfiles.h - what all that a plan boots is booted from */
#ifndef RUNNER_BOOTFILES_H
#define RUNNER_BOOTFILES_H

#include "base/err.h"
#include "compat/plan.h"
#include "runner/cache.h"
#include "runner/lab.h"
#include "runner/progress.h"

/**
 * bootfiles_prepare() - Build (or find in the cache) the images of all outfits
 * @ret_files:	One for each of the plan's outfits; bootfiles_free()
 */
WARN_UNUSED
int bootfiles_prepare(const struct plan *plan, const struct cache *cache,
		      struct progress *progress, struct boot_files **ret_files,
		      struct err *err);

void bootfiles_free(struct boot_files *files, size_t n);

#endif
