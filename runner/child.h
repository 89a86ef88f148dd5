// SPDX-License-Identifier: Apache-2.0
/* child.h - programs and processes of our own, each with a way to end it */
#ifndef RUNNER_CHILD_H
#define RUNNER_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * DOC: Children
 * Nothing else in the tool forks. Each child leads a process group of its own,
 * so that Ctrl-C reaches the tool alone and ending a child ends what it
 * started; it is killed by the kernel when the thread that made it ends
 * (PR_SET_PDEATHSIG), so make children from the main thread. A program gets no
 * descriptor of ours but those it is given, no shell, and stdin of /dev/null.
 *
 * One-shot:	child_run()
 * Background:	child_start() or child_fork(), child_wait(), child_free()
 */
struct child;

/**
 * struct child_opts - What to run and with what; a zeroed member is a default
 * @argv:	NULL-terminated; argv[0] is sought in PATH. Not for child_fork()
 * @env:	NULL-terminated "NAME=value" that are added or replaced, or NULL
 * @cwd:	Directory to run in; NULL: ours
 * @stdin_fd:	Descriptor for stdin; 0: /dev/null
 * @out_path, @err_path: File for stdout and stderr, made or emptied; the same
 *		path for both is opened once
 * @out_fd, @err_fd: Descriptor instead of a file; 0: none
 * @netns_fd:	Network namespace to run in; 0: ours
 * @pass_fds, @n_pass_fds: Further descriptors the program keeps, same numbers
 * @death_signal: What it gets when we end before it; 0: SIGKILL. Its process
 *		group gets nothing: a program that starts others sees to them
 * @on_err_line: Told each line of collected stderr as it comes, cleaned; may be
 *		NULL
 * @arg:	For @on_err_line
 * @terminal:	Leave it our stdin, stdout, stderr and our process group: for a
 *		user's shell
 * @deadline_ns: When child_run() gives up, CLOCK_MONOTONIC; 0: never
 * @cancel_fd:	child_run() gives up when this becomes readable; 0: none
 * @max_output:	Of collected stdout, in bytes; 0: 1 MiB
 * @any_status:	child_run(), child_wait(): a bad end is the caller's to judge
 *
 * Without a path or descriptor, stdout and stderr of a program are collected
 * while someone is in child_wait(): give background programs that say much a
 * path. A forked function keeps ours.
 */
struct child_opts {
	const char *const *argv;
	const char *const *env;
	const char *cwd;
	int netns_fd;
	int stdin_fd;
	const char *out_path;
	const char *err_path;
	int out_fd;
	int err_fd;
	const int *pass_fds;
	size_t n_pass_fds;
	int death_signal;
	void (*on_err_line)(void *arg, const char *line);
	void *arg;
	bool terminal;
	uint64_t deadline_ns;
	int cancel_fd;
	size_t max_output;
	bool any_status;
};

/**
 * struct child_result - How it ended
 * @status:	As of waitpid(2)
 * @out:	Collected stdout, NUL-terminated, owned; NULL if not collected
 * @out_len:	Bytes of it
 * @err:	Collected stderr, its last 64 KiB, owned; NULL if not collected
 */
struct child_result {
	int status;
	char *out;
	size_t out_len;
	char *err;
};

void child_result_release(struct child_result *result);

/**
 * child_run() - Run a program to its end
 * @ret_result:	What it said; may be NULL; released by the caller
 * @err:	ERR_MISSING: no such program; ERR_SYS: could not start it, EINTR:
 *		cancelled; ERR_CHILD: bad end, the message has its last lines;
 *		ERR_TIMEOUT: the deadline passed; ERR_PARSE: too much output
 *
 * Whatever is returned, it runs no longer; when it was cut short its process
 * group got SIGTERM, and two seconds later SIGKILL.
 *
 * Return: 0, or -1
 */
WARN_UNUSED
int child_run(const struct child_opts *opts, struct child_result *ret_result,
	      struct err *err);

/**
 * child_start() - Start a program
 * @err:	ERR_MISSING or ERR_SYS
 *
 * Return: 0 and a running child to child_free(), or -1
 */
WARN_UNUSED
int child_start(const struct child_opts *opts, struct child **ret_child,
		struct err *err);

/**
 * child_fork() - Run a function in a process of its own
 * @name:	For messages
 * @opts:	.argv and .pass_fds are not used; may be NULL
 * @fn:		Its return is the exit status; all our descriptors are open in it
 * @arg:	Handed to @fn
 *
 * In a process with threads (libvirt's) @fn must not touch what they lock.
 *
 * Return: 0 and a running child to child_free(), or -1 with ERR_SYS
 */
WARN_UNUSED
int child_fork(const char *name, const struct child_opts *opts,
	       int (*fn)(void *arg), void *arg, struct child **ret_child,
	       struct err *err);

/**
 * child_wait() - Wait for its end and collect what it says meanwhile
 * @deadline_ns: CLOCK_MONOTONIC; 0: none
 * @ret_result:	May be NULL; released by the caller. Once per child
 * @err:	ERR_CHILD: bad end; ERR_TIMEOUT: the deadline passed; ERR_SYS,
 *		EINTR: cancelled; ERR_PARSE: too much output
 *
 * It still runs after ERR_TIMEOUT and EINTR: wait again, or child_free() it.
 *
 * Return: 0, or -1
 */
WARN_UNUSED
int child_wait(struct child *child, uint64_t deadline_ns,
	       struct child_result *ret_result, struct err *err);

/** child_kill() - Send a signal to its process group; fine when it has ended */
void child_kill(const struct child *child, int sig);

/** child_stop() - SIGTERM, @grace_ns to end by itself, then SIGKILL; reaped */
void child_stop(struct child *child, uint64_t grace_ns);

/** child_running() - Whether it has not ended yet */
bool child_running(struct child *child);

pid_t child_pid(const struct child *child);

/** child_pidfd() - For poll(2): readable when it has ended; borrowed */
int child_pidfd(const struct child *child);

/** child_free() - Kill its process group if it runs, reap it; NULL is fine */
void child_free(struct child *child);
/** child_freep() - For CLEANUP(child_freep) */
void child_freep(struct child **child);

/** child_status_text() - "exit status 2", "killed by SIGKILL"; caller owns */
char *child_status_text(int status);

#endif
