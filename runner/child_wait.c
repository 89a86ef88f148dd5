// SPDX-License-Identifier: Apache-2.0
/* child_wait.c - collecting what children say, their end and how to judge it */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/child_internal.h"

#define STOP_GRACE_NS (2 * NS_PER_S)
#define SAID_MAX 500 /* bytes of a child's last words in a message */
#define SAID_LINES 5
#define LOG_MAX ((size_t)64 * 1024 * 1024)

static void stream_keep(struct child_stream *stream, const char *bytes,
			size_t n)
{
	if (stream->len + n > stream->max && stream->tail) {
		size_t drop = stream->max / 2;

		if (drop > stream->len)
			drop = stream->len;
		stream->len -= drop;
		memmove(stream->text, stream->text + drop, stream->len);
		stream->cut = true;
	}
	if (n > stream->max - stream->len) {
		n = stream->max - stream->len;
		stream->cut = true;
	}
	stream->text = xreallocarray(stream->text, stream->len + n + 1, 1);
	memcpy(stream->text + stream->len, bytes, n);
	stream->len += n;
	stream->text[stream->len] = '\0';
}

static void tell_line(struct child_stream *stream)
{
	CLEANUP_FREE char *text =
		str_utf8_clean(stream->line, stream->line_len);

	stream->line_len = 0;
	stream->on_line(stream->arg, text);
}

static void tell_lines(struct child_stream *stream, const char *bytes, size_t n)
{
	for (size_t i = 0; stream->on_line && i < n; i++) {
		bool ends = bytes[i] == '\n';

		if (!ends)
			stream->line[stream->line_len++] = bytes[i];
		if (ends || stream->line_len == sizeof(stream->line))
			tell_line(stream);
	}
}

void child_stream_read(struct child_stream *stream)
{
	char buf[16384];

	while (stream->fd >= 0) {
		ssize_t n = read(stream->fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0) {
			stream_keep(stream, buf, (size_t)n);
			tell_lines(stream, buf, (size_t)n);
			continue;
		}
		fd_closep(&stream->fd);
		stream->fd = -1;
	}
}

char *child_status_text(int status)
{
	const char *name;

	if (WIFEXITED(status))
		return xasprintf("exit status %d", WEXITSTATUS(status));
	name = sigabbrev_np(WTERMSIG(status));
	if (name)
		return xasprintf("killed by SIG%s", name);
	return xasprintf("killed by signal %d", WTERMSIG(status));
}

/* The last lines of @text, made fit for a message. */
static char *last_lines(const char *text, size_t len)
{
	CLEANUP_FREE char *copy = NULL;
	const char *from;
	int lines = 0;

	copy = str_utf8_clean(text + (len > SAID_MAX ? len - SAID_MAX : 0),
			      len > SAID_MAX ? SAID_MAX : len);
	(void)str_trim(copy);
	from = copy + strlen(copy);
	while (from > copy && lines < SAID_LINES)
		if (*--from == '\n')
			lines++;
	return xstrdup(*from == '\n' ? from + 1 : from);
}

/* What it said last: on stderr, in the file that took it, or on stdout. */
static char *last_words(const struct child *child)
{
	CLEANUP_FREE char *log = NULL;
	struct err ignored;
	size_t len;

	if (child->err.len)
		return last_lines(child->err.text, child->err.len);
	if (child->err_path &&
	    file_read(child->err_path, LOG_MAX, &log, &len, &ignored) == 0)
		return last_lines(log, len);
	if (child->out.len)
		return last_lines(child->out.text, child->out.len);
	return xstrdup("");
}

int child_judge(const struct child *child, struct err *err)
{
	CLEANUP_FREE char *how = NULL;
	CLEANUP_FREE char *said = NULL;

	if (child->out.cut)
		return err_set(err, ERR_PARSE, 0,
			       "'%s' printed more than %zu bytes", child->name,
			       child->out.max);
	if (child->any_status || child->status == 0)
		return 0;
	how = child_status_text(child->status);
	said = last_words(child);
	return err_set(err, ERR_CHILD, child->status, "'%s': %s%s%s",
		       child->name, how, *said ? ": " : "", said);
}

/* Whether it has ended; reaps it then. */
static bool reap(struct child *child, int options)
{
	pid_t pid;

	if (child->reaped)
		return true;
	do
		pid = waitpid(child->pid, &child->status, options);
	while (pid < 0 && errno == EINTR);
	child->reaped = pid != 0;
	return child->reaped;
}

static int poll_timeout(uint64_t deadline_ns)
{
	return deadline_ns ? clock_ms_left(deadline_ns) : -1;
}

/* Wait for its end or the deadline, whichever is first; collect meanwhile. */
static int await_end(struct child *child, uint64_t deadline_ns, int cancel_fd,
		     struct err *err)
{
	while (!reap(child, WNOHANG)) {
		struct pollfd fds[] = {
			{ .fd = child->pidfd, .events = POLLIN },
			{ .fd = child->out.fd, .events = POLLIN },
			{ .fd = child->err.fd, .events = POLLIN },
			{ .fd = cancel_fd, .events = POLLIN },
		};
		int n = poll(fds, ARRAY_SIZE(fds), poll_timeout(deadline_ns));

		if (n < 0 && errno != EINTR)
			return err_errno(err, "wait for '%s'", child->name);
		if (n == 0)
			return err_set(
				err, ERR_TIMEOUT,
				(long)((deadline_ns - child->started_ns) /
				       NS_PER_MS),
				"'%s' did not end in time", child->name);
		if (n > 0 && fds[3].revents) {
			errno = EINTR;
			return err_errno(err, "'%s'", child->name);
		}
		child_stream_read(&child->out);
		child_stream_read(&child->err);
	}
	/* What it left in the pipes; who else holds them is not waited for. */
	child_stream_read(&child->out);
	child_stream_read(&child->err);
	return 0;
}

int child_wait(struct child *child, uint64_t deadline_ns,
	       struct child_result *ret_result, struct err *err)
{
	if (await_end(child, deadline_ns, child->cancel_fd, err) < 0)
		return -1;
	if (child_judge(child, err) < 0)
		return -1;
	if (!ret_result)
		return 0;
	ret_result->status = child->status;
	ret_result->out_len = child->out.len;
	ret_result->out = TAKE(child->out.text);
	ret_result->err = TAKE(child->err.text);
	return 0;
}

int child_run(const struct child_opts *opts, struct child_result *ret_result,
	      struct err *err)
{
	CLEANUP(child_freep) struct child *child = NULL;
	int status;

	if (child_start(opts, &child, err) < 0)
		return -1;
	status = child_wait(child, opts->deadline_ns, ret_result, err);
	if (!child->reaped)
		child_stop(child, STOP_GRACE_NS);
	return status;
}

void child_kill(const struct child *child, int sig)
{
	if (!child->reaped)
		(void)kill(child->group ? -child->pid : child->pid, sig);
}

void child_stop(struct child *child, uint64_t grace_ns)
{
	struct err ignored;

	child_kill(child, SIGTERM);
	child_kill(child, SIGCONT);
	if (await_end(child, clock_now_ns() + grace_ns, -1, &ignored) == 0)
		return;
	child_kill(child, SIGKILL);
	(void)reap(child, 0);
}

bool child_running(struct child *child)
{
	return !reap(child, WNOHANG);
}

pid_t child_pid(const struct child *child)
{
	return child->pid;
}

int child_pidfd(const struct child *child)
{
	return child->pidfd;
}

void child_result_release(struct child_result *result)
{
	free(result->out);
	free(result->err);
	*result = (struct child_result){ 0 };
}

void child_free(struct child *child)
{
	if (!child)
		return;
	child_kill(child, SIGKILL);
	(void)reap(child, 0);
	fd_closep(&child->pidfd);
	fd_closep(&child->out.fd);
	fd_closep(&child->err.fd);
	free(child->out.text);
	free(child->err.text);
	free(child->err_path);
	free(child->name);
	free(child);
}

void child_freep(struct child **child)
{
	child_free(*child);
}
