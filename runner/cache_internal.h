// SPDX-License-Identifier: Apache-2.0
/* cache_internal.h - what the files of the cache share */
#ifndef RUNNER_CACHE_INTERNAL_H
#define RUNNER_CACHE_INTERNAL_H

#include <sys/stat.h>

#include "runner/cache.h"

/* Changes whenever entries of an older tool must not be used. */
#define CACHE_FORMAT "crmatrix/image/1"
#define CACHE_META "entry.json"
/* Between a key and random letters: an entry that is being made. */
#define CACHE_PART ".part-"

char *cache_dir_of(const struct cache *cache, const char *key);
uint64_t cache_mtime_ns(const struct stat *st);

/** cache_lock() - Lock a key; waits, telling for @what, or with NULL fails with
 * EWOULDBLOCK */
WARN_UNUSED
int cache_lock(const struct cache *cache, const char *key, const char *what,
	       int *ret_fd, struct err *err);

/**
 * cache_entry_examine() - Read the entry in @dir, and look at it quickly
 * @ret_entry:	Filled when it is sound; marked as used now
 *
 * Return: NULL, or what is wrong with it; owned
 */
char *cache_entry_examine(const char *dir, const char *key,
			  struct cache_entry *ret_entry);

/** cache_entry_read() - The entry in @dir, its files not looked at */
WARN_UNUSED
int cache_entry_read(const char *dir, struct cache_entry *ret_entry,
		     struct err *err);

/** cache_entry_write() - Write its entry.json */
WARN_UNUSED
int cache_entry_write(const struct cache_entry *entry, struct err *err);

/** cache_entry_scan() - Take in all files of its folder, synced and digested */
WARN_UNUSED
int cache_entry_scan(struct cache_entry *entry, struct err *err);

#endif
