// SPDX-License-Identifier: Apache-2.0
/* cmd_merge.c - crmatrix merge */
#include "base/mem.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/merge.h"
#include "runner/options.h"
#include "runner/tell.h"

struct merge_args {
	const char *out;
	const char *baseline;
	bool partial;
};

static const struct option_def defs[] = {
	{ "out", 'o', OPTION_STR, offsetof(struct merge_args, out),
	  .arg = "DIR", .help = "new folder for the joined run" },
	{ "partial", 0, OPTION_FLAG, offsetof(struct merge_args, partial),
	  .help = "shards may be missing" },
	{ "baseline", 0, OPTION_STR, offsetof(struct merge_args, baseline),
	  .arg = "RUN",
	  .help = "compare with that run: only new failures end with 1" },
};

static const struct options options = {
	.command = "merge",
	.summary = "Join shards, which may have been run on different hosts, "
		   "into one run, and\nprint its matrix. Each RUN is a folder; "
		   "they stay as they are.",
	.operands = "RUN...",
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "What does not belong together is an error: a cell that is "
		  "in two of them, a\nmachine or scenario that is not the "
		  "same, a shard that is missing.\n\n"
		  "Exit status: that of a run with these cells: 0 every cell "
		  "as expected, 1 some\ncell failed or passed unexpectedly, 2 "
		  "usage or input error, 3 some cell broken\nor not run.",
};

static int tell(const struct merge_args *args, const struct baseline *before,
		int *ret_status, struct err *err)
{
	struct plan plan = { 0 };
	struct rundir *run = NULL;
	int rc;

	if (rundir_open(args->out, &run, &plan, err))
		return -1;
	rc = tell_results(run, &plan, true, before, ret_status, err);
	rundir_close(run);
	plan_release(&plan);
	return rc;
}

static int merge(const struct merge_args *args, const struct str_list *runs,
		 int *ret_status, struct err *err)
{
	struct baseline before CLEANUP(baseline_release) = { 0 };
	const struct str_list none = { 0 };

	if (!args->out)
		return err_set(err, ERR_INPUT, 0,
			       "merge: --out DIR is missing");
	if (args->baseline &&
	    baseline_read(args->baseline, &none, &before, err))
		return err_wrap(err, "--baseline");
	if (merge_runs(runs, args->out, args->partial, err))
		return -1;
	return tell(args, &before, ret_status, err);
}

int cmd_merge(int argc, char **argv)
{
	struct merge_args args = { 0 };
	struct operands operands = { 0 };
	struct str_list runs CLEANUP(str_list_release) = { 0 };
	struct err err = ERR_INIT;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	for (size_t i = 0; i < operands.n; i++)
		str_list_add(&runs, operands.v[i]);
	if (!merge(&args, &runs, &status, &err))
		return status;
	log_err(NULL, "%s", err.msg);
	return err.domain == ERR_SYS ? CLI_BROKEN : CLI_USAGE;
}
