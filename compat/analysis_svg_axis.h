// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_axis.h - the axis of time, idle stretches cut out of it */
#ifndef COMPAT_ANALYSIS_SVG_AXIS_H
#define COMPAT_ANALYSIS_SVG_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SVG_CUTS_MAX 8

/** struct svg_busy - A time in which something happened */
struct svg_busy {
	uint64_t from_ns, to_ns;
};

/** struct svg_stretch - A part of the axis; @is_cut: idle, and of fixed width */
struct svg_stretch {
	uint64_t from_ns, to_ns;
	double x, width;
	bool is_cut;
};

/** struct svg_axis - Stretches that follow each other; all that are not cut have
 * one scale */
struct svg_axis {
	struct svg_stretch v[2 * SVG_CUTS_MAX + 1];
	size_t n;
};

/**
 * svg_axis_init() - Lay out a span of time
 * @from_ns, @to_ns: The span
 * @x, @width:	Where, in pixels
 * @busy:	What happens in it, is sorted; all between is idle
 *
 * Idle stretches are cut where that makes the rest at least thrice as wide.
 */
void svg_axis_init(struct svg_axis *axis, uint64_t from_ns, uint64_t to_ns,
		   double x, double width, struct svg_busy *busy, size_t n);

/** svg_axis_has() - Whether an instant is on the axis */
bool svg_axis_has(const struct svg_axis *axis, uint64_t at_ns);

/** svg_axis_x() - Where an instant is, the axis' end for one beyond */
double svg_axis_x(const struct svg_axis *axis, uint64_t at_ns);

/** svg_axis_ns_per_px() - Of all but the cuts */
double svg_axis_ns_per_px(const struct svg_axis *axis);

#endif
