// SPDX-License-Identifier: Apache-2.0
/* images_care.c - 'images verify' and 'images prune': the cache looked after */
#include "runner/images_care.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/cli.h"
#include "runner/images.h"
#include "runner/images_store.h"
#include "runner/log.h"
#include "runner/saves.h"
#include "runner/selection.h"

int images_failed(const struct err *err)
{
	log_err(NULL, "%s", err->msg);
	return err->domain == ERR_INPUT ? CLI_USAGE : CLI_BROKEN;
}

/* --- verify ------------------------------------------------------------------ */

/* A saved machine is removed, an image kept for whoever wants to know why. */
static void put_away(const struct cache *cache, bool is_save, const char *dir,
		     const char *why)
{
	const char *slash = strrchr(dir, '/');
	struct err err = ERR_INIT;

	if (is_save ?
		    file_rmtree(dir, &err) :
		    cache_set_aside(cache, slash ? slash + 1 : dir, why, &err))
		log_err(NULL, "%s", err.msg);
}

static bool verify_entry(const struct cache *cache,
			 const struct cache_entry *entry)
{
	struct str_list faults CLEANUP(str_list_release) = { 0 };

	cache_verify(entry, &faults);
	for (size_t i = 0; i < faults.n; i++)
		log_err(NULL, "%s '%s': %s", entry->kind, entry->name,
			faults.v[i]);
	if (faults.n)
		put_away(cache, str_eq(entry->kind, SAVES_KIND), entry->dir,
			 "by its digest");
	return faults.n > 0;
}

static void verify_unreadable(const struct cache *cache, const char *dir)
{
	CLEANUP_FREE char *images = xasprintf("%s/images/", cache->dir);

	log_err(NULL, "'%s' has no readable entry.json", dir);
	put_away(cache, !str_starts(dir, images), dir, "no entry.json");
}

int images_verify(const struct cache *cache)
{
	struct cache_entries entries CLEANUP(cache_entries_release) = { 0 };
	struct str_list unreadable CLEANUP(str_list_release) = { 0 };
	struct err err = ERR_INIT;
	size_t damaged = 0;

	if (cache_list(cache, &entries, &unreadable, &err))
		return images_failed(&err);
	for (size_t i = 0; i < entries.n; i++)
		damaged += verify_entry(cache, &entries.v[i]);
	for (size_t i = 0; i < unreadable.n; i++)
		verify_unreadable(cache, unreadable.v[i]);
	damaged += unreadable.n;
	printf("%zu images verified, %zu damaged%s\n", entries.n + unreadable.n,
	       damaged, damaged ? ": put away, and built again on use" : "");
	return damaged ? CLI_BROKEN : CLI_OK;
}

/* --- prune ------------------------------------------------------------------- */

/* What the default matrix boots from. */
static int needed_keys(const struct cache *cache, struct str_list *ret_keys,
		       struct err *err)
{
	const struct selection selection = { .lenient = true };
	const struct images_opts opts = { .cache = cache };
	struct plan plan CLEANUP(plan_release) = { 0 };
	struct plan_filter filter = { 0 };

	if (selection_load(&selection, &plan, &filter, err) ||
	    plan_expand(&plan, &filter, err))
		return -1;
	return images_keys(&opts, plan.outfits, plan.n_outfits, ret_keys, err);
}

/** struct pruning - What goes, what stays */
struct pruning {
	const struct images_prune_opts *opts;
	struct str_list needed;
	uint64_t unused_since_ns;
};

static bool stays(const struct pruning *p, const struct store_item *item)
{
	if (p->opts->all)
		return false;
	return item->used_ns > p->unused_since_ns ||
	       str_list_has(&p->needed, item->key);
}

static int prune_items(const struct cache *cache, const struct pruning *p)
{
	struct store store CLEANUP(store_release) = { 0 };
	bool dry = p->opts->dry_run;
	uint64_t freed = 0;
	struct err err = ERR_INIT;
	int status = CLI_OK;

	if (store_load(cache, &store, &err))
		return images_failed(&err);
	for (size_t i = 0; i < store.n; i++) {
		const struct store_item *item = &store.v[i];

		if (stays(p, item))
			continue;
		if (!dry && store_remove(cache, item, &err)) {
			status = images_failed(&err);
			continue;
		}
		printf("%s %s %.12s\n", item->kind, item->name, item->key);
		freed += item->bytes;
	}
	printf("%.1f MB %s\n", (double)freed / 1e6,
	       dry ? "would be freed" : "freed");
	return status;
}

int images_prune(const struct cache *cache,
		 const struct images_prune_opts *opts)
{
	uint64_t now_ns = clock_real_ns();
	uint64_t keep_ns = opts->days * 24 * 3600 * NS_PER_S;
	struct pruning p = { .opts = opts,
			     .unused_since_ns =
				     keep_ns < now_ns ? now_ns - keep_ns : 0 };
	struct err err = ERR_INIT;
	int status;

	if (!opts->all && needed_keys(cache, &p.needed, &err))
		return images_failed(&err);
	status = prune_items(cache, &p);
	str_list_release(&p.needed);
	if (!opts->dry_run && store_sweep(cache, opts->all, &err))
		return images_failed(&err);
	return status;
}
