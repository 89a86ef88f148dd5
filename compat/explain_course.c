// SPDX-License-Identifier: Apache-2.0
/* explain_course.c - what was done, in time: the steps of a cell */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/explain.h"
#include "compat/stamp.h"

static void add_at(struct table *table, uint64_t at_ns, uint64_t zero_ns)
{
	uint64_t ns = stamp_span(zero_ns, at_ns);

	if (ns == UNMEASURED)
		table_add(table, INK_PLAIN, "-");
	else
		table_addf(table, INK_PLAIN, "%.3f s",
			   (double)ns / (double)NS_PER_S);
}

static void add_span(struct table *table, const struct obs_step *step)
{
	uint64_t ns = stamp_span(step->began_ns, step->ended_ns);
	CLEANUP_FREE char *ms = ns == UNMEASURED ? NULL : view_ms(ns);

	if (ms)
		table_addf(table, INK_PLAIN, "%s ms", ms);
	else
		table_add(table, INK_PLAIN, "-");
}

static void add_outcome(struct table *table, const struct obs_step *step)
{
	const char *ours = step->ours && step_failed(step) ? " (ours)" : "";

	if (step->trouble)
		table_addf(table, INK_RED, "%s%s", step->trouble, ours);
	else if (step->exit)
		table_addf(table, INK_RED, "status %d%s", step->exit, ours);
	else
		table_add(table, INK_GREEN, "ok");
}

static void add_step(struct table *table, const struct obs_step *step,
		     uint64_t zero_ns)
{
	add_at(table, step->began_ns, zero_ns);
	table_add(table, INK_DIM, phase_names[step->phase]);
	table_add(table, INK_PLAIN, step->name);
	table_add(table, INK_PLAIN, node_names[step->on]);
	add_span(table, step);
	add_outcome(table, step);
}

static void tell_marks(const struct story *story, uint64_t zero_ns)
{
	const struct observation *obs = story->obs;
	CLEANUP(str_list_release) struct str_list parts = { 0 };
	CLEANUP_FREE char *all = NULL;

	for (size_t i = 0; i < obs->n_marks; i++) {
		uint64_t ns = stamp_span(zero_ns, obs->marks[i].at_ns);

		if (ns != UNMEASURED)
			str_list_take(&parts,
				      xasprintf("%s %.3f s", obs->marks[i].name,
						(double)ns / (double)NS_PER_S));
	}
	all = str_list_join(&parts, ", ");
	if (parts.n)
		story_line(story, "marks", all);
}

/* What the failed steps printed last, and the check that all was right. */
static void tell_outputs(const struct story *story)
{
	const struct observation *obs = story->obs;

	for (size_t i = 0; i < obs->n_steps; i++) {
		const struct obs_step *step = &obs->steps[i];

		if (step_failed(step))
			story_lines(story, step->name, step->output);
	}
	story_lines(story, "verify", obs->verify_output);
}

void explain_course(const struct story *story)
{
	static const char *const columns[] = { "at", "phase", "step",
					       "on", "took",  "outcome" };
	CLEANUP(table_release)
	struct table table = { .n_cols = ARRAY_SIZE(columns) };
	const struct observation *obs = story->obs;
	uint64_t zero_ns;

	if (!obs || !obs->n_steps)
		return;
	zero_ns = obs->began_ns != UNMEASURED ? obs->began_ns :
						obs->steps[0].began_ns;
	text_heading("what was done", story->opts, story->out);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_add(&table, INK_DIM, columns[i]);
	for (size_t i = 0; i < obs->n_steps; i++)
		add_step(&table, &obs->steps[i], zero_ns);
	table_print(&table, 1, table.n_cols, story->opts, story->out);
	tell_marks(story, zero_ns);
	tell_outputs(story);
}
