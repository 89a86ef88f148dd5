// SPDX-License-Identifier: Apache-2.0
/* tempdir.h - a folder that outlives nobody */
#ifndef RUNNER_TEMPDIR_H
#define RUNNER_TEMPDIR_H

#include "base/err.h"
#include "base/mem.h"

struct tempdir;

/**
 * tempdir_make() - Make a folder that is removed with all in it
 * @prefix:	Of its path; six random characters come after it. Folders above
 *		it are made, and stay
 * @err:	ERR_SYS
 *
 * A process of its own removes it: by tempdir_free(), or when we have ended in
 * whatever way, SIGKILL included.
 *
 * Return: 0 and a folder to tempdir_free(), or -1
 */
WARN_UNUSED
int tempdir_make(const char *prefix, struct tempdir **ret_dir, struct err *err);

/** tempdir_path() - Where it is; its own */
const char *tempdir_path(const struct tempdir *dir);

/** tempdir_free() - Remove it; it is gone then, or a warning says why not */
void tempdir_free(struct tempdir *dir);

void tempdir_freep(struct tempdir **dir);

#endif
