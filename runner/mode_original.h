// SPDX-License-Identifier: Apache-2.0
/* mode_original.h - what criu dump left on the source, for modes that dump */
#ifndef RUNNER_MODE_ORIGINAL_H
#define RUNNER_MODE_ORIGINAL_H

#include "base/err.h"

struct cell_run;

/*
 * DOC: States
 * With "original: stopped" the workload on the source is OBS_FATE_STOPPED from the end
 * of criu dump on. original_settle() makes it OBS_FATE_KILLED, original_undo()
 * OBS_FATE_CONTINUED or OBS_FATE_LOST. Without, both do nothing.
 */

/** original_left() - To be called when criu dump has succeeded */
void original_left(struct cell_run *run);

/** original_settle() - Duty: kill it if the target is proven to serve: the peer
 * was answered, or, without a peer, the workload was. Else leave it stopped */
WARN_UNUSED
int original_settle(struct cell_run *run, struct err *err);

/** original_undo() - Duty: give it its address back and let it go on, until the
 * peer has made its last check. Return: as the failed step before, or -1 */
WARN_UNUSED
int original_undo(struct cell_run *run, struct err *err);

#endif
