// SPDX-License-Identifier: Apache-2.0
/* test_net.c - bridges and taps, in a network namespace of the test's own */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/net.h"
#include "runner/relay.h"
#include "tests/lib/testing.h"

#define PATIENCE_MS 20000

/*
 * Nothing is done to the host's network: without a namespace of its own (root,
 * or user namespaces allowed) and a tun device a test is skipped.
 */
static bool own_network(void)
{
	const char *why = NULL;

	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		why = "no network namespace can be made here";
	else if (access("/dev/net/tun", R_OK | W_OK))
		why = "/dev/net/tun cannot be opened here";
	if (why)
		(void)printf("skipped: %s\n", why);
	return !why;
}

static void request(const char *name, unsigned long what, struct ifreq *ifr)
{
	CLEANUP_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", name);
	ck_assert_msg(ioctl(fd, what, ifr) == 0, "%s: %m", name);
}

static bool is_up(const char *name)
{
	struct ifreq ifr = { .ifr_flags = 0 };

	request(name, SIOCGIFFLAGS, &ifr);
	return ifr.ifr_flags & IFF_UP;
}

static uint32_t offload(const char *name, uint32_t command)
{
	struct ethtool_value value = { .cmd = command };
	struct ifreq ifr = { .ifr_data = (char *)&value };

	request(name, SIOCETHTOOL, &ifr);
	return value.data;
}

/* A value of the bridge, from a sysfs that shows this namespace. */
static bool on_bridge(const char *name, const char *bridge)
{
	CLEANUP_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ports[16] = { 0 };
	unsigned long args[] = { 7 /* BRCTL_GET_PORT_LIST */,
				 (unsigned long)ports, ARRAY_SIZE(ports), 0 };
	struct ifreq ifr = { .ifr_data = (char *)args };

	(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", bridge);
	ck_assert_int_ge(ioctl(fd, SIOCDEVPRIVATE, &ifr), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		if (ports[i] && ports[i] == (int)if_nametoindex(name))
			return true;
	return false;
}

static void make_bridge(const char *name)
{
	struct err err = ERR_INIT;

	ck_assert_ok(net_bridge(name, NULL, &err), &err);
}

START_TEST(a_bridge_is_up_and_has_its_address)
{
	struct ifreq ifr = { .ifr_flags = 0 };
	struct sockaddr_in addr;
	struct err err = ERR_INIT;

	if (!own_network())
		return;
	ck_assert_ok(net_bridge("svc0", "10.77.0.1", &err), &err);
	ck_assert(is_up("svc0"));
	request("svc0", SIOCGIFADDR, &ifr);
	memcpy(&addr, &ifr.ifr_addr, sizeof(addr));
	ck_assert_uint_eq(ntohl(addr.sin_addr.s_addr), 0x0a4d0001);
	request("svc0", SIOCGIFNETMASK, &ifr);
	memcpy(&addr, &ifr.ifr_addr, sizeof(addr));
	ck_assert_uint_eq(ntohl(addr.sin_addr.s_addr), 0xffffff00);
}
END_TEST

/* As /proc/net/if_inet6 tells it: address, index, prefix length, scope, flags. */
START_TEST(an_ipv6_address_is_there_at_once)
{
	CLEANUP_FREE char *table = NULL;
	struct err err = ERR_INIT;

	if (!own_network())
		return;
	make_bridge("svc0");
	ck_assert_ok(net_address("svc0", "fd77::1", &err), &err);
	ck_assert_ok(file_read("/proc/thread-self/net/if_inet6", 1 << 16,
			       &table, NULL, &err),
		     &err);
	ck_assert_has(table, "fd770000000000000000000000000001 ");
	ck_assert_has(table, " 40 00 82 "); /* permanent, no detection */
	ck_assert_err(net_address("svc0", "fd77::1", &err), &err, ERR_SYS,
		      EEXIST);
	ck_assert_err(net_address("svc0", "fd77::g", &err), &err, ERR_INPUT, 0);
}
END_TEST

START_TEST(what_cannot_be_made_is_named)
{
	struct err err = ERR_INIT;

	if (!own_network())
		return;
	make_bridge("svc0");
	ck_assert_err(net_bridge("svc0", NULL, &err), &err, ERR_SYS, EEXIST);
	ck_assert_has(err.msg, "bridge 'svc0'");
	ck_assert_err(net_bridge("svc1", "10.77.0.", &err), &err, ERR_INPUT, 0);
	ck_assert_err(net_up("nothing", &err), &err, ERR_SYS, ENODEV);
	ck_assert_has(err.msg, "'nothing'");
	ck_assert_err(net_tap("tap0", "nothing", true, &err), &err, ERR_SYS,
		      ENODEV);
}
END_TEST

START_TEST(a_tap_is_up_and_on_its_bridge)
{
	struct err err = ERR_INIT;

	if (!own_network())
		return;
	make_bridge("svc0");
	make_bridge("xfer0");
	ck_assert_ok(net_tap("src-svc", "svc0", false, &err), &err);
	ck_assert_ok(net_tap("src-xfer", "xfer0", true, &err), &err);
	ck_assert(is_up("src-svc") && is_up("src-xfer"));
	ck_assert(on_bridge("src-svc", "svc0"));
	ck_assert(!on_bridge("src-svc", "xfer0"));
	ck_assert(on_bridge("src-xfer", "xfer0"));
}
END_TEST

/* A capture of merged segments would not be what a wire carries. */
START_TEST(offloads_are_off_only_where_frames_are_captured)
{
	struct err err = ERR_INIT;

	if (!own_network())
		return;
	make_bridge("svc0");
	ck_assert_ok(net_tap("plain", "svc0", false, &err), &err);
	ck_assert_ok(net_tap("quick", "svc0", true, &err), &err);
	ck_assert_uint_eq(offload("plain", ETHTOOL_GGSO), 0);
	ck_assert_uint_eq(offload("plain", ETHTOOL_GGRO), 0);
	ck_assert_uint_eq(offload("plain", ETHTOOL_GTSO), 0);
	ck_assert_uint_ne(offload("quick", ETHTOOL_GGSO), 0);
	ck_assert_uint_ne(offload("quick", ETHTOOL_GGRO), 0);
}
END_TEST

START_TEST(a_tap_for_keeps_outlives_its_maker_and_an_open_one_does_not)
{
	struct err err = ERR_INIT;
	int fd = -1;

	if (!own_network())
		return;
	make_bridge("svc0");
	ck_assert_ok(net_tap("kept", "svc0", false, &err), &err);
	ck_assert_uint_ne(if_nametoindex("kept"), 0);
	ck_assert_ok(net_tap_open("open", "svc0", &fd, &err), &err);
	ck_assert_uint_ne(if_nametoindex("open"), 0);
	ck_assert(on_bridge("open", "svc0"));
	close(fd);
	ck_assert_uint_eq(if_nametoindex("open"), 0);
}
END_TEST

/* --- The relay, end to end -------------------------------------------------------- */

/* A broadcast frame of an experimental type that nobody else sends. */
static const uint8_t frame[ETH_ZLEN] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff,	/* to all */
	0x52, 0x54, 0x00, 0x77, 0x00, 0x01,	/* from the source */
	0x88, 0xb5, 'f',  'r',	'a',  'm',  'e' /* what it is */
};

static bool await_frame(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint8_t got[2000];

	while (poll(&pfd, 1, PATIENCE_MS) == 1)
		if (recv(fd, got, sizeof(got), 0) == ETH_ZLEN &&
		    memcmp(got, frame, ETH_ZLEN) == 0)
			return true;
	return false;
}

/* In place of QEMU, at one of its ports. */
static int qemu_socket(uint16_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

START_TEST(a_frame_of_one_qemu_reaches_the_other_and_only_on_its_network)
{
	static const char *const bridges[RELAY_NETS] = { "svc0", "xfer0" };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct relay relay = RELAY_INIT;
	struct child *child = NULL;
	struct err err = ERR_INIT;
	uint8_t other[2000];
	int source, target, elsewhere;

	if (!own_network())
		return;
	ck_assert_ok(net_up("lo", &err), &err);
	make_bridge("svc0");
	make_bridge("xfer0");
	ck_assert_ok(relay_open(&relay, &err), &err);
	source = qemu_socket(relay.ports[ROLE_SOURCE][0][0]);
	target = qemu_socket(relay.ports[ROLE_TARGET][0][0]);
	elsewhere = qemu_socket(relay.ports[ROLE_TARGET][1][0]);
	ck_assert_ok(relay_start(&relay, bridges, &child, &err), &err);
	to.sin_port = htons(relay.ports[ROLE_SOURCE][0][1]);
	ck_assert_int_eq(sendto(source, frame, sizeof(frame), 0,
				(struct sockaddr *)&to, sizeof(to)),
			 sizeof(frame));
	ck_assert(await_frame(target));
	for (ssize_t n;
	     (n = recv(elsewhere, other, sizeof(other), MSG_DONTWAIT)) > 0;)
		ck_assert(n != ETH_ZLEN || memcmp(other, frame, ETH_ZLEN) != 0);
	close(source);
	close(target);
	close(elsewhere);
	child_free(child);
	relay_close(&relay);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/net");
	TCase *tcase = tcase_create("devices");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_bridge_is_up_and_has_its_address);
	tcase_add_test(tcase, an_ipv6_address_is_there_at_once);
	tcase_add_test(tcase, what_cannot_be_made_is_named);
	tcase_add_test(tcase, a_tap_is_up_and_on_its_bridge);
	tcase_add_test(tcase, offloads_are_off_only_where_frames_are_captured);
	tcase_add_test(
		tcase,
		a_tap_for_keeps_outlives_its_maker_and_an_open_one_does_not);
	tcase_add_test(
		tcase,
		a_frame_of_one_qemu_reaches_the_other_and_only_on_its_network);
	suite_add_tcase(suite, tcase);
	return suite;
}
