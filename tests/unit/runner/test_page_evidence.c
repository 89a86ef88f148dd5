// SPDX-License-Identifier: Apache-2.0
/* test_page_evidence.c - what the page takes of a folder, and what it does not */
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/page_evidence.h"
#include "tests/lib/testing.h"

#define CELL "counter.a.b"
#define DIR "run/cells/" CELL "/attempt-1/"

static void put(const char *name, const char *text)
{
	CLEANUP_FREE char *path = xasprintf(DIR "%s", name);
	char *made = tmpdir_write(path, text);

	free(made);
}

static void make_cell(void)
{
	CLEANUP_FREE char *dir = tmpdir_join(DIR);
	struct observation obs;
	struct err err = ERR_INIT;
	CLEANUP_FREE char *text = NULL;
	json_t *json;

	ck_assert_ok(file_mkdirs(dir, &err), &err);
	observation_init(&obs);
	obs.cell = xstrdup(CELL);
	obs.attempt = 1;
	json = observation_to_json(&obs);
	text = json_dumps(json, 0);
	put("observation.json", text);
	json_decref(json);
	observation_release(&obs);
}

static bool read_cell(const char *id, struct page_evidence *evidence)
{
	CLEANUP_FREE char *run = tmpdir_join("run");
	CLEANUP_FREE char *name = xstrdup(id);
	const struct result cell = { .id = name };

	return page_evidence_read(run, &cell, evidence);
}

START_TEST(logs_and_pictures_are_read)
{
	CLEANUP(page_evidence_release) struct page_evidence evidence;

	make_cell();
	put("dump.log", "one\ntwo\xff\n");
	put("shot.png", "\x89PNG");
	put("other.txt", "x");
	ck_assert(read_cell(CELL, &evidence));
	ck_assert_str_eq(evidence.logs[PAGE_DUMP], "one\ntwo\xef\xbf\xbd\n");
	ck_assert_ptr_null(evidence.logs[PAGE_RESTORE]);
	ck_assert_uint_eq(evidence.n_pictures, 1);
	ck_assert_str_eq(evidence.pictures[0].name, "shot.png");
	ck_assert_uint_eq(evidence.files.n, 4);
}
END_TEST

START_TEST(links_out_of_the_run_are_not_followed)
{
	CLEANUP(page_evidence_release) struct page_evidence evidence;
	CLEANUP_FREE char *secret = tmpdir_write("secret", "s3cret\n");
	CLEANUP_FREE char *log = tmpdir_join(DIR "dump.log");
	CLEANUP_FREE char *picture = tmpdir_join(DIR "a.png");

	make_cell();
	ck_assert_int_eq(symlink(secret, log), 0);
	ck_assert_int_eq(symlink("../../../../secret", picture), 0);
	ck_assert(read_cell(CELL, &evidence));
	ck_assert_ptr_null(evidence.logs[PAGE_DUMP]);
	ck_assert_uint_eq(evidence.n_pictures, 0);
}
END_TEST

START_TEST(a_pipe_is_not_waited_for)
{
	CLEANUP(page_evidence_release) struct page_evidence evidence;
	CLEANUP_FREE char *log = tmpdir_join(DIR "restore.log");

	make_cell();
	ck_assert_int_eq(mkfifo(log, 0600), 0);
	ck_assert(read_cell(CELL, &evidence));
	ck_assert_ptr_null(evidence.logs[PAGE_RESTORE]);
}
END_TEST

START_TEST(too_many_or_too_large_pictures_are_counted)
{
	CLEANUP(page_evidence_release) struct page_evidence evidence;
	CLEANUP_FREE char *large = xcalloc(PAGE_PICTURE_BYTES_MAX + 2, 1);

	make_cell();
	memset(large, 'x', PAGE_PICTURE_BYTES_MAX + 1);
	put("0.png", large);
	for (int i = 1; i <= PAGE_PICTURES_MAX + 1; i++) {
		CLEANUP_FREE char *name = xasprintf("%d.png", i);

		put(name, "p");
	}
	ck_assert(read_cell(CELL, &evidence));
	ck_assert_uint_eq(evidence.n_pictures, PAGE_PICTURES_MAX);
	ck_assert_uint_eq(evidence.n_pictures_out, 2);
}
END_TEST

START_TEST(a_cell_is_no_path)
{
	struct page_evidence evidence;

	make_cell();
	ck_assert(!read_cell("../cells/" CELL, &evidence));
	ck_assert(!read_cell("..", &evidence));
	ck_assert(!read_cell("counter.a.c", &evidence));
}
END_TEST

static const struct {
	const char *run, *page, *href;
} places[] = {
	{ "a/run", "a/run/report.html", "." },
	{ "a/run", "a/report.html", "./run" },
	{ "a/run", "report.html", "./a/run" },
	{ "a/run", "a/runner/report.html", "./../run" },
	{ "a/run", "b/c/report.html", "./../../a/run" },
	{ "a", "a/run/report.html", "./.." },
	{ "a/run", "nowhere/report.html", NULL },
};

START_TEST(a_run_is_found_from_its_page)
{
	static const char *const dirs[] = { "a/run", "a/runner", "b/c" };
	CLEANUP_FREE char *run = tmpdir_join(places[_i].run);
	CLEANUP_FREE char *page = tmpdir_join(places[_i].page);
	CLEANUP_FREE char *href = NULL;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP_FREE char *dir = tmpdir_join(dirs[i]);

		ck_assert_ok(file_mkdirs(dir, &err), &err);
	}
	href = page_href(run, page);
	if (places[_i].href)
		ck_assert_str_eq(href, places[_i].href);
	else
		ck_assert_ptr_null(href);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/page_evidence");
	TCase *tcase = tcase_create("evidence");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, logs_and_pictures_are_read);
	tcase_add_test(tcase, links_out_of_the_run_are_not_followed);
	tcase_add_test(tcase, a_pipe_is_not_waited_for);
	tcase_add_test(tcase, too_many_or_too_large_pictures_are_counted);
	tcase_add_test(tcase, a_cell_is_no_path);
	tcase_add_loop_test(tcase, a_run_is_found_from_its_page, 0,
			    ARRAY_SIZE(places));
	suite_add_tcase(suite, tcase);
	return suite;
}
