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
void baseline_release(struct baseline *baseline);

/** baseline_alpha() - Of a confidence in percent */
double baseline_alpha(uint64_t confidence);

#endif
