// SPDX-License-Identifier: Apache-2.0
/* explain.h - the chapters of explain_cell(); for compat/explain*.c */
#ifndef COMPAT_EXPLAIN_H
#define COMPAT_EXPLAIN_H

#include "compat/report_text.h"

/**
 * struct story - One cell and all that is known of it
 * @obs:	NULL when its observation is not there
 */
struct story {
	const struct results *results;
	const struct result *cell;
	const struct observation *obs;
	const struct report_opts *opts;
	FILE *out;
};

/** story_line() - "  LABEL  text", wrapped; nothing when @text is NULL */
void story_line(const struct story *story, const char *label, const char *text);

/** story_lines() - The same line by line as it stands: for what is copied */
void story_lines(const struct story *story, const char *label,
		 const char *text);

/**
 * struct explain_figure - A duration of a result and what it is
 * @name: for people
 * @key: for programs, as in every report
 */
struct explain_figure {
	const char *name;
	const char *key;
	size_t offset;
	const char *meaning;
};
extern const struct explain_figure explain_durations[];
extern const size_t n_explain_durations;

/** explain_parts - What each part of the time without service is */
extern const char *const explain_parts[DOWNTIME_PARTS];

void explain_pair(const struct story *story);	 /* what differs */
void explain_course(const struct story *story);	 /* steps in time */
void explain_rounds(const struct story *story);	 /* of pre-dump */
void explain_figures(const struct story *story); /* downtime, peer, wire */

#endif
