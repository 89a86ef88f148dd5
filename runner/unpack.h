// SPDX-License-Identifier: Apache-2.0
/* unpack.h - files on their way out of guests */
#ifndef RUNNER_UNPACK_H
#define RUNNER_UNPACK_H

#include <stdint.h>

#include "base/err.h"

/**
 * unpack_files() - Regular files of a tar into a folder
 * @names:	Of those that are wanted, NULL-terminated; all else stays in it
 * @max:	Bytes of each that are kept
 *
 * The tar is a guest's and may hold anything, or end early with its guest: what can
 * be read of it is taken.
 *
 * Return: 0, or -1: it is not there, or a file cannot be written
 */
WARN_UNUSED
int unpack_files(const char *tar, const char *dir, const char *const *names,
		 uint64_t max, struct err *err);

#endif
