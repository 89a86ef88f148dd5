// SPDX-License-Identifier: Apache-2.0
/* report_github.c - what is wrong, as annotations of a GitHub Actions step */
#include <string.h>

#include "base/mem.h"
#include "compat/report_formats.h"
#include "compat/report_notes.h"

/* GitHub keeps ten annotations of a kind for each step. */
#define KEPT 10
#define CELLS_NAMED 12

/** enum level - The workflow command that says it, none for what is expected */
enum level { LEVEL_NONE, LEVEL_WARNING, LEVEL_ERROR, LEVEL_COUNT };

static const char *const commands[] = {
	[LEVEL_NONE] = NULL,
	[LEVEL_WARNING] = "warning",
	[LEVEL_ERROR] = "error",
};
static_assert(ARRAY_SIZE(commands) == LEVEL_COUNT,
	      "commands[] doesn't match enum level");

static const enum level levels[] = {
	[VERDICT_PASS] = LEVEL_NONE,	  [VERDICT_FAIL] = LEVEL_ERROR,
	[VERDICT_XFAIL] = LEVEL_NONE,	  [VERDICT_XPASS] = LEVEL_ERROR,
	[VERDICT_SKIP] = LEVEL_NONE,	  [VERDICT_BROKEN] = LEVEL_WARNING,
	[VERDICT_NOTRUN] = LEVEL_WARNING,
};
static_assert(ARRAY_SIZE(levels) == VERDICT_COUNT,
	      "levels[] doesn't match enum verdict");

/* What ends a command or a property is written by its number. */
static void put_text(const char *text, const char *special, FILE *out)
{
	for (; text && *text; text++) {
		if (strchr(special, *text))
			(void)fprintf(out, "%%%02X", (unsigned char)*text);
		else
			(void)fputc(*text, out);
	}
}

static void put_data(const char *text, FILE *out)
{
	put_text(text, "%\r\n", out);
}

static void put_property(const char *text, FILE *out)
{
	put_text(text, "%\r\n:,", out);
}

static enum level level_of(const struct view_note *note)
{
	enum level level = LEVEL_NONE;

	for (size_t v = 0; v < VERDICT_COUNT; v++) {
		if (note->counts[v] && levels[v] > level)
			level = levels[v];
	}
	return level;
}

/* The first of the note's cells that is to be told of, and how many there are. */
static const struct result *first_of(const struct view *view, size_t note,
				     size_t *ret_n)
{
	const struct result *first = NULL;

	*ret_n = 0;
	for (size_t i = 0; i < view->n_cells; i++) {
		const struct view_cell *cell = &view->cells[i];

		if (cell->note != note || !levels[cell->result->verdict])
			continue;
		if (!first)
			first = cell->result;
		++*ret_n;
	}
	return first;
}

static void put_cells(const struct view *view, size_t note, size_t n, FILE *out)
{
	size_t told = 0;

	for (size_t i = 0; i < view->n_cells && told < CELLS_NAMED; i++) {
		const struct view_cell *cell = &view->cells[i];

		if (cell->note != note || !levels[cell->result->verdict])
			continue;
		put_data(told++ ? ", " : "", out);
		put_data(cell->result->id, out);
	}
	if (n > told)
		(void)fprintf(out, ", and %zu more", n - told);
}

static void put_note(const struct view *view, size_t i, FILE *out)
{
	const struct view_note *note = &view->notes[i];
	size_t n;
	const struct result *first = first_of(view, i, &n);

	(void)fprintf(out, "::%s title=", commands[level_of(note)]);
	(void)fprintf(out, "%zu %s%%3A ", n, verdict_names[first->verdict]);
	put_property(note_heading(note), out);
	(void)fputs("::", out);
	put_data(view_reason(first), out);
	put_data("\n", out);
	put_cells(view, i, n, out);
	if (first->cause && first->cause->fix) {
		put_data("\nfix: ", out);
		put_data(first->cause->fix, out);
	}
	(void)fputc('\n', out);
}

/* The last one that GitHub keeps says how many it would not. */
static void put_level(const struct view *view, enum level level, FILE *out)
{
	size_t n = 0, told = 0;

	for (size_t i = 0; i < view->n_notes; i++)
		n += level_of(&view->notes[i]) == level;
	for (size_t i = 0; i < view->n_notes; i++) {
		if (level_of(&view->notes[i]) != level)
			continue;
		if (told + 1 == KEPT && n > KEPT) {
			(void)fprintf(out,
				      "::%s title=more::%zu more causes are "
				      "in the job's summary\n",
				      commands[level], n - told);
			return;
		}
		put_note(view, i, out);
		told++;
	}
}

int report_github(const struct results *results, const struct report_opts *opts,
		  FILE *out, struct err *err)
{
	CLEANUP(view_release) struct view view = { 0 };
	CLEANUP_FREE char *counts = NULL;

	(void)opts;
	view_init(results, &view);
	counts = view_counts(view.counts);
	put_level(&view, LEVEL_ERROR, out);
	put_level(&view, LEVEL_WARNING, out);
	if (view.counts[VERDICT_NOTRUN])
		(void)fprintf(out,
			      "::warning title=not run::%zu of %zu cells\n",
			      view.counts[VERDICT_NOTRUN], view.n_cells);
	(void)fputs("::notice title=crmatrix::", out);
	put_data(results->id, out);
	(void)fprintf(out, ": %zu cells%s%s\n", view.n_cells,
		      view.n_cells ? ", " : "", counts);
	if (ferror(out))
		return err_errno(err, "write the report");
	return 0;
}
