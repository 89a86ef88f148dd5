// SPDX-License-Identifier: Apache-2.0
/* test_saves.c - machines saved after their boot: whole, damaged, by two */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/saves.h"
#include "tests/lib/testing.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char *dir;

static void setup(void)
{
	tmpdir_setup();
	dir = tmpdir_join("vm/" KEY);
}

static void teardown(void)
{
	free(dir);
	tmpdir_teardown();
}

static void put(const char *folder, const char *name, const char *text)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", folder, name);
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, text, strlen(text), &err), &err);
}

/* Save a machine whose memory is @text. */
static void save(const char *text)
{
	CLEANUP_FREE char *temp = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(saves_begin(dir, &temp, &err), &err);
	put(temp, "state", text);
	put(temp, "facts.json", "{}");
	ck_assert_ok(saves_keep(temp, dir, "bookworm-6.1", &err), &err);
	ck_assert(!file_exists(temp));
}

static void check_state(const char *wanted)
{
	CLEANUP_FREE char *path = xasprintf("%s/state", dir);
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_read(path, 100, &text, NULL, &err), &err);
	ck_assert_str_eq(text, wanted);
}

START_TEST(what_was_saved_is_found)
{
	ck_assert(!saves_find(dir));
	save("memory");
	ck_assert(saves_find(dir));
	check_state("memory");
}
END_TEST

START_TEST(what_was_begun_is_not_found)
{
	CLEANUP_FREE char *temp = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(saves_begin(dir, &temp, &err), &err);
	put(temp, "state", "mem");
	ck_assert(!saves_find(dir));
	ck_assert(!file_exists(dir));
}
END_TEST

START_TEST(of_two_that_save_the_first_stays)
{
	save("first");
	save("second");
	ck_assert(saves_find(dir));
	check_state("first");
}
END_TEST

static void cut(void)
{
	put(dir, "state", "mem");
}

static void lose(void)
{
	CLEANUP_FREE char *path = xasprintf("%s/facts.json", dir);

	ck_assert_int_eq(unlink(path), 0);
}

static const struct {
	const char *name;
	void (*damage)(void);
} damages[] = {
	{ "a file is cut", cut },
	{ "a file is lost", lose },
};

START_TEST(a_damaged_one_is_removed_and_can_be_saved_anew)
{
	CLEANUP_FREE char *path = tmpdir_write("stderr", "");
	CLEANUP_FREE char *said = NULL;
	struct err err = ERR_INIT;
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	save("memory");
	damages[_i].damage();
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
	ck_assert_msg(!saves_find(dir), "%s: found", damages[_i].name);
	ck_assert_ok(file_read(path, 4096, &said, NULL, &err), &err);
	ck_assert_has(said, "is damaged");
	ck_assert(!file_exists(dir));
	save("again");
	ck_assert(saves_find(dir));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/saves");
	TCase *tcase = tcase_create("saves");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_was_saved_is_found);
	tcase_add_test(tcase, what_was_begun_is_not_found);
	tcase_add_test(tcase, of_two_that_save_the_first_stays);
	tcase_add_loop_test(tcase,
			    a_damaged_one_is_removed_and_can_be_saved_anew, 0,
			    ARRAY_SIZE(damages));
	suite_add_tcase(suite, tcase);
	return suite;
}
