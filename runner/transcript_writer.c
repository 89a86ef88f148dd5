// SPDX-License-Identifier: Apache-2.0
/* transcript_writer.c - the peer's log as it is written */
#include "runner/transcript_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

/* Longer texts are cut; a line must go out in one piece. */
#define LINE_MAX_BYTES 512

int transcript_open(const char *path, struct transcript *ret_transcript,
		    struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_errno(err, "open '%s'", path);
	*ret_transcript = (struct transcript){ .fd = fd };
	return 0;
}

void transcript_release(struct transcript *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* One event is one line, whatever a stranger's answer quoted in it holds. */
static void clean(char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	}
}

static void write_line(struct transcript *t, char *line, int len)
{
	struct err err = ERR_INIT;

	if (len > LINE_MAX_BYTES - 2)
		len = LINE_MAX_BYTES - 2;
	clean(line, (size_t)len);
	line[len] = '\n';
	if (fd_write_all(t->fd, line, (size_t)len + 1, &err) < 0 &&
	    !t->write_errno)
		t->write_errno = (int)err.code;
	if (t->write_errno && t->end_status)
		_exit(t->end_status);
}

void transcript_event(struct transcript *t, const char *event)
{
	char line[LINE_MAX_BYTES];

	write_line(t, line,
		   snprintf(line, sizeof(line), "%" PRIu64 " %s",
			    clock_now_ns(), event));
}

void transcript_number(struct transcript *t, const char *event, uint64_t n)
{
	char line[LINE_MAX_BYTES];

	write_line(t, line,
		   snprintf(line, sizeof(line), "%" PRIu64 " %s %" PRIu64,
			    clock_now_ns(), event, n));
}

void transcript_error(struct transcript *t, uint64_t n, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES], text[LINE_MAX_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->errors++;
	write_line(t, line,
		   snprintf(line, sizeof(line),
			    "%" PRIu64 " error %" PRIu64 " %s", clock_now_ns(),
			    n, text));
}

void transcript_close(struct transcript *t, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES], text[LINE_MAX_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->errors++;
	write_line(t, line,
		   snprintf(line, sizeof(line), "%" PRIu64 " close %s",
			    clock_now_ns(), text));
}
