// SPDX-License-Identifier: Apache-2.0
/* ask.h - may it move? what a run answers to scripts and schedulers */
#ifndef COMPAT_ASK_H
#define COMPAT_ASK_H

#include <jansson.h>
#include <stdio.h>

#include "compat/results.h"
#include "compat/stats.h"

#define ASK_SCHEMA "crmatrix/ask/1"
#define PLACEMENT_SCHEMA "crmatrix/placement/1"

/**
 * enum answer - Whether a workload may move
 * @ANSWER_YES:	    It moved whenever it was tried
 * @ANSWER_NO:	    It did not, at least once, expectedly or not
 * @ANSWER_UNKNOWN: It was not tried, or nobody could tell (skip, broken, notrun)
 */
enum answer { ANSWER_YES, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_COUNT };
/** answer_names - "yes", "no", "unknown"; NULL-terminated */
extern const char *const answer_names[ANSWER_COUNT + 1];

/** answer_exit() - The exit status that says it: 0, 1, 3 */
int answer_exit(enum answer answer);

/**
 * struct ask_row - One scenario from one machine to another
 * @tried:	How often it was judged; failed: how often it did not move
 * @telling:	A cell that says why not; NULL when it moved or there is none
 * @service_ns:	Median of the time without service when it moved, or UNMEASURED
 */
struct ask_row {
	const char *scenario, *from, *to;
	enum answer answer;
	struct trials tried;
	const struct result *telling;
	uint64_t service_ns;
};

/**
 * struct question - What is asked
 * @from, @to, @scenario: Names; NULL: all. Scenarios that are controls of others
 *			  are left out unless named: they are made to fail
 */
struct question {
	const char *from, *to, *scenario;
};

/** struct answers - Rows in the order of scenarios, sources, targets; borrows from
 * the results */
struct answers {
	const struct results *results;
	struct question question;
	struct ask_row *v;
	size_t n;
};

/**
 * ask() - Answer from a run
 *
 * Return: 0, or -1 with ERR_INPUT when the run knows no such machine or scenario
 * (nearest suggested)
 */
WARN_UNUSED
int ask(const struct results *results, const struct question *question,
	struct answers *ret_answers, struct err *err);
void answers_release(struct answers *answers);

/** answers_sum() - No when one is no, else unknown when one is or there is none,
 * else yes */
enum answer answers_sum(const struct answers *answers);

/** ask_print() - For people */
void ask_print(const struct answers *answers, const struct report_opts *opts,
	       FILE *out);
/** ask_json() - For programs; a new reference */
json_t *ask_json(const struct answers *answers);
/** ask_schema() - JSON Schema of that; a new reference */
json_t *ask_schema(void);

/** placement_list() - Allowed moves, a line each: scenario, source, target */
void placement_list(const struct answers *answers, FILE *out);
/** placement_nomad() - Nomad constraints, a stanza for each scenario and source */
void placement_nomad(const struct answers *answers, FILE *out);
/** placement_k8s() - Kubernetes node labels and node affinity, JSON
 * Return: 0, or -1 with ERR_INPUT when a name is no label's value */
WARN_UNUSED
int placement_k8s(const struct answers *answers, FILE *out, struct err *err);
/** placement_schema() - JSON Schema of that; a new reference */
json_t *placement_schema(void);

#endif
