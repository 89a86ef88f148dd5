// SPDX-License-Identifier: Apache-2.0
/* test_rundir_place.c - where a new run may be made, and what is said if not */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/rundir.h"
#include "runner/rundir_place.h"
#include "tests/lib/testing.h"

/** struct place - Files to make, a path, and what is said of it; NULL: fit */
struct place {
	const char *name;
	const char *file;
	const char *path;
	const char *message;
};

static const struct place places[] = {
	{ "nothing is there", NULL, "run", NULL },
	{ "nor anything above", NULL, "a/b/run", NULL },
	{ "a lock file that nobody holds", "run/lock", "run", NULL },
	{ "a file in its place", "run", "run", "is a file" },
	{ "a file above", "a", "a/run", "Not a directory" },
	{ "a run", "run/plan.json", "run", "holds a run already" },
	{ "something else", "run/notes", "run", "holds no run" },
};

START_TEST(what_is_not_fit_is_said_and_nothing_is_made)
{
	const struct place *c = &places[_i];
	CLEANUP_FREE char *run = tmpdir_join("run");
	CLEANUP_FREE char *path = tmpdir_join(c->path);
	CLEANUP_FREE char *file = NULL;
	struct str_list names CLEANUP(str_list_release) = { 0 };
	struct err err = ERR_INIT;
	int status;

	if (c->file && strchr(c->file, '/'))
		ck_assert_ok(file_mkdirs(run, &err), &err);
	if (c->file)
		file = tmpdir_write(c->file, "");
	status = rundir_check(path, &err);
	ck_assert_msg(status == (c->message ? -1 : 0), "%s: %s", c->name,
		      err.msg);
	if (c->message) {
		ck_assert_int_eq(err.domain, ERR_INPUT);
		ck_assert_has(err.msg, c->message);
	}
	ck_assert_ok(file_list(tmpdir_path(), &names, &err), &err);
	ck_assert_uint_eq(names.n, c->file ? 1 : 0);
}
END_TEST

START_TEST(a_folder_that_is_in_use_is_said_to_be)
{
	CLEANUP_FREE char *run = tmpdir_join("run");
	CLEANUP_FREE char *lock = NULL;
	CLEANUP_FD int fd = -1;
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(run, &err), &err);
	lock = tmpdir_write("run/lock", "");
	fd = open(lock, O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_err(rundir_check(run, &err), &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "another process runs in");
}
END_TEST

START_TEST(no_name_is_no_folder)
{
	struct err err = ERR_INIT;

	ck_assert_err(rundir_check("", &err), &err, ERR_INPUT, 0);
	ck_assert_ok(rundir_check(NULL, &err), &err);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/rundir_place");
	TCase *tcase = tcase_create("places");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, what_is_not_fit_is_said_and_nothing_is_made,
			    0, ARRAY_SIZE(places));
	tcase_add_test(tcase, a_folder_that_is_in_use_is_said_to_be);
	tcase_add_test(tcase, no_name_is_no_folder);
	suite_add_tcase(suite, tcase);
	return suite;
}
