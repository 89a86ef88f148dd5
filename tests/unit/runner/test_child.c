// SPDX-License-Identifier: Apache-2.0
/* test_child.c - programs and functions in processes of their own */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "tests/lib/testing.h"

#define SH(script) ((const char *const[]){ "sh", "-c", (script), NULL })

static int to_int(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

/* Output of a program that must succeed; the caller owns it. */
static char *output_of(const struct child_opts *opts)
{
	struct child_result result = { 0 };
	struct err err = ERR_INIT;
	char *out;

	ck_assert_ok(child_run(opts, &result, &err), &err);
	out = TAKE(result.out);
	child_result_release(&result);
	return out;
}

START_TEST(output_of_a_program_is_collected)
{
	struct child_opts opts = { .argv = SH("echo out; echo err >&2") };
	struct child_result result = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(child_run(&opts, &result, &err), &err);
	ck_assert_str_eq(result.out, "out\n");
	ck_assert_uint_eq(result.out_len, 4);
	ck_assert_str_eq(result.err, "err\n");
	ck_assert_int_eq(result.status, 0);
	child_result_release(&result);
}
END_TEST

START_TEST(a_bad_end_tells_status_and_last_words)
{
	struct child_opts opts = {
		.argv = SH("for i in 1 2 3 4 5 6 7; do echo line $i >&2; done;"
			   " exit 3"),
	};
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_CHILD, 3 << 8);
	ck_assert_has(err.msg, "exit status 3");
	ck_assert_has(err.msg, "line 7");
	ck_assert_has(err.msg, "line 3");
	ck_assert(!testing_contains(err.msg, "line 2"));
}
END_TEST

START_TEST(last_words_come_from_stdout_when_stderr_is_silent)
{
	struct child_opts opts = { .argv = SH("echo it broke; exit 1") };
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_CHILD, 1 << 8);
	ck_assert_has(err.msg, "it broke");
}
END_TEST

START_TEST(last_words_come_from_the_file_that_took_stderr)
{
	CLEANUP_FREE char *log = tmpdir_join("log");
	CLEANUP_FREE char *text = NULL;
	struct child_opts opts = {
		.argv = SH("echo out; echo disk full >&2; exit 1"),
		.out_path = log,
		.err_path = log,
	};
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_CHILD, 1 << 8);
	ck_assert_has(err.msg, "disk full");
	ck_assert_ok(file_read(log, 100, &text, NULL, &err), &err);
	ck_assert_str_eq(text, "out\ndisk full\n");
}
END_TEST

START_TEST(a_signal_is_named)
{
	struct child_opts opts = { .argv = SH("kill -SEGV $$") };
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_CHILD, SIGSEGV);
	ck_assert_has(err.msg, "killed by SIGSEGV");
}
END_TEST

START_TEST(any_status_is_the_callers_to_judge)
{
	struct child_opts opts = { .argv = SH("echo said; exit 7"),
				   .any_status = true };
	struct child_result result = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(child_run(&opts, &result, &err), &err);
	ck_assert_int_eq(WEXITSTATUS(result.status), 7);
	ck_assert_str_eq(result.out, "said\n");
	child_result_release(&result);
}
END_TEST

static void take_line(void *arg, const char *line)
{
	str_list_add(arg, line);
}

START_TEST(lines_on_stderr_are_told_as_they_come)
{
	struct str_list lines CLEANUP(str_list_release) = { 0 };
	struct child_opts opts = {
		.argv = SH("echo out; printf 'one\\n\\033[mtwo\\nrest' >&2"),
		.on_err_line = take_line,
		.arg = &lines,
	};
	struct err err = ERR_INIT;

	ck_assert_ok(child_run(&opts, NULL, &err), &err);
	ck_assert_uint_eq(lines.n, 2);
	ck_assert_str_eq(lines.v[0], "one");
	ck_assert_str_eq(lines.v[1], "\xef\xbf\xbd[mtwo");
}
END_TEST

START_TEST(a_program_can_see_to_its_own_when_we_die)
{
	CLEANUP_FREE char *mark = tmpdir_join("mark");
	CLEANUP_FREE char *script =
		xasprintf("trap 'echo ended >%s; exit' TERM; echo on >%s.on;"
			  " while :; do sleep 0.05; done",
			  mark, mark);
	CLEANUP_FREE char *on = xasprintf("%s.on", mark);
	struct child_opts opts = { .argv = SH(script),
				   .death_signal = SIGTERM };
	struct child *child;
	struct err err = ERR_INIT;
	pid_t parent = fork();

	if (parent == 0) {
		if (child_start(&opts, &child, &err))
			_exit(1);
		while (!file_exists(on))
			(void)usleep(1000);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
	for (int i = 0; i < 5000 && !file_exists(mark); i++)
		(void)usleep(1000);
	ck_assert(file_exists(mark));
}
END_TEST

START_TEST(an_absent_program_is_named)
{
	struct child_opts opts = {
		.argv = (const char *const[]){ "no-such-program", NULL },
	};
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_MISSING, 0);
	ck_assert_has(err.msg, "no-such-program");
}
END_TEST

START_TEST(what_cannot_be_executed_is_an_error)
{
	CLEANUP_FREE char *path = tmpdir_write("file", "not a program");
	struct child_opts opts = {
		.argv = (const char *const[]){ path, NULL },
	};
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_SYS, EACCES);
	opts = (struct child_opts){ .argv = SH("true"), .cwd = "/nowhere" };
	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_SYS, ENOENT);
	opts = (struct child_opts){ .argv = SH("true"), .out_path = "/no/x" };
	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_SYS, ENOENT);
}
END_TEST

START_TEST(a_deadline_ends_the_whole_group)
{
	CLEANUP_FREE char *pid_path = tmpdir_join("pid");
	CLEANUP_FREE char *script = NULL;
	CLEANUP_FREE char *text = NULL;
	uint64_t began = clock_now_ns();
	struct child_opts opts = { .deadline_ns = began + 300 * NS_PER_MS };
	struct err err = ERR_INIT;

	script = xasprintf("sleep 100 & echo $! >%s; wait", pid_path);
	opts.argv = SH(script);
	ck_assert_int_eq(child_run(&opts, NULL, &err), -1);
	ck_assert_int_eq(err.domain, ERR_TIMEOUT);
	ck_assert_int_ge(err.code, 250);
	ck_assert_int_le(err.code, 300);
	ck_assert_uint_lt(clock_now_ns() - began, 10 * NS_PER_S);
	ck_assert_ok(file_read(pid_path, 20, &text, NULL, &err), &err);
	/* Our grandchild is init's now: dead, and reaped soon. */
	while (kill(to_int(text), 0) == 0 &&
	       clock_now_ns() - began < 10 * NS_PER_S) {
		CLEANUP_FREE char *stat_path =
			xasprintf("/proc/%d/stat", to_int(text));
		CLEANUP_FREE char *stat_text = NULL;

		if (file_read(stat_path, 4096, &stat_text, NULL, &err) < 0 ||
		    strstr(stat_text, ") Z "))
			return;
		(void)poll(NULL, 0, 10);
	}
	ck_assert_int_eq(kill(to_int(text), 0), -1);
}
END_TEST

START_TEST(a_program_that_ignores_sigterm_is_killed)
{
	struct child_opts opts = { .argv = SH("trap '' TERM; echo ready;"
					      "while :; do sleep 1; done") };
	struct child *child = NULL;
	uint64_t began = clock_now_ns();
	struct err err = ERR_INIT;

	ck_assert_ok(child_start(&opts, &child, &err), &err);
	ck_assert_err(child_wait(child, began + 200 * NS_PER_MS, NULL, &err),
		      &err, ERR_TIMEOUT, err.code);
	child_stop(child, 100 * NS_PER_MS);
	ck_assert(!child_running(child));
	child_free(child);
	ck_assert_uint_lt(clock_now_ns() - began, 5 * NS_PER_S);
}
END_TEST

START_TEST(a_cancelled_run_ends_at_once)
{
	CLEANUP_FD int cancel = eventfd(1, EFD_CLOEXEC);
	struct child_opts opts = { .argv = SH("exec sleep 100"),
				   .cancel_fd = cancel };
	uint64_t began = clock_now_ns();
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_SYS, EINTR);
	ck_assert_uint_lt(clock_now_ns() - began, 2 * NS_PER_S);
}
END_TEST

START_TEST(much_output_is_collected_whole)
{
	struct child_opts opts = {
		.argv = SH("head -c 900000 /dev/zero | tr '\\0' x;"
			   "head -c 300000 /dev/zero | tr '\\0' y >&2"),
	};
	struct child_result result = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(child_run(&opts, &result, &err), &err);
	ck_assert_uint_eq(result.out_len, 900000);
	ck_assert_uint_eq(strspn(result.out, "x"), 900000);
	ck_assert_uint_le(strlen(result.err), 65536);
	ck_assert_uint_ge(strlen(result.err), 16384);
	child_result_release(&result);
}
END_TEST

START_TEST(the_last_words_survive_much_output)
{
	struct child_opts opts = {
		.argv = SH("head -c 300000 /dev/zero | tr '\\0' y >&2;"
			   "echo; echo final words >&2; exit 1"),
	};
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_CHILD, 1 << 8);
	ck_assert_has(err.msg, "final words");
}
END_TEST

START_TEST(too_much_output_is_an_error)
{
	struct child_opts opts = { .argv = SH("echo 12345678"),
				   .max_output = 8 };
	struct err err = ERR_INIT;

	ck_assert_err(child_run(&opts, NULL, &err), &err, ERR_PARSE, 0);
	opts.max_output = 9;
	ck_assert_ok(child_run(&opts, NULL, &err), &err);
}
END_TEST

START_TEST(a_grandchild_that_holds_the_pipe_is_not_waited_for)
{
	struct child_opts opts = { .argv = SH("sleep 20 & echo done") };
	uint64_t began = clock_now_ns();
	CLEANUP_FREE char *out = output_of(&opts);

	ck_assert_str_eq(out, "done\n");
	ck_assert_uint_lt(clock_now_ns() - began, 10 * NS_PER_S);
}
END_TEST

START_TEST(environment_and_directory_are_set)
{
	struct child_opts opts = {
		.argv = SH("echo $ONE $TWO $KEPT; pwd; cat"),
		.env = (const char *const[]){ "ONE=1", "TWO=2", NULL },
		.cwd = "/",
	};
	CLEANUP_FREE char *out = NULL;

	(void)setenv("ONE", "old", 1);
	(void)setenv("KEPT", "kept", 1);
	out = output_of(&opts);
	ck_assert_str_eq(out, "1 2 kept\n/\n");
}
END_TEST

START_TEST(stdin_is_what_was_given)
{
	CLEANUP_FREE char *path = tmpdir_write("in", "given\n");
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct child_opts opts = { .argv = SH("cat"), .stdin_fd = fd };
	CLEANUP_FREE char *out = output_of(&opts);

	ck_assert_str_eq(out, "given\n");
}
END_TEST

START_TEST(only_given_descriptors_are_passed)
{
	/* Not close-on-exec, as a careless library would open them. */
	int kept = open("/dev/null", O_RDONLY);	 /* NOLINT: see above */
	int other = open("/dev/null", O_RDONLY); /* NOLINT: see above */
	CLEANUP_FREE char *script = NULL;
	CLEANUP_FREE char *out = NULL;
	struct child_opts opts = { .pass_fds = &kept, .n_pass_fds = 1 };

	script = xasprintf("for n in %d %d; do"
			   " [ -e /proc/self/fd/$n ] && echo $n; done; true",
			   kept, other);
	opts.argv = SH(script);
	out = output_of(&opts);
	ck_assert_int_eq(to_int(out), kept);
	ck_assert_ptr_eq(strchr(out, '\n') + 1, out + strlen(out));
	ck_assert_int_eq(close(kept), 0);
	ck_assert_int_eq(close(other), 0);
}
END_TEST

/* Mask of signals in a line of /proc/PID/status, without the two that the C
 * library keeps to itself. */
static uint64_t signals_in(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	ck_assert_ptr_nonnull(line);
	return strtoull(line + strlen(key), NULL, 16) & ~UINT64_C(0x180000000);
}

START_TEST(signals_are_as_a_program_expects_them)
{
	struct child_opts opts = { .argv = SH("cat /proc/self/status") };
	CLEANUP_FREE char *out = NULL;
	sigset_t all;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGRTMIN + 1, SIG_IGN);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	out = output_of(&opts);
	ck_assert_uint_eq(signals_in(out, "SigBlk:"), 0);
	ck_assert_uint_eq(signals_in(out, "SigIgn:"), 0);
}
END_TEST

static int report_group(void *arg)
{
	int fd = *(int *)arg;
	int leads = getpgrp() == getpid();

	return write(fd, &leads, sizeof(leads)) == sizeof(leads) ? 5 : 6;
}

START_TEST(a_function_runs_in_a_process_and_group_of_its_own)
{
	struct child_opts opts = { .any_status = true };
	struct child_result result = { 0 };
	struct child *child = NULL;
	struct err err = ERR_INIT;
	int ends[2];
	int leads = 0;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_ok(child_fork("reporter", &opts, report_group, &ends[1],
				&child, &err),
		     &err);
	ck_assert_ok(child_wait(child, clock_now_ns() + 10 * NS_PER_S, &result,
				&err),
		     &err);
	ck_assert_int_eq(WEXITSTATUS(result.status), 5);
	ck_assert_int_eq(read(ends[0], &leads, sizeof(leads)), sizeof(leads));
	ck_assert_int_eq(leads, 1);
	child_free(child);
	child_result_release(&result);
}
END_TEST

static int wait_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		(void)pause();
	return 0;
}

START_TEST(a_freed_child_is_dead)
{
	struct child *child = NULL;
	struct err err = ERR_INIT;
	struct pollfd ended = { .events = POLLIN };
	pid_t pid;

	ck_assert_ok(child_fork("waiter", NULL, wait_for_ever, NULL, &child,
				&err),
		     &err);
	pid = child_pid(child);
	ck_assert(child_running(child));
	ended.fd = child_pidfd(child);
	ck_assert_int_eq(poll(&ended, 1, 0), 0);
	child_kill(child, SIGKILL);
	ck_assert_int_eq(poll(&ended, 1, 10000), 1);
	child_free(child);
	ck_assert_int_eq(kill(pid, 0), -1);
	child_free(NULL);
}
END_TEST

/* Makes a child, reports its pid, dies without a word. */
static int orphan_one(void *arg)
{
	int fd = *(int *)arg;
	struct child *child = NULL;
	struct err err = ERR_INIT;
	pid_t pid;

	if (child_fork("orphan", NULL, wait_for_ever, NULL, &child, &err) < 0)
		return 1;
	pid = child_pid(child);
	if (write(fd, &pid, sizeof(pid)) != sizeof(pid))
		return 1;
	_exit(0);
}

START_TEST(a_child_dies_with_its_parent)
{
	struct child *parent = NULL;
	struct err err = ERR_INIT;
	pid_t orphan = 0;
	int ends[2];

	/* The orphan becomes ours, so that its end can be seen for sure. */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_ok(child_fork("parent", NULL, orphan_one, &ends[1], &parent,
				&err),
		     &err);
	ck_assert_ok(child_wait(parent, clock_now_ns() + 10 * NS_PER_S, NULL,
				&err),
		     &err);
	ck_assert_int_eq(read(ends[0], &orphan, sizeof(orphan)),
			 sizeof(orphan));
	ck_assert_int_eq(waitpid(orphan, NULL, 0), orphan);
	child_free(parent);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("child");
	TCase *run = tcase_create("run");
	TCase *end = tcase_create("end");
	TCase *fork = tcase_create("fork");

	tcase_add_checked_fixture(run, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(run, output_of_a_program_is_collected);
	tcase_add_test(run, a_bad_end_tells_status_and_last_words);
	tcase_add_test(run, last_words_come_from_stdout_when_stderr_is_silent);
	tcase_add_test(run, last_words_come_from_the_file_that_took_stderr);
	tcase_add_test(run, a_signal_is_named);
	tcase_add_test(run, any_status_is_the_callers_to_judge);
	tcase_add_test(run, lines_on_stderr_are_told_as_they_come);
	tcase_add_test(run, a_program_can_see_to_its_own_when_we_die);
	tcase_add_test(run, an_absent_program_is_named);
	tcase_add_test(run, what_cannot_be_executed_is_an_error);
	tcase_add_test(run, much_output_is_collected_whole);
	tcase_add_test(run, the_last_words_survive_much_output);
	tcase_add_test(run, too_much_output_is_an_error);
	tcase_add_test(run, environment_and_directory_are_set);
	tcase_add_test(run, stdin_is_what_was_given);
	tcase_add_test(run, only_given_descriptors_are_passed);
	tcase_add_test(run, signals_are_as_a_program_expects_them);
	suite_add_tcase(suite, run);
	tcase_set_timeout(end, 20);
	tcase_add_checked_fixture(end, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(end, a_deadline_ends_the_whole_group);
	tcase_add_test(end, a_program_that_ignores_sigterm_is_killed);
	tcase_add_test(end, a_cancelled_run_ends_at_once);
	tcase_add_test(end, a_grandchild_that_holds_the_pipe_is_not_waited_for);
	suite_add_tcase(suite, end);
	tcase_set_timeout(fork, 20);
	tcase_add_test(fork, a_function_runs_in_a_process_and_group_of_its_own);
	tcase_add_test(fork, a_freed_child_is_dead);
	tcase_add_test(fork, a_child_dies_with_its_parent);
	suite_add_tcase(suite, fork);
	return suite;
}
