// SPDX-License-Identifier: Apache-2.0
/* bisection.h - a bisection of one cell: its file, the plans of its runs, its answer */
#ifndef COMPAT_BISECTION_H
#define COMPAT_BISECTION_H

#include <jansson.h>

#include "compat/bisect.h"
#include "compat/results.h"

#define BISECTION_SCHEMA "crmatrix/bisection/1"
#define BISECT_SCHEMA "crmatrix/bisect/1"

/** enum bisect_side - Whose kernel or CRIU is replaced */
enum bisect_side { SIDE_SOURCE, SIDE_TARGET, SIDE_BOTH, SIDE_COUNT };
extern const char *const bisect_side_names[SIDE_COUNT + 1];

/** enum bisect_what - What is replaced: a member of the machine */
enum bisect_what { BISECT_KERNEL, BISECT_CRIU, BISECT_WHAT_COUNT };
extern const char *const bisect_what_names[BISECT_WHAT_COUNT + 1];

/**
 * struct bisect_candidate - One of the row; all owned
 * @label:	What it is called by
 * @value:	The member of the machine: a kernel, or a userland's name
 * @tally:	Of its runs so far
 * @cause:	Of its failures, see bisect_cause(); NULL: none failed
 * @title:	The same in a sentence
 * @kernel, @criu: What the replaced side's guest said it is; NULL: not booted
 * @refusal:	Why it cannot be booted; NULL: it can, or nobody tried
 * @runs:	Folders of its runs, relative to the bisection's
 */
struct bisect_candidate {
	char *label;
	json_t *value;
	struct bisect_tally tally;
	char *cause, *title, *kernel, *criu, *refusal;
	struct str_list runs;
};

/**
 * struct bisection - All of it; all owned
 * @plan:	plan.json with the one cell
 * @cell:	Its id
 * @cause:	What is sought, see bisect_cause(); NULL: any failure
 * @title:	The same in a sentence; NULL: not known
 */
struct bisection {
	json_t *plan;
	char *cell;
	enum bisect_side side;
	enum bisect_what what;
	char *cause, *title;
	struct bisect_rule rule;
	struct bisect_candidate *v;
	size_t n;
};

/** bisection_add() - A candidate at the end of the row
 * @value: Taken over */
void bisection_add(struct bisection *bisection, const char *label,
		   json_t *value);
void bisection_release(struct bisection *bisection);

/** bisection_to_json() - The file bisect.json: what was asked, nothing of runs */
json_t *bisection_to_json(const struct bisection *bisection);
WARN_UNUSED
int bisection_from_json(json_t *json, struct bisection *ret_bisection,
			struct err *err);

/**
 * bisection_step() - The plan of a run of one candidate
 * @runs:	How often
 * @ret_json:	For plan_from_json(); a new reference. Machines that are replaced
 *		are called NAME-with-LABEL
 */
WARN_UNUSED
int bisection_step(const struct bisection *bisection, size_t candidate,
		   uint64_t runs, json_t **ret_json, struct err *err);

/** bisect_cause() - What a failure is known by: its mode, of unknown ones with the
 * shape of their line; owned. NULL: it did not fail */
char *bisect_cause(const struct result *result);

/** bisection_forget() - As if there had been no runs */
void bisection_forget(struct bisection *bisection);

/** bisection_learn() - Add a run of a candidate to what is known of it
 * @folder: Of the run, relative to the bisection's */
void bisection_learn(struct bisection *bisection, size_t candidate,
		     const char *folder, const struct results *results);

/** bisection_plan() - What is next, see bisect_plan() */
void bisection_plan(const struct bisection *bisection,
		    struct bisect_plan *ret_plan);

/** bisection_print() - The row, and the answer; for people
 * @folder: Of the bisection, as it was given */
void bisection_print(const struct bisection *bisection, const char *folder,
		     const struct report_opts *opts, FILE *out);
json_t *bisection_json(const struct bisection *bisection, const char *folder);
json_t *bisection_schema(void);

#endif
