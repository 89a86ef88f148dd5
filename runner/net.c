// SPDX-License-Identifier: Apache-2.0
/* net.c - bridges and taps in the calling process's network namespace */
#include "runner/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/net_internal.h"

#define PREFIX_LEN 24
#define PREFIX6_LEN 64

static void socket_closep(struct mnl_socket **nl)
{
	if (*nl)
		mnl_socket_close(*nl);
}

int net_talk(struct nlmsghdr *nlh, const char *what, struct err *err)
{
	CLEANUP(socket_closep)
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	char buf[8192]; /* MNL_SOCKET_BUFFER_SIZE is not a constant */
	unsigned int seq = (unsigned int)time(NULL);
	ssize_t n;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		return err_errno(err, "open a netlink socket");
	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = seq;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return err_errno(err, "%s: send to netlink", what);
	n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (n < 0)
		return err_errno(err, "%s: receive from netlink", what);
	if (mnl_cb_run(buf, (size_t)n, seq, mnl_socket_get_portid(nl), NULL,
		       NULL) < 0)
		return err_errno(err, "%s", what);
	return 0;
}

struct nlmsghdr *net_link_request(char *buf, uint16_t flags, int index,
				  struct ifinfomsg **ret_ifi)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = flags;
	*ret_ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(**ret_ifi));
	(*ret_ifi)->ifi_family = AF_UNSPEC;
	(*ret_ifi)->ifi_index = index;
	return nlh;
}

int net_index(const char *name, int *ret_index, struct err *err)
{
	unsigned int index = if_nametoindex(name);

	if (!index)
		return err_errno(err, "network device '%s'", name);
	*ret_index = (int)index;
	return 0;
}

int net_up(const char *name, struct err *err)
{
	char buf[1024];
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	int index = 0;

	if (net_index(name, &index, err))
		return -1;
	nlh = net_link_request(buf, 0, index, &ifi);
	ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = IFF_UP;
	if (net_talk(nlh, "set a device up", err))
		return err_wrap(err, "network device '%s'", name);
	return 0;
}

int net_address(const char *name, const char *ip, struct err *err)
{
	bool v6 = strchr(ip, ':') != NULL;
	size_t len = v6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
	struct in6_addr addr; /* the larger of both */
	char buf[1024];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;
	int index = 0;

	if (net_index(name, &index, err))
		return -1;
	if (inet_pton(v6 ? AF_INET6 : AF_INET, ip, &addr) != 1)
		return err_set(err, ERR_INPUT, 0, "bad IP address '%s'", ip);
	nlh->nlmsg_type = RTM_NEWADDR;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = v6 ? AF_INET6 : AF_INET;
	ifa->ifa_prefixlen = v6 ? PREFIX6_LEN : PREFIX_LEN;
	ifa->ifa_flags = v6 ? IFA_F_NODAD : 0;
	ifa->ifa_index = (uint32_t)index;
	mnl_attr_put(nlh, IFA_LOCAL, len, &addr);
	mnl_attr_put(nlh, IFA_ADDRESS, len, &addr);
	if (net_talk(nlh, "add an address", err))
		return err_wrap(err, "'%s' on '%s'", ip, name);
	return 0;
}

int net_bridge(const char *name, const char *ip, struct err *err)
{
	char buf[1024];
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh =
		net_link_request(buf, NLM_F_CREATE | NLM_F_EXCL, 0, &ifi);
	struct nlattr *info, *data;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_BR_STP_STATE, 0);
	mnl_attr_put_u32(nlh, IFLA_BR_FORWARD_DELAY, 0);
	mnl_attr_put_u8(nlh, IFLA_BR_MCAST_SNOOPING, 0);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	if (net_talk(nlh, "make a bridge", err))
		return err_wrap(err, "bridge '%s'", name);
	if (ip && net_address(name, ip, err))
		return -1;
	return net_up(name, err);
}

int net_enslave(const char *name, const char *bridge, struct err *err)
{
	char buf[1024];
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	int index = 0, master = 0;

	if (net_index(name, &index, err) || net_index(bridge, &master, err))
		return -1;
	nlh = net_link_request(buf, 0, index, &ifi);
	mnl_attr_put_u32(nlh, IFLA_MASTER, (uint32_t)master);
	if (net_talk(nlh, "put a device on a bridge", err))
		return err_wrap(err, "'%s' on '%s'", name, bridge);
	return 0;
}

int net_offloads_off(const char *name, struct err *err)
{
	static const uint32_t commands[] = { ETHTOOL_STSO, ETHTOOL_SGSO,
					     ETHTOOL_SGRO, ETHTOOL_STXCSUM,
					     ETHTOOL_SRXCSUM };
	CLEANUP_FD int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (sock < 0)
		return err_errno(err, "open a socket");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct ethtool_value value = { .cmd = commands[i] };
		struct ifreq ifr = { .ifr_data = (char *)&value };

		(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
		if (ioctl(sock, SIOCETHTOOL, &ifr) && errno != EOPNOTSUPP &&
		    errno != EINVAL)
			return err_errno(err, "turn offloads of '%s' off",
					 name);
	}
	return 0;
}

static int make_tap(const char *name, int flags, int *ret_fd, struct err *err)
{
	struct ifreq ifr = { .ifr_flags =
				     (short)(IFF_TAP | IFF_NO_PI | flags) };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return err_errno(err, "open '/dev/net/tun'");
	(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		(void)err_errno(err, "make the tap device '%s'", name);
		close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

int net_tap(const char *name, const char *bridge, bool offloads,
	    struct err *err)
{
	CLEANUP_FD int fd = -1;

	/* The flags with which QEMU is going to open it again. */
	if (make_tap(name, IFF_VNET_HDR, &fd, err))
		return -1;
	if (ioctl(fd, TUNSETPERSIST, 1))
		return err_errno(err, "keep the tap device '%s'", name);
	if (!offloads && net_offloads_off(name, err))
		return -1;
	if (net_enslave(name, bridge, err))
		return -1;
	return net_up(name, err);
}

int net_tap_open(const char *name, const char *bridge, int *ret_fd,
		 struct err *err)
{
	CLEANUP_FD int fd = -1;

	if (make_tap(name, 0, &fd, err) || net_offloads_off(name, err) ||
	    net_enslave(name, bridge, err) || net_up(name, err))
		return -1;
	*ret_fd = TAKE_FD(fd);
	return 0;
}
