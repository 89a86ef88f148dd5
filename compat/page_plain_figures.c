// SPDX-License-Identifier: Apache-2.0
/* page_plain_figures.c - downtime, failures and the other run as plain tables */
#include <string.h>

#include "base/mem.h"
#include "compat/page_internal.h"
#include "compat/page_plain.h"
#include "compat/page_stats.h"

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

static uint64_t quantile(const uint64_t *ns, size_t n, double q)
{
	return n ? (uint64_t)quantile_ns(ns, n, q) : UNMEASURED;
}

static void put_figures_row(const struct view *view,
			    const struct view_cell *cells, size_t n, FILE *f)
{
	CLEANUP_FREE uint64_t *ns = NULL;
	size_t n_ns = 0, tried = 0, failed = 0;
	struct rate rate;

	for (size_t i = 0; i < n; i++) {
		const struct result *cell = cells[i].result;

		tried += cell->verdict == VERDICT_PASS ||
			 cell->verdict == VERDICT_FAIL;
		failed += cell->verdict == VERDICT_FAIL;
		if ((cell->verdict == VERDICT_PASS ||
		     cell->verdict == VERDICT_XPASS) &&
		    cell->service_ns != UNMEASURED)
			*VEC_PUSH(ns, n_ns) = cell->service_ns;
	}
	if (n_ns)
		qsort(ns, n_ns, sizeof(*ns), compare_ns);
	rate = rate_of(failed, tried);
	(void)fputs("<tr>", f);
	plain_cell(f, "th scope=\"row\"", view->scenarios[cells->scenario]);
	(void)fprintf(f, "<td>%zu</td>", n_ns);
	put_ms(f, quantile(ns, n_ns, 0));
	put_ms(f, quantile(ns, n_ns, 0.5));
	put_ms(f, quantile(ns, n_ns, 0.95));
	put_ms(f, quantile(ns, n_ns, 1));
	if (tried)
		(void)fprintf(f,
			      "<td>%zu of %zu: %.1f %% (95 %%: %.1f to %.1f "
			      "%%)</td></tr>\n",
			      failed, tried, 100 * rate.share, 100 * rate.low,
			      100 * rate.high);
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

static void put_side(FILE *f, const struct against_side *side)
{
	CLEANUP_FREE char *ms = NULL;

	if (!side->n) {
		(void)fputs("<td>–</td>", f);
		return;
	}
	ms = side->service_ns == UNMEASURED ? NULL : view_ms(side->service_ns);
	(void)fputs("<td>", f);
	page_textf(f, "%zu of %zu moved", side->moved, side->told);
	if (ms)
		page_textf(f, ", %s ms", ms);
	if (side->first->cause)
		page_textf(f, ", %s", side->first->cause->mode);
	(void)fputs("</td>", f);
}

static void put_changes(const struct page_against *against, enum change change,
			FILE *f)
{
	size_t n = 0;

	if (!against->counts[change])
		return;
	(void)fputs("<table><caption>", f);
	page_textf(f, "%s: %zu; %s", change_words[change].title,
		   against->counts[change], change_words[change].meaning);
	(void)fputs("</caption>\n<tr><th scope=\"col\">scenario</th>"
		    "<th scope=\"col\">from</th><th scope=\"col\">to</th>"
		    "<th scope=\"col\">before</th>"
		    "<th scope=\"col\">now</th></tr>\n",
		    f);
	for (size_t i = 0; i < against->n; i++) {
		const struct against_pair *pair = &against->pairs[i];

		if (pair->change != change || n++ >= CHANGES_MAX)
			continue;
		(void)fputs("<tr>", f);
		plain_cell(f, "td", pair->scenario);
		plain_cell(f, "td", pair->source);
		plain_cell(f, "td", pair->target);
		put_side(f, &pair->old);
		put_side(f, &pair->new);
		(void)fputs("</tr>\n", f);
	}
	(void)fputs("</table>\n", f);
	if (n > CHANGES_MAX)
		(void)fprintf(f, "<p>and %zu more</p>\n", n - CHANGES_MAX);
}

void plain_against(const struct page_against *against, FILE *f)
{
	if (!against->old)
		return;
	(void)fputs("<h2>Against ", f);
	page_text(f, against->old->id);
	(void)fprintf(f, "</h2>\n<p>%zu the same.</p>\n",
		      against->counts[CHANGE_SAME]);
	for (int i = 0; i < CHANGE_SAME; i++)
		put_changes(against, (enum change)i, f);
}
