// SPDX-License-Identifier: Apache-2.0
/* cmd_images.c - crmatrix images: build, list, verify, prune */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/verdict.h"
#include "runner/bootfiles.h"
#include "runner/cli.h"
#include "runner/images.h"
#include "runner/images_care.h"
#include "runner/images_store.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/selection.h"

struct args {
	bool refresh;
	struct selection selection;
	bool json;
	bool all;
	bool dry_run;
	uint64_t jobs;
	uint64_t days;
	struct str_list debs;
	const char *image;
	const char *modules;
};

static const struct option_def defs[] = {
	SELECTION_OPTIONS(args, selection),
	{ "refresh", 0, OPTION_FLAG, offsetof(struct args, refresh),
	  .help = "build: look for newer packages, even if the cache has what "
		  "it needs" },
	{ "jobs", 'j', OPTION_UINT, offsetof(struct args, jobs), .arg = "N",
	  .help = "build: so many at a time", .min = 1, .max = 64 },
	{ "deb", 0, OPTION_LIST, offsetof(struct args, debs),
	  .arg = "FILE,FILE",
	  .help = "build: a kernel of your own, from all its packages" },
	{ "image", 0, OPTION_STR, offsetof(struct args, image), .arg = "FILE",
	  .help = "build: a kernel of your own, from its bzImage" },
	{ "modules", 0, OPTION_STR, offsetof(struct args, modules),
	  .arg = "DIR", .help = "and its lib/modules/VERSION" },
	{ "json", 0, OPTION_FLAG, offsetof(struct args, json),
	  .help = "list: print JSON" },
	{ "older-than", 0, OPTION_UINT, offsetof(struct args, days),
	  .arg = "DAYS",
	  .help = "prune: what was not used for so long; default 30", .min = 0,
	  .max = 36500 },
	{ "all", 0, OPTION_FLAG, offsetof(struct args, all),
	  .help = "prune: everything, without exception" },
	{ "dry-run", 'n', OPTION_FLAG, offsetof(struct args, dry_run),
	  .help = "prune: only say what would go" },
};

static const struct options options = {
	.command = "images",
	.summary =
		"Look after what machines boot from: kernels, root file systems "
		"and saved\nmachines.\n\n"
		"  build   bring kernels and userlands into the cache; without "
		"names all of\n"
		"          vm-images/kernels.yaml and userlands.yaml; with "
		"--matrix, --machine or\n"
		"          --scenario what those cells boot from, the packages "
		"that their\n          scenarios need too\n"
		"  list    show what the cache has\n"
		"  verify  compare all of it with its digests; what is damaged is "
		"built again on\n          use\n"
		"  prune   remove leftovers and what was not used for long, but "
		"no image that the\n          default matrix needs",
	.operands = "build|list|verify|prune [NAME]...",
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer =
		"'crmatrix run' builds what it needs by itself. The cache is "
		"crmatrix in\n$XDG_CACHE_HOME or ~/.cache; CRMATRIX_CACHE moves "
		"it.\n\nExit status: 0 done, 2 usage or input error, 3 a build "
		"failed or an\nimage is damaged.",
};

static void say(void *arg, const char *line)
{
	(void)arg;
	log_info(NULL, "%s", line);
}

static int usage(const char *text)
{
	log_err(NULL, "images: %s (see 'crmatrix images --help')", text);
	return CLI_USAGE;
}

/* --- build ------------------------------------------------------------------- */

static int build_own(const struct images_opts *opts, const struct args *args)
{
	struct kernel_ref ref = { .debs = args->debs };
	struct err err = ERR_INIT;
	int status;

	if (args->debs.n && args->image)
		return usage("--deb and --image exclude each other");
	if (args->modules && !args->image)
		return usage("--modules goes with --image");
	ref.image = args->image ? xstrdup(args->image) : NULL;
	ref.modules = args->modules ? xstrdup(args->modules) : NULL;
	status = images_build_kernel(opts, &ref, &err);
	free(ref.image);
	free(ref.modules);
	return status ? images_failed(&err) : CLI_OK;
}

static bool selects(const struct selection *s)
{
	return s->matrix || s->machines.n || s->scenarios.n || s->sources.n ||
	       s->targets.n;
}

static int build_selected(const struct images_opts *opts,
			  const struct selection *selection, struct err *err)
{
	struct plan plan CLEANUP(plan_release) = { 0 };
	struct plan_filter filter = { 0 };
	struct boot_files *files;
	int rc;

	if (selection_load(selection, &plan, &filter, err) ||
	    plan_expand(&plan, &filter, err))
		return -1;
	files = xcalloc(plan.n_outfits, sizeof(*files));
	rc = images_prepare(opts, plan.outfits, plan.n_outfits, files, err);
	bootfiles_free(files, plan.n_outfits);
	return rc;
}

static int build(struct cache *cache, const struct args *args,
		 const struct operands *names)
{
	struct images_opts opts = { .cache = cache,
				    .refresh = args->refresh,
				    .jobs = (unsigned)args->jobs,
				    .say = say };
	struct str_list list = { .v = names->v, .n = names->n };
	struct err err = ERR_INIT;

	if (args->debs.n || args->image || args->modules)
		return build_own(&opts, args);
	if (selects(&args->selection) && names->n)
		return usage("names and --matrix, --machine or --scenario "
			     "exclude each other");
	if (selects(&args->selection) ?
		    build_selected(&opts, &args->selection, &err) :
		    images_build(&opts, &list, &err))
		return images_failed(&err);
	log_info(NULL, "all images are ready in '%s'", cache->dir);
	return CLI_OK;
}

/* --- list -------------------------------------------------------------------- */

static json_t *item_json(const struct store_item *item)
{
	char used[21];

	clock_iso8601(item->used_ns, used);
	return json_pack("{s:s,s:s,s:s,s:I,s:s?,s:s,s:s}", "kind", item->kind,
			 "name", item->name, "key", item->key, "bytes",
			 (json_int_t)item->bytes, "created", item->created,
			 "used", used, "path", item->path);
}

static void print_items(const struct store *store)
{
	uint64_t sum = 0;

	printf("%-10s %-28s %-12s %9s  %s\n", "KIND", "NAME", "KEY", "MB",
	       "USED");
	for (size_t i = 0; i < store->n; i++) {
		const struct store_item *item = &store->v[i];
		char used[21];

		clock_iso8601(item->used_ns, used);
		printf("%-10s %-28s %-12.12s %9.1f  %s\n", item->kind,
		       item->name, item->key, (double)item->bytes / 1e6, used);
		sum += item->bytes;
	}
	printf("%zu images, %.1f MB\n", store->n, (double)sum / 1e6);
}

static int list(const struct cache *cache, const struct args *args)
{
	struct store store CLEANUP(store_release) = { 0 };
	struct err err = ERR_INIT;
	json_t *rows;

	if (store_load(cache, &store, &err))
		return images_failed(&err);
	if (!args->json) {
		print_items(&store);
		return CLI_OK;
	}
	rows = json_array();
	for (size_t i = 0; i < store.n; i++)
		json_array_append_new(rows, item_json(&store.v[i]));
	(void)json_dumpf(rows, stdout, JSON_INDENT(2));
	printf("\n");
	json_decref(rows);
	return CLI_OK;
}

static int images(struct args *args, struct operands *operands)
{
	const char *verb = operands->v[0];
	static const char *const verbs[] = { "build", "list", "verify", "prune",
					     NULL };
	struct cache cache CLEANUP(cache_release) = { 0 };
	struct operands names = { operands->v + 1, operands->n - 1 };
	const char *near;
	struct err err = ERR_INIT;

	if (name_index(verbs, verb) < 0) {
		near = cli_nearest(verb, verbs);
		log_err(NULL, "images cannot '%s'%s%s%s", verb,
			near ? ", did you mean '" : "; it can ",
			near ? near : "build, list, verify and prune",
			near ? "'?" : "");
		return CLI_USAGE;
	}
	if (names.n && !str_eq(verb, "build"))
		return usage("names are for 'build' alone");
	if (cache_open(NULL, &cache, &err))
		return images_failed(&err);
	cache.say = say;
	if (str_eq(verb, "build"))
		return build(&cache, args, &names);
	if (str_eq(verb, "list"))
		return list(&cache, args);
	if (str_eq(verb, "verify"))
		return images_verify(&cache);
	return images_prune(
		&cache, &(struct images_prune_opts){ .all = args->all,
						     .dry_run = args->dry_run,
						     .days = args->days });
}

int cmd_images(int argc, char **argv)
{
	struct args args = { .days = 30 };
	struct operands operands = { 0 };
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	status = images(&args, &operands);
	options_release(&options, &args);
	return status;
}
