// SPDX-License-Identifier: Apache-2.0
/* test_collect.c - logs come out of a guest as a tar that tar(1) reads */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/* What the shell is given after the agent collected tmpdir into the file "tar". */
static void collect_then(const char *then, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	CLEANUP_FREE char *tar = tmpdir_join("tar");
	CLEANUP_FREE char *script = xasprintf(
		"\"$0\" --collect \"$1\" \"$1\" 4>\"$2\" && %s", then);
	const char *argv[] = { "sh",	      "-c", script, path,
			       tmpdir_path(), tar,  NULL };

	ck_assert_int_eq(rig_run(argv, ret_output), 0);
}

/* Over two buffers, and no multiple of a block. */
#define LONG (2 * 65536 + 513)

START_TEST(what_criu_wrote_is_in_it)
{
	CLEANUP_FREE char *text = xcalloc(LONG + 1, 1);
	CLEANUP_FREE char *listed = NULL;
	CLEANUP_FREE char *read = NULL;

	for (size_t i = 0; i < LONG; i++)
		text[i] = (char)('a' + i % 23);
	free(tmpdir_write("dump.log", text));
	free(tmpdir_write("stats-dump", ""));
	free(tmpdir_write("core-1.img", "an image"));
	collect_then("tar -tf \"$2\"", &listed);
	ck_assert_str_eq(listed, "8\ndump.log\nstats-dump\n");
	collect_then("tar -xOf \"$2\" dump.log", &read);
	ck_assert_ptr_nonnull(read);
	ck_assert_str_eq(read + strlen("8\n"), text);
}
END_TEST

START_TEST(only_files_are_in_it)
{
	CLEANUP_FREE char *link = tmpdir_join("restore.log");
	CLEANUP_FREE char *folder = tmpdir_join("lazy-pages.log");
	CLEANUP_FREE char *pipe = tmpdir_join("stats-restore");
	CLEANUP_FREE char *listed = NULL;

	free(tmpdir_write("dump.log", "x"));
	ck_assert_int_eq(symlink("/etc/passwd", link), 0);
	ck_assert_int_eq(mkdir(folder, 0755), 0);
	ck_assert_int_eq(mkfifo(pipe, 0600), 0);
	collect_then("tar -tf \"$2\"", &listed);
	ck_assert_str_eq(listed, "0\ndump.log\n");
}
END_TEST

START_TEST(nothing_there_is_no_tar)
{
	CLEANUP_FREE char *output = NULL;

	collect_then("stat -c %s \"$2\"", &output);
	ck_assert_str_eq(output, "0\n0\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("guest/collect");
	TCase *tcase = tcase_create("collect");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, what_criu_wrote_is_in_it);
	tcase_add_test(tcase, only_files_are_in_it);
	tcase_add_test(tcase, nothing_there_is_no_tar);
	suite_add_tcase(suite, tcase);
	return suite;
}
