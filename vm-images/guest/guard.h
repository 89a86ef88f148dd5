// SPDX-License-Identifier: Apache-2.0
/* guard.h - what keeps segments from the service's address until its sockets are
 * there */
#ifndef GUEST_GUARD_H
#define GUEST_GUARD_H

/* nft does the same, but in an emulated guest it takes some 50 ms of the pause that
 * a peer sees to be loaded and translated. */

/**
 * guard_lift() - Delete the guard, a table of nftables (runner/addresses.h)
 * @ip:	The guarded address: tells the table's family
 *
 * Return: exit status
 */
int guard_lift(const char *ip);

#endif
