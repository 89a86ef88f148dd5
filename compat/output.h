// SPDX-License-Identifier: Apache-2.0
/* output.h - what a step printed: the line that says what is wrong */
#ifndef COMPAT_OUTPUT_H
#define COMPAT_OUTPUT_H

#include <stdbool.h>

/** output_is_wrong() - Whether a line begins as workloads tell a failed check:
 * "wrong: ..." */
bool output_is_wrong(const char *line);

/**
 * output_line() - The line of @output that says most
 *
 * The first that tells of a failed check, else the last that is not empty; cut
 * where it is long.
 *
 * Return: owned by the caller; NULL when @output is NULL or blank
 */
char *output_line(const char *output);

#endif
