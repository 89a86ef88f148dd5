// SPDX-License-Identifier: Apache-2.0
/* criustats.h - CRIU's statistics images: stats-dump and stats-restore */
#ifndef COMPAT_CRIUSTATS_H
#define COMPAT_CRIUSTATS_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/observation.h"

/** criustats_init() - All UNMEASURED */
void criustats_init(struct obs_criu *criu);

/**
 * criustats_read() - Take figures from a statistics image
 * @bytes:	Any bytes: two magics, a size, a protobuf stats_entry
 *		(CRIU: criu/include/magic.h, images/stats.proto)
 * @criu:	Members that the image has are set, others are as they were; so are
 *		all when it is no such image
 *
 * CRIU counts in microseconds of gettimeofday(2); a step of the guest's clock
 * falsifies them, hence they stand beside our own figures, not in their place.
 *
 * Return: whether it was such an image
 */
bool criustats_read(const void *bytes, size_t len, struct obs_criu *criu);

#endif
