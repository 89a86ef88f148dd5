// SPDX-License-Identifier: Apache-2.0
/* compare_print.c - a comparison for people */
#include <inttypes.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/compare.h"
#include "compat/report_table.h"
#include "compat/report_view.h"

/** struct part - A part of the text: all cells with one change */
struct part {
	const char *heading;
	const char *sum; /* in the last line */
	enum ink ink;
	bool told; /* cell by cell */
};

static const struct part parts[] = {
	[CHANGE_NEW_FAILURE] = { "new failures", "new failures", INK_RED,
				 true },
	[CHANGE_UNMEASURED] = { "could not be measured", "unmeasured",
				INK_MAGENTA, true },
	[CHANGE_XPASS] = { "passed unexpectedly", "unexpected passes",
			   INK_YELLOW, true },
	[CHANGE_OTHER_CAUSE] = { "failed before, and for another cause now",
				 "with another cause", INK_YELLOW, true },
	[CHANGE_FAILING] = { "failing as before", "failing as before",
			     INK_PLAIN, true },
	[CHANGE_FLAKY] = { "flaky, no more than before", "flaky as before",
			   INK_PLAIN, true },
	[CHANGE_EXPECTED] = { "expected to fail now", "now expected to fail",
			      INK_PLAIN, true },
	[CHANGE_SKIPPED] = { "skipped now", "now skipped", INK_PLAIN, true },
	[CHANGE_MENDED] = { "mended", "mended", INK_GREEN, true },
	[CHANGE_ADDED] = { NULL, "added", INK_PLAIN, false },
	[CHANGE_GONE] = { "no longer in the run", "gone", INK_PLAIN, true },
	[CHANGE_SAME] = { NULL, "as before", INK_PLAIN, false },
};
static_assert(ARRAY_SIZE(parts) == CHANGE_COUNT,
	      "parts[] doesn't match enum compare_change");

static const char *arrow(const struct report_opts *opts)
{
	return opts->utf8 ? "→" : "->";
}

static char *clean_ascii(const char *text, const struct report_opts *opts)
{
	char *copy = xstrdup(text);

	if (!opts->utf8)
		text_to_ascii(copy);
	return copy;
}

/* "ok", "19 ok, 1 FAIL", "nothing". */
static char *side_words(const struct compare_side *side)
{
	if (!side->n)
		return xstrdup("nothing");
	if (side->n > 1)
		return view_counts(side->counts);
	return xstrdup(verdict_words[side->v[0]->verdict]);
}

static void print_rate(const char *when, struct trials trials, FILE *out)
{
	struct interval bounds = stats_wilson(trials);

	if (!trials.runs)
		return;
	(void)fprintf(out,
		      "      %s: %" PRIu64 " of %" PRIu64
		      " failed (95 %%: %.1f to %.1f %%)\n",
		      when, trials.failed, trials.runs, 100 * bounds.low,
		      100 * bounds.high);
}

/* Where it was tried more than once, how sure that is. */
static void print_rates(const struct compare_cell *cell, FILE *out)
{
	if (cell->before.trials.runs + cell->after.trials.runs <= 2 ||
	    !(cell->before.trials.failed + cell->after.trials.failed))
		return;
	print_rate("before", cell->before.trials, out);
	print_rate("now", cell->after.trials, out);
	if (cell->before.trials.failed &&
	    cell->before.trials.failed < cell->before.trials.runs)
		(void)fprintf(out,
			      "      by chance alone it would be as bad in "
			      "%.1f %% of cases\n",
			      100 * cell->p_worse);
}

/* The one that says most of why: the first that did not simply pass. */
static const struct result *telling(const struct compare_side *side)
{
	for (size_t i = 0; i < side->n; i++) {
		if (side->v[i]->verdict == VERDICT_FAIL)
			return side->v[i];
	}
	for (size_t i = 0; i < side->n; i++) {
		if (side->v[i]->verdict != VERDICT_PASS)
			return side->v[i];
	}
	return NULL;
}

static void print_why(const struct compare_cell *cell,
		      const struct report_opts *opts, FILE *out)
{
	const struct result *result =
		telling(cell->after.n ? &cell->after : &cell->before);
	CLEANUP_FREE char *mode = NULL;
	CLEANUP_FREE char *why = NULL;

	if (!result && cell->change == CHANGE_MENDED)
		result = telling(&cell->before);
	if (!result)
		return;
	mode = xasprintf("      %s%s", result->cause ? result->cause->mode : "",
			 result->cause ? ": " : "");
	why = clean_ascii(view_reason(result), opts);
	text_wrap(mode, 8, why, opts, out);
}

static void print_cell(const struct compare_cell *cell,
		       const struct report_opts *opts, enum ink ink, FILE *out)
{
	CLEANUP_FREE char *before = side_words(&cell->before);
	CLEANUP_FREE char *after = side_words(&cell->after);

	(void)fprintf(out, "  %s%s%s  %s %s %s: %s %s %s\n", ink_on(opts, ink),
		      cell->scenario, ink_off(opts, ink), cell->source,
		      arrow(opts), cell->target, before, arrow(opts), after);
	print_why(cell, opts, out);
	print_rates(cell, out);
}

static void print_part(const struct comparison *c, enum compare_change change,
		       const struct report_opts *opts, FILE *out)
{
	const struct part *part = &parts[change];

	if (!part->told || !c->counts[change])
		return;
	(void)fprintf(out, "\n%s%s: %zu%s\n", ink_on(opts, INK_BOLD),
		      part->heading, c->counts[change],
		      ink_off(opts, INK_BOLD));
	for (size_t i = 0; i < c->n; i++) {
		if (c->cells[i].change == change)
			print_cell(&c->cells[i], opts, part->ink, out);
	}
}

static void print_slower(const struct compare_cell *cell,
			 const struct report_opts *opts, FILE *out)
{
	CLEANUP_FREE char *before = view_ms(cell->before.service_ns);
	CLEANUP_FREE char *after = view_ms(cell->after.service_ns);
	uint64_t grown_ns = 0;
	const char *part = compare_slowest_part(cell, &grown_ns);
	CLEANUP_FREE char *grown = view_ms(grown_ns);

	(void)fprintf(out, "  %s  %s %s %s: %s %s %s ms (+%.0f %%)",
		      cell->scenario, cell->source, arrow(opts), cell->target,
		      before, arrow(opts), after,
		      100.0 * ((double)cell->after.service_ns /
				       (double)cell->before.service_ns -
			       1));
	if (part)
		(void)fprintf(out, ", most of it in %s: +%s ms", part, grown);
	(void)fputc('\n', out);
}

static void print_all_slower(const struct comparison *c,
			     const struct report_opts *opts, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->cells[i].slower;
	if (!n)
		return;
	(void)fprintf(out,
		      "\n%slonger without service, for information: %zu%s\n",
		      ink_on(opts, INK_BOLD), n, ink_off(opts, INK_BOLD));
	for (size_t i = 0; i < c->n; i++) {
		if (c->cells[i].slower)
			print_slower(&c->cells[i], opts, out);
	}
}

static void print_sum(const struct comparison *c, FILE *out)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };
	CLEANUP_FREE char *sum = NULL;

	for (size_t i = 0; i < CHANGE_COUNT; i++) {
		if (c->counts[i])
			str_list_take(&list, xasprintf("%zu %s", c->counts[i],
						       parts[i].sum));
	}
	sum = str_list_join(&list, ", ");
	(void)fprintf(out, "\ncompared %zu cell%s%s%s\n", c->n,
		      c->n == 1 ? "" : "s", c->n ? ": " : "", sum);
}

void compare_print(const struct comparison *comparison,
		   const struct report_opts *opts, FILE *out)
{
	(void)fprintf(out, "before: run %s\nnow:    run %s\n",
		      comparison->before->id, comparison->after->id);
	for (int i = 0; i < CHANGE_COUNT; i++)
		print_part(comparison, (enum compare_change)i, opts, out);
	print_all_slower(comparison, opts, out);
	print_sum(comparison, out);
}
