// SPDX-License-Identifier: Apache-2.0
/* test_file.c - whole files, whole or absent */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

/* How many names the test's own directory holds. */
static size_t count_entries(void)
{
	struct str_list names = { 0 };
	struct err err = ERR_INIT;
	size_t n;

	ck_assert_ok(file_list(tmpdir_path(), &names, &err), &err);
	n = names.n;
	str_list_release(&names);
	return n;
}

START_TEST(what_is_written_is_read_back)
{
	CLEANUP_FREE char *path = tmpdir_join("file");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;
	struct stat st;
	size_t len;

	ck_assert_ok(file_write(path, "a\0b", 3, &err), &err);
	ck_assert_ok(file_read(path, 3, &text, &len, &err), &err);
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(text, "a\0b", 4);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0600, 0600);
	ck_assert_uint_eq(count_entries(), 1);
}
END_TEST

START_TEST(a_file_is_replaced_whole)
{
	CLEANUP_FREE char *path = tmpdir_write("file", "a long old text");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, "new", 3, &err), &err);
	ck_assert_ok(file_read(path, 100, &text, NULL, &err), &err);
	ck_assert_str_eq(text, "new");
	ck_assert_uint_eq(count_entries(), 1);
}
END_TEST

START_TEST(a_failed_write_leaves_the_old_file)
{
	static const char much[8192];
	const struct rlimit limit = { 4096, 4096 };
	CLEANUP_FREE char *path = tmpdir_write("file", "old");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_err(file_write(path, much, sizeof(much), &err), &err, ERR_SYS,
		      EFBIG);
	ck_assert_has(err.msg, path);
	ck_assert_ok(file_read(path, 100, &text, NULL, &err), &err);
	ck_assert_str_eq(text, "old");
	ck_assert_uint_eq(count_entries(), 1);
}
END_TEST

START_TEST(an_absent_directory_is_an_error_to_write_into)
{
	CLEANUP_FREE char *path = tmpdir_join("absent/file");
	struct err err = ERR_INIT;

	ck_assert_err(file_write(path, "x", 1, &err), &err, ERR_SYS, ENOENT);
}
END_TEST

START_TEST(a_file_over_the_limit_is_refused)
{
	CLEANUP_FREE char *path = tmpdir_write("file", "four");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_err(file_read(path, 3, &text, NULL, &err), &err, ERR_INPUT,
		      0);
	ck_assert_ptr_null(text);
	ck_assert_ok(file_read(path, 4, &text, NULL, &err), &err);
}
END_TEST

START_TEST(a_file_without_a_size_is_read_whole)
{
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;
	size_t len;

	ck_assert_ok(file_read("/proc/kallsyms", 1U << 26, &text, &len, &err),
		     &err);
	ck_assert_uint_gt(len, 100000);
	ck_assert_uint_eq(strlen(text), len);
}
END_TEST

START_TEST(an_empty_file_is_an_empty_string)
{
	CLEANUP_FREE char *path = tmpdir_write("file", "");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_read(path, 0, &text, NULL, &err), &err);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused)
{
	CLEANUP_FREE char *fifo = tmpdir_join("fifo");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_err(file_read(fifo, 10, &text, NULL, &err), &err, ERR_INPUT,
		      0);
	ck_assert_err(file_read(tmpdir_path(), 10, &text, NULL, &err), &err,
		      ERR_INPUT, 0);
	ck_assert_err(file_read("/nowhere/x", 10, &text, NULL, &err), &err,
		      ERR_SYS, ENOENT);
}
END_TEST

START_TEST(directories_are_made_with_their_parents)
{
	CLEANUP_FREE char *path = tmpdir_join("a//b/c/");
	CLEANUP_FREE char *made = tmpdir_join("a/b/c");
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(path, &err), &err);
	ck_assert_ok(file_mkdirs(path, &err), &err);
	ck_assert(file_exists(made));
}
END_TEST

START_TEST(a_file_in_the_way_of_a_directory_is_an_error)
{
	CLEANUP_FREE char *file = tmpdir_write("file", "x");
	CLEANUP_FREE char *below = tmpdir_join("file/b");
	struct err err = ERR_INIT;

	ck_assert_err(file_mkdirs(below, &err), &err, ERR_SYS, ENOTDIR);
	ck_assert_err(file_mkdirs(file, &err), &err, ERR_SYS, ENOTDIR);
	ck_assert_err(file_mkdirs("", &err), &err, ERR_SYS, ENOENT);
}
END_TEST

START_TEST(a_tree_is_removed_but_not_what_its_links_point_to)
{
	CLEANUP_FREE char *outside = tmpdir_write("outside", "x");
	CLEANUP_FREE char *tree = tmpdir_join("tree");
	CLEANUP_FREE char *deep = tmpdir_join("tree/a/b");
	CLEANUP_FREE char *link = tmpdir_join("tree/a/link");
	CLEANUP_FREE char *dir_link = tmpdir_join("tree/dir");
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(deep, &err), &err);
	ck_assert_int_eq(symlink(outside, link), 0);
	ck_assert_int_eq(symlink(tmpdir_path(), dir_link), 0);
	ck_assert_ok(file_rmtree(tree, &err), &err);
	ck_assert(!file_exists(tree));
	ck_assert(file_exists(outside));
	ck_assert_ok(file_rmtree(tree, &err), &err);
}
END_TEST

START_TEST(a_link_to_a_tree_goes_and_the_tree_stays)
{
	CLEANUP_FREE char *tree = tmpdir_join("tree");
	CLEANUP_FREE char *link = tmpdir_join("link");
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(tree, &err), &err);
	ck_assert_int_eq(symlink(tree, link), 0);
	ck_assert_ok(file_rmtree(link, &err), &err);
	ck_assert(file_exists(tree));
	ck_assert(!file_exists(link));
}
END_TEST

START_TEST(names_are_listed_in_order)
{
	struct str_list names = { 0 };
	CLEANUP_FREE char *b = tmpdir_write("b", "");
	CLEANUP_FREE char *hidden = tmpdir_write(".a", "");
	CLEANUP_FREE char *upper = tmpdir_write("C", "");
	CLEANUP_FREE char *joined = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_list(tmpdir_path(), &names, &err), &err);
	joined = str_list_join(&names, " ");
	str_list_release(&names);
	ck_assert_str_eq(joined, ".a C b");
	ck_assert_err(file_list("/nowhere", &names, &err), &err, ERR_SYS,
		      ENOENT);
}
END_TEST

START_TEST(a_copy_keeps_bytes_mode_and_holes)
{
	CLEANUP_FREE char *from = tmpdir_join("from");
	CLEANUP_FREE char *to = tmpdir_join("to");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;
	struct stat st;
	size_t len;
	int fd = open(from, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, "begin", 5, 0), 5);
	ck_assert_int_eq(pwrite(fd, "end", 3, 8 << 20), 3);
	ck_assert_int_eq(ftruncate(fd, 9 << 20), 0);
	ck_assert_int_eq(fchmod(fd, 0750), 0);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_ok(file_copy(from, to, &err), &err);
	ck_assert_int_eq(stat(to, &st), 0);
	ck_assert_int_eq(st.st_size, 9 << 20);
	ck_assert_int_eq(st.st_mode & 07777, 0750);
	ck_assert_int_lt(st.st_blocks * 512, 1 << 20);
	ck_assert_ok(file_read(to, 10U << 20, &text, &len, &err), &err);
	ck_assert_mem_eq(text, "begin\0", 6);
	ck_assert_mem_eq(text + (8 << 20), "end\0", 4);
	ck_assert_uint_eq(count_entries(), 2);
}
END_TEST

START_TEST(a_failed_copy_leaves_nothing)
{
	const struct rlimit limit = { 4096, 4096 };
	CLEANUP_FREE char *from = tmpdir_join("from");
	CLEANUP_FREE char *to = tmpdir_join("to");
	CLEANUP_FREE void *much = xcalloc(1, 8192);
	struct err err = ERR_INIT;

	memset(much, 'x', 8192);
	ck_assert_ok(file_write(from, much, 8192, &err), &err);
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_err(file_copy(from, to, &err), &err, ERR_SYS, EFBIG);
	ck_assert_uint_eq(count_entries(), 1);
	ck_assert_err(file_copy("/nowhere", to, &err), &err, ERR_SYS, ENOENT);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("file");
	TCase *tcase = tcase_create("file");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, what_is_written_is_read_back);
	tcase_add_test(tcase, a_file_is_replaced_whole);
	tcase_add_test(tcase, a_failed_write_leaves_the_old_file);
	tcase_add_test(tcase, an_absent_directory_is_an_error_to_write_into);
	tcase_add_test(tcase, a_file_over_the_limit_is_refused);
	tcase_add_test(tcase, a_file_without_a_size_is_read_whole);
	tcase_add_test(tcase, an_empty_file_is_an_empty_string);
	tcase_add_test(tcase, what_is_no_regular_file_is_refused);
	tcase_add_test(tcase, directories_are_made_with_their_parents);
	tcase_add_test(tcase, a_file_in_the_way_of_a_directory_is_an_error);
	tcase_add_test(tcase,
		       a_tree_is_removed_but_not_what_its_links_point_to);
	tcase_add_test(tcase, a_link_to_a_tree_goes_and_the_tree_stays);
	tcase_add_test(tcase, names_are_listed_in_order);
	tcase_add_test(tcase, a_copy_keeps_bytes_mode_and_holes);
	tcase_add_test(tcase, a_failed_copy_leaves_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
