// SPDX-License-Identifier: Apache-2.0
/* cache_tidy.c - the cache as a whole: what is in it, and taking out of it */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/cache_internal.h"

#define PART_NS (3600 * NS_PER_S)

static int by_kind_name_age(const void *left, const void *right)
{
	const struct cache_entry *a = left, *b = right;
	int order = strcmp(a->kind, b->kind);

	if (!order)
		order = str_version_cmp(a->name, b->name);
	return order ? order : strcmp(a->created, b->created);
}

/* An entry's folder is named by nothing but its key. */
static bool is_key(const char *name)
{
	return strlen(name) == DIGEST_HEX - 1 &&
	       strspn(name, "0123456789abcdef") == DIGEST_HEX - 1;
}

static void list_one(const char *parent, const char *key,
		     struct cache_entries *entries, struct str_list *unreadable)
{
	CLEANUP_FREE char *dir = xasprintf("%s/%s", parent, key);
	struct cache_entry entry = { 0 };
	struct err why = ERR_INIT;

	if (cache_entry_read(dir, &entry, &why))
		str_list_add(unreadable, dir);
	else
		*VEC_PUSH(entries->v, entries->n) = entry;
}

static int list_in(const struct cache *cache, const char *folder,
		   struct cache_entries *entries, struct str_list *unreadable,
		   struct err *err)
{
	CLEANUP_FREE char *parent = xasprintf("%s/%s", cache->dir, folder);
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (!file_exists(parent))
		return 0;
	if (file_list(parent, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (is_key(names.v[i]))
			list_one(parent, names.v[i], entries, unreadable);
	return 0;
}

int cache_list(const struct cache *cache, struct cache_entries *ret_entries,
	       struct str_list *ret_unreadable, struct err *err)
{
	struct cache_entries entries = { 0 };
	struct str_list unreadable = { 0 };

	if (list_in(cache, "images", &entries, &unreadable, err) ||
	    list_in(cache, "vm", &entries, &unreadable, err)) {
		cache_entries_release(&entries);
		str_list_release(&unreadable);
		return -1;
	}
	if (entries.n)
		qsort(entries.v, entries.n, sizeof(entries.v[0]),
		      by_kind_name_age);
	*ret_entries = entries;
	*ret_unreadable = unreadable;
	return 0;
}

void cache_entries_release(struct cache_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		cache_entry_release(&entries->v[i]);
	free(entries->v);
	*entries = (struct cache_entries){ 0 };
}

static int unlink_lock(const struct cache *cache, const char *key,
		       struct err *err)
{
	CLEANUP_FREE char *path =
		xasprintf("%s/images/%s.lock", cache->dir, key);

	if (unlink(path) < 0 && errno != ENOENT)
		return err_errno(err, "remove '%s'", path);
	return 0;
}

int cache_remove(const struct cache *cache, const struct cache_entry *entry,
		 struct err *err)
{
	CLEANUP_FREE char *away = xasprintf("%s.removed", entry->dir);
	CLEANUP_FD int lock = -1;

	if (cache_lock(cache, entry->key, NULL, &lock, err))
		return -1;
	/* A half removed entry must not be taken for a whole one. */
	if (file_rmtree(away, err))
		return -1;
	if (rename(entry->dir, away) < 0 && errno != ENOENT)
		return err_errno(err, "rename '%s'", entry->dir);
	if (file_rmtree(away, err))
		return -1;
	return unlink_lock(cache, entry->key, err);
}

/* Of "KEY.new" and the like, the key; false for anything else. */
static bool leftover_key(const char *name, char key[DIGEST_HEX])
{
	static const char *const ends[] = { ".new", ".new.debs", ".damaged",
					    ".removed", ".lock" };
	size_t len = DIGEST_HEX - 1;

	if (strlen(name) <= len)
		return false;
	memcpy(key, name, len);
	key[len] = '\0';
	if (!is_key(key))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (str_eq(name + len, ends[i]))
			return true;
	return false;
}

static int sweep_one(const struct cache *cache, const char *name,
		     struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/images/%s", cache->dir, name);
	char key[DIGEST_HEX];
	CLEANUP_FREE char *entry = NULL;
	CLEANUP_FD int lock = -1;
	struct err busy = ERR_INIT;

	if (!leftover_key(name, key))
		return 0;
	if (cache_lock(cache, key, NULL, &lock, &busy))
		return 0;
	entry = cache_dir_of(cache, key);
	if (str_ends(name, ".lock"))
		return file_exists(entry) ? 0 : unlink_lock(cache, key, err);
	if (file_rmtree(path, err))
		return -1;
	return file_exists(entry) ? 0 : unlink_lock(cache, key, err);
}

/* A machine is saved within seconds: who began so long ago is gone. */
static bool given_up(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 &&
	       cache_mtime_ns(&st) + PART_NS < clock_real_ns();
}

static int sweep_parts(const struct cache *cache, struct err *err)
{
	CLEANUP_FREE char *saves = xasprintf("%s/vm", cache->dir);
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (!file_exists(saves))
		return 0;
	if (file_list(saves, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path = xasprintf("%s/%s", saves, names.v[i]);

		if (strstr(names.v[i], CACHE_PART) && given_up(path) &&
		    file_rmtree(path, err))
			return -1;
	}
	return 0;
}

int cache_sweep(const struct cache *cache, struct err *err)
{
	CLEANUP_FREE char *images = xasprintf("%s/images", cache->dir);
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (file_list(images, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (sweep_one(cache, names.v[i], err))
			return -1;
	return sweep_parts(cache, err);
}
