// SPDX-License-Identifier: Apache-2.0
/* test_ram.c - guests' memory that outlives their QEMU */
#include "runner/ram.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define SIZE_MAX_OF_TEST 65536

static char *a_file(void)
{
	return xasprintf("%s/source", tmpdir_path());
}

static const struct {
	const char *what;
	uint64_t bytes;
	bool clean;
	size_t kept; /* of what was in it */
} uses[] = {
	{ "restored at its size", 4096, false, 4096 },
	{ "restored smaller", 1024, false, 1024 },
	{ "restored larger", 8192, false, 4096 },
	{ "booted", 4096, true, 0 },
	{ "booted larger", 8192, true, 0 },
};

START_TEST(what_was_in_it_stays_but_for_one_that_boots)
{
	CLEANUP_FREE char *path = a_file();
	CLEANUP_FREE char *text = NULL;
	char old[4096];
	size_t len;
	struct err err = ERR_INIT;

	memset(old, 'x', sizeof(old));
	ck_assert_ok(file_write(path, old, sizeof(old), &err), &err);
	ck_assert_ok(ram_file(path, uses[_i].bytes, uses[_i].clean, &err),
		     &err);
	ck_assert_ok(file_read(path, SIZE_MAX_OF_TEST, &text, &len, &err),
		     &err);
	ck_assert_msg(len == uses[_i].bytes, "%s: %zu bytes", uses[_i].what,
		      len);
	for (size_t i = 0; i < len; i++)
		ck_assert_msg(text[i] == (i < uses[_i].kept ? 'x' : '\0'),
			      "%s: byte %zu", uses[_i].what, i);
}
END_TEST

START_TEST(the_first_makes_it_for_its_owner_alone)
{
	CLEANUP_FREE char *path = a_file();
	struct stat st;
	struct err err = ERR_INIT;

	ck_assert_ok(ram_file(path, UINT64_C(1) << 40, false, &err), &err);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, INT64_C(1) << 40);
	ck_assert_int_eq(st.st_blocks, 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
}
END_TEST

START_TEST(it_is_on_huge_pages)
{
	CLEANUP_FREE char *dir = xasprintf("%s/ram", tmpdir_path());
	CLEANUP_FREE char *line = xasprintf(" %s rw,nosuid,nodev,noexec", dir);
	CLEANUP_FREE char *mounts = NULL;
	struct err err = ERR_INIT;

	if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS)) {
		(void)printf("skipped: no mount namespace can be made here\n");
		return;
	}
	(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	ck_assert_ok(ram_mount(dir, &err), &err);
	ck_assert_ok(file_read("/proc/thread-self/mountinfo", 1 << 20, &mounts,
			       NULL, &err),
		     &err);
	ck_assert_has(mounts, line);
	ck_assert_has(strstr(mounts, line), "huge=always");
	ck_assert_int_eq(umount(dir), 0);
}
END_TEST

START_TEST(what_is_in_its_way_is_told)
{
	CLEANUP_FREE char *path = a_file();
	CLEANUP_FREE char *below = xasprintf("%s/ram", path);
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, "x", 1, &err), &err);
	ck_assert_int_eq(ram_mount(below, &err), -1);
	ck_assert_has(err.msg, path);
	ck_assert_int_eq(ram_file(below, 4096, false, &err), -1);
	ck_assert_has(err.msg, below);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/ram");
	TCase *tcase = tcase_create("ram");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, what_was_in_it_stays_but_for_one_that_boots,
			    0, ARRAY_SIZE(uses));
	tcase_add_test(tcase, the_first_makes_it_for_its_owner_alone);
	tcase_add_test(tcase, it_is_on_huge_pages);
	tcase_add_test(tcase, what_is_in_its_way_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
