// SPDX-License-Identifier: Apache-2.0
/* bisect.c - a bisection's folder: begun, read, gone on with run by run */
#include "runner/bisect.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/cli.h"
#include "runner/jsonfile.h"
#include "runner/log.h"

#define REFUSAL_MAX 4096
#define RUNS_MAX 1000

static char *file_of(const char *folder)
{
	return xasprintf("%s/bisect.json", folder);
}

/* Of a candidate, relative to the bisection's: "runs/3-6.12"; owned. */
static char *place_of(const struct bisection *bisection, size_t candidate)
{
	char *place = xasprintf("runs/%zu-%s", candidate + 1,
				bisection->v[candidate].label);

	for (char *c = strchr(place, '/') + 1; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(".+_-", *c))
			*c = '-';
	return place;
}

int bisect_begin(const char *folder, const struct bisection *bisection,
		 struct err *err)
{
	CLEANUP_FREE char *file = file_of(folder);

	if (file_exists(file))
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is a bisection already; to go on with it: "
			       "crmatrix bisect %s",
			       folder, folder);
	if (rundir_check(folder, err) || file_mkdirs(folder, err))
		return -1;
	return jsonfile_write(file, bisection_to_json(bisection), err);
}

/* --- What is known ------------------------------------------------------------- */

static bool is_finished(const struct results *results)
{
	for (size_t i = 0; i < results->n_cells; i++)
		if (results->cells[i].verdict == VERDICT_NOTRUN)
			return false;
	return results->n_cells > 0;
}

/* Runs of one candidate. A folder without a plan is of one that had not begun.
 * @ret_open: the one that is not finished, relative; owned */
static int read_candidate(const char *folder, struct bisection *bisection,
			  size_t candidate, char **ret_open, struct err *err)
{
	CLEANUP_FREE char *place = place_of(bisection, candidate);
	CLEANUP_FREE char *refused = xasprintf("%s/%s/refused", folder, place);

	if (file_exists(refused))
		return file_read(refused, REFUSAL_MAX,
				 &bisection->v[candidate].refusal, NULL, err);
	for (unsigned r = 1; r <= RUNS_MAX; r++) {
		CLEANUP_FREE char *run = xasprintf("%s/%u", place, r);
		CLEANUP_FREE char *path = xasprintf("%s/%s", folder, run);
		CLEANUP_FREE char *plan = xasprintf("%s/plan.json", path);
		struct results results CLEANUP(results_release) = { 0 };

		if (!file_exists(plan))
			break;
		if (rundir_judge_results(path, &results, err))
			return -1;
		if (!is_finished(&results) && !*ret_open)
			*ret_open = xstrdup(run);
		bisection_learn(bisection, candidate, run, &results);
	}
	return 0;
}

static int read_runs(const char *folder, struct bisection *bisection,
		     char **ret_open, struct err *err)
{
	bisection_forget(bisection);
	for (size_t i = 0; i < bisection->n; i++)
		if (read_candidate(folder, bisection, i, ret_open, err))
			return -1;
	return 0;
}

int bisect_open(const char *folder, struct bisection *ret_bisection,
		struct err *err)
{
	CLEANUP_FREE char *file = file_of(folder);
	CLEANUP_FREE char *open = NULL;
	struct bisection bisection CLEANUP(bisection_release) = { 0 };
	json_t *json = NULL;
	int rc;

	if (!file_exists(file))
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no bisection's folder: it has no "
			       "bisect.json",
			       folder);
	if (jsonfile_read(file, &json, err))
		return -1;
	rc = bisection_from_json(json, &bisection, err);
	json_decref(json);
	if (rc)
		return err_wrap(err, "%s", file);
	if (read_runs(folder, &bisection, &open, err))
		return -1;
	*ret_bisection = bisection;
	bisection = (struct bisection){ 0 };
	return 0;
}

/* --- Running --------------------------------------------------------------------- */

/* A kernel that no guest boots with is not tried again. */
static int refuse(const char *folder, const char *place, const struct err *why,
		  struct err *err)
{
	CLEANUP_FREE char *dir = xasprintf("%s/%s", folder, place);
	CLEANUP_FREE char *file = xasprintf("%s/refused", dir);
	CLEANUP_FREE char *text = xstrdup(why->msg);

	text[strcspn(text, "\n")] = '\0';
	if (file_mkdirs(dir, err))
		return -1;
	return file_write(file, text, strlen(text), err);
}

static int plan_of(const struct bisection *bisection,
		   const struct bisect_plan *next, struct plan *ret_plan,
		   struct err *err)
{
	json_t *json = NULL;
	int rc;

	if (bisection_step(bisection, next->next, next->runs, &json, err))
		return -1;
	rc = plan_from_json(json, ret_plan, err);
	json_decref(json);
	return rc;
}

static int run_next(const char *folder, const struct bisection *bisection,
		    const struct bisect_plan *next, struct start_opts *start,
		    struct err *err)
{
	const struct bisect_candidate *is = &bisection->v[next->next];
	CLEANUP_FREE char *place = place_of(bisection, next->next);
	CLEANUP_FREE char *out =
		xasprintf("%s/%s/%zu", folder, place, is->runs.n + 1);
	CLEANUP_FREE char *file = xasprintf("%s/plan.json", out);
	struct plan plan = { 0 };
	int status;

	if (plan_of(bisection, next, &plan, err) || file_rmtree(out, err)) {
		plan_release(&plan);
		return start_failed(err);
	}
	log_info(NULL, "%s: %" PRIu64 " run%s", is->label, next->runs,
		 next->runs > 1 ? "s" : "");
	start->out = out;
	status = start_run(start, &plan, err);
	plan_release(&plan);
	if (file_exists(file) || status != CLI_USAGE)
		return status;
	return refuse(folder, place, err, err) ? start_failed(err) : CLI_OK;
}

static int finish(const char *folder, const char *open,
		  const struct start_opts *start, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", folder, open);
	struct plan plan = { 0 };
	struct rundir *run;
	int status;

	if (rundir_open(path, &run, &plan, err))
		return start_failed(err);
	log_info(NULL, "going on with %s", path);
	status = start_again(start, run, &plan, err);
	rundir_close(run);
	plan_release(&plan);
	return status;
}

/* One run; @ret_on: there may be another. */
static int step(const char *folder, struct bisection *bisection,
		struct start_opts *start, bool *ret_on, struct err *err)
{
	CLEANUP_FREE char *open = NULL, *left = NULL;
	struct bisect_plan next;
	int status;

	*ret_on = false;
	if (read_runs(folder, bisection, &open, err))
		return start_failed(err);
	bisection_plan(bisection, &next);
	if (!open && next.end != BISECT_GOING)
		return bisect_exit(next.end);
	status = open ? finish(folder, open, start, err) :
			run_next(folder, bisection, &next, start, err);
	if (status == CLI_USAGE || status >= 128)
		return status;
	if (read_runs(folder, bisection, &left, err))
		return start_failed(err);
	/* What stopped the run would stop it again. */
	*ret_on = !left && (status != CLI_BROKEN || err->domain == ERR_NONE);
	return status;
}

int bisect_go(const char *folder, struct bisection *bisection,
	      const struct start_opts *start, struct err *err)
{
	struct start_opts opts = *start;
	bool on = true;
	int status = CLI_OK;

	opts.silent = true;
	while (on) {
		*err = (struct err)ERR_INIT;
		status = step(folder, bisection, &opts, &on, err);
	}
	return status;
}
