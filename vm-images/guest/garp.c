// SPDX-License-Identifier: Apache-2.0
/* garp.c - announce an address: the segment's tables learn where it is now */
#include "garp.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int own_mac(int sock, const char *ifname, uint8_t mac[ETH_ALEN])
{
	struct ifreq ifr = { 0 };

	(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (ioctl(sock, SIOCGIFHWADDR, &ifr))
		return -1;
	memcpy(mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	return 0;
}

int garp_send(const char *ifname, const char *ip)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ARP),
				  .sll_halen = ETH_ALEN };
	struct ether_arp arp = { .ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER),
					     .ar_pro = htons(ETH_P_IP),
					     .ar_hln = ETH_ALEN,
					     .ar_pln = 4,
					     .ar_op = htons(ARPOP_REQUEST) } };
	int sock = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc = 1;

	if (sock < 0)
		goto out;
	to.sll_ifindex = (int)if_nametoindex(ifname);
	memset(to.sll_addr, 0xff, ETH_ALEN);
	if (!to.sll_ifindex || own_mac(sock, ifname, arp.arp_sha) ||
	    inet_pton(AF_INET, ip, arp.arp_spa) != 1)
		goto out;
	memcpy(arp.arp_tpa, arp.arp_spa, 4);
	if (sendto(sock, &arp, sizeof(arp), 0, (struct sockaddr *)&to,
		   sizeof(to)) == (ssize_t)sizeof(arp))
		rc = 0;
out:
	if (rc)
		perror("garp");
	if (sock >= 0)
		close(sock);
	return rc;
}
