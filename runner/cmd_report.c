// SPDX-License-Identifier: Apache-2.0
/* cmd_report.c - crmatrix report */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/results.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir.h"
#include "runner/terminal.h"

struct report_args {
	const char *format;
	const char *out;
	const char *origin;
};

static const struct option_def defs[] = {
	{ "format", 'f', OPTION_STR, offsetof(struct report_args, format),
	  .arg = "FORMAT",
	  .help = "text (default), json, markdown, csv, junit, tap, github, "
		  "kcidb" },
	{ "output", 'o', OPTION_STR, offsetof(struct report_args, out),
	  .arg = "FILE", .help = "write there, whole or not at all" },
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

static int to_file(const struct report_format *format,
		   const struct results *results, const char *path,
		   const struct report_opts *wanted, struct err *err)
{
	struct report_opts opts = { .run_dir = wanted->run_dir,
				    .origin = wanted->origin,
				    .utf8 = true };
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	if (format->write(results, &opts, buf.f, err)) {
		strbuf_release(&buf);
		return -1;
	}
	text = strbuf_take(&buf);
	return file_write(path, text, strlen(text), err);
}

static int unknown_format(const char *name, struct err *err)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *all = NULL;

	for (size_t i = 0; i < n_report_formats; i++)
		str_list_add(&names, report_formats[i].name);
	all = str_list_join(&names, ", ");
	return err_set(err, ERR_INPUT, 0, "unknown format '%s'; there are %s",
		       name, all);
}

static int report(const struct report_args *args, const char *run,
		  struct err *err)
{
	const struct report_format *format = report_format_find(args->format);
	struct report_opts opts = terminal_report_opts(run);
	struct results results = { 0 };
	int rc;

	if (!format)
		return unknown_format(args->format, err);
	opts.origin = args->origin;
	if (rundir_read_results(run, &results, err))
		return -1;
	rc = args->out ? to_file(format, &results, args->out, &opts, err) :
			 format->write(&results, &opts, stdout, err);
	results_release(&results);
	return rc;
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
