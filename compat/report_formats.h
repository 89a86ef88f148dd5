// SPDX-License-Identifier: Apache-2.0
/* report_formats.h - the writers behind the table of formats */
#ifndef COMPAT_REPORT_FORMATS_H
#define COMPAT_REPORT_FORMATS_H

#include "compat/results.h"

int report_text(const struct results *results, const struct report_opts *opts,
		FILE *out, struct err *err);
int report_json(const struct results *results, const struct report_opts *opts,
		FILE *out, struct err *err);
int report_markdown(const struct results *results,
		    const struct report_opts *opts, FILE *out, struct err *err);
int report_csv(const struct results *results, const struct report_opts *opts,
	       FILE *out, struct err *err);
int report_junit(const struct results *results, const struct report_opts *opts,
		 FILE *out, struct err *err);
int report_tap(const struct results *results, const struct report_opts *opts,
	       FILE *out, struct err *err);
int report_github(const struct results *results, const struct report_opts *opts,
		  FILE *out, struct err *err);
int report_kcidb(const struct results *results, const struct report_opts *opts,
		 FILE *out, struct err *err);
int report_html(const struct results *results, const struct report_opts *opts,
		FILE *out, struct err *err);

#endif
