// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_text.h - words and figures of the time line */
#ifndef COMPAT_ANALYSIS_SVG_TEXT_H
#define COMPAT_ANALYSIS_SVG_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

/** svg_escape() - Write any bytes as XML text, for elements and attributes:
 * cleaned as by str_utf8_clean(), white space as blanks */
void svg_escape(FILE *f, const char *text);

/** svg_cut() - Copy, cleaned, with an ellipsis where it had more than @columns;
 * owned by the caller */
char *svg_cut(const char *text, size_t columns);

/** svg_width() - About how wide a text is, in pixels, rather more than less */
double svg_width(const char *text, double font_px);

/** svg_wrap() - Add the lines of @text, none wider than @columns; what is beyond
 * @lines_max of them is cut */
void svg_wrap(const char *text, size_t columns, size_t lines_max,
	      struct str_list *lines);

/** svg_duration() - "714 ms", "1.25 s", "2 min 5 s"; owned by the caller */
char *svg_duration(uint64_t ns);

/** svg_bytes() - "512 B", "1.2 kB", "3 MB" (powers of 1000), exact to @step, in
 * the unit that suits @most; owned */
char *svg_bytes(double bytes, double step, double most);

/** svg_step() - The least of 1, 2 and 5 times a power of ten from @least on */
double svg_step(double least);

/** struct svg_scale - How instants are written along an axis */
struct svg_scale {
	const char *unit;
	double unit_ns;
	int decimals;
};

/** svg_scale_of() - For ticks @step_ns apart of which the last is @last_ns */
struct svg_scale svg_scale_of(double step_ns, double last_ns);

#endif
