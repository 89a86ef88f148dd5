// SPDX-License-Identifier: Apache-2.0
/* sequence.c - what stands between tools when several are done one after the other */
#include "sequence.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/agent.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tools.h"

#define USAGE 2
#define NOT_RUN 127

static int trouble(const char *what)
{
	perror(what);
	return 1;
}

int sequence_mark(const char *name)
{
	return dprintf(AGENT_FD_MARK, "%s\n", name) < 0 ? trouble(name) : 0;
}

int sequence_shell(const char *script)
{
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid < 0)
		return trouble("fork");
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		perror("/bin/sh");
		_exit(NOT_RUN);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return trouble("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int sequence_in_net(int argc, char *const *argv)
{
	CLEANUP_FD int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	CLEANUP_FD int other = -1;
	int status;

	if (argc < 2)
		return USAGE;
	other = open(argv[0], O_RDONLY | O_CLOEXEC);
	if (own < 0 || other < 0 || setns(other, CLONE_NEWNET))
		return trouble(argv[0]);
	status = tool_run(argc - 1, argv + 1);
	return setns(own, CLONE_NEWNET) ? trouble("back") : status;
}

int sequence_empty(const char *folder)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct err err;
	int rc = file_list(folder, &names, &err);

	for (size_t i = 0; i < names.n && !rc; i++) {
		CLEANUP_FREE char *path =
			xasprintf("%s/%s", folder, names.v[i]);

		rc = file_rmtree(path, &err);
	}
	if (rc)
		(void)fprintf(stderr, "%s\n", err.msg);
	return rc ? 1 : 0;
}

int sequence_sync(const char *path)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || syncfs(fd) ? trouble(path) : 0;
}
