// SPDX-License-Identifier: Apache-2.0
/* test_transcript_writer.c - what is written is what transcript.c reads */
#include "runner/transcript_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "compat/transcript.h"
#include "tests/lib/testing.h"

static char *path;
static struct transcript script;

static void setup(void)
{
	struct err err = ERR_INIT;

	tmpdir_setup();
	path = tmpdir_join("transcript");
	ck_assert_ok(transcript_open(path, &script, &err), &err);
}

static void teardown(void)
{
	transcript_release(&script);
	free(path);
	tmpdir_teardown();
}

static char *written(void)
{
	struct err err = ERR_INIT;
	char *text = NULL;

	ck_assert_ok(file_read(path, 1 << 20, &text, NULL, &err), &err);
	return text;
}

/* The only line, without its time stamp. */
static char *written_event(void)
{
	CLEANUP_FREE char *text = written();
	char *space = strchr(text, ' ');

	ck_assert_ptr_nonnull(space);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	return xstrdup(space + 1);
}

START_TEST(an_event_is_one_line)
{
	CLEANUP_FREE char *got = NULL;

	transcript_event(&script, "connect");
	got = written_event();
	ck_assert_str_eq(got, "connect\n");
	ck_assert_uint_eq(script.errors, 0);
}
END_TEST

START_TEST(a_number_stands_behind_its_event)
{
	CLEANUP_FREE char *got = NULL;

	transcript_number(&script, "answer", UINT64_MAX);
	got = written_event();
	ck_assert_str_eq(got, "answer 18446744073709551615\n");
}
END_TEST

START_TEST(an_error_is_counted_and_says_its_text)
{
	CLEANUP_FREE char *got = NULL;

	transcript_error(&script, 7, "%s came twice", "answer");
	got = written_event();
	ck_assert_str_eq(got, "error 7 answer came twice\n");
	ck_assert_uint_eq(script.errors, 1);
}
END_TEST

START_TEST(an_end_is_counted_and_says_its_text)
{
	CLEANUP_FREE char *got = NULL;

	transcript_close(&script, "%s", strerror(ECONNRESET));
	got = written_event();
	ck_assert_str_eq(got, "close Connection reset by peer\n");
	ck_assert_uint_eq(script.errors, 1);
}
END_TEST

START_TEST(a_strange_text_stays_in_its_line)
{
	CLEANUP_FREE char *got = NULL;

	transcript_error(&script, 1, "%s", "a\nb\tc\033[1m\377\177");
	got = written_event();
	ck_assert_str_eq(got, "error 1 a?b?c?[1m??\n");
}
END_TEST

START_TEST(a_long_text_is_cut_and_its_line_still_ends)
{
	CLEANUP_FREE char *got = NULL;
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	transcript_close(&script, "%s", text);
	got = written_event();
	ck_assert_uint_gt(strlen(got), 200);
	ck_assert_uint_lt(strlen(got), 512);
}
END_TEST

START_TEST(lines_carry_the_instant_of_the_event)
{
	CLEANUP_FREE char *text = NULL;
	uint64_t before_ns = clock_now_ns();
	uint64_t at_ns;

	transcript_event(&script, "done");
	text = written();
	at_ns = strtoull(text, NULL, 10);
	ck_assert_uint_ge(at_ns, before_ns);
	ck_assert_uint_le(at_ns, clock_now_ns());
}
END_TEST

START_TEST(a_second_writer_appends)
{
	CLEANUP(transcript_release) struct transcript again = { .fd = -1 };
	struct err err = ERR_INIT;
	CLEANUP_FREE char *text = NULL;

	transcript_event(&script, "connect");
	ck_assert_ok(transcript_open(path, &again, &err), &err);
	transcript_event(&again, "done");
	text = written();
	ck_assert_has(text, " connect\n");
	ck_assert_has(text, " done\n");
}
END_TEST

START_TEST(the_reader_adds_up_what_was_written)
{
	CLEANUP_FREE char *text = NULL;
	struct obs_peer peer = { .exit = 1 };

	transcript_event(&script, "connect");
	transcript_number(&script, "send", 1);
	transcript_number(&script, "answer", 1);
	transcript_number(&script, "send", 2);
	transcript_error(&script, 2, "answer 1 came twice");
	transcript_close(&script, "end of file");
	text = written();
	transcript_sum(text, strlen(text), UNMEASURED, UNMEASURED, &peer);
	ck_assert_uint_eq(peer.requests, 2);
	ck_assert_uint_eq(peer.answers, 1);
	ck_assert_uint_eq(peer.errors, script.errors);
	ck_assert_has(peer.first_error, "answer 1 came twice");
	free(peer.first_error);
}
END_TEST

START_TEST(a_full_disk_is_remembered)
{
	struct transcript full = { .fd = open("/dev/full",
					      O_WRONLY | O_CLOEXEC) };

	ck_assert_int_ge(full.fd, 0);
	transcript_event(&full, "connect");
	ck_assert_int_eq(full.write_errno, ENOSPC);
	transcript_release(&full);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error)
{
	CLEANUP_FREE char *missing = tmpdir_join("none/transcript");
	struct transcript none = { .fd = -1 };
	struct err err = ERR_INIT;

	ck_assert_err(transcript_open(missing, &none, &err), &err, ERR_SYS,
		      ENOENT);
	ck_assert_int_eq(none.fd, -1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/transcript_writer");
	TCase *tcase = tcase_create("writing");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_event_is_one_line);
	tcase_add_test(tcase, a_number_stands_behind_its_event);
	tcase_add_test(tcase, an_error_is_counted_and_says_its_text);
	tcase_add_test(tcase, an_end_is_counted_and_says_its_text);
	tcase_add_test(tcase, a_strange_text_stays_in_its_line);
	tcase_add_test(tcase, a_long_text_is_cut_and_its_line_still_ends);
	tcase_add_test(tcase, lines_carry_the_instant_of_the_event);
	tcase_add_test(tcase, a_second_writer_appends);
	tcase_add_test(tcase, the_reader_adds_up_what_was_written);
	tcase_add_test(tcase, a_full_disk_is_remembered);
	tcase_add_test(tcase, a_folder_that_is_not_there_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
