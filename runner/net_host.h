// SPDX-License-Identifier: Apache-2.0
/* net_host.h - a host of its own on a bridge: a network namespace and a cable */
#ifndef RUNNER_NET_HOST_H
#define RUNNER_NET_HOST_H

#include "base/err.h"

/*
 * DOC: Theory of operation
 * A process whose sockets are to vanish with it, for good, needs a network that
 * vanishes: the kernel goes on to answer and to repeat for sockets whose process
 * has ended. The namespace is held by its descriptor and by the processes in it;
 * what ends all traffic at once is that its cable is pulled (net_host_close()).
 */

/**
 * struct net_host_opts - All borrowed
 * @port:	Name of the cable's end on the bridge, in our namespace
 * @bridge:	Which is there
 * @mac:	Of the host's only card, eth0
 * @ips:	Its addresses, as net_address() takes them; NULL-terminated
 */
struct net_host_opts {
	const char *port;
	const char *bridge;
	const char *mac;
	const char *const *ips;
};

/** struct net_host - Such a host; opaque */
struct net_host;

/** net_host_open() - Make one; frames are those of a wire, without offloads */
WARN_UNUSED
int net_host_open(const struct net_host_opts *opts, struct net_host **ret_host,
		  struct err *err);

/** net_host_fd() - Its network namespace, for setns(2); borrowed */
int net_host_fd(const struct net_host *host);

/** net_host_close() - Pull the cable and let go; NULL is fine. When it returns
 * nothing passes the cable any more, and its port's name is free; the kernel
 * clears away what is left. Return: 0, or -1 when it could not be pulled */
int net_host_close(struct net_host *host, struct err *err);

#endif
