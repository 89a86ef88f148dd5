// SPDX-License-Identifier: Apache-2.0
/* judge_cause.c - why a cell failed, and whether it was our doing */
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/diagnosis.h"
#include "compat/judge_internal.h"
#include "compat/original.h"
#include "compat/output.h"
#include "compat/stamp.h"

/* It is worse than what the restore failed for, and no line of criu's tells it. */
static bool find_loss(struct hearing *h, struct cause *ret_cause)
{
	CLEANUP_FREE char *words = NULL;
	char *symptom;
	struct str_list symptoms = { &symptom, 1 };

	if (!original_lost(h->obs))
		return false;
	words = original_tell(h->obs);
	symptom = words;
	return diagnose_symptoms(h->cell, h->obs, PHASE_NONE, NULL, &symptoms,
				 ret_cause);
}

/* That its memory does not come any more comes out after the workload, which waits
 * for it, did not answer. */
static void note_pages(const struct hearing *h, struct str_list *symptoms)
{
	const struct obs_step *step = step_find(h->obs, "lazy pages");
	CLEANUP_FREE char *line = NULL;

	if (!step || step == h->failed || !step_failed(step))
		return;
	line = output_line(step->output);
	if (line)
		str_list_take(symptoms, TAKE(line));
}

void judge_find_cause(struct hearing *h)
{
	const struct testimony *const heard[] = { &h->workload, &h->wire,
						  &h->peer };
	CLEANUP(str_list_release) struct str_list symptoms = { 0 };
	struct result *result = h->result;
	struct cause cause;

	if (result->verdict != VERDICT_FAIL)
		return;
	if (find_loss(h, &cause)) {
		result->cause = xnew(struct cause);
		*result->cause = cause;
		return;
	}
	if (h->failed && h->failed->on == NODE_TARGET &&
	    str_eq(h->failed->name, "probe"))
		str_list_take(&symptoms, xasprintf("dead %s", result->reason));
	note_pages(h, &symptoms);
	for (size_t i = 0; i < ARRAY_SIZE(heard); i++)
		for (size_t k = 0; k < heard[i]->symptoms.n; k++)
			str_list_add(&symptoms, heard[i]->symptoms.v[k]);
	if (!diagnose_symptoms(h->cell, h->obs, result->phase, h->logs,
			       &symptoms, &cause))
		cause = (struct cause){ .mode = xstrdup("unknown"),
					.sure = SURE_NONE,
					.title = xstrdup(result->reason) };
	result->cause = xnew(struct cause);
	*result->cause = cause;
}

/*
 * What we gave the guests was not enough: that says nothing of the pair. Memory
 * is not among these, for a smaller target is a finding.
 */
static const char *const our_modes[] = { "disk-full" };

void judge_own_up(struct hearing *h)
{
	struct result *result = h->result;
	bool ours = false;

	for (size_t i = 0; result->cause && i < ARRAY_SIZE(our_modes); i++)
		ours |= str_eq(result->cause->mode, our_modes[i]);
	if (!ours)
		return;
	result->verdict = VERDICT_BROKEN;
	free(result->rule);
	result->rule = xstrdup("ours-exhausted");
	free(result->reason);
	result->reason = xasprintf(
		"%s%s%s", result->cause->title, result->cause->line ? ": " : "",
		result->cause->line ? result->cause->line : "");
}
