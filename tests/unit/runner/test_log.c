// SPDX-License-Identifier: Apache-2.0
/* test_log.c - what the tool says on stderr */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/log.h"
#include "tests/lib/testing.h"

/* Send stderr to a file of the test's; each test is a process of its own. */
static char *catch_stderr(void)
{
	char *path = tmpdir_write("stderr", "");
	CLEANUP_FD int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	return path;
}

static char *caught(const char *path)
{
	struct err err = ERR_INIT;
	char *text = NULL;

	ck_assert_ok(file_read(path, 65536, &text, NULL, &err), &err);
	return text;
}

static void say_one_of_each(void)
{
	log_err(NULL, "e%d", 1);
	log_warn("counter.a.b", "w");
	log_info(NULL, "i");
	log_debug(NULL, "d");
}

static const struct {
	enum log_level level;
	const char *said;
} by_level[] = {
	{ LOG_LEVEL_ERROR, "crmatrix: error: e1\n" },
	{ LOG_LEVEL_WARN, "crmatrix: error: e1\n"
			  "counter.a.b: warning: w\n" },
	{ LOG_LEVEL_INFO, "crmatrix: error: e1\n"
			  "counter.a.b: warning: w\n"
			  "crmatrix: i\n" },
	{ LOG_LEVEL_DEBUG, "crmatrix: error: e1\n"
			   "counter.a.b: warning: w\n"
			   "crmatrix: i\n"
			   "crmatrix: debug: d\n" },
};

START_TEST(the_level_decides_what_is_said)
{
	CLEANUP_FREE char *path = catch_stderr();
	CLEANUP_FREE char *said = NULL;

	log_set_level(by_level[_i].level);
	say_one_of_each();
	said = caught(path);
	ck_assert_str_eq(said, by_level[_i].said);
}
END_TEST

START_TEST(what_could_change_a_terminal_is_replaced)
{
	CLEANUP_FREE char *path = catch_stderr();
	CLEANUP_FREE char *said = NULL;

	log_warn("x", "guest said: %s", "\033[2J\xff");
	said = caught(path);
	ck_assert_str_eq(said, "x: warning: guest said: "
			       "\xef\xbf\xbd[2J\xef\xbf\xbd\n");
}
END_TEST

START_TEST(errno_is_kept)
{
	CLEANUP_FREE char *path = catch_stderr();

	errno = ENOSPC;
	log_info(NULL, "%s", "x");
	ck_assert_int_eq(errno, ENOSPC);
	(void)close(STDERR_FILENO);
	log_info(NULL, "%s", "nobody hears this");
	ck_assert_int_eq(errno, ENOSPC);
}
END_TEST

/* A terminal, made for the test: the slave's descriptor. */
static int open_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(slave, 0);
	return slave;
}

static const struct {
	const char *name;
	const char *term, *no_color, *ci;
	bool color, live;
} terminals[] = {
	{ "a terminal is coloured and live", "xterm", NULL, NULL, true, true },
	{ "an empty NO_COLOR does not count", "xterm", "", "", true, true },
	{ "NO_COLOR takes the colours", "xterm", "1", NULL, false, true },
	{ "CI takes the live line", "xterm", NULL, "true", true, false },
	{ "a dumb terminal has neither", "dumb", NULL, NULL, false, false },
	{ "an unknown terminal has neither", NULL, NULL, NULL, false, false },
};

static void set_or_unset(const char *name, const char *value)
{
	if (value)
		(void)setenv(name, value, 1);
	else
		(void)unsetenv(name);
}

START_TEST(the_environment_is_respected)
{
	int terminal = open_terminal();

	set_or_unset("TERM", terminals[_i].term);
	set_or_unset("NO_COLOR", terminals[_i].no_color);
	set_or_unset("CI", terminals[_i].ci);
	ck_assert_msg(term_color(terminal) == terminals[_i].color &&
			      term_live(terminal) == terminals[_i].live,
		      "%s: got colour %d, live %d", terminals[_i].name,
		      term_color(terminal), term_live(terminal));
}
END_TEST

START_TEST(a_file_is_neither_coloured_nor_live)
{
	CLEANUP_FREE char *path = catch_stderr();

	(void)setenv("TERM", "xterm", 1);
	(void)unsetenv("NO_COLOR");
	(void)unsetenv("CI");
	ck_assert(!term_color(STDERR_FILENO));
	ck_assert(!term_live(STDERR_FILENO));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, the_level_decides_what_is_said, 0,
			    ARRAY_SIZE(by_level));
	tcase_add_test(tcase, what_could_change_a_terminal_is_replaced);
	tcase_add_test(tcase, errno_is_kept);
	tcase_add_loop_test(tcase, the_environment_is_respected, 0,
			    ARRAY_SIZE(terminals));
	tcase_add_test(tcase, a_file_is_neither_coloured_nor_live);
	suite_add_tcase(suite, tcase);
	return suite;
}
