// SPDX-License-Identifier: Apache-2.0
/* progress.h - what a person sees while the work goes on */
#ifndef RUNNER_PROGRESS_H
#define RUNNER_PROGRESS_H

#include <stddef.h>

#include "compat/judge.h"

/*
 * DOC: Two forms
 * On a terminal one line at the bottom is redrawn, and lines that are to stay
 * scroll above it. Elsewhere (a pipe, CI, TERM=dumb) there are only lines that
 * stay: one a machine, one a cell. All on stderr.
 */
struct progress;

struct progress *progress_new(void);
void progress_free(struct progress *progress);

/** progress_total() - How many cells there are, and how many are done already */
void progress_total(struct progress *progress, size_t total, size_t done);

/** progress_now() - What goes on in slot @slot ("counter a -> b: dump"); shown
 * only live; NULL: nothing */
void progress_now(struct progress *progress, size_t slot, const char *what);

/** progress_note() - A line that stays */
void progress_note(struct progress *progress, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** progress_cell() - A cell is finished, or is going to be tried again */
void progress_cell(struct progress *progress, const struct result *result,
		   bool again);

#endif
