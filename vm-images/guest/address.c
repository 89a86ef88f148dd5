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

#include "advert.h"
#include "garp.h"

/** struct family - What differs between IPv4 and IPv6 */
struct family {
	int af;
	unsigned char bytes, prefix_len, flags;
	int (*announce)(const char *ifname, const char *ip);
};

static const struct family families[] = {
	{ AF_INET, sizeof(struct in_addr), 24, 0, garp_send },
	/* It was there a moment ago: nobody looks for duplicates of it. */
	{ AF_INET6, sizeof(struct in6_addr), 64, IFA_F_NODAD, advert_send },
};

static const struct family *family_of(const char *ip)
{
	return &families[strchr(ip, ':') ? 1 : 0];
}

struct request {
	struct nlmsghdr head;
	struct ifaddrmsg addr;
	char attributes[2 * RTA_SPACE(sizeof(struct in6_addr))];
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
	ssize_t len = req->head.nlmsg_len;
	ssize_t n = -1;

	if (sock >= 0 && send(sock, req, (size_t)len, 0) == len)
		n = recv(sock, &answer, sizeof(answer), 0);
	if (sock >= 0)
		close(sock);
	if (n < (ssize_t)(sizeof(answer.head) + sizeof(answer.err.error)) ||
	    answer.head.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.err.error;
}

static void put_attribute(struct request *req, unsigned short type,
			  const void *bytes, unsigned short len)
{
	struct rtattr *attribute =
		(void *)((char *)req + NLMSG_ALIGN(req->head.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(RTA_DATA(attribute), bytes, len);
	req->head.nlmsg_len += RTA_SPACE(len);
}

static int change(unsigned short type, unsigned short flags, const char *ifname,
		  const char *ip)
{
	const struct family *family = family_of(ip);
	struct request req = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(req.addr)),
			  .nlmsg_type = type,
			  .nlmsg_flags = (unsigned short)(NLM_F_REQUEST |
							  NLM_F_ACK | flags) },
		.addr = { .ifa_family = (unsigned char)family->af,
			  .ifa_prefixlen = family->prefix_len,
			  .ifa_flags = family->flags,
			  .ifa_index = if_nametoindex(ifname) },
	};
	struct in6_addr bytes; /* the larger of both */
	int rc;

	if (inet_pton(family->af, ip, &bytes) != 1)
		return EINVAL;
	put_attribute(&req, IFA_LOCAL, &bytes, family->bytes);
	put_attribute(&req, IFA_ADDRESS, &bytes, family->bytes);
	rc = ask(&req);
	if (rc)
		(void)fprintf(stderr, "address %s on %s: %s\n", ip, ifname,
			      strerror(-rc));
	return rc ? 1 : 0;
}

int address_take(const char *ifname, const char *ip)
{
	int rc = change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifname, ip);

	return rc ? rc : family_of(ip)->announce(ifname, ip);
}

int address_give(const char *ifname, const char *ip)
{
	return change(RTM_DELADDR, 0, ifname, ip);
}
