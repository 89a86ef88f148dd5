// SPDX-License-Identifier: Apache-2.0
/* guard.c - the guard of the service's address is lifted */
#include "guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TABLE "crmatrix"

struct part {
	struct nlmsghdr head;
	struct nfgenmsg nf;
};

/* nftables takes changes between two marks only: all of them or none. */
struct batch {
	struct part begin;
	struct part delete;
	struct nlattr name;
	char table[NLA_ALIGN(sizeof(TABLE))];
	struct part end;
};

static struct part mark(unsigned short type)
{
	return (struct part){
		.head = { .nlmsg_len = sizeof(struct part),
			  .nlmsg_type = type,
			  .nlmsg_flags = NLM_F_REQUEST },
		.nf = { .nfgen_family = AF_UNSPEC,
			.version = NFNETLINK_V0,
			.res_id = htons(NFNL_SUBSYS_NFTABLES) },
	};
}

static struct batch deletion(unsigned char family)
{
	return (struct batch){
		.begin = mark(NFNL_MSG_BATCH_BEGIN),
		.delete = { .head = { .nlmsg_len =
					      offsetof(struct batch, end) -
					      offsetof(struct batch, delete),
				      .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 |
						    NFT_MSG_DELTABLE,
				      .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
			    .nf = { .nfgen_family = family,
				    .version = NFNETLINK_V0 } },
		.name = { .nla_len = NLA_HDRLEN + sizeof(TABLE),
			  .nla_type = NFTA_TABLE_NAME },
		.table = TABLE,
		.end = mark(NFNL_MSG_BATCH_END),
	};
}

/* The kernel's answer: 0 or a negative errno. */
static int ask(const struct batch *batch)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[256];
	} answer = { 0 };
	int sock =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	ssize_t n = -1;

	if (sock >= 0 &&
	    send(sock, batch, sizeof(*batch), 0) == (ssize_t)sizeof(*batch))
		n = recv(sock, &answer, sizeof(answer), 0);
	if (sock >= 0)
		close(sock);
	if (n < (ssize_t)(sizeof(answer.head) + sizeof(answer.err.error)) ||
	    answer.head.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.err.error;
}

int guard_lift(const char *ip)
{
	struct batch batch =
		deletion(strchr(ip, ':') ? NFPROTO_IPV6 : NFPROTO_IPV4);
	int rc = ask(&batch);

	if (rc)
		(void)fprintf(stderr, "lift the guard of %s: %s\n", ip,
			      strerror(-rc));
	return rc ? 1 : 0;
}
