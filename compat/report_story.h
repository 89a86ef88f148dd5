// SPDX-License-Identifier: Apache-2.0
/* report_story.h - a cell in named texts, for formats that programs read */
#ifndef COMPAT_REPORT_STORY_H
#define COMPAT_REPORT_STORY_H

#include "compat/results.h"

/** struct story_fact - One text that is told of a cell; NULL when there is none */
struct story_fact {
	const char *name;
	const char *(*get)(const struct result *result);
};

/** story_facts - Why a cell is what it is: phase, reason, cause, log line, fix */
extern const struct story_fact story_facts[];
extern const size_t n_story_facts;

/** struct story_axis - In what machines differ */
struct story_axis {
	const char *name;
	const char *(*get)(const struct machine_result *machine);
};

/** story_axes - kernel, cpu, userland, criu, glibc */
extern const struct story_axis story_axes[];
extern const size_t n_story_axes;

/** results_machine() - By name; NULL when the results do not tell of it */
const struct machine_result *results_machine(const struct results *results,
					     const char *name);

/** story_repeat() - What follows the pair in a cell's id: "#2", or "" */
const char *story_repeat(const struct result *result);

/** story_pair() - "SOURCE → TARGET", with "#2" from the second repetition on;
 * owned */
char *story_pair(const struct result *result);

/** story_headline() - In one line what happened: the cause's title, or the
 * reason */
const char *story_headline(const struct result *result);

#endif
