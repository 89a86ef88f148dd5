// SPDX-License-Identifier: Apache-2.0
/* console.h - what a guest's serial console tells of its end */
#ifndef RUNNER_CONSOLE_H
#define RUNNER_CONSOLE_H

/**
 * console_trouble() - Why a guest died, from the last 64 KiB of its console
 * @path:	Console log, may be absent
 *
 * Return: "kernel panic: ..." or the like, owned by the caller; NULL when the
 * console tells of nothing
 */
char *console_trouble(const char *path);

#endif
