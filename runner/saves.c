// SPDX-License-Identifier: Apache-2.0
/* saves.c - machines saved after their boot, kept in the cache's vm/ */
#include "runner/saves.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/cache_internal.h"
#include "runner/log.h"

static const char *key_of(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? slash + 1 : dir;
}

bool saves_find(const char *dir)
{
	struct cache_entry entry CLEANUP(cache_entry_release) = { 0 };
	CLEANUP_FREE char *why = NULL;
	struct err err = ERR_INIT;

	if (!file_exists(dir))
		return false;
	why = cache_entry_examine(dir, key_of(dir), &entry);
	if (!why)
		return true;
	log_warn(NULL, "saved machine '%s' is damaged (%s), booting it again",
		 dir, why);
	if (file_rmtree(dir, &err))
		log_warn(NULL, "%s, ignoring", err.msg);
	return false;
}

int saves_begin(const char *dir, char **ret_temp, struct err *err)
{
	CLEANUP_FREE char *parent = xstrdup(dir);
	CLEANUP_FREE char *temp = xasprintf("%s" CACHE_PART "XXXXXX", dir);
	char *slash = strrchr(parent, '/');

	assert(slash);
	*slash = '\0';
	if (file_mkdirs(parent, err))
		return -1;
	if (!mkdtemp(temp))
		return err_errno(err, "make a folder in '%s'", parent);
	*ret_temp = TAKE(temp);
	return 0;
}

int saves_keep(const char *temp, const char *dir, const char *name,
	       struct err *err)
{
	struct cache_entry entry CLEANUP(cache_entry_release) = {
		.dir = xstrdup(temp),
		.kind = xstrdup(SAVES_KIND),
		.name = xstrdup(name),
		.key = xstrdup(key_of(dir)),
		.inputs = json_object(),
	};
	char now[21];

	clock_iso8601(clock_real_ns(), now);
	entry.created = xstrdup(now);
	if (cache_entry_scan(&entry, err) || cache_entry_write(&entry, err))
		return -1;
	if (!rename(temp, dir))
		return 0;
	if (errno == EEXIST || errno == ENOTEMPTY)
		return file_rmtree(temp, err);
	return err_errno(err, "rename '%s'", temp);
}
