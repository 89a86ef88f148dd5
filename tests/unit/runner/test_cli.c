// SPDX-License-Identifier: Apache-2.0
/* test_cli.c - the commands of crmatrix */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cli.h"
#include "tests/lib/testing.h"

static const char *const names[] = { "run",	"resume", "report",
				     "explain", "images", NULL };

static const struct {
	const char *word, *meant;
} words[] = {
	{ "reprot", "report" }, { "rn", "run" },      { "rseume", "resume" },
	{ "image", "images" },	{ "exp", "explain" }, { "explian", "explain" },
	{ "xxxxxxxx", NULL },	{ "", NULL },	      { "o", NULL },
	{ "container", NULL },
};

START_TEST(the_nearest_name_is_suggested_if_it_is_near)
{
	const char *got = cli_nearest(words[_i].word, names);

	ck_assert_msg(str_eq(got, words[_i].meant),
		      "'%s': got '%s', wanted '%s'", words[_i].word,
		      got ? got : "nothing",
		      words[_i].meant ? words[_i].meant : "nothing");
}
END_TEST

/* cli_main() with one argument; what it says on @fd is the caller's to free. */
static char *say(const char *arg, int fd, int *ret_status)
{
	CLEANUP_FREE char *path = tmpdir_write("said", "");
	CLEANUP_FREE char *program = xstrdup("crmatrix");
	CLEANUP_FREE char *copy = arg ? xstrdup(arg) : NULL;
	char *argv[] = { program, copy, NULL };
	struct err err = ERR_INIT;
	char *text = NULL;
	int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	ck_assert_int_eq(dup2(file, fd), fd);
	ck_assert_int_eq(close(file), 0);
	*ret_status = cli_main(arg ? 2 : 1, argv);
	(void)fflush(NULL);
	ck_assert_ok(file_read(path, 65536, &text, NULL, &err), &err);
	return text;
}

START_TEST(help_goes_to_stdout_and_succeeds)
{
	int status;
	CLEANUP_FREE char *text = say("--help", STDOUT_FILENO, &status);

	ck_assert_int_eq(status, CLI_OK);
	ck_assert_has(text, "Usage: crmatrix COMMAND");
	ck_assert_has(text, "Exit status:");
}
END_TEST

START_TEST(the_version_is_told)
{
	int status;
	CLEANUP_FREE char *text = say("--version", STDOUT_FILENO, &status);

	ck_assert_int_eq(status, CLI_OK);
	ck_assert_str_eq(text, "crmatrix " CRMATRIX_VERSION
			       "\nbuilt with " CRMATRIX_BUILT_WITH "\n");
}
END_TEST

START_TEST(no_command_is_a_usage_error_with_help_on_stderr)
{
	int status;
	CLEANUP_FREE char *text = say(NULL, STDERR_FILENO, &status);

	ck_assert_int_eq(status, CLI_USAGE);
	ck_assert_has(text, "Usage: crmatrix COMMAND");
}
END_TEST

START_TEST(an_unknown_command_is_a_usage_error)
{
	int status;
	CLEANUP_FREE char *text = say("frobnicate", STDERR_FILENO, &status);

	ck_assert_int_eq(status, CLI_USAGE);
	ck_assert_has(text, "no command 'frobnicate'");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("cli");
	TCase *tcase = tcase_create("cli");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, the_nearest_name_is_suggested_if_it_is_near,
			    0, ARRAY_SIZE(words));
	tcase_add_test(tcase, help_goes_to_stdout_and_succeeds);
	tcase_add_test(tcase, the_version_is_told);
	tcase_add_test(tcase, no_command_is_a_usage_error_with_help_on_stderr);
	tcase_add_test(tcase, an_unknown_command_is_a_usage_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
