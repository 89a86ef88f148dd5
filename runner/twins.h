// SPDX-License-Identifier: Apache-2.0
/* twins.h - machines that are to be like real hosts, made of what there is */
#ifndef RUNNER_TWINS_H
#define RUNNER_TWINS_H

#include "base/err.h"
#include "compat/machine.h"

/**
 * twins_fill() - Choose all that the files did not say of machines with a twin
 *
 * Asks the package lists of the suites of vm-images' catalogues, which are kept in
 * the cache; a suite that cannot be asked is passed over with a warning. Does nothing
 * when there is no twin.
 */
WARN_UNUSED
int twins_fill(struct machine *machines, size_t n, struct err *err);

#endif
