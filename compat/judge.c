// SPDX-License-Identifier: Apache-2.0
/* judge.c - from what was seen to what we say: ordered rules, first match */
#include "compat/judge_internal.h"

#include <string.h>

#include "base/mem.h"
#include "compat/figures.h"
#include "compat/output.h"
#include "compat/stamp.h"
#include "compat/witness.h"

/** struct witness_row - One of the three, by name */
struct witness_row {
	const char *name;
	size_t offset;
};

static const struct witness_row witness_rows[] = {
	{ "workload", offsetof(struct hearing, workload) },
	{ "wire", offsetof(struct hearing, wire) },
	{ "peer", offsetof(struct hearing, peer) },
};

static const struct testimony *testimony_at(const struct hearing *h, size_t i)
{
	return (const void *)((const char *)h + witness_rows[i].offset);
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static const struct obs_step *first_failed(const struct observation *obs)
{
	for (size_t i = 0; i < obs->n_steps; i++) {
		if (step_failed(&obs->steps[i]))
			return &obs->steps[i];
	}
	return NULL;
}

/* Whether the workload was ever to run on the target. */
static bool was_moved(const struct observation *obs)
{
	for (size_t i = 0; i < obs->n_steps; i++) {
		const struct obs_step *step = &obs->steps[i];

		if (step->phase >= PHASE_RESTORE && step->phase < PHASE_NONE)
			return true;
	}
	return false;
}

static bool is_broken(const struct hearing *h)
{
	return h->obs->broken != NULL;
}

static void say_broken(struct hearing *h)
{
	h->result->phase = (enum phase)h->obs->broken_phase;
	h->result->reason = copy(h->obs->broken);
}

static bool is_skipped(const struct hearing *h)
{
	return h->obs->skip != NULL;
}

static void say_skipped(struct hearing *h)
{
	h->result->reason = copy(h->obs->skip);
}

static char *step_end(const struct obs_step *step)
{
	const char *on = node_names[step->on];

	if (step->trouble)
		return xasprintf("'%s' on the %s: %s", step->name, on,
				 step->trouble);
	if (step->exit < 0)
		return xasprintf("'%s' on the %s was killed by signal %d",
				 step->name, on, -step->exit - 1);
	return xasprintf("'%s' on the %s ended with status %d", step->name, on,
			 step->exit);
}

static char *step_reason(const struct obs_step *step)
{
	CLEANUP_FREE char *end = step_end(step);
	CLEANUP_FREE char *line = output_line(step->output);

	if (step->trouble && step->exit == 0) /* all is said */
		return TAKE(end);
	return line ? xasprintf("%s: %s", end, line) : TAKE(end);
}

static void say_step(struct hearing *h)
{
	h->result->phase = (enum phase)h->failed->phase;
	h->result->reason = step_reason(h->failed);
}

static bool our_step_failed(const struct hearing *h)
{
	return h->failed && h->failed->ours;
}

static bool a_step_failed(const struct hearing *h)
{
	return h->failed != NULL;
}

static bool is_incomplete(const struct hearing *h)
{
	return !was_moved(h->obs);
}

static void say_incomplete(struct hearing *h)
{
	size_t n = h->obs->n_steps;

	if (n == 0)
		h->result->reason = xstrdup("nothing was done");
	else
		h->result->reason = xasprintf(
			"the record ends with '%s': no restore was tried",
			h->obs->steps[n - 1].name);
}

static const struct testimony *
first_saying(const struct hearing *h, enum witness word, const char **ret_name)
{
	for (size_t i = 0; i < ARRAY_SIZE(witness_rows); i++) {
		const struct testimony *t = testimony_at(h, i);

		if (t->says == word && t->needed) {
			*ret_name = witness_rows[i].name;
			return t;
		}
	}
	return NULL;
}

static bool one_is_bad(const struct hearing *h)
{
	const char *name;

	return first_saying(h, WITNESS_BAD, &name) != NULL;
}

static void say_bad(struct hearing *h)
{
	const char *name = "";
	const struct testimony *t = first_saying(h, WITNESS_BAD, &name);

	h->result->phase = t->phase;
	h->result->reason = xasprintf("the %s disagrees: %s", name, t->why);
}

static bool one_is_absent(const struct hearing *h)
{
	const char *name;

	return first_saying(h, WITNESS_ABSENT, &name) != NULL;
}

static void say_absent(struct hearing *h)
{
	const char *name = "";
	const struct testimony *t = first_saying(h, WITNESS_ABSENT, &name);

	h->result->phase = PHASE_VERIFY;
	h->result->reason = xasprintf("the %s cannot tell: %s: cannot prove a "
				      "pass",
				      name, t->why);
}

static bool always(const struct hearing *h)
{
	(void)h;
	return true;
}

static void say_pass(struct hearing *h)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *all = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(witness_rows); i++) {
		if (testimony_at(h, i)->says == WITNESS_OK)
			str_list_add(&names, witness_rows[i].name);
	}
	all = str_list_join(&names, ", ");
	h->result->reason =
		names.n ? xasprintf("restored, and all witnesses agree: %s",
				    all) :
			  xstrdup("restored; the scenario names no witness");
}

/** struct judge_rule - The first whose @fits holds decides */
struct judge_rule {
	const char *name;
	enum verdict verdict;
	bool (*fits)(const struct hearing *h);
	void (*say)(struct hearing *h);
};

static const struct judge_rule rules[] = {
	{ "broken", VERDICT_BROKEN, is_broken, say_broken },
	{ "skipped", VERDICT_SKIP, is_skipped, say_skipped },
	{ "our-step-failed", VERDICT_BROKEN, our_step_failed, say_step },
	{ "step-failed", VERDICT_FAIL, a_step_failed, say_step },
	{ "incomplete", VERDICT_BROKEN, is_incomplete, say_incomplete },
	{ "witness-bad", VERDICT_FAIL, one_is_bad, say_bad },
	{ "witness-absent", VERDICT_BROKEN, one_is_absent, say_absent },
	{ "all-agree", VERDICT_PASS, always, say_pass },
};

static void decide(struct hearing *h)
{
	const struct judge_rule *rule = rules;

	while (!rule->fits(h))
		rule++;
	h->result->rule = xstrdup(rule->name);
	h->result->verdict = rule->verdict;
	rule->say(h);
}

/* Of a workload that never reached the target no witness can speak. */
static void hear_nobody(struct hearing *h, const char *why)
{
	struct testimony *all[] = { &h->workload, &h->peer, &h->wire };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		*all[i] = (struct testimony){ .says = WITNESS_OK };
		testimony_absent(all[i], "%s", why);
	}
}

static void hear(struct hearing *h, const struct wire_report *wire)
{
	const struct obs_step *failed = h->failed;

	if (h->obs->broken || h->obs->skip) {
		hear_nobody(h, "not asked");
		return;
	}
	if (!was_moved(h->obs) || (failed && failed->phase <= PHASE_RESTORE)) {
		hear_nobody(h, "the workload did not reach the target");
		return;
	}
	witness_workload(h->cell, h->obs, &h->workload);
	witness_peer(h->cell, h->obs, &h->peer);
	witness_wire(h->cell, h->obs, wire, &h->wire);
}

static bool as_expected(const struct result *result,
			const struct expect *expect)
{
	return expect->verdict == VERDICT_FAIL &&
	       (!expect->cause ||
		(result->cause && str_eq(expect->cause, result->cause->mode)));
}

static void say_otherwise(struct result *result, const struct expect *expect)
{
	const char *mode = result->cause ? result->cause->mode : "unknown";
	char *was = result->reason;

	result->reason = xasprintf(
		"%s; expected was '%s', this is '%s'", was,
		expect->cause ? expect->cause : verdict_names[expect->verdict],
		mode);
	free(was);
}

static void expect_fail(struct result *result, const struct expect *expect)
{
	if (as_expected(result, expect))
		result->verdict = VERDICT_XFAIL;
	else
		say_otherwise(result, expect);
}

static void expect_pass(struct result *result, const struct expect *expect)
{
	char *was = result->reason;

	result->verdict = VERDICT_XPASS;
	result->reason = xasprintf("%s; expected was a %s", was,
				   verdict_names[expect->verdict]);
	free(was);
}

static void apply_expectation(struct hearing *h)
{
	struct result *result = h->result;
	const struct expect *expect = plan_expectation(
		h->plan, h->cell, &h->obs->source_facts, &h->obs->target_facts);

	if (!expect || result->verdict == VERDICT_BROKEN ||
	    (result->verdict == VERDICT_SKIP &&
	     expect->verdict != VERDICT_SKIP))
		return;
	result->expected = copy(expect->reason);
	result->link = copy(expect->link);
	if (result->verdict == VERDICT_FAIL)
		expect_fail(result, expect);
	else if (result->verdict == VERDICT_PASS)
		expect_pass(result, expect);
}

static void note_witnesses(struct hearing *h)
{
	struct result *result = h->result;

	result->workload = h->workload.says;
	result->workload_why = TAKE(h->workload.why);
	result->peer = h->peer.says;
	result->peer_why = TAKE(h->peer.why);
	result->wire = h->wire.says;
	result->wire_why = TAKE(h->wire.why);
	result->blame = copy(h->wire.blame);
	result->remarks = TAKE(h->wire.remarks);
	result->n_remarks = h->wire.n_remarks;
	h->wire.n_remarks = 0;
}

static struct prediction *foretell(const struct cell *cell,
				   const struct observation *obs)
{
	CLEANUP(facts_release) struct facts seen = { 0 };
	struct predict_pair machines = { cell->source->name, cell->target->name,
					 &obs->source_facts, &obs->target_facts,
					 &seen };

	facts_copy(&seen, &obs->workload_facts);
	predict_learn(&seen, &obs->counterpart_facts);
	return predict_cell(cell->scenario, &machines);
}

void judge(const struct plan *plan, const struct cell *cell,
	   const struct observation *obs, const struct wire_report *wire,
	   const struct criu_logs *logs, struct result *ret_result)
{
	struct hearing h = { .plan = plan,
			     .cell = cell,
			     .obs = obs,
			     .logs = logs,
			     .failed = first_failed(obs),
			     .result = ret_result };

	result_init(cell, ret_result);
	ret_result->attempts = obs->attempt;
	ret_result->prediction = foretell(cell, obs);
	hear(&h, wire);
	decide(&h);
	judge_find_cause(&h);
	judge_own_up(&h);
	apply_expectation(&h);
	figures_fill(obs, wire, ret_result);
	note_witnesses(&h);
	testimony_release(&h.workload);
	testimony_release(&h.peer);
	testimony_release(&h.wire);
}
