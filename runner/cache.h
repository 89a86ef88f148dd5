// SPDX-License-Identifier: Apache-2.0
/* cache.h - built things, kept by a digest of all they were built from */
#ifndef RUNNER_CACHE_H
#define RUNNER_CACHE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "runner/digest.h"

/*
 * DOC: The cache
 * $CRMATRIX_CACHE, or crmatrix in $XDG_CACHE_HOME or ~/.cache. In images/ each
 * entry is a folder named by its key, the digest of its kind and inputs; its
 * entry.json tells what it was made of, and size, time and digest of its files.
 * An entry is built in a folder beside it and renamed when it is whole, so what
 * has its name is complete. One process builds, others wait for its lock.
 *
 * On use a file's size and time are compared. Where only the time differs (a
 * copied cache) its digest decides. A damaged entry is renamed to *.damaged and
 * built anew. The time of entry.json is when the entry was last used.
 * Saved machines are entries too, in vm/; a damaged one is removed.
 */

#define CACHE_FILES_MAX 16

/** struct cache_file - One file of an entry */
struct cache_file {
	char *name;
	uint64_t size_bytes;
	uint64_t mtime_ns;
	char *sha256;
};

/**
 * struct cache_entry - One built thing
 * @dir:	Where it is
 * @used_ns:	When it was last used, since the epoch
 */
struct cache_entry {
	char *dir;
	char *kind;
	char *name;
	char *key;
	char *created;
	json_t *inputs;
	struct cache_file *files;
	size_t n;
	uint64_t used_ns;
};

void cache_entry_release(struct cache_entry *entry);

/** cache_entry_path() - Of one of its files; NULL if it has none such; owned */
char *cache_entry_path(const struct cache_entry *entry, const char *name);
uint64_t cache_entry_bytes(const struct cache_entry *entry);

/**
 * struct cache - A cache
 * @dir:	Absolute path; owned
 * @say:	Told when something is waited for or found damaged; may be NULL
 */
struct cache {
	char *dir;
	void (*say)(void *arg, const char *line);
	void *arg;
};

/** cache_usual_dir() - The usual place, made or not; owned by the caller */
char *cache_usual_dir(void);

/** cache_open() - Take @dir, or NULL for the usual place, making it */
WARN_UNUSED
int cache_open(const char *dir, struct cache *ret_cache, struct err *err);
void cache_release(struct cache *cache);

/** cache_key() - Of an entry of this kind made of @inputs */
void cache_key(const char *kind, const json_t *inputs, char out[DIGEST_HEX]);

/**
 * cache_find() - Look an entry up and check it quickly
 * @ret_found:	Whether it is there and sound; a damaged one is set aside
 * @ret_entry:	Filled if found; released by the caller
 */
WARN_UNUSED
int cache_find(const struct cache *cache, const char *key, bool *ret_found,
	       struct cache_entry *ret_entry, struct err *err);

/**
 * typedef cache_build_fn - Makes an entry's files in the empty folder @dir
 */
typedef int cache_build_fn(void *arg, const char *dir, struct err *err);

/**
 * struct cache_recipe - What to build
 * @kind:	"kernel"
 * @name:	For people
 * @inputs:	All that the result depends on; borrowed
 * @build:	Makes it
 * @arg:	For @build
 */
struct cache_recipe {
	const char *kind;
	const char *name;
	const json_t *inputs;
	cache_build_fn *build;
	void *arg;
};

/** cache_get() - Find an entry, or build it; waits while another builds it */
WARN_UNUSED
int cache_get(const struct cache *cache, const struct cache_recipe *recipe,
	      struct cache_entry *ret_entry, struct err *err);

/**
 * cache_verify() - Compare all of an entry's files with their digests
 * @ret_faults:	One sentence for each that differs; empty: sound
 */
void cache_verify(const struct cache_entry *entry, struct str_list *ret_faults);

/** cache_set_aside() - Rename a damaged image to *.damaged, unless somebody
 * builds it: it is built again on use */
WARN_UNUSED
int cache_set_aside(const struct cache *cache, const char *key, const char *why,
		    struct err *err);

/** struct cache_entries - All entries, by kind, name and age */
struct cache_entries {
	struct cache_entry *v;
	size_t n;
};

/** cache_list() - All images and saved machines; those that can't be read are in
 * @ret_unreadable, by the path of their folder */
WARN_UNUSED
int cache_list(const struct cache *cache, struct cache_entries *ret_entries,
	       struct str_list *ret_unreadable, struct err *err);
void cache_entries_release(struct cache_entries *entries);

/** cache_remove() - Remove an entry unless it is being built */
WARN_UNUSED
int cache_remove(const struct cache *cache, const struct cache_entry *entry,
		 struct err *err);

/** cache_sweep() - Remove what no entry owns: damaged ones, unfinished builds */
WARN_UNUSED
int cache_sweep(const struct cache *cache, struct err *err);

/**
 * cache_recall(), cache_remember() - Small answers kept for the next time
 * @key:	Digest of the question
 * @ret_answer:	New reference, or NULL when there is none
 */
json_t *cache_recall(const struct cache *cache, const char *key);
WARN_UNUSED
int cache_remember(const struct cache *cache, const char *key,
		   const json_t *answer, struct err *err);

#endif
