// SPDX-License-Identifier: Apache-2.0
/* profile_net.h - lines of /proc/net/tcp and its like */
#ifndef GUEST_PROFILE_NET_H
#define GUEST_PROFILE_NET_H

#include <stdbool.h>
#include <stdint.h>

/* TCP_ESTABLISHED and TCP_LISTEN of the kernel. */
enum { NET_ESTABLISHED = 1, NET_LISTEN = 10 };

/** struct net_row - One socket; @local as "ADDRESS:PORT", hexadecimal */
struct net_row {
	char local[64];
	uint64_t state, unread, inode;
};

/** net_row_read() - Return: false when it is no such line */
bool net_row_read(const char *line, struct net_row *ret_row);

/** net_address() - As people write it, of "ADDRESS:PORT"; owned, NULL: it is that
 * of any host or of none (0.0.0.0, 127.0.0.1, groups) */
char *net_address(const char *local);

/** net_collide() - Whether two names cannot both be bound: one port, and one
 * address or any */
bool net_collide(const char *a, const char *b);

#endif
