// SPDX-License-Identifier: Apache-2.0
/* test_relay.c - the ports over which frames reach a QEMU elsewhere */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/relay.h"
#include "tests/lib/testing.h"

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr =
					     htonl(INADDR_LOOPBACK) };
}

/* Whether nobody has this UDP port. */
static bool is_free(uint16_t port)
{
	struct sockaddr_in addr = loopback(port);
	CLEANUP_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;
}

static struct relay opened(void)
{
	struct relay relay = RELAY_INIT;
	struct err err = ERR_INIT;

	ck_assert_ok(relay_open(&relay, &err), &err);
	return relay;
}

START_TEST(our_ports_are_held_and_those_of_qemu_are_free)
{
	struct relay relay = opened();

	for (int i = 0; i < ROLE_COUNT * RELAY_NETS; i++) {
		int role = i / RELAY_NETS, net = i % RELAY_NETS;
		const uint16_t *ports = relay.ports[role][net];

		ck_assert_int_ge(relay.fds[role][net], 0);
		ck_assert_msg(!is_free(ports[1]), "%d: ours is free", i);
		ck_assert_msg(is_free(ports[0]), "%d: QEMU's is taken", i);
	}
	relay_close(&relay);
}
END_TEST

START_TEST(all_eight_ports_differ)
{
	struct relay relay = opened();
	const uint16_t *ports = &relay.ports[0][0][0];
	size_t n = sizeof(relay.ports) / sizeof(*ports);

	ck_assert_uint_eq(n, 8);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_uint_ne(ports[i], ports[k]);
	relay_close(&relay);
}
END_TEST

START_TEST(a_datagram_to_our_port_arrives)
{
	struct relay relay = opened();
	struct sockaddr_in to = loopback(relay.ports[ROLE_TARGET][1][1]);
	CLEANUP_FD int qemu = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char frame[16] = "";

	ck_assert_int_eq(sendto(qemu, "frame", 5, 0, (struct sockaddr *)&to,
				sizeof(to)),
			 5);
	ck_assert_int_eq(
		recv(relay.fds[ROLE_TARGET][1], frame, sizeof(frame), 0), 5);
	ck_assert_str_eq(frame, "frame");
	relay_close(&relay);
}
END_TEST

START_TEST(what_was_closed_is_free_and_may_be_closed_again)
{
	struct relay relay = opened();
	uint16_t port = relay.ports[ROLE_SOURCE][0][1];

	relay_close(&relay);
	ck_assert(is_free(port));
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int net = 0; net < RELAY_NETS; net++)
			ck_assert_int_eq(relay.fds[role][net], -1);
	relay_close(&relay);
}
END_TEST

/* Descriptors below the lowest one that is free. */
static int lowest_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int lowest = fd;

	ck_assert_int_ge(fd, 0);
	close(fd);
	return lowest;
}

/* With only so many descriptors left, at each point where they run out. */
START_TEST(running_out_of_descriptors_leaves_nothing_open)
{
	int before = lowest_free();
	struct rlimit limit;
	struct relay relay = RELAY_INIT;
	struct err err = ERR_INIT;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = (rlim_t)before + (rlim_t)_i;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_err(relay_open(&relay, &err), &err, ERR_SYS, EMFILE);
	ck_assert_has(err.msg, "UDP port");
	ck_assert_int_eq(relay.fds[0][0], -1);
	limit.rlim_cur = (rlim_t)before + 20;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(lowest_free(), before);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/relay");
	TCase *tcase = tcase_create("ports");

	tcase_add_test(tcase, our_ports_are_held_and_those_of_qemu_are_free);
	tcase_add_test(tcase, all_eight_ports_differ);
	tcase_add_test(tcase, a_datagram_to_our_port_arrives);
	tcase_add_test(tcase, what_was_closed_is_free_and_may_be_closed_again);
	tcase_add_loop_test(
		tcase, running_out_of_descriptors_leaves_nothing_open, 0, 8);
	suite_add_tcase(suite, tcase);
	return suite;
}
