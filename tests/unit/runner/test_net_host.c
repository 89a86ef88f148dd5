// SPDX-License-Identifier: Apache-2.0
/* test_net_host.c - a host on a bridge: there, of its own, and gone */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/net.h"
#include "runner/net_host.h"
#include "tests/lib/testing.h"

#define PORT "peer-svc"
#define PATIENCE_MS 20000
#define MAC "\x52\x54\x00\x77\x00\x03"

static int home;

/* As in test_net.c: without a namespace of its own a test is skipped. */
static bool own_network(void)
{
	struct err err = ERR_INIT;

	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		(void)printf("skipped: no network namespace can be made\n");
		return false;
	}
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(home, 0);
	ck_assert_ok(net_bridge("svc0", "10.77.0.100", &err), &err);
	return true;
}

static struct net_host *open_host(void)
{
	static const char *const ips[] = { "10.77.0.1", NULL };
	static const struct net_host_opts opts = { PORT, "svc0",
						   "52:54:00:77:00:03", ips };
	struct net_host *host;
	struct err err = ERR_INIT;

	ck_assert_ok(net_host_open(&opts, &host, &err), &err);
	return host;
}

static void close_host(struct net_host *host)
{
	struct err err = ERR_INIT;

	ck_assert_ok(net_host_close(host, &err), &err);
}

static void go(int netns)
{
	ck_assert_int_eq(setns(netns, CLONE_NEWNET), 0);
}

static int udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void request(const char *name, unsigned long what, struct ifreq *ifr)
{
	CLEANUP_FD int fd = udp_socket();

	(void)snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", name);
	ck_assert_msg(ioctl(fd, what, ifr) == 0, "%s: %m", name);
}

static uint32_t offload(const char *name, uint32_t command)
{
	struct ethtool_value value = { .cmd = command };
	struct ifreq ifr = { .ifr_data = (char *)&value };

	request(name, SIOCETHTOOL, &ifr);
	return value.data;
}

static void check_offloads(const char *name)
{
	ck_assert_uint_eq(offload(name, ETHTOOL_GGSO), 0);
	ck_assert_uint_eq(offload(name, ETHTOOL_GTSO), 0);
	ck_assert_uint_eq(offload(name, ETHTOOL_GGRO), 0);
	ck_assert_uint_eq(offload(name, ETHTOOL_GTXCSUM), 0);
}

/* Say something to the service. */
static void speak(int fd, char what)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(7000) };

	ck_assert_int_eq(inet_pton(AF_INET, "10.77.0.100", &to.sin_addr), 1);
	ck_assert_int_eq(
		sendto(fd, &what, 1, 0, (struct sockaddr *)&to, sizeof(to)), 1);
}

/* At the service's end: what comes next, from the host's address. */
static char hear(int fd)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	socklen_t len = sizeof(from);
	char what = 0;

	ck_assert_int_eq(
		recvfrom(fd, &what, 1, 0, (struct sockaddr *)&from, &len), 1);
	ck_assert_uint_eq(ntohl(from.sin_addr.s_addr), 0x0a4d0001);
	return what;
}

static int socket_of(const struct net_host *host)
{
	int fd;

	go(net_host_fd(host));
	fd = udp_socket();
	go(home);
	return fd;
}

static int service(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(7000) };
	int fd = udp_socket();

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

START_TEST(a_host_has_one_card_and_its_address)
{
	struct ifreq ifr = { .ifr_flags = 0 };
	struct net_host *host;

	if (!own_network())
		return;
	host = open_host();
	request(PORT, SIOCGIFFLAGS, &ifr);
	ck_assert(ifr.ifr_flags & IFF_UP);
	check_offloads(PORT);
	go(net_host_fd(host));
	ck_assert_uint_eq(if_nametoindex("svc0"), 0);
	request("eth0", SIOCGIFHWADDR, &ifr);
	ck_assert_mem_eq(ifr.ifr_hwaddr.sa_data, MAC, 6);
	request("lo", SIOCGIFFLAGS, &ifr);
	ck_assert(ifr.ifr_flags & IFF_UP);
	check_offloads("eth0");
	go(home);
	close_host(host);
}
END_TEST

/* What outlives a process (an ACK due, a segment repeated) goes nowhere. */
START_TEST(a_socket_that_outlives_its_host_is_cut_off)
{
	CLEANUP_FD int listening = -1;
	CLEANUP_FD int left = -1;
	CLEANUP_FD int later = -1;
	struct net_host *host;

	if (!own_network())
		return;
	listening = service();
	host = open_host();
	left = socket_of(host);
	speak(left, 'a');
	ck_assert_int_eq(hear(listening), 'a');
	close_host(host);
	speak(left, 'b');
	host = open_host();
	later = socket_of(host);
	speak(later, 'c');
	ck_assert_int_eq(hear(listening), 'c');
	close_host(host);
}
END_TEST

START_TEST(the_next_one_is_another_at_once)
{
	ino_t last = 0;

	if (!own_network())
		return;
	for (int i = 0; i < 5; i++) {
		struct net_host *host = open_host();
		CLEANUP_FD int held = dup(net_host_fd(host));
		struct stat st;

		ck_assert_int_eq(fstat(held, &st), 0);
		ck_assert_uint_ne(st.st_ino, last);
		last = st.st_ino;
		close_host(host);
	}
}
END_TEST

/* Told of devices that come and go here. */
static int watch_devices(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK,
				    .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static bool is_end_of(const struct nlmsghdr *nlh, int index)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);

	return nlh->nlmsg_type == RTM_DELLINK && ifi->ifi_index == index &&
	       ifi->ifi_family == AF_UNSPEC;
}

static bool await_end_of(int fd, int index)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	_Alignas(struct nlmsghdr) char buf[16384];

	while (poll(&pfd, 1, PATIENCE_MS) == 1) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);
		struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

		for (; NLMSG_OK(nlh, (unsigned int)n); nlh = NLMSG_NEXT(nlh, n))
			if (is_end_of(nlh, index))
				return true;
	}
	return false;
}

START_TEST(nothing_of_it_is_left)
{
	CLEANUP_FD int watch = -1;
	struct net_host *host;
	int index;

	if (!own_network())
		return;
	watch = watch_devices();
	host = open_host();
	index = (int)if_nametoindex(PORT);
	ck_assert_int_gt(index, 0);
	close_host(host);
	ck_assert(await_end_of(watch, index));
}
END_TEST

START_TEST(what_cannot_be_made_is_named)
{
	static const char *const ips[] = { "10.77.0.1", NULL };
	static const char *const bad[] = { "10.77.0.", NULL };
	const struct net_host_opts none = { "p0", "nothing",
					    "52:54:00:77:00:03", ips };
	const struct net_host_opts no_mac = { "p1", "svc0", "mac", ips };
	const struct net_host_opts no_ip = { "p2", "svc0", "52:54:00:77:00:03",
					     bad };
	struct net_host *host;
	struct err err = ERR_INIT;

	if (!own_network())
		return;
	ck_assert_err(net_host_open(&none, &host, &err), &err, ERR_SYS, ENODEV);
	ck_assert_uint_eq(if_nametoindex("p0"), 0);
	ck_assert_err(net_host_open(&no_mac, &host, &err), &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "'mac'");
	ck_assert_err(net_host_open(&no_ip, &host, &err), &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "'10.77.0.'");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/net_host");
	TCase *tcase = tcase_create("host");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_host_has_one_card_and_its_address);
	tcase_add_test(tcase, a_socket_that_outlives_its_host_is_cut_off);
	tcase_add_test(tcase, the_next_one_is_another_at_once);
	tcase_add_test(tcase, nothing_of_it_is_left);
	tcase_add_test(tcase, what_cannot_be_made_is_named);
	suite_add_tcase(suite, tcase);
	return suite;
}
