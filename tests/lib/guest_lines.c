// SPDX-License-Identifier: Apache-2.0
/* guest_lines.c - guest programs that print lines, run for some of them */
#include "tests/lib/guest_lines.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static _Noreturn void become(const char *folder, const char *const argv[],
			     int out)
{
	CLEANUP_FREE char *relative = rig_program_path(argv[0]);
	CLEANUP_FREE char *path = realpath(relative, NULL);
	size_t n = 0;
	char **args;

	while (argv[n])
		n++;
	args = xcalloc(n + 1, sizeof(*args));
	for (size_t i = 0; i < n; i++)
		args[i] = xstrdup(argv[i]);
	if (!path || (folder && chdir(folder) < 0))
		_exit(127);
	(void)setsid();
	(void)dup2(out, STDOUT_FILENO);
	execv(path, args);
	_exit(127);
}

static void take_lines(char *text, size_t n, struct str_list *ret_lines)
{
	char *end;

	while (ret_lines->n < n && (end = strchr(text, '\n'))) {
		*end = '\0';
		str_list_add(ret_lines, text);
		text = end + 1;
	}
}

/* Whether all that was wanted came; false: the program ended before. */
static bool read_lines(int fd, size_t n, struct str_list *ret_lines)
{
	uint64_t deadline_ns = clock_now_ns() + RIG_PATIENCE_MS * NS_PER_MS;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char text[65536] = "";
	size_t len = 0, lines = 0;

	while (lines < n) {
		ssize_t got;

		ck_assert_uint_lt(clock_now_ns(), deadline_ns);
		if (poll(&pfd, 1, 100) <= 0)
			continue;
		got = read(fd, text + len, sizeof(text) - 1 - len);
		if (got <= 0)
			break;
		for (ssize_t i = 0; i < got; i++)
			lines += text[len + (size_t)i] == '\n';
		len += (size_t)got;
	}
	text[len] = '\0';
	take_lines(text, n, ret_lines);
	return lines >= n;
}

int guest_lines(const char *folder, const char *const argv[], size_t n,
		struct str_list *ret_lines)
{
	int fds[2], status = 0;
	bool all;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		become(folder, argv, fds[1]);
	close(fds[1]);
	all = read_lines(fds[0], n, ret_lines);
	close(fds[0]);
	(void)kill(-pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return all || !WIFEXITED(status) ? -1 : WEXITSTATUS(status);
}
