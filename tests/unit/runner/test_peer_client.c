// SPDX-License-Identifier: Apache-2.0
/* test_peer_client.c - connecting and waiting, as all clients do */
#include "runner/peer_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static uint16_t free_port(void)
{
	uint16_t port;

	close(rig_listen(SOCK_STREAM, &port));
	return port;
}

static struct peer_opts opts_for(uint16_t port)
{
	return (struct peer_opts){ .service = "127.0.0.1",
				   .port = port,
				   .patience_ns = 20 * NS_PER_S,
				   .stop_fd = -1 };
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

START_TEST(a_connection_is_prompt_and_without_keepalive)
{
	struct err err = ERR_INIT;
	struct peer_opts opts;
	uint16_t port;
	int listener = rig_listen(SOCK_STREAM, &port);
	int fd = -1;

	opts = opts_for(port);
	ck_assert_ok(peer_connect(&opts, &fd, &err), &err);
	ck_assert_int_ne(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
	ck_assert(fcntl(fd, F_GETFL) & O_NONBLOCK);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(what_the_kernel_is_to_wait_for_is_told_to_it)
{
	struct err err = ERR_INIT;
	struct peer_opts opts;
	uint16_t port;
	int listener = rig_listen(SOCK_STREAM, &port);
	int fd = -1;

	opts = opts_for(port);
	opts.keepalive_ns = 3 * NS_PER_S;
	opts.user_timeout_ns = 2500 * NS_PER_MS;
	ck_assert_ok(peer_connect(&opts, &fd, &err), &err);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 3);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 3);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 2500);
	close(fd);
	close(listener);
}
END_TEST

static void *listen_late(void *arg)
{
	struct rig_program *stream = arg;

	rig_pause(120);
	rig_program_start(stream, "tcpstream", stream->port);
	return NULL;
}

START_TEST(a_service_that_comes_late_is_reached)
{
	struct rig_program stream = { .port = free_port() };
	struct peer_opts opts = opts_for(stream.port);
	struct err err = ERR_INIT;
	pthread_t thread;
	int fd = -1;

	ck_assert_int_eq(pthread_create(&thread, NULL, listen_late, &stream),
			 0);
	ck_assert_ok(peer_connect(&opts, &fd, &err), &err);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	close(fd);
	rig_program_stop(&stream);
}
END_TEST

START_TEST(a_stop_ends_the_attempts)
{
	struct peer_opts opts = opts_for(free_port());
	uint64_t before_ns = clock_now_ns();
	struct err err = ERR_INIT;
	int fd = -1;

	opts.stop_fd = eventfd(1, EFD_CLOEXEC);
	ck_assert_err(peer_connect(&opts, &fd, &err), &err, ERR_SYS,
		      ECONNREFUSED);
	ck_assert_int_eq(fd, -1);
	ck_assert_has(err.msg, "connect to 127.0.0.1:");
	ck_assert_uint_lt(clock_now_ns() - before_ns, 20 * NS_PER_S);
	close(opts.stop_fd);
}
END_TEST

START_TEST(a_name_is_no_address)
{
	struct peer_opts opts = { .service = "localhost",
				  .port = 1,
				  .stop_fd = -1 };
	struct peer_addr addr;
	struct err err = ERR_INIT;

	ck_assert_err(peer_addr_of(&opts, &addr, &err), &err, ERR_INPUT, 0);
}
END_TEST

START_TEST(waiting_tells_what_ended_it)
{
	static const struct {
		const char *name;
		int io, stop;
		unsigned int want;
	} cases[] = {
		{ "nothing", 0, 0, 0 },
		{ "the socket", 1, 0, PEER_EVENT_IO },
		{ "the stop", 0, 1, PEER_EVENT_STOP },
		{ "both", 1, 1, PEER_EVENT_IO | PEER_EVENT_STOP },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int io = eventfd((unsigned int)cases[i].io, EFD_CLOEXEC);
		int stop = eventfd((unsigned int)cases[i].stop, EFD_CLOEXEC);
		unsigned int got = peer_wait(io, POLLIN, stop, 0);

		ck_assert_msg(got == cases[i].want, "%s: got %u, wanted %u",
			      cases[i].name, got, cases[i].want);
		ck_assert_uint_eq(peer_wait(-1, POLLIN, -1, 0), 0);
		close(io);
		close(stop);
	}
}
END_TEST

START_TEST(waiting_lasts_until_its_instant)
{
	uint64_t until_ns = clock_now_ns() + 20 * NS_PER_MS;

	ck_assert_uint_eq(peer_wait(-1, 0, -1, until_ns), 0);
	ck_assert_uint_ge(clock_now_ns(), until_ns);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer_client");
	TCase *tcase = tcase_create("client");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_connection_is_prompt_and_without_keepalive);
	tcase_add_test(tcase, what_the_kernel_is_to_wait_for_is_told_to_it);
	tcase_add_test(tcase, a_service_that_comes_late_is_reached);
	tcase_add_test(tcase, a_stop_ends_the_attempts);
	tcase_add_test(tcase, a_name_is_no_address);
	tcase_add_test(tcase, waiting_tells_what_ended_it);
	tcase_add_test(tcase, waiting_lasts_until_its_instant);
	suite_add_tcase(suite, tcase);
	return suite;
}
