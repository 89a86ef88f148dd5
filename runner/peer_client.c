// SPDX-License-Identifier: Apache-2.0
/* peer_client.c - what the built-in clients have in common */
#include "runner/peer_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* Between two attempts to connect. */
#define RETRY_NS (50 * NS_PER_MS)
/* Unanswered ones, until the kernel gives a connection up. */
#define KEEPALIVE_PROBES 3
/* Unless the caller says otherwise. */
#define PATIENCE_NS (5 * NS_PER_S)

static uint64_t patience_ns(const struct peer_opts *opts)
{
	return opts->patience_ns ? opts->patience_ns : PATIENCE_NS;
}

uint64_t peer_deadline_ns(const struct peer_opts *opts)
{
	return clock_now_ns() + patience_ns(opts);
}

uint64_t peer_patience_ms(const struct peer_opts *opts)
{
	return patience_ns(opts) / NS_PER_MS;
}

int peer_addr_of(const struct peer_opts *opts, struct peer_addr *ret_addr,
		 struct err *err)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons(opts->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(opts->port) };
	struct peer_addr addr = { .len = 0 };

	if (inet_pton(AF_INET, opts->service, &v4.sin_addr) == 1) {
		memcpy(&addr.any, &v4, sizeof(v4));
		addr.len = sizeof(v4);
	} else if (inet_pton(AF_INET6, opts->service, &v6.sin6_addr) == 1) {
		memcpy(&addr.any, &v6, sizeof(v6));
		addr.len = sizeof(v6);
	} else {
		return err_set(err, ERR_INPUT, 0, "'%s' is not an IP address",
			       opts->service);
	}
	*ret_addr = addr;
	return 0;
}

unsigned int peer_wait(int fd, short events, int stop_fd, uint64_t until_ns)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = events },
		{ .fd = stop_fd, .events = POLLIN },
	};
	unsigned int happened = 0;

	/* An interrupted wait is a wait that has to go on. */
	while (poll(fds, 2, clock_ms_left(until_ns)) < 0 && errno == EINTR)
		;
	if (fds[0].revents)
		happened |= PEER_EVENT_IO;
	if (fds[1].revents)
		happened |= PEER_EVENT_STOP;
	return happened;
}

static void set_tcp(int fd, int name, uint64_t value)
{
	int number = (int)value;

	(void)setsockopt(fd, IPPROTO_TCP, name, &number, sizeof(number));
}

static void set_options(const struct peer_opts *opts, int fd)
{
	int keepalive = opts->keepalive_ns > 0;

	set_tcp(fd, TCP_NODELAY, 1);
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive,
			 sizeof(keepalive));
	if (keepalive) {
		set_tcp(fd, TCP_KEEPIDLE, opts->keepalive_ns / NS_PER_S);
		set_tcp(fd, TCP_KEEPINTVL, opts->keepalive_ns / NS_PER_S);
		set_tcp(fd, TCP_KEEPCNT, KEEPALIVE_PROBES);
	}
	if (opts->user_timeout_ns)
		set_tcp(fd, TCP_USER_TIMEOUT,
			opts->user_timeout_ns / NS_PER_MS);
}

/* The answer to one attempt: 0 connected, else why not. */
static int attempt(int fd, const struct peer_addr *addr, int stop_fd,
		   uint64_t deadline_ns)
{
	int error = 0;
	socklen_t len = sizeof(error);
	unsigned int event;

	if (connect(fd, (const struct sockaddr *)&addr->any, addr->len) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	event = peer_wait(fd, POLLOUT, stop_fd, deadline_ns);
	if (!(event & PEER_EVENT_IO))
		return event ? ECANCELED : ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return errno;
	return error;
}

int peer_connect(const struct peer_opts *opts, int *ret_fd, struct err *err)
{
	uint64_t deadline_ns = peer_deadline_ns(opts);
	struct peer_addr addr;
	unsigned int stopped = 0;
	int error = ETIMEDOUT;

	if (peer_addr_of(opts, &addr, err) < 0)
		return -1;
	while (!stopped && clock_now_ns() < deadline_ns) {
		CLEANUP_FD int fd =
			socket(addr.any.ss_family,
			       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

		if (fd < 0)
			return err_errno(err, "socket");
		set_options(opts, fd);
		error = attempt(fd, &addr, opts->stop_fd, deadline_ns);
		if (error == 0) {
			*ret_fd = TAKE_FD(fd);
			return 0;
		}
		stopped = peer_wait(-1, 0, opts->stop_fd,
				    clock_now_ns() + RETRY_NS);
	}
	errno = error;
	return err_errno(err, "connect to %s:%u", opts->service,
			 (unsigned int)opts->port);
}

int peer_end(struct transcript *log)
{
	if (log->errors)
		return PEER_EXIT_WRONG;
	transcript_event(log, "done");
	return PEER_EXIT_RIGHT;
}

int peer_not_started(struct transcript *log, const struct err *err)
{
	transcript_error(log, 0, "%s", err->msg);
	return PEER_EXIT_NOT_STARTED;
}
