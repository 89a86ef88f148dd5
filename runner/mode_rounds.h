// SPDX-License-Identifier: Apache-2.0
/* mode_rounds.h - rounds of criu pre-dump, for modes that dump */
#ifndef RUNNER_MODE_ROUNDS_H
#define RUNNER_MODE_ROUNDS_H

#include "base/err.h"

struct cell_run;

/** mode_rounds() - Duty: as many as the scenario's rules allow, each brought to the
 * target; recorded in the observation. None are fine */
WARN_UNUSED
int mode_rounds(struct cell_run *run, struct err *err);

#endif
