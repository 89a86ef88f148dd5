// SPDX-License-Identifier: Apache-2.0
/* script_takeover.c - the network of the workload: where its address is, and what
 * guards it, for a guest's shell */
#include "base/mem.h"
#include "runner/addresses.h"
#include "runner/script_internal.h"

void script_put_take_address(FILE *f)
{
	(void)fputs("$IN_NET " AGENT " --take $DEV $SERVICE || exit 1\n", f);
}

/*
 * A namespace with one device of its own on the service network. It is external
 * to criu, which finds an equal one on the target, as under a container engine.
 */
static void put_namespace(FILE *f, enum role role)
{
	(void)fprintf(f,
		      "ip netns add " NETNS " || exit 1\n"
		      "ip link add link eth0 name service netns " NETNS
		      " address %s type macvlan mode bridge || exit 1\n"
		      "ip -n " NETNS " link set lo up\n"
		      "ip -n " NETNS " link set service up\n",
		      domain_roles[role].netns_mac);
}

/* On the source the service has its address from the boot on, on eth0. */
void script_put_own_network(FILE *f, enum role role)
{
	put_namespace(f, role);
	if (role != ROLE_SOURCE)
		return;
	(void)fputs(AGENT " --give eth0 $SERVICE || exit 1\n", f);
	script_put_take_address(f);
}

#define LIFT "$IN_NET " AGENT " --lift $SERVICE"

/* The target's own network is guarded from the boot on. */
void script_put_guard(FILE *f, const struct scenario *s)
{
	bool stands = !script_has_namespace(s);
	CLEANUP_FREE char *guard = addresses_guard(s->workload.family);

	if (!script_moves_address(s) || stands == script_is_guarded(s))
		return;
	if (stands)
		(void)fputs(LIFT " || exit 1\n", f);
	else
		(void)fprintf(f, "$IN_NET nft '%s' || exit 1\n", guard);
}

void script_put_unguard(FILE *f, const struct scenario *s)
{
	if (!script_is_guarded(s))
		return;
	/* A RST would end what the original is to go on with. */
	if (s->migration.original == ORIGINAL_STOPPED)
		(void)fputs("[ $code != 0 ] || ", f);
	(void)fputs(LIFT "\n", f);
}
