// SPDX-License-Identifier: Apache-2.0
/* catalogue.h - the known failure modes, as data */
#ifndef COMPAT_CATALOGUE_H
#define COMPAT_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/verdict.h"

/**
 * enum clue_kind - Where a line was found that may name the cause
 * @CLUE_CRIU:	  An error in the log of criu dump or criu restore
 * @CLUE_KERNEL:  A line of the console of the machine that was at work
 * @CLUE_OUTPUT:  A line that the failed step printed
 * @CLUE_SYMPTOM: What a witness saw, in the words of compat/witness.h
 */
enum clue_kind {
	CLUE_CRIU,
	CLUE_KERNEL,
	CLUE_OUTPUT,
	CLUE_SYMPTOM,
	CLUE_KIND_COUNT
};

#define MODE_PATTERNS_MAX 5
#define MODE_WHEN_MAX 3

/** Phases in which a rule is asked; 0 stands for all */
#define IN(phase) (1u << (phase))

/** struct mode_when - One condition, see when_match() */
struct mode_when {
	const char *key;
	const char *value;
};

/**
 * struct mode_rule - How a failure mode is known, and what is said of it
 * @mode:	Stable id, as expectations name it
 * @kind:	Where to look
 * @phases:	In which phases, IN() | IN(), 0: all
 * @weak:	The line is a consequence of many modes: it counts only when no
 *		other error came before it
 * @sure:	How sure it is then; a weak one is likely at most
 * @patterns:	Any of them, see pattern_match()
 * @when:	All of them; facts that tell modes with one message apart
 * @title:	One sentence. {source.FACT}, {target.FACT} and {side.FACT} (of the
 *		machine at work) are facts, FACT being "machine" too; {1} to {3}
 *		what the pattern's wildcards stood for
 * @fix:	What to do, likewise; NULL when nothing is known to help
 * @link:	Issue, commit or document, or NULL
 *
 * The first rule of the catalogue that fits decides.
 */
struct mode_rule {
	const char *mode;
	enum clue_kind kind;
	unsigned phases;
	bool weak;
	enum sure sure;
	const char *patterns[MODE_PATTERNS_MAX];
	struct mode_when when[MODE_WHEN_MAX];
	const char *title;
	const char *fix;
	const char *link;
};

/** struct mode_rules - One chapter of the catalogue */
struct mode_rules {
	const struct mode_rule *v;
	size_t n;
};

extern const struct mode_rules catalogue_kernel; /* kernel and CRIU */
extern const struct mode_rules catalogue_cpu;
extern const struct mode_rules catalogue_objects;   /* pids, files, sockets */
extern const struct mode_rules catalogue_refused;   /* by criu dump */
extern const struct mode_rules catalogue_target;    /* what it lacks */
extern const struct mode_rules catalogue_processes; /* what criu must be told */
extern const struct mode_rules catalogue_images;
extern const struct mode_rules catalogue_engines;
extern const struct mode_rules catalogue_silent; /* after the restore */

extern const struct mode_rules *const catalogue[];
extern const size_t n_catalogue;

/** catalogue_knows() - Whether a failure can be diagnosed as @mode ("unknown" too)
 * @ret_nearest: When not, the one it may be a typing error of, or NULL; static */
bool catalogue_knows(const char *mode, const char **ret_nearest);

#endif
