// SPDX-License-Identifier: Apache-2.0
/* report_legend.c - below the grids: machines, and causes with their cells */
#include <string.h>

#include "base/mem.h"
#include "compat/report_notes.h"
#include "compat/report_text.h"

#define TITLES_MAX 4
#define INDENT 5

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static void add_cpu(const struct view *view,
		    const struct machine_result *machine, struct table *table)
{
	size_t i = 0;

	while (machine->same_cpu_as && i < view->n_machines &&
	       strcmp(view->machines[i], machine->same_cpu_as) != 0)
		i++;
	if (machine->same_cpu_as && i < view->n_machines)
		table_addf(table, INK_PLAIN, "%s = that of %zu",
			   or_dash(machine->cpu), i + 1);
	else
		table_add(table, INK_PLAIN, or_dash(machine->cpu));
}

static const char *const columns[] = { "machine",  "kernel", "CPU",
				       "userland", "CRIU",   "glibc" };

static void add_machine(const struct view *view, size_t i, struct table *table)
{
	const struct machine_result *m = &view->results->machines[i];

	table_addf(table, INK_PLAIN, "%zu %s", i + 1, m->name);
	table_add(table, INK_PLAIN, or_dash(m->kernel));
	add_cpu(view, m, table);
	table_add(table, INK_PLAIN, or_dash(m->userland));
	table_add(table, INK_PLAIN, or_dash(m->criu));
	table_add(table, INK_PLAIN, or_dash(m->glibc));
}

void text_machines(const struct view *view, const struct report_opts *opts,
		   FILE *out)
{
	CLEANUP(table_release)
	struct table table = { .n_cols = ARRAY_SIZE(columns) };
	struct report_opts unlimited = *opts;

	if (!view->results->n_machines)
		return;
	unlimited.width = 0;
	text_heading("machines", opts, out);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_add(&table, INK_DIM, columns[i]);
	for (size_t i = 0; i < view->results->n_machines; i++)
		add_machine(view, i, &table);
	table_print(&table, 1, table.n_cols, &unlimited, out);
	for (size_t i = 0; i < view->results->n_machines; i++) {
		const struct machine_result *m = &view->results->machines[i];
		CLEANUP_FREE char *first = xasprintf("  %zu: ", i + 1);

		for (size_t k = 0; k < m->notes.n; k++)
			text_wrap(first, INDENT, m->notes.v[k], opts, out);
	}
}

/** struct group - Cells of a note that are told together */
struct group {
	const struct view *view;
	size_t note;
	const char *title; /* NULL: those with none of @told */
	const struct str_list *told;
};

static bool in_group(const struct group *group, const struct view_cell *cell)
{
	const char *title;

	if (cell->note != group->note)
		return false;
	title = view_reason(cell->result);
	if (group->title)
		return strcmp(title, group->title) == 0;
	return !str_list_has(group->told, title);
}

/* "counter 1>2 1>3; redis 1>2" */
static char *list_cells(const struct group *group,
			const struct report_opts *opts)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	const struct view *view = group->view;
	size_t scenario = (size_t)-1, source = 0, target = 0;

	strbuf_open(&buf);
	for (size_t i = 0; i < view->n_cells; i++) {
		const struct view_cell *cell = &view->cells[i];
		bool same = cell->scenario == scenario;

		if (!in_group(group, cell) ||
		    (same && cell->source == source && cell->target == target))
			continue;
		if (!same)
			(void)fprintf(buf.f, "%s%s",
				      scenario == (size_t)-1 ? "" : "; ",
				      view->scenarios[cell->scenario]);
		(void)fprintf(buf.f, " %zu%s%zu", cell->source + 1,
			      opts->utf8 ? "→" : ">", cell->target + 1);
		scenario = cell->scenario;
		source = cell->source;
		target = cell->target;
	}
	return strbuf_take(&buf);
}

static void print_cells(const struct group *group,
			const struct report_opts *opts, FILE *out)
{
	CLEANUP_FREE char *cells = list_cells(group, opts);

	if (*cells)
		text_wrap("       ", 2 + INDENT, cells, opts, out);
}

static void print_titles(const struct view *view, size_t note,
			 const struct report_opts *opts, FILE *out)
{
	CLEANUP(str_list_release) struct str_list told = { 0 };
	struct group group = { .view = view, .note = note, .told = &told };

	for (size_t i = 0; i < view->n_cells && told.n < TITLES_MAX; i++) {
		const struct view_cell *cell = &view->cells[i];

		group.title = view_reason(cell->result);
		if (cell->note != note || str_list_has(&told, group.title))
			continue;
		str_list_add(&told, group.title);
		text_wrap("     ", INDENT, group.title, opts, out);
		print_cells(&group, opts, out);
	}
	group.title = NULL;
	if (told.n == TITLES_MAX) {
		CLEANUP_FREE char *rest = list_cells(&group, opts);

		if (*rest)
			text_wrap("     likewise: ", 2 + INDENT, rest, opts,
				  out);
	}
}

static const char *get_expected(const struct result *result)
{
	return result->verdict == VERDICT_FAIL ? NULL : result->expected;
}

static const char *get_otherwise(const struct result *result)
{
	return result->verdict == VERDICT_FAIL ? result->expected : NULL;
}

static const char *get_line(const struct result *result)
{
	bool unknown = result->cause &&
		       strcmp(result->cause->mode, "unknown") == 0;

	return unknown ? result->cause->line : NULL;
}

static const char *get_fix(const struct result *result)
{
	return result->cause ? result->cause->fix : NULL;
}

static const char *get_known(const struct result *result)
{
	return view_link(result);
}

/** struct advice - What a note tells besides its sentence, each text once */
struct advice {
	const char *label;
	const char *(*get)(const struct result *result);
	size_t max;
};

static const struct advice advices[] = {
	{ "     log:  ", get_line, 1 },
	{ "     expected: ", get_expected, 2 },
	{ "     not as expected: ", get_otherwise, 2 },
	{ "     fix:  ", get_fix, 2 },
	{ "     see:  ", get_known, 3 },
};

static void print_advice(const struct view *view, size_t note,
			 const struct advice *advice,
			 const struct report_opts *opts, FILE *out)
{
	CLEANUP(str_list_release) struct str_list told = { 0 };

	for (size_t i = 0; i < view->n_cells && told.n < advice->max; i++) {
		const struct view_cell *cell = &view->cells[i];
		const char *text = advice->get(cell->result);

		if (cell->note != note || !text || str_list_has(&told, text))
			continue;
		str_list_add(&told, text);
		text_wrap(advice->label, 2 * INDENT + 1, text, opts, out);
	}
}

static void print_note(const struct view *view, size_t i,
		       const struct report_opts *opts, FILE *out)
{
	const struct view_note *note = &view->notes[i];
	CLEANUP_FREE char *counts = view_counts(note->counts);
	enum ink ink = verdict_ink(note->first->verdict);

	(void)fprintf(out, "  %s%-2s %s%s: %s\n", ink_on(opts, ink),
		      note->label, note_heading(note), ink_off(opts, ink),
		      counts);
	print_titles(view, i, opts, out);
	for (size_t k = 0; k < ARRAY_SIZE(advices); k++)
		print_advice(view, i, &advices[k], opts, out);
}

void text_notes(const struct view *view, const struct report_opts *opts,
		FILE *out)
{
	if (!view->n_notes)
		return;
	text_heading("causes", opts, out);
	for (size_t i = 0; i < view->n_notes; i++)
		print_note(view, i, opts, out);
}
