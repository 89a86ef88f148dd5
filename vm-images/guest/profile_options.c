// SPDX-License-Identifier: Apache-2.0
/* profile_options.c - what sockets tell of themselves, asked by a copy of each */
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define ANY 0 /* of struct option: no matter */

/** struct option - One that may be lost, and of which sockets it is */
static const struct option {
	const char *name;
	int level, number;
	int family, type;
	bool listening; /* only of those: what criu does not ask them */
} options[] = {
	{ "timestamp", SOL_SOCKET, SO_TIMESTAMP, ANY, ANY, false },
	{ "tos", IPPROTO_IP, IP_TOS, AF_INET, ANY, false },
	{ "ttl", IPPROTO_IP, IP_TTL, AF_INET, ANY, false },
	{ "pktinfo", IPPROTO_IP, IP_PKTINFO, AF_INET, ANY, false },
	{ "user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT, ANY, SOCK_STREAM,
	  true },
	{ "defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT, ANY, SOCK_STREAM,
	  true },
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY, ANY, SOCK_STREAM, true },
	{ "keepidle", IPPROTO_TCP, TCP_KEEPIDLE, ANY, SOCK_STREAM, true },
};

/** struct copy - Of one socket, and one of its kind that is as the kernel makes
 * them */
struct copy {
	int fd, fresh;
	int family, type;
	bool listening;
};

/** struct findings - Of all sockets */
struct findings {
	struct str_list lost, devices;
	size_t corked;
};

static int number_of(int fd, int level, int number)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, number, &value, &len) ? -1 : value;
}

static void add_once(struct str_list *list, const char *word)
{
	if (!str_list_has(list, word))
		str_list_add(list, word);
}

static void see_option(const struct copy *copy, const struct option *option,
		       struct findings *f)
{
	if ((option->family != ANY && option->family != copy->family) ||
	    (option->type != ANY && option->type != copy->type) ||
	    (option->listening && !copy->listening))
		return;
	if (number_of(copy->fd, option->level, option->number) !=
	    number_of(copy->fresh, option->level, option->number))
		add_once(&f->lost, option->name);
}

static void see_congestion(const struct copy *copy, struct findings *f)
{
	char its[16] = "", usual[16] = "";
	socklen_t a = sizeof(its), b = sizeof(usual);

	if (copy->listening &&
	    !getsockopt(copy->fd, IPPROTO_TCP, TCP_CONGESTION, its, &a) &&
	    !getsockopt(copy->fresh, IPPROTO_TCP, TCP_CONGESTION, usual, &b) &&
	    strncmp(its, usual, sizeof(its)) != 0)
		add_once(&f->lost, "congestion");
}

static void see_device(int fd, struct findings *f)
{
	char name[IFNAMSIZ + 1] = "";
	socklen_t len = IFNAMSIZ;

	if (!getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len) && *name)
		add_once(&f->devices, name);
}

static void see_copy(struct copy *copy, struct findings *f)
{
	int protocol = number_of(copy->fd, SOL_SOCKET, SO_PROTOCOL);

	copy->family = number_of(copy->fd, SOL_SOCKET, SO_DOMAIN);
	copy->type = number_of(copy->fd, SOL_SOCKET, SO_TYPE);
	copy->listening = number_of(copy->fd, SOL_SOCKET, SO_ACCEPTCONN) == 1;
	if (copy->family != AF_INET && copy->family != AF_INET6)
		return;
	see_device(copy->fd, f);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return;
	f->corked += protocol == IPPROTO_UDP &&
		     number_of(copy->fd, IPPROTO_UDP, UDP_CORK) == 1;
	copy->fresh = socket(copy->family, copy->type | SOCK_CLOEXEC, 0);
	if (copy->fresh < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		see_option(copy, &options[i], f);
	if (protocol == IPPROTO_TCP)
		see_congestion(copy, f);
	close(copy->fresh);
}

/* The copy shares the socket and changes nothing of it. */
static void see_socket(const struct tree_socket *s, struct findings *f)
{
	int pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
	struct copy copy = { .fd = -1 };

	if (pidfd < 0)
		return;
	copy.fd = (int)syscall(SYS_pidfd_getfd, pidfd, s->fd, 0);
	close(pidfd);
	if (copy.fd < 0)
		return;
	see_copy(&copy, f);
	close(copy.fd);
}

void tree_say_options(const struct tree *tree)
{
	struct findings f = { 0 };

	for (size_t i = 0; i < tree->n_sockets; i++)
		see_socket(&tree->sockets[i], &f);
	profile_say("udp_corked", "%zu", f.corked);
	profile_say_list("lost_options", &f.lost);
	profile_say_list("bound_devices", &f.devices);
	str_list_release(&f.lost);
	str_list_release(&f.devices);
}
