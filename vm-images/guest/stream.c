// SPDX-License-Identifier: Apache-2.0
/* stream.c - a connection from one guest to the other over the transfer network */
#include "stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define RETRY_NS 10000000 /* 10 ms */
/* By the clock: an emulated guest on a busy host takes twice as long to try. */
#define DIAL_NS (5 * NS_PER_S)

static int parse(const char *ip, const char *port, struct sockaddr_in *addr)
{
	*addr = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((unsigned short)strtoul(port, NULL, 10)),
	};
	if (inet_pton(AF_INET, ip, &addr->sin_addr) == 1)
		return 0;
	errno = EINVAL;
	return -1;
}

static int close_failed(int sock)
{
	int code = errno;

	if (sock >= 0)
		close(sock);
	errno = code;
	return -1;
}

static int connect_to(const struct sockaddr_in *addr)
{
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (sock < 0 ||
	    !connect(sock, (const struct sockaddr *)addr, sizeof(*addr)))
		return sock;
	return close_failed(sock);
}

int stream_connect(const char *ip, const char *port)
{
	struct sockaddr_in addr;

	return parse(ip, port, &addr) ? -1 : connect_to(&addr);
}

/* Refused means that the other side does not listen yet. */
int stream_dial(const char *ip, const char *port)
{
	struct timespec pause = { .tv_nsec = RETRY_NS };
	uint64_t deadline = clock_now_ns() + DIAL_NS;
	struct sockaddr_in addr;

	if (parse(ip, port, &addr))
		return -1;
	for (;;) {
		int sock = connect_to(&addr);

		if (sock >= 0 || errno != ECONNREFUSED ||
		    clock_now_ns() > deadline)
			return sock;
		nanosleep(&pause, NULL);
	}
}

int stream_accept(const char *ip, const char *port)
{
	int on = 1, sock, peer;
	struct sockaddr_in addr;

	if (parse(ip, port, &addr))
		return -1;
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(sock, (const struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(sock, 1))
		return close_failed(sock);
	peer = accept4(sock, NULL, NULL, SOCK_CLOEXEC);
	(void)close_failed(sock);
	return peer;
}
