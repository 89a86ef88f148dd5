// SPDX-License-Identifier: Apache-2.0
/* obstacles_sockets.c - sockets of many families, and whose other end is where */
#include <arpa/inet.h>
#include <linux/if_alg.h>
#include <linux/vm_sockets.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/obstacles.h"

static int make_socket(int family, int type, int protocol)
{
	return obstacle_check(socket(family, type, protocol), "socket");
}

/* An internet socket of a protocol by number, as 262 for MPTCP. */
static void make_stream(const char *protocol)
{
	int n = (int)obstacle_number(protocol);

	(void)make_socket(AF_INET, SOCK_STREAM, n);
}

static void make_datagram(const char *protocol)
{
	int fd = make_socket(AF_INET, SOCK_DGRAM,
			     (int)obstacle_number(protocol));
	struct sockaddr_in any = { .sin_family = AF_INET };

	obstacle_check(bind(fd, (const void *)&any, sizeof(any)), "bind");
}

static void make_alg(const char *name)
{
	struct sockaddr_alg addr = { .salg_family = AF_ALG,
				     .salg_type = "hash" };
	int fd = make_socket(AF_ALG, SOCK_SEQPACKET, 0);

	(void)snprintf((char *)addr.salg_name, sizeof(addr.salg_name), "%s",
		       name);
	obstacle_check(bind(fd, (const void *)&addr, sizeof(addr)), name);
}

static void make_vsock(const char *port)
{
	struct sockaddr_vm addr = { .svm_family = AF_VSOCK,
				    .svm_cid = VMADDR_CID_ANY,
				    .svm_port =
					    (unsigned)obstacle_number(port) };
	int fd = make_socket(AF_VSOCK, SOCK_STREAM, 0);

	obstacle_check(bind(fd, (const void *)&addr, sizeof(addr)), "vsock");
	obstacle_check(listen(fd, 1), "vsock");
}

static int bound(const char *address_port, int type)
{
	union guest_addr addr = guest_addr_v4(0, 0);
	const char *colon = strchr(address_port, ':');
	char ip[64];
	size_t len = colon ? (size_t)(colon - address_port) : sizeof(ip);

	if (len >= sizeof(ip))
		guest_die(address_port);
	(void)snprintf(ip, sizeof(ip), "%.*s", (int)len, address_port);
	if (inet_pton(AF_INET, ip, &addr.v4.sin_addr) != 1)
		guest_die(address_port);
	addr.v4.sin_port =
		htons((uint16_t)obstacle_number(address_port + len + 1));
	return guest_bind(type, &addr);
}

static void make_listener(const char *address_port)
{
	obstacle_check(listen(bound(address_port, SOCK_STREAM), 8), "listen");
}

static void make_corked(const char *address_port)
{
	int fd = bound(address_port, SOCK_DGRAM), on = 1;
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(9) };

	obstacle_check(setsockopt(fd, IPPROTO_UDP, UDP_CORK, &on, sizeof(on)),
		       "UDP_CORK");
	obstacle_check(sendto(fd, "x", 1, 0, (const void *)&to, sizeof(to)),
		       "sendto");
}

static void make_bound_to_device(const char *device)
{
	int fd = make_socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in any = { .sin_family = AF_INET };

	obstacle_check(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device,
				  (socklen_t)strlen(device)),
		       device);
	obstacle_check(bind(fd, (const void *)&any, sizeof(any)), "bind");
}

static struct sockaddr_un unix_addr(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	return addr;
}

static int unix_bound(const char *path, int type)
{
	struct sockaddr_un addr = unix_addr(path);
	int fd = make_socket(AF_UNIX, type, 0);

	obstacle_check(bind(fd, (const void *)&addr, sizeof(addr)), path);
	return fd;
}

static void make_unix_listener(const char *path)
{
	obstacle_check(listen(unix_bound(path, SOCK_STREAM), 8), path);
}

static void hold(void *data)
{
	(void)data;
	obstacle_helper_ready();
	for (;;)
		(void)pause();
}

static void make_pair(const char *arg)
{
	int fds[2];

	(void)arg;
	obstacle_check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), "socketpair");
}

/* A connection of the process with itself. */
static void make_tcp_pair(const char *port)
{
	union guest_addr to =
		guest_addr_v4(INADDR_LOOPBACK, (uint16_t)obstacle_number(port));
	int listener = guest_bind(SOCK_STREAM, &to);
	int client = make_socket(AF_INET, SOCK_STREAM, 0);

	obstacle_check(listen(listener, 1), "listen");
	obstacle_check(connect(client, &to.any, guest_addr_len(&to)),
		       "connect");
	obstacle_check(accept(listener, NULL, NULL), "accept");
}

/* Half of a pair; the other half is in a process outside of the tree. */
static void make_pair_outside(const char *arg)
{
	int fds[2];

	(void)arg;
	obstacle_check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), "socketpair");
	(void)obstacle_helper(hold, NULL);
	close(fds[1]);
}

static void listen_outside(void *data)
{
	int fd = unix_bound(data, SOCK_DGRAM);

	(void)fd;
	hold(NULL);
}

/* A datagram socket connected to that of a service, as to that of a logger. */
static void make_logger(const char *path)
{
	char *copy = strdup(path);
	struct sockaddr_un addr = unix_addr(path);
	int fd = make_socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)obstacle_helper(listen_outside, copy);
	free(copy);
	obstacle_check(connect(fd, (const void *)&addr, sizeof(addr)), path);
}

static const struct obstacle table[] = {
	{ "stream", "PROTOCOL", make_stream },
	{ "datagram", "PROTOCOL", make_datagram },
	{ "alg", "HASH", make_alg },
	{ "vsock", "PORT", make_vsock },
	{ "listener", "ADDRESS:PORT", make_listener },
	{ "corked", "ADDRESS:PORT", make_corked },
	{ "bound-to-device", "DEVICE", make_bound_to_device },
	{ "unix-listener", "PATH", make_unix_listener },
	{ "pair", NULL, make_pair },
	{ "pair-outside", NULL, make_pair_outside },
	{ "tcp-pair", "PORT", make_tcp_pair },
	{ "logger", "PATH", make_logger },
};

const struct obstacles obstacles_sockets = { table,
					     sizeof(table) / sizeof(table[0]) };
