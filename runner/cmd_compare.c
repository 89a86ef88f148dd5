// SPDX-License-Identifier: Apache-2.0
/* cmd_compare.c - crmatrix compare */
#include <stdio.h>

#include "base/mem.h"
#include "runner/baseline.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir.h"
#include "runner/terminal.h"

struct compare_args {
	struct str_list known;
	uint64_t history;
	const char *index;
	uint64_t confidence;
	bool json;
};

static const struct option_def defs[] = {
	{ "known", 0, OPTION_LIST, offsetof(struct compare_args, known),
	  .arg = "RUN,RUN",
	  .help = "further runs of the time before, whose repetitions count" },
	{ "history", 0, OPTION_UINT, offsetof(struct compare_args, history),
	  .arg = "N",
	  .help = "the same with the newest N runs before NEW in the index of "
		  "'crmatrix history'",
	  .min = 1, .max = 1000 },
	{ "index", 0, OPTION_STR, offsetof(struct compare_args, index),
	  .arg = "FILE", .help = "another index" },
	{ "confidence", 0, OPTION_UINT,
	  offsetof(struct compare_args, confidence), .arg = "PERCENT",
	  .help = "how sure a changed failure rate must be (default: 95)",
	  .min = 50, .max = 99 },
	{ "json", 0, OPTION_FLAG, offsetof(struct compare_args, json),
	  .help = "print JSON ('crmatrix schema compare')" },
};

static const struct options options = {
	.command = "compare",
	.summary = "Put two runs side by side: what broke, what was mended, "
		   "what takes longer.\nOLD and NEW are folders of runs, or "
		   "their results.json.",
	.operands = "OLD NEW",
	.min_operands = 2,
	.max_operands = 2,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer =
		"A failure is new when the cell did not fail before. Where it "
		"failed now and then\n(repetitions; --known, --history), it is new "
		"when it fails more often than chance\nexplains: Fisher's "
		"exact test, one-sided. See results/compare.md.\n\n"
		"Exit status: 0 no new failure, 1 some new failure, 2 usage "
		"or input error, 3 some\ncell broken or not run now.",
};

static int compare(const struct compare_args *args, const char *old_run,
		   const char *new_run, int *ret_status, struct err *err)
{
	struct baseline before CLEANUP(baseline_release) = { 0 };
	struct results after CLEANUP(results_release) = { 0 };
	struct comparison comparison CLEANUP(comparison_release) = { 0 };
	struct report_opts report = terminal_report_opts(new_run);
	struct compare_opts opts = compare_defaults;
	json_t *json;

	if (baseline_read(old_run, &args->known, &before, err) ||
	    rundir_read_results(new_run, &after, err) ||
	    (args->history && baseline_add_history(&before, args->index,
						   args->history, &after, err)))
		return -1;
	opts.alpha = baseline_alpha(args->confidence);
	compare_runs(before.v, before.n, &after, &opts, &comparison);
	*ret_status = comparison_exit(&comparison);
	if (!args->json) {
		compare_print(&comparison, &report, stdout);
		return 0;
	}
	json = compare_json(&comparison);
	(void)json_dumpf(json, stdout, RESULTS_JSON_FLAGS);
	(void)fputc('\n', stdout);
	json_decref(json);
	return 0;
}

int cmd_compare(int argc, char **argv)
{
	struct compare_args args = { .confidence = 95 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	if (compare(&args, operands.v[0], operands.v[1], &status, &err)) {
		log_err(NULL, "%s", err.msg);
		status = CLI_USAGE;
	}
	options_release(&options, &args);
	return status;
}
