// SPDX-License-Identifier: Apache-2.0
/* cmd_predict.c - crmatrix predict */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/predict_say.h"
#include "compat/profile.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/profile_pid.h"
#include "runner/rundir.h"
#include "runner/terminal.h"

struct args {
	const char *workload;
	bool fleet;
	bool score;
	bool json;
};

static const struct option_def defs[] = {
	{ "workload", 'w', OPTION_STR, offsetof(struct args, workload),
	  .arg = "FILE",
	  .help = "what is to be moved ('crmatrix profile --pid')" },
	{ "fleet", 0, OPTION_FLAG, offsetof(struct args, fleet),
	  .help = "groups of machines that may exchange workloads" },
	{ "score", 0, OPTION_FLAG, offsetof(struct args, score),
	  .help = "hold a run's predictions against what was measured" },
	{ "json", 0, OPTION_FLAG, offsetof(struct args, json),
	  .help = "print JSON ('crmatrix schema predict')" },
};

static const struct options options = {
	.command = "predict",
	.summary = "Say before anything is stopped what will fail, and why: "
		   "from two files that\n'crmatrix profile' made, or for each "
		   "cell of a run from what its machines said\nof themselves "
		   "before the dump. RUN is its folder or its results.json.",
	.operands = "SOURCE TARGET | RUN | --fleet FILE...|RUN",
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "fail: it will; risk: it may, or it will if the workload has "
		  "what is named.\nWithout --workload nobody knows what that "
		  "has.\n\n"
		  "Exit status: 0 no failure foretold (--score: all as "
		  "foretold), 1 some failure\n(--score: some missed, for "
		  "another cause, or a false alarm), 2 usage or input\nerror.",
};

static void print_json(json_t *json)
{
	(void)json_dumpf(json, stdout, RESULTS_JSON_FLAGS);
	(void)fputc('\n', stdout);
	json_decref(json);
}

/* --- Two profiles ------------------------------------------------------------ */

static int predict_files(const struct args *args, char **files,
			 const struct facts *workload, int *ret_status,
			 struct err *err)
{
	CLEANUP(profile_release) struct profile source = { 0 };
	CLEANUP(profile_release) struct profile target = { 0 };
	CLEANUP(prediction_release) struct prediction prediction = { 0 };
	CLEANUP(facts_release) struct facts all = { 0 };
	struct report_opts opts = terminal_report_opts(NULL);
	struct predict_pair pair;

	if (profile_read(files[0], &source, err) ||
	    profile_read(files[1], &target, err))
		return -1;
	predict_learn(&all, workload);
	predict_learn(&all, &target.workload);
	pair = (struct predict_pair){ source.name, target.name, &source.facts,
				      &target.facts, &all };
	predict(&pair, &prediction);
	*ret_status = prediction.says == FORETOLD_FAIL;
	if (args->json)
		print_json(predict_pair_json(source.name, target.name,
					     &prediction));
	else
		predict_print_pair(source.name, target.name, &prediction, &opts,
				   stdout);
	return 0;
}

/* --- A run ------------------------------------------------------------------- */

static bool some_fail(const struct results *results)
{
	for (size_t i = 0; i < results->n_cells; i++) {
		const struct prediction *p = results->cells[i].prediction;

		if (p && p->says == FORETOLD_FAIL)
			return true;
	}
	return false;
}

static int predict_run(const struct args *args, const char *run,
		       int *ret_status, struct err *err)
{
	CLEANUP(results_release) struct results results = { 0 };
	CLEANUP(score_release) struct score score = { 0 };
	struct report_opts opts = terminal_report_opts(run);

	if (rundir_judge_results(run, &results, err))
		return -1;
	score_results(&results, &score);
	*ret_status = args->score ? score.right < score.cells :
				    some_fail(&results);
	if (args->json)
		print_json(predict_run_json(&results, &score));
	else if (args->score)
		score_print(&score, &opts, stdout);
	else
		predict_print_run(&results, &opts, stdout);
	return 0;
}

/* --- A fleet ----------------------------------------------------------------- */

static void say_fleets(const struct args *args, struct fleet *fleets, size_t n)
{
	struct report_opts opts = terminal_report_opts(NULL);
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		if (args->json)
			(void)json_array_append_new(
				all, predict_fleet_json(&fleets[i]));
		else
			fleet_print(&fleets[i], &opts, stdout);
	}
	if (args->json)
		print_json(json_pack("{ss, so}", "schema", PREDICT_SCHEMA,
				     "fleets", all));
	else
		json_decref(all);
}

/* Groups tell hosts by nothing but their names. */
static int check_name(const struct profile *profiles, char **files, size_t i,
		      struct err *err)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(profiles[k].name, profiles[i].name))
			return err_set(err, ERR_INPUT, 0,
				       "'%s' and '%s' are both of a host "
				       "called '%s': 'crmatrix profile --name' "
				       "calls one otherwise",
				       files[k], files[i], profiles[i].name);
	return 0;
}

static int fleet_files(const struct args *args, const struct operands *files,
		       const struct facts *workload, struct err *err)
{
	struct profile *profiles = xcalloc(files->n, sizeof(*profiles));
	CLEANUP_FREE struct fleet_machine *machines =
		xcalloc(files->n, sizeof(*machines));
	CLEANUP(fleet_release) struct fleet fleet = { 0 };
	int rc = 0;

	for (size_t i = 0; i < files->n && !rc; i++) {
		rc = profile_read(files->v[i], &profiles[i], err) ||
				     check_name(profiles, files->v, i, err) ?
			     -1 :
			     0;
		machines[i] = (struct fleet_machine){ profiles[i].name,
						      &profiles[i].facts };
	}
	if (!rc) {
		fleet_foresee(machines, files->n, workload, &fleet);
		say_fleets(args, &fleet, 1);
	}
	for (size_t i = 0; i < files->n; i++)
		profile_release(&profiles[i]);
	free(profiles);
	return rc;
}

/* One answer for each scenario, in order of appearance. */
static int fleet_run(const struct args *args, const char *run, struct err *err)
{
	CLEANUP(results_release) struct results results = { 0 };
	CLEANUP(str_list_release) struct str_list scenarios = { 0 };
	CLEANUP_FREE struct fleet_machine *machines = NULL;
	struct fleet *fleets = NULL;
	size_t n = 0;

	if (rundir_judge_results(run, &results, err))
		return -1;
	machines = xcalloc(results.n_machines, sizeof(*machines));
	for (size_t i = 0; i < results.n_machines; i++)
		machines[i] =
			(struct fleet_machine){ results.machines[i].name,
						&results.machines[i].facts };
	for (size_t i = 0; i < results.n_cells; i++)
		if (!str_list_has(&scenarios, results.cells[i].scenario))
			str_list_add(&scenarios, results.cells[i].scenario);
	for (size_t i = 0; i < scenarios.n; i++)
		fleet_measure(&results, scenarios.v[i], machines,
			      results.n_machines, VEC_PUSH(fleets, n));
	say_fleets(args, fleets, n);
	while (n > 0)
		fleet_release(&fleets[--n]);
	free(fleets);
	return 0;
}

/* --- Which of them ----------------------------------------------------------- */

/* Its folder, or its results.json: profiles are YAML. */
static bool is_run(const char *path)
{
	struct stat st;

	return (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) ||
	       str_ends(path, ".json");
}

static int predict_what(const struct args *args,
			const struct operands *operands, int *ret_status,
			struct err *err)
{
	CLEANUP(profile_release) struct profile workload = { 0 };
	bool run = operands->n == 1 && is_run(operands->v[0]);

	if (args->workload && profile_read(args->workload, &workload, err))
		return -1;
	if (args->workload && run)
		return err_set(err, ERR_INPUT, 0,
			       "--workload: a run's scenarios tell its own");
	if (args->score && (!run || args->fleet))
		return err_set(err, ERR_INPUT, 0, "--score wants a run");
	if (args->fleet && run)
		return fleet_run(args, operands->v[0], err);
	if (args->fleet)
		return fleet_files(args, operands, &workload.workload, err);
	if (run)
		return predict_run(args, operands->v[0], ret_status, err);
	if (operands->n != 2)
		return err_set(err, ERR_INPUT, 0,
			       "two files of 'crmatrix profile' are wanted, or "
			       "a run: its folder or its results.json");
	return predict_files(args, operands->v, &workload.workload, ret_status,
			     err);
}

int cmd_predict(int argc, char **argv)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	if (!predict_what(&args, &operands, &status, &err))
		return status;
	log_err(NULL, "%s", err.msg);
	return CLI_USAGE;
}
