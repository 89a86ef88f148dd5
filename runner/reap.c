// SPDX-License-Identifier: Apache-2.0
/* reap.c - a process ended so that another's event loop does not notice yet */
#include "runner/reap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

struct reap {
	int *fds;
	size_t n;
};

static void hold(struct reap *reap, int pidfd, int theirs)
{
	struct stat st;
	int fd = pidfd_getfd(pidfd, theirs, 0);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
		*VEC_PUSH(reap->fds, reap->n) = fd;
	else
		close(fd);
}

static void hold_sockets(struct reap *reap, pid_t pid, int pidfd)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/fd", (int)pid);
	DIR *dir = opendir(path);
	const struct dirent *entry;
	uint64_t fd;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (str_u64(entry->d_name, &fd))
			hold(reap, pidfd, (int)fd);
	(void)closedir(dir);
}

/* Its end is an event, that it has been reaped is none before Linux 6.15. */
static void await_reaper(pid_t pid, int pidfd, uint64_t within_ns)
{
	const struct timespec nap = { .tv_nsec = NS_PER_MS / 2 };
	uint64_t deadline_ns = clock_now_ns() + within_ns;
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	(void)poll(&end, 1, (int)(within_ns / NS_PER_MS));
	while (kill(pid, 0) == 0 && clock_now_ns() < deadline_ns)
		(void)nanosleep(&nap, NULL);
}

struct reap *reap_kill(pid_t pid, uint64_t within_ns)
{
	int pidfd = pidfd_open(pid, 0);
	struct reap *reap;

	if (pidfd < 0)
		return NULL;
	reap = xnew(struct reap);
	hold_sockets(reap, pid, pidfd);
	(void)kill(pid, SIGKILL);
	await_reaper(pid, pidfd, within_ns);
	close(pidfd);
	return reap;
}

void reap_done(struct reap *reap)
{
	if (!reap)
		return;
	for (size_t i = 0; i < reap->n; i++)
		close(reap->fds[i]);
	free(reap->fds);
	free(reap);
}
