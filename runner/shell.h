// SPDX-License-Identifier: Apache-2.0
/* shell.h - commands for the guests of a cell that is held, line by line */
#ifndef RUNNER_SHELL_H
#define RUNNER_SHELL_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"

/**
 * shell_talk() - Read commands, have them run in a guest, print what they say
 * @fd:		To the worker that holds the cell
 * @held:	Its message
 * @in:		Until its end, or "exit"; "source" and "target" change sides
 *
 * The cell goes on to its end afterwards.
 *
 * Return: 0, or -1 when the worker is gone
 */
WARN_UNUSED
int shell_talk(int fd, const json_t *held, FILE *in, FILE *out,
	       struct err *err);

#endif
