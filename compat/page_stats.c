// SPDX-License-Identifier: Apache-2.0
/* page_stats.c - rates with intervals, quantiles, tests: pure arithmetic */
#include "compat/page_stats.h"

#include <math.h>

/* Of the normal distribution: 95 % are within so many deviations. */
#define Z 1.959964

struct rate rate_of(size_t hits, size_t trials)
{
	double n = (double)trials;
	double p, middle, half;

	if (!trials)
		return (struct rate){ .share = 0, .low = 0, .high = 1 };
	p = (double)hits / n;
	middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
	half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) /
	       (1 + Z * Z / n);
	return (struct rate){ .share = p,
			      .low = hits ? middle - half : 0,
			      .high = hits < trials ? middle + half : 1 };
}

static double log_choose(size_t n, size_t k)
{
	return lgamma((double)n + 1) - lgamma((double)k + 1) -
	       lgamma((double)(n - k) + 1);
}

double rates_differ(size_t hits_a, size_t n_a, size_t hits_b, size_t n_b)
{
	size_t hits = hits_a + hits_b;
	size_t least = hits > n_b ? hits - n_b : 0;
	size_t most = hits < n_a ? hits : n_a;
	double whole = log_choose(n_a + n_b, hits);
	double seen = log_choose(n_a, hits_a) + log_choose(n_b, hits_b) - whole;
	double sum = 0;

	for (size_t k = least; k <= most; k++) {
		double p =
			log_choose(n_a, k) + log_choose(n_b, hits - k) - whole;

		if (p <= seen + 1e-9)
			sum += exp(p);
	}
	return sum < 1 ? sum : 1;
}

double quantile_ns(const uint64_t *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t below = (size_t)at;
	size_t above = below + 1 < n ? below + 1 : below;
	double part = at - (double)below;

	return (double)sorted[below] * (1 - part) +
	       (double)sorted[above] * part;
}

/** struct pool - Two samples walked as one, in order */
struct pool {
	double u;    /* pairs in which a is the larger; half of equal ones */
	double ties; /* sum of t^3 - t over groups of t equal values */
};

static size_t run_of(const uint64_t *v, size_t n, size_t from, uint64_t value)
{
	size_t to = from;

	while (to < n && v[to] == value)
		to++;
	return to - from;
}

static struct pool pool_of(const uint64_t *a, size_t n_a, const uint64_t *b,
			   size_t n_b)
{
	struct pool pool = { 0 };
	size_t i = 0, k = 0;

	while (i < n_a || k < n_b) {
		uint64_t value = k >= n_b || (i < n_a && a[i] <= b[k]) ? a[i] :
									 b[k];
		size_t of_a = run_of(a, n_a, i, value);
		size_t of_b = run_of(b, n_b, k, value);
		double t = (double)(of_a + of_b);

		pool.u += (double)of_a * ((double)k + (double)of_b / 2);
		pool.ties += t * t * t - t;
		i += of_a;
		k += of_b;
	}
	return pool;
}

double ranks_differ(const uint64_t *a, size_t n_a, const uint64_t *b,
		    size_t n_b)
{
	double n = (double)(n_a + n_b), pairs = (double)n_a * (double)n_b;
	struct pool pool;
	double variance, distance;

	if (!n_a || !n_b)
		return 1;
	pool = pool_of(a, n_a, b, n_b);
	variance = pairs / 12 * (n + 1 - pool.ties / (n * (n - 1)));
	distance = fabs(pool.u - pairs / 2) - 0.5;
	if (variance <= 0 || distance <= 0)
		return 1;
	return erfc(distance / sqrt(2 * variance));
}
