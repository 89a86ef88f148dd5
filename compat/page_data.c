// SPDX-License-Identifier: Apache-2.0
/* page_data.c - the results as the page's scripts read them */
#include "base/clock.h"
#include "base/mem.h"
#include "base/shape.h"
#include "compat/explain.h"
#include "compat/page_internal.h"
#include "compat/plan.h"
#include "compat/report_notes.h"

#define PAGE_SCHEMA "crmatrix/page/1"

static void set(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

static void add(json_t *array, json_t *value)
{
	(void)json_array_append_new(array, value);
}

static json_t *names(const char *const *v, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		add(array, shape_text(v[i]));
	return array;
}

/* --- What the cells are about ------------------------------------------------ */

static json_t *kernel_asked(const struct kernel_ref *kernel)
{
	CLEANUP_FREE char *debs = str_list_join(&kernel->debs, " ");

	if (kernel->name)
		return shape_text(kernel->name);
	return shape_text(kernel->image ? kernel->image : debs);
}

static json_t *asked(const struct plan *plan, const char *name)
{
	for (size_t i = 0; plan && i < plan->n_machines; i++) {
		const struct machine *m = &plan->machines[i];
		CLEANUP_FREE char *features = NULL;

		if (!str_eq(m->name, name))
			continue;
		features = str_list_join(&m->cpu_features, " ");
		return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:o}",
				 "kernel", kernel_asked(&m->kernel), "cpu",
				 shape_text(m->cpu), "features",
				 shape_text(features), "userland",
				 shape_text(m->userland), "memory",
				 (json_int_t)m->memory_bytes, "vcpus",
				 (json_int_t)m->vcpus, "cmdline",
				 shape_text(m->cmdline));
	}
	return json_null();
}

static json_t *facts_of(const struct facts *facts, struct page_texts *texts)
{
	json_t *json = facts_to_json(facts);
	json_t *numbers = json_object();
	const char *key;
	json_t *value;

	json_object_foreach(json, key, value)
	{
		set(numbers, key,
		    page_texts_id(texts, json_string_value(value)));
	}
	json_decref(json);
	return numbers;
}

static json_t *machine_of(const struct machine_result *m,
			  const struct plan *plan, struct page_texts *texts)
{
	json_t *notes = json_array();

	for (size_t i = 0; i < m->notes.n; i++)
		add(notes, shape_text(m->notes.v[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "name", shape_text(m->name), "kernel",
			 shape_text(m->kernel), "cpu", shape_text(m->cpu),
			 "userland", shape_text(m->userland), "criu",
			 shape_text(m->criu), "glibc", shape_text(m->glibc),
			 "same_cpu_as", shape_text(m->same_cpu_as), "notes",
			 notes, "asked", asked(plan, m->name), "facts",
			 facts_of(&m->facts, texts));
}

static void put_machines(const struct view *view, const struct plan *plan,
			 struct page_texts *texts, json_t *data)
{
	const struct results *results = view->results;
	json_t *array = json_array();

	for (size_t i = 0; i < results->n_machines; i++)
		add(array, machine_of(&results->machines[i], plan, texts));
	/* Some cells may name machines that the run does not list. */
	for (size_t i = results->n_machines; i < view->n_machines; i++)
		add(array, json_pack("{s:o, s:[], s:{}, s:n}", "name",
				     shape_text(view->machines[i]), "notes",
				     "facts", "asked"));
	set(data, "machines", array);
}

static const struct scenario *scenario_of(const struct plan *plan,
					  const char *name)
{
	for (size_t i = 0; plan && i < plan->n_scenarios; i++)
		if (str_eq(plan->scenarios[i].name, name))
			return &plan->scenarios[i];
	return NULL;
}

static void put_scenarios(const struct view *view, const struct plan *plan,
			  json_t *data)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->n_scenarios; i++) {
		const struct scenario *scenario =
			scenario_of(plan, view->scenarios[i]);

		add(array,
		    json_pack("{s:o, s:o, s:o}", "name",
			      shape_text(view->scenarios[i]), "title",
			      shape_text(scenario ? scenario->title : NULL),
			      "control_of",
			      shape_text(scenario ? scenario->control_of :
						    NULL)));
	}
	set(data, "scenarios", array);
}

static void put_notes(const struct view *view, json_t *data)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->n_notes; i++)
		add(array,
		    json_pack("{s:o, s:o}", "label",
			      shape_text(view->notes[i].label), "heading",
			      shape_text(note_heading(&view->notes[i]))));
	set(data, "notes", array);
}

/* --- Words ------------------------------------------------------------------- */

static json_t *verdicts(void)
{
	static const struct report_opts utf8 = { .utf8 = true };
	json_t *array = json_array();

	for (int i = 0; i < VERDICT_COUNT; i++) {
		char sign[8] = "";
		const char *symbol = verdict_symbol((enum verdict)i, &utf8);

		memcpy(sign, symbol, strcspn(symbol, " "));
		add(array,
		    json_pack("{s:s, s:s, s:s}", "name", verdict_names[i],
			      "word", verdict_words[i], "sign", sign));
	}
	return array;
}

static json_t *parts(void)
{
	json_t *array = json_array();

	for (int i = 0; i < DOWNTIME_PARTS; i++)
		add(array, json_pack("{s:s, s:s}", "name", downtime_names[i],
				     "meaning", explain_parts[i]));
	return array;
}

static json_t *durations(void)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n_explain_durations; i++)
		add(array, json_pack("{s:s, s:s, s:s}", "name",
				     explain_durations[i].name, "column",
				     explain_durations[i].key, "meaning",
				     explain_durations[i].meaning));
	return array;
}

const struct page_change page_changes[] = {
	[CHANGE_NEW_FAILURE] = { "New failures",
				 "it fails, or fails more often than chance "
				 "explains, and did not before" },
	[CHANGE_UNMEASURED] = { "Could not be measured",
				"broken or not run: nobody can tell" },
	[CHANGE_XPASS] = { "Passed unexpectedly", "a failure was expected" },
	[CHANGE_OTHER_CAUSE] = { "Another cause",
				 "it failed before, and for another cause now" },
	[CHANGE_FAILING] = { "Failing as before", "for the same cause" },
	[CHANGE_FLAKY] = { "Flaky", "it fails now and then, no more often than "
				    "before" },
	[CHANGE_EXPECTED] = { "Expected to fail now", "it passed before" },
	[CHANGE_SKIPPED] = { "Skipped now", "a requirement is unmet" },
	[CHANGE_MENDED] = { "Mended", "it failed before, and passes" },
	[CHANGE_ADDED] = { "Added", "only the newer run judged it" },
	[CHANGE_GONE] = { "Gone", "only the older run has it" },
	[CHANGE_SAME] = { "Same", "as before" },
};
static_assert(ARRAY_SIZE(page_changes) == CHANGE_COUNT,
	      "page_changes[] doesn't match enum compare_change");

static json_t *changes(void)
{
	json_t *array = json_array();

	for (int i = 0; i < CHANGE_COUNT; i++)
		add(array, json_pack("{s:s, s:s, s:s}", "name", change_names[i],
				     "title", page_changes[i].title, "meaning",
				     page_changes[i].meaning));
	return array;
}

static json_t *host_of(const struct host_facts *host)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "kernel",
			 shape_text(host->kernel), "cpu", shape_text(host->cpu),
			 "accel", shape_text(host->accel), "qemu",
			 shape_text(host->qemu), "libvirt",
			 shape_text(host->libvirt));
}

static json_t *run_of(const struct results *results, const char *dir)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "id",
			 shape_text(results->id), "started",
			 shape_text(results->started), "finished",
			 shape_text(results->finished), "tool",
			 shape_text(results->tool), "dir", shape_text(dir),
			 "host", host_of(&results->host));
}

/* --- The other run ----------------------------------------------------------- */

static const struct result *first_failed(const struct compare_side *side)
{
	for (size_t i = 0; i < side->n; i++)
		if (side->v[i]->cause)
			return side->v[i];
	return side->n ? side->v[0] : NULL;
}

/* [counts by verdict, failed, judged, downtime, cause, reason] */
static json_t *side_of(const struct compare_side *side,
		       struct page_texts *texts)
{
	const struct result *first = first_failed(side);
	json_t *counts;

	if (!first)
		return json_null();
	counts = json_array();
	for (int i = 0; i < VERDICT_COUNT; i++)
		add(counts, json_integer((json_int_t)side->counts[i]));
	return json_pack(
		"[o, I, I, o, o, o]", counts, (json_int_t)side->trials.failed,
		(json_int_t)side->trials.runs, shape_ms(side->service_ns),
		page_texts_id(texts, first->cause ? first->cause->mode : NULL),
		page_texts_id(texts, view_reason(first)));
}

static json_t *cell_of(const struct compare_cell *cell,
		       struct page_texts *texts)
{
	return json_pack("[o, o, o, i, o, o, f, b]",
			 page_texts_id(texts, cell->scenario),
			 page_texts_id(texts, cell->source),
			 page_texts_id(texts, cell->target), (int)cell->change,
			 side_of(&cell->before, texts),
			 side_of(&cell->after, texts), cell->p_worse,
			 (int)cell->slower);
}

/* What is the same needs no words: the cells themselves tell it. */
static void put_against(const struct comparison *against, const char *dir,
			struct page_texts *texts, json_t *data)
{
	json_t *cells = json_array();

	set(data, "changes", changes());
	for (size_t i = 0; against && i < against->n; i++)
		if (against->cells[i].change != CHANGE_SAME ||
		    against->cells[i].slower)
			add(cells, cell_of(&against->cells[i], texts));
	if (!against) {
		json_decref(cells);
		set(data, "against", json_null());
		return;
	}
	set(data, "against",
	    json_pack("{s:o, s:o, s:I, s:f, s:I, s:f}", "run",
		      run_of(against->before, dir), "cells", cells, "n_same",
		      (json_int_t)against->counts[CHANGE_SAME], "ratio",
		      against->opts.slower, "least_ms",
		      (json_int_t)(against->opts.slower_ns / NS_PER_MS),
		      "chance", against->opts.alpha));
}

json_t *page_data(const struct view *view, const struct report_opts *opts,
		  const struct comparison *against)
{
	const struct page_source *page = opts->page;
	const struct plan *plan = page ? page->plan : NULL;
	json_t *data = json_pack("{s:s}", "schema", PAGE_SCHEMA);
	struct page_texts texts;

	page_texts_init(&texts);
	set(data, "run", run_of(view->results, opts->run_dir));
	set(data, "tool", shape_text(opts->tool ? opts->tool : "crmatrix"));
	set(data, "href", shape_text(page ? page->href : NULL));
	set(data, "verdicts", verdicts());
	set(data, "phases", names(phase_names, PHASE_NONE));
	set(data, "witnesses", names(witness_names, WITNESS_COUNT));
	set(data, "parts", parts());
	set(data, "durations", durations());
	put_machines(view, plan, &texts, data);
	put_scenarios(view, plan, data);
	put_notes(view, data);
	page_cells(view, &texts, data);
	put_against(against, page ? page->against_dir : NULL, &texts, data);
	set(data, "history", page_history(page ? page->history : NULL, &texts));
	set(data, "texts", json_incref(texts.list));
	set(data, "texts_out", json_integer((json_int_t)texts.n_out));
	page_texts_release(&texts);
	return data;
}
