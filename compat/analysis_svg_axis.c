// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_axis.c - the axis of time, idle stretches cut out of it */
#include "compat/analysis_svg_axis.h"

#include <stdlib.h>

#include "base/mem.h"

/* An idle stretch is worth a cut when it takes this share of the axis, and
 * takes that one when cut. */
#define CUT_ABOVE 0.6
#define CUT_WIDTH 0.07
/* All cuts together: so much wider must the rest become. */
#define CUTS_WORTH 3.0

/* struct gaps - The longest idle stretches, longest first */
struct gaps {
	struct svg_busy v[SVG_CUTS_MAX];
	size_t n;
};

static int by_begin(const void *a, const void *b)
{
	const struct svg_busy *x = a, *y = b;

	return (x->from_ns > y->from_ns) - (x->from_ns < y->from_ns);
}

static uint64_t length(const struct svg_busy *gap)
{
	return gap->to_ns - gap->from_ns;
}

static void note_gap(struct gaps *gaps, struct svg_busy gap)
{
	size_t i;

	if (gaps->n == SVG_CUTS_MAX) {
		if (length(&gap) <= length(&gaps->v[gaps->n - 1]))
			return;
		gaps->n--;
	}
	for (i = gaps->n++; i > 0 && length(&gaps->v[i - 1]) < length(&gap);
	     i--)
		gaps->v[i] = gaps->v[i - 1];
	gaps->v[i] = gap;
}

static void find_gaps(uint64_t from_ns, uint64_t to_ns,
		      const struct svg_busy *busy, size_t n, struct gaps *gaps)
{
	uint64_t end = from_ns;

	for (size_t i = 0; i < n; i++) {
		if (busy[i].to_ns < from_ns || busy[i].from_ns > to_ns)
			continue;
		if (busy[i].from_ns > end)
			note_gap(gaps,
				 (struct svg_busy){ end, busy[i].from_ns });
		if (busy[i].to_ns > end)
			end = busy[i].to_ns;
	}
	if (to_ns > end)
		note_gap(gaps, (struct svg_busy){ end, to_ns });
}

/* How many of the longest gaps are cut. */
static size_t count_cuts(const struct gaps *gaps, double span)
{
	double rest = span, share = 1;
	size_t n = 0;

	while (n < gaps->n) {
		double gap = (double)length(&gaps->v[n]);

		if (gap / rest * share < CUT_ABOVE)
			break;
		rest -= gap;
		share -= CUT_WIDTH;
		n++;
		if (rest <= 0) /* instants alone: nothing would be wider */
			return 0;
	}
	return n && share * span >= CUTS_WORTH * rest ? n : 0;
}

static void add(struct svg_axis *axis, struct svg_busy span, double width,
		bool is_cut)
{
	const struct svg_stretch *last = axis->n ? &axis->v[axis->n - 1] : NULL;

	axis->v[axis->n] = (struct svg_stretch){
		.from_ns = span.from_ns,
		.to_ns = span.to_ns,
		.x = last ? last->x + last->width : 0,
		.width = width,
		.is_cut = is_cut,
	};
	axis->n++;
}

void svg_axis_init(struct svg_axis *axis, uint64_t from_ns, uint64_t to_ns,
		   double x, double width, struct svg_busy *busy, size_t n)
{
	struct gaps gaps = { .n = 0 };
	double rest, share = width;
	uint64_t begin = from_ns;

	*axis = (struct svg_axis){ .n = 0 };
	if (to_ns <= from_ns)
		to_ns = from_ns + 1;
	if (n > 0)
		qsort(busy, n, sizeof(*busy), by_begin);
	find_gaps(from_ns, to_ns, busy, n, &gaps);
	gaps.n = count_cuts(&gaps, (double)(to_ns - from_ns));
	rest = (double)(to_ns - from_ns);
	for (size_t i = 0; i < gaps.n; i++) {
		rest -= (double)length(&gaps.v[i]);
		share -= CUT_WIDTH * width;
	}
	if (gaps.n > 0)
		qsort(gaps.v, gaps.n, sizeof(gaps.v[0]), by_begin);
	for (size_t i = 0; i <= gaps.n; i++) {
		uint64_t end = i < gaps.n ? gaps.v[i].from_ns : to_ns;
		double part = (double)(end - begin);

		add(axis, (struct svg_busy){ begin, end },
		    rest > 0 ? part / rest * share : 0, false);
		if (i == gaps.n)
			break;
		add(axis, gaps.v[i], CUT_WIDTH * width, true);
		begin = gaps.v[i].to_ns;
	}
	for (size_t i = 0; i < axis->n; i++)
		axis->v[i].x += x;
}

bool svg_axis_has(const struct svg_axis *axis, uint64_t at_ns)
{
	return at_ns >= axis->v[0].from_ns &&
	       at_ns <= axis->v[axis->n - 1].to_ns;
}

double svg_axis_x(const struct svg_axis *axis, uint64_t at_ns)
{
	const struct svg_stretch *s = axis->v;
	double part;

	while (s < &axis->v[axis->n - 1] && at_ns > s->to_ns)
		s++;
	if (at_ns <= s->from_ns)
		return s->x;
	if (at_ns >= s->to_ns)
		return s->x + s->width;
	part = (double)(at_ns - s->from_ns) / (double)(s->to_ns - s->from_ns);
	return s->x + part * s->width;
}

double svg_axis_ns_per_px(const struct svg_axis *axis)
{
	double ns = 0, px = 0;

	for (size_t i = 0; i < axis->n; i++) {
		if (axis->v[i].is_cut)
			continue;
		ns += (double)(axis->v[i].to_ns - axis->v[i].from_ns);
		px += axis->v[i].width;
	}
	return px > 0 ? ns / px : 1;
}
