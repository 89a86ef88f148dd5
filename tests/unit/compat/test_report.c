// SPDX-License-Identifier: Apache-2.0
/* test_report.c - reports of recorded results compared whole */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/results.h"
#include "tests/lib/testing.h"

#define CASE "tests/golden/report/matrix/"
#define EMPTY "tests/golden/report/empty/"
#define RUN_DIR "results/2026-11-20-1742"

/** struct report_case - A report and the file that holds it */
struct report_case {
	const char *input;
	const char *format;
	const char *expected;
	struct report_opts opts;
};

static const struct report_case cases[] = {
	{ CASE "results.json",
	  "text",
	  CASE "expected.txt",
	  { .utf8 = true, .width = 100, .run_dir = RUN_DIR } },
	{ CASE "results.json",
	  "text",
	  CASE "expected-narrow.txt",
	  { .width = 44, .run_dir = RUN_DIR } },
	{ CASE "results.json",
	  "text",
	  CASE "expected-color.txt",
	  { .utf8 = true, .color = true, .run_dir = "it's here" } },
	{ CASE "results.json",
	  "markdown",
	  CASE "expected.md",
	  { .utf8 = true, .run_dir = RUN_DIR } },
	{ CASE "results.json", "csv", CASE "expected.csv", { .utf8 = true } },
	{ CASE "results.json",
	  "junit",
	  CASE "expected.xml",
	  { .run_dir = RUN_DIR } },
	{ CASE "results.json", "tap", CASE "expected.tap", { .width = 1 } },
	{ CASE "results.json",
	  "github",
	  CASE "expected.github",
	  { .width = 1 } },
	{ CASE "results.json",
	  "kcidb",
	  CASE "expected-kcidb.json",
	  { .origin = "fleet" } },
	{ CASE "results.json", "json", CASE "expected.json", { .width = 1 } },
	{ EMPTY "results.json", "text", EMPTY "expected.txt", { .width = 80 } },
	{ EMPTY "results.json", "junit", EMPTY "expected.xml", { 0 } },
	{ EMPTY "results.json", "tap", EMPTY "expected.tap", { 0 } },
	{ EMPTY "results.json", "github", EMPTY "expected.github", { 0 } },
	{ EMPTY "results.json", "kcidb", EMPTY "expected-kcidb.json", { 0 } },
	{ EMPTY "results.json",
	  "markdown",
	  EMPTY "expected.md",
	  { .utf8 = true } },
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

static char *report(const struct results *results, const char *format,
		    const struct report_opts *opts)
{
	struct err err = ERR_INIT;
	struct strbuf buf;

	strbuf_open(&buf);
	ck_assert_ok(report_format_find(format)->write(results, opts, buf.f,
						       &err),
		     &err);
	return strbuf_take(&buf);
}

START_TEST(a_report_is_as_it_was)
{
	const struct report_case *c = &cases[_i];
	struct results results;
	char *got;

	load(c->input, &results);
	got = report(&results, c->format, &c->opts);
	golden_check(c->expected, got);
	free(got);
	results_release(&results);
}
END_TEST

START_TEST(results_are_the_same_after_reading_and_writing)
{
	CLEANUP_FREE char *path = source_path(CASE "results.json");
	json_t *before = json_load_file(path, 0, NULL);
	struct results results;
	json_t *after;

	load(CASE "results.json", &results);
	after = results_to_json(&results);
	ck_assert(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	results_release(&results);
}
END_TEST

START_TEST(plain_text_is_ascii_within_its_width)
{
	struct report_opts opts = { .width = 72 };
	struct results results;
	const char *line;
	char *got;

	load(CASE "results.json", &results);
	got = report(&results, "text", &opts);
	for (const char *p = got; *p; p++)
		ck_assert_msg((unsigned char)*p < 0x80, "at: %.20s", p);
	/* The table of machines is not cut. */
	for (line = got; *line && !strstr(line, "\nmachines"); line++)
		;
	for (line = got; *line && line < strstr(got, "\nmachines");
	     line += strcspn(line, "\n") + 1)
		ck_assert_uint_le(strcspn(line, "\n"), 72);
	free(got);
	results_release(&results);
}
END_TEST

START_TEST(verdicts_are_told_apart_without_colour)
{
	struct report_opts opts = { .width = 0 };
	struct results results;
	char *got;

	load(CASE "results.json", &results);
	got = report(&results, "text", &opts);
	ck_assert_has(got, "ok 796");
	ck_assert_has(got, "FAIL b");
	ck_assert_has(got, "xfail a");
	ck_assert_has(got, "XPASS 8.4");
	ck_assert_has(got, "skip ");
	ck_assert_has(got, "BROKEN ");
	ck_assert_has(got, "not run");
	ck_assert_has(got, "FAIL c 1/4");
	free(got);
	results_release(&results);
}
END_TEST

START_TEST(a_format_that_is_not_there_is_not_found)
{
	ck_assert_ptr_null(report_format_find("pdf"));
	ck_assert_ptr_null(report_format_find(""));
	for (size_t i = 0; i < n_report_formats; i++)
		ck_assert_ptr_eq(report_format_find(report_formats[i].name),
				 &report_formats[i]);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
	struct results results;
	struct report_opts opts = { .width = 80 };
	struct err err = ERR_INIT;
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(full);
	(void)setvbuf(full, NULL, _IONBF, 0);
	load(CASE "results.json", &results);
	for (size_t i = 0; i < n_report_formats; i++)
		ck_assert_msg(report_formats[i].write(&results, &opts, full,
						      &err) == -1,
			      "%s", report_formats[i].name);
	(void)fclose(full);
	results_release(&results);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/report");
	TCase *tcase = tcase_create("reports");

	tcase_add_loop_test(tcase, a_report_is_as_it_was, 0, ARRAY_SIZE(cases));
	tcase_add_test(tcase, results_are_the_same_after_reading_and_writing);
	tcase_add_test(tcase, plain_text_is_ascii_within_its_width);
	tcase_add_test(tcase, verdicts_are_told_apart_without_colour);
	tcase_add_test(tcase, a_format_that_is_not_there_is_not_found);
	tcase_add_test(tcase, a_full_disk_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
