// SPDX-License-Identifier: Apache-2.0
/* test_unpack.c - files on their way out of guests */
#include "runner/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define KEPT 100

static const char *const names[] = { "dump.log", "restore.log", NULL };

static char *tar_path(void)
{
	return tmpdir_join("criu.tar");
}

static char *out_dir(void)
{
	CLEANUP_FREE char *dir = tmpdir_join("out/cell");
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(dir, &err), &err);
	return TAKE(dir);
}

static struct archive *begin(void)
{
	CLEANUP_FREE char *path = tar_path();
	struct archive *tar = archive_write_new();

	(void)archive_write_set_format_pax_restricted(tar);
	ck_assert_int_eq(archive_write_open_filename(tar, path), ARCHIVE_OK);
	return tar;
}

static void add(struct archive *tar, const char *name, const char *link,
		const char *text)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, link ? AE_IFLNK : AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	if (link)
		archive_entry_set_symlink(entry, link);
	else
		archive_entry_set_size(entry, (la_int64_t)strlen(text));
	ck_assert_int_eq(archive_write_header(tar, entry), ARCHIVE_OK);
	if (!link)
		ck_assert_int_eq(archive_write_data(tar, text, strlen(text)),
				 (la_ssize_t)strlen(text));
	archive_entry_free(entry);
}

static void end(struct archive *tar)
{
	ck_assert_int_eq(archive_write_close(tar), ARCHIVE_OK);
	(void)archive_write_free(tar);
}

static void unpack(const char *dir)
{
	CLEANUP_FREE char *path = tar_path();
	struct err err = ERR_INIT;

	ck_assert_ok(unpack_files(path, dir, names, KEPT, &err), &err);
}

static void assert_file(const char *dir, const char *name, const char *text)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", dir, name);
	CLEANUP_FREE char *got = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_read(path, 4096, &got, NULL, &err), &err);
	ck_assert_str_eq(got, text);
}

static size_t files_in(const char *dir)
{
	struct str_list found = { 0 };
	struct err err = ERR_INIT;
	size_t n;

	ck_assert_ok(file_list(dir, &found, &err), &err);
	n = found.n;
	str_list_release(&found);
	return n;
}

START_TEST(what_is_wanted_comes_out)
{
	CLEANUP_FREE char *dir = out_dir();
	struct archive *tar = begin();

	add(tar, "core-1.img", NULL, "an image");
	add(tar, "./dump.log", NULL, "of the dump");
	add(tar, "restore.log", NULL, "of the restore");
	end(tar);
	unpack(dir);
	assert_file(dir, "dump.log", "of the dump");
	assert_file(dir, "restore.log", "of the restore");
	ck_assert_uint_eq(files_in(dir), 2);
}
END_TEST

/* The second of two tars has the newer one. */
START_TEST(what_is_there_is_replaced)
{
	CLEANUP_FREE char *dir = out_dir();
	CLEANUP_FREE char *old = xasprintf("%s/dump.log", dir);
	struct archive *tar = begin();
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(old, "older, longer", 13, &err), &err);
	add(tar, "dump.log", NULL, "newer");
	end(tar);
	unpack(dir);
	assert_file(dir, "dump.log", "newer");
}
END_TEST

static const struct {
	const char *name;
	const char *link;
} lies[] = {
	{ "../dump.log", NULL },
	{ "/tmp/dump.log", NULL },
	{ "../../dump.log", NULL },
	{ "dump.log/", NULL },
	{ "a/dump.log", NULL },
	{ "dump.log", "/etc/passwd" },
	{ "", NULL },
};

START_TEST(a_guest_that_lies_writes_nowhere)
{
	CLEANUP_FREE char *dir = out_dir();
	CLEANUP_FREE char *above = tmpdir_join("out");
	struct archive *tar = begin();

	add(tar, lies[_i].name, lies[_i].link, "evil");
	end(tar);
	unpack(dir);
	ck_assert_msg(files_in(dir) == 0, "%s", lies[_i].name);
	ck_assert_msg(files_in(above) == 1, "%s", lies[_i].name);
}
END_TEST

START_TEST(a_long_log_is_cut)
{
	CLEANUP_FREE char *dir = out_dir();
	char log[KEPT * 3 + 1];
	struct archive *tar = begin();

	memset(log, 'x', sizeof(log) - 1);
	log[sizeof(log) - 1] = '\0';
	add(tar, "dump.log", NULL, log);
	add(tar, "restore.log", NULL, "after it");
	end(tar);
	unpack(dir);
	log[KEPT] = '\0';
	assert_file(dir, "dump.log", log);
	assert_file(dir, "restore.log", "after it");
}
END_TEST

/* 512 bytes are the first header, as many its text, then comes the second. */
static const struct {
	const char *what;
	long bytes;
	size_t files;
} ends[] = {
	{ "nothing", 0, 0 },	  { "half a header", 300, 0 },
	{ "a header", 512, 1 },	  { "within its text", 514, 1 },
	{ "the first", 1024, 1 }, { "half of the second header", 1300, 1 },
};

START_TEST(what_a_guest_sent_before_its_end_is_taken)
{
	CLEANUP_FREE char *path = tar_path();
	CLEANUP_FREE char *dir = out_dir();
	struct archive *tar = begin();

	add(tar, "dump.log", NULL, "first");
	add(tar, "restore.log", NULL, "second");
	end(tar);
	ck_assert_int_eq(truncate(path, ends[_i].bytes), 0);
	unpack(dir);
	ck_assert_msg(files_in(dir) == ends[_i].files, "%s: %zu", ends[_i].what,
		      files_in(dir));
}
END_TEST

START_TEST(what_is_no_tar_has_nothing)
{
	CLEANUP_FREE char *path = tar_path();
	CLEANUP_FREE char *dir = out_dir();
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, "dump.log", 8, &err), &err);
	unpack(dir);
	ck_assert_uint_eq(files_in(dir), 0);
}
END_TEST

START_TEST(what_is_in_its_way_is_told)
{
	CLEANUP_FREE char *path = tar_path();
	CLEANUP_FREE char *dir = out_dir();
	CLEANUP_FREE char *taken = xasprintf("%s/dump.log", dir);
	struct archive *tar;
	struct err err = ERR_INIT;

	ck_assert_int_eq(unpack_files(path, dir, names, KEPT, &err), -1);
	ck_assert_has(err.msg, path);
	tar = begin();
	add(tar, "dump.log", NULL, "x");
	end(tar);
	ck_assert_int_eq(mkdir(taken, 0755), 0);
	ck_assert_int_eq(unpack_files(path, dir, names, KEPT, &err), -1);
	ck_assert_has(err.msg, taken);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/unpack");
	TCase *tcase = tcase_create("unpack");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, what_is_wanted_comes_out);
	tcase_add_test(tcase, what_is_there_is_replaced);
	tcase_add_loop_test(tcase, a_guest_that_lies_writes_nowhere, 0,
			    ARRAY_SIZE(lies));
	tcase_add_test(tcase, a_long_log_is_cut);
	tcase_add_loop_test(tcase, what_a_guest_sent_before_its_end_is_taken, 0,
			    ARRAY_SIZE(ends));
	tcase_add_test(tcase, what_is_no_tar_has_nothing);
	tcase_add_test(tcase, what_is_in_its_way_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
