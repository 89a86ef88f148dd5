// SPDX-License-Identifier: Apache-2.0
/* predict_print.c - predictions for people */
#include "base/mem.h"
#include "base/str.h"
#include "compat/predict_say.h"
#include "compat/report_table.h"
#include "compat/report_view.h"

static const enum ink inks[] = {
	[FORETOLD_PASS] = INK_GREEN,
	[FORETOLD_RISK] = INK_YELLOW,
	[FORETOLD_FAIL] = INK_RED,
};
static_assert(ARRAY_SIZE(inks) == FORETOLD_COUNT,
	      "inks[] doesn't match enum foretold");

static void put_values(const struct foresight *f, const char *source,
		       const char *target, const struct report_opts *opts,
		       FILE *out)
{
	CLEANUP_FREE char *text = NULL;
	const char *was = f->source ? f->source : "unknown";

	if (!f->fact)
		return;
	if (str_starts(f->fact, "workload."))
		text = xasprintf("%s: %s", f->fact, was);
	else
		text = xasprintf("%s: %s on '%s', %s on '%s'", f->fact, was,
				 source, f->target ? f->target : "unknown",
				 target);
	text_wrap("     fact: ", 11, text, opts, out);
}

static void put_foresight(const struct foresight *f, const char *source,
			  const char *target, const struct report_opts *opts,
			  FILE *out)
{
	(void)fprintf(out, "  %s%s%s  %s, at the %s\n",
		      ink_on(opts, inks[f->says]), foretold_names[f->says],
		      ink_off(opts, inks[f->says]), f->mode,
		      phase_names[f->phase]);
	text_wrap("     ", 5, f->sentence, opts, out);
	put_values(f, source, target, opts, out);
	if (f->fix)
		text_wrap("     fix:  ", 11, f->fix, opts, out);
	if (f->link)
		text_wrap("     see:  ", 11, f->link, opts, out);
}

void predict_print_pair(const char *source, const char *target,
			const struct prediction *prediction,
			const struct report_opts *opts, FILE *out)
{
	enum ink ink = inks[prediction->says];

	(void)fprintf(out, "%s%s%s: %s %s %s\n", ink_on(opts, ink),
		      foretold_names[prediction->says], ink_off(opts, ink),
		      source, opts->utf8 ? "→" : "->", target);
	for (size_t i = 0; i < prediction->n; i++)
		put_foresight(&prediction->v[i], source, target, opts, out);
}

static char *modes_of(const struct prediction *prediction)
{
	CLEANUP(str_list_release) struct str_list modes = { 0 };

	for (size_t i = 0; i < prediction->n; i++)
		if (!str_list_has(&modes, prediction->v[i].mode))
			str_list_add(&modes, prediction->v[i].mode);
	return str_list_join(&modes, " ");
}

static void add_cell(const struct result *cell, struct table *table)
{
	const struct prediction *p = cell->prediction;
	CLEANUP_FREE char *modes = p ? modes_of(p) : NULL;

	table_add(table, INK_PLAIN, cell->id);
	table_add(table, p ? inks[p->says] : INK_DIM,
		  p ? foretold_names[p->says] : "not known");
	table_add(table, INK_PLAIN, verdict_words[cell->verdict]);
	table_add(table, INK_PLAIN, cell->cause ? cell->cause->mode : NULL);
	table_add(table, INK_PLAIN, modes);
}

void predict_print_run(const struct results *results,
		       const struct report_opts *opts, FILE *out)
{
	static const char *const columns[] = { "cell", "predicted", "measured",
					       "cause", "foretold" };
	CLEANUP(table_release)
	struct table table = { .n_cols = ARRAY_SIZE(columns) };

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_add(&table, INK_DIM, columns[i]);
	for (size_t i = 0; i < results->n_cells; i++)
		add_cell(&results->cells[i], &table);
	table_print(&table, 1, table.n_cols, opts, out);
}
