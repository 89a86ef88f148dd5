// SPDX-License-Identifier: Apache-2.0
/* test_conns.c - many connections from outside: what is told, what is noticed */
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
#include "scenarios/workloads/conns.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

#define SEED 4711
#define CLIENTS 3

/** struct client - Our side of a connection */
struct client {
	int fd;
	struct conns_flow out, in;
};

static struct rig_program server;
static struct client clients[CLIENTS];

static void setup(void)
{
	rig_program_start(&server, "conns", 0);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = (struct client){
			.fd = -1,
			.out = { .seed = SEED ^ CONNS_TO_SERVER,
				 .at = CONNS_CELL },
			.in = { .seed = SEED ^ CONNS_TO_CLIENT },
		};
}

static void teardown(void)
{
	for (int i = 0; i < CLIENTS; i++)
		if (clients[i].fd >= 0)
			close(clients[i].fd);
	rig_program_stop(&server);
}

static char *run(const char *mode, int want)
{
	CLEANUP_FREE char *path = rig_program_path("conns");
	char port[8];
	const char *argv[] = { path, mode, "127.0.0.1", port, NULL };
	char *output = NULL;
	int status;

	(void)snprintf(port, sizeof(port), "%u", server.port);
	status = rig_run(argv, &output);
	ck_assert_msg(status == want, "%s: exit %d: %s", mode, status, output);
	return output;
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

static void dial(struct client *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(server.port) };

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(c->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

static void say(struct client *c, enum conns_kind kind, const uint64_t *named,
		size_t n)
{
	conns_put(&c->out, kind, named, n);
	ck_assert_int_eq(conns_flush(c->fd, &c->out), 1);
}

/* The next cell of theirs, which must be right. */
static struct conns_cell hear(struct client *c, enum conns_kind kind)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	struct conns_cell cell;
	uint64_t at;

	while (conns_pull(c->fd, &c->in, &cell, 1) != 1)
		ck_assert_int_gt(poll(&pfd, 1, RIG_PATIENCE_MS), 0);
	ck_assert(conns_take(&c->in, &cell, &at));
	ck_assert_uint_eq(conns_kind(&cell), kind);
	return cell;
}

static void hello(struct client *c, uint64_t will, uint64_t accept)
{
	uint64_t named[] = { SEED, 0, will, accept, CLIENTS, NS_PER_MS };

	dial(c);
	say(c, CONNS_HELLO, named, ARRAY_SIZE(named));
}

static void say_end(struct client *c)
{
	uint64_t named[] = { 0, c->out.hash, c->in.cells, c->in.hash };

	say(c, CONNS_END, named, ARRAY_SIZE(named));
}

static void expect_eof(struct client *c)
{
	char byte;

	ck_assert_int_eq(recv(c->fd, &byte, 1, 0), 0);
}

START_TEST(before_a_client_it_waits)
{
	CLEANUP_FREE char *output = run("--probe", 0);

	ck_assert_has(output, "connections=0\n");
	ck_assert_has(output, "received=0\n");
	ck_assert_has(output, "errors=0\n");
	free(run("--verify", 1));
}
END_TEST

START_TEST(as_many_are_accepted_as_the_first_says)
{
	hello(&clients[0], 0, 2);
	(void)hear(&clients[0], CONNS_WELCOME);
	hello(&clients[1], 0, 0);
	(void)hear(&clients[1], CONNS_WELCOME);
	hello(&clients[2], 0, 0);
	await_said("not_accepted=1\n");
	await_said("connections=2\n");
	say(&clients[0], CONNS_GO, NULL, 0);
	(void)hear(&clients[2], CONNS_WELCOME);
	await_said("not_accepted=0\n");
}
END_TEST

START_TEST(what_was_sent_waits_until_go)
{
	hello(&clients[0], 0, CLIENTS);
	hello(&clients[1], CONNS_WILL_WAIT, 0);
	(void)hear(&clients[1], CONNS_WELCOME);
	say(&clients[1], CONNS_ASK, NULL, 0);
	await_said("held_in=64\n");
	(void)hear(&clients[0], CONNS_WELCOME);
	say(&clients[0], CONNS_GO, NULL, 0);
	(void)hear(&clients[1], CONNS_ANSWER);
	await_said("held_in=0\n");
}
END_TEST

START_TEST(a_question_is_answered_by_its_number)
{
	struct conns_cell cell;

	hello(&clients[0], 0, CLIENTS);
	(void)hear(&clients[0], CONNS_WELCOME);
	ck_assert_int_eq(conns_pour(clients[0].fd, &clients[0].out, 5), 5);
	say(&clients[0], CONNS_ASK, NULL, 0);
	cell = hear(&clients[0], CONNS_ANSWER);
	ck_assert_uint_eq(conns_named(&cell, CONNS_ASKED), 6);
	ck_assert_uint_eq(conns_named(&cell, CONNS_WRONG), 0);
}
END_TEST

START_TEST(a_direction_is_closed_when_asked)
{
	struct conns_cell cell;
	uint64_t hash;

	hello(&clients[0], CONNS_WILL_SHUT, 1);
	(void)hear(&clients[0], CONNS_WELCOME);
	hash = clients[0].in.hash;
	cell = hear(&clients[0], CONNS_END);
	ck_assert_uint_eq(conns_named(&cell, CONNS_SENT_HASH), hash);
	ck_assert_uint_eq(conns_named(&cell, CONNS_GOT), 1);
	expect_eof(&clients[0]);
	await_said("fin_wait2=1\n");
}
END_TEST

START_TEST(a_closed_direction_ends_nothing_before_go)
{
	hello(&clients[0], 0, CLIENTS);
	(void)hear(&clients[0], CONNS_WELCOME);
	hello(&clients[1], 0, 0);
	(void)hear(&clients[1], CONNS_WELCOME);
	say_end(&clients[1]);
	ck_assert_int_eq(shutdown(clients[1].fd, SHUT_WR), 0);
	await_said("close_wait=1\n");
	say(&clients[0], CONNS_GO, NULL, 0);
	(void)hear(&clients[1], CONNS_END);
	expect_eof(&clients[1]);
	await_said("ended=1\n");
	await_said("reopened=0\n");
}
END_TEST

START_TEST(a_wrong_byte_is_counted_and_placed)
{
	CLEANUP_FREE char *output = NULL;

	hello(&clients[0], 0, CLIENTS);
	(void)hear(&clients[0], CONNS_WELCOME);
	conns_put(&clients[0].out, CONNS_DATA, NULL, 0);
	clients[0].out.cell.words[4] ^= 1;
	ck_assert_int_eq(conns_flush(clients[0].fd, &clients[0].out), 1);
	await_said("errors=1\nwrong_connection=0\nwrong_at=96\n");
	output = run("--verify", 1);
	ck_assert_has(output, "wrong: bytes were lost, repeated or changed\n");
}
END_TEST

START_TEST(a_wrong_hash_at_the_end_is_an_error)
{
	hello(&clients[0], 0, CLIENTS);
	(void)hear(&clients[0], CONNS_WELCOME);
	clients[0].out.hash ^= 1;
	say_end(&clients[0]);
	await_said("errors=1\n");
}
END_TEST

START_TEST(a_client_that_resets_is_a_lost_connection)
{
	struct linger now = { .l_onoff = 1 };
	CLEANUP_FREE char *output = NULL;

	hello(&clients[0], 0, CLIENTS);
	(void)hear(&clients[0], CONNS_WELCOME);
	ck_assert_int_eq(setsockopt(clients[0].fd, SOL_SOCKET, SO_LINGER, &now,
				    sizeof(now)),
			 0);
	close(TAKE_FD(clients[0].fd));
	await_said("lost=1\n");
	output = run("--verify", 1);
	ck_assert_has(output, "wrong: connections were lost\n");
}
END_TEST

START_TEST(an_end_of_file_before_the_end_is_a_loss)
{
	hello(&clients[0], 0, CLIENTS);
	(void)hear(&clients[0], CONNS_WELCOME);
	ck_assert_int_eq(shutdown(clients[0].fd, SHUT_WR), 0);
	await_said("lost=1\nlost_errno=0\n");
}
END_TEST

START_TEST(a_client_that_says_something_else_is_left)
{
	dial(&clients[0]);
	say(&clients[0], CONNS_DATA, NULL, 0);
	await_said("lost=1\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/conns");
	TCase *tcase = tcase_create("connections");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, before_a_client_it_waits);
	tcase_add_test(tcase, as_many_are_accepted_as_the_first_says);
	tcase_add_test(tcase, what_was_sent_waits_until_go);
	tcase_add_test(tcase, a_question_is_answered_by_its_number);
	tcase_add_test(tcase, a_direction_is_closed_when_asked);
	tcase_add_test(tcase, a_closed_direction_ends_nothing_before_go);
	tcase_add_test(tcase, a_wrong_byte_is_counted_and_placed);
	tcase_add_test(tcase, a_wrong_hash_at_the_end_is_an_error);
	tcase_add_test(tcase, a_client_that_resets_is_a_lost_connection);
	tcase_add_test(tcase, an_end_of_file_before_the_end_is_a_loss);
	tcase_add_test(tcase, a_client_that_says_something_else_is_left);
	suite_add_tcase(suite, tcase);
	return suite;
}
