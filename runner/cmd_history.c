// SPDX-License-Identifier: Apache-2.0
/* cmd_history.c - crmatrix history: import, list, trend */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/history.h"
#include "compat/verdict.h"
#include "runner/cli.h"
#include "runner/history_db.h"
#include "runner/jsonfile.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir.h"
#include "runner/terminal.h"

/* Runs are sought so far below a folder. */
#define DEPTH_MAX 3

struct history_args {
	const char *index;
	bool rebuild;
	struct history_filter filter;
	uint64_t last;
	bool all;
	bool json;
};

#define FILTER_AT(member)                        \
	(offsetof(struct history_args, filter) + \
	 offsetof(struct history_filter, member))

static const struct option_def defs[] = {
	{ "index", 0, OPTION_STR, offsetof(struct history_args, index),
	  .arg = "FILE",
	  .help = "the index (default: history.sqlite in the cache)" },
	{ "rebuild", 0, OPTION_FLAG, offsetof(struct history_args, rebuild),
	  .help = "import: forget what is in it first" },
	{ "scenario", 's', OPTION_STR, FILTER_AT(scenario), .arg = "S",
	  .help = "trend: only of this scenario" },
	{ "from", 0, OPTION_STR, FILTER_AT(from), .arg = "MACHINE",
	  .help = "trend: only from this machine" },
	{ "to", 0, OPTION_STR, FILTER_AT(to), .arg = "MACHINE",
	  .help = "trend: only to this machine" },
	{ "last", 0, OPTION_UINT, offsetof(struct history_args, last),
	  .arg = "N", .help = "the newest N runs (default: all)", .min = 1,
	  .max = 100000 },
	{ "all", 0, OPTION_FLAG, offsetof(struct history_args, all),
	  .help = "trend: cells that were always good, too" },
	{ "json", 0, OPTION_FLAG, offsetof(struct history_args, json),
	  .help = "trend: print JSON ('crmatrix schema history')" },
};

static const struct options options = {
	.command = "history",
	.summary = "Runs over time: which cells broke in which run, which are "
		   "flaky. The index is a\ncopy; folders of runs, or their "
		   "results.json, stay what counts.",
	.operands = "import RUN...|list|trend",
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "  import  take runs in; a folder stands for all runs below "
		  "it but shards, a run that\n          is there already is "
		  "replaced\n"
		  "  list    the runs that are in it\n"
		  "  trend   each cell over time, its failure rate, and the "
		  "run in which it broke",
};

/* --- import --------------------------------------------------------------------- */

static bool is_run(const char *path)
{
	CLEANUP_FREE char *results = xasprintf("%s/results.json", path);
	CLEANUP_FREE char *plan = xasprintf("%s/plan.json", path);

	return file_regular(path) || file_exists(results) || file_exists(plan);
}

static int import_run(struct history_db *db, const char *path, size_t *n,
		      struct err *err)
{
	struct results results CLEANUP(results_release) = { 0 };
	char *whole CLEANUP_FREE = realpath(path, NULL);

	if (rundir_read_results(path, &results, err) ||
	    history_db_add(db, &results, whole ? whole : path, err))
		return -1;
	++*n;
	return 0;
}

/* A shard is part of a run that is merged, and would count twice. */
static bool is_shard(const char *path)
{
	struct run_info info CLEANUP(run_info_release) = { 0 };
	struct err err;

	return !jsonfile_run_info(path, &info, &err) && info.shard.of > 0;
}

/* Below a folder, what cannot be read is told and passed over. */
static int import_below(struct history_db *db, const char *path, unsigned depth,
			size_t *n, struct err *err)
{
	struct str_list names CLEANUP(str_list_release) = { 0 };

	if (is_run(path)) {
		if (!is_shard(path) && import_run(db, path, n, err))
			log_warn(NULL, "%s, passed over", err->msg);
		return 0;
	}
	if (!depth || file_list(path, &names, err))
		return 0;
	for (size_t i = 0; i < names.n; i++) {
		char *below CLEANUP_FREE = xasprintf("%s/%s", path, names.v[i]);

		if (!file_regular(below) && *names.v[i] != '.' &&
		    import_below(db, below, depth - 1, n, err))
			return -1;
	}
	return 0;
}

static int import_one(struct history_db *db, const char *path, size_t *n,
		      struct err *err)
{
	size_t before = *n;

	if (is_run(path))
		return import_run(db, path, n, err);
	if (!file_exists(path))
		return err_set(err, ERR_INPUT, 0, "there is no '%s'", path);
	if (import_below(db, path, DEPTH_MAX, n, err))
		return -1;
	if (*n == before)
		return err_set(err, ERR_INPUT, 0, "no run is below '%s'", path);
	return 0;
}

static int import(struct history_db *db, const struct history_args *args,
		  const struct operands *runs, struct err *err)
{
	size_t n = 0;

	(void)args;
	if (!runs->n)
		return err_set(err, ERR_INPUT, 0, "import: which runs?");
	for (size_t i = 0; i < runs->n; i++) {
		if (import_one(db, runs->v[i], &n, err))
			return -1;
	}
	log_info(NULL, "%zu run%s imported", n, n == 1 ? "" : "s");
	return 0;
}

/* --- list, trend ---------------------------------------------------------------- */

static void print_trend(const struct history *history,
			const struct history_args *args)
{
	struct report_opts opts = terminal_report_opts(NULL);
	json_t *json;

	if (!args->json) {
		history_trend_print(history, args->all, &opts, stdout);
		return;
	}
	json = history_json(history);
	(void)json_dumpf(json, stdout, RESULTS_JSON_FLAGS);
	(void)fputc('\n', stdout);
	json_decref(json);
}

static void print_list(const struct history *history,
		       const struct history_args *args)
{
	(void)args;
	history_runs_print(history, stdout);
}

static int show(struct history_db *db, const struct history_args *args,
		void (*print)(const struct history *history,
			      const struct history_args *args),
		struct err *err)
{
	struct history history CLEANUP(history_release) = { 0 };
	struct results *runs = NULL;
	size_t n = 0;

	if (history_db_load(db, args->last, NULL, &runs, &n, err))
		return -1;
	history_build(runs, n, &args->filter, &history);
	print(&history, args);
	for (size_t i = 0; i < n; i++)
		results_release(&runs[i]);
	free(runs);
	return 0;
}

static int nothing_more(const struct operands *more, struct err *err)
{
	return more->n ? err_set(err, ERR_INPUT, 0, "'%s' is one too many",
				 more->v[0]) :
			 0;
}

static int list(struct history_db *db, const struct history_args *args,
		const struct operands *more, struct err *err)
{
	return nothing_more(more, err) || show(db, args, print_list, err) ? -1 :
									    0;
}

static int trend(struct history_db *db, const struct history_args *args,
		 const struct operands *more, struct err *err)
{
	return nothing_more(more, err) || show(db, args, print_trend, err) ?
		       -1 :
		       0;
}

/* --- The command ---------------------------------------------------------------- */

static const char *const verb_names[] = { "import", "list", "trend", NULL };

/** struct verb - @writes: the index is made when there is none */
static const struct {
	bool writes;
	int (*run)(struct history_db *db, const struct history_args *args,
		   const struct operands *more, struct err *err);
} verbs[] = {
	{ true, import },
	{ false, list },
	{ false, trend },
};
static_assert(ARRAY_SIZE(verb_names) == ARRAY_SIZE(verbs) + 1,
	      "verb_names[] doesn't match verbs[]");

static int run_verb(int verb, const struct history_args *args,
		    const struct operands *more, struct err *err)
{
	char *path CLEANUP_FREE = NULL;
	struct history_db *db = NULL;
	int rc;

	if (args->rebuild && !verbs[verb].writes)
		return err_set(err, ERR_INPUT, 0, "--rebuild is for import");
	if (history_db_path(args->index, &path, err) ||
	    history_db_open(path, verbs[verb].writes, args->rebuild, &db, err))
		return -1;
	rc = verbs[verb].run(db, args, more, err);
	history_db_close(db);
	return rc;
}

int cmd_history(int argc, char **argv)
{
	struct history_args args = { 0 };
	struct operands operands = { 0 };
	struct operands more;
	struct err err = ERR_INIT;
	const char *nearest;
	int status = CLI_OK, verb;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	verb = name_index(verb_names, operands.v[0]);
	if (verb < 0) {
		nearest = cli_nearest(operands.v[0], verb_names);
		log_err(NULL, "history: no '%s', %s%s%s", operands.v[0],
			nearest ? "did you mean '" : "only ",
			nearest ? nearest : "import, list or trend",
			nearest ? "'?" : "");
		return CLI_USAGE;
	}
	more = (struct operands){ operands.v + 1, operands.n - 1 };
	if (!run_verb(verb, &args, &more, &err))
		return CLI_OK;
	log_err(NULL, "%s", err.msg);
	return err.domain == ERR_SYS ? CLI_BROKEN : CLI_USAGE;
}
