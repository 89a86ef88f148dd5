// SPDX-License-Identifier: Apache-2.0
/* stats.h - how sure a failure rate is, and whether two of them differ */
#ifndef COMPAT_STATS_H
#define COMPAT_STATS_H

#include <stdint.h>

/** struct trials - How often something was tried, and failed */
struct trials {
	uint64_t failed;
	uint64_t runs;
};

/** struct interval - A rate's bounds, 0 to 1 */
struct interval {
	double low;
	double high;
};

/**
 * stats_wilson() - Wilson's score interval of a failure rate, 95 %
 *
 * Holds for few trials and for rates of 0 and 1, where the textbook's interval
 * has no width. Without trials it is 0 to 1.
 * Source: Wilson 1927; Brown, Cai, DasGupta 2001, Statistical Science 16(2).
 */
struct interval stats_wilson(struct trials trials);

/**
 * stats_fisher() - Fisher's exact test, one-sided: does @after fail more often?
 *
 * Return: how likely @after would have failed at least so often if both had the
 * same rate; 1 when either was not tried
 */
double stats_fisher(struct trials before, struct trials after);

#endif
