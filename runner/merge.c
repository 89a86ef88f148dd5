// SPDX-License-Identifier: Apache-2.0
/* merge.c - run folders of shards joined into one */
#include "runner/merge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/plan_merge.h"
#include "runner/jsonfile.h"
#include "runner/log.h"
#include "runner/merge_files.h"
#include "runner/rundir.h"
#include "runner/rundir_place.h"

/** struct shard - One of the runs to be joined */
struct shard {
	const char *path; /* borrowed */
	json_t *plan;
	struct run_info info;
};

/** struct merge - All of them */
struct merge {
	struct shard *v;
	size_t n;
};

static void merge_release(struct merge *merge)
{
	for (size_t i = 0; i < merge->n; i++) {
		json_decref(merge->v[i].plan);
		run_info_release(&merge->v[i].info);
	}
	free(merge->v);
}

static int read_shard(const char *path, struct merge *merge, struct err *err)
{
	CLEANUP_FREE char *plan = xasprintf("%s/plan.json", path);
	struct shard *shard;

	if (!file_exists(plan))
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no run's folder: it has no plan.json",
			       path);
	if (rundir_is_idle(path, err))
		return -1;
	shard = VEC_PUSH(merge->v, merge->n);
	shard->path = path;
	return jsonfile_read(plan, &shard->plan, err) ||
			       jsonfile_run_info(path, &shard->info, err) ?
		       -1 :
		       0;
}

static int merge_plans(const struct merge *merge, bool partial,
		       struct plan *ret_plan, struct err *err)
{
	CLEANUP_FREE struct plan_part *parts =
		xcalloc(merge->n, sizeof(*parts));
	size_t missing = 0;
	json_t *json = NULL;
	int rc;

	for (size_t i = 0; i < merge->n; i++)
		parts[i] = (struct plan_part){ merge->v[i].path,
					       merge->v[i].plan,
					       merge->v[i].info.shard };
	if (plans_merge(parts, merge->n, partial, &json, &missing, err))
		return -1;
	if (missing)
		log_warn(NULL, "%zu cells of the whole are missing", missing);
	rc = plan_from_json(json, ret_plan, err);
	json_decref(json);
	return rc ? err_wrap(err, "the plans joined") : 0;
}

/* --- run.json ------------------------------------------------------------------- */

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void add_part(struct run_info *info, const char *id, const char *started,
		     const struct host_facts *host)
{
	struct run_part *part = VEC_PUSH(info->parts, info->n_parts);

	part->id = copy_text(id);
	part->started = copy_text(started);
	part->host = (struct host_facts){ copy_text(host->kernel),
					  copy_text(host->cpu),
					  copy_text(host->accel),
					  copy_text(host->qemu),
					  copy_text(host->libvirt) };
}

static void add_cells_of(const struct shard *shard, struct str_list *cells)
{
	const json_t *array = json_object_get(shard->plan, "cells");

	for (size_t i = 0; i < json_array_size(array); i++)
		str_list_add(cells, json_string_value(json_object_get(
					    json_array_get(array, i), "id")));
}

/* A shard may have been merged itself. */
static void add_parts(struct run_info *info, const struct shard *shard)
{
	const struct run_info *from = &shard->info;

	for (size_t i = 0; i < from->n_parts; i++) {
		const struct run_part *part = &from->parts[i];

		add_part(info, part->id, part->started, &part->host);
		str_list_copy(&info->parts[info->n_parts - 1].cells,
			      &part->cells);
	}
	if (from->n_parts)
		return;
	add_part(info, from->id, from->started, &from->host);
	add_cells_of(shard, &info->parts[info->n_parts - 1].cells);
}

/* What all shards have in common stays, all else is each cell's own. */
static void keep_common(char **common, const char *other)
{
	if (str_eq(*common, other))
		return;
	free(*common);
	*common = NULL;
}

static void name_run(const struct merge *merge, struct run_info *info)
{
	const struct run_info *first = &merge->v[0].info;

	info->accel = copy_text(first->accel);
	info->host = (struct host_facts){ copy_text(first->host.kernel),
					  copy_text(first->host.cpu),
					  copy_text(first->host.accel),
					  copy_text(first->host.qemu),
					  copy_text(first->host.libvirt) };
	for (size_t i = 0; i < merge->n; i++) {
		const struct run_info *other = &merge->v[i].info;

		keep_common(&info->accel, other->accel);
		keep_common(&info->host.kernel, other->host.kernel);
		keep_common(&info->host.cpu, other->host.cpu);
		keep_common(&info->host.accel, other->host.accel);
		keep_common(&info->host.qemu, other->host.qemu);
		keep_common(&info->host.libvirt, other->host.libvirt);
		add_parts(info, &merge->v[i]);
		if (other->started &&
		    strcmp(other->started, info->started) < 0) {
			free(info->started);
			info->started = xstrdup(other->started);
		}
	}
}

/* --- The folder ----------------------------------------------------------------- */

static int fill(const struct merge *merge, const char *path, struct err *err)
{
	CLEANUP(str_list_release) struct str_list paths = { 0 };

	for (size_t i = 0; i < merge->n; i++) {
		CLEANUP(str_list_release) struct str_list cells = { 0 };

		add_cells_of(&merge->v[i], &cells);
		if (merge_copy_cells(merge->v[i].path, &cells, path, err) ||
		    merge_copy_machines(merge->v[i].path, path, err))
			return -1;
		str_list_add(&paths, merge->v[i].path);
	}
	return merge_journals(&paths, path, err);
}

static int make(const struct merge *merge, const struct plan *plan,
		const char *path, struct err *err)
{
	struct rundir *run = NULL;
	int rc;

	if (rundir_create(path, plan, &run, err))
		return -1;
	name_run(merge, rundir_info(run));
	rc = rundir_save_info(run, err) || fill(merge, path, err) ? -1 : 0;
	rundir_close(run);
	return rc;
}

/* Made beside its place and moved there when it is whole. */
static int make_whole(const struct merge *merge, const struct plan *plan,
		      const char *out, struct err *err)
{
	CLEANUP_FREE char *beside = xasprintf("%s.%d.tmp", out, getpid());
	struct err why;
	int rc = make(merge, plan, beside, err);

	if (!rc && rename(beside, out) < 0)
		rc = err_errno(err, "rename '%s' to '%s'", beside, out);
	if (rc && file_rmtree(beside, &why))
		log_warn(NULL, "'%s' is left: %s", beside, why.msg);
	return rc;
}

static int merge_all(const struct merge *merge, const char *out, bool partial,
		     struct err *err)
{
	struct plan plan = { 0 };
	int rc;

	if (merge_plans(merge, partial, &plan, err))
		return -1;
	rc = make_whole(merge, &plan, out, err);
	plan_release(&plan);
	return rc;
}

int merge_runs(const struct str_list *runs, const char *out, bool partial,
	       struct err *err)
{
	struct merge merge CLEANUP(merge_release) = { 0 };
	CLEANUP_FREE char *place = xstrdup(out);

	/* "all/" and "all" are one folder, and the first has no place beside. */
	for (size_t n = strlen(place); n > 1 && place[n - 1] == '/'; n--)
		place[n - 1] = '\0';
	if (rundir_check(place, err))
		return -1;
	for (size_t i = 0; i < runs->n; i++) {
		if (read_shard(runs->v[i], &merge, err))
			return -1;
	}
	return merge_all(&merge, place, partial, err);
}
