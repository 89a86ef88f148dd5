// SPDX-License-Identifier: Apache-2.0
/* test_shell.c - lines to the guests of a held cell, and what comes back */
#include "runner/shell.h"

#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/str.h"
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

/* The worker's answers, which wait until they are asked for. */
static void answer(json_t *message)
{
	struct err err = ERR_INIT;

	ck_assert_ok(events_send(ends[1], message, &err), &err);
}

/* What the worker was asked: "on:command ... release"; owned. */
static char *asked(void)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };
	struct err err = ERR_INIT;
	bool released = false;
	json_t *task = NULL;

	while (!released && events_receive(ends[1], &task, &err) > 0) {
		released = str_eq(events_text(task, "do"), "release");
		str_list_take(
			&list,
			released ? xstrdup("release") :
				   xasprintf("%s:%s", events_text(task, "on"),
					     events_text(task, "command")));
		json_decref(task);
	}
	return str_list_join(&list, " ");
}

/* @lines of input; what was printed is owned. */
static int talk(const char *lines, char **ret_text, struct err *err)
{
	CLEANUP_FREE char *copy = xstrdup(lines);
	json_t *held = json_pack("{s:s, s:s, s:s}", "event", "held", "cell",
				 "counter.a.b", "step", "restore");
	FILE *in = fmemopen(copy, strlen(copy), "r");
	struct strbuf buf;
	int rc;

	strbuf_open(&buf);
	rc = shell_talk(ends[0], held, in, buf.f, err);
	*ret_text = strbuf_take(&buf);
	(void)fclose(in);
	json_decref(held);
	return rc;
}

START_TEST(lines_go_to_the_side_that_was_chosen)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *tasks = NULL;
	struct err err = ERR_INIT;

	answer(json_pack("{s:s, s:i, s:s, s:s}", "event", "said", "exit", 0,
			 "out", "6.12\n", "log", ""));
	answer(json_pack("{s:s, s:i, s:s, s:s}", "event", "said", "exit", 2,
			 "out", "", "log", "no such file\n"));
	answer(json_pack("{s:s, s:s}", "event", "said", "trouble",
			 "that guest is not up"));
	ck_assert_ok(talk(" uname -r \n\nsource\nls x\ntarget\nid\nexit\nls\n",
			  &text, &err),
		     &err);
	tasks = asked();
	ck_assert_str_eq(tasks,
			 "target:uname -r source:ls x target:id release");
	ck_assert_has(text, "counter.a.b is held after 'restore'");
	ck_assert_has(text, "target# 6.12\n");
	ck_assert_has(text, "source# no such file\n[ended with 2]\n");
	ck_assert_has(text, "[that guest is not up]\n");
}
END_TEST

START_TEST(the_end_of_input_lets_the_cell_go)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *tasks = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(talk("\n", &text, &err), &err);
	tasks = asked();
	ck_assert_str_eq(tasks, "release");
}
END_TEST

START_TEST(a_worker_that_is_gone_is_an_error)
{
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	(void)shutdown(ends[1], SHUT_RDWR);
	ck_assert_int_eq(talk("ls\n", &text, &err), -1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/shell");
	TCase *tcase = tcase_create("lines");

	tcase_add_checked_fixture(tcase, open_pair, close_pair);
	tcase_add_test(tcase, lines_go_to_the_side_that_was_chosen);
	tcase_add_test(tcase, the_end_of_input_lets_the_cell_go);
	tcase_add_test(tcase, a_worker_that_is_gone_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
