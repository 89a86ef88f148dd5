// SPDX-License-Identifier: Apache-2.0
/* page_stats.h - rates with intervals, quantiles, tests: pure arithmetic */
#ifndef COMPAT_PAGE_STATS_H
#define COMPAT_PAGE_STATS_H

#include <stddef.h>
#include <stdint.h>

/** struct rate - A share of trials, and the interval that holds it with 95 % */
struct rate {
	double share, low, high;
};

/** rate_of() - By Wilson's score interval; of no trials: 0 in [0, 1] */
struct rate rate_of(size_t hits, size_t trials);

/** rates_differ() - Fisher's exact test, two-sided: how likely are two samples
 * that differ at least as much, when nothing but chance parts them?
 * Return: that probability, 0 to 1 */
double rates_differ(size_t hits_a, size_t n_a, size_t hits_b, size_t n_b);

/** quantile_ns() - Of sorted values, between two by their distance; @q: 0 to 1;
 * @n: not 0 */
double quantile_ns(const uint64_t *sorted, size_t n, double q);

/** ranks_differ() - Mann and Whitney's test, two-sided, by the normal
 * approximation with ties and continuity: as rates_differ(), for two samples of
 * durations, both sorted. 1 when either is empty */
double ranks_differ(const uint64_t *a, size_t n_a, const uint64_t *b,
		    size_t n_b);

#endif
