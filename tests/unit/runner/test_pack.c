// SPDX-License-Identifier: Apache-2.0
/* test_pack.c - files on their way into guests, and those that are there */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/child.h"
#include "runner/pack.h"
#include "tests/lib/testing.h"

/* Unpack as a guest does, into a folder "guest". */
static void unpack(const char *tar, size_t len)
{
	CLEANUP_FREE char *file = tmpdir_join("t.tar");
	CLEANUP_FREE char *dir = tmpdir_join("guest");
	const char *argv[] = { "tar", "-xf", file, "-C", dir, NULL };
	struct child_opts opts = { .argv = argv };
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(file, tar, len, &err), &err);
	ck_assert_ok(file_mkdirs(dir, &err), &err);
	ck_assert_ok(child_run(&opts, NULL, &err), &err);
}

static void check_holds(const char *name, const char *wanted)
{
	CLEANUP_FREE char *path = tmpdir_join(name);
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_read(path, 100, &text, NULL, &err), &err);
	ck_assert_str_eq(text, wanted);
}

/* A file whose contents are its name. */
static char *make(const char *dir, const char *last)
{
	CLEANUP_FREE char *folder = tmpdir_join(dir);
	CLEANUP_FREE char *file = xasprintf("%s/%s", dir, last);
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(folder, &err), &err);
	return tmpdir_write(file, last);
}

START_TEST(each_file_comes_under_its_last_name)
{
	CLEANUP(str_list_release) struct str_list files = { 0 };
	CLEANUP_FREE char *tar = NULL;
	struct err err = ERR_INIT;
	size_t len = 0;

	str_list_take(&files, make("a/b", "server"));
	str_list_take(&files, make("c", "with blank"));
	str_list_take(&files, make("c", "-x"));
	str_list_take(&files, make("folder/inner", "deep"));
	free(TAKE(files.v[3]));
	files.v[3] = tmpdir_join("folder/"); /* all of it */
	ck_assert_ok(pack_files(&files, &tar, &len, &err), &err);
	unpack(tar, len);
	check_holds("guest/server", "server");
	check_holds("guest/with blank", "with blank");
	check_holds("guest/-x", "-x");
	check_holds("guest/folder/inner/deep", "deep");
}
END_TEST

START_TEST(programs_stay_programs_and_belong_to_root)
{
	CLEANUP(str_list_release) struct str_list files = { 0 };
	CLEANUP_FREE char *tar = NULL;
	CLEANUP_FREE char *out = tmpdir_join("guest/server");
	struct err err = ERR_INIT;
	struct stat st;
	size_t len = 0;

	str_list_take(&files, make("a", "server"));
	/* Only root can give it away, and then it must be root's again. */
	ck_assert(chown(files.v[0], 1, 1) == 0 || geteuid() != 0);
	ck_assert_int_eq(chmod(files.v[0], 0755), 0);
	ck_assert_ok(pack_files(&files, &tar, &len, &err), &err);
	/* The owner's id in a tar header: seven octal digits at 108. */
	ck_assert_uint_gt(len, 512);
	ck_assert_int_eq(memcmp(tar + 108, "0000000", 7), 0);
	unpack(tar, len);
	ck_assert_int_eq(stat(out, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0755);
}
END_TEST

START_TEST(a_file_that_is_gone_is_an_error)
{
	CLEANUP(str_list_release) struct str_list files = { 0 };
	struct err err = ERR_INIT;
	char *tar = NULL;
	size_t len = 0;

	str_list_take(&files, tmpdir_join("nothing"));
	ck_assert_int_eq(pack_files(&files, &tar, &len, &err), -1);
	ck_assert_int_eq(err.domain, ERR_CHILD);
	ck_assert_has(err.msg, "pack the workload's files");
	ck_assert_has(err.msg, "nothing");
	ck_assert_ptr_null(tar);
}
END_TEST

/* The same name with other contents is another program. */
START_TEST(residents_are_told_by_their_contents)
{
	CLEANUP(residents_release) struct residents residents = { 0 };
	CLEANUP_FREE char *program = make("guest", "counter");
	CLEANUP_FREE char *init = make("guest", "init");
	CLEANUP_FREE char *agent = make("guest", "agent");
	CLEANUP_FREE char *same = make("mine", "counter");
	CLEANUP_FREE char *absent = tmpdir_join("no/counter");
	CLEANUP_FREE char *renamed = tmpdir_join("mine/other");
	struct err err = ERR_INIT;

	ck_assert_int_eq(setenv("CRMATRIX_DATA", tmpdir_path(), 1), 0);
	ck_assert_ok(residents_list(&residents, &err), &err);
	ck_assert_uint_eq(residents.paths.n, 1);
	ck_assert_str_eq(residents.paths.v[0], program);
	ck_assert(residents_have(&residents, program));
	ck_assert(residents_have(&residents, same));
	ck_assert(!residents_have(&residents, absent));
	ck_assert(!residents_have(&residents, init));
	ck_assert(!residents_have(&residents, agent));
	ck_assert_int_eq(rename(same, renamed), 0);
	ck_assert(!residents_have(&residents, renamed));
	free(tmpdir_write("mine/counter", "changed"));
	ck_assert(!residents_have(&residents, same));
}
END_TEST

START_TEST(without_guest_programs_nothing_is_resident)
{
	CLEANUP(residents_release) struct residents residents = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(setenv("CRMATRIX_DATA", "/nonexistent", 1), 0);
	ck_assert_int_eq(residents_list(&residents, &err), -1);
	ck_assert_int_eq(err.domain, ERR_SYS);
	ck_assert(!residents_have(&residents, "/bin/sh"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/pack");
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, each_file_comes_under_its_last_name);
	tcase_add_test(tcase, programs_stay_programs_and_belong_to_root);
	tcase_add_test(tcase, a_file_that_is_gone_is_an_error);
	tcase_add_test(tcase, residents_are_told_by_their_contents);
	tcase_add_test(tcase, without_guest_programs_nothing_is_resident);
	suite_add_tcase(suite, tcase);
	return suite;
}
