// SPDX-License-Identifier: Apache-2.0
/* images_build.c - one artefact at a time: what it depends on, how it is made */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/images_internal.h"

void images_json_freep(json_t **json)
{
	json_decref(*json);
}

void images_add(struct str_list *args, const char *option, const char *value)
{
	str_list_add(args, option);
	str_list_add(args, value);
}

/* The packages of a kernel go to a folder that lives as long as the build. */
static int fetch_debs(const struct images_work *work, const char *dir,
		      struct str_list *args, struct err *err)
{
	struct str_list fetch CLEANUP(str_list_release) = { 0 };
	struct str_list names CLEANUP(str_list_release) = { 0 };

	str_list_copy(&fetch, work->fetch);
	str_list_add(&fetch, dir);
	if (file_mkdirs(dir, err) ||
	    images_script(work->opts, "fetch-kernel.sh", &fetch, NULL, err) ||
	    file_list(dir, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path = xasprintf("%s/%s", dir, names.v[i]);

		images_add(args, "--deb", path);
	}
	return 0;
}

static int run_build(const struct images_work *work, const char *debs,
		     const char *dir, struct err *err)
{
	struct str_list args CLEANUP(str_list_release) = { 0 };

	str_list_copy(&args, work->args);
	if (work->fetch && fetch_debs(work, debs, &args, err))
		return -1;
	str_list_add(&args, dir);
	if (images_script(work->opts, work->script, &args, NULL, err))
		return -1;
	images_tools(dir);
	return 0;
}

static int build(void *arg, const char *dir, struct err *err)
{
	const struct images_work *work = arg;
	/* Beside it: the script wants its output folder empty. */
	CLEANUP_FREE char *debs = xasprintf("%s.debs", dir);
	struct err ignored = ERR_INIT;
	int status;

	if (work->fetch && file_rmtree(debs, err))
		return -1;
	status = run_build(work, debs, dir, err);
	if (work->fetch && file_rmtree(debs, &ignored))
		images_say(work->opts, "%s, ignoring", ignored.msg);
	return status;
}

int images_get(const struct images_opts *opts, struct cache_recipe *recipe,
	       struct images_work *work, struct cache_entry *ret_entry,
	       struct err *err)
{
	uint64_t began_ns = clock_now_ns();

	work->opts = opts;
	recipe->build = build;
	recipe->arg = work;
	images_say(opts, "building %s '%s'", recipe->kind, recipe->name);
	if (cache_get(opts->cache, recipe, ret_entry, err))
		return -1;
	images_say(opts, "%s '%s' is ready after %.1f s: %.1f MB", recipe->kind,
		   recipe->name, (double)(clock_now_ns() - began_ns) / NS_PER_S,
		   (double)cache_entry_bytes(ret_entry) / 1e6);
	return 0;
}

/* --- What a catalogue's name stands for ---------------------------------- */

/**
 * struct catalogued - How the artefacts of a catalogue are asked for and made
 * @script:	Answers --resolve
 * @scripts:	All whose change makes another artefact
 */
struct catalogued {
	const char *kind;
	const char *script;
	const char *scripts[4];
};

static const struct catalogued roots = {
	.kind = "root",
	.script = "build-root.sh",
	.scripts = { "build-root.sh" },
};

static const struct catalogued kernels = {
	.kind = "kernel",
	.script = "fetch-kernel.sh",
	.scripts = { "build-kernel.sh", "fetch-kernel.sh", "lib-packages.sh" },
};

/**
 * struct request - For an artefact of a catalogue
 * @args:	Of the script that resolves it, but for where apt keeps its lists:
 *		a cache that was moved knows the same answers
 * @apt:	Where apt keeps its lists
 * @work:	How it is built
 */
struct request {
	const struct catalogued *what;
	const struct recipe *recipe;
	const struct str_list *args;
	const char *apt;
	struct images_work *work;
};

/* Ask the archive; the answer is an array of lines. */
static int resolve(const struct images_opts *opts,
		   const struct request *request, json_t **ret_answer,
		   struct err *err)
{
	const char *script = request->what->script;
	struct str_list all CLEANUP(str_list_release) = { 0 };
	struct str_list lines CLEANUP(str_list_release) = { 0 };
	CLEANUP_FREE char *out = NULL;
	json_t *answer = json_array();

	str_list_copy(&all, request->args);
	images_add(&all, "--apt", request->apt);
	str_list_add(&all, "--refresh");
	str_list_add(&all, "--resolve");
	if (images_script(opts, script, &all, &out, err)) {
		json_decref(answer);
		return -1;
	}
	str_list_split(&lines, out, "\n");
	for (size_t i = 0; i < lines.n; i++)
		json_array_append_new(answer, json_string(lines.v[i]));
	*ret_answer = answer;
	return 0;
}

static void question(const struct catalogued *what, const struct str_list *args,
		     char out[DIGEST_HEX])
{
	CLEANUP_FREE char *text = str_list_join(args, "\n");
	CLEANUP_FREE char *all = xasprintf("%s\n%s", what->script, text);

	digest_text(all, out);
}

static int inputs_of(const struct catalogued *what, const struct recipe *recipe,
		     json_t *answer, json_t **ret_inputs, struct err *err)
{
	CLEANUP_FREE char *packages = str_list_join(&recipe->packages, " ");
	CLEANUP_JSON json_t *scripts = json_object();

	if (images_script_digests(scripts, what->scripts, err))
		return -1;
	*ret_inputs = json_pack("{s:s,s:s,s:O,s:O}", "suite", recipe->suite,
				"packages", packages, "resolved", answer,
				"scripts", scripts);
	return 0;
}

/* With the answer of last time: no network is needed if its entry is there. */
static int find_remembered(const struct images_opts *opts,
			   const struct catalogued *what,
			   const struct recipe *recipe, const char *ask,
			   bool *ret_found, struct cache_entry *ret_entry,
			   struct err *err)
{
	CLEANUP_JSON json_t *answer = cache_recall(opts->cache, ask);
	CLEANUP_JSON json_t *inputs = NULL;
	char key[DIGEST_HEX];

	*ret_found = false;
	if (!answer)
		return 0;
	if (inputs_of(what, recipe, answer, &inputs, err))
		return -1;
	cache_key(what->kind, inputs, key);
	return cache_find(opts->cache, key, ret_found, ret_entry, err);
}

/* Ask the archive what it is today, and get that. */
static int get_current(const struct images_opts *opts,
		       const struct request *request, const char *ask,
		       struct cache_entry *ret_entry, struct err *err)
{
	const struct catalogued *what = request->what;
	CLEANUP_JSON json_t *answer = NULL;
	CLEANUP_JSON json_t *inputs = NULL;
	struct cache_recipe recipe = { .kind = what->kind,
				       .name = request->recipe->name };
	char key[DIGEST_HEX];
	bool found = false;

	images_say(opts, "asking the archive for %s '%s'", what->kind,
		   recipe.name);
	if (resolve(opts, request, &answer, err) ||
	    cache_remember(opts->cache, ask, answer, err) ||
	    inputs_of(what, request->recipe, answer, &inputs, err))
		return err_wrap(err, "%s '%s'", what->kind, recipe.name);
	cache_key(what->kind, inputs, key);
	if (cache_find(opts->cache, key, &found, ret_entry, err))
		return -1;
	if (found) {
		images_say(opts, "%s '%s' is up to date", what->kind,
			   recipe.name);
		return 0;
	}
	recipe.inputs = inputs;
	return images_get(opts, &recipe, request->work, ret_entry, err);
}

static int find_or_get(const struct images_opts *opts,
		       const struct request *request, bool may_build,
		       bool *ret_found, struct cache_entry *ret_entry,
		       struct err *err)
{
	char ask[DIGEST_HEX];

	question(request->what, request->args, ask);
	*ret_found = false;
	if (!opts->refresh &&
	    find_remembered(opts, request->what, request->recipe, ask,
			    ret_found, ret_entry, err))
		return -1;
	if (*ret_found || !may_build)
		return 0;
	if (get_current(opts, request, ask, ret_entry, err))
		return -1;
	*ret_found = true;
	return 0;
}

int images_root(const struct images_opts *opts, const struct recipe *recipe,
		bool may_build, bool *ret_found, struct cache_entry *ret_entry,
		struct err *err)
{
	CLEANUP_FREE char *packages = str_list_join(&recipe->packages, " ");
	CLEANUP_FREE char *apt =
		xasprintf("%s/apt/root-%s", opts->cache->dir, recipe->suite);
	struct str_list args CLEANUP(str_list_release) = { 0 };
	struct str_list all CLEANUP(str_list_release) = { 0 };
	struct images_work work = { .script = "build-root.sh", .args = &all };

	images_add(&args, "--suite", recipe->suite);
	images_add(&args, "--packages", packages);
	str_list_copy(&all, &args);
	images_add(&all, "--apt", apt);
	return find_or_get(
		opts, &(struct request){ &roots, recipe, &args, apt, &work },
		may_build, ret_found, ret_entry, err);
}

int images_kernel(const struct images_opts *opts, const struct recipe *recipe,
		  bool may_build, bool *ret_found,
		  struct cache_entry *ret_entry, struct err *err)
{
	CLEANUP_FREE char *apt =
		xasprintf("%s/apt/%s", opts->cache->dir, recipe->suite);
	struct str_list args CLEANUP(str_list_release) = { 0 };
	struct str_list all CLEANUP(str_list_release) = { 0 };
	const struct str_list none = { 0 };
	struct images_work work = { .script = "build-kernel.sh",
				    .args = &none,
				    .fetch = &all };

	if (recipe->packages.n != 1)
		return err_set(
			err, ERR_INPUT, 0,
			"kernel '%s': one package is to be named, not %zu",
			recipe->name, recipe->packages.n);
	images_add(&args, "--suite", recipe->suite);
	images_add(&args, "--package", recipe->packages.v[0]);
	str_list_copy(&all, &args);
	images_add(&all, "--apt", apt);
	return find_or_get(
		opts, &(struct request){ &kernels, recipe, &args, apt, &work },
		may_build, ret_found, ret_entry, err);
}
