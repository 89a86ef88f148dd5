// SPDX-License-Identifier: Apache-2.0
/* test_console.c - what a guest's serial console tells of its end */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/console.h"
#include "tests/lib/testing.h"

#define TAIL_BYTES 65536

static const struct {
	const char *name;
	const char *log;
	const char *trouble;
} logs[] = {
	{ "a panic",
	  "[1.0] Kernel panic - not syncing: VFS: no root\r\n[1.1] ---\r\n",
	  "Kernel panic - not syncing: VFS: no root" },
	{ "our init", "crmatrix-init: fatal: no modules disk\n",
	  "crmatrix-init: fatal: no modules disk" },
	{ "memory", "[9] Out of memory: Killed process 12 (redis)\n",
	  "Out of memory: Killed process 12 (redis)" },
	{ "a panic tells more than the bug before it",
	  "BUG: unable to handle page fault\nKernel panic - not syncing: x\n",
	  "Kernel panic - not syncing: x" },
	{ "a line that has no end yet", "Oops: 0002 [#1]", "Oops: 0002 [#1]" },
	{ "control characters", "BUG: \033[31mred\n",
	  "BUG: \xef\xbf\xbd[31mred" },
	{ "all is well", "[1.0] Run /init as init process\n", NULL },
	{ "nothing", "", NULL },
};

START_TEST(a_console_tells_its_trouble)
{
	CLEANUP_FREE char *path = tmpdir_write("console.log", logs[_i].log);
	CLEANUP_FREE char *got = console_trouble(path);

	ck_assert_msg(!got == !logs[_i].trouble &&
			      (!got || strcmp(got, logs[_i].trouble) == 0),
		      "%s: got '%s'", logs[_i].name, got ? got : "nothing");
}
END_TEST

START_TEST(an_absent_console_tells_nothing)
{
	CLEANUP_FREE char *path = tmpdir_join("nothing");

	ck_assert_ptr_null(console_trouble(path));
}
END_TEST

/* Of a long console only the end counts, and that whole. */
START_TEST(only_the_end_of_a_long_console_counts)
{
	static const char sign[] = "BUG: early\n";
	static char log[TAIL_BYTES + 100];
	CLEANUP_FREE char *path = tmpdir_join("console.log");
	CLEANUP_FREE char *got = NULL;
	struct err err = ERR_INIT;

	memset(log, '.', sizeof(log));
	memcpy(log, sign, sizeof(sign) - 1);
	ck_assert_ok(file_write(path, log, sizeof(log), &err), &err);
	ck_assert_ptr_null(console_trouble(path));
	memcpy(log + sizeof(log) - TAIL_BYTES, sign, sizeof(sign) - 1);
	ck_assert_ok(file_write(path, log, sizeof(log), &err), &err);
	got = console_trouble(path);
	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(got, "BUG: early");
}
END_TEST

START_TEST(zero_bytes_do_not_hide_what_follows)
{
	static const char log[] = "\0\0firmware\0BUG: after zeros\0more\n";
	CLEANUP_FREE char *path = tmpdir_join("console.log");
	CLEANUP_FREE char *got = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, log, sizeof(log) - 1, &err), &err);
	got = console_trouble(path);
	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(got, "BUG: after zeros");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/console");
	TCase *tcase = tcase_create("logs");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, a_console_tells_its_trouble, 0,
			    ARRAY_SIZE(logs));
	tcase_add_test(tcase, an_absent_console_tells_nothing);
	tcase_add_test(tcase, only_the_end_of_a_long_console_counts);
	tcase_add_test(tcase, zero_bytes_do_not_hide_what_follows);
	suite_add_tcase(suite, tcase);
	return suite;
}
