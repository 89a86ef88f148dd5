// SPDX-License-Identifier: Apache-2.0
/* suite.h - the matrices that come with crmatrix, by their names */
#ifndef RUNNER_SUITE_H
#define RUNNER_SUITE_H

#include <stdbool.h>

#include "base/err.h"

/*
 * DOC: Names
 * "default" is scenarios/matrix.yaml, "NAME" scenarios/matrix-NAME.yaml or
 * scenarios/NAME/matrix.yaml. What has a '/' or ends in ".yaml" is a file.
 */

/**
 * suite_path() - The file that a name of a matrix stands for
 * @name:	As --matrix has it, NULL: the default one
 * @none:	NULL stands for none
 * @ret_path:	Owned by the caller; NULL: no matrix
 *
 * Return: 0, or -1 with ERR_INPUT and what there is
 */
WARN_UNUSED
int suite_path(const char *name, bool none, char **ret_path, struct err *err);

#endif
