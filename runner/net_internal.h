// SPDX-License-Identifier: Apache-2.0
/* net_internal.h - netlink, for runner/net*.c */
#ifndef RUNNER_NET_INTERNAL_H
#define RUNNER_NET_INTERNAL_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** net_talk() - Send one request and wait for the kernel's acknowledgement;
 * @what: for the message, "make a bridge" */
WARN_UNUSED
int net_talk(struct nlmsghdr *nlh, const char *what, struct err *err);

/** net_link_request() - Begin an RTM_NEWLINK in @buf; @index 0: a new device */
struct nlmsghdr *net_link_request(char *buf, uint16_t flags, int index,
				  struct ifinfomsg **ret_ifi);

/** net_index() - Of a device */
WARN_UNUSED
int net_index(const char *name, int *ret_index, struct err *err);

/** net_enslave() - Make a device a port of a bridge */
WARN_UNUSED
int net_enslave(const char *name, const char *bridge, struct err *err);

#endif
