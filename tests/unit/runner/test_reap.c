// SPDX-License-Identifier: Apache-2.0
/* test_reap.c - a process is gone before its sockets are closed */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "runner/reap.h"
#include "tests/lib/testing.h"

#define WITHIN_NS (30 * NS_PER_S)

/* A process that lives until it is killed, and has @fd alone. */
static pid_t holder(int fd, int others)
{
	pid_t pid = fork();

	if (pid == 0) {
		close(others);
		for (;;)
			pause();
	}
	close(fd);
	ck_assert_int_gt(pid, 0);
	return pid;
}

static void *reaper(void *arg)
{
	(void)waitpid(*(pid_t *)arg, NULL, 0);
	return NULL;
}

static bool is_closed(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1;
}

START_TEST(who_talks_with_it_learns_of_its_end_last)
{
	struct reap *reap;
	pthread_t thread;
	int fds[2];
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pid = holder(fds[1], fds[0]);
	ck_assert_int_eq(pthread_create(&thread, NULL, reaper, &pid), 0);
	reap = reap_kill(pid, WITHIN_NS);
	ck_assert_ptr_nonnull(reap);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
	ck_assert_msg(!is_closed(fds[0], 0), "its socket is closed");
	reap_done(reap);
	ck_assert_msg(is_closed(fds[0], 10000), "its socket is still open");
	(void)pthread_join(thread, NULL);
	close(fds[0]);
}
END_TEST

START_TEST(one_that_nobody_reaps_is_not_awaited_for_ever)
{
	int fds[2];
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pid = holder(fds[1], fds[0]);
	reap_done(reap_kill(pid, 20 * NS_PER_MS));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(fds[0]);
}
END_TEST

START_TEST(nobody_is_killed_when_there_is_none)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_ptr_null(reap_kill(pid, WITHIN_NS));
	reap_done(NULL);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("reap");
	TCase *tcase = tcase_create("reap");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, who_talks_with_it_learns_of_its_end_last);
	tcase_add_test(tcase, one_that_nobody_reaps_is_not_awaited_for_ever);
	tcase_add_test(tcase, nobody_is_killed_when_there_is_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
