// SPDX-License-Identifier: Apache-2.0
/* cmd_bisect.c - crmatrix bisect: with which kernel or CRIU a cell began to fail */
#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/catalogue.h"
#include "compat/plan_only.h"
#include "runner/bisect.h"
#include "runner/bisect_row.h"
#include "runner/cli.h"
#include "runner/jsonfile.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir_place.h"
#include "runner/terminal.h"

#define ANY "any"

struct bisect_args {
	struct str_list kernels, criu;
	const char *kernels_from;
	int side;
	const char *cause;
	uint64_t confidence, failures, repeat;
	bool json;
	struct start_opts start;
};

#define AT(member) offsetof(struct bisect_args, member)
#define START_AT(member) (AT(start) + offsetof(struct start_opts, member))

static const struct option_def defs[] = {
	{ "kernels", 0, OPTION_LIST, AT(kernels), .arg = "K,L,...",
	  .help = "the row of kernels, from the good end to the bad one: of "
		  "the catalogue, or SUITE/linux-image-...; with a pattern "
		  "all that fit, older ones first" },
	{ "kernels-from", 0, OPTION_STR, AT(kernels_from), .arg = "DIR",
	  .help = "the row are the kernels in that folder, by version: "
		  "packages, images with modules, folders of such" },
	{ "criu", 0, OPTION_LIST, AT(criu), .arg = "U,V,...",
	  .help = "the row are the CRIU versions of these userlands" },
	{ "side", 0, OPTION_ENUM, AT(side), .names = bisect_side_names,
	  .help = "whose kernel or CRIU is replaced (default: where the cell "
		  "failed)" },
	{ "cause", 0, OPTION_STR, AT(cause), .arg = "MODE",
	  .help = "the failure that is sought, or 'any' (default: that of the "
		  "cell)" },
	{ "confidence", 0, OPTION_UINT, AT(confidence), .arg = "PERCENT",
	  .help = "how sure to be of what passes (default: 99)", .min = 50,
	  .max = 99 },
	{ "failures", 0, OPTION_UINT, AT(failures), .arg = "N",
	  .help = "failures of the bad end by which its rate is measured "
		  "(default: 5)",
	  .min = 1, .max = 1000 },
	{ "repeat", 0, OPTION_UINT, AT(repeat), .arg = "N",
	  .help = "runs of each at most, whatever the rate", .min = 1,
	  .max = 1000 },
	{ "out", 'o', OPTION_STR, START_AT(out), .arg = "DIR",
	  .help = "folder of the bisection (default: results/bisect-TIME)" },
	{ "jobs", 'j', OPTION_UINT, START_AT(jobs), .arg = "N",
	  .help = "labs side by side (default: by cores, memory)", .min = 1,
	  .max = 64 },
	{ "accel", 0, OPTION_ENUM, START_AT(accel), .arg = "auto|kvm|tcg",
	  .help = "acceleration (default: auto)", .names = accel_names },
	{ "connect", 0, OPTION_STR, START_AT(connect), .arg = "URI",
	  .help = "a libvirt of this host, not the embedded one" },
	{ "json", 0, OPTION_FLAG, AT(json),
	  .help = "print JSON ('crmatrix schema bisect')" },
};

static const struct options options = {
	.command = "bisect",
	.summary =
		"With which kernel or CRIU a cell began to fail: the first bad "
		"of a row whose one\nend passes and whose other end fails. "
		"RUN CELL is a cell that failed; RUN alone,\nthe folder of a "
		"bisection, goes on with it.",
	.operands = "RUN [CELL]",
	.min_operands = 1,
	.max_operands = 2,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer =
		"The bad end is run until it has failed --failures times. By "
		"that rate others are\nrun so often that a bad one would pass "
		"them all with a probability under 1 -\nPERCENT. One failure "
		"makes a bad one. Those of which nobody can tell, or which\n"
		"fail for another cause, are passed over. It may be stopped at "
		"any time.\n\n"
		"Exit status: 0 found; 1 an end is not as it should be: the "
		"bad one passes, the good\none fails, or for another cause; 2 "
		"usage or input error; 3 nobody can tell: an end\nis broken, "
		"or those between the last good and the first bad are, or "
		"something of\nthe host failed; 128+n on signal n.",
};

/* --- What is asked --------------------------------------------------------------- */

static int read_row(const struct bisect_args *args, struct bisection *bisection,
		    struct err *err)
{
	int rc;

	bisection->what = args->criu.n ? BISECT_CRIU : BISECT_KERNEL;
	if (args->kernels.n)
		rc = bisect_kernels(&args->kernels, bisection, err);
	else if (args->kernels_from)
		rc = bisect_kernels_from(args->kernels_from, bisection, err);
	else
		rc = bisect_userlands(&args->criu, bisection, err);
	if (rc)
		return -1;
	if (bisection->n >= 2)
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "a good and a bad one at least are wanted, not %zu",
		       bisection->n);
}

/* A dump that fails is the source's affair, what comes later the target's. */
static enum bisect_side side_of(const struct result *cell)
{
	return cell->phase == PHASE_START || cell->phase == PHASE_DUMP ?
		       SIDE_SOURCE :
		       SIDE_TARGET;
}

/* A mode, or what an unknown failure of the cell is known by. */
static int check_cause(const char *cause, struct err *err)
{
	const char *nearest;

	if (str_starts(cause, "unknown") || catalogue_knows(cause, &nearest))
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "no failure mode is called '%s'%s%s%s", cause,
		       nearest ? ", did you mean '" : "",
		       nearest ? nearest : "", nearest ? "'?" : "");
}

static int learn_cell(const struct bisect_args *args, const struct result *cell,
		      struct bisection *bisection, struct err *err)
{
	CLEANUP_FREE char *cause = bisect_cause(cell);

	if (!cause && !args->cause)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' did not fail there (%s): --cause says "
			       "what is sought, or 'any'",
			       cell->id, verdict_names[cell->verdict]);
	if (!args->cause || str_eq(args->cause, cause)) {
		bisection->cause = TAKE(cause);
		bisection->title = cell->cause && cell->cause->title ?
					   xstrdup(cell->cause->title) :
					   NULL;
	} else if (!str_eq(args->cause, ANY)) {
		if (check_cause(args->cause, err))
			return -1;
		bisection->cause = xstrdup(args->cause);
	}
	bisection->side = args->side < 0 ? side_of(cell) :
					   (enum bisect_side)args->side;
	return 0;
}

/* The plan with the cell alone: the bisection needs the run no more. */
static int read_plan(const char *run, const char *cell,
		     struct bisection *bisection, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/plan.json", run);
	json_t *whole = NULL;
	int rc;

	if (!file_exists(path))
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no run's folder: it has no plan.json",
			       run);
	if (jsonfile_read(path, &whole, err))
		return -1;
	rc = plan_only(whole, cell, 0, &bisection->plan, err);
	json_decref(whole);
	return rc;
}

static int read_cell(const struct bisect_args *args, const char *run,
		     const char *cell, struct bisection *bisection,
		     struct err *err)
{
	struct results results CLEANUP(results_release) = { 0 };

	if (read_plan(run, cell, bisection, err) ||
	    rundir_judge_results(run, &results, err))
		return -1;
	bisection->cell = xstrdup(cell);
	bisection->rule = (struct bisect_rule){
		.confidence =
			(args->confidence ? (double)args->confidence : 99) /
			100,
		.failures = args->failures ? args->failures : 5,
		.repeat = args->repeat,
	};
	for (size_t i = 0; i < results.n_cells; i++)
		if (str_eq(results.cells[i].id, cell))
			return learn_cell(args, &results.cells[i], bisection,
					  err);
	return err_set(err, ERR_INPUT, 0, "the run has no cell '%s'", cell);
}

static int begin(const struct bisect_args *args, const struct operands *asked,
		 const char *folder, struct err *err)
{
	struct bisection bisection CLEANUP(bisection_release) = { 0 };

	if (read_cell(args, asked->v[0], asked->v[1], &bisection, err) ||
	    read_row(args, &bisection, err))
		return -1;
	return bisect_begin(folder, &bisection, err);
}

/* --- What it is answered ----------------------------------------------------------- */

static void tell(const struct bisect_args *args,
		 const struct bisection *bisection, const char *folder)
{
	struct report_opts opts = terminal_report_opts(folder);
	json_t *json;

	if (!args->json) {
		bisection_print(bisection, folder, &opts, stdout);
		return;
	}
	json = bisection_json(bisection, folder);
	(void)json_dumpf(json, stdout, RESULTS_JSON_FLAGS);
	(void)fputc('\n', stdout);
	json_decref(json);
}

static int go_on(const struct bisect_args *args, const char *folder,
		 struct err *err)
{
	struct bisection bisection CLEANUP(bisection_release) = { 0 };
	struct bisect_plan plan;
	int status;

	if (bisect_open(folder, &bisection, err))
		return start_failed(err);
	status = bisect_go(folder, &bisection, &args->start, err);
	bisection_plan(&bisection, &plan);
	if (plan.end == BISECT_GOING)
		log_warn(NULL, "not finished; go on with: %s bisect %s",
			 program_invocation_name, folder);
	tell(args, &bisection, folder);
	return status;
}

static const char *wrong(const struct bisect_args *args, size_t operands)
{
	size_t rows = (args->kernels.n > 0) + (args->criu.n > 0) +
		      (args->kernels_from != NULL);

	if (operands == 2 && rows != 1)
		return "one row is wanted: --kernels, --kernels-from or "
		       "--criu";
	if (operands == 1 &&
	    (rows || args->side >= 0 || args->cause || args->confidence ||
	     args->failures || args->repeat || args->start.out))
		return "a bisection that is gone on with is what it was: only "
		       "--jobs, --accel, --connect and --json; or CELL is "
		       "missing";
	return NULL;
}

static int bisect(const struct bisect_args *args,
		  const struct operands *operands, struct err *err)
{
	CLEANUP_FREE char *folder = NULL;
	const char *why = wrong(args, operands->n);

	if (why) {
		log_err(NULL, "bisect: %s (see 'crmatrix bisect --help')", why);
		return CLI_USAGE;
	}
	if (operands->n == 1)
		return go_on(args, operands->v[0], err);
	folder = args->start.out ? xstrdup(args->start.out) :
				   rundir_usual("bisect");
	if (begin(args, operands, folder, err))
		return start_failed(err);
	return go_on(args, folder, err);
}

int cmd_bisect(int argc, char **argv)
{
	struct bisect_args args = { .side = -1 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	status = bisect(&args, &operands, &err);
	options_release(&options, &args);
	return status;
}
