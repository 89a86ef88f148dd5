// SPDX-License-Identifier: Apache-2.0
/* net.h - bridges and taps in the calling process's network namespace */
#ifndef RUNNER_NET_H
#define RUNNER_NET_H

#include <stdbool.h>

#include "base/err.h"

/** net_up() - Set a device up; @mtu 0 leaves it as it is */
WARN_UNUSED
int net_up(const char *name, struct err *err);

/** net_address() - Give a device an address, IPv4 with prefix length 24 or IPv6
 * with 64, the latter without looking for duplicates first */
WARN_UNUSED
int net_address(const char *name, const char *ip, struct err *err);

/** net_bridge() - Make a bridge without spanning tree or snooping, and set it
 * up with an address (NULL: none) as net_address() gives it */
WARN_UNUSED
int net_bridge(const char *name, const char *ip, struct err *err);

/**
 * net_tap() - Make a persistent tap device, put it on a bridge, set it up
 * @offloads:	false: no segmentation or checksum offload, so that captured
 *		frames are those that a wire would carry
 */
WARN_UNUSED
int net_tap(const char *name, const char *bridge, bool offloads,
	    struct err *err);

/** net_tap_open() - Make a tap for frames as they are (no offloads) and keep it
 * open: it lives as long as @ret_fd, which the caller owns */
WARN_UNUSED
int net_tap_open(const char *name, const char *bridge, int *ret_fd,
		 struct err *err);

/** net_offloads_off() - Turn TSO, GSO, GRO and checksum offloads off */
WARN_UNUSED
int net_offloads_off(const char *name, struct err *err);

#endif
