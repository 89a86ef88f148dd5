// SPDX-License-Identifier: Apache-2.0
/* diagnosis.h - diagnose() in its parts; for judge.c and the tests */
#ifndef COMPAT_DIAGNOSIS_H
#define COMPAT_DIAGNOSIS_H

#include "base/str.h"
#include "compat/catalogue.h"
#include "compat/judge.h"
#include "compat/pattern.h"

/**
 * struct clue - One line that may name the cause
 * @text:	What the rules' patterns are held against
 * @line:	The line as it stands in its log, NULL for symptoms
 * @file:	The log's name, NULL likewise
 * @number:	Its line there, 1-based
 * @first:	No other error came before it
 */
struct clue {
	enum clue_kind kind;
	char *text;
	char *line;
	const char *file;
	size_t number;
	bool first;
};

/** struct clues - In the order in which they are asked; bounded */
struct clues {
	struct clue *v;
	size_t n;
};

/**
 * clues_collect() - All that a failure left behind
 * @symptoms:	What the witnesses saw, see compat/witness.h; may be NULL
 *
 * Dump and restore: CRIU's errors, then the console, then what the step printed.
 * After the restore: the console, the symptoms, then what the step printed.
 */
void clues_collect(const struct observation *obs, enum phase phase,
		   const struct criu_logs *logs,
		   const struct str_list *symptoms, struct clues *ret_clues);
void clues_release(struct clues *clues);

/** diagnose_symptoms() - diagnose() with what the witnesses saw */
bool diagnose_symptoms(const struct cell *cell, const struct observation *obs,
		       enum phase phase, const struct criu_logs *logs,
		       const struct str_list *symptoms,
		       struct cause *ret_cause);

/**
 * struct scene - What a title or fix may name
 * @phase:	Decides which machine "side" is
 */
struct scene {
	const struct cell *cell;
	const struct observation *obs;
	enum phase phase;
};

/** scene_tell() - Fill in a template of the catalogue; owned. A fact that is not
 * known is told as "unknown" */
char *scene_tell(const struct scene *scene, const char *template,
		 const struct pattern_match *match);

#endif
