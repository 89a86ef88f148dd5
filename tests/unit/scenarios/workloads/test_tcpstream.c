// SPDX-License-Identifier: Apache-2.0
/* test_tcpstream.c - the stream from outside: what it tells, what it notices */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scenarios/workloads/stream.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

#define SEED 4711

static struct rig_program server;
static struct stream client;

static void setup(void)
{
	rig_program_start(&server, "tcpstream", 0);
	client = (struct stream){ .fd = -1,
				  .out_at = STREAM_BLOCK,
				  .in_seed = SEED ^ STREAM_TO_CLIENT,
				  .out_seed = SEED ^ STREAM_TO_SERVER };
}

static void teardown(void)
{
	if (client.fd >= 0)
		close(client.fd);
	rig_program_stop(&server);
}

static char *run(const char *mode, int want)
{
	CLEANUP_FREE char *path = rig_program_path("tcpstream");
	char port[8];
	const char *argv[] = { path, mode, "127.0.0.1", port, NULL };
	char *output = NULL;
	int status;

	(void)snprintf(port, sizeof(port), "%u", server.port);
	status = rig_run(argv, &output);
	ck_assert_msg(status == want, "%s: exit %d: %s", mode, status, output);
	return output;
}

static int dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(server.port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void send_block(enum stream_kind kind, const uint64_t *named, size_t n)
{
	if (stream_idle(&client))
		stream_put(&client, kind, named, n);
	ck_assert_int_eq(stream_flush(&client), 1);
}

/* The next block of theirs, which must be right. */
static uint64_t take_block(size_t named)
{
	struct pollfd pfd = { .fd = client.fd, .events = POLLIN };
	uint64_t at;

	while (stream_pull(&client) == 0)
		ck_assert_int_gt(poll(&pfd, 1, RIG_PATIENCE_MS), 0);
	ck_assert(!stream_wrong(&client, named, &at));
	return stream_kind(&client);
}

static void greet(void)
{
	uint64_t named[] = { SEED, 5 * NS_PER_MS };

	client.fd = dial();
	send_block(STREAM_HELLO, named, ARRAY_SIZE(named));
	ck_assert_uint_eq(take_block(1), STREAM_WELCOME);
}

/* Until the probe says so; it is answered between two events. */
static void await_said(const char *part)
{
	uint64_t deadline_ns = clock_now_ns() + RIG_PATIENCE_MS * NS_PER_MS;
	char *output = NULL;

	do {
		free(output);
		ck_assert_msg(clock_now_ns() < deadline_ns, "no '%s'", part);
		output = run("--probe", 0);
	} while (!strstr(output, part));
	free(output);
}

START_TEST(before_a_client_it_waits)
{
	CLEANUP_FREE char *output = run("--probe", 0);

	ck_assert_has(output, "state=waiting\n");
	ck_assert_has(output, "connections=0\n");
	ck_assert_has(output, "received=0\n");
	ck_assert_has(output, "errors=0\n");
}
END_TEST

START_TEST(the_probe_tells_the_socket)
{
	CLEANUP_FREE char *local =
		xasprintf("local=127.0.0.1:%u\n", server.port);
	CLEANUP_FREE char *output = NULL;

	greet();
	output = run("--probe", 0);
	ck_assert_has(output, "state=flowing\n");
	ck_assert_has(output, "connections=1\n");
	ck_assert_has(output, "remote=127.0.0.1:");
	ck_assert_has(output, local);
}
END_TEST

START_TEST(both_sides_agree_at_the_end)
{
	uint64_t named[STREAM_NAMED] = { 0 };
	int i;

	greet();
	for (i = 0; i < 3; i++)
		send_block(STREAM_DATA, NULL, 0);
	ck_assert_uint_eq(take_block(0), STREAM_DATA);
	send_block(STREAM_END, named, ARRAY_SIZE(named));
	while (take_block(STREAM_NAMED) != STREAM_END)
		;
	ck_assert_uint_eq(stream_named(&client, STREAM_GOT), 3);
	ck_assert_uint_eq(stream_named(&client, STREAM_WRONG), 0);
	close(TAKE_FD(client.fd));
	await_said("state=ended\n");
	free(run("--verify", 0));
}
END_TEST

START_TEST(a_wrong_byte_is_counted_and_placed)
{
	CLEANUP_FREE char *output = NULL;

	greet();
	stream_put(&client, STREAM_DATA, NULL, 0);
	client.out.words[100] ^= 1;
	send_block(STREAM_DATA, NULL, 0);
	await_said("errors=1\nwrong_at=4912\n");
	output = run("--verify", 1);
	ck_assert_has(output, "wrong: bytes were lost, repeated or changed\n");
}
END_TEST

START_TEST(a_second_connection_is_closed_and_counted)
{
	CLEANUP_FREE char *output = NULL;
	char byte;
	int fd;

	greet();
	fd = dial();
	ck_assert_int_eq(recv(fd, &byte, 1, 0), 0);
	close(fd);
	await_said("connections=2\n");
	output = run("--verify", 1);
	ck_assert_has(output, "wrong: not exactly one connection in all\n");
}
END_TEST

START_TEST(a_client_that_resets_is_a_lost_connection)
{
	CLEANUP_FREE char *output = NULL;
	struct linger now = { .l_onoff = 1 };

	greet();
	ck_assert_int_eq(setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &now,
				    sizeof(now)),
			 0);
	close(TAKE_FD(client.fd));
	await_said("state=lost\n");
	output = run("--verify", 1);
	ck_assert_has(output, "wrong: the connection was lost\n");
}
END_TEST

START_TEST(a_client_that_says_something_else_is_left)
{
	client.fd = dial();
	send_block(STREAM_DATA, NULL, 0);
	await_said("state=lost\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/tcpstream");
	TCase *tcase = tcase_create("stream");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, before_a_client_it_waits);
	tcase_add_test(tcase, the_probe_tells_the_socket);
	tcase_add_test(tcase, both_sides_agree_at_the_end);
	tcase_add_test(tcase, a_wrong_byte_is_counted_and_placed);
	tcase_add_test(tcase, a_second_connection_is_closed_and_counted);
	tcase_add_test(tcase, a_client_that_resets_is_a_lost_connection);
	tcase_add_test(tcase, a_client_that_says_something_else_is_left);
	suite_add_tcase(suite, tcase);
	return suite;
}
