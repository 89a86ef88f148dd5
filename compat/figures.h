// SPDX-License-Identifier: Apache-2.0
/* figures.h - durations and sizes of a cell; for judge.c */
#ifndef COMPAT_FIGURES_H
#define COMPAT_FIGURES_H

#include "compat/judge.h"

/** figures_fill() - All figures of @result, and its copy of @wire (may be NULL);
 * what was not measured is UNMEASURED */
void figures_fill(const struct observation *obs, const struct wire_report *wire,
		  struct result *result);

#endif
