// SPDX-License-Identifier: Apache-2.0
/* test_events.c - messages between the tool and its workers */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/events.h"
#include "tests/lib/testing.h"

static int ends[2];

static void open_pair(void)
{
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

static void close_pair(void)
{
	fd_closep(&ends[0]);
	fd_closep(&ends[1]);
}

START_TEST(a_message_comes_as_it_was_sent)
{
	struct err err = ERR_INIT;
	json_t *got = NULL;

	ck_assert_ok(
		events_send(ends[0],
			    json_pack("{s:s, s:i}", "do", "cell", "attempt", 2),
			    &err),
		&err);
	ck_assert_ok(events_send(ends[0], json_pack("{s:s}", "do", "boot"),
				 &err),
		     &err);
	ck_assert_int_eq(events_receive(ends[1], &got, &err), 1);
	ck_assert_str_eq(events_text(got, "do"), "cell");
	ck_assert_int_eq(json_integer_value(json_object_get(got, "attempt")),
			 2);
	json_decref(got);
	ck_assert_int_eq(events_receive(ends[1], &got, &err), 1);
	ck_assert_str_eq(events_text(got, "do"), "boot");
	json_decref(got);
}
END_TEST

START_TEST(a_text_that_is_absent_or_none_is_empty)
{
	json_t *message = json_pack("{s:s, s:i}", "why", "because", "cell", 7);

	ck_assert_str_eq(events_text(message, "why"), "because");
	ck_assert_str_eq(events_text(message, "cell"), "");
	ck_assert_str_eq(events_text(message, "machine"), "");
	json_decref(message);
}
END_TEST

/* Facts of a guest are the longest there is: up to 100 KiB go through. */
START_TEST(a_long_message_is_not_cut)
{
	CLEANUP_FREE char *text = xcalloc(100 << 10, 1);
	struct err err = ERR_INIT;
	json_t *got = NULL;

	memset(text, 'f', (100 << 10) - 1);
	ck_assert_ok(events_send(ends[0], json_pack("{s:s}", "facts", text),
				 &err),
		     &err);
	ck_assert_int_eq(events_receive(ends[1], &got, &err), 1);
	ck_assert_str_eq(events_text(got, "facts"), text);
	json_decref(got);
}
END_TEST

START_TEST(a_packet_that_is_no_json_is_a_parse_error)
{
	struct err err = ERR_INIT;
	json_t *got = NULL;

	ck_assert_int_eq(write(ends[0], "{\"do\":", 6), 6);
	ck_assert_err(events_receive(ends[1], &got, &err), &err, ERR_PARSE, 0);
	ck_assert_ptr_null(got);
}
END_TEST

START_TEST(the_others_end_is_an_end_and_no_error)
{
	struct err err = ERR_INIT;
	json_t *got = NULL;

	fd_closep(&ends[0]);
	ends[0] = -1;
	ck_assert_int_eq(events_receive(ends[1], &got, &err), 0);
	ck_assert_ptr_null(got);
}
END_TEST

/* Also when it died with a message of ours unread. */
START_TEST(an_end_with_unread_messages_is_an_end)
{
	struct err err = ERR_INIT;
	json_t *got = NULL;

	ck_assert_ok(events_send(ends[1], json_pack("{s:s}", "do", "boot"),
				 &err),
		     &err);
	fd_closep(&ends[0]);
	ends[0] = -1;
	ck_assert_int_eq(events_receive(ends[1], &got, &err), 0);
}
END_TEST

START_TEST(sending_to_nobody_is_an_error_not_a_signal)
{
	struct err err = ERR_INIT;

	(void)signal(SIGPIPE, SIG_DFL);
	fd_closep(&ends[0]);
	ends[0] = -1;
	ck_assert_err(events_send(ends[1], json_pack("{s:s}", "do", "boot"),
				  &err),
		      &err, ERR_SYS, EPIPE);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/events");
	TCase *tcase = tcase_create("messages");

	tcase_add_checked_fixture(tcase, open_pair, close_pair);
	tcase_add_test(tcase, a_message_comes_as_it_was_sent);
	tcase_add_test(tcase, a_text_that_is_absent_or_none_is_empty);
	tcase_add_test(tcase, a_long_message_is_not_cut);
	tcase_add_test(tcase, a_packet_that_is_no_json_is_a_parse_error);
	tcase_add_test(tcase, the_others_end_is_an_end_and_no_error);
	tcase_add_test(tcase, an_end_with_unread_messages_is_an_end);
	tcase_add_test(tcase, sending_to_nobody_is_an_error_not_a_signal);
	suite_add_tcase(suite, tcase);
	return suite;
}
