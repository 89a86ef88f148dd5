// SPDX-License-Identifier: Apache-2.0
/* compare.h - two runs side by side: what broke, what was mended, what is slower */
#ifndef COMPAT_COMPARE_H
#define COMPAT_COMPARE_H

#include <jansson.h>
#include <stdio.h>

#include "compat/results.h"
#include "compat/stats.h"

#define COMPARE_SCHEMA "crmatrix/compare/1"

/**
 * enum compare_change - What became of a pair in a scenario
 * @CHANGE_NEW_FAILURE:	Fails, and did not before; or fails more often than it
 *			used to, beyond chance
 * @CHANGE_UNMEASURED:	Broken or not run: nobody can tell
 * @CHANGE_XPASS:	Passed, though a failure was expected
 * @CHANGE_OTHER_CAUSE:	Failed before, and fails for another cause now
 * @CHANGE_FAILING:	Fails as before
 * @CHANGE_FLAKY:	Known to fail now and then; no more often than before
 * @CHANGE_EXPECTED:	Passed, and its failure is expected now
 * @CHANGE_SKIPPED:	Was judged, and a requirement is unmet now
 * @CHANGE_MENDED:	Failed before, and passes
 * @CHANGE_ADDED:	Not judged before, and as expected
 * @CHANGE_GONE:	No longer in the run
 * @CHANGE_SAME:	As before
 */
enum compare_change {
	CHANGE_NEW_FAILURE,
	CHANGE_UNMEASURED,
	CHANGE_XPASS,
	CHANGE_OTHER_CAUSE,
	CHANGE_FAILING,
	CHANGE_FLAKY,
	CHANGE_EXPECTED,
	CHANGE_SKIPPED,
	CHANGE_MENDED,
	CHANGE_ADDED,
	CHANGE_GONE,
	CHANGE_SAME,
	CHANGE_COUNT
};
/** change_names - "new-failure" ...; NULL-terminated */
extern const char *const change_names[CHANGE_COUNT + 1];

/**
 * struct compare_side - All repetitions of a pair in a scenario, before or after
 * @v, @n:	Borrowed from the results
 * @counts:	By verdict
 * @trials:	Those that were judged (pass, fail, xfail, xpass), and failed
 *		unexpectedly
 * @service_ns:	Median of the downtimes measured, UNMEASURED: none
 */
struct compare_side {
	const struct result **v;
	size_t n;
	size_t counts[VERDICT_COUNT];
	struct trials trials;
	uint64_t service_ns;
};

/**
 * struct compare_cell - One pair in one scenario
 * @p_worse:	stats_fisher() of before and after
 * @p_better:	And the other way round
 * @slower:	Downtime grew beyond the limits of struct compare_opts
 * @order:	Its place: as in the run after, then what is gone
 */
struct compare_cell {
	const char *scenario, *source, *target;
	size_t order;
	struct compare_side before, after;
	double p_worse, p_better;
	enum compare_change change;
	bool slower;
};

/**
 * struct compare_opts - What counts as a change
 * @alpha:	A known rate has changed when chance alone would do so less often
 * @slower:	Downtime grew by this factor...
 * @slower_ns:	...and by so much, at least
 */
struct compare_opts {
	double alpha;
	double slower;
	uint64_t slower_ns;
};
extern const struct compare_opts compare_defaults;

/** struct comparison - Borrows from the results that it was made of */
struct comparison {
	const struct results *before, *after;
	struct compare_opts opts;
	struct compare_cell *cells; /* in the order of after, then of before */
	size_t n;
	size_t counts[CHANGE_COUNT];
	const struct result **pool;
};

/**
 * compare_runs() - Put two runs side by side
 * @before:	The run before, and further ones whose repetitions count towards
 *		what is known of it; @n_before of them, at least one
 */
void compare_runs(const struct results *before, size_t n_before,
		  const struct results *after, const struct compare_opts *opts,
		  struct comparison *ret_comparison);
void comparison_release(struct comparison *comparison);

/** comparison_exit() - 1 with a new failure; else 3 when a cell could not be
 * measured, or there is none at all; else 0 */
int comparison_exit(const struct comparison *comparison);

/** compare_decide() - Which change it is, by the rules; of compare.c, for tests */
enum compare_change compare_decide(const struct compare_cell *cell,
				   double alpha);

/** compare_slowest_part() - The part of the downtime that grew most
 * @ret_ns: By how much (medians)
 * Return: its name, or NULL when none is measured on both sides */
const char *compare_slowest_part(const struct compare_cell *cell,
				 uint64_t *ret_ns);

/** compare_print() - For people: all that changed, and the sum */
void compare_print(const struct comparison *comparison,
		   const struct report_opts *opts, FILE *out);

/** compare_json() - For programs: every cell; a new reference */
json_t *compare_json(const struct comparison *comparison);

/** compare_schema() - JSON Schema of that; a new reference */
json_t *compare_schema(void);

#endif
