// SPDX-License-Identifier: Apache-2.0
/* addresses.h - of the service and its peer, by family */
#ifndef RUNNER_ADDRESSES_H
#define RUNNER_ADDRESSES_H

#include "compat/scenario.h"

/**
 * struct addresses - What differs between the families
 * @service:	Moves with the workload
 * @peer:	Of the lab's service bridge
 * @guard:	The family of nftables, and what of it the guard must leave
 *		alone: neighbours find each other in IPv6 itself
 */
struct addresses {
	const char *service;
	const char *peer;
	const char *guard[2];
};

/** addresses_of() - Those that a scenario uses */
const struct addresses *addresses_of(const struct scenario *scenario);

/** addresses_by() - Those of an enum workload_family */
const struct addresses *addresses_by(enum workload_family family);

/**
 * addresses_guard() - For nft: drop what comes to the service before its sockets
 *
 * Segments that find the address without them would be answered by RST. In a guest
 * vm-images/guest/guard.h lifts it.
 *
 * Return: owned by the caller
 */
char *addresses_guard(enum workload_family family);

#endif
