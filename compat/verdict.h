// SPDX-License-Identifier: Apache-2.0
/* verdict.h - the words in which results are told; fixed names of results.json */
#ifndef COMPAT_VERDICT_H
#define COMPAT_VERDICT_H

/**
 * enum verdict - What we say of a cell
 * @VERDICT_PASS:   It moved, and all witnesses that the scenario has agree
 * @VERDICT_FAIL:   The pair cannot do it, or did it wrong
 * @VERDICT_XFAIL:  Failed as an expectation says, with its reason
 * @VERDICT_XPASS:  Passed although an expectation says that it fails
 * @VERDICT_SKIP:   A requirement is unmet, named
 * @VERDICT_BROKEN: We could not tell: our infrastructure failed
 * @VERDICT_NOTRUN: Not run (yet)
 */
enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_XFAIL,
	VERDICT_XPASS,
	VERDICT_SKIP,
	VERDICT_BROKEN,
	VERDICT_NOTRUN,
	VERDICT_COUNT
};
extern const char *const verdict_names[VERDICT_COUNT + 1];

/** enum phase - The part of a cell in which something happened */
enum phase {
	PHASE_BOOT,
	PHASE_START,
	PHASE_DUMP,
	PHASE_TRANSFER,
	PHASE_RESTORE,
	PHASE_RESUME,
	PHASE_VERIFY,
	PHASE_NONE, /* null in JSON */
	PHASE_COUNT
};
extern const char *const phase_names[PHASE_COUNT + 1];

/** enum witness - What one witness says; absent: it could or need not speak */
enum witness { WITNESS_OK, WITNESS_BAD, WITNESS_ABSENT, WITNESS_COUNT };
extern const char *const witness_names[WITNESS_COUNT + 1];

/**
 * enum sure - How sure a cause is
 * @SURE_CERTAIN: The line says it, or the witness saw it
 * @SURE_LIKELY:	 The line is one of several modes; facts of the pair speak for this
 * @SURE_NONE:	 Unknown
 */
enum sure { SURE_CERTAIN, SURE_LIKELY, SURE_NONE, SURE_COUNT };
extern const char *const sure_names[SURE_COUNT + 1];

/** name_index() - Index of @name in a NULL-terminated table, -1 if not there */
int name_index(const char *const *names, const char *name);

#endif
