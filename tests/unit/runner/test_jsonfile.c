// SPDX-License-Identifier: Apache-2.0
/* test_jsonfile.c - JSON files of a run: whole or absent */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/jsonfile.h"
#include "tests/lib/testing.h"

START_TEST(what_was_written_is_read)
{
	CLEANUP_FREE char *path = tmpdir_join("a.json");
	json_t *wrote =
		json_pack("{s:f, s:s}", "ms", 12.345, "name", "\xc3\xa9");
	struct err err = ERR_INIT;
	json_t *got = NULL;

	ck_assert_ok(jsonfile_write(path, json_incref(wrote), &err), &err);
	ck_assert_ok(jsonfile_read(path, &got, &err), &err);
	ck_assert(json_equal(wrote, got));
	json_decref(wrote);
	json_decref(got);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error)
{
	CLEANUP_FREE char *path = tmpdir_join("no/a.json");
	struct err err = ERR_INIT;
	json_t *got = NULL;

	ck_assert_err(jsonfile_write(path, json_object(), &err), &err, ERR_SYS,
		      ENOENT);
	ck_assert_err(jsonfile_read(path, &got, &err), &err, ERR_SYS, ENOENT);
	ck_assert_has(err.msg, path);
}
END_TEST

static const struct {
	const char *name;
	const char *text;
	long line;
} bad[] = {
	{ "nothing", "", 1 },
	{ "a cut file", "{\n \"a\": [1,\n", 3 },
	{ "a key twice", "{\n \"a\": 1,\n \"a\": 2\n}\n", 3 },
	{ "more behind it", "{}\n{}\n", 2 },
	{ "invalid UTF-8", "[\"\xff\"]\n", 1 },
};

START_TEST(bad_json_is_told_with_its_place)
{
	CLEANUP_FREE char *path = tmpdir_write("a.json", bad[_i].text);
	CLEANUP_FREE char *place = xasprintf("%s:%ld:", path, bad[_i].line);
	struct err err = ERR_INIT;
	json_t *got = NULL;

	ck_assert_err(jsonfile_read(path, &got, &err), &err, ERR_PARSE,
		      bad[_i].line);
	ck_assert_has(err.msg, place);
	ck_assert_ptr_null(got);
}
END_TEST

START_TEST(of_a_run_what_is_absent_stays_unknown)
{
	CLEANUP_FREE char *path = tmpdir_write(
		"run.json", "{\"id\": \"7\", \"accel\": null, \"started\": 7,"
			    " \"host\": {\"cpu\": \"EPYC\"}, \"more\": []}");
	struct run_info info = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(jsonfile_run_info(tmpdir_path(), &info, &err), &err);
	ck_assert_str_eq(info.id, "7");
	ck_assert_str_eq(info.host.cpu, "EPYC");
	ck_assert_ptr_null(info.accel);
	ck_assert_ptr_null(info.started);
	ck_assert_ptr_null(info.host.kernel);
	run_info_release(&info);
	ck_assert_ptr_null(info.id);
}
END_TEST

START_TEST(a_run_may_be_any_json)
{
	CLEANUP_FREE char *path = tmpdir_write("run.json", "[\"host\"]");
	struct run_info info = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(jsonfile_run_info(tmpdir_path(), &info, &err), &err);
	ck_assert_ptr_null(info.id);
	run_info_release(&info);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/jsonfile");
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, what_was_written_is_read);
	tcase_add_test(tcase, a_folder_that_is_not_there_is_an_error);
	tcase_add_loop_test(tcase, bad_json_is_told_with_its_place, 0,
			    ARRAY_SIZE(bad));
	tcase_add_test(tcase, of_a_run_what_is_absent_stays_unknown);
	tcase_add_test(tcase, a_run_may_be_any_json);
	suite_add_tcase(suite, tcase);
	return suite;
}
