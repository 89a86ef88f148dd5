// SPDX-License-Identifier: Apache-2.0
/* images_store.c - all that the cache keeps: images and saved machines */
#include "runner/images_store.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

static char *saves_dir(const struct cache *cache)
{
	return xasprintf("%s/vm", cache->dir);
}

static void take_entry(struct store *store, const struct cache_entry *entry)
{
	*VEC_PUSH(store->v, store->n) =
		(struct store_item){ .kind = xstrdup(entry->kind),
				     .name = xstrdup(entry->name),
				     .key = xstrdup(entry->key),
				     .path = xstrdup(entry->dir),
				     .created = xstrdup(entry->created),
				     .bytes = cache_entry_bytes(entry),
				     .used_ns = entry->used_ns };
}

static uint64_t later(uint64_t known_ns, const struct timespec *ts)
{
	uint64_t ns = (uint64_t)ts->tv_sec * NS_PER_S + (uint64_t)ts->tv_nsec;

	return ns > known_ns ? ns : known_ns;
}

/* A saved machine tells nothing of itself: look at its files. */
static int take_save(struct store *store, const char *dir, const char *key,
		     struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", dir, key);
	struct str_list names CLEANUP(str_list_release) = { 0 };
	uint64_t bytes = 0, used_ns = 0;

	if (file_list(path, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *file = xasprintf("%s/%s", path, names.v[i]);
		struct stat st;

		if (lstat(file, &st) < 0)
			continue;
		/* Saves have holes: what they cost is their blocks. */
		bytes += (uint64_t)st.st_blocks * 512;
		used_ns = later(later(used_ns, &st.st_mtim), &st.st_atim);
	}
	*VEC_PUSH(store->v, store->n) =
		(struct store_item){ .kind = xstrdup(STORE_SAVE),
				     .name = xstrdup("machine"),
				     .key = xstrdup(key),
				     .path = TAKE(path),
				     .bytes = bytes,
				     .used_ns = used_ns };
	return 0;
}

static int take_saves(const struct cache *cache, struct store *store,
		      struct err *err)
{
	CLEANUP_FREE char *dir = saves_dir(cache);
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (!file_exists(dir))
		return 0;
	if (file_list(dir, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path = xasprintf("%s/%s", dir, names.v[i]);
		struct stat st;

		if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		if (take_save(store, dir, names.v[i], err))
			return -1;
	}
	return 0;
}

int store_load(const struct cache *cache, struct store *ret_store,
	       struct err *err)
{
	struct cache_entries entries CLEANUP(cache_entries_release) = { 0 };
	struct str_list unreadable CLEANUP(str_list_release) = { 0 };
	struct store store = { 0 };

	if (cache_list(cache, &entries, &unreadable, err))
		return -1;
	for (size_t i = 0; i < entries.n; i++)
		take_entry(&store, &entries.v[i]);
	if (take_saves(cache, &store, err)) {
		store_release(&store);
		return -1;
	}
	*ret_store = store;
	return 0;
}

void store_release(struct store *store)
{
	for (size_t i = 0; i < store->n; i++) {
		free(store->v[i].kind);
		free(store->v[i].name);
		free(store->v[i].key);
		free(store->v[i].path);
		free(store->v[i].created);
	}
	free(store->v);
	*store = (struct store){ 0 };
}

int store_remove(const struct cache *cache, const struct store_item *item,
		 struct err *err)
{
	const struct cache_entry entry = { .dir = item->path,
					   .key = item->key };

	if (str_eq(item->kind, STORE_SAVE))
		return file_rmtree(item->path, err);
	return cache_remove(cache, &entry, err);
}

int store_sweep(const struct cache *cache, bool all, struct err *err)
{
	static const char *const derived[] = { "apt", "resolved" };

	if (cache_sweep(cache, err))
		return -1;
	for (size_t i = 0; all && i < ARRAY_SIZE(derived); i++) {
		CLEANUP_FREE char *path =
			xasprintf("%s/%s", cache->dir, derived[i]);

		if (file_rmtree(path, err))
			return -1;
	}
	return 0;
}
