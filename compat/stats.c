// SPDX-License-Identifier: Apache-2.0
/* stats.c - Wilson's interval and Fisher's exact test */
#include "compat/stats.h"

#include <math.h>

#define Z_95 1.959963984540054

struct interval stats_wilson(struct trials trials)
{
	double n = (double)trials.runs;
	double rate, center, half, scale;

	if (!trials.runs)
		return (struct interval){ 0, 1 };
	rate = (double)trials.failed / n;
	scale = 1 + Z_95 * Z_95 / n;
	center = (rate + Z_95 * Z_95 / (2 * n)) / scale;
	half = Z_95 / scale *
	       sqrt(rate * (1 - rate) / n + Z_95 * Z_95 / (4 * n * n));
	/* Rounding must not lead beyond what is possible. */
	return (struct interval){ trials.failed ? fmax(0, center - half) : 0,
				  trials.failed < trials.runs ?
					  fmin(1, center + half) :
					  1 };
}

static double log_choose(uint64_t n, uint64_t k)
{
	int sign;

	return lgamma_r((double)n + 1, &sign) - lgamma_r((double)k + 1, &sign) -
	       lgamma_r((double)(n - k) + 1, &sign);
}

double stats_fisher(struct trials before, struct trials after)
{
	uint64_t runs = before.runs + after.runs;
	uint64_t failed = before.failed + after.failed;
	uint64_t most = failed < after.runs ? failed : after.runs;
	double all = log_choose(runs, after.runs);
	double p = 0;

	if (!before.runs || !after.runs)
		return 1;
	for (uint64_t k = after.failed; k <= most; k++) {
		/* So many of the failures among @after, the others before. */
		if (failed - k > before.runs)
			continue;
		p += exp(log_choose(failed, k) +
			 log_choose(runs - failed, after.runs - k) - all);
	}
	return p > 1 ? 1 : p;
}
