// SPDX-License-Identifier: Apache-2.0
/* analysis.c - the first rule that applies decides */
#include "compat/analysis.h"

#include <stdlib.h>

#include "base/mem.h"
#include "compat/analysis_case.h"

const char *const fate_names[] = {
	[FATE_KEPT] = "kept",
	[FATE_DAMAGED] = "damaged",
	[FATE_RESET] = "reset",
	[FATE_CLOSED] = "closed",
	[FATE_RECONNECTED] = "reconnected",
	[FATE_HUNG] = "hung",
	[FATE_SPLIT] = "split",
	[FATE_UNDECIDABLE] = "undecidable",
	[FATE_NOT_CONCERNED] = "not-concerned",
	[FATE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(fate_names) == FATE_COUNT + 1,
	      "fate_names[] doesn't match enum fate");

const char *const blame_names[] = {
	[BLAME_NONE] = "none",	     [BLAME_SOURCE] = "source",
	[BLAME_TARGET] = "target",   [BLAME_PEER] = "peer",
	[BLAME_NETWORK] = "network", [BLAME_ORDER] = "order",
	[BLAME_UNKNOWN] = "unknown", [BLAME_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(blame_names) == BLAME_COUNT + 1,
	      "blame_names[] doesn't match enum blame");

const char *const analysis_who_names[] = {
	[WHO_CLIENT] = "client",   [WHO_SOURCE] = "source",
	[WHO_TARGET] = "target",   [WHO_OTHER] = "other",
	[WHO_SERVICE] = "service", [WHO_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(analysis_who_names) == WHO_COUNT + 1,
	      "analysis_who_names[] doesn't match enum analysis_who");

bool fate_failed(enum fate fate)
{
	static const bool failed[] = {
		[FATE_DAMAGED] = true, [FATE_RESET] = true,
		[FATE_CLOSED] = true,  [FATE_RECONNECTED] = true,
		[FATE_HUNG] = true,    [FATE_SPLIT] = true,
		[FATE_COUNT] = false,
	};

	return failed[fate];
}

int analysis_status(const struct analysis_counts *counts)
{
	uint64_t all = 0;

	for (int fate = 0; fate < FATE_COUNT; fate++) {
		all += counts->n[fate];
		if (fate_failed((enum fate)fate) && counts->n[fate])
			return 1;
	}
	return counts->n[FATE_UNDECIDABLE] || !all ? 3 : 0;
}

static const struct analysis_rule *find_rule(const struct analysis_case *c)
{
	static const struct analysis_rule *const tables[] = {
		analysis_rules_resets,	analysis_rules_endings,
		analysis_rules_silence, analysis_rules_damage,
		analysis_rules_rest,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct analysis_rule *r = tables[i]; r->name; r++)
			if (r->applies(c))
				return r;
	assert(!"the last rule applies always");
	return NULL;
}

/* A host that is neither source nor target has no business here. */
static enum blame blame_of(const struct analysis_case *c,
			   const struct analysis_rule *rule)
{
	static const enum blame by[] = {
		[WHO_CLIENT] = BLAME_PEER,     [WHO_SOURCE] = BLAME_SOURCE,
		[WHO_TARGET] = BLAME_TARGET,   [WHO_OTHER] = BLAME_NETWORK,
		[WHO_SERVICE] = BLAME_UNKNOWN,
	};
	struct wire_event event;

	static_assert(ARRAY_SIZE(by) == WHO_COUNT,
		      "by[] doesn't match enum analysis_who");
	if (rule->blame_by == MARK_NONE)
		return rule->blame;
	if (!analysis_mark_event(c, rule->blame_by, &event))
		return BLAME_UNKNOWN;
	return by[analysis_who_of(c, &event)];
}

void analysis_judge(const struct wire_conn *conn,
		    const struct wire_report *report,
		    const struct analysis_scene *scene,
		    struct finding *ret_finding)
{
	const struct analysis_rule *rule;
	struct analysis_case c;

	analysis_case_init(&c, conn, report, scene);
	rule = find_rule(&c);
	*ret_finding = (struct finding){
		.fate = rule->fate,
		.blame = blame_of(&c, rule),
		.rule = rule->name,
		.signature = rule->signature,
		.advice = rule->advice,
		.sentence = analysis_say(&c, rule->sentence),
	};
	analysis_frames(&c, rule->proof, ret_finding);
}

void finding_release(struct finding *finding)
{
	free(finding->sentence);
	*finding = (struct finding){ 0 };
}
