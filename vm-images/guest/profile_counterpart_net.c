// SPDX-License-Identifier: Apache-2.0
/* profile_counterpart_net.c - names of the network that a workload needs */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm-images/guest/profile_net.h"
#include "vm-images/guest/profile_tree.h"
#include "vm-images/guest/profile_wants.h"

static void read_bound(const char *table, bool listening,
		       struct str_list *bound)
{
	CLEANUP_FREE char *text = tree_text(getpid(), table);
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	str_list_split(&lines, text ? text : "", "\n");
	for (size_t i = 1; i < lines.n; i++) {
		struct net_row row;

		if (net_row_read(lines.v[i], &row) &&
		    (!listening || row.state == NET_LISTEN))
			str_list_add(bound, row.local);
	}
}

static void add_taken(const struct str_list *wanted,
		      const struct str_list *bound, const char *protocol,
		      struct str_list *taken)
{
	for (size_t i = 0; i < wanted->n; i++)
		for (size_t k = 0; k < bound->n; k++) {
			const char *port = strchr(wanted->v[i], ':');

			if (!net_collide(wanted->v[i], bound->v[k]))
				continue;
			str_list_take(taken,
				      xasprintf("%s/%lu", protocol,
						strtoul(port + 1, NULL, 16)));
			break;
		}
}

static void say_ports(const struct wants *wants)
{
	static const struct {
		const char *protocol, *key;
		const char *tables[2];
	} kinds[] = {
		{ "tcp", "tcp_bound", { "net/tcp", "net/tcp6" } },
		{ "udp", "udp_bound", { "net/udp", "net/udp6" } },
	};
	CLEANUP(str_list_release) struct str_list taken = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		CLEANUP(str_list_release) struct str_list wanted = { 0 };
		CLEANUP(str_list_release) struct str_list bound = { 0 };

		wants_words(wants, kinds[i].key, &wanted);
		for (size_t k = 0; wanted.n && k < 2; k++)
			read_bound(kinds[i].tables[k], i == 0, &bound);
		add_taken(&wanted, &bound, kinds[i].protocol, &taken);
	}
	profile_say_list("there.ports_taken", &taken);
}

static void list_addresses(struct str_list *here)
{
	struct ifaddrs *all, *one;

	if (getifaddrs(&all))
		return;
	for (one = all; one; one = one->ifa_next) {
		char text[INET6_ADDRSTRLEN] = "";
		const void *at = NULL;

		if (one->ifa_addr && one->ifa_addr->sa_family == AF_INET)
			at = &((struct sockaddr_in *)(void *)one->ifa_addr)
				      ->sin_addr;
		if (one->ifa_addr && one->ifa_addr->sa_family == AF_INET6)
			at = &((struct sockaddr_in6 *)(void *)one->ifa_addr)
				      ->sin6_addr;
		if (at &&
		    inet_ntop(one->ifa_addr->sa_family, at, text, sizeof(text)))
			str_list_add(here, text);
	}
	freeifaddrs(all);
}

static void say_addresses(const struct wants *wants)
{
	CLEANUP(str_list_release) struct str_list wanted = { 0 };
	CLEANUP(str_list_release) struct str_list here = { 0 };
	CLEANUP(str_list_release) struct str_list missing = { 0 };

	wants_words(wants, "addresses", &wanted);
	if (!wanted.n)
		return;
	list_addresses(&here);
	for (size_t i = 0; i < wanted.n; i++)
		if (!str_list_has(&here, wanted.v[i]) &&
		    !str_list_has(&wants->moved, wanted.v[i]))
			str_list_add(&missing, wanted.v[i]);
	profile_say_list("there.addresses_missing", &missing);
}

static void say_devices(const struct wants *wants)
{
	CLEANUP(str_list_release) struct str_list wanted = { 0 };
	CLEANUP(str_list_release) struct str_list missing = { 0 };

	wants_words(wants, "bound_devices", &wanted);
	for (size_t i = 0; i < wanted.n; i++)
		if (!if_nametoindex(wanted.v[i]))
			str_list_add(&missing, wanted.v[i]);
	profile_say_list("there.devices_missing", &missing);
}

void wants_say_network(const struct wants *wants)
{
	say_ports(wants);
	say_addresses(wants);
	say_devices(wants);
}
