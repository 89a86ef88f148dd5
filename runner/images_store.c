// SPDX-License-Identifier: Apache-2.0
/* images_store.c - all that the cache keeps: images and saved machines */
#include "runner/images_store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/cache_internal.h"

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

/* What cannot be read tells nothing of itself: look at its files. */
static void take_damaged(struct store *store, const char *dir)
{
	const char *slash = strrchr(dir, '/');
	struct str_list names CLEANUP(str_list_release) = { 0 };
	struct err ignored = ERR_INIT;
	struct stat st;
	uint64_t bytes = 0, used_ns = 0;

	if (lstat(dir, &st) == 0)
		used_ns = cache_mtime_ns(&st);
	if (file_list(dir, &names, &ignored))
		bytes = 0;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *file = xasprintf("%s/%s", dir, names.v[i]);

		if (lstat(file, &st) == 0)
			bytes += (uint64_t)st.st_blocks * 512;
	}
	*VEC_PUSH(store->v, store->n) =
		(struct store_item){ .kind = xstrdup(STORE_DAMAGED),
				     .name = xstrdup("?"),
				     .key = xstrdup(slash ? slash + 1 : dir),
				     .path = xstrdup(dir),
				     .bytes = bytes,
				     .used_ns = used_ns };
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
	for (size_t i = 0; i < unreadable.n; i++)
		take_damaged(&store, unreadable.v[i]);
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

	CLEANUP_FREE char *image = cache_dir_of(cache, item->key);

	if (!str_eq(item->path, image)) /* a saved machine */
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
