// SPDX-License-Identifier: Apache-2.0
/* advert.c - announce an IPv6 address: what garp.c is for IPv4 */
#include "advert.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ALL_NODES "ff02::1"
#define HOPS 255 /* anything less is taken for forwarded, and not believed */

struct advert {
	struct nd_neighbor_advert head;
	struct nd_opt_hdr option;
	uint8_t mac[ETH_ALEN];
};

static bool fill(int sock, const char *ifname, const char *ip,
		 struct advert *advert)
{
	struct ifreq ifr = { 0 };

	*advert = (struct advert){ .option = { ND_OPT_TARGET_LINKADDR, 1 } };
	advert->head.nd_na_type = ND_NEIGHBOR_ADVERT;
	advert->head.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE;
	(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (inet_pton(AF_INET6, ip, &advert->head.nd_na_target) != 1 ||
	    ioctl(sock, SIOCGIFHWADDR, &ifr))
		return false;
	memcpy(advert->mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	return true;
}

/* The kernel sums the checksum up. */
static bool announce(int sock, const char *ifname, const char *ip)
{
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
				   .sin6_scope_id = if_nametoindex(ifname) };
	struct advert advert;
	int hops = HOPS;

	return fill(sock, ifname, ip, &advert) &&
	       inet_pton(AF_INET6, ip, &from.sin6_addr) == 1 &&
	       inet_pton(AF_INET6, ALL_NODES, &to.sin6_addr) == 1 &&
	       !setsockopt(sock, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
			   sizeof(hops)) &&
	       !bind(sock, (struct sockaddr *)&from, sizeof(from)) &&
	       sendto(sock, &advert, sizeof(advert), 0, (struct sockaddr *)&to,
		      sizeof(to)) == (ssize_t)sizeof(advert);
}

int advert_send(const char *ifname, const char *ip)
{
	int sock = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	bool sent = sock >= 0 && announce(sock, ifname, ip);

	if (!sent)
		perror("neighbour advertisement");
	if (sock >= 0)
		close(sock);
	return sent ? 0 : 1;
}
