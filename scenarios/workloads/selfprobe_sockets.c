// SPDX-License-Identifier: Apache-2.0
/* selfprobe_sockets.c - options of a listening TCP socket and of a UDP one */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/workloads/selfprobe.h"

static int tcp_fd = -1, udp_fd = -1;

static void open_sockets(void)
{
	union guest_addr local = guest_addr_v4(INADDR_LOOPBACK, 0);

	tcp_fd = guest_bind(SOCK_STREAM, &local);
	udp_fd = guest_bind(SOCK_DGRAM, &local);
	if (listen(tcp_fd, 4) < 0)
		guest_die("listen");
}

static void set(int fd, int level, int name, int value, const char *what)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		guest_die(what);
}

static void tell(struct text *t, int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, name, &value, &len) < 0)
		text_str(t, "none");
	else
		text_u64(t, (uint64_t)value);
}

/* An integer option: how it is set, how it is told. */
#define OPTION(key, fd, level, name, value)         \
	static void set_##key(void)                 \
	{                                           \
		set(fd, level, name, value, #name); \
	}                                           \
	static void tell_##key(struct text *t)      \
	{                                           \
		tell(t, fd, level, name);           \
	}

OPTION(nodelay, tcp_fd, IPPROTO_TCP, TCP_NODELAY, 1)
OPTION(keepalive, tcp_fd, SOL_SOCKET, SO_KEEPALIVE, 1)
OPTION(keepidle, tcp_fd, IPPROTO_TCP, TCP_KEEPIDLE, 77)
OPTION(deferaccept, tcp_fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 7)
OPTION(usertimeout, tcp_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 12345)
OPTION(rcvlowat, tcp_fd, SOL_SOCKET, SO_RCVLOWAT, 99)
OPTION(priority, tcp_fd, SOL_SOCKET, SO_PRIORITY, 3)
OPTION(tos, tcp_fd, IPPROTO_IP, IP_TOS, 0x10)
OPTION(ttl, udp_fd, IPPROTO_IP, IP_TTL, 33)
OPTION(mark, udp_fd, SOL_SOCKET, SO_MARK, 44)
OPTION(broadcast, udp_fd, SOL_SOCKET, SO_BROADCAST, 1)
OPTION(pktinfo, udp_fd, IPPROTO_IP, IP_PKTINFO, 1)
OPTION(timestamp, udp_fd, SOL_SOCKET, SO_TIMESTAMP, 1)

static void set_congestion(void)
{
	open_sockets();
	if (setsockopt(tcp_fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) < 0)
		guest_die("TCP_CONGESTION");
}

static void tell_congestion(struct text *t)
{
	char name[16] = "";
	socklen_t len = sizeof(name);

	(void)getsockopt(tcp_fd, IPPROTO_TCP, TCP_CONGESTION, name, &len);
	text_str(t, name);
}

static void set_linger(void)
{
	struct linger value = { .l_onoff = 1, .l_linger = 7 };

	if (setsockopt(tcp_fd, SOL_SOCKET, SO_LINGER, &value, sizeof(value)) <
	    0)
		guest_die("SO_LINGER");
}

static void tell_linger(struct text *t)
{
	struct linger value = { .l_onoff = 0 };
	socklen_t len = sizeof(value);

	(void)getsockopt(tcp_fd, SOL_SOCKET, SO_LINGER, &value, &len);
	text_u64(t, (uint64_t)value.l_linger);
}

static const struct selfprobe table[] = {
	{ "opt_congestion", set_congestion, tell_congestion },
	{ "opt_nodelay", set_nodelay, tell_nodelay },
	{ "opt_keepalive", set_keepalive, tell_keepalive },
	{ "opt_keepidle", set_keepidle, tell_keepidle },
	{ "opt_deferaccept", set_deferaccept, tell_deferaccept },
	{ "opt_usertimeout", set_usertimeout, tell_usertimeout },
	{ "opt_rcvlowat", set_rcvlowat, tell_rcvlowat },
	{ "opt_linger", set_linger, tell_linger },
	{ "opt_priority", set_priority, tell_priority },
	{ "opt_tos", set_tos, tell_tos },
	{ "opt_ttl", set_ttl, tell_ttl },
	{ "opt_mark", set_mark, tell_mark },
	{ "opt_broadcast", set_broadcast, tell_broadcast },
	{ "opt_pktinfo", set_pktinfo, tell_pktinfo },
	{ "opt_timestamp", set_timestamp, tell_timestamp },
};

const struct selfprobes selfprobes_sockets = {
	"sockets", table, sizeof(table) / sizeof(table[0])
};
