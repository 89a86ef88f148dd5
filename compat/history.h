// SPDX-License-Identifier: Apache-2.0
/* history.h - many runs: how each cell fared over time */
#ifndef COMPAT_HISTORY_H
#define COMPAT_HISTORY_H

#include <jansson.h>
#include <stdio.h>

#include "compat/results.h"
#include "compat/stats.h"

#define HISTORY_SCHEMA "crmatrix/history/1"

/**
 * enum history_state - What a cell's past amounts to
 * @HISTORY_GOOD:    As expected whenever it was judged
 * @HISTORY_BAD:     Failed whenever it was judged
 * @HISTORY_BROKE:   Was good, and has failed ever since some run
 * @HISTORY_MENDED:  Failed, and has been good ever since some run
 * @HISTORY_FLAKY:   Changes now and then, or repetitions of one run differ
 * @HISTORY_UNKNOWN: Never judged
 */
enum history_state {
	HISTORY_GOOD,
	HISTORY_BAD,
	HISTORY_BROKE,
	HISTORY_MENDED,
	HISTORY_FLAKY,
	HISTORY_UNKNOWN,
	HISTORY_STATE_COUNT
};
/** history_state_names - "good" ...; NULL-terminated */
extern const char *const history_state_names[HISTORY_STATE_COUNT + 1];

/**
 * struct history_point - A cell in one run, all repetitions
 * @run:	Index of the run
 * @counts:	By verdict
 * @trials:	Judged (pass, fail, xfail, xpass), and failed unexpectedly
 * @cause:	Of the first failure, expected or not; borrowed, or NULL
 * @service_ns:	Median, or UNMEASURED
 */
struct history_point {
	size_t run;
	size_t counts[VERDICT_COUNT];
	struct trials trials;
	const char *cause;
	uint64_t service_ns;
};

/**
 * struct history_cell - A scenario on a pair over time
 * @points:	By run, in order; runs without it have none
 * @trials:	Of all points
 * @flips:	How often it changed between good and failed from one run to the
 *		next in which it was judged
 * @since:	The run in which it last changed: it broke or was mended there;
 *		HISTORY_NO_RUN when it was always as it is
 * @before:	Last run before @since in which it was judged, or HISTORY_NO_RUN
 */
struct history_cell {
	const char *scenario, *source, *target;
	struct history_point *points;
	size_t n_points;
	struct trials trials;
	size_t flips;
	enum history_state state;
	size_t since, before;
};

#define HISTORY_NO_RUN ((size_t)-1)

/** struct history - Borrows from the results that it was made of */
struct history {
	const struct results *runs;
	size_t n_runs;
	struct history_cell *cells; /* by scenario, source, target */
	size_t n_cells;
};

/** struct history_filter - Names; NULL: all */
struct history_filter {
	const char *scenario, *from, *to;
};

/** history_build() - From runs, the oldest first */
void history_build(const struct results *runs, size_t n,
		   const struct history_filter *filter,
		   struct history *ret_history);
void history_release(struct history *history);

/** history_runs_print() - One line a run */
void history_runs_print(const struct history *history, FILE *out);

/** history_trend_print() - For people
 * @all: cells that were always good, too */
void history_trend_print(const struct history *history, bool all,
			 const struct report_opts *opts, FILE *out);

/** history_json() - For programs and pages; a new reference */
json_t *history_json(const struct history *history);
/** history_schema() - JSON Schema of that; a new reference */
json_t *history_schema(void);

#endif
