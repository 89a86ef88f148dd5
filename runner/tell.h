// SPDX-License-Identifier: Apache-2.0
/* tell.h - the end of a run: judged, written, printed */
#ifndef RUNNER_TELL_H
#define RUNNER_TELL_H

#include "runner/baseline.h"
#include "runner/rundir.h"

/**
 * tell_results() - Judge a run anew, write its results.json, print the matrix, and
 *		    the comparison with a baseline
 * @complete:	It is not to be gone on with
 * @before:	The baseline; empty: none
 * @ret_status:	The exit status that a run with these results ends with
 */
WARN_UNUSED
int tell_results(const struct rundir *run, const struct plan *plan,
		 bool complete, const struct baseline *before, int *ret_status,
		 struct err *err);

/** tell_quietly() - The same without a baseline, and nothing is printed */
WARN_UNUSED
int tell_quietly(const struct rundir *run, const struct plan *plan,
		 bool complete, int *ret_status, struct err *err);

#endif
