// SPDX-License-Identifier: Apache-2.0
/* pages.c - a criu that sends pages, without the cork on its connection */

/*
 * DOC: Why
 * criu puts TCP_CORK on its connection to a page server and leaves it there when it
 * asks, frozen all the while, whether all pages have arrived: the question does not
 * fill a segment, and the kernel keeps it for 200 ms. A connection that criu is
 * handed (--ps-socket) is a file that both have, and so is its cork. It is put on
 * before anything is sent, so the first segment to leave is the sign to take it off;
 * a connection that asks for time stamps has that told, in its error queue.
 */
#include "pages.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stream.h"

#define USAGE 2
#define NOT_RUN 127

static int trouble(const char *what)
{
	(void)fprintf(stderr, "pages: %s: %s\n", what, strerror(errno));
	return 1;
}

static int tell_of_segments(int sock, int which)
{
	int flags = which ? which | SOF_TIMESTAMPING_OPT_TSONLY : 0;

	return setsockopt(sock, SOL_SOCKET, SO_TIMESTAMPING, &flags,
			  sizeof(flags));
}

/* Until it has sent, or ends without. */
static int uncork(int sock, int child)
{
	struct pollfd fds[] = { { .fd = sock },
				{ .fd = child, .events = POLLIN } };
	int off = 0;

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0)
		return -1;
	if (!fds[0].revents)
		return 0;
	return tell_of_segments(sock, 0) ||
			       setsockopt(sock, IPPROTO_TCP, TCP_CORK, &off,
					  sizeof(off)) ?
		       -1 :
		       0;
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return trouble("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The socket may be @fd already, and is closed on exec. */
static void be_criu(int sock, int fd, char *const *command)
{
	if (dup2(sock, fd) == fd && !fcntl(fd, F_SETFD, 0))
		execvp(command[0], command);
	perror(command[0]);
	_exit(NOT_RUN);
}

/* Our end is closed when it is uncorked: a page server serves until all are. */
static int run(int sock, int fd, char *const *command)
{
	pid_t pid = fork();
	int child, rc, status;

	if (pid < 0)
		return trouble("fork");
	if (pid == 0)
		be_criu(sock, fd, command);
	child = (int)syscall(SYS_pidfd_open, pid, 0);
	rc = child < 0 || uncork(sock, child) ? trouble("uncork") : 0;
	close(sock);
	status = status_of(pid);
	return status ? status : rc;
}

int pages_run(int argc, char *const *argv)
{
	int sock;

	if (argc < 4)
		return USAGE;
	sock = stream_connect(argv[0], argv[1]);
	if (sock < 0) {
		(void)trouble("connect");
		/* in criu's words */
		(void)fprintf(stderr, "Can't connect to server %s:%s\n",
			      argv[0], argv[1]);
		return 1;
	}
	if (tell_of_segments(sock, SOF_TIMESTAMPING_TX_SCHED))
		return trouble("SO_TIMESTAMPING");
	return run(sock, (int)strtol(argv[2], NULL, 10), argv + 3);
}
