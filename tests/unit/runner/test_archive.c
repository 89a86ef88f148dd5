// SPDX-License-Identifier: Apache-2.0
/* test_archive.c - images that are kept are those that were dumped */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/archive.h"
#include "tests/lib/testing.h"

#define BYTES "what a dump left"

static char name[] = "counter";
static char source_name[] = "a";

static void save(const char *bytes)
{
	struct scenario scenario = { .name = name };
	struct machine source = { .name = source_name };
	struct cell cell = { .scenario = &scenario, .source = &source };
	CLEANUP_FREE char *path =
		xasprintf("%s/" ARCHIVE_IMAGES, tmpdir_path());
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, bytes, strlen(bytes), &err), &err);
	ck_assert_ok(archive_save(tmpdir_path(), &cell, 20101, &err), &err);
}

START_TEST(what_was_kept_comes_back)
{
	CLEANUP_FREE char *tar = NULL;
	struct err err = ERR_INIT;
	size_t len;
	long pid;

	save(BYTES);
	ck_assert_ok(archive_load(tmpdir_path(), &tar, &len, &pid, &err), &err);
	ck_assert_uint_eq(len, strlen(BYTES));
	ck_assert_mem_eq(tar, BYTES, len);
	ck_assert_int_eq(pid, 20101);
}
END_TEST

/* Nobody's pair is to be blamed for it. */
START_TEST(damaged_images_are_refused)
{
	CLEANUP_FREE char *path =
		xasprintf("%s/" ARCHIVE_IMAGES, tmpdir_path());
	CLEANUP_FREE char *tar = NULL;
	struct err err = ERR_INIT;
	size_t len;
	long pid;

	save(BYTES);
	ck_assert_ok(file_write(path, "x", 1, &err), &err);
	ck_assert_err(archive_load(tmpdir_path(), &tar, &len, &pid, &err), &err,
		      ERR_PARSE, 0);
	ck_assert_has(err.msg, "damaged");
}
END_TEST

START_TEST(a_note_of_something_else_is_refused)
{
	CLEANUP_FREE char *note = xasprintf("%s/archive.json", tmpdir_path());
	CLEANUP_FREE char *tar = NULL;
	struct err err = ERR_INIT;
	size_t len;
	long pid;

	save(BYTES);
	ck_assert_ok(file_write(note, "{\"pid\": 0}", 10, &err), &err);
	ck_assert_err(archive_load(tmpdir_path(), &tar, &len, &pid, &err), &err,
		      ERR_PARSE, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/archive");
	TCase *tcase = tcase_create("archive");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, what_was_kept_comes_back);
	tcase_add_test(tcase, damaged_images_are_refused);
	tcase_add_test(tcase, a_note_of_something_else_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
