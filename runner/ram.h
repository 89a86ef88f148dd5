// SPDX-License-Identifier: Apache-2.0
/* ram.h - guests' memory that outlives their QEMU */
#ifndef RUNNER_RAM_H
#define RUNNER_RAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * To restore a saved machine the kernel clears all of its memory, also what stays
 * zero, for QEMU looks at each page; and where the host is a VM itself, what one
 * cell freed its hypervisor may have taken back before the next. That was up to a
 * fifth of all CPU time. So a lab keeps its guests' memory in files of a tmpfs of
 * its own, in huge pages, and each QEMU takes over the file of the one before. What
 * was in it does not matter to a restore: pages that are to be zero are made so
 * where they are not (QEMU's migration/ram.c, ram_handle_zero()).
 */

/**
 * ram_mount() - A tmpfs with huge pages on the folder @dir, which is made
 *
 * In the caller's mount namespace, with which it ends.
 *
 * Return: 0, or -1: also where the kernel has none, and QEMU is better off with
 * memory of its own
 */
WARN_UNUSED
int ram_mount(const char *dir, struct err *err);

/**
 * ram_file() - The file at @path for a guest of @bytes, made when it is not there
 * @clean:	For one that boots: nothing that an earlier guest left
 */
WARN_UNUSED
int ram_file(const char *path, uint64_t bytes, bool clean, struct err *err);

#endif
