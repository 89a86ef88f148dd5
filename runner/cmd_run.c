// SPDX-License-Identifier: Apache-2.0
/* cmd_run.c - crmatrix run and crmatrix resume */
#include "base/mem.h"
#include "base/str.h"
#include "compat/results.h"
#include "runner/accel.h"
#include "runner/cli.h"
#include "runner/host.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir.h"
#include "runner/selection.h"
#include "runner/sharding.h"
#include "runner/start.h"
#include "runner/tell.h"

struct run_args {
	struct selection selection;
	const char *baseline;
	struct start_opts start;
};

#define START_AT(member) \
	(offsetof(struct run_args, start) + offsetof(struct start_opts, member))

/* clang-format off */
#define BASELINE_OPTION                                                      \
	{ "baseline", 0, OPTION_STR, offsetof(struct run_args, baseline),    \
	  .arg = "RUN",                                                      \
	  .help = "compare with that run: only new failures end with 1" }
/* clang-format on */

static const struct option_def run_defs[] = {
	SELECTION_OPTIONS(run_args, selection),
	{ "out", 'o', OPTION_STR, START_AT(out), .arg = "DIR",
	  .help = "folder of the run (default: results/run-TIME)" },
	{ "jobs", 'j', OPTION_UINT, START_AT(jobs), .arg = "N",
	  .help = "labs side by side (default: by cores, memory)", .min = 1,
	  .max = 64 },
	{ "accel", 0, OPTION_ENUM, START_AT(accel), .arg = "auto|kvm|tcg",
	  .help = "acceleration (default: auto)", .names = accel_names },
	{ "connect", 0, OPTION_STR, START_AT(connect), .arg = "URI",
	  .help = "a libvirt of this host, not the embedded one" },
	BASELINE_OPTION,
};

#define EXIT_STATUS                                                         \
	"Exit status: 0 every cell as expected, 1 some cell failed or "     \
	"passed\nunexpectedly, 2 usage or input error, 3 some cell broken " \
	"or not run, 128+n on\nsignal n."

static const struct options run_options = {
	.command = "run",
	.summary = "Run cells: scenarios over pairs of machines. Ends with the "
		   "matrix; the\nfolder keeps all evidence. Without --matrix: "
		   "the default one.",
	.defs = run_defs,
	.n = ARRAY_SIZE(run_defs),
	.footer =
		"'--machine A --scenario S' is one cell: A with itself. "
		"'--source A --target B'\nis one direction of a pair.\n\n" EXIT_STATUS,
};

static const struct option_def resume_defs[] = {
	{ "jobs", 'j', OPTION_UINT, START_AT(jobs), .arg = "N",
	  .help = "labs side by side (default: by cores, memory)", .min = 1,
	  .max = 64 },
	{ "connect", 0, OPTION_STR, START_AT(connect), .arg = "URI",
	  .help = "a libvirt of this host, not the embedded one" },
	BASELINE_OPTION,
};

static const struct options resume_options = {
	.command = "resume",
	.summary =
		"Finish a run that was cut short; RUN is its folder. Finished "
		"cells are not run\nagain, but judged anew.",
	.operands = "RUN",
	.min_operands = 1,
	.max_operands = 1,
	.defs = resume_defs,
	.n = ARRAY_SIZE(resume_defs),
	.footer = EXIT_STATUS,
};

/* Before hours are spent: what is to be compared with must be there. */
static int read_baseline(struct run_args *args, struct err *err)
{
	const struct str_list none = { 0 };

	if (!args->baseline)
		return 0;
	if (baseline_read(args->baseline, &none, &args->start.before, err))
		return err->domain == ERR_SYS ?
			       err_set(err, ERR_INPUT, 0, "--baseline: %s",
				       err->msg) :
			       err_wrap(err, "--baseline");
	return 0;
}

/* More shards than there is to share: this one has its folder, for merge. */
static int start_nothing(const struct run_args *args, const struct plan *plan,
			 struct err *err)
{
	struct rundir *run;
	int status, rc;

	if (rundir_create(args->start.out, plan, &run, err))
		return start_failed(err);
	rundir_info(run)->shard = args->start.shard;
	host_read(&rundir_info(run)->host);
	rc = rundir_save_info(run, err) ||
	     tell_results(run, plan, true, &args->start.before, &status, err);
	rundir_close(run);
	if (rc)
		return start_failed(err);
	log_info(NULL, "shard %s has no cells", args->selection.shard);
	return CLI_OK;
}

int cmd_run(int argc, char **argv)
{
	struct run_args args = { 0 };
	struct operands operands;
	struct plan plan = { 0 };
	struct plan_filter filter = { 0 };
	struct err err = ERR_INIT;
	int status;

	if (!options_parse(&run_options, argc, argv, &args, &operands, &status))
		return status;
	if (read_baseline(&args, &err) ||
	    selection_load(&args.selection, &plan, &filter, &err) ||
	    plan_expand(&plan, &filter, &err) ||
	    sharding_apply(args.selection.shard, args.selection.durations,
			   &plan, &args.start.shard, &err)) {
		status = start_failed(&err);
	} else if (!plan.n_cells) {
		status = start_nothing(&args, &plan, &err);
	} else {
		status = start_run(&args.start, &plan, &err);
	}
	plan_release(&plan);
	baseline_release(&args.start.before);
	options_release(&run_options, &args);
	return status;
}

int cmd_resume(int argc, char **argv)
{
	struct run_args args = { 0 };
	struct operands operands;
	struct plan plan = { 0 };
	struct rundir *run = NULL;
	struct err err = ERR_INIT;
	int status;

	if (!options_parse(&resume_options, argc, argv, &args, &operands,
			   &status))
		return status;
	if (read_baseline(&args, &err))
		return start_failed(&err);
	if (rundir_open(operands.v[0], &run, &plan, &err)) {
		baseline_release(&args.start.before);
		return start_failed(&err);
	}
	status = start_again(&args.start, run, &plan, &err);
	rundir_close(run);
	plan_release(&plan);
	baseline_release(&args.start.before);
	return status;
}
