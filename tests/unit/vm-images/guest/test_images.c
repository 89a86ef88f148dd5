// SPDX-License-Identifier: Apache-2.0
/* test_images.c - how large the images in a folder are */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static int run_tool(const char *option, const char *of, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	const char *argv[] = { path, option, of, NULL };

	return rig_run(argv, ret_output);
}

static int run(const char *dir, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	const char *argv[] = {
		"sh", "-c", "exec \"$0\" --collect \"$1\" \"$1\" 4>/dev/null",
		path, dir,  NULL
	};

	return rig_run(argv, ret_output);
}

START_TEST(images_count_and_logs_and_statistics_do_not)
{
	static const char *const files[][2] = {
		{ "pages-1.img", "0123456789" },
		{ "core-1.img", "01" },
		{ "dump.log", "01234567" },
		{ "stats-dump", "0123456" },
		{ "log", "0" },
		{ "below/pages-2.img", "0123" },
		{ "below/restore.log", "01234" },
	};
	CLEANUP_FREE char *output = NULL;
	CLEANUP_FREE char *below = tmpdir_join("below");
	CLEANUP_FREE char *link = tmpdir_join("parent");

	ck_assert_int_eq(mkdir(below, 0755), 0);
	ck_assert_int_eq(symlink("below", link), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		free(tmpdir_write(files[i][0], files[i][1]));
	ck_assert_int_eq(run(tmpdir_path(), &output), 0);
	ck_assert_str_eq(output, "17\n");
}
END_TEST

START_TEST(a_folder_that_is_not_there_has_no_size)
{
	CLEANUP_FREE char *output = NULL;
	CLEANUP_FREE char *none = tmpdir_join("none");

	ck_assert_int_eq(run(none, &output), 1);
	ck_assert_str_eq(output, "");
}
END_TEST

static void set_written(const char *path, int64_t ago_s)
{
	struct timespec now;
	struct timespec times[2];

	ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &now), 0);
	now.tv_sec -= ago_s;
	times[0] = times[1] = now;
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(a_file_is_as_old_as_its_last_write)
{
	CLEANUP_FREE char *path = tmpdir_write("stats-dump", "x");
	CLEANUP_FREE char *output = NULL;
	uint64_t age_ns;

	set_written(path, 100);
	ck_assert_int_eq(run_tool("--age", path, &output), 0);
	ck_assert_msg(str_u64(str_trim(output), &age_ns), "%s", output);
	ck_assert_uint_ge(age_ns, 100 * NS_PER_S);
	ck_assert_uint_lt(age_ns, 160 * NS_PER_S);
}
END_TEST

START_TEST(a_file_of_tomorrow_has_no_age)
{
	CLEANUP_FREE char *path = tmpdir_write("stats-dump", "x");
	CLEANUP_FREE char *output = NULL;

	set_written(path, -1000);
	ck_assert_int_eq(run_tool("--age", path, &output), 1);
	ck_assert_str_eq(output, "");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("images");
	TCase *tc = tcase_create("bytes");

	tcase_add_checked_fixture(tc, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tc, images_count_and_logs_and_statistics_do_not);
	tcase_add_test(tc, a_folder_that_is_not_there_has_no_size);
	tcase_add_test(tc, a_file_is_as_old_as_its_last_write);
	tcase_add_test(tc, a_file_of_tomorrow_has_no_age);
	suite_add_tcase(suite, tc);
	return suite;
}
