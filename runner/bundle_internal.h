// SPDX-License-Identifier: Apache-2.0
/* bundle_internal.h - what is written into a bundle for people */
#ifndef RUNNER_BUNDLE_INTERNAL_H
#define RUNNER_BUNDLE_INTERNAL_H

#include "compat/plan.h"

/** bundle_script() - reproduce.sh of a plan's only cell; owned */
char *bundle_script(const struct cell *cell);

#endif
