// SPDX-License-Identifier: Apache-2.0
/* profile_unix.c - whom unix sockets are connected to, as sock_diag tells */
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define DUMP_BYTES 32768

/** struct end - One unix socket of the namespace; @peer: inode, 0: none */
struct end {
	uint64_t inode, peer;
	int type;
	char *name;
};

/** struct ends - All of them; @unable: the kernel does not tell */
struct ends {
	struct end *v;
	size_t n;
	bool unable;
};

static void take_end(struct ends *ends, const struct nlmsghdr *head)
{
	const struct unix_diag_msg *msg = NLMSG_DATA(head);
	struct end *end = VEC_PUSH(ends->v, ends->n);
	const struct rtattr *at = (const void *)(msg + 1);
	int left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof(*msg)));

	end->inode = msg->udiag_ino;
	end->type = msg->udiag_type;
	for (; RTA_OK(at, left); at = RTA_NEXT(at, left)) {
		if (at->rta_type == UNIX_DIAG_PEER) {
			uint32_t peer;

			memcpy(&peer, RTA_DATA(at), sizeof(peer));
			end->peer = peer;
		} else if (at->rta_type == UNIX_DIAG_NAME) {
			free(end->name);
			end->name = xstrndup(RTA_DATA(at), RTA_PAYLOAD(at));
		}
	}
}

/* Return: false at the end, or when the kernel knows no such question. */
static bool take_answer(struct ends *ends, const void *bytes, ssize_t n)
{
	const struct nlmsghdr *head = bytes;
	unsigned left = n > 0 ? (unsigned)n : 0;

	if (!left)
		return false;
	for (; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
		if (head->nlmsg_type == NLMSG_ERROR)
			ends->unable = true;
		if (head->nlmsg_type == NLMSG_ERROR ||
		    head->nlmsg_type == NLMSG_DONE)
			return false;
		if (head->nlmsg_type == SOCK_DIAG_BY_FAMILY)
			take_end(ends, head);
	}
	return true;
}

static void ask_unix(int sock, struct ends *ends)
{
	static char answer[DUMP_BYTES]
		__attribute__((aligned(__alignof__(struct nlmsghdr))));
	struct {
		struct nlmsghdr head;
		struct unix_diag_req req;
	} ask = {
		.head = { .nlmsg_len = sizeof(ask),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.req = { .sdiag_family = AF_UNIX,
			 .udiag_states = ~0U,
			 .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER },
	};

	if (send(sock, &ask, sizeof(ask), 0) != sizeof(ask)) {
		ends->unable = true;
		return;
	}
	while (take_answer(ends, answer, recv(sock, answer, sizeof(answer), 0)))
		;
}

/* Of no state are any sockets: it answers at once, if there is anybody to. */
static bool tells_tcp(int sock)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 req;
	} ask = {
		.head = { .nlmsg_len = sizeof(ask),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.req = { .sdiag_family = AF_INET,
			 .sdiag_protocol = IPPROTO_TCP },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
	} answer = { 0 };

	if (send(sock, &ask, sizeof(ask), 0) != sizeof(ask) ||
	    recv(sock, &answer, sizeof(answer), 0) < (ssize_t)sizeof(int))
		return false;
	/* A dump that could not be made ends with the reason, too. */
	return answer.err.error == 0;
}

static const struct end *find(const struct ends *ends, uint64_t inode)
{
	for (size_t i = 0; i < ends->n; i++)
		if (ends->v[i].inode == inode)
			return &ends->v[i];
	return NULL;
}

static void say_peers(const struct tree *tree, const struct ends *ends)
{
	CLEANUP(str_list_release) struct str_list services = { 0 };
	size_t streams = 0, datagrams = 0;

	for (size_t i = 0; i < ends->n; i++) {
		const struct end *end = &ends->v[i];
		const struct end *peer = find(ends, end->peer);

		if (!tree_socket_find(tree, end->inode) || !end->peer ||
		    tree_socket_find(tree, end->peer))
			continue;
		streams += end->type != SOCK_DGRAM;
		datagrams += end->type == SOCK_DGRAM;
		if (end->type == SOCK_DGRAM && peer && peer->name &&
		    peer->name[0] == '/')
			str_list_take(&services, profile_escape(peer->name));
	}
	profile_say("unix_streams_outside", "%zu", streams);
	profile_say("unix_datagrams_outside", "%zu", datagrams);
	profile_say_list("unix_services", &services);
}

/* sock_diag tells of the namespace that its socket was made in. */
static int open_diag(const struct tree *tree)
{
	CLEANUP_FREE char *path =
		xasprintf("/proc/%d/ns/net", (int)tree->pids[0]);
	CLEANUP_FREE char *its = tree_link(tree->pids[0], "ns/net");
	CLEANUP_FREE char *ours = tree_link(getpid(), "ns/net");
	CLEANUP_FD int fd = -1;

	if (!str_eq(its, ours)) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, CLONE_NEWNET))
			return -1;
	}
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

void tree_say_unix(const struct tree *tree)
{
	CLEANUP_FD int sock = -1;
	struct ends ends = { 0 };

	if (!tree->n_sockets)
		return;
	sock = open_diag(tree);
	if (sock < 0)
		return;
	profile_say("sock_diag", tells_tcp(sock) ? "yes" : "no");
	if (tree_has_unix(tree))
		ask_unix(sock, &ends);
	if (!ends.unable)
		say_peers(tree, &ends);
	for (size_t i = 0; i < ends.n; i++)
		free(ends.v[i].name);
	free(ends.v);
}
