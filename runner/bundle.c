// SPDX-License-Identifier: Apache-2.0
/* bundle.c - one cell with all that was seen of it, packed into an archive */
#include "runner/bundle.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/plan_only.h"
#include "compat/results.h"
#include "runner/bundle_internal.h"
#include "runner/cache.h"
#include "runner/child.h"
#include "runner/copytree.h"
#include "runner/images.h"
#include "runner/jsonfile.h"
#include "runner/log.h"
#include "runner/rundir.h"
#include "runner/tempdir.h"

#define DEPTH_MAX 16

/** struct bundle - One under construction: folder @dir */
struct bundle {
	const char *run, *cell;
	char *dir;
	json_t *json; /* plan.json */
	struct plan plan;
	size_t n_files;
};

static void bundle_release(struct bundle *b)
{
	json_decref(b->json);
	plan_release(&b->plan);
	free(b->dir);
}

static char *in(const struct bundle *b, const char *name)
{
	return xasprintf("%s/%s", b->dir, name);
}

static int write_text(const struct bundle *b, const char *name,
		      const char *text, struct err *err)
{
	CLEANUP_FREE char *path = in(b, name);

	return file_write(path, text, strlen(text), err);
}

/* What is there of the run is taken over as it is. */
static int copy_from_run(const struct bundle *b, const char *name,
			 struct err *err)
{
	CLEANUP_FREE char *from = xasprintf("%s/%s", b->run, name);
	CLEANUP_FREE char *to = in(b, name);
	CLEANUP_FREE char *folder = xstrdup(to);

	if (!file_exists(from))
		return 0;
	*strrchr(folder, '/') = '\0';
	return file_mkdirs(folder, err) || copytree(from, to, DEPTH_MAX, err) ?
		       -1 :
		       0;
}

/* --- The plan and its files ------------------------------------------------------- */

/* A plan's path, copied; names are one each in a workload, so they stay. */
static char *take_file(void *arg, const char *path, struct err *err)
{
	const struct bundle *b = arg;
	const char *slash = strrchr(path, '/');
	char *name = xasprintf("files/%s", slash ? slash + 1 : path);
	CLEANUP_FREE char *to = in(b, name);
	struct err why;

	if (!file_exists(to) && copytree(path, to, DEPTH_MAX, &why)) {
		(void)err_set(err, ERR_INPUT, 0,
			      "a file of the cell cannot be packed: %s",
			      why.msg);
		free(name);
		return NULL;
	}
	return name;
}

static int read_plan(struct bundle *b, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/plan.json", b->run);
	json_t *whole = NULL;
	int rc;

	if (!file_exists(path))
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no run's folder: it has no plan.json",
			       b->run);
	if (jsonfile_read(path, &whole, err))
		return -1;
	rc = plan_only(whole, b->cell, 0, &b->json, err) ||
	     plan_from_json(b->json, &b->plan, err);
	json_decref(whole);
	return rc ? -1 : 0;
}

static int put_plan(struct bundle *b, struct err *err)
{
	CLEANUP_FREE char *path = in(b, "plan.json");
	CLEANUP_FREE char *files = in(b, "files");
	json_t *scenario =
		json_array_get(json_object_get(b->json, "scenarios"), 0);

	(void)json_object_set_new(scenario, "path",
				  json_string("scenario.yaml"));
	return file_mkdirs(files, err) ||
			       plan_map_paths(b->json, take_file, b, err) ||
			       jsonfile_write(path, json_incref(b->json), err) ?
		       -1 :
		       0;
}

static int put_scenario(const struct bundle *b, struct err *err)
{
	CLEANUP_FREE char *to = in(b, "scenario.yaml");
	const char *from = b->plan.scenarios[0].path;

	/* One that is gone is in plan.json all the same. */
	return from && file_regular(from) ? file_copy(from, to, err) : 0;
}

/* --- What was seen ---------------------------------------------------------------- */

static int put_evidence(const struct bundle *b, struct err *err)
{
	CLEANUP_FREE char *cell = xasprintf("cells/%s", b->cell);

	for (size_t i = 0; i < b->plan.n_machines; i++) {
		CLEANUP_FREE char *facts =
			xasprintf("machines/%s.json", b->plan.machines[i].name);

		if (copy_from_run(b, facts, err))
			return -1;
	}
	return copy_from_run(b, "run.json", err) ||
			       copy_from_run(b, cell, err) ?
		       -1 :
		       0;
}

static int put_image(const struct bundle *b, const struct cache *cache,
		     const char *key, struct err *err)
{
	static const char *const names[] = { "entry.json", "manifest",
					     "kernel.json", "tools" };
	CLEANUP_FREE char *folder = xasprintf("%s/images/%s", b->dir, key);

	if (file_mkdirs(folder, err))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *from =
			xasprintf("%s/images/%s/%s", cache->dir, key, names[i]);
		CLEANUP_FREE char *to = xasprintf("%s/%s", folder, names[i]);

		if (file_regular(from) && file_copy(from, to, err))
			return -1;
	}
	return 0;
}

/* Of a run made elsewhere there may be no images here: that is told, no more. */
static int put_images(const struct bundle *b, struct err *err)
{
	struct cache cache CLEANUP(cache_release) = { 0 };
	struct images_opts opts = { .cache = &cache };
	struct str_list keys CLEANUP(str_list_release) = { 0 };
	struct err why;

	if (cache_open(NULL, &cache, &why) ||
	    images_keys(&opts, b->plan.outfits, b->plan.n_outfits, &keys,
			&why)) {
		log_warn(NULL,
			 "which packages the machines had is not in the "
			 "bundle: %s",
			 why.msg);
		return 0;
	}
	if (!keys.n)
		log_warn(NULL, "which packages the machines had is not in the "
			       "bundle: their images are not in the cache");
	for (size_t i = 0; i < keys.n; i++) {
		if (put_image(b, &cache, keys.v[i], err))
			return -1;
	}
	return 0;
}

/* --- For people ------------------------------------------------------------------- */

static const char readme[] =
	"One cell of crmatrix: a program checkpointed with CRIU on one machine "
	"and restored on\nanother, and all that was seen of it.\n\n"
	"  reproduce.sh   without crmatrix: sh reproduce.sh qemu, in two virtual "
	"machines;\n"
	"                 or sh reproduce.sh dump, then restore, on machines of "
	"your own.\n"
	"                 Its first lines say what it wants\n"
	"  cells/         criu's logs and statistics, consoles, what the client "
	"saw, the capture\n"
	"  machines/      what each machine said of itself: kernel, CPU, "
	"userland, sysctls\n"
	"  images/        the packages that they booted, with versions and "
	"digests\n"
	"  scenario.yaml, plan.json, files/   what was run\n\n"
	"With crmatrix: crmatrix repro --bundle-file THIS, or crmatrix explain "
	"FOLDER CELL.\n\n";

static int put_story(const struct bundle *b, struct err *err)
{
	struct report_opts opts = { .utf8 = true, .run_dir = "." };
	struct results results CLEANUP(results_release) = { 0 };
	struct observation obs = { 0 };
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	if (rundir_results(b->dir, &b->plan, NULL, &results, err) ||
	    rundir_observation(b->dir, b->cell, &obs, &dir, err))
		return -1;
	strbuf_open(&buf);
	(void)fputs(readme, buf.f);
	explain_cell(&results, &results.cells[0], dir ? &obs : NULL, &opts,
		     buf.f);
	observation_release(&obs);
	text = strbuf_take(&buf);
	return write_text(b, "README", text, err);
}

static int put_script(const struct bundle *b, struct err *err)
{
	CLEANUP_FREE char *text = bundle_script(&b->plan.cells[0]);

	return write_text(b, "reproduce.sh", text, err);
}

/* --- The archive ------------------------------------------------------------------ */

static int fill(struct bundle *b, struct err *err)
{
	return file_mkdirs(b->dir, err) || put_plan(b, err) ||
			       put_scenario(b, err) || put_evidence(b, err) ||
			       put_images(b, err) || put_script(b, err) ||
			       put_story(b, err) ?
		       -1 :
		       0;
}

static int archive(const char *above, const char *name, const char *file,
		   struct err *err)
{
	CLEANUP_FREE char *made = xasprintf("%s/tar.gz", above);
	const char *const argv[] = { "tar",	    "--owner=0", "--group=0",
				     "--sort=name", "-C",	 above,
				     "-czf",	    made,	 name,
				     NULL };
	struct child_opts opts = { .argv = argv };

	if (child_run(&opts, NULL, err))
		return -1;
	return rename(made, file) < 0 ? err_errno(err, "write '%s'", file) : 0;
}

int bundle_pack(const char *run, const char *cell, const char *file,
		struct err *err)
{
	struct bundle b CLEANUP(bundle_release) = { .run = run, .cell = cell };
	CLEANUP_FREE char *prefix = xasprintf("%s.", file);
	CLEANUP_FREE char *name = xasprintf("crmatrix-%s", cell);
	CLEANUP(tempdir_freep) struct tempdir *above = NULL;

	/* Beside the file, for it is renamed. */
	if (read_plan(&b, err) || tempdir_make(prefix, &above, err))
		return -1;
	b.dir = xasprintf("%s/%s", tempdir_path(above), name);
	return fill(&b, err) || archive(tempdir_path(above), name, file, err) ?
		       -1 :
		       0;
}

/* --- And back --------------------------------------------------------------------- */

static int check_tree(const char *path, unsigned depth, struct err *err)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_errno(err, "read '%s'", path);
	if (S_ISREG(st.st_mode))
		return 0;
	if (!S_ISDIR(st.st_mode) || !depth)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' in the bundle is no regular file or "
			       "folder, or too deep",
			       path);
	if (file_list(path, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *below = xasprintf("%s/%s", path, names.v[i]);

		if (check_tree(below, depth - 1, err))
			return -1;
	}
	return 0;
}

static char *find_file(void *arg, const char *path, struct err *err)
{
	const char *run = arg;
	const char *name = path + strlen("files/");
	char *whole;

	if (!str_starts(path, "files/") || strchr(name, '/') || *name == '.' ||
	    !*name) {
		(void)err_set(err, ERR_INPUT, 0,
			      "'%s' is no file of the bundle", path);
		return NULL;
	}
	whole = xasprintf("%s/%s", run, path);
	if (file_exists(whole))
		return whole;
	(void)err_set(err, ERR_INPUT, 0, "'%s' is not in the bundle", path);
	free(whole);
	return NULL;
}

static int settle(char *run, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/plan.json", run);
	json_t *json = NULL;
	int rc;

	if (!file_regular(path))
		return err_set(err, ERR_INPUT, 0, "it has no plan.json");
	if (jsonfile_read(path, &json, err))
		return -1;
	rc = plan_map_paths(json, find_file, run, err);
	if (!rc)
		rc = jsonfile_write(path, json_incref(json), err);
	json_decref(json);
	return rc;
}

int bundle_unpack(const char *file, const char *into, char **ret_run,
		  struct err *err)
{
	const char *const argv[] = { "tar",
				     "--no-same-owner",
				     "--no-same-permissions",
				     "-C",
				     into,
				     "-xzf",
				     file,
				     NULL };
	struct child_opts opts = { .argv = argv };
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *run = NULL;
	struct err why;

	if (!file_regular(file))
		return err_set(err, ERR_INPUT, 0, "there is no file '%s'",
			       file);
	if (child_run(&opts, NULL, &why))
		return err_set(err, ERR_INPUT, 0, "'%s' is no bundle: %s", file,
			       why.msg);
	if (check_tree(into, DEPTH_MAX, err) || file_list(into, &names, err))
		return -1;
	if (names.n != 1)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no bundle: it is not one folder", file);
	run = xasprintf("%s/%s", into, names.v[0]);
	if (settle(run, err))
		return err_wrap(err, "bundle '%s'", file);
	*ret_run = TAKE(run);
	return 0;
}
