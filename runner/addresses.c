// SPDX-License-Identifier: Apache-2.0
/* addresses.c - of the service and its peer, by family */
#include "runner/addresses.h"

#include "base/mem.h"

static const struct addresses families[] = {
	[FAMILY_IPV4] = { .service = "10.77.0.100",
			  .peer = "10.77.0.1",
			  .guard = { "iptables", "" } },
	[FAMILY_IPV6] = { .service = "fd77::100",
			  .peer = "fd77::1",
			  .guard = { "ip6tables", " ! -p ipv6-icmp" } },
};
static_assert(ARRAY_SIZE(families) == FAMILY_COUNT,
	      "families[] doesn't match enum workload_family");

const struct addresses *addresses_by(enum workload_family family)
{
	return &families[family];
}

const struct addresses *addresses_of(const struct scenario *scenario)
{
	return &families[scenario->workload.family];
}
