// SPDX-License-Identifier: Apache-2.0
/* original.h - what became of a workload that the source had kept */
#ifndef COMPAT_ORIGINAL_H
#define COMPAT_ORIGINAL_H

#include <stdbool.h>

#include "compat/observation.h"

/**
 * original_lost() - Whether it was to go on and did not, by its peer's word
 *
 * A peer that lost its connection, or got one wrong answer, or none, or whose last
 * check failed, says so; so does an original that could not go on at all.
 */
bool original_lost(const struct observation *obs);

/** original_tell() - In a sentence; owned, NULL: the source had kept nothing */
char *original_tell(const struct observation *obs);

#endif
