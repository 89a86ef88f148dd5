// SPDX-License-Identifier: Apache-2.0
/* saves.h - machines saved after their boot, kept in the cache's vm/ */
#ifndef RUNNER_SAVES_H
#define RUNNER_SAVES_H

#include <stdbool.h>

#include "base/err.h"

/** What a saved machine is as an entry of the cache */
#define SAVES_KIND "save"

/**
 * saves_find() - Whether a machine saved in @dir can be used
 *
 * Looked at as quickly as other entries of the cache are. One that is damaged
 * is said to be, and removed: the machine is booted again.
 */
bool saves_find(const char *dir);

/** saves_begin() - Make a folder beside @dir to save into; owned */
WARN_UNUSED
int saves_begin(const char *dir, char **ret_temp, struct err *err);

/**
 * saves_keep() - Note what lies in @temp, and give it its place
 * @name:	Of the machine, for people
 *
 * Another process may have been quicker: then that one's stays.
 */
WARN_UNUSED
int saves_keep(const char *temp, const char *dir, const char *name,
	       struct err *err);

#endif
