// SPDX-License-Identifier: Apache-2.0
/* child_internal.h - the inside of struct child, for child*.c alone */
#ifndef RUNNER_CHILD_INTERNAL_H
#define RUNNER_CHILD_INTERNAL_H

#include "runner/child.h"

/* Longer lines are told in pieces. */
#define CHILD_LINE_MAX 1024

/**
 * struct child_stream - What is collected of stdout or stderr
 * @fd:		Our end of the pipe, non-blocking; -1: none, or at its end
 * @text:	NUL-terminated, owned; NULL: not collected
 * @max:	Bytes that are kept
 * @tail:	Keep the last of them rather than the first
 * @cut:	There was more
 * @on_line:	Told each line as it comes; may be NULL
 * @line:	The line that is not whole yet
 */
struct child_stream {
	int fd;
	char *text;
	size_t len;
	size_t max;
	bool tail;
	bool cut;
	void (*on_line)(void *arg, const char *line);
	void *arg;
	char line[CHILD_LINE_MAX];
	size_t line_len;
};

/**
 * struct child - A process we made
 * @name:	For messages
 * @group:	It leads a process group
 * @reaped:	It has ended and @status is how
 */
struct child {
	pid_t pid;
	int pidfd;
	char *name;
	char *err_path;
	bool group;
	bool reaped;
	bool any_status;
	int cancel_fd;
	int status;
	uint64_t started_ns;
	struct child_stream out;
	struct child_stream err;
};

/** child_stream_read() - Take what is there now; closes at the end */
void child_stream_read(struct child_stream *stream);

/** child_judge() - 0, or what is wrong with how it ended */
WARN_UNUSED
int child_judge(const struct child *child, struct err *err);

#endif
