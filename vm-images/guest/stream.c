// SPDX-License-Identifier: Apache-2.0
/* stream.c - bytes from one guest to the other over the transfer network */
#include "stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define CHUNK (256 * 1024)
#define RETRY_NS 10000000 /* 10 ms */
/* By the clock: an emulated guest on a busy host takes twice as long to try. */
#define DIAL_NS (5 * NS_PER_S)

static int parse(const char *ip, const char *port, struct sockaddr_in *addr)
{
	*addr = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((unsigned short)strtoul(port, NULL, 10)),
	};
	return inet_pton(AF_INET, ip, &addr->sin_addr) == 1 ? 0 : -1;
}

static int trouble(const char *what)
{
	(void)fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	return 1;
}

static int copy(int from, int to)
{
	static char chunk[CHUNK];
	ssize_t n;

	while ((n = read(from, chunk, sizeof(chunk))) > 0)
		for (ssize_t at = 0; at < n;) {
			ssize_t put = write(to, chunk + at, (size_t)(n - at));

			if (put < 0)
				return trouble("write");
			at += put;
		}
	return n < 0 ? trouble("read") : 0;
}

static int connect_to(const struct sockaddr_in *addr)
{
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), code;

	if (sock < 0 ||
	    !connect(sock, (const struct sockaddr *)addr, sizeof(*addr)))
		return sock;
	code = errno;
	close(sock);
	errno = code;
	return -1;
}

/* Refused means that the other side does not listen yet. */
static int dial(const struct sockaddr_in *addr)
{
	struct timespec pause = { .tv_nsec = RETRY_NS };
	uint64_t deadline = clock_now_ns() + DIAL_NS;

	for (;;) {
		int sock = connect_to(addr);

		if (sock >= 0 || errno != ECONNREFUSED ||
		    clock_now_ns() > deadline)
			return sock;
		nanosleep(&pause, NULL);
	}
}

int stream_connect(const char *ip, const char *port)
{
	struct sockaddr_in addr;

	if (!parse(ip, port, &addr))
		return connect_to(&addr);
	errno = EINVAL;
	return -1;
}

int stream_send(const char *ip, const char *port)
{
	struct sockaddr_in addr;
	int sock, rc;

	if (parse(ip, port, &addr))
		return 2;
	sock = dial(&addr);
	if (sock < 0)
		return trouble("connect");
	rc = copy(STDIN_FILENO, sock);
	close(sock);
	return rc;
}

int stream_receive(const char *ip, const char *port)
{
	int on = 1, sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in addr;
	int peer, rc;

	if (parse(ip, port, &addr))
		return 2;
	if (sock < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(sock, (const struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(sock, 1))
		return trouble("listen");
	peer = accept4(sock, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0)
		return trouble("accept");
	close(sock);
	rc = copy(peer, STDOUT_FILENO);
	close(peer);
	return rc;
}
