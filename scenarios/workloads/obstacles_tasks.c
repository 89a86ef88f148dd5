// SPDX-License-Identifier: Apache-2.0
/* obstacles_tasks.c - threads, children, tracers, timers, namespaces */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/obstacles.h"

static void *wait_for_ever(void *data)
{
	(void)data;
	for (;;)
		(void)pause();
	return NULL;
}

static void make_threads(const char *n)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 1UL << 16);
	for (unsigned long i = obstacle_number(n); i; i--) {
		if (pthread_create(&thread, &attr, wait_for_ever, NULL))
			guest_die("pthread_create");
	}
	pthread_attr_destroy(&attr);
}

/* A child whose first thread has ended and whose second has not. */
static void make_leaderless(const char *arg)
{
	(void)arg;
	if (obstacle_check(fork(), "fork") == 0) {
		make_threads("1");
		pthread_exit(NULL);
	}
}

/* As a debugger does, which lets all signals pass. */
static void trace(void *data)
{
	int pid = *(int *)data, status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		_exit(GUEST_TROUBLE);
	obstacle_helper_ready();
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
		(void)ptrace(PTRACE_CONT, pid, NULL,
			     (unsigned long)WSTOPSIG(status));
}

static void make_tracer(const char *arg)
{
	int pid = getpid();

	(void)arg;
	(void)obstacle_helper(trace, &pid);
}

/* The first ids are free again: what is left has a number beyond its place. */
static void make_timers(const char *n)
{
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	timer_t timers[64];
	unsigned long i, count = obstacle_number(n) % 64;

	for (i = 0; i < count; i++)
		obstacle_check(timer_create(CLOCK_MONOTONIC, &none, &timers[i]),
			       "timer_create");
	for (i = 0; i + 1 < count; i++)
		obstacle_check(timer_delete(timers[i]), "timer_delete");
}

static void child_in(int flags)
{
	if (obstacle_check(fork(), "fork") == 0) {
		obstacle_check(unshare(flags), "unshare");
		wait_for_ever(NULL);
	}
}

static void make_nested_uts(const char *arg)
{
	(void)arg;
	child_in(CLONE_NEWUTS);
}

static void make_nested_ipc(const char *arg)
{
	(void)arg;
	child_in(CLONE_NEWIPC);
}

static int sleep_for_ever(void *data)
{
	wait_for_ever(data);
	return 0;
}

/* A process of its own that shares its memory, which is not a thread. */
static void make_shared_memory_child(const char *arg)
{
	static _Alignas(16) char stack[1 << 14];

	(void)arg;
	obstacle_check(clone(sleep_for_ever, stack + sizeof(stack),
			     CLONE_VM | SIGCHLD, NULL),
		       "clone");
}

static const struct obstacle table[] = {
	{ "threads", "NUMBER", make_threads },
	{ "leaderless-child", NULL, make_leaderless },
	{ "tracer", NULL, make_tracer },
	{ "timers", "NUMBER", make_timers },
	{ "nested-uts", NULL, make_nested_uts },
	{ "nested-ipc", NULL, make_nested_ipc },
	{ "shared-memory-child", NULL, make_shared_memory_child },
};

const struct obstacles obstacles_tasks = { table,
					   sizeof(table) / sizeof(table[0]) };
