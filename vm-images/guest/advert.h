// SPDX-License-Identifier: Apache-2.0
/* advert.h - announce an IPv6 address: what garp.h is for IPv4 */
#ifndef GUEST_ADVERT_H
#define GUEST_ADVERT_H

/**
 * advert_send() - Send one unsolicited neighbour advertisement (RFC 4861, 7.2.6)
 * @ifname:	Device
 * @ip:		IPv6 address that the device has
 *
 * Return: exit status, 0 when sent
 */
int advert_send(const char *ifname, const char *ip);

#endif
