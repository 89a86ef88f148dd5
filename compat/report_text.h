// SPDX-License-Identifier: Apache-2.0
/* report_text.h - the parts of the report for terminals; for compat/report*.c */
#ifndef COMPAT_REPORT_TEXT_H
#define COMPAT_REPORT_TEXT_H

#include "compat/report_table.h"
#include "compat/report_view.h"

enum ink verdict_ink(enum verdict verdict);
/** verdict_symbol() - With a blank after it; "" without UTF-8 */
const char *verdict_symbol(enum verdict verdict,
			   const struct report_opts *opts);

/** text_heading() - A line that begins a part of the report */
void text_heading(const char *text, const struct report_opts *opts, FILE *out);

void text_grids(const struct view *view, const struct report_opts *opts,
		FILE *out);
void text_machines(const struct view *view, const struct report_opts *opts,
		   FILE *out);
void text_notes(const struct view *view, const struct report_opts *opts,
		FILE *out);

/** text_remarks() - Nothing when there is none */
void text_remarks(const struct view *view, const struct report_opts *opts,
		  FILE *out);

int report_text(const struct results *results, const struct report_opts *opts,
		FILE *out, struct err *err);

#endif
