// SPDX-License-Identifier: Apache-2.0
/* idmap.h - the ids of a user namespace, through newuidmap(1) */
#ifndef RUNNER_IDMAP_H
#define RUNNER_IDMAP_H

#include <sys/types.h>

#include "base/err.h"

/**
 * idmap_write() - Map the caller to root and its subordinate ids behind it
 * @pid:	Process in the new user namespace
 *
 * Return: 0, or -1 with ERR_MISSING when the account has no subordinate ids or
 * newuidmap is not installed, saying what to do
 */
WARN_UNUSED
int idmap_write(pid_t pid, struct err *err);

#endif
