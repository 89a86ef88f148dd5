// SPDX-License-Identifier: Apache-2.0
/* page.c - the report as one page for browsers, whole in itself */
#include <string.h>

#include "base/mem.h"
#include "compat/page_assets.h"
#include "compat/page_internal.h"
#include "compat/report_formats.h"

/*
 * DOC: Theory of operation
 *
 * The page is, in this order: plain tables (page_plain.c), hidden where scripts
 * run; data blocks of JSON, one for the results (page_data.c) and one for the
 * story of each cell (page_stories.c), which is parsed when it is opened; the
 * scripts (compat/page/), which draw everything else.
 *
 * Strings from guests and from other people's folders are never markup: C writes
 * them by page_text() and page_json() alone, scripts set textContent alone, and
 * a Content-Security-Policy allows this style sheet and these scripts by their
 * digests, nothing else, and no network.
 */

static void put_head(const struct results *results, FILE *f)
{
	CLEANUP_FREE char *css = page_hash(page_css_begin, page_css_end);
	CLEANUP_FREE char *early = page_hash(page_early_begin, page_early_end);
	CLEANUP_FREE char *js = page_hash(page_js_begin, page_js_end);

	(void)fprintf(f,
		      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" "
		      "content=\"default-src 'none'; style-src %s; "
		      "script-src %s %s; img-src data: blob:; "
		      "base-uri 'none'; form-action 'none'\">\n"
		      "<meta name=\"viewport\" "
		      "content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"referrer\" content=\"no-referrer\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n"
		      "<title>",
		      css, early, js);
	page_textf(f, "crmatrix: %s", results->id);
	(void)fprintf(f,
		      "</title>\n<style>%s</style>\n"
		      "<script>%s</script>\n</head>\n<body>\n",
		      page_css_begin, page_early_begin);
}

/* What is told of what was left out; and that all is here. */
static void put_left(const struct page_left *left, FILE *f)
{
	json_t *json = json_pack("{s:I, s:I, s:I}", "stories",
				 (json_int_t)left->n_stories, "pictures",
				 (json_int_t)left->n_pictures, "drawings",
				 (json_int_t)left->n_drawings);

	page_json(f, "left", json);
	json_decref(json);
}

static void put_body(const struct view *view, const struct report_opts *opts,
		     const struct comparison *against, FILE *f)
{
	CLEANUP(strbuf_release) struct strbuf plain = { 0 };
	json_t *data = page_data(view, opts, against);
	/* Each pair of symbols is begin and end of one object. */
	/* cppcheck-suppress comparePointers */
	size_t scripts = (size_t)(page_js_end - page_js_begin) +
			 /* cppcheck-suppress comparePointers */
			 (size_t)(page_css_end - page_css_begin);
	size_t used = page_json_size(data) + scripts;
	struct page_left left;

	strbuf_open(&plain);
	page_plain(view, opts, against, plain.f);
	(void)fflush(plain.f);
	(void)fwrite(plain.text, 1, plain.len, f);
	used += plain.len;
	page_json(f, "data", data);
	json_decref(data);
	page_stories(view, opts,
		     used < PAGE_BYTES_MAX ? PAGE_BYTES_MAX - used : 0, f,
		     &left);
	put_left(&left, f);
	(void)fprintf(f, "<script>%s</script>\n", page_js_begin);
}

int report_html(const struct results *results, const struct report_opts *opts,
		FILE *out, struct err *err)
{
	CLEANUP(view_release) struct view view = { 0 };
	CLEANUP(comparison_release) struct comparison against = { 0 };
	const struct page_source *page = opts->page;

	view_init(results, &view);
	if (page && page->against)
		compare_runs(page->against, 1, results, &compare_defaults,
			     &against);
	put_head(results, out);
	put_body(&view, opts, against.after ? &against : NULL, out);
	(void)fputs("</body>\n</html>\n", out);
	if (ferror(out))
		return err_errno(err, "write the report");
	return 0;
}
