// SPDX-License-Identifier: Apache-2.0
/* report_grid.c - the matrix itself: a grid for each scenario */
#include <string.h>

#include "base/mem.h"
#include "compat/report_text.h"

/** struct look - How a verdict stands in the grid */
struct look {
	const char *symbol;
	enum ink ink;
};

static const struct look looks[] = {
	[VERDICT_PASS] = { "✓ ", INK_GREEN },
	[VERDICT_FAIL] = { "✗ ", INK_RED },
	[VERDICT_XFAIL] = { "○ ", INK_YELLOW },
	[VERDICT_XPASS] = { "● ", INK_MAGENTA },
	[VERDICT_SKIP] = { "– ", INK_DIM },
	[VERDICT_BROKEN] = { "! ", INK_RED },
	[VERDICT_NOTRUN] = { "· ", INK_DIM },
};
static_assert(ARRAY_SIZE(looks) == VERDICT_COUNT,
	      "looks[] doesn't match enum verdict");

enum ink verdict_ink(enum verdict verdict)
{
	return looks[verdict].ink;
}

const char *verdict_symbol(enum verdict verdict, const struct report_opts *opts)
{
	return opts->utf8 ? looks[verdict].symbol : "";
}

/** struct axes - The machines that a scenario has rows and columns for */
struct axes {
	size_t *sources;
	size_t n_sources;
	size_t *targets;
	size_t n_targets;
	size_t counts[VERDICT_COUNT];
};

static void axes_release(struct axes *axes)
{
	free(axes->sources);
	free(axes->targets);
}

static void take_marked(const bool *marked, size_t n, size_t **ret_v,
			size_t *ret_n)
{
	for (size_t i = 0; i < n; i++) {
		if (marked[i])
			*VEC_PUSH(*ret_v, *ret_n) = i;
	}
}

static void axes_of(const struct view *view, size_t scenario,
		    struct axes *ret_axes)
{
	CLEANUP_FREE bool *sources = xcalloc(view->n_machines, sizeof(bool));
	CLEANUP_FREE bool *targets = xcalloc(view->n_machines, sizeof(bool));

	*ret_axes = (struct axes){ 0 };
	for (size_t i = 0; i < view->n_cells; i++) {
		const struct view_cell *cell = &view->cells[i];

		if (cell->scenario != scenario)
			continue;
		sources[cell->source] = true;
		targets[cell->target] = true;
		ret_axes->counts[cell->result->verdict]++;
	}
	take_marked(sources, view->n_machines, &ret_axes->sources,
		    &ret_axes->n_sources);
	take_marked(targets, view->n_machines, &ret_axes->targets,
		    &ret_axes->n_targets);
}

static void add_entry(const struct view *view, const struct view_cell *cells,
		      size_t n, const struct report_opts *opts,
		      struct table *table)
{
	CLEANUP_FREE char *detail = NULL;
	struct view_sum sum;
	enum verdict verdict;

	if (!n) {
		table_add(table, INK_PLAIN, NULL);
		return;
	}
	view_sum(cells, n, &sum);
	verdict = sum.worst->result->verdict;
	detail = view_detail(view, &sum);
	table_addf(table, looks[verdict].ink, "%s%s%s",
		   verdict_symbol(verdict, opts), verdict_words[verdict],
		   detail);
}

static void add_row(const struct view *view, size_t scenario, size_t source,
		    const struct axes *axes, const struct report_opts *opts,
		    struct table *table)
{
	table_addf(table, INK_PLAIN, "%zu %s", source + 1,
		   view->machines[source]);
	for (size_t t = 0; t < axes->n_targets; t++) {
		size_t n;
		const struct view_cell *cells =
			view_find(view, scenario, source, axes->targets[t], &n);

		add_entry(view, cells, n, opts, table);
	}
}

static void fill(const struct view *view, size_t scenario,
		 const struct axes *axes, bool names,
		 const struct report_opts *opts, struct table *table)
{
	table_add(table, INK_DIM, opts->utf8 ? "from ↓ to →" : "from \\ to");
	for (size_t t = 0; t < axes->n_targets; t++) {
		size_t target = axes->targets[t];

		if (names)
			table_addf(table, INK_PLAIN, "%zu %s", target + 1,
				   view->machines[target]);
		else
			table_addf(table, INK_PLAIN, "%zu", target + 1);
	}
	for (size_t s = 0; s < axes->n_sources; s++)
		add_row(view, scenario, axes->sources[s], axes, opts, table);
}

static void print_pieces(const struct table *table,
			 const struct report_opts *opts, FILE *out)
{
	size_t from = 1;

	while (from < table->n_cols) {
		size_t to = table_fit(table, from, opts);

		table_print(table, from, to, opts, out);
		if (to < table->n_cols)
			(void)fputc('\n', out);
		from = to;
	}
}

static void print_grid(const struct view *view, size_t scenario,
		       const struct report_opts *opts, FILE *out)
{
	CLEANUP(axes_release) struct axes axes = { 0 };
	CLEANUP(table_release) struct table table = { 0 };
	CLEANUP_FREE char *counts = NULL;
	CLEANUP_FREE char *heading = NULL;

	axes_of(view, scenario, &axes);
	counts = view_counts(axes.counts);
	heading = xasprintf("%s: %s", view->scenarios[scenario], counts);
	text_heading(heading, opts, out);
	table.n_cols = axes.n_targets + 1;
	fill(view, scenario, &axes, true, opts, &table);
	if (table_fit(&table, 1, opts) < table.n_cols) {
		table_release(&table);
		fill(view, scenario, &axes, false, opts, &table);
	}
	print_pieces(&table, opts, out);
}

void text_grids(const struct view *view, const struct report_opts *opts,
		FILE *out)
{
	const char *before = "\n";

	for (size_t i = 0; i < view->n_scenarios; i++)
		print_grid(view, i, opts, out);
	for (size_t i = 0; i < n_view_signs; i++) {
		if (!view_uses(view, &view_signs[i]))
			continue;
		(void)fputs(before, out);
		before = "";
		(void)fputs(ink_on(opts, INK_DIM), out);
		text_wrap("  ", 4, view_signs[i].meaning, opts, out);
		(void)fputs(ink_off(opts, INK_DIM), out);
	}
}
