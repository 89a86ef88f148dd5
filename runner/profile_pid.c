// SPDX-License-Identifier: Apache-2.0
/* profile_pid.c - what a live process tree has, asked of the program that also
 * tells it of the guests */
#include "runner/profile_pid.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/datadir.h"
#include "runner/log.h"

#define WITHIN_NS (60 * NS_PER_S)

/* @stdin_fd: 0: nothing is read */
static int ask(const char *option, const char *word, int stdin_fd,
	       struct facts *ret_facts, struct err *err)
{
	CLEANUP_FREE char *program = datadir_guest("agent");
	const char *argv[] = { program, option, word, NULL };
	struct child_opts opts = { .argv = argv,
				   .stdin_fd = stdin_fd,
				   .any_status = true,
				   .deadline_ns = clock_now_ns() + WITHIN_NS };
	CLEANUP(child_result_release) struct child_result result = { 0 };

	if (child_run(&opts, &result, err))
		return -1;
	if (result.status)
		return err_set(err, ERR_INPUT, 0, "%s",
			       result.err ? str_trim(result.err) : program);
	return facts_parse(result.out, result.out_len, ret_facts, err);
}

int profile_pid(pid_t pid, struct facts *ret_facts, struct err *err)
{
	CLEANUP_FREE char *word = xasprintf("%d", (int)pid);

	return ask("--profile", word, 0, ret_facts, err);
}

/* As lines, to be read from the beginning. Not the time: nobody knows how long ago
 * it was told. */
static char *lines_of(const struct facts *facts)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };

	strbuf_open(&buf);
	for (size_t i = 0; i < facts->map.n; i++)
		if (!str_eq(facts->map.v[i].key, "clock_s"))
			(void)fprintf(buf.f, "%s=%s\n", facts->map.v[i].key,
				      facts->map.v[i].value);
	return strbuf_take(&buf);
}

static int put_lines(const struct facts *facts, int fd, struct err *err)
{
	CLEANUP_FREE char *lines = lines_of(facts);

	if (fd < 0)
		return err_errno(err, "make room for the facts");
	if (fd_write_all(fd, lines, strlen(lines), err))
		return -1;
	return lseek(fd, 0, SEEK_SET) ? err_errno(err, "seek") : 0;
}

int profile_counterpart(const struct facts *workload, const char *moved,
			struct facts *ret_facts, struct err *err)
{
	CLEANUP_FD int fd = memfd_create("workload", MFD_CLOEXEC);

	if (put_lines(workload, fd, err))
		return -1;
	return ask("--counterpart", moved, fd, ret_facts, err);
}

int profile_read(const char *path, struct profile *profile, struct err *err)
{
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };

	if (!bind_file(path, &profile_table, profile, &diags, err))
		return 0;
	if (!diags.n)
		return -1;
	bind_diags_print(&diags, stderr, term_color(STDERR_FILENO));
	return err_set(err, ERR_INPUT, 0, "'%s' is no profile", path);
}
