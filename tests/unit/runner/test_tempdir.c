// SPDX-License-Identifier: Apache-2.0
#include "runner/tempdir.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

static char *prefix(void)
{
	return xasprintf("%s/not/there/yet-", tmpdir_path());
}

static void put_file_into(const struct tempdir *dir)
{
	CLEANUP_FREE char *below = xasprintf("%s/a/b", tempdir_path(dir));
	CLEANUP_FREE char *path = xasprintf("%s/c", below);
	struct err err;

	ck_assert_ok(file_mkdirs(below, &err), &err);
	ck_assert_ok(file_write(path, "x", 1, &err), &err);
}

START_TEST(it_is_gone_when_it_is_freed)
{
	CLEANUP_FREE char *name = prefix();
	CLEANUP_FREE char *path = NULL;
	struct tempdir *dir;
	struct err err;

	ck_assert_ok(tempdir_make(name, &dir, &err), &err);
	path = xstrdup(tempdir_path(dir));
	ck_assert(str_starts(path, name));
	put_file_into(dir);
	tempdir_free(dir);
	ck_assert(!file_exists(path));
}
END_TEST

static void make_and_die(int sig)
{
	CLEANUP_FREE char *name = prefix();
	struct tempdir *dir;
	struct err err;

	if (tempdir_make(name, &dir, &err))
		_exit(1);
	put_file_into(dir);
	(void)signal(sig, SIG_DFL); /* Check has a handler for SIGTERM */
	(void)kill(getpid(), sig);
	_exit(1);
}

static const int ends[] = { SIGTERM, SIGKILL };

START_TEST(it_is_gone_when_its_process_was_killed)
{
	CLEANUP_FREE char *folder = xasprintf("%s/not/there", tmpdir_path());
	uint64_t deadline = clock_now_ns() + 10 * NS_PER_S;
	CLEANUP(str_list_release) struct str_list names = { 0 };
	int status;
	pid_t pid = fork();
	struct err err;

	if (pid == 0)
		make_and_die(ends[_i]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	do {
		str_list_release(&names);
		names = (struct str_list){ 0 };
		ck_assert_ok(file_list(folder, &names, &err), &err);
	} while (names.n && clock_now_ns() < deadline);
	ck_assert_uint_eq(names.n, 0);
}
END_TEST

START_TEST(its_keeper_keeps_no_socket_of_ours_open)
{
	CLEANUP_FREE char *name = prefix();
	struct pollfd end = { .events = POLLIN };
	struct tempdir *dir;
	struct err err;
	int ends_of_pipe[2];

	ck_assert_int_eq(pipe2(ends_of_pipe, O_CLOEXEC), 0);
	ck_assert_ok(tempdir_make(name, &dir, &err), &err);
	close(ends_of_pipe[1]);
	end.fd = ends_of_pipe[0];
	ck_assert_int_eq(poll(&end, 1, 3000), 1);
	ck_assert(end.revents & POLLHUP);
	close(ends_of_pipe[0]);
	tempdir_free(dir);
}
END_TEST

START_TEST(what_is_in_its_way_is_told)
{
	CLEANUP_FREE char *file = xasprintf("%s/file", tmpdir_path());
	CLEANUP_FREE char *name = xasprintf("%s/x-", file);
	struct tempdir *dir;
	struct err err;

	ck_assert_ok(file_write(file, "x", 1, &err), &err);
	ck_assert_int_eq(tempdir_make(name, &dir, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.msg, file));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("tempdir");
	TCase *tc = tcase_create("tempdir");

	tcase_add_checked_fixture(tc, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tc, it_is_gone_when_it_is_freed);
	tcase_add_loop_test(tc, it_is_gone_when_its_process_was_killed, 0,
			    ARRAY_SIZE(ends));
	tcase_add_test(tc, its_keeper_keeps_no_socket_of_ours_open);
	tcase_add_test(tc, what_is_in_its_way_is_told);
	suite_add_tcase(suite, tc);
	return suite;
}
