// SPDX-License-Identifier: Apache-2.0
/* addresses.h - of the service and its peer, by family */
#ifndef RUNNER_ADDRESSES_H
#define RUNNER_ADDRESSES_H

#include "compat/scenario.h"

/**
 * struct addresses - What differs between the families
 * @service:	Moves with the workload
 * @peer:	Of the lab's service bridge
 * @guard:	The command of iptables, and what of the family it must leave
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

#endif
