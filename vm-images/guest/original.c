// SPDX-License-Identifier: Apache-2.0
/* original.c - what criu dump --leave-stopped left: it goes on, or ends */
#include "original.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TREE_MAX 1024

struct tree {
	pid_t pids[TREE_MAX];
	size_t n;
};

/* The kernel's, or the caller's pid: 0 when it is none. */
static int number_of(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

static bool is_tcp(int fd)
{
	int protocol = 0;
	socklen_t len = sizeof(protocol);

	return !getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) &&
	       protocol == IPPROTO_TCP;
}

/* SO_REUSEADDR comes and goes with repair mode, and nobody knows any more what it
 * was: it matters to a bind alone, and this socket is bound. */
static int end_repair_of(int fd)
{
	int on = 0, off = 0;
	socklen_t len = sizeof(on);

	if (!is_tcp(fd) || getsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, &len) ||
	    !on)
		return 0;
	return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off));
}

static int end_repair_in(int pidfd, int number)
{
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	int rc;

	if (fd < 0) /* closed meanwhile it cannot be: it is stopped */
		return -1;
	rc = end_repair_of(fd);
	close(fd);
	return rc;
}

static int end_repair(pid_t pid)
{
	char path[32];
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	const struct dirent *entry;
	DIR *fds;
	int rc = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	fds = opendir(path);
	while (fds && !rc && (entry = readdir(fds)))
		if (entry->d_name[0] != '.')
			rc = end_repair_in(pidfd, number_of(entry->d_name));
	if (!fds || rc)
		perror(path);
	if (fds)
		closedir(fds);
	if (pidfd >= 0)
		close(pidfd);
	return fds ? rc : -1;
}

static int kill_one(pid_t pid)
{
	return kill(pid, SIGKILL);
}

static int continue_one(pid_t pid)
{
	return end_repair(pid) || kill(pid, SIGCONT) ? -1 : 0;
}

/* Numbers, a blank after each. */
static void add_listed(struct tree *tree, const char *path)
{
	FILE *f = fopen(path, "re");
	char *word = NULL;
	size_t size = 0;

	while (f && tree->n < TREE_MAX && getdelim(&word, &size, ' ', f) > 0)
		tree->pids[tree->n++] = number_of(word);
	free(word);
	if (f)
		(void)fclose(f);
}

/* Children of all threads; the kernel has the file with CHECKPOINT_RESTORE. */
static void add_children(struct tree *tree, pid_t pid)
{
	char path[300];
	const struct dirent *entry;
	DIR *tasks;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		(void)snprintf(path, sizeof(path), "/proc/%d/task/%s/children",
			       (int)pid, entry->d_name);
		if (entry->d_name[0] != '.')
			add_listed(tree, path);
	}
	if (tasks)
		closedir(tasks);
}

int original_do(const char *what, const char *pid)
{
	static struct tree tree;
	bool kills = strcmp(what, "kill") == 0;
	int rc = 0;

	if (!kills && strcmp(what, "continue") != 0)
		return 2;
	tree.pids[tree.n++] = number_of(pid);
	if (tree.pids[0] <= 0 || kill(tree.pids[0], 0)) {
		perror(pid);
		return 1;
	}
	for (size_t i = 0; i < tree.n; i++)
		add_children(&tree, tree.pids[i]);
	for (size_t i = 0; i < tree.n; i++)
		rc |= kills ? kill_one(tree.pids[i]) :
			      continue_one(tree.pids[i]);
	if (rc)
		perror(what);
	return rc ? 1 : 0;
}
