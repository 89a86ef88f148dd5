// SPDX-License-Identifier: Apache-2.0
/* cmd_report.c - crmatrix report */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/page.h"
#include "compat/plan.h"
#include "runner/cli.h"
#include "runner/history_db.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/page_evidence.h"
#include "runner/rundir.h"
#include "runner/terminal.h"

/* The newest runs of an index: more is told by crmatrix history. */
#define HISTORY_RUNS 20

struct report_args {
	const char *format;
	const char *out;
	const char *origin;
	const char *against;
	const char *history;
};

static const struct option_def defs[] = {
	{ "format", 'f', OPTION_STR, offsetof(struct report_args, format),
	  .arg = "text|json|markdown|html|csv|junit|tap|github|kcidb",
	  .help = "as what (default: text)" },
	{ "output", 'o', OPTION_STR, offsetof(struct report_args, out),
	  .arg = "FILE", .help = "write there, whole or not at all" },
	{ "origin", 0, OPTION_STR, offsetof(struct report_args, origin),
	  .arg = "NAME",
	  .help = "kcidb: the CI system that ran it; default: crmatrix" },
	{ "against", 0, OPTION_STR, offsetof(struct report_args, against),
	  .arg = "OLD",
	  .help = "html: beside an older run, what broke, what was mended, "
		  "what became slower" },
	{ "history", 0, OPTION_STR, offsetof(struct report_args, history),
	  .arg = "INDEX",
	  .help = "html: how each cell fared in the newest runs of that "
		  "index (see crmatrix history)" },
};

static const struct options options = {
	.command = "report",
	.summary =
		"Show the matrix of a run, finished or not; RUN is its folder.",
	.operands = "RUN",
	.min_operands = 1,
	.max_operands = 1,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "In a GitHub Actions step:\n"
		  "  crmatrix report RUN --format github\n"
		  "  crmatrix report RUN --format markdown >>"
		  "\"$GITHUB_STEP_SUMMARY\"\n"
		  "GitLab and Jenkins: --format junit -o junit.xml",
};

/** struct told - What is read for a report; all owned */
struct told {
	struct results results;
	struct results against;
	struct plan plan;
	struct results *runs;
	size_t n_runs;
	struct history history;
	char *href;
	struct page_source page;
};

static void told_release(struct told *told)
{
	results_release(&told->results);
	results_release(&told->against);
	plan_release(&told->plan);
	history_release(&told->history);
	for (size_t i = 0; i < told->n_runs; i++)
		results_release(&told->runs[i]);
	free(told->runs);
	free(told->href);
}

/* What was asked is told where a plan can be read; results alone do. */
static void read_plan(const char *run, struct told *told)
{
	CLEANUP_FREE char *file = xasprintf("%s/plan.json", run);
	struct err err;

	if (file_exists(file) && !rundir_read_plan(file, &told->plan, &err))
		told->page.plan = &told->plan;
}

static int read_history(const char *path, struct told *told, struct err *err)
{
	const struct history_filter all = { 0 };
	struct history_db *db;
	int rc;

	if (history_db_open(path, false, false, &db, err))
		return -1;
	rc = history_db_load(db, HISTORY_RUNS, NULL, &told->runs, &told->n_runs,
			     err);
	history_db_close(db);
	if (rc)
		return -1;
	history_build(told->runs, told->n_runs, &all, &told->history);
	told->page.history = &told->history;
	return 0;
}

static int read_told(const struct report_args *args, char *run,
		     struct told *told, struct err *err)
{
	if (rundir_read_results(run, &told->results, err))
		return -1;
	if (args->against) {
		if (rundir_read_results(args->against, &told->against, err))
			return -1;
		told->page.against = &told->against;
		told->page.against_dir = args->against;
	}
	if (args->history && read_history(args->history, told, err))
		return -1;
	read_plan(run, told);
	told->href = args->out ? page_href(run, args->out) : NULL;
	told->page.href = told->href;
	told->page.evidence = page_evidence_read;
	told->page.arg = run;
	return 0;
}

static int to_file(const struct report_format *format, const struct told *told,
		   const char *path, const struct report_opts *wanted,
		   struct err *err)
{
	struct report_opts opts = { .run_dir = wanted->run_dir,
				    .origin = wanted->origin,
				    .utf8 = true,
				    .page = &told->page };
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	if (format->write(&told->results, &opts, buf.f, err)) {
		strbuf_release(&buf);
		return -1;
	}
	text = strbuf_take(&buf);
	return file_write(path, text, strlen(text), err);
}

static void unknown_format(const char *name, struct err *err)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *all = NULL;

	for (size_t i = 0; i < n_report_formats; i++)
		str_list_add(&names, report_formats[i].name);
	all = str_list_join(&names, ", ");
	(void)err_set(err, ERR_INPUT, 0, "unknown format '%s'; there are %s",
		      name, all);
}

/* Return: NULL with @err when there is none, or it does not take an option. */
static const struct report_format *find_format(const struct report_args *args,
					       struct err *err)
{
	const struct report_format *format = report_format_find(args->format);
	const char *option = args->against ? "against" :
			     args->history ? "history" :
					     NULL;

	if (!format) {
		unknown_format(args->format, err);
		return NULL;
	}
	if (option && !str_eq(format->name, "html")) {
		(void)err_set(err, ERR_INPUT, 0, "--%s goes with --format html",
			      option);
		return NULL;
	}
	return format;
}

static int report(const struct report_args *args, char *run, struct err *err)
{
	CLEANUP(told_release) struct told told = { 0 };
	struct report_opts opts = terminal_report_opts(run);
	const struct report_format *format = find_format(args, err);

	if (!format || read_told(args, run, &told, err))
		return -1;
	opts.page = &told.page;
	opts.origin = args->origin;
	return args->out ? to_file(format, &told, args->out, &opts, err) :
			   format->write(&told.results, &opts, stdout, err);
}

int cmd_report(int argc, char **argv)
{
	struct report_args args = { .format = "text" };
	struct operands operands;
	struct err err = ERR_INIT;
	int status;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	if (!report(&args, operands.v[0], &err))
		return CLI_OK;
	log_err(NULL, "%s", err.msg);
	return CLI_USAGE;
}
