// SPDX-License-Identifier: Apache-2.0
/* address.c - the service's address comes and goes */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "garp.h"

#define PREFIX_LEN 24

struct request {
	struct nlmsghdr head;
	struct ifaddrmsg addr;
	struct rtattr local_head;
	struct in_addr local;
	struct rtattr address_head;
	struct in_addr address;
};

/* The kernel's answer to one request: 0 or a negative errno. */
static int ask(const struct request *req)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[256];
	} answer = { 0 };
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t n = -1;

	if (sock >= 0 && send(sock, req, sizeof(*req), 0) == sizeof(*req))
		n = recv(sock, &answer, sizeof(answer), 0);
	if (sock >= 0)
		close(sock);
	if (n < (ssize_t)(sizeof(answer.head) + sizeof(answer.err.error)) ||
	    answer.head.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.err.error;
}

static int change(unsigned short type, unsigned short flags, const char *ifname,
		  const char *ip)
{
	struct request req = {
		.head = { .nlmsg_len = sizeof(req),
			  .nlmsg_type = type,
			  .nlmsg_flags = (unsigned short)(NLM_F_REQUEST |
							  NLM_F_ACK | flags) },
		.addr = { .ifa_family = AF_INET,
			  .ifa_prefixlen = PREFIX_LEN,
			  .ifa_index = if_nametoindex(ifname) },
		.local_head = { RTA_LENGTH(sizeof(req.local)), IFA_LOCAL },
		.address_head = { RTA_LENGTH(sizeof(req.address)),
				  IFA_ADDRESS },
	};
	int rc;

	if (inet_pton(AF_INET, ip, &req.local) != 1)
		return EINVAL;
	req.address = req.local;
	rc = ask(&req);
	if (rc)
		(void)fprintf(stderr, "address %s on %s: %s\n", ip, ifname,
			      strerror(-rc));
	return rc ? 1 : 0;
}

int address_take(const char *ifname, const char *ip)
{
	int rc = change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifname, ip);

	return rc ? rc : garp_send(ifname, ip);
}

int address_give(const char *ifname, const char *ip)
{
	return change(RTM_DELADDR, 0, ifname, ip);
}
