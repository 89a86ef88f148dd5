// SPDX-License-Identifier: Apache-2.0
/* address.h - the service's address comes and goes */
#ifndef GUEST_ADDRESS_H
#define GUEST_ADDRESS_H

/* iproute2 does the same, but it is a dynamic program with libraries to load, and
 * all that is in the pause that a peer sees. */

/** address_take() - Add an address (IPv4 with prefix length 24, IPv6 with 64) to a
 * device and announce it. Return: exit status */
int address_take(const char *ifname, const char *ip);

/** address_give() - Remove it again. Return: exit status */
int address_give(const char *ifname, const char *ip);

#endif
