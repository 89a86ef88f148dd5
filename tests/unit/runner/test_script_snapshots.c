// SPDX-License-Identifier: Apache-2.0
/* test_script_snapshots.c - a series of checkpoints, run by a shell with a fake criu */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/script.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static char between[] = "echo between $SNAPSHOT";

/* It notes how it was called, and what an action script would do. */
static const char fake[] = "criu() {\n"
			   "\techo \"$*\" >>$IMAGES/done\n"
			   "\t: >$5/stats-dump\n"
			   "\t[ ! -e $IMAGES/fail ]\n"
			   "}\n"
			   "df() { echo 9999999; }\n";

static struct scenario series(uint64_t count, uint64_t back_to)
{
	return (struct scenario){
		.migration = { .mode = MODE_SNAPSHOTS,
			       .snapshots = { .count = count,
					      .back_to = back_to,
					      .between = between } },
	};
}

/* Number @n of a series, by itself. */
static int run(const struct scenario *s, size_t n, char **ret_done)
{
	CLEANUP_FREE char *script = script_snapshot(s, n);
	CLEANUP_FREE char *text =
		xasprintf("export IMAGES=%s STATE=%s WORKLOAD_PID=$$\n%s"
			  "exec 3>>$IMAGES/done 4>$IMAGES/out\n%s",
			  tmpdir_path(), tmpdir_path(), fake, script);
	CLEANUP_FREE char *path = tmpdir_join("done");
	const char *argv[] = { "sh", "-c", text, NULL };
	CLEANUP_FREE char *output = NULL;
	struct err err = ERR_INIT;
	int status = rig_run(argv, &output);

	ck_assert_ok(file_read(path, 1 << 16, ret_done, NULL, &err), &err);
	ck_assert_int_eq(unlink(path), 0);
	return status;
}

START_TEST(all_but_the_first_are_incremental_and_all_but_the_last_go_on)
{
	struct scenario s = series(3, 1);

	for (size_t n = 1; n <= 3; n++) {
		CLEANUP_FREE char *into =
			xasprintf(" -D %s/%zu ", tmpdir_path(), n);
		CLEANUP_FREE char *parent =
			xasprintf("--prev-images-dir ../%zu", n - 1);
		CLEANUP_FREE char *done = NULL;

		ck_assert_int_eq(run(&s, n, &done), 0);
		ck_assert_has(done, into);
		ck_assert_int_eq(strstr(done, parent) != NULL, n > 1);
		ck_assert_int_eq(strstr(done, "--leave-running") != NULL,
				 n < 3);
		ck_assert_int_eq(strstr(done, "dump-begin") != NULL, n == 3);
		ck_assert_int_eq(strstr(done, "dump-end") != NULL, n == 3);
	}
}
END_TEST

START_TEST(a_failed_one_says_so)
{
	struct scenario s = series(3, 1);
	CLEANUP_FREE char *done = NULL;

	free(tmpdir_write("fail", ""));
	ck_assert_int_ne(run(&s, 1, &done), 0);
}
END_TEST

START_TEST(what_is_done_between_knows_the_number)
{
	struct scenario s = series(3, 1);
	CLEANUP_FREE char *script = script_between(&s, 2);
	const char *argv[] = { "sh", "-c", script, NULL };
	CLEANUP_FREE char *output = NULL;

	ck_assert_int_eq(rig_run(argv, &output), 0);
	ck_assert_str_eq(output, "between 2\n");
}
END_TEST

START_TEST(the_one_that_is_restored_brings_its_files_back)
{
	struct scenario s = series(3, 2);
	CLEANUP_FREE char *restore = script_restore(&s);

	ck_assert_has(restore, "cp -a $IMAGES/2/state/. $STATE/");
	ck_assert_has(restore, "criu restore -d -D $IMAGES/2 ");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/script_snapshots");
	TCase *tcase = tcase_create("series");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(
		tcase,
		all_but_the_first_are_incremental_and_all_but_the_last_go_on);
	tcase_add_test(tcase, a_failed_one_says_so);
	tcase_add_test(tcase, what_is_done_between_knows_the_number);
	tcase_add_test(tcase, the_one_that_is_restored_brings_its_files_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
