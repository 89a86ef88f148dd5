// SPDX-License-Identifier: Apache-2.0
/* report_text.c - the report for terminals */
#include "compat/report_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "compat/predict_score.h"

void text_heading(const char *text, const struct report_opts *opts, FILE *out)
{
	(void)fprintf(out, "\n%s%s%s\n", ink_on(opts, INK_BOLD), text,
		      ink_off(opts, INK_BOLD));
}

static void join_host(const struct host_facts *host, struct str_list *parts)
{
	const struct {
		const char *name;
		const char *value;
	} rows[] = {
		{ "kernel ", host->kernel },   { "", host->cpu },
		{ "", host->accel },	       { "QEMU ", host->qemu },
		{ "libvirt ", host->libvirt },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].value)
			str_list_take(parts, xasprintf("%s%s", rows[i].name,
						       rows[i].value));
	}
}

static void print_head(const struct results *results,
		       const struct report_opts *opts, FILE *out)
{
	CLEANUP(str_list_release) struct str_list parts = { 0 };
	CLEANUP_FREE char *host = NULL;

	(void)fprintf(out, "%srun %s%s", ink_on(opts, INK_BOLD), results->id,
		      ink_off(opts, INK_BOLD));
	if (results->started)
		(void)fprintf(out, ", %s to %s", results->started,
			      results->finished ? results->finished :
						  "(not finished)");
	(void)fputc('\n', out);
	join_host(&results->host, &parts);
	host = str_list_join(&parts, ", ");
	if (*host)
		text_wrap("on ", 3, host, opts, out);
}

static void print_retried(const struct view *view,
			  const struct report_opts *opts, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < view->n_cells; i++) {
		const struct result *result = view->cells[i].result;

		if (result->attempts <= 1)
			continue;
		if (!any)
			text_heading("took more than one attempt", opts, out);
		any = true;
		(void)fprintf(out, "  %s: %s at attempt %" PRIu64 "\n",
			      result->id, verdict_words[result->verdict],
			      result->attempts);
	}
}

/* How good it would have been to trust the facts alone. */
static void print_score(const struct results *results, FILE *out)
{
	CLEANUP(score_release) struct score score = { 0 };
	CLEANUP_FREE char *line = NULL;

	score_results(results, &score);
	line = score_line(&score);
	if (line)
		(void)fprintf(out, "%s\n", line);
}

static void print_end(const struct view *view, const struct report_opts *opts,
		      FILE *out)
{
	CLEANUP_FREE char *counts = view_counts(view->counts);
	const struct result *red = view_red(view);
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *id = NULL;

	(void)fprintf(out, "\n%s%zu cell%s%s%s%s\n", ink_on(opts, INK_BOLD),
		      view->n_cells, view->n_cells == 1 ? "" : "s",
		      ink_off(opts, INK_BOLD), *counts ? ": " : "", counts);
	print_score(view->results, out);
	if (!opts->run_dir)
		return;
	(void)fprintf(out, "run folder: %s\n", opts->run_dir);
	if (!red)
		return;
	dir = str_shell_quote(opts->run_dir);
	id = str_shell_quote(red->id);
	(void)fprintf(out, "%s: %s explain %s %s\n",
		      red->verdict == VERDICT_XFAIL ?
			      "the story of an expected failure" :
			      "the story of a red cell",
		      opts->tool ? opts->tool : "crmatrix", dir, id);
}

int report_text(const struct results *results, const struct report_opts *opts,
		FILE *out, struct err *err)
{
	CLEANUP(view_release) struct view view = { 0 };
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	CLEANUP_FREE char *text = NULL;

	view_init(results, &view);
	strbuf_open(&buf);
	print_head(results, opts, buf.f);
	text_grids(&view, opts, buf.f);
	text_machines(&view, opts, buf.f);
	text_notes(&view, opts, buf.f);
	text_remarks(&view, opts, buf.f);
	print_retried(&view, opts, buf.f);
	print_end(&view, opts, buf.f);
	text = strbuf_take(&buf);
	if (!opts->utf8)
		text_to_ascii(text);
	if (fputs(text, out) == EOF)
		return err_errno(err, "write the report");
	return 0;
}
