// SPDX-License-Identifier: Apache-2.0
/* test_progress.c - what is shown of the work, on a terminal and elsewhere */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/observation.h"
#include "runner/progress.h"
#include "tests/lib/testing.h"

#define SIGN '~'

static char counter[] = "counter";
static char from[] = "old";
static char to[] = "new";
static char mode[] = "rseq-not-dumpable";
static char reason[] = "the guest said \033[2J";

static char *path;
static int terminal = -1;

/* Send stderr elsewhere; each test is a process of its own. */
static void catch_in_file(void)
{
	CLEANUP_FD int fd = -1;

	tmpdir_setup();
	path = tmpdir_write("stderr", "");
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
}

static void drop_file(void)
{
	free(path);
	tmpdir_teardown();
}

static char *said(void)
{
	struct err err = ERR_INIT;
	char *text = NULL;

	(void)fflush(stderr);
	ck_assert_ok(file_read(path, 65536, &text, NULL, &err), &err);
	return text;
}

static struct result result_of(enum verdict verdict)
{
	return (struct result){ .scenario = counter,
				.source = from,
				.target = to,
				.verdict = verdict,
				.attempts = 2,
				.wall_ns = UNMEASURED,
				.service_ns = UNMEASURED };
}

/* --- Elsewhere ---------------------------------------------------------------- */

START_TEST(elsewhere_only_lines_that_stay_are_written)
{
	struct progress *p = progress_new();
	CLEANUP_FREE char *text = NULL;

	progress_total(p, 10, 3);
	progress_now(p, 0, "counter old -> new: dump");
	progress_now(p, 0, NULL);
	progress_note(p, "%s is ready", "old");
	progress_free(p);
	text = said();
	ck_assert_str_eq(text, "old is ready\n");
}
END_TEST

START_TEST(a_cell_is_one_line_with_its_figures)
{
	struct result result = result_of(VERDICT_PASS);
	struct progress *p = progress_new();
	CLEANUP_FREE char *text = NULL;

	result.wall_ns = UINT64_C(1234000000);
	result.service_ns = UINT64_C(321000000);
	progress_total(p, 25, 3);
	progress_cell(p, &result, false);
	progress_free(p);
	text = said();
	ck_assert_str_eq(text, "  4/25 pass   counter: old -> new"
			       "  1.2 s, down 321 ms\n");
}
END_TEST

START_TEST(what_was_not_measured_is_not_shown)
{
	struct result result = result_of(VERDICT_PASS);
	struct progress *p = progress_new();
	CLEANUP_FREE char *text = NULL;

	progress_total(p, 1, 0);
	progress_cell(p, &result, false);
	progress_free(p);
	text = said();
	ck_assert_str_eq(text, "  1/1 pass   counter: old -> new\n");
}
END_TEST

START_TEST(a_failure_names_its_cause)
{
	struct cause cause = { .mode = mode };
	struct result result = result_of(VERDICT_FAIL);
	struct progress *p = progress_new();
	CLEANUP_FREE char *text = NULL;

	result.cause = &cause;
	progress_total(p, 1, 0);
	progress_cell(p, &result, false);
	progress_free(p);
	text = said();
	ck_assert_has(text, "fail   counter: old -> new  rseq-not-dumpable\n");
}
END_TEST

/* It counts when it is decided, not before. */
START_TEST(a_cell_that_is_tried_again_is_not_counted_yet)
{
	struct result result = result_of(VERDICT_BROKEN);
	struct progress *p = progress_new();
	CLEANUP_FREE char *text = NULL;

	result.reason = reason;
	progress_total(p, 5, 0);
	progress_cell(p, &result, true);
	progress_cell(p, &result, false);
	progress_free(p);
	text = said();
	ck_assert_has(text, "  0/5 broken counter: old -> new  the guest said "
			    "\xef\xbf\xbd[2J (attempt 2, again)\n");
	ck_assert_has(text, "  1/5 broken ");
}
END_TEST

START_TEST(a_slot_that_is_none_is_ignored)
{
	struct progress *p = progress_new();

	progress_now(p, 1000000, "x");
	progress_free(p);
	progress_free(NULL);
}
END_TEST

/* --- On a terminal -------------------------------------------------------------- */

static void open_terminal(void)
{
	struct winsize size = { .ws_row = 24, .ws_col = 40 };
	char name[64];
	int fd;

	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(terminal, 0);
	ck_assert_int_eq(grantpt(terminal), 0);
	ck_assert_int_eq(unlockpt(terminal), 0);
	ck_assert_int_eq(ptsname_r(terminal, name, sizeof(name)), 0);
	fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
	ck_assert_int_eq(setenv("TERM", "xterm", 1), 0);
	ck_assert_int_eq(unsetenv("CI"), 0);
	ck_assert_int_eq(setenv("NO_COLOR", "1", 1), 0);
}

static void close_terminal(void)
{
	close(terminal);
}

/* How long it takes is not what is looked at: "[0:03]" is "[0:00]". */
static void stop_clock(char *text)
{
	for (; (text = strchr(text, '[')); text++)
		if (strlen(text) > 5 && text[2] == ':' && text[5] == ']')
			text[1] = text[3] = text[4] = '0';
}

/* What reached the terminal since the last call, up to a sign of our own. */
static const char *seen(void)
{
	static char text[4096];
	size_t len = 0;

	(void)fputc(SIGN, stderr);
	(void)fflush(stderr);
	do {
		ck_assert_uint_lt(len, sizeof(text));
		ck_assert_int_eq(read(terminal, &text[len], 1), 1);
	} while (text[len++] != SIGN);
	text[len - 1] = '\0';
	stop_clock(text);
	return text;
}

START_TEST(on_a_terminal_the_last_line_is_drawn_anew)
{
	struct progress *p = progress_new();

	progress_total(p, 10, 3);
	ck_assert_str_eq(seen(), "[0:00] 3/10");
	progress_now(p, 1, "boot a");
	ck_assert_str_eq(seen(), "\r\033[K[0:00] 3/10 | boot a");
	progress_note(p, "a is ready");
	ck_assert_str_eq(seen(), "\r\033[Ka is ready\r\n[0:00] 3/10 | boot a");
	progress_free(p);
	ck_assert_str_eq(seen(), "\r\033[K");
}
END_TEST

/* A line that wraps could not be erased. */
START_TEST(the_live_line_is_narrower_than_the_terminal)
{
	struct progress *p = progress_new();

	progress_now(p, 0, "counter bookworm-6.1 -> trixie-6.12: restore");
	ck_assert_uint_eq(strlen(seen()), 39);
	progress_free(p);
}
END_TEST

START_TEST(in_ci_nothing_is_drawn)
{
	struct progress *p;

	ck_assert_int_eq(setenv("CI", "true", 1), 0);
	p = progress_new();
	progress_total(p, 10, 3);
	progress_now(p, 0, "boot a");
	ck_assert_str_eq(seen(), "");
	progress_free(p);
	ck_assert_str_eq(seen(), "");
}
END_TEST

START_TEST(verdicts_are_coloured_where_colours_are_welcome)
{
	struct result result = result_of(VERDICT_PASS);
	struct progress *p;

	ck_assert_int_eq(unsetenv("NO_COLOR"), 0);
	p = progress_new();
	progress_total(p, 1, 0);
	progress_cell(p, &result, false);
	ck_assert_has(seen(), "\033[32mpass  \033[0m counter");
	progress_free(p);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/progress");
	TCase *lines = tcase_create("lines");
	TCase *live = tcase_create("live");

	tcase_add_checked_fixture(lines, catch_in_file, drop_file);
	tcase_add_test(lines, elsewhere_only_lines_that_stay_are_written);
	tcase_add_test(lines, a_cell_is_one_line_with_its_figures);
	tcase_add_test(lines, what_was_not_measured_is_not_shown);
	tcase_add_test(lines, a_failure_names_its_cause);
	tcase_add_test(lines, a_cell_that_is_tried_again_is_not_counted_yet);
	tcase_add_test(lines, a_slot_that_is_none_is_ignored);
	suite_add_tcase(suite, lines);
	tcase_add_checked_fixture(live, open_terminal, close_terminal);
	tcase_add_test(live, on_a_terminal_the_last_line_is_drawn_anew);
	tcase_add_test(live, the_live_line_is_narrower_than_the_terminal);
	tcase_add_test(live, in_ci_nothing_is_drawn);
	tcase_add_test(live, verdicts_are_coloured_where_colours_are_welcome);
	suite_add_tcase(suite, live);
	return suite;
}
