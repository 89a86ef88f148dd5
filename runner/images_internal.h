// SPDX-License-Identifier: Apache-2.0
/* images_internal.h - what the files about images share */
#ifndef RUNNER_IMAGES_INTERNAL_H
#define RUNNER_IMAGES_INTERNAL_H

#include "runner/images.h"
#include "runner/recipes.h"

void images_json_freep(json_t **json);
#define CLEANUP_JSON CLEANUP(images_json_freep)

/** images_add() - Append an option and its value to arguments */
void images_add(struct str_list *args, const char *option, const char *value);

/**
 * struct images_work - A build in the hands of the cache
 * @opts:	Set by images_get()
 * @args:	Of the script; the output folder is added
 * @fetch:	Arguments of fetch-kernel.sh, or NULL
 */
struct images_work {
	const struct images_opts *opts;
	const char *script;
	const struct str_list *args;
	const struct str_list *fetch;
};

/** images_get() - Build an entry, saying so; @recipe's .build is set here */
WARN_UNUSED
int images_get(const struct images_opts *opts, struct cache_recipe *recipe,
	       struct images_work *work, struct cache_entry *ret_entry,
	       struct err *err);

/** images_say() - Tell @opts->say a line */
void images_say(const struct images_opts *opts, const char *fmt, ...)
	PRINTF(2, 3);

/**
 * images_script() - Run a script of vm-images to its end
 * @name:	"build-root.sh"
 * @args:	After its name
 * @ret_out:	What it printed, owned; may be NULL
 *
 * Its lines on stderr are told as they come, but for errors.
 */
WARN_UNUSED
int images_script(const struct images_opts *opts, const char *name,
		  const struct str_list *args, char **ret_out, struct err *err);

/** images_script_digests() - Add to @inputs the digests of scripts, and of the
 * functions they share */
WARN_UNUSED
int images_script_digests(json_t *inputs, const char *const *names,
			  struct err *err);

/** images_tools() - Note the versions of the tools of a build in its entry */
void images_tools(const char *dir);

/** images_tree_digest() - Of names, sizes and times of all below @dir, by which
 * a changed module tree is told from the one seen before */
WARN_UNUSED
int images_tree_digest(const char *dir, char out[DIGEST_HEX], struct err *err);

/**
 * images_root(), images_kernel() - An artefact's entry, built if missing
 * @may_build: When false and it is missing, or may be stale: *@ret_found false
 */
WARN_UNUSED
int images_root(const struct images_opts *opts, const struct recipe *recipe,
		bool may_build, bool *ret_found, struct cache_entry *ret_entry,
		struct err *err);
WARN_UNUSED
int images_kernel(const struct images_opts *opts, const struct recipe *recipe,
		  bool may_build, bool *ret_found,
		  struct cache_entry *ret_entry, struct err *err);

/** images_own_kernel() - The same of a user's own .deb files or image */
WARN_UNUSED
int images_own_kernel(const struct images_opts *opts,
		      const struct kernel_ref *ref, bool may_build,
		      bool *ret_found, struct cache_entry *ret_entry,
		      struct err *err);

/** images_initramfs() - Of a kernel's entry and our init and agent */
WARN_UNUSED
int images_initramfs(const struct images_opts *opts,
		     const struct cache_entry *kernel, bool may_build,
		     bool *ret_found, struct cache_entry *ret_entry,
		     struct err *err);

/** struct images_richer - What no catalogue has: userlands with more packages, and
 * kernels by suite and package; owned */
struct images_richer {
	struct recipe **v;
	size_t n;
};

void images_richer_release(struct images_richer *richer);

/**
 * images_richer_get() - A userland with all of @packages
 * @packages:	Sorted: the same set is the same recipe
 *
 * Return: @base when it has them, else one of @richer, made if needed; borrowed
 */
const struct recipe *images_richer_get(struct images_richer *richer,
				       const struct recipe *base,
				       const struct str_list *packages);

/** images_package() - A kernel by SUITE/PACKAGE, one of @richer; borrowed */
const struct recipe *images_package(struct images_richer *richer,
				    const char *name);

/**
 * struct images_task - One artefact that somebody needs
 * @recipe:	Of a catalogue, or NULL
 * @own:	A user's own kernel, or NULL
 * @asked:	Who needs more than the catalogue has, or NULL; borrowed
 */
struct images_task {
	enum recipe_kind kind;
	const struct recipe *recipe;
	const struct kernel_ref *own;
	const struct outfit *asked;
	struct cache_entry entry;
};

/** images_task_run() - Find it, or if @may_build build it; fills its entry */
WARN_UNUSED
int images_task_run(const struct images_opts *opts, struct images_task *task,
		    bool may_build, bool *ret_found, struct err *err);

/** images_jobs_most() - How many builds may run at a time */
unsigned images_jobs_most(const struct images_opts *opts);

/** images_jobs_run() - Build all, in child processes: the cache has them then,
 * the tasks' entries are not filled */
WARN_UNUSED
int images_jobs_run(const struct images_opts *opts,
		    struct images_task *const *missing, size_t n,
		    struct err *err);

#endif
