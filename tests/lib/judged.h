// SPDX-License-Identifier: Apache-2.0
/* judged.h - a cell that passes, for tests that spoil it and look what is said */
#ifndef TESTS_LIB_JUDGED_H
#define TESTS_LIB_JUDGED_H

#include "compat/judge.h"

/**
 * struct judged - One cell with all that judge() wants
 * @plan:	Scenario "counter" (probe, verify, a TCP peer, port 7000) between
 *		machines "old" and "new"; one cell
 * @obs:	All well: moved in 812 ms
 * @wire:	One connection, kept
 * @has_wire:	There was a capture
 * @logs:	None
 * @result:	Of judged_run()
 */
struct judged {
	struct plan plan;
	struct observation obs;
	struct wire_report wire;
	bool has_wire;
	struct criu_logs logs;
	struct result result;
};

void judged_init(struct judged *judged);
void judged_release(struct judged *judged);

/** judged_run() - Judge it; may be called again after changes */
const struct result *judged_run(struct judged *judged);

/** judged_fact() - Set a fact of one side; @value NULL takes it away */
void judged_fact(struct facts *facts, const char *key, const char *value);

/** judged_probe() - Set what a probe said; @value NULL takes it away */
void judged_probe(struct judged *judged, enum probe_point point,
		  const char *key, const char *value);

/** judged_fail() - Let a step end with a status, and drop those after it */
void judged_fail(struct judged *judged, const char *step, int exit);

/** judged_keep_steps() - Drop all steps but the first @n, and with 0 all marks */
void judged_keep_steps(struct judged *judged, size_t n);

/** judged_expect() - Add an expectation to the scenario; strings are copied */
void judged_expect(struct judged *judged, enum verdict verdict,
		   const char *cause, const char *reason);

/** judged_text() - Replace an owned string of the plan or observation */
void judged_text(char **member, const char *text);

/**
 * struct judge_case - What is spoiled, and what is to be said then
 * @mode:	Of the cause, NULL: there is none
 * @part:	Of the reason
 */
struct judge_case {
	const char *name;
	void (*spoil)(struct judged *j);
	enum verdict verdict;
	const char *rule;
	enum phase phase;
	const char *mode;
	const char *part;
};

/** judged_check() - Spoil, judge, assert */
void judged_check(const struct judge_case *c);

#endif
