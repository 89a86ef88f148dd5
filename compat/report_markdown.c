// SPDX-License-Identifier: Apache-2.0
/* report_markdown.c - the report as tables for the summary of a CI job */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "compat/report_formats.h"
#include "compat/report_notes.h"

static const char *const signs[] = {
	[VERDICT_PASS] = "✅",	     [VERDICT_FAIL] = "❌",
	[VERDICT_XFAIL] = "☑️",  [VERDICT_XPASS] = "❗",
	[VERDICT_SKIP] = "➖",	     [VERDICT_BROKEN] = "💥",
	[VERDICT_NOTRUN] = "▫️",
};
static_assert(ARRAY_SIZE(signs) == VERDICT_COUNT,
	      "signs[] doesn't match enum verdict");

/* Text that must not become markup, in one line. */
static void put_text(const char *text, FILE *out)
{
	for (; text && *text; text++) {
		if (*text == '\n' || *text == '\t')
			(void)fputc(' ', out);
		else if (strchr("\\`*_[]<>|#~&$", *text))
			(void)fprintf(out, "\\%c", *text);
		else
			(void)fputc(*text, out);
	}
}

/* Text in backquotes; those of its own are dropped. */
static void put_code(const char *text, FILE *out)
{
	(void)fputc('`', out);
	for (; text && *text; text++) {
		if (*text == '\n' || *text == '\t')
			(void)fputc(' ', out);
		else if (*text != '`')
			(void)fputc(*text, out);
	}
	(void)fputc('`', out);
}

static void put_rule(size_t n, FILE *out)
{
	for (size_t i = 0; i < n; i++)
		(void)fputs("|---", out);
	(void)fputs("|\n", out);
}

static void put_entry(const struct view *view, const struct view_cell *cells,
		      size_t n, FILE *out)
{
	CLEANUP_FREE char *detail = NULL;
	struct view_sum sum;
	enum verdict verdict;

	(void)fputs(" | ", out);
	if (!n)
		return;
	view_sum(cells, n, &sum);
	verdict = sum.worst->result->verdict;
	detail = view_detail(view, &sum);
	(void)fprintf(out, "%s %s", signs[verdict], verdict_words[verdict]);
	put_text(detail, out);
}

static bool *machines_of(const struct view *view, size_t scenario, bool target)
{
	bool *marked = xcalloc(view->n_machines, sizeof(*marked));

	for (size_t i = 0; i < view->n_cells; i++) {
		const struct view_cell *cell = &view->cells[i];

		if (cell->scenario == scenario)
			marked[target ? cell->target : cell->source] = true;
	}
	return marked;
}

static void put_row(const struct view *view, size_t scenario, size_t source,
		    const bool *targets, FILE *out)
{
	(void)fputs("| **", out);
	put_text(view->machines[source], out);
	(void)fputs("**", out);
	for (size_t t = 0; t < view->n_machines; t++) {
		size_t n;
		const struct view_cell *cells =
			view_find(view, scenario, source, t, &n);

		if (targets[t])
			put_entry(view, cells, n, out);
	}
	(void)fputs(" |\n", out);
}

static void put_grid(const struct view *view, size_t scenario, FILE *out)
{
	CLEANUP_FREE bool *sources = machines_of(view, scenario, false);
	CLEANUP_FREE bool *targets = machines_of(view, scenario, true);
	size_t columns = 1;

	(void)fputs("\n### ", out);
	put_text(view->scenarios[scenario], out);
	(void)fputs("\n\n| from ↓ to →", out);
	for (size_t t = 0; t < view->n_machines; t++) {
		if (!targets[t])
			continue;
		columns++;
		(void)fputs(" | ", out);
		put_text(view->machines[t], out);
	}
	(void)fputs(" |\n", out);
	put_rule(columns, out);
	for (size_t s = 0; s < view->n_machines; s++) {
		if (sources[s])
			put_row(view, scenario, s, targets, out);
	}
}

static void put_signs(const struct view *view, FILE *out)
{
	for (size_t i = 0; i < n_view_signs; i++) {
		if (!view_uses(view, &view_signs[i]))
			continue;
		(void)fputs("\n", out);
		put_text(view_signs[i].meaning, out);
		(void)fputs("  ", out);
	}
	(void)fputc('\n', out);
}

static void put_machine(const struct machine_result *m, FILE *out)
{
	const char *const values[] = { m->name,	       m->kernel,   m->cpu,
				       m->same_cpu_as, m->userland, m->criu,
				       m->glibc };
	CLEANUP_FREE char *notes = str_list_join(&m->notes, "; ");

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		(void)fputs("| ", out);
		put_text(values[i], out);
		(void)fputc(' ', out);
	}
	(void)fputs("| ", out);
	put_text(notes, out);
	(void)fputs(" |\n", out);
}

static void put_machines(const struct results *results, FILE *out)
{
	static const char *const names[] = { "machine",	  "kernel",
					     "CPU asked", "same CPU as",
					     "userland",  "CRIU",
					     "glibc",	  "notes" };

	if (!results->n_machines)
		return;
	(void)fputs("\n### Machines\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)fprintf(out, "| %s ", names[i]);
	(void)fputs("|\n", out);
	put_rule(ARRAY_SIZE(names), out);
	for (size_t i = 0; i < results->n_machines; i++)
		put_machine(&results->machines[i], out);
}

/* A link that is one becomes one. */
static void put_link(const char *link, FILE *out)
{
	if (str_starts(link, "https://") && !strpbrk(link, "<> \t\n"))
		(void)fprintf(out, "<%s>", link);
	else
		put_text(link, out);
}

static void put_advice(const char *name, const char *text,
		       void (*put)(const char *text, FILE *out), FILE *out)
{
	if (!text)
		return;
	(void)fprintf(out, "  %s: ", name);
	put(text, out);
	(void)fputs("  \n", out);
}

static void put_title(const struct view *view, size_t note, const char *title,
		      FILE *out)
{
	(void)fputs("  - ", out);
	put_text(title, out);
	(void)fputc(':', out);
	for (size_t i = 0; i < view->n_cells; i++) {
		const struct view_cell *cell = &view->cells[i];

		if (cell->note != note ||
		    strcmp(view_reason(cell->result), title) != 0)
			continue;
		(void)fputc(' ', out);
		put_code(cell->result->id, out);
	}
	(void)fputc('\n', out);
}

static void put_titles(const struct view *view, size_t note, FILE *out)
{
	CLEANUP(str_list_release) struct str_list told = { 0 };

	for (size_t i = 0; i < view->n_cells; i++) {
		const struct view_cell *cell = &view->cells[i];
		const char *title = view_reason(cell->result);

		if (cell->note != note || str_list_has(&told, title))
			continue;
		str_list_add(&told, title);
		put_title(view, note, title, out);
	}
}

static void put_note(const struct view *view, size_t i, FILE *out)
{
	const struct view_note *note = &view->notes[i];
	const struct result *first = note->first;
	const struct cause *cause = first->cause;
	CLEANUP_FREE char *counts = view_counts(note->counts);

	(void)fprintf(out, "\n- **%s %s**: %s  \n", note->label,
		      note_heading(note), counts);
	put_advice(first->verdict == VERDICT_FAIL ? "Not as expected" :
						    "Expected",
		   first->expected, put_text, out);
	put_advice("Fix", cause ? cause->fix : NULL, put_text, out);
	put_advice("See", view_link(first), put_link, out);
	put_advice("Log", cause ? cause->line : NULL, put_code, out);
	put_titles(view, i, out);
}

static void put_remarks(const struct view *view, FILE *out)
{
	size_t n;
	struct view_remark *remarks = view_remarks(view, &n);

	if (n)
		(void)fputs("\n### Remarks\n", out);
	for (size_t i = 0; i < n; i++) {
		const struct view_remark *remark = &remarks[i];

		(void)fprintf(out, "\n- **%s**: ", remark->first->mode);
		put_text(remark->first->title, out);
		(void)fputs("  \n", out);
		put_advice("Fix", remark->first->fix, put_text, out);
		put_advice("See", remark->first->known, put_link, out);
		(void)fputs("  - ", out);
		for (size_t k = 0; k < remark->cells.n; k++) {
			(void)fputs(k ? " " : "", out);
			put_code(remark->cells.v[k], out);
		}
		(void)fputc('\n', out);
	}
	view_remarks_free(remarks, n);
}

static void put_retried(const struct view *view, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < view->n_cells; i++) {
		const struct result *result = view->cells[i].result;

		if (result->attempts <= 1)
			continue;
		if (!any)
			(void)fputs("\n### Took more than one attempt\n\n",
				    out);
		any = true;
		(void)fputs("- ", out);
		put_code(result->id, out);
		(void)fprintf(out, ": %s at attempt %" PRIu64 "\n",
			      verdict_words[result->verdict], result->attempts);
	}
}

static void put_head(const struct view *view, FILE *out)
{
	CLEANUP_FREE char *counts = view_counts(view->counts);

	(void)fputs("## crmatrix: ", out);
	put_text(view->results->id, out);
	(void)fprintf(out, "\n\n**%zu cell%s**: %s\n", view->n_cells,
		      view->n_cells == 1 ? "" : "s", counts);
}

static void put_foot(const struct view *view, const struct report_opts *opts,
		     FILE *out)
{
	const struct result *red = view_red(view);
	CLEANUP_FREE char *command = NULL;

	if (!red || !opts->run_dir)
		return;
	command = xasprintf("crmatrix explain %s %s", opts->run_dir, red->id);
	(void)fputs("\nThe whole story of a cell: ", out);
	put_code(command, out);
	(void)fputc('\n', out);
}

int report_markdown(const struct results *results,
		    const struct report_opts *opts, FILE *out, struct err *err)
{
	CLEANUP(view_release) struct view view = { 0 };

	view_init(results, &view);
	put_head(&view, out);
	for (size_t i = 0; i < view.n_scenarios; i++)
		put_grid(&view, i, out);
	put_signs(&view, out);
	put_machines(results, out);
	if (view.n_notes)
		(void)fputs("\n### Causes\n", out);
	for (size_t i = 0; i < view.n_notes; i++)
		put_note(&view, i, out);
	put_remarks(&view, out);
	put_retried(&view, out);
	put_foot(&view, opts, out);
	if (ferror(out))
		return err_errno(err, "write the report");
	return 0;
}
