// SPDX-License-Identifier: Apache-2.0
/* addresses.c - of the service and its peer, by family */
#include "runner/addresses.h"

#include "base/mem.h"
#include "base/str.h"

static const struct addresses families[] = {
	[FAMILY_IPV4] = { .service = "10.77.0.100",
			  .peer = "10.77.0.1",
			  .guard = { "ip", "" } },
	[FAMILY_IPV6] = { .service = "fd77::100",
			  .peer = "fd77::1",
			  .guard = { "ip6", " meta l4proto != ipv6-icmp" } },
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

/* What criu sends itself has a mark: the FIN and the ACK by which it closes a
 * direction again that was closed. */
char *addresses_guard(enum workload_family family)
{
	const struct addresses *a = &families[family];

	return xasprintf("add table %s crmatrix; "
			 "add chain %s crmatrix input "
			 "{ type filter hook input priority 0; }; "
			 "add rule %s crmatrix input %s daddr %s%s "
			 "meta mark != 0xC114 drop",
			 a->guard[0], a->guard[0], a->guard[0], a->guard[0],
			 a->service, a->guard[1]);
}
