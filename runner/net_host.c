// SPDX-License-Identifier: Apache-2.0
/* net_host.c - a host of its own on a bridge: a network namespace and a cable */
#include "runner/net_host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/net.h"
#include "runner/net_internal.h"

#define CARD "eth0"
#define RETIRED "gone%d" /* the kernel puts a number in */
#define NAMESPACE_OF_THREAD "/proc/thread-self/ns/net"

struct net_host {
	int fd;
	char *port;
};

static int open_namespace(int *ret_fd, struct err *err)
{
	int fd = open(NAMESPACE_OF_THREAD, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(err, "open '%s'", NAMESPACE_OF_THREAD);
	*ret_fd = fd;
	return 0;
}

/* A cable from eth0 here to a port in the namespace @there. */
static int make_cable(const struct net_host_opts *opts, int there,
		      struct err *err)
{
	char buf[1024];
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh =
		net_link_request(buf, NLM_F_CREATE | NLM_F_EXCL, 0, &ifi);
	struct nlattr *info, *data, *peer;
	struct ether_addr mac;

	if (!ether_aton_r(opts->mac, &mac))
		return err_set(err, ERR_INPUT, 0, "bad MAC address '%s'",
			       opts->mac);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, CARD);
	mnl_attr_put(nlh, IFLA_ADDRESS, sizeof(mac), &mac);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	(void)mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, opts->port);
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)there);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return net_talk(nlh, "make a pair of network devices", err);
}

static int furnish(const struct net_host_opts *opts, int there, struct err *err)
{
	if (make_cable(opts, there, err) || net_offloads_off(CARD, err) ||
	    net_up("lo", err) || net_up(CARD, err))
		return -1;
	for (const char *const *ip = opts->ips; *ip; ip++)
		if (net_address(CARD, *ip, err))
			return -1;
	return 0;
}

/* What a thread does, which enters the new namespace in our stead. */
struct builder {
	const struct net_host_opts *opts;
	int there;
	int fd;
	int rc;
	struct err err;
};

static void *build(void *arg)
{
	struct builder *b = arg;

	if (unshare(CLONE_NEWNET))
		b->rc = err_errno(&b->err, "make a network namespace");
	else if (furnish(b->opts, b->there, &b->err) ||
		 open_namespace(&b->fd, &b->err))
		b->rc = -1;
	return NULL;
}

static int build_in_thread(struct builder *b, struct err *err)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, build, b);
	if (errno)
		return err_errno(err, "start a thread");
	(void)pthread_join(thread, NULL);
	if (b->rc)
		*err = b->err;
	return b->rc;
}

int net_host_open(const struct net_host_opts *opts, struct net_host **ret_host,
		  struct err *err)
{
	CLEANUP_FD int here = -1;
	struct builder b = { .opts = opts, .fd = -1 };
	struct net_host *host;
	struct err ignored;

	if (open_namespace(&here, err))
		return -1;
	b.there = here;
	if (build_in_thread(&b, err))
		return err_wrap(err, "host '%s'", opts->port);
	host = xnew(struct net_host);
	host->fd = b.fd;
	host->port = xstrdup(opts->port);
	if (net_offloads_off(opts->port, err) ||
	    net_enslave(opts->port, opts->bridge, err) ||
	    net_up(opts->port, err)) {
		(void)net_host_close(host, &ignored);
		return -1;
	}
	*ret_host = host;
	return 0;
}

int net_host_fd(const struct net_host *host)
{
	return host->fd;
}

/* Down, nothing passes it any more; out of the way, the next one can have its
 * name. The kernel removes it together with the namespace, some milliseconds
 * after the last process of it: to wait for that takes 30 ms of each cell. */
static int retire(const char *port, struct err *err)
{
	char buf[1024];
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	int index = 0;

	if (net_index(port, &index, err))
		return -1;
	nlh = net_link_request(buf, 0, index, &ifi);
	ifi->ifi_change = IFF_UP;
	if (net_talk(nlh, "set a device down", err))
		return err_wrap(err, "network device '%s'", port);
	nlh = net_link_request(buf, 0, index, &ifi);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, RETIRED);
	if (net_talk(nlh, "rename a device", err))
		return err_wrap(err, "network device '%s'", port);
	return 0;
}

int net_host_close(struct net_host *host, struct err *err)
{
	int rc;

	if (!host)
		return 0;
	rc = retire(host->port, err);
	fd_closep(&host->fd);
	free(host->port);
	free(host);
	return rc;
}
