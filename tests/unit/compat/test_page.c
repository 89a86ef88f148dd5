// SPDX-License-Identifier: Apache-2.0
/* test_page.c - the page: strangers' strings stay strings, and it stays small */
#include <string.h>

#include "base/mem.h"
#include "compat/page_assets.h"
#include "compat/page_internal.h"
#include "tests/lib/testing.h"

#define MATRIX "tests/golden/report/matrix/"

static const char *const hostile[] = {
	"</script><script>alert(1)</script>",
	"<!--<script>",
	"\"><img src=x onerror='alert(1)'>",
	"javascript:alert(1)",
	"a\xe2\x80\xa8z\xe2\x80\xa9",
	"\xff\xfe\xc3(",
	"</style></table>&lt;",
};

static void load(const char *relative, struct results *results)
{
	CLEANUP_FREE char *path = source_path(relative);
	json_t *json = json_load_file(path, 0, NULL);
	struct err err = ERR_INIT;

	ck_assert_msg(json != NULL, "%s is no JSON", path);
	ck_assert_ok(results_from_json(json, results, &err), &err);
	json_decref(json);
}

static char *write_page(const struct results *results,
			const struct page_source *page)
{
	struct report_opts opts = { .utf8 = true,
				    .run_dir = "results/run",
				    .page = page };
	struct err err = ERR_INIT;
	struct strbuf buf;

	strbuf_open(&buf);
	ck_assert_ok(report_format_find("html")->write(results, &opts, buf.f,
						       &err),
		     &err);
	return strbuf_take(&buf);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

/* The data block of that id, parsed; a new reference. */
static json_t *block(const char *page, const char *id)
{
	CLEANUP_FREE char *head =
		xasprintf("<script type=\"application/json\" id=\"%s\">", id);
	const char *begin = strstr(page, head);
	const char *end = begin ? strstr(begin, "</script>") : NULL;
	json_t *json;

	if (!begin)
		return NULL;
	begin += strlen(head);
	ck_assert_ptr_nonnull(end);
	ck_assert_ptr_null(memchr(begin, '<', (size_t)(end - begin)));
	ck_assert_ptr_null(memchr(begin, '&', (size_t)(end - begin)));
	json = json_loadb(begin, (size_t)(end - begin), 0, NULL);
	ck_assert_msg(json != NULL, "%s is no JSON", id);
	return json;
}

START_TEST(the_plain_tables_are_as_they_were)
{
	struct results results;
	struct report_opts opts = { .utf8 = true, .run_dir = "results/run" };
	CLEANUP(view_release) struct view view = { 0 };
	CLEANUP(comparison_release) struct comparison against = { 0 };
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	load(MATRIX "results.json", &results);
	view_init(&results, &view);
	compare_runs(&results, 1, &results, &compare_defaults, &against);
	strbuf_open(&buf);
	page_plain(&view, &opts, &against, buf.f);
	text = strbuf_take(&buf);
	golden_check(MATRIX "expected-plain.html", text);
	results_release(&results);
}
END_TEST

static void replace(char **text, const char *with)
{
	free(*text);
	*text = xstrdup(with);
}

START_TEST(a_string_is_no_markup)
{
	const char *bad = hostile[_i];
	struct results results;
	struct result *cell;
	CLEANUP_FREE char *clean = str_utf8_clean(bad, strlen(bad));
	CLEANUP_FREE char *tame = NULL;
	CLEANUP_FREE char *page = NULL;
	json_t *data;

	load(MATRIX "results.json", &results);
	tame = write_page(&results, NULL);
	cell = &results.cells[0];
	replace(&cell->scenario, bad);
	replace(&cell->reason, bad);
	replace(&cell->link, bad);
	replace(&cell->cause->title, bad);
	replace(&cell->cause->known, bad);
	replace(&results.id, bad);
	replace(&results.machines[0].name, bad);
	page = write_page(&results, NULL);
	/* As many tags that could do something as there were. */
	ck_assert_uint_eq(count(page, "<script"), count(tame, "<script"));
	ck_assert_uint_eq(count(page, "</script"), count(tame, "</script"));
	ck_assert_uint_eq(count(page, "<!--"), count(tame, "<!--"));
	ck_assert_uint_eq(count(page, "<img"), count(tame, "<img"));
	ck_assert_uint_eq(count(page, "</style"), count(tame, "</style"));
	ck_assert_uint_eq(count(page, "href=\"javascript"), 0);
	data = block(page, "data");
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(data, "run"), "id")),
			 clean);
	json_decref(data);
	results_release(&results);
}
END_TEST

START_TEST(no_line_separator_is_in_a_data_block)
{
	json_t *json = json_pack("{s:s}", "a", "\xe2\x80\xa8</\xe2\x80\xa9");
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	page_json(buf.f, "x", json);
	text = strbuf_take(&buf);
	ck_assert_str_eq(text, "<script type=\"application/json\" id=\"x\">"
			       "{\"a\":\"\\u2028\\u003c/\\u2029\"}"
			       "</script>\n");
	json_decref(json);
}
END_TEST

START_TEST(only_links_to_the_web_are_links)
{
	static const struct {
		const char *url, *html;
	} cases[] = {
		{ "javascript:alert(1)", "javascript:alert(1)" },
		{ "data:text/html,x", "data:text/html,x" },
		{ "https://a/\"b", "<a rel=\"noopener noreferrer\" "
				   "href=\"https://a/&quot;b\">"
				   "https://a/&quot;b</a>" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *text = NULL;
		struct strbuf buf;

		strbuf_open(&buf);
		page_link(buf.f, cases[i].url);
		text = strbuf_take(&buf);
		ck_assert_str_eq(text, cases[i].html);
	}
}
END_TEST

START_TEST(what_is_built_in_cannot_end_its_element)
{
	ck_assert_uint_eq(count(page_css_begin, "</"), 0);
	ck_assert_uint_eq(count(page_early_begin, "</script"), 0);
	ck_assert_uint_eq(count(page_js_begin, "</script"), 0);
	ck_assert_uint_eq(count(page_js_begin, "<!--"), 0);
	/* Begin and end of one object. */
	ck_assert_uint_eq(strlen(page_js_begin),
			  /* cppcheck-suppress comparePointers */
			  (size_t)(page_js_end - page_js_begin));
	/* Data becomes part of the page as text alone. */
	ck_assert_uint_eq(count(page_js_begin, "innerHTML"), 0);
	ck_assert_uint_eq(count(page_js_begin, "insertAdjacentHTML"), 0);
	ck_assert_uint_eq(count(page_js_begin, "document.write"), 0);
	ck_assert_uint_eq(count(page_js_begin, "eval("), 0);
}
END_TEST

/* Of each cell the same: a log that is long, with a cause in its middle. */
static bool long_logs(void *arg, const struct result *cell,
		      struct page_evidence *ret_evidence)
{
	struct strbuf buf;

	(void)cell;
	*ret_evidence = (struct page_evidence){ 0 };
	strbuf_open(&buf);
	for (int i = 0; i < 100; i++)
		(void)fprintf(buf.f, "%d %0290d\n", i, i);
	ret_evidence->logs[PAGE_RESTORE] = strbuf_take(&buf);
	str_list_add(&ret_evidence->files, "restore.log");
	++*(size_t *)arg;
	return true;
}

static void fill_cell(size_t i, struct result *cell)
{
	cell->id = xasprintf("counter.m%zu.m0", i);
	cell->scenario = xstrdup("counter");
	cell->source = xasprintf("m%zu", i % 50);
	cell->target = xasprintf("m%zu", i / 50);
	cell->verdict = VERDICT_XFAIL;
	cell->service_ns = UNMEASURED;
	cell->cause = xnew(struct cause);
	cell->cause->mode = xstrdup("m");
	cell->cause->title = xstrdup("t");
	cell->cause->file = xstrdup("restore.log:50");
}

START_TEST(what_has_no_room_is_left_out_and_told)
{
	struct results results = { .id = xstrdup("run") };
	size_t asked = 0;
	const struct page_source source = { .evidence = long_logs,
					    .arg = &asked };
	CLEANUP_FREE char *page = NULL;
	json_t *left;

	for (size_t i = 0; i < 2500; i++)
		fill_cell(i, VEC_PUSH(results.cells, results.n_cells));
	page = write_page(&results, &source);
	ck_assert_uint_lt(strlen(page), 10UL << 20);
	left = block(page, "left");
	ck_assert_int_gt(json_integer_value(json_object_get(left, "stories")),
			 100);
	ck_assert_uint_gt(asked, 100);
	json_decref(left);
	results_release(&results);
}
END_TEST

START_TEST(an_excerpt_is_around_the_line_that_is_the_cause)
{
	struct cause cause = { .file = (char[]){ "restore.log:50" } };
	struct result cell = { .verdict = VERDICT_FAIL, .cause = &cause };
	struct page_evidence evidence;
	size_t asked = 0;
	json_t *excerpts;
	const json_t *log;

	(void)long_logs(&asked, &cell, &evidence);
	excerpts = page_excerpts(&cell, &evidence);
	ck_assert_uint_eq(json_array_size(excerpts), 1);
	log = json_array_get(excerpts, 0);
	ck_assert_int_eq(json_integer_value(json_object_get(log, "mark")), 50);
	ck_assert_int_eq(json_integer_value(json_object_get(log, "first")), 40);
	ck_assert_uint_eq(json_array_size(json_object_get(log, "lines")), 21);
	ck_assert_has(json_string_value(json_array_get(
			      json_object_get(log, "lines"), 10)),
		      "49 0000");
	json_decref(excerpts);
	page_evidence_release(&evidence);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/page");
	TCase *tcase = tcase_create("page");

	tcase_add_test(tcase, the_plain_tables_are_as_they_were);
	tcase_add_loop_test(tcase, a_string_is_no_markup, 0,
			    ARRAY_SIZE(hostile));
	tcase_add_test(tcase, no_line_separator_is_in_a_data_block);
	tcase_add_test(tcase, only_links_to_the_web_are_links);
	tcase_add_test(tcase, what_is_built_in_cannot_end_its_element);
	tcase_add_test(tcase, what_has_no_room_is_left_out_and_told);
	tcase_add_test(tcase, an_excerpt_is_around_the_line_that_is_the_cause);
	suite_add_tcase(suite, tcase);
	return suite;
}
