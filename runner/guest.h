// SPDX-License-Identifier: Apache-2.0
/* guest.h - scripts run inside a guest, through its agent */
#ifndef RUNNER_GUEST_H
#define RUNNER_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** struct guest - Connection to the agent of one running guest; opaque */
struct guest;

/**
 * typedef guest_mark_fn - Told of each mark a script wrote to descriptor 3
 * @at_ns:	CLOCK_MONOTONIC of the host when it arrived
 */
typedef void guest_mark_fn(void *arg, const char *name, uint64_t at_ns);

/**
 * struct guest_script - What to run
 * @name:	For messages
 * @text:	For /bin/sh; at most 60 KiB
 * @tool:	@text is words, in lines of their own, of what the agent does itself
 *		(vm-images/guest/tools.h): no program is started
 * @input:	Fed to its stdin, NULL: stdin is empty
 * @evidence:	File that takes what it writes to descriptor 4, created when the
 *		first byte comes; NULL: thrown away
 * @deadline_ns: CLOCK_MONOTONIC; the script is killed then
 */
struct guest_script {
	const char *name;
	const char *text;
	bool tool;
	const void *input;
	size_t input_len;
	const char *evidence;
	uint64_t deadline_ns;
};

/**
 * struct guest_run - How a script ended
 * @began_ns, @ended_ns: On the host's clock
 * @exit:	Exit status; -signal - 1 when a signal killed it
 * @out, @log:	Its stdout and its stderr, at most the first 1 MiB of each;
 *		NUL-terminated, owned
 * @evidence_bytes: Written to the evidence file
 */
struct guest_run {
	uint64_t began_ns;
	uint64_t ended_ns;
	int exit;
	char *out;
	size_t out_len;
	char *log;
	size_t log_len;
	uint64_t evidence_bytes;
};

void guest_run_release(struct guest_run *run);

/**
 * guest_connect() - Reach a guest's agent and bring clock and randomness up
 * @name:	For messages: "source", "target"
 * @path:	UNIX socket of the agent's port
 * @console:	Its console log; told from when it does not answer
 * @deadline_ns: When to give up
 *
 * Return: 0, or -1 with ERR_GUEST (it died or panicked), ERR_TIMEOUT, ERR_SYS
 */
WARN_UNUSED
int guest_connect(const char *name, const char *path, const char *console,
		  uint64_t deadline_ns, struct guest **ret_guest,
		  struct err *err);
void guest_free(struct guest *guest);

/** guest_pair() - While one of them is waited on, serve the other too, and notice
 * its end; both live equally long */
void guest_pair(struct guest *a, struct guest *b);

/** guest_on_mark() - Have @fn told of marks; @arg is borrowed */
void guest_on_mark(struct guest *guest, guest_mark_fn *fn, void *arg);

/**
 * guest_start() - Begin a script; at most AGENT_JOBS_MAX at a time
 * @ret_job:	Handle for guest_wait()
 */
WARN_UNUSED
int guest_start(struct guest *guest, const struct guest_script *script,
		unsigned *ret_job, struct err *err);

/**
 * guest_wait() - Wait for one job while serving all of @guest's jobs
 * @ret_run:	Released by the caller
 *
 * Return: 0 when it ended (see .exit), or -1: ERR_TIMEOUT when it was killed at
 * its deadline; ERR_GUEST when the guest is gone
 */
WARN_UNUSED
int guest_wait(struct guest *guest, unsigned job, struct guest_run *ret_run,
	       struct err *err);

/** guest_run() - guest_start() and guest_wait() */
WARN_UNUSED
int guest_run(struct guest *guest, const struct guest_script *script,
	      struct guest_run *ret_run, struct err *err);

/** guest_serve() - Serve both guests until @until_ns or @fd is readable
 * @guests:	NULL: that one is not there
 * @fd:		-1: none
 * Return: 1 when @fd is readable, 0 at the time, -1 when a guest is gone */
WARN_UNUSED
int guest_serve(struct guest *const *guests, size_t n, int fd,
		uint64_t until_ns, struct err *err);

#endif
