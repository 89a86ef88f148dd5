// SPDX-License-Identifier: Apache-2.0
/* page_plain_figures.c - downtime, failures and the other run as plain tables */
#include <inttypes.h>

#include "base/mem.h"
#include "compat/page_internal.h"
#include "compat/page_plain.h"

/* Of each change between two runs so many pairs. */
#define CHANGES_MAX 200

static void put_ms(FILE *f, uint64_t ns)
{
	CLEANUP_FREE char *ms = ns == UNMEASURED ? NULL : view_ms(ns);

	(void)fprintf(f, "<td>%s%s</td>", ms ? ms : "–", ms ? " ms" : "");
}

static int compare_ns(const void *x, const void *y)
{
	const uint64_t *a = x;
	const uint64_t *b = y;

	return (*a > *b) - (*a < *b);
}

/* Of sorted values, between two by their distance. */
static uint64_t quantile(const uint64_t *ns, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t below = (size_t)at;
	size_t above = below + 1 < n ? below + 1 : below;
	double part = at - (double)below;

	return (uint64_t)((double)ns[below] * (1 - part) +
			  (double)ns[above] * part);
}

static void put_quantile(FILE *f, const uint64_t *ns, size_t n, double q)
{
	put_ms(f, n ? quantile(ns, n, q) : UNMEASURED);
}

static void put_figures_row(const struct view *view,
			    const struct view_cell *cells, size_t n, FILE *f)
{
	CLEANUP_FREE uint64_t *ns = NULL;
	size_t n_ns = 0;
	struct trials trials = { 0 };
	struct interval bounds;

	for (size_t i = 0; i < n; i++) {
		const struct result *cell = cells[i].result;

		trials.runs += cell->verdict == VERDICT_PASS ||
			       cell->verdict == VERDICT_FAIL;
		trials.failed += cell->verdict == VERDICT_FAIL;
		if ((cell->verdict == VERDICT_PASS ||
		     cell->verdict == VERDICT_XPASS) &&
		    cell->service_ns != UNMEASURED)
			*VEC_PUSH(ns, n_ns) = cell->service_ns;
	}
	if (n_ns)
		qsort(ns, n_ns, sizeof(*ns), compare_ns);
	bounds = stats_wilson(trials);
	(void)fputs("<tr>", f);
	plain_cell(f, "th scope=\"row\"", view->scenarios[cells->scenario]);
	(void)fprintf(f, "<td>%zu</td>", n_ns);
	put_quantile(f, ns, n_ns, 0);
	put_quantile(f, ns, n_ns, 0.5);
	put_quantile(f, ns, n_ns, 0.95);
	put_quantile(f, ns, n_ns, 1);
	if (trials.runs)
		(void)fprintf(f,
			      "<td>%" PRIu64 " of %" PRIu64
			      ": %.1f %% (95 %%: %.1f to %.1f %%)</td></tr>\n",
			      trials.failed, trials.runs,
			      100 * (double)trials.failed / (double)trials.runs,
			      100 * bounds.low, 100 * bounds.high);
	else
		(void)fputs("<td>–</td></tr>\n", f);
}

void plain_figures(const struct view *view, FILE *f)
{
	(void)fputs("<h2>Downtime and failures</h2>\n<table><caption>What the "
		    "clients waited where it passed, and how often it failed "
		    "that was expected to pass</caption>\n<tr>"
		    "<th scope=\"col\">scenario</th>"
		    "<th scope=\"col\">measured</th>"
		    "<th scope=\"col\">least</th>"
		    "<th scope=\"col\">median</th><th scope=\"col\">95 % "
		    "within</th><th scope=\"col\">most</th>"
		    "<th scope=\"col\">failed</th></tr>\n",
		    f);
	plain_each_scenario(view, f, put_figures_row);
	(void)fputs("</table>\n", f);
}

/* --- The other run ----------------------------------------------------------- */

static void put_side(FILE *f, const struct compare_side *side)
{
	CLEANUP_FREE char *counts = NULL;
	CLEANUP_FREE char *ms = NULL;

	if (!side->n) {
		(void)fputs("<td>–</td>", f);
		return;
	}
	counts = view_counts(side->counts);
	ms = side->service_ns == UNMEASURED ? NULL : view_ms(side->service_ns);
	(void)fputs("<td>", f);
	page_text(f, counts);
	if (ms)
		page_textf(f, ", %s ms", ms);
	(void)fputs("</td>", f);
}

static void put_row(const struct compare_cell *cell, FILE *f)
{
	(void)fputs("<tr>", f);
	plain_cell(f, "td", cell->scenario);
	plain_cell(f, "td", cell->source);
	plain_cell(f, "td", cell->target);
	put_side(f, &cell->before);
	put_side(f, &cell->after);
	(void)fputs("</tr>\n", f);
}

static bool is_slower(const struct compare_cell *cell, int change)
{
	(void)change;
	return cell->slower;
}

static bool has_change(const struct compare_cell *cell, int change)
{
	return cell->change == (enum compare_change)change;
}

static void put_changes(const struct comparison *against, const char *title,
			const char *meaning,
			bool (*fits)(const struct compare_cell *cell,
				     int change),
			int change, FILE *f)
{
	size_t n = 0;

	for (size_t i = 0; i < against->n; i++)
		n += fits(&against->cells[i], change);
	if (!n)
		return;
	(void)fputs("<table><caption>", f);
	page_textf(f, "%s: %zu; %s", title, n, meaning);
	(void)fputs("</caption>\n<tr><th scope=\"col\">scenario</th>"
		    "<th scope=\"col\">from</th><th scope=\"col\">to</th>"
		    "<th scope=\"col\">before</th>"
		    "<th scope=\"col\">now</th></tr>\n",
		    f);
	n = 0;
	for (size_t i = 0; i < against->n; i++)
		if (fits(&against->cells[i], change) && n++ < CHANGES_MAX)
			put_row(&against->cells[i], f);
	(void)fputs("</table>\n", f);
	if (n > CHANGES_MAX)
		(void)fprintf(f, "<p>and %zu more</p>\n", n - CHANGES_MAX);
}

void plain_against(const struct comparison *against, FILE *f)
{
	if (!against)
		return;
	(void)fputs("<h2>Against ", f);
	page_text(f, against->before->id);
	(void)fprintf(f, "</h2>\n<p>%zu the same.</p>\n",
		      against->counts[CHANGE_SAME]);
	for (int i = 0; i < CHANGE_SAME; i++)
		put_changes(against, page_changes[i].title,
			    page_changes[i].meaning, has_change, i, f);
	put_changes(against, "Slower", "its clients wait longer", is_slower, 0,
		    f);
}
