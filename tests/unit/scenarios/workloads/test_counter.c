// SPDX-License-Identifier: Apache-2.0
/* test_counter.c - the counter from outside: what it tells, what it notices */
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scenarios/workloads/mix.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static int run(const char *mode, const char *address, uint16_t port,
	       char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("counter");
	char text[8];
	const char *argv[] = { path, mode, address, text, NULL };

	(void)snprintf(text, sizeof(text), "%u", port);
	return rig_run(argv, ret_output);
}

static uint64_t number(const char *output, const char *key, int base)
{
	CLEANUP_FREE char *label = xasprintf("%s=", key);
	const char *at = strstr(output, label);

	ck_assert_msg(at != NULL, "no '%s' in '%s'", label, output);
	return strtoull(at + strlen(label), NULL, base);
}

/* What it says once it has counted that far. */
static char *await_count(uint16_t port, uint64_t count)
{
	uint64_t deadline_ns = clock_now_ns() + RIG_PATIENCE_MS * NS_PER_MS;
	char *said = NULL;

	do {
		ck_assert_uint_lt(clock_now_ns(), deadline_ns);
		free(said);
		ck_assert_int_eq(run("--probe", "127.0.0.1", port, &said), 0);
	} while (number(said, "count", 10) < count);
	return said;
}

START_TEST(it_counts_and_stays_itself)
{
	static const char *const same[] = { "pid", "sid", "started" };
	CLEANUP_FREE char *first = NULL;
	CLEANUP_FREE char *second = NULL;
	struct rig_program counter;
	size_t i;

	rig_program_start(&counter, "counter", 0);
	ck_assert_int_eq(run("--probe", "127.0.0.1", counter.port, &first), 0);
	second = await_count(counter.port, number(first, "count", 10) + 5);
	for (i = 0; i < ARRAY_SIZE(same); i++)
		ck_assert_uint_eq(number(first, same[i], 10),
				  number(second, same[i], 10));
	ck_assert_uint_eq(number(first, "pid", 10), (uint64_t)counter.pid);
	ck_assert_uint_eq(number(first, "nonce", 16),
			  number(second, "nonce", 16));
	ck_assert_uint_eq(number(first, "memory", 16),
			  number(second, "memory", 16));
	rig_program_stop(&counter);
}
END_TEST

START_TEST(each_one_has_its_own_nonce)
{
	CLEANUP_FREE char *first = NULL;
	CLEANUP_FREE char *second = NULL;
	struct rig_program one, two;

	rig_program_start(&one, "counter", 0);
	rig_program_start(&two, "counter", 0);
	ck_assert_int_eq(run("--probe", "127.0.0.1", one.port, &first), 0);
	ck_assert_int_eq(run("--probe", "127.0.0.1", two.port, &second), 0);
	ck_assert_uint_ne(number(first, "nonce", 16),
			  number(second, "nonce", 16));
	rig_program_stop(&one);
	rig_program_stop(&two);
}
END_TEST

START_TEST(it_verifies_itself)
{
	CLEANUP_FREE char *output = NULL;
	struct rig_program counter;

	rig_program_start(&counter, "counter", 0);
	free(await_count(counter.port, 3));
	ck_assert_int_eq(run("--verify", "127.0.0.1", counter.port, &output),
			 0);
	ck_assert_str_eq(output,
			 "ok: the chain has every tick once\n"
			 "ok: the memory holds what belongs to the nonce\n");
	rig_program_stop(&counter);
}
END_TEST

/* A host with several addresses would answer from its first one. */
START_TEST(it_answers_from_the_address_that_was_asked)
{
	CLEANUP_FREE char *output = NULL;
	struct rig_program counter;

	rig_program_start(&counter, "counter", 0);
	ck_assert_int_eq(run("--probe", "127.0.0.2", counter.port, &output), 0);
	rig_program_stop(&counter);
}
END_TEST

/* Ten times, with 5 ms between: it may still be starting. */
START_TEST(nobody_there_is_said)
{
	CLEANUP_FREE char *output = NULL;
	uint64_t began_ns = clock_now_ns();
	uint16_t port;

	close(rig_listen(SOCK_DGRAM, &port));
	ck_assert_int_eq(run("--probe", "127.0.0.1", port, &output), 1);
	ck_assert_str_eq(output, "");
	ck_assert_uint_ge(clock_now_ns() - began_ns, 50 * NS_PER_MS);
}
END_TEST

/* What a counter came to after ticks 1..@ticks, tick @skipped left out. */
static uint64_t chain_of(uint64_t nonce, uint64_t ticks, uint64_t skipped)
{
	uint64_t chain = nonce;
	uint64_t i;

	for (i = 1; i <= ticks; i++)
		if (i != skipped)
			chain = chain_next(chain, nonce, i);
	return chain;
}

static const struct {
	const char *name;
	uint64_t skipped;
	const char *nonce, *chain, *rest; /* names and text, "" leaves out */
	const char *said;
} wrong[] = {
	{ "a tick that was skipped", 5, "nonce=00000000000000ff", "chain",
	  "memory=0000000000000000", "wrong: after 10 ticks the chain is " },
	{ "memory that was lost", 0, "nonce=00000000000000ff", "chain",
	  "memory=0000000000000000", "wrong: the memory holds something else" },
	{ "no memory", 0, "nonce=00000000000000ff", "chain", "",
	  "wrong: no nonce or memory" },
	{ "no chain", 0, "nonce=00000000000000ff", "link",
	  "memory=0000000000000000", "wrong: no count or chain" },
	{ "a nonce that is none", 0, "nonce=xyz", "chain", "memory=1",
	  "wrong: no nonce or memory" },
	{ "a nonce without end", 0, "nonce=11111111111111111", "chain",
	  "memory=1", "wrong: no nonce or memory" },
};

struct liar {
	int fd, quit_fd;
	char text[256];
};

static void *lie(void *arg)
{
	struct liar *liar = arg;
	struct pollfd fds[] = { { .fd = liar->fd, .events = POLLIN },
				{ .fd = liar->quit_fd, .events = POLLIN } };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char question[16];

	while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
		if (recvfrom(liar->fd, question, sizeof(question), 0,
			     (struct sockaddr *)&from, &len) < 0)
			break;
		(void)sendto(liar->fd, liar->text, strlen(liar->text), 0,
			     (struct sockaddr *)&from, len);
	}
	return NULL;
}

START_TEST(what_is_wrong_is_said)
{
	CLEANUP_FREE char *output = NULL;
	struct liar liar = { .quit_fd = eventfd(0, EFD_CLOEXEC) };
	pthread_t thread;
	uint16_t port;
	int status;

	liar.fd = rig_listen(SOCK_DGRAM, &port);
	(void)snprintf(liar.text, sizeof(liar.text),
		       "%s\ncount=10\n%s=%016" PRIx64 "\n%s\n", wrong[_i].nonce,
		       wrong[_i].chain, chain_of(255, 10, wrong[_i].skipped),
		       wrong[_i].rest);
	ck_assert_int_eq(pthread_create(&thread, NULL, lie, &liar), 0);
	status = run("--verify", "127.0.0.1", port, &output);
	ck_assert_int_eq(eventfd_write(liar.quit_fd, 1), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_msg(status == 1, "%s: exit %d", wrong[_i].name, status);
	ck_assert_msg(strstr(output, wrong[_i].said) != NULL,
		      "%s: '%s' is not in '%s'", wrong[_i].name, wrong[_i].said,
		      output);
	close(liar.fd);
	close(liar.quit_fd);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/counter");
	TCase *tcase = tcase_create("counter");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, it_counts_and_stays_itself);
	tcase_add_test(tcase, each_one_has_its_own_nonce);
	tcase_add_test(tcase, it_verifies_itself);
	tcase_add_test(tcase, it_answers_from_the_address_that_was_asked);
	tcase_add_test(tcase, nobody_there_is_said);
	tcase_add_loop_test(tcase, what_is_wrong_is_said, 0,
			    (int)ARRAY_SIZE(wrong));
	suite_add_tcase(suite, tcase);
	return suite;
}
