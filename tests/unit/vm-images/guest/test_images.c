// SPDX-License-Identifier: Apache-2.0
/* test_images.c - how large the images in a folder are */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static int run(const char *dir, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	const char *argv[] = { path, "--bytes", dir, NULL };

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
	};
	CLEANUP_FREE char *output = NULL;
	CLEANUP_FREE char *below = tmpdir_join("below");

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		free(tmpdir_write(files[i][0], files[i][1]));
	ck_assert_int_eq(mkdir(below, 0755), 0);
	ck_assert_int_eq(run(tmpdir_path(), &output), 0);
	ck_assert_str_eq(output, "13\n");
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

Suite *test_suite(void)
{
	Suite *suite = suite_create("images");
	TCase *tc = tcase_create("bytes");

	tcase_add_checked_fixture(tc, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tc, images_count_and_logs_and_statistics_do_not);
	tcase_add_test(tc, a_folder_that_is_not_there_has_no_size);
	suite_add_tcase(suite, tc);
	return suite;
}
