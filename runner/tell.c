// SPDX-License-Identifier: Apache-2.0
/* tell.c - the end of a run: judged, written, printed */
#include "runner/tell.h"

#include "base/clock.h"
#include "base/mem.h"
#include "runner/terminal.h"

/* With a baseline it is the comparison that tells the status. */
static int judge_run(const struct results *results,
		     const struct baseline *before,
		     const struct report_opts *opts)
{
	struct comparison comparison CLEANUP(comparison_release) = { 0 };

	if (!before->n)
		return results_exit(results);
	compare_runs(before->v, before->n, results, &compare_defaults,
		     &comparison);
	(void)printf("\n");
	compare_print(&comparison, opts, stdout);
	return comparison_exit(&comparison);
}

static int write_results(const struct rundir *run, const struct plan *plan,
			 bool complete, struct results *ret_results,
			 struct err *err)
{
	char finished[21];

	/* Judged anew, a run has ended when it did. */
	clock_iso8601(rundir_last_ns(run) ? rundir_last_ns(run) :
					    clock_real_ns(),
		      finished);
	if (rundir_results(rundir_path(run), plan, complete ? finished : NULL,
			   ret_results, err))
		return -1;
	return rundir_write_results(rundir_path(run), ret_results, err);
}

int tell_results(const struct rundir *run, const struct plan *plan,
		 bool complete, const struct baseline *before, int *ret_status,
		 struct err *err)
{
	struct report_opts opts = terminal_report_opts(rundir_path(run));
	struct results results CLEANUP(results_release) = { 0 };

	if (write_results(run, plan, complete, &results, err) ||
	    report_format_find("text")->write(&results, &opts, stdout, err))
		return -1;
	*ret_status = judge_run(&results, before, &opts);
	return 0;
}

int tell_quietly(const struct rundir *run, const struct plan *plan,
		 bool complete, int *ret_status, struct err *err)
{
	struct results results CLEANUP(results_release) = { 0 };

	if (write_results(run, plan, complete, &results, err))
		return -1;
	*ret_status = results_exit(&results);
	return 0;
}
