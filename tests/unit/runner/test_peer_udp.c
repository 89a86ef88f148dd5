// SPDX-License-Identifier: Apache-2.0
/* test_peer_udp.c - the counter's client: what it believes and what it reports */
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/peer_client.h"
#include "scenarios/workloads/mix.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/* The request at which a fake counter does wrong. */
#define WRONG_AT 3

/** struct answer - What the counter says to one request */
struct answer {
	uint64_t number, nonce, count, chain, pid;
};

/** struct fault - How a fake counter is wrong once, and what comes of it */
struct fault {
	const char *name;
	void (*spoil)(struct answer *answer);
	const char *instead; /* sent in place of an answer */
	bool twice;
	bool from_elsewhere;
	const char *reported;
};

static void spoil_nonce(struct answer *a)
{
	a->nonce++;
}

static void spoil_pid(struct answer *a)
{
	a->pid++;
}

static void spoil_count(struct answer *a)
{
	a->count = 1;
}

static void spoil_chain(struct answer *a)
{
	a->chain ^= 1;
}

/* Counted on, but for one tick the chain was not. */
static void skip_tick(struct answer *a)
{
	a->count++;
}

static void count_wildly(struct answer *a)
{
	a->count = UINT64_MAX;
}

static void answer_future(struct answer *a)
{
	a->number = 1000000;
}

static void answer_nothing(struct answer *a)
{
	a->number = 0;
}

static const struct fault faults[] = {
	{ .name = "an answer that comes twice",
	  .twice = true,
	  .reported = "error 3 answer 3 came twice" },
	{ .name = "another nonce",
	  .spoil = spoil_nonce,
	  .reported = "error 3 another process answers: nonce " },
	{ .name = "another pid",
	  .spoil = spoil_pid,
	  .reported = "error 3 pid 8, before 7" },
	{ .name = "a count that goes back",
	  .spoil = spoil_count,
	  .reported = "error 3 count went back from 20 to 1" },
	{ .name = "a bit of the chain",
	  .spoil = spoil_chain,
	  .reported = "error 3 the chain does not fit 30 ticks" },
	{ .name = "a tick that was skipped",
	  .spoil = skip_tick,
	  .reported = "error 3 the chain does not fit 31 ticks" },
	{ .name = "a count without measure",
	  .spoil = count_wildly,
	  .reported = "error 3 the chain does not fit 18446744073709551615" },
	{ .name = "an answer to what was not asked",
	  .spoil = answer_future,
	  .reported = "error 1000000 was never asked" },
	{ .name = "an answer to nothing",
	  .spoil = answer_nothing,
	  .reported = "error 0 was never asked" },
	{ .name = "an answer from elsewhere",
	  .from_elsewhere = true,
	  .reported = "answer from 127.0.0.1:" },
	{ .name = "garbage",
	  .instead = "hello\n\001",
	  .reported = "no answer but 'hello?" },
	{ .name = "an empty datagram",
	  .instead = "",
	  .reported = "no answer but ''" },
	{ .name = "an answer cut short",
	  .instead = "ANS 3 nonce=00000000000000ff count=1",
	  .reported = "no answer but 'ANS 3" },
	{ .name = "a negative number",
	  .instead = "ANS -3 nonce=1 count=1 chain=1 pid=1\n",
	  .reported = "no answer but 'ANS -3" },
};

/** struct fake - A counter in a thread; 10 ticks a request */
struct fake {
	int fd, other_fd, quit_fd;
	uint16_t port;
	struct answer now;
	const struct fault *fault;
	pthread_t thread;
};

static void reply(const struct fake *f, const struct sockaddr_in *to,
		  const struct answer *a)
{
	bool wrong = f->fault && a->number == WRONG_AT;
	struct answer said = *a;
	char text[160];
	int len, times;

	if (wrong && f->fault->spoil)
		f->fault->spoil(&said);
	len = snprintf(text, sizeof(text),
		       "ANS %" PRIu64 " nonce=%016" PRIx64 " count=%" PRIu64
		       " chain=%016" PRIx64 " pid=%" PRIu64 "\n",
		       said.number, said.nonce, said.count, said.chain,
		       said.pid);
	if (wrong && f->fault->instead)
		len = snprintf(text, sizeof(text), "%s", f->fault->instead);
	for (times = wrong && f->fault->twice ? 2 : 1; times > 0; times--)
		(void)sendto(wrong && f->fault->from_elsewhere ? f->other_fd :
								 f->fd,
			     text, (size_t)len, 0, (const struct sockaddr *)to,
			     sizeof(*to));
}

static void serve_one(struct fake *f)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char text[64] = "";
	int i;

	if (recvfrom(f->fd, text, sizeof(text) - 1, 0, (struct sockaddr *)&from,
		     &len) < 0)
		return;
	f->now.number = strtoull(text + strlen("REQ "), NULL, 10);
	for (i = 0; i < 10; i++)
		f->now.chain =
			chain_next(f->now.chain, f->now.nonce, ++f->now.count);
	reply(f, &from, &f->now);
}

static void *serve(void *arg)
{
	struct fake *f = arg;
	struct pollfd fds[] = { { .fd = f->fd, .events = POLLIN },
				{ .fd = f->quit_fd, .events = POLLIN } };

	while (poll(fds, 2, -1) > 0 && !fds[1].revents)
		serve_one(f);
	return NULL;
}

static void fake_start(struct fake *f, const struct fault *fault)
{
	uint16_t other_port;

	*f = (struct fake){ .fault = fault,
			    .now = { .nonce = 255, .chain = 255, .pid = 7 } };
	f->fd = rig_listen(SOCK_DGRAM, &f->port);
	f->other_fd = rig_listen(SOCK_DGRAM, &other_port);
	f->quit_fd = eventfd(0, EFD_CLOEXEC);
	ck_assert_int_eq(pthread_create(&f->thread, NULL, serve, f), 0);
}

static void fake_stop(struct fake *f)
{
	ck_assert_int_eq(eventfd_write(f->quit_fd, 1), 0);
	ck_assert_int_eq(pthread_join(f->thread, NULL), 0);
	close(f->fd);
	close(f->other_fd);
	close(f->quit_fd);
}

START_TEST(a_counter_that_counts_passes)
{
	struct rig_program counter;
	struct peer_rig rig;

	rig_program_start(&counter, "counter", 0);
	rig_start(&rig, PEER_UDP_ECHO, counter.port, 5);
	rig_await(&rig, " connect");
	rig_await(&rig, " answer 20\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_RIGHT);
	ck_assert_has(rig.text, " done\n");
	ck_assert_uint_eq(rig_count(&rig, "error"), 0);
	ck_assert_uint_le(rig_count(&rig, "answer"), rig_count(&rig, "send"));
	rig_program_stop(&counter);
	rig_release(&rig);
}
END_TEST

START_TEST(a_silence_longer_than_the_patience_is_no_error)
{
	struct rig_program counter;
	struct peer_rig rig;

	rig_program_start(&counter, "counter", 0);
	rig_start_short(&rig, PEER_UDP_ECHO, counter.port, 20);
	rig_await(&rig, " answer 5\n");
	rig_program_signal(&counter, SIGSTOP);
	rig_pause(RIG_SILENCE_MS);
	rig_program_signal(&counter, SIGCONT);
	rig_await(&rig, " answer 25\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_RIGHT);
	ck_assert_uint_eq(rig_count(&rig, "error"), 0);
	rig_program_stop(&counter);
	rig_release(&rig);
}
END_TEST

/* The second one has the port of the first, and another nonce. */
START_TEST(a_counter_started_anew_is_noticed)
{
	struct rig_program first, second;
	struct peer_rig rig;

	rig_program_start(&first, "counter", 0);
	rig_start_short(&rig, PEER_UDP_ECHO, first.port, 10);
	rig_await(&rig, " answer 5\n");
	rig_program_stop(&first);
	rig_program_start(&second, "counter", first.port);
	rig_await(&rig, "another process answers");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	rig_program_stop(&second);
	rig_release(&rig);
}
END_TEST

START_TEST(a_fault_is_reported)
{
	const struct fault *fault = &faults[_i];
	struct peer_rig rig;
	struct fake fake;

	fake_start(&fake, fault);
	rig_start(&rig, PEER_UDP_ECHO, fake.port, 2);
	rig_await(&rig, " answer 10\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(strstr(rig.text, fault->reported) != NULL,
		      "%s: '%s' is not in:\n%s", fault->name, fault->reported,
		      rig_tail(&rig));
	ck_assert_msg(rig.exit == PEER_EXIT_WRONG, "%s: exit %d", fault->name,
		      rig.exit);
	ck_assert_msg(rig_count(&rig, "error") == 1, "%s: more than one in\n%s",
		      fault->name, rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "done"), 0);
	fake_stop(&fake);
	rig_release(&rig);
}
END_TEST

START_TEST(a_fake_without_fault_passes)
{
	struct peer_rig rig;
	struct fake fake;

	fake_start(&fake, NULL);
	rig_start(&rig, PEER_UDP_ECHO, fake.port, 2);
	rig_await(&rig, " answer 10\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_RIGHT);
	fake_stop(&fake);
	rig_release(&rig);
}
END_TEST

START_TEST(nobody_there_is_not_started)
{
	struct peer_rig rig;
	uint16_t port;
	int fd = rig_listen(SOCK_DGRAM, &port);

	close(fd);
	rig_start_short(&rig, PEER_UDP_ECHO, port, 5);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_NOT_STARTED);
	ck_assert_uint_eq(rig_count(&rig, "connect"), 0);
	rig_release(&rig);
}
END_TEST

START_TEST(a_service_gone_at_the_end_is_an_error)
{
	struct rig_program counter;
	struct peer_rig rig;

	rig_program_start(&counter, "counter", 0);
	rig_start_short(&rig, PEER_UDP_ECHO, counter.port, 10);
	rig_await(&rig, " answer 5\n");
	rig_program_stop(&counter);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_has(rig.text, "no answer within 300 ms at the end");
	rig_release(&rig);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer_udp");
	TCase *tcase = tcase_create("client");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, a_counter_that_counts_passes);
	tcase_add_test(tcase, a_silence_longer_than_the_patience_is_no_error);
	tcase_add_test(tcase, a_counter_started_anew_is_noticed);
	tcase_add_loop_test(tcase, a_fault_is_reported, 0,
			    (int)ARRAY_SIZE(faults));
	tcase_add_test(tcase, a_fake_without_fault_passes);
	tcase_add_test(tcase, nobody_there_is_not_started);
	tcase_add_test(tcase, a_service_gone_at_the_end_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
