// SPDX-License-Identifier: Apache-2.0
/* baseline.h - runs that another one is compared with */
#ifndef RUNNER_BASELINE_H
#define RUNNER_BASELINE_H

#include "compat/compare.h"

/** struct baseline - What is known of the time before: a run, and others whose
 * repetitions count too */
struct baseline {
	struct results *v;
	size_t n;
};

/** baseline_read() - @path and all of @known; folders of runs, or results.json */
WARN_UNUSED
int baseline_read(const char *path, const struct str_list *known,
		  struct baseline *ret_baseline, struct err *err);

/**
 * baseline_add_history() - Add the newest runs of an index that began before another
 * @index:	As for history_db_path()
 * @last:	How many at most; those that are there already do not count
 * @now:	The run that is to be judged
 */
WARN_UNUSED
int baseline_add_history(struct baseline *baseline, const char *index,
			 uint64_t last, const struct results *now,
			 struct err *err);
void baseline_release(struct baseline *baseline);

/** baseline_alpha() - Of a confidence in percent */
double baseline_alpha(uint64_t confidence);

#endif
