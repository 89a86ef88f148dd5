// SPDX-License-Identifier: Apache-2.0
/* page_plain.h - the parts of the plain tables; for compat/page_plain*.c */
#ifndef COMPAT_PAGE_PLAIN_H
#define COMPAT_PAGE_PLAIN_H

#include "compat/page_internal.h"

/** plain_cell() - One cell of a table; @tag: "td" or "th" with attributes */
void plain_cell(FILE *f, const char *tag, const char *text);

/** plain_each_scenario() - For each in order: @put its cells, which are in a row */
void plain_each_scenario(const struct view *view, FILE *f,
			 void (*put)(const struct view *view,
				     const struct view_cell *cells, size_t n,
				     FILE *f));

/** plain_figures() - Downtime and failures by scenario */
void plain_figures(const struct view *view, FILE *f);
/** plain_against() - What changed since an older run; nothing without one */
void plain_against(const struct comparison *against, FILE *f);

#endif
