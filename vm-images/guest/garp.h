// SPDX-License-Identifier: Apache-2.0
/* garp.h - announce an address: the segment's tables learn where it is now */
#ifndef GUEST_GARP_H
#define GUEST_GARP_H

/**
 * garp_send() - Send one gratuitous ARP request (RFC 5227, announcement)
 * @ifname:	Device
 * @ip:		IPv4 address, dotted
 *
 * Return: exit status, 0 when sent
 */
int garp_send(const char *ifname, const char *ip);

#endif
