// SPDX-License-Identifier: Apache-2.0
/* images_store.h - all that the cache keeps: images and saved machines */
#ifndef RUNNER_IMAGES_STORE_H
#define RUNNER_IMAGES_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "runner/cache.h"

/** What is there and cannot be read */
#define STORE_DAMAGED "damaged"

/**
 * struct store_item - One thing in the cache; all owned
 * @kind:	"kernel", "initramfs", "root", "save", STORE_DAMAGED
 * @created:	NULL where nobody noted it
 * @used_ns:	Last use, since the epoch
 */
struct store_item {
	char *kind;
	char *name;
	char *key;
	char *path;
	char *created;
	uint64_t bytes;
	uint64_t used_ns;
};

struct store {
	struct store_item *v;
	size_t n;
};

/** store_load() - List the cache */
WARN_UNUSED
int store_load(const struct cache *cache, struct store *ret_store,
	       struct err *err);
void store_release(struct store *store);

/** store_remove() - Remove one thing; fails while somebody builds it */
WARN_UNUSED
int store_remove(const struct cache *cache, const struct store_item *item,
		 struct err *err);

/** store_sweep() - Remove leftovers of what failed or was damaged; with @all
 * the package lists and what names were resolved to, too */
WARN_UNUSED
int store_sweep(const struct cache *cache, bool all, struct err *err);

#endif
