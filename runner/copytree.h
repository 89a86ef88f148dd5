// SPDX-License-Identifier: Apache-2.0
/* copytree.h - folders copied, with nothing in them but folders and regular files */
#ifndef RUNNER_COPYTREE_H
#define RUNNER_COPYTREE_H

#include "base/err.h"

/**
 * copytree() - Copy a file, or a folder with all that is in it
 * @depth:	Folders below each other, at most
 * @err:	ERR_INPUT where there is anything else: a link may lead anywhere
 */
WARN_UNUSED
int copytree(const char *from, const char *to, unsigned depth, struct err *err);

#endif
