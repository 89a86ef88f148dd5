// SPDX-License-Identifier: Apache-2.0
/* test_original.c - a stopped tree of processes goes on, or ends */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static int run(const char *what, pid_t pid, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("agent");
	CLEANUP_FREE char *number = xasprintf("%d", (int)pid);
	const char *argv[] = { path, "--original", what, number, NULL };

	return rig_run(argv, ret_output);
}

/* A process with a child, both stopped; the child tells by the pipe that it went
 * on, and both of them keep it open while they live. */
static pid_t start_stopped(int ret_ends[2])
{
	pid_t pid;

	ck_assert_int_eq(pipe(ret_ends), 0);
	pid = fork();
	if (pid == 0) {
		pid_t child = fork();

		(void)close(ret_ends[0]);
		if (child)
			(void)waitpid(child, NULL, WUNTRACED);
		(void)raise(SIGSTOP);
		if (child == 0) {
			(void)write(ret_ends[1], "x", 1);
			(void)pause();
		}
		(void)waitpid(child, NULL, 0);
		_exit(0);
	}
	(void)close(ret_ends[1]);
	ck_assert_int_eq(waitpid(pid, NULL, WUNTRACED), pid);
	return pid;
}

START_TEST(all_of_a_tree_go_on)
{
	CLEANUP_FREE char *output = NULL;
	int ends[2];
	char byte;
	pid_t pid = start_stopped(ends);

	ck_assert_int_eq(run("continue", pid, &output), 0);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	ck_assert_int_eq(run("kill", pid, &output), 0);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	(void)waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(all_of_a_stopped_tree_end)
{
	CLEANUP_FREE char *output = NULL;
	int ends[2];
	char byte;
	pid_t pid = start_stopped(ends);

	ck_assert_int_eq(run("kill", pid, &output), 0);
	/* The end of the pipe: nobody has it any more, nobody has written. */
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	(void)waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(what_is_not_there_does_not_go_on)
{
	CLEANUP_FREE char *output = NULL;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(run("continue", pid, &output), 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("original");
	TCase *tc = tcase_create("trees");

	tcase_add_test(tc, all_of_a_tree_go_on);
	tcase_add_test(tc, all_of_a_stopped_tree_end);
	tcase_add_test(tc, what_is_not_there_does_not_go_on);
	suite_add_tcase(suite, tc);
	return suite;
}
