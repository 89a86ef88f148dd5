// SPDX-License-Identifier: Apache-2.0
/* rundir_place.h - whether a folder is fit for a new run; see rundir_check() */
#ifndef RUNNER_RUNDIR_PLACE_H
#define RUNNER_RUNDIR_PLACE_H

#include "base/err.h"

/** rundir_in_use() - Say that another process runs in @path; Return: -1 */
int rundir_in_use(const char *path, struct err *err);

/** rundir_must_be_new() - ERR_INPUT unless the folder @path is empty, but for a
 * lock file */
WARN_UNUSED
int rundir_must_be_new(const char *path, struct err *err);

/** rundir_usual() - results/KIND-TIME, with the time that it is now; owned */
char *rundir_usual(const char *kind);

/** rundir_is_idle() - ERR_INPUT when another process runs in @path */
WARN_UNUSED
int rundir_is_idle(const char *path, struct err *err);

#endif
