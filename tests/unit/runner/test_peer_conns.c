// SPDX-License-Identifier: Apache-2.0
/* test_peer_conns.c - many connections: each role to its end, each fault */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/peer_client.h"
#include "scenarios/workloads/conns.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static char *ask(const struct rig_program *program, const char *mode,
		 int *ret_status)
{
	CLEANUP_FREE char *path = rig_program_path("conns");
	CLEANUP_FREE char *port = xasprintf("%u", program->port);
	const char *argv[] = { path, mode, "127.0.0.1", port, NULL };
	char *output = NULL;

	*ret_status = rig_run(argv, &output);
	return output;
}

static void verify_workload(const struct rig_program *program)
{
	int status;
	CLEANUP_FREE char *output = ask(program, "--verify", &status);

	ck_assert_msg(status == 0, "%s", output);
}

/**
 * struct role_case - Connections and what the workload says of them at rest
 * @says:	Lines of its probe, separated by blanks; "KEY>N": more than N
 */
static const struct role_case {
	const char *roles;
	size_t n;
	const char *says;
} cases[] = {
	{ "talk", 1, "connections=1 established=1 held_in=0 held_out=0" },
	{ "talk", 20, "connections=20 established=20" },
	{ "talk,idle", 10, "connections=10 established=10" },
	{ "talk,sending", 4, "established=4 received>1000" },
	{ "talk,receiving", 4, "established=4 sent>1000" },
	{ "talk,bulk", 3, "established=3 sent>100000 received>100000" },
	{ "talk,pausing", 4, "established=4 queue_in=0" },
	{ "talk,idle", 1000, "connections=1000 established=1000" },
	{ "talk,half-closed-peer", 4, "established=2 close_wait=2" },
	{ "talk,half-closed-server", 4, "established=2 fin_wait2=2" },
	{ "talk,unread", 4, "established=4 held_in=65536" },
	{ "talk,unsent", 3, "established=3 held_out>1000" },
	{ "talk,queued", 4, "connections=2 not_accepted=2" },
	{ "talk,queued-data", 4, "connections=2 not_accepted=2" },
	{ "talk,idle,sending,receiving,bulk,pausing,half-closed-peer,"
	  "half-closed-server,unread,unsent,queued,queued-data",
	  36,
	  "connections=30 not_accepted=6 established=24 fin_wait2=3 "
	  "close_wait=3 held_in=98304 held_out>1000" },
};

static void expect_said(const char *answer, const char *said)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	str_list_split(&lines, said, " ");
	for (size_t i = 0; i < lines.n; i++) {
		char *more = strchr(lines.v[i], '>');
		CLEANUP_FREE char *key = NULL;
		const char *at;

		if (more)
			*more = '\0';
		key = xasprintf(more ? "\n%s=" : "\n%s\n", lines.v[i]);
		at = strstr(answer, key);
		ck_assert_msg(at != NULL, "no %s in %s", key, answer);
		if (more)
			ck_assert_msg(strtoul(at + strlen(key), NULL, 10) >
					      strtoul(more + 1, NULL, 10),
				      "%s%s in %s", lines.v[i], more + 1,
				      answer);
	}
}

START_TEST(connections_of_a_role_come_to_their_end)
{
	const struct role_case *c = &cases[_i];
	CLEANUP_FREE char *answer = NULL;
	struct rig_program conns;
	struct peer_rig rig;
	int status;

	rig_program_start(&conns, "conns", 0);
	rig_start_roles(&rig, conns.port, c->roles, c->n,
			RIG_CLIENT_PATIENCE_MS);
	rig_await(&rig, " answer 5\n");
	answer = ask(&conns, "--probe", &status);
	expect_said(answer, c->says);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(rig.exit == PEER_EXIT_RIGHT, "%s: %s", c->roles,
		      rig_tail(&rig));
	ck_assert_has(rig.text, " done\n");
	ck_assert_uint_eq(rig_count(&rig, "connect"), c->n);
	verify_workload(&conns);
	rig_program_stop(&conns);
	rig_release(&rig);
}
END_TEST

/* --- Faults ----------------------------------------------------------------- */

#define NONCE 7
/* The answer at which a fault begins. */
#define WRONG_AT 3

enum fault_kind {
	FAULT_NONE,
	FAULT_BYTE,  /* one byte differs */
	FAULT_HOLE,  /* a cell is left out */
	FAULT_TWICE, /* a cell comes twice */
	FAULT_ECHO,  /* as if what we sent came back */
	FAULT_RST,
	FAULT_EOF,
	FAULT_EARLY_END, /* END that nobody asked for */
	FAULT_NONCE,	 /* an answer by another process */
	FAULT_QUESTION,	 /* an answer to another question */
	FAULT_NO_CONNS,	 /* something else listens there */
	FAULT_COUNTS,	 /* at the end: cells were wrong there */
	FAULT_SENT_HASH, /* END: what it sent was something else */
	FAULT_GOT,	 /* END: one cell less came */
	FAULT_GOT_HASH,	 /* END: what came was something else */
	FAULT_COUNT
};

static const struct fault {
	const char *name;
	int exit;
	const char *reported;
} faults[] = {
	[FAULT_NONE] = { "none", PEER_EXIT_RIGHT, " done" },
	[FAULT_BYTE] = { "a corrupted byte", PEER_EXIT_WRONG,
			 "error 0 connection 0 (talk): byte 280 of the stream "
			 "is wrong" },
	[FAULT_HOLE] = { "a lost cell", PEER_EXIT_WRONG,
			 "byte 264 of the stream is wrong" },
	[FAULT_TWICE] = { "a repeated cell", PEER_EXIT_WRONG,
			  "byte 328 of the stream is wrong" },
	[FAULT_ECHO] = { "an echo", PEER_EXIT_WRONG,
			 "byte 272 of the stream is wrong" },
	[FAULT_RST] = { "a reset", PEER_EXIT_WRONG,
			"close connection 0 (talk): Connection reset by peer" },
	[FAULT_EOF] = { "an end of file", PEER_EXIT_WRONG,
			"close connection 0 (talk): end of file" },
	[FAULT_EARLY_END] = { "an end not asked for", PEER_EXIT_WRONG,
			      "close connection 0 (talk): end of file" },
	[FAULT_NONCE] = { "another nonce", PEER_EXIT_WRONG,
			  "connection 0 (talk): nonce of the workload is 8, "
			  "not 7" },
	[FAULT_QUESTION] = { "another question", PEER_EXIT_WRONG,
			     "the question that was answered is" },
	[FAULT_NO_CONNS] = { "another service", PEER_EXIT_NOT_STARTED,
			     "byte 0 of the stream is wrong" },
	[FAULT_COUNTS] = { "wrong cells there", PEER_EXIT_WRONG,
			   "the workload counts 1 wrong cells" },
	[FAULT_SENT_HASH] = { "another hash of what was sent", PEER_EXIT_WRONG,
			      "the hash of what the workload sent is" },
	[FAULT_GOT] = { "a cell that did not come", PEER_EXIT_WRONG,
			"the count of cells that the workload got is" },
	[FAULT_GOT_HASH] = { "another hash of what came", PEER_EXIT_WRONG,
			     "the hash of what the workload got is" },
};
static_assert(ARRAY_SIZE(faults) == FAULT_COUNT,
	      "faults[] doesn't match enum fault_kind");

/** struct fake - A conns with one connection in a thread, wrong in one way */
struct fake {
	int listener, fd;
	uint16_t port;
	enum fault_kind fault;
	struct conns_flow in, out;
	uint64_t answers;
	bool going, over;
	pthread_t thread;
};

static void send_cell(struct fake *f)
{
	(void)conns_send(f->fd, &f->out.cell, CONNS_CELL);
	f->out.at = CONNS_CELL;
}

static void send_made(struct fake *f, enum conns_kind kind,
		      const uint64_t *named, size_t n)
{
	conns_put(&f->out, kind, named, n);
	send_cell(f);
}

static void say_end(struct fake *f)
{
	uint64_t named[] = {
		NONCE,
		f->out.hash + (f->fault == FAULT_SENT_HASH),
		f->in.cells - (f->fault == FAULT_GOT),
		f->in.hash + (f->fault == FAULT_GOT_HASH),
	};

	send_made(f, CONNS_END, named, ARRAY_SIZE(named));
}

/* What happens instead of a right cell, once. */
static void do_wrong(struct fake *f)
{
	struct linger now = { .l_onoff = 1 };

	if (f->fault == FAULT_BYTE) {
		conns_put(&f->out, CONNS_DATA, NULL, 0);
		f->out.cell.words[3] ^= 1;
		send_cell(f);
	} else if (f->fault == FAULT_HOLE) {
		conns_put(&f->out, CONNS_DATA, NULL, 0);
	} else if (f->fault == FAULT_TWICE) {
		send_made(f, CONNS_DATA, NULL, 0);
		send_cell(f);
	} else if (f->fault == FAULT_ECHO) {
		f->out.seed = f->in.seed;
		send_made(f, CONNS_DATA, NULL, 0);
	} else if (f->fault == FAULT_EARLY_END) {
		say_end(f);
	} else if (f->fault == FAULT_RST) {
		(void)setsockopt(f->fd, SOL_SOCKET, SO_LINGER, &now,
				 sizeof(now));
		f->over = true;
	} else if (f->fault == FAULT_EOF) {
		f->over = true;
	}
}

static void say_answer(struct fake *f)
{
	bool at = f->answers == WRONG_AT;
	uint64_t named[] = {
		NONCE + (at && f->fault == FAULT_NONCE),
		f->in.cells - 1 - (at && f->fault == FAULT_QUESTION),
		0,
		0,
		f->going && f->fault == FAULT_COUNTS,
	};

	if (at)
		do_wrong(f);
	f->answers++;
	if (!f->over)
		send_made(f, CONNS_ANSWER, named, ARRAY_SIZE(named));
}

static void take_fake_cell(struct fake *f, const struct conns_cell *cell)
{
	uint64_t kind = conns_kind(cell), nonce = NONCE, at;

	(void)conns_take(&f->in, cell, &at);
	f->going = f->going || kind == CONNS_GO;
	if (kind == CONNS_HELLO) {
		f->in.seed = conns_named(cell, CONNS_SEED) ^ CONNS_TO_SERVER;
		f->out.seed = conns_named(cell, CONNS_SEED) ^ CONNS_TO_CLIENT;
		send_made(f,
			  f->fault == FAULT_NO_CONNS ? (enum conns_kind)0 :
						       CONNS_WELCOME,
			  &nonce, 1);
	} else if (kind == CONNS_END) {
		say_end(f);
	} else {
		say_answer(f);
	}
}

static void *serve(void *arg)
{
	struct fake *f = arg;
	struct pollfd pfd = { .events = POLLIN };
	struct conns_cell cell;

	f->fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);
	f->out.at = CONNS_CELL;
	pfd.fd = f->fd;
	while (!f->over && poll(&pfd, 1, -1) > 0) {
		ssize_t n = conns_pull(f->fd, &f->in, &cell, 1);

		if (n < 0)
			break;
		if (n > 0)
			take_fake_cell(f, &cell);
	}
	close(f->fd);
	return NULL;
}

START_TEST(a_fault_is_reported)
{
	const struct fault *fault = &faults[_i];
	struct fake fake = { .fault = (enum fault_kind)_i };
	struct peer_rig rig;

	fake.listener = rig_listen(SOCK_STREAM, &fake.port);
	ck_assert_int_eq(pthread_create(&fake.thread, NULL, serve, &fake), 0);
	rig_start_roles(&rig, fake.port, "talk", 1, RIG_SHORT_PATIENCE_MS);
	if (_i == FAULT_NONE || _i >= FAULT_COUNTS)
		rig_await(&rig, " answer 5\n");
	else
		rig_await(&rig, fault->reported);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(strstr(rig.text, fault->reported) != NULL,
		      "%s: '%s' is not in:\n%s", fault->name, fault->reported,
		      rig_tail(&rig));
	ck_assert_msg(rig.exit == fault->exit, "%s: exit %d\n%s", fault->name,
		      rig.exit, rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "done"),
			  fault->exit == PEER_EXIT_RIGHT);
	ck_assert_int_eq(pthread_join(fake.thread, NULL), 0);
	close(fake.listener);
	rig_release(&rig);
}
END_TEST

/* --- A workload that is away ------------------------------------------------ */

#define ALL_ROLES                                                    \
	"talk,idle,sending,receiving,bulk,pausing,half-closed-peer," \
	"half-closed-server,unread,unsent,queued,queued-data"

START_TEST(a_silence_longer_than_the_patience_is_no_error)
{
	struct rig_program conns;
	struct peer_rig rig;

	rig_program_start(&conns, "conns", 0);
	rig_start_roles(&rig, conns.port, ALL_ROLES, 24,
			RIG_CLIENT_PATIENCE_MS);
	rig_await(&rig, " answer 5\n");
	rig_program_signal(&conns, SIGSTOP);
	rig_pause(RIG_SILENCE_MS);
	rig_program_signal(&conns, SIGCONT);
	rig_await(&rig, " answer 20\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(rig.exit == PEER_EXIT_RIGHT, "%s", rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "error"), 0);
	verify_workload(&conns);
	rig_program_stop(&conns);
	rig_release(&rig);
}
END_TEST

START_TEST(each_connection_of_a_workload_that_dies_is_told_up_to_a_limit)
{
	struct rig_program conns;
	struct peer_rig rig;

	rig_program_start(&conns, "conns", 0);
	rig_start_roles(&rig, conns.port, "talk,idle", 100,
			RIG_CLIENT_PATIENCE_MS);
	rig_await(&rig, " answer 5\n");
	rig_program_stop(&conns);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_uint_gt(rig_count(&rig, "close"), 0);
	ck_assert_uint_lt(rig_count(&rig, "close"), PEER_ERRORS_MAX + 64);
	rig_release(&rig);
}
END_TEST

START_TEST(a_frozen_workload_is_not_waited_for_without_end)
{
	struct rig_program conns;
	struct peer_rig rig;

	rig_program_start(&conns, "conns", 0);
	rig_start_roles(&rig, conns.port, "talk,idle", 2,
			RIG_SHORT_PATIENCE_MS);
	rig_await(&rig, " answer 5\n");
	rig_program_signal(&conns, SIGSTOP);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_has(rig.text, "not over, and nothing came for 300 ms");
	rig_program_stop(&conns);
	rig_release(&rig);
}
END_TEST

START_TEST(a_workload_that_never_accepts_is_not_waited_for_without_end)
{
	struct rig_program conns;
	struct peer_rig rig;

	rig_program_start(&conns, "conns", 0);
	rig_program_signal(&conns, SIGSTOP);
	rig_start_roles(&rig, conns.port, "talk", 2, RIG_SHORT_PATIENCE_MS);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_NOT_STARTED);
	ck_assert_has(rig.text, "connection 0 (talk): not settled");
	rig_program_stop(&conns);
	rig_release(&rig);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer_conns");
	TCase *tcase = tcase_create("client");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, connections_of_a_role_come_to_their_end, 0,
			    (int)ARRAY_SIZE(cases));
	tcase_add_loop_test(tcase, a_fault_is_reported, 0, FAULT_COUNT);
	tcase_add_test(tcase, a_silence_longer_than_the_patience_is_no_error);
	tcase_add_test(
		tcase,
		each_connection_of_a_workload_that_dies_is_told_up_to_a_limit);
	tcase_add_test(tcase, a_frozen_workload_is_not_waited_for_without_end);
	tcase_add_test(
		tcase,
		a_workload_that_never_accepts_is_not_waited_for_without_end);
	suite_add_tcase(suite, tcase);
	return suite;
}
