// SPDX-License-Identifier: Apache-2.0
/* page_plain.c - the page for browsers without script: plain tables */
#include <string.h>

#include "base/mem.h"
#include "compat/page_internal.h"
#include "compat/page_plain.h"
#include "compat/report_notes.h"
#include "compat/report_text.h"

/* Of a cause so many titles are told, and of each so many cells. */
#define TITLES_MAX 8
#define CELLS_MAX 30

static const struct report_opts utf8 = { .utf8 = true };

void plain_cell(FILE *f, const char *tag, const char *text)
{
	(void)fprintf(f, "<%s>", tag);
	page_text(f, text && *text ? text : "–");
	(void)fprintf(f, "</%.2s>", tag);
}

/* --- Grids ------------------------------------------------------------------- */

/** struct axes - Machines of a scenario's rows and columns, marked */
struct axes {
	bool *sources, *targets;
	size_t counts[VERDICT_COUNT];
};

static void axes_release(struct axes *axes)
{
	free(axes->sources);
	free(axes->targets);
}

static void axes_take(struct axes *axes, const struct view_cell *cell)
{
	axes->sources[cell->source] = true;
	axes->targets[cell->target] = true;
	axes->counts[cell->result->verdict]++;
}

static void put_entry(const struct view *view, const struct view_cell *cells,
		      size_t n, FILE *f)
{
	CLEANUP_FREE char *detail = NULL;
	struct view_sum sum;
	enum verdict verdict;

	if (!n) {
		(void)fputs("<td></td>", f);
		return;
	}
	view_sum(cells, n, &sum);
	verdict = sum.worst->result->verdict;
	detail = view_detail(view, &sum);
	(void)fprintf(f, "<td class=\"%s\">%s%s", verdict_names[verdict],
		      verdict_symbol(verdict, &utf8), verdict_words[verdict]);
	page_text(f, detail);
	(void)fputs("</td>", f);
}

static void put_row(const struct view *view, size_t scenario, size_t source,
		    const struct axes *axes, FILE *f)
{
	(void)fputs("<tr>", f);
	plain_cell(f, "th scope=\"row\"", view->machines[source]);
	for (size_t t = 0; t < view->n_machines; t++) {
		size_t n;
		const struct view_cell *cells =
			view_find(view, scenario, source, t, &n);

		if (axes->targets[t])
			put_entry(view, cells, n, f);
	}
	(void)fputs("</tr>\n", f);
}

/* @cells: the scenario's, in a row. */
static void put_grid(const struct view *view, const struct view_cell *cells,
		     size_t n, FILE *f)
{
	CLEANUP(axes_release)
	struct axes axes = { xcalloc(view->n_machines, sizeof(bool)),
			     xcalloc(view->n_machines, sizeof(bool)),
			     { 0 } };
	CLEANUP_FREE char *counts = NULL;

	for (size_t i = 0; i < n; i++)
		axes_take(&axes, &cells[i]);
	counts = view_counts(axes.counts);
	(void)fputs("<table class=\"grid\"><caption>", f);
	page_textf(f, "%s: %s", view->scenarios[cells->scenario], counts);
	(void)fputs("</caption>\n<tr><th>from ↓ to →</th>", f);
	for (size_t t = 0; t < view->n_machines; t++)
		if (axes.targets[t])
			plain_cell(f, "th scope=\"col\"", view->machines[t]);
	(void)fputs("</tr>\n", f);
	for (size_t s = 0; s < view->n_machines; s++)
		if (axes.sources[s])
			put_row(view, cells->scenario, s, &axes, f);
	(void)fputs("</table>\n", f);
}

/* Cells are sorted by scenario. */
void plain_each_scenario(const struct view *view, FILE *f,
			 void (*put)(const struct view *view,
				     const struct view_cell *cells, size_t n,
				     FILE *f))
{
	size_t first = 0;

	for (size_t i = 1; i <= view->n_cells; i++) {
		if (i < view->n_cells &&
		    view->cells[i].scenario == view->cells[first].scenario)
			continue;
		put(view, &view->cells[first], i - first, f);
		first = i;
	}
}

static void put_grids(const struct view *view, FILE *f)
{
	(void)fputs("<h2>Matrix</h2>\n<p>Rows are where the program was "
		    "dumped, columns where it was to be restored.",
		    f);
	for (size_t i = 0; i < n_view_signs; i++)
		if (view_uses(view, &view_signs[i]))
			page_textf(f, " %s.", view_signs[i].meaning);
	(void)fputs("</p>\n", f);
	plain_each_scenario(view, f, put_grid);
}

/* --- Causes ------------------------------------------------------------------ */

static void put_title(const struct view *view, size_t note, const char *title,
		      FILE *f)
{
	size_t n = 0;

	(void)fputs("<li>", f);
	page_text(f, title);
	(void)fputs("<br>", f);
	for (size_t i = 0; i < view->n_cells; i++) {
		const struct view_cell *cell = &view->cells[i];

		if (cell->note != note ||
		    strcmp(view_reason(cell->result), title) != 0 ||
		    n++ >= CELLS_MAX)
			continue;
		(void)fputs(n > 1 ? " <code>" : "<code>", f);
		page_text(f, cell->result->id);
		(void)fputs("</code>", f);
	}
	if (n > CELLS_MAX)
		page_textf(f, " and %zu more", n - CELLS_MAX);
	(void)fputs("</li>\n", f);
}

static void put_titles(const struct view *view, size_t note, FILE *f)
{
	CLEANUP(str_list_release) struct str_list told = { 0 };

	(void)fputs("<ul>\n", f);
	for (size_t i = 0; i < view->n_cells && told.n < TITLES_MAX; i++) {
		const struct view_cell *cell = &view->cells[i];
		const char *title = view_reason(cell->result);

		if (cell->note != note || str_list_has(&told, title))
			continue;
		str_list_add(&told, title);
		put_title(view, note, title, f);
	}
	if (told.n == TITLES_MAX)
		(void)fputs("<li>and likewise, perhaps, other machines</li>\n",
			    f);
	(void)fputs("</ul>\n", f);
}

static void put_advice(FILE *f, const char *name, const char *text)
{
	if (!text)
		return;
	(void)fprintf(f, "<p>%s: ", name);
	page_link(f, text);
	(void)fputs("</p>\n", f);
}

static void put_notes(const struct view *view, FILE *f)
{
	if (view->n_notes)
		(void)fputs("<h2>Causes</h2>\n", f);
	for (size_t i = 0; i < view->n_notes; i++) {
		const struct view_note *note = &view->notes[i];
		const struct result *first = note->first;
		const struct cause *cause = first->cause;
		CLEANUP_FREE char *counts = view_counts(note->counts);

		(void)fputs("<h3>", f);
		page_textf(f, "%s %s: %s", note->label, note_heading(note),
			   counts);
		(void)fputs("</h3>\n", f);
		put_advice(f,
			   first->verdict == VERDICT_FAIL ? "Not as expected" :
							    "Expected",
			   first->expected);
		put_advice(f, "Fix", cause ? cause->fix : NULL);
		put_advice(f, "See", view_link(first));
		put_advice(f, "Log", cause ? cause->line : NULL);
		put_titles(view, i, f);
	}
}

/* --- Remarks ----------------------------------------------------------------- */

static void put_remark(const struct view_remark *remark, FILE *f)
{
	(void)fputs("<h3>", f);
	page_textf(f, "%s: %zu cell%s", remark->first->mode, remark->cells.n,
		   remark->cells.n == 1 ? "" : "s");
	(void)fputs("</h3>\n<p>", f);
	page_text(f, remark->first->title);
	(void)fputs("</p>\n", f);
	put_advice(f, "Fix", remark->first->fix);
	put_advice(f, "See", remark->first->known);
	(void)fputs("<p>", f);
	for (size_t i = 0; i < remark->cells.n && i < CELLS_MAX; i++) {
		(void)fputs(i ? " <code>" : "<code>", f);
		page_text(f, remark->cells.v[i]);
		(void)fputs("</code>", f);
	}
	if (remark->cells.n > CELLS_MAX)
		page_textf(f, " and %zu more", remark->cells.n - CELLS_MAX);
	(void)fputs("</p>\n", f);
}

static void put_remarks(const struct view *view, FILE *f)
{
	size_t n;
	struct view_remark *remarks = view_remarks(view, &n);

	if (n)
		(void)fputs("<h2>Remarks</h2>\n", f);
	for (size_t i = 0; i < n; i++)
		put_remark(&remarks[i], f);
	view_remarks_free(remarks, n);
}

/* --- Machines ---------------------------------------------------------------- */

static void put_machine(const struct machine_result *m, FILE *f)
{
	const char *const values[] = { m->kernel,   m->cpu,  m->same_cpu_as,
				       m->userland, m->criu, m->glibc };
	CLEANUP_FREE char *notes = str_list_join(&m->notes, "; ");

	(void)fputs("<tr>", f);
	plain_cell(f, "th scope=\"row\"", m->name);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		plain_cell(f, "td", values[i]);
	plain_cell(f, "td", notes);
	(void)fputs("</tr>\n", f);
}

static void put_machines(const struct results *results, FILE *f)
{
	if (!results->n_machines)
		return;
	(void)fputs("<h2>Machines</h2>\n<table><tr><th scope=\"col\">machine"
		    "</th><th scope=\"col\">kernel</th><th scope=\"col\">CPU "
		    "asked</th><th scope=\"col\">same CPU as</th>"
		    "<th scope=\"col\">userland</th><th scope=\"col\">CRIU</th>"
		    "<th scope=\"col\">glibc</th><th scope=\"col\">not as "
		    "asked</th></tr>\n",
		    f);
	for (size_t i = 0; i < results->n_machines; i++)
		put_machine(&results->machines[i], f);
	(void)fputs("</table>\n", f);
}

void page_plain(const struct view *view, const struct report_opts *opts,
		const struct comparison *against, FILE *f)
{
	const struct result *red = view_red(view);
	CLEANUP_FREE char *counts = view_counts(view->counts);

	(void)fputs("<div id=\"plain\">\n<h1>", f);
	page_textf(f, "crmatrix: %s", view->results->id);
	(void)fputs("</h1>\n<p>", f);
	page_textf(f, "%zu cells: %s", view->n_cells, counts);
	(void)fputs("</p>\n", f);
	if (red && opts->run_dir) {
		(void)fputs("<p>The whole story of a cell: <code>", f);
		page_textf(f, "crmatrix explain %s %s", opts->run_dir, red->id);
		(void)fputs("</code></p>\n", f);
	}
	put_grids(view, f);
	put_notes(view, f);
	put_remarks(view, f);
	plain_against(against, f);
	plain_figures(view, f);
	put_machines(view->results, f);
	(void)fputs("</div>\n", f);
}
