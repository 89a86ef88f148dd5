// SPDX-License-Identifier: Apache-2.0
/* cmd_repro.c - crmatrix repro: one cell again, alone, here or elsewhere */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/plan_only.h"
#include "compat/stats.h"
#include "runner/bundle.h"
#include "runner/cli.h"
#include "runner/jsonfile.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir_place.h"
#include "runner/start.h"
#include "runner/tempdir.h"

struct repro_args {
	uint64_t repeat;
	const char *bundle;
	const char *bundle_file;
	struct start_opts start;
};

#define START_AT(member)                      \
	(offsetof(struct repro_args, start) + \
	 offsetof(struct start_opts, member))

static const struct option_def defs[] = {
	{ "repeat", 0, OPTION_UINT, offsetof(struct repro_args, repeat),
	  .arg = "N", .help = "times it is run (default: once)", .min = 1,
	  .max = 1000 },
	{ "shell", 0, OPTION_FLAG, START_AT(hold),
	  .help = "hold it where it fails, or at its end, with both guests "
		  "open for commands" },
	{ "bundle", 0, OPTION_STR, offsetof(struct repro_args, bundle),
	  .arg = "FILE",
	  .help = "run nothing: pack the cell and all that was seen of it into "
		  "FILE, a tar.gz" },
	{ "bundle-file", 0, OPTION_STR,
	  offsetof(struct repro_args, bundle_file), .arg = "FILE",
	  .help = "the cell of such a bundle, instead of RUN CELL" },
	{ "out", 'o', OPTION_STR, START_AT(out), .arg = "DIR",
	  .help = "folder of the new run (default: results/repro-TIME)" },
	{ "jobs", 'j', OPTION_UINT, START_AT(jobs), .arg = "N",
	  .help = "labs side by side (default: by cores, memory)", .min = 1,
	  .max = 64 },
	{ "accel", 0, OPTION_ENUM, START_AT(accel), .arg = "auto|kvm|tcg",
	  .help = "acceleration (default: auto)", .names = accel_names },
	{ "connect", 0, OPTION_STR, START_AT(connect), .arg = "URI",
	  .help = "a libvirt of this host, not the embedded one" },
};

static const struct options options = {
	.command = "repro",
	.summary = "Run one cell of a run again, alone, and say how often it "
		   "ends as it did there;\nor pack it, to be run by somebody "
		   "else.",
	.operands = "RUN CELL",
	.max_operands = 2,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer =
		"A bundle has the scenario and its files, the facts, packages "
		"and digests of both\nmachines, criu's logs, the capture and "
		"consoles, and a plain shell script for\npeople without "
		"crmatrix. 'report' and 'explain' read it when it is "
		"unpacked.\n\n"
		"Exit status: that of a run with this cell: 0 as expected, 1 "
		"failed or passed\nunexpectedly, 2 usage or input error, 3 "
		"broken or not run, 128+n on signal n.",
};

/* --- How it ends ------------------------------------------------------------------ */

static bool same_end(const struct result *a, const struct result *b)
{
	const char *x = a->cause ? a->cause->mode : NULL;
	const char *y = b->cause ? b->cause->mode : NULL;

	return a->verdict == b->verdict && str_eq(x, y);
}

static void tell_rate(const char *what, struct trials trials)
{
	struct interval bounds = stats_wilson(trials);

	(void)printf("%s %" PRIu64 " of %" PRIu64
		     " times (95 %%: %.1f to %.1f %%)\n",
		     what, trials.failed, trials.runs, 100 * bounds.low,
		     100 * bounds.high);
}

static bool is_judged(const struct result *result)
{
	return result->verdict != VERDICT_BROKEN &&
	       result->verdict != VERDICT_NOTRUN &&
	       result->verdict != VERDICT_SKIP;
}

/* Counts of those that ended as @was, and of those that did not move. */
static void tell(const struct result *was, const struct results *now)
{
	struct trials same = { 0 }, failed = { 0 };

	for (size_t i = 0; i < now->n_cells; i++) {
		const struct result *is = &now->cells[i];

		if (!is_judged(is))
			continue;
		same.runs++;
		failed.runs++;
		same.failed += same_end(was, is);
		failed.failed += is->verdict == VERDICT_FAIL ||
				 is->verdict == VERDICT_XFAIL;
	}
	(void)printf("\nit was: %s%s%s\n", verdict_names[was->verdict],
		     was->cause ? " " : "", was->cause ? was->cause->mode : "");
	tell_rate("the same now:", same);
	tell_rate("did not move:", failed);
}

static int compare_with(const char *run, const char *cell, const char *out,
			struct err *err)
{
	struct results before CLEANUP(results_release) = { 0 };
	struct results now CLEANUP(results_release) = { 0 };

	if (rundir_read_results(run, &before, err) ||
	    rundir_read_results(out, &now, err))
		return -1;
	for (size_t i = 0; i < before.n_cells; i++) {
		if (str_eq(before.cells[i].id, cell))
			tell(&before.cells[i], &now);
	}
	return 0;
}

/* --- Running ---------------------------------------------------------------------- */

static int read_plan(const char *run, const char *cell, uint64_t repeat,
		     struct plan *ret_plan, struct err *err)
{
	char *path CLEANUP_FREE = xasprintf("%s/plan.json", run);
	json_t *whole = NULL, *only = NULL;
	int rc;

	if (!file_exists(path))
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no run's folder: it has no plan.json",
			       run);
	if (jsonfile_read(path, &whole, err))
		return -1;
	rc = plan_only(whole, cell, repeat ? repeat : 1, &only, err) ||
	     plan_from_json(only, ret_plan, err);
	json_decref(whole);
	json_decref(only);
	return rc ? -1 : 0;
}

static int run_again(const struct repro_args *args, const char *run,
		     const char *cell, struct err *err)
{
	struct start_opts start = args->start;
	char *place CLEANUP_FREE = start.out ? xstrdup(start.out) :
					       rundir_usual("repro");
	struct plan plan = { 0 };
	int status;

	if (read_plan(run, cell, args->repeat, &plan, err))
		return start_failed(err);
	start.out = place;
	status = start_run(&start, &plan, err);
	plan_release(&plan);
	if (status < 128 && status != CLI_USAGE && file_exists(place) &&
	    compare_with(run, cell, place, err))
		log_warn(NULL, "%s", err->msg);
	return status;
}

/* --- Bundles ---------------------------------------------------------------------- */

static int run_only_cell(const struct repro_args *args, const char *run,
			 struct err *err)
{
	char *path CLEANUP_FREE = xasprintf("%s/plan.json", run);
	struct plan plan = { 0 };
	char *cell CLEANUP_FREE = NULL;

	if (rundir_read_plan(path, &plan, err))
		return start_failed(err);
	cell = plan.n_cells == 1 ? xstrdup(plan.cells[0].id) : NULL;
	plan_release(&plan);
	if (cell)
		return run_again(args, run, cell, err);
	(void)err_set(err, ERR_INPUT, 0, "the bundle has not one cell");
	return start_failed(err);
}

static int run_bundle(const struct repro_args *args, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	char *prefix CLEANUP_FREE =
		xasprintf("%s/crmatrix-bundle-", tmp ? tmp : "/tmp");
	struct tempdir *folder CLEANUP(tempdir_freep) = NULL;
	char *run CLEANUP_FREE = NULL;

	if (tempdir_make(prefix, &folder, err) ||
	    bundle_unpack(args->bundle_file, tempdir_path(folder), &run, err))
		return start_failed(err);
	return run_only_cell(args, run, err);
}

static int pack(const struct repro_args *args, const struct operands *operands,
		struct err *err)
{
	if (bundle_pack(operands->v[0], operands->v[1], args->bundle, err))
		return start_failed(err);
	log_info(NULL, "packed into %s", args->bundle);
	return CLI_OK;
}

static const char *wrong(const struct repro_args *args, size_t operands)
{
	if (args->bundle_file && operands)
		return "--bundle-file stands for RUN CELL: which?";
	if (args->bundle_file && args->bundle)
		return "--bundle makes one, --bundle-file runs one: which?";
	if (!args->bundle_file && operands != 2)
		return "expected RUN CELL";
	if (args->bundle && (args->repeat || args->start.hold))
		return "--bundle runs nothing: no --repeat, no --shell";
	return NULL;
}

int cmd_repro(int argc, char **argv)
{
	struct repro_args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	const char *why;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	why = wrong(&args, operands.n);
	if (why) {
		log_err(NULL, "repro: %s (see 'crmatrix repro --help')", why);
		return CLI_USAGE;
	}
	if (args.bundle)
		return pack(&args, &operands, &err);
	if (args.bundle_file)
		return run_bundle(&args, &err);
	return run_again(&args, operands.v[0], operands.v[1], &err);
}
