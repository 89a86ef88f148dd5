// SPDX-License-Identifier: Apache-2.0
/* obstacles_common.c - what the things of 'obstacles' are made with */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/obstacles.h"

/* Where a helper says that it is ready. */
static int helper_pipe[2] = { -1, -1 };

int obstacle_check(long value, const char *what)
{
	if (value < 0)
		guest_die(what);
	return (int)value;
}

unsigned long obstacle_number(const char *arg)
{
	char *end;
	unsigned long value = strtoul(arg ? arg : "", &end, 10);

	if (!arg || end == arg || *end) {
		(void)fprintf(stderr, "not a number: '%s'\n", arg ? arg : "");
		exit(GUEST_USAGE);
	}
	return value;
}

void obstacle_helper_ready(void)
{
	int pid = getpid();

	if (write(helper_pipe[1], &pid, sizeof(pid)) != sizeof(pid))
		_exit(GUEST_TROUBLE);
	close(helper_pipe[0]);
	close(helper_pipe[1]);
}

/* A grandchild whose parent is gone at once. */
static _Noreturn void leave_tree(void (*run)(void *data), void *data)
{
	if (setsid() < 0 || fork() != 0 || !freopen("/dev/null", "w", stdout))
		_exit(0);
	run(data);
	_exit(0);
}

int obstacle_helper(void (*run)(void *data), void *data)
{
	int pid, child;

	obstacle_check(pipe(helper_pipe), "pipe");
	child = obstacle_check(fork(), "fork");
	if (child == 0)
		leave_tree(run, data);
	obstacle_check(waitpid(child, NULL, 0), "waitpid");
	close(helper_pipe[1]);
	if (read(helper_pipe[0], &pid, sizeof(pid)) != sizeof(pid))
		guest_die("the helper did not start");
	close(helper_pipe[0]);
	return pid;
}
