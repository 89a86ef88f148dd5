// SPDX-License-Identifier: Apache-2.0
/* images.c - what machines boot from: found in the cache, or built */
#include "runner/images.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/images_internal.h"
#include "runner/lab.h"

/** struct tasks - All of them, each once; userlands, which take longest, first */
struct tasks {
	const struct images_opts *opts;
	struct recipes catalogue[RECIPE_COUNT];
	struct images_richer richer;
	struct images_task *v;
	size_t n;
};

static void tasks_release(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->n; i++)
		cache_entry_release(&tasks->v[i].entry);
	free(tasks->v);
	images_richer_release(&tasks->richer);
	for (int kind = 0; kind < RECIPE_COUNT; kind++)
		recipes_release(&tasks->catalogue[kind]);
}

static int tasks_init(struct tasks *tasks, const struct images_opts *opts,
		      struct err *err)
{
	tasks->opts = opts;
	if (recipes_load(RECIPE_USERLAND, &tasks->catalogue[RECIPE_USERLAND],
			 err))
		return -1;
	return recipes_load(RECIPE_KERNEL, &tasks->catalogue[RECIPE_KERNEL],
			    err);
}

static bool same_own(const struct kernel_ref *a, const struct kernel_ref *b)
{
	if (!a || !b)
		return a == b;
	if (!str_eq(a->image, b->image) || !str_eq(a->modules, b->modules) ||
	    a->debs.n != b->debs.n)
		return false;
	for (size_t i = 0; i < a->debs.n; i++)
		if (!str_eq(a->debs.v[i], b->debs.v[i]))
			return false;
	return true;
}

static struct images_task *find_task(const struct tasks *tasks,
				     const struct recipe *recipe,
				     const struct kernel_ref *own)
{
	for (size_t i = 0; i < tasks->n; i++)
		if (tasks->v[i].recipe == recipe &&
		    same_own(tasks->v[i].own, own))
			return &tasks->v[i];
	return NULL;
}

static struct images_task *add_task(struct tasks *tasks, enum recipe_kind kind,
				    const struct recipe *recipe,
				    const struct kernel_ref *own)
{
	struct images_task *task = find_task(tasks, recipe, own);

	if (task)
		return task;
	task = VEC_PUSH(tasks->v, tasks->n);
	*task = (struct images_task){ .kind = kind,
				      .recipe = recipe,
				      .own = own };
	return task;
}

static int lookup(const struct tasks *tasks, enum recipe_kind kind,
		  const char *name, const struct recipe **ret_recipe,
		  struct err *err)
{
	const struct recipe *recipe =
		recipes_find(&tasks->catalogue[kind], kind, name, err);

	if (!recipe)
		return -1;
	*ret_recipe = recipe;
	return 0;
}

/* A machine's kernel: of a suite, of the catalogue, or with NULL its own. */
static int lookup_kernel(struct tasks *tasks, const struct kernel_ref *ref,
			 const struct recipe **ret_recipe, struct err *err)
{
	if (ref->name && strchr(ref->name, '/')) {
		*ret_recipe = images_package(&tasks->richer, ref->name);
		return 0;
	}
	if (ref->name)
		return lookup(tasks, RECIPE_KERNEL, ref->name, ret_recipe, err);
	*ret_recipe = NULL;
	return 0;
}

/* A machine's userland, with the packages that are needed beside. */
static int lookup_userland(struct tasks *tasks, const struct outfit *outfit,
			   const struct recipe **ret_recipe, bool *ret_richer,
			   struct err *err)
{
	const struct recipe *base;

	if (lookup(tasks, RECIPE_USERLAND, outfit->machine.userland, &base,
		   err))
		return -1;
	*ret_recipe =
		images_richer_get(&tasks->richer, base, &outfit->packages);
	*ret_richer = *ret_recipe != base;
	return 0;
}

/* Bring all into the cache; then each task has its entry. */
static int run_tasks(struct tasks *tasks, struct err *err)
{
	CLEANUP_FREE struct images_task **missing =
		xcalloc(tasks->n, sizeof(*missing));
	struct images_opts cached = *tasks->opts;
	size_t n = 0;
	bool found;

	for (size_t i = 0; i < tasks->n; i++) {
		if (images_task_run(tasks->opts, &tasks->v[i], false, &found,
				    err))
			return -1;
		if (!found)
			missing[n++] = &tasks->v[i];
	}
	if (n > 1 && images_jobs_most(tasks->opts) > 1) {
		if (images_jobs_run(tasks->opts, missing, n, err))
			return -1;
		/* The children did all; what is left is to look it up. */
		cached.refresh = false;
	}
	for (size_t i = 0; i < n; i++)
		if (images_task_run(&cached, missing[i], true, &found, err))
			return -1;
	return 0;
}

/* --- For machines --------------------------------------------------------- */

/* A misspelled userland would go without its packages, and without a word. */
static int check_needs(const struct tasks *tasks, const struct outfit *outfit,
		       struct err *err)
{
	const struct scenario *s = outfit->asked;
	CLEANUP_FREE char *origin = outfit_origin(outfit);
	const struct recipe *recipe;

	for (size_t i = 0; s && i < s->needs.n_more; i++)
		if (lookup(tasks, RECIPE_USERLAND, s->needs.more[i].name,
			   &recipe, err))
			return err_wrap(err, "%s-for", origin);
	return 0;
}

static int add_userland(struct tasks *tasks, const struct outfit *outfit,
			struct err *err)
{
	const struct recipe *recipe = NULL;
	struct images_task *task;
	bool richer;

	if (check_needs(tasks, outfit, err))
		return -1;
	if (lookup_userland(tasks, outfit, &recipe, &richer, err))
		return err_wrap(err, "machine '%s'", outfit->machine.name);
	task = add_task(tasks, RECIPE_USERLAND, recipe, NULL);
	if (richer)
		task->asked = outfit;
	return 0;
}

static int add_kernel(struct tasks *tasks, const struct outfit *outfit,
		      struct err *err)
{
	const struct kernel_ref *ref = &outfit->machine.kernel;
	const struct recipe *recipe = NULL;

	if (lookup_kernel(tasks, ref, &recipe, err))
		return err_wrap(err, "machine '%s'", outfit->machine.name);
	(void)add_task(tasks, RECIPE_KERNEL, recipe, recipe ? NULL : ref);
	return 0;
}

static int fill_files(struct tasks *tasks, const struct outfit *outfit,
		      struct boot_files *ret_files, struct err *err)
{
	const struct machine *machine = &outfit->machine;
	const struct recipe *kernel = NULL, *userland = NULL;
	const struct images_task *k, *u;
	bool richer;
	struct cache_entry initramfs CLEANUP(cache_entry_release) = { 0 };
	CLEANUP_FREE char *keys = NULL;
	char key[DIGEST_HEX];
	bool found;

	if (lookup_kernel(tasks, &machine->kernel, &kernel, err) ||
	    lookup_userland(tasks, outfit, &userland, &richer, err))
		return -1;
	k = find_task(tasks, kernel, kernel ? NULL : &machine->kernel);
	u = find_task(tasks, userland, NULL);
	assert(k && u);
	if (images_initramfs(tasks->opts, &k->entry, true, &found, &initramfs,
			     err))
		return err_wrap(err, "machine '%s'", machine->name);
	keys = xasprintf("%s %s %s", k->entry.key, initramfs.key, u->entry.key);
	digest_text(keys, key);
	*ret_files = (struct boot_files){
		.kernel = cache_entry_path(&k->entry, "vmlinux"),
		.initramfs = cache_entry_path(&initramfs, "initramfs.cpio"),
		.root = cache_entry_path(&u->entry, "root.squashfs"),
		.modules = cache_entry_path(&k->entry, "modules.squashfs"),
		.key = xstrdup(key),
	};
	if (!ret_files->kernel)
		ret_files->kernel = cache_entry_path(&k->entry, "vmlinuz");
	return 0;
}

static int add_outfits(struct tasks *tasks, const struct outfit *outfits,
		       size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (add_userland(tasks, &outfits[i], err))
			return -1;
	for (size_t i = 0; i < n; i++)
		if (add_kernel(tasks, &outfits[i], err))
			return -1;
	return 0;
}

int images_prepare(const struct images_opts *opts, const struct outfit *outfits,
		   size_t n, struct boot_files *ret_files, struct err *err)
{
	struct tasks tasks CLEANUP(tasks_release) = { 0 };

	if (tasks_init(&tasks, opts, err) ||
	    add_outfits(&tasks, outfits, n, err))
		return -1;
	if (run_tasks(&tasks, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (fill_files(&tasks, &outfits[i], &ret_files[i], err) == 0)
			continue;
		while (i > 0)
			boot_files_release(&ret_files[--i]);
		return -1;
	}
	return 0;
}

static int note_key(const struct images_opts *opts, struct images_task *task,
		    struct str_list *keys, struct err *err)
{
	struct cache_entry initramfs CLEANUP(cache_entry_release) = { 0 };
	bool found;

	if (images_task_run(opts, task, false, &found, err))
		return -1;
	if (!found)
		return 0;
	str_list_add(keys, task->entry.key);
	if (task->kind != RECIPE_KERNEL)
		return 0;
	if (images_initramfs(opts, &task->entry, false, &found, &initramfs,
			     err))
		return -1;
	if (found)
		str_list_add(keys, initramfs.key);
	return 0;
}

int images_keys(const struct images_opts *opts, const struct outfit *outfits,
		size_t n, struct str_list *ret_keys, struct err *err)
{
	struct tasks tasks CLEANUP(tasks_release) = { 0 };
	struct str_list keys CLEANUP(str_list_release) = { 0 };

	if (tasks_init(&tasks, opts, err) ||
	    add_outfits(&tasks, outfits, n, err))
		return -1;
	for (size_t i = 0; i < tasks.n; i++)
		if (note_key(opts, &tasks.v[i], &keys, err))
			return -1;
	*ret_keys = keys;
	keys = (struct str_list){ 0 };
	return 0;
}

/* --- By name ------------------------------------------------------------------ */

static void add_all(struct tasks *tasks, enum recipe_kind kind)
{
	for (size_t i = 0; i < tasks->catalogue[kind].n; i++)
		(void)add_task(tasks, kind, &tasks->catalogue[kind].v[i], NULL);
}

static int add_name(struct tasks *tasks, const char *name, struct err *err)
{
	struct err why[RECIPE_COUNT] = { ERR_INIT, ERR_INIT };
	bool found = false;

	for (int kind = RECIPE_COUNT - 1; kind >= 0; kind--) {
		const struct recipe *recipe = NULL;

		if (lookup(tasks, (enum recipe_kind)kind, name, &recipe,
			   &why[kind]))
			continue;
		(void)add_task(tasks, (enum recipe_kind)kind, recipe, NULL);
		found = true;
	}
	if (found)
		return 0;
	return err_set(err, ERR_INPUT, 0, "%s; %s", why[RECIPE_KERNEL].msg,
		       why[RECIPE_USERLAND].msg);
}

/* Kernels are of use only with their initramfs. */
static int finish_kernels(const struct tasks *tasks, struct err *err)
{
	for (size_t i = 0; i < tasks->n; i++) {
		struct cache_entry entry CLEANUP(cache_entry_release) = { 0 };
		bool found;

		if (tasks->v[i].kind == RECIPE_KERNEL &&
		    images_initramfs(tasks->opts, &tasks->v[i].entry, true,
				     &found, &entry, err))
			return -1;
	}
	return 0;
}

int images_build(const struct images_opts *opts, const struct str_list *names,
		 struct err *err)
{
	struct tasks tasks CLEANUP(tasks_release) = { 0 };

	if (tasks_init(&tasks, opts, err))
		return -1;
	for (size_t i = 0; i < names->n; i++)
		if (add_name(&tasks, names->v[i], err))
			return -1;
	if (!names->n) {
		add_all(&tasks, RECIPE_USERLAND);
		add_all(&tasks, RECIPE_KERNEL);
	}
	if (run_tasks(&tasks, err))
		return -1;
	return finish_kernels(&tasks, err);
}

int images_build_kernel(const struct images_opts *opts,
			const struct kernel_ref *kernel, struct err *err)
{
	struct tasks tasks CLEANUP(tasks_release) = { 0 };
	const struct recipe *recipe = NULL;

	if (tasks_init(&tasks, opts, err) ||
	    lookup_kernel(&tasks, kernel, &recipe, err))
		return -1;
	(void)add_task(&tasks, RECIPE_KERNEL, recipe, recipe ? NULL : kernel);
	if (run_tasks(&tasks, err))
		return -1;
	return finish_kernels(&tasks, err);
}
