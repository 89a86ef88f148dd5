// SPDX-License-Identifier: Apache-2.0
/* test_peer_tcp.c - the stream's client: each way a connection can go wrong */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/peer_client.h"
#include "scenarios/workloads/stream.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/* The block of the server's at which a fault begins; 0 is the WELCOME. */
#define WRONG_AT 3

enum fault_kind {
	FAULT_NONE,
	FAULT_BYTE,	 /* one byte differs */
	FAULT_HOLE,	 /* a block is left out */
	FAULT_TWICE,	 /* a block comes twice */
	FAULT_BYTE_LOST, /* a single byte is left out */
	FAULT_ECHO,	 /* what we sent comes back */
	FAULT_RST,
	FAULT_EOF,
	FAULT_EARLY_END, /* END that nobody asked for */
	FAULT_NONCE,	 /* END by another process */
	FAULT_GOT,	 /* END: one block less came */
	FAULT_WRONG,	 /* END: a block was wrong there */
	FAULT_NO_STREAM, /* something else listens there */
	FAULT_COUNT
};

static const struct fault {
	const char *name;
	int exit;
	const char *reported;
} faults[] = {
	[FAULT_NONE] = { "none", PEER_EXIT_RIGHT, " done" },
	[FAULT_BYTE] = { "a corrupted byte", PEER_EXIT_WRONG,
			 "error 3 byte 14368 of the stream is wrong" },
	[FAULT_HOLE] = { "a lost block", PEER_EXIT_WRONG,
			 "error 3 byte 12296 of the stream is wrong" },
	[FAULT_TWICE] = { "a repeated block", PEER_EXIT_WRONG,
			  "error 4 byte 16392 of the stream is wrong" },
	[FAULT_BYTE_LOST] = { "a lost byte", PEER_EXIT_WRONG,
			      " of the stream is wrong" },
	[FAULT_ECHO] = { "an echo", PEER_EXIT_WRONG,
			 "error 3 byte 12304 of the stream is wrong" },
	[FAULT_RST] = { "a reset", PEER_EXIT_WRONG,
			"close Connection reset by peer" },
	[FAULT_EOF] = { "an end of file", PEER_EXIT_WRONG,
			"close end of file" },
	[FAULT_EARLY_END] = { "an end not asked for", PEER_EXIT_WRONG,
			      "close the workload ended by itself" },
	[FAULT_NONCE] = { "another nonce", PEER_EXIT_WRONG,
			  "nonce of the workload at the end: 8, not 7" },
	[FAULT_GOT] = { "a block that did not come", PEER_EXIT_WRONG,
			"blocks that the workload got at the end" },
	[FAULT_WRONG] = { "a block that came wrong", PEER_EXIT_WRONG,
			  "blocks that were wrong there at the end: 1" },
	[FAULT_NO_STREAM] = { "another service", PEER_EXIT_WRONG,
			      "this is no tcpstream" },
};
static_assert(ARRAY_SIZE(faults) == FAULT_COUNT,
	      "faults[] doesn't match enum fault_kind");

/** struct fake - A tcpstream in a thread, wrong in one way */
struct fake {
	int listener;
	uint16_t port;
	enum fault_kind fault;
	struct stream s;
	uint64_t got;
	bool asked_to_end;
	pthread_t thread;
};

/* Send the whole block, blocking. */
static void send_block(struct fake *f, enum stream_kind kind,
		       const uint64_t *named, size_t n)
{
	struct pollfd pfd = { .fd = f->s.fd, .events = POLLOUT };

	if (stream_idle(&f->s))
		stream_put(&f->s, kind, named, n);
	while (stream_flush(&f->s) == 0)
		(void)poll(&pfd, 1, -1);
}

static void reset(const struct fake *f)
{
	struct linger now = { .l_onoff = 1 };

	(void)setsockopt(f->s.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* What happens instead of a right block, once; true: the server ends. */
static bool do_wrong(struct fake *f)
{
	switch (f->fault) {
	case FAULT_BYTE:
		stream_put(&f->s, STREAM_DATA, NULL, 0);
		f->s.out.words[258] ^= 1;
		return false;
	case FAULT_HOLE:
		f->s.out_blocks++;
		return false;
	case FAULT_TWICE:
		send_block(f, STREAM_DATA, NULL, 0);
		f->s.out_blocks--;
		return false;
	case FAULT_BYTE_LOST:
		stream_put(&f->s, STREAM_DATA, NULL, 0);
		f->s.out_at = 1;
		return false;
	case FAULT_ECHO:
		f->s.out_seed = f->s.in_seed;
		return false;
	case FAULT_RST:
		reset(f);
		return true;
	case FAULT_EOF:
		return true;
	case FAULT_EARLY_END:
		f->asked_to_end = true;
		return false;
	case FAULT_NONE:
	case FAULT_NONCE:
	case FAULT_GOT:
	case FAULT_WRONG:
	case FAULT_NO_STREAM:
	case FAULT_COUNT:
		break;
	}
	return false;
}

static void take_block(struct fake *f)
{
	uint64_t nonce = f->fault == FAULT_NO_STREAM ? 0 : 7;

	f->got += stream_kind(&f->s) == STREAM_DATA;
	if (stream_kind(&f->s) == STREAM_END)
		f->asked_to_end = true;
	if (stream_kind(&f->s) != STREAM_HELLO)
		return;
	f->s.in_seed = stream_named(&f->s, STREAM_SEED) ^ STREAM_TO_SERVER;
	f->s.out_seed = stream_named(&f->s, STREAM_SEED) ^ STREAM_TO_CLIENT;
	if (f->fault == FAULT_NO_STREAM)
		f->s.out_seed++;
	send_block(f, STREAM_WELCOME, &nonce, 1);
}

static void say_end(struct fake *f)
{
	uint64_t named[STREAM_NAMED] = {
		[STREAM_NONCE] = 7 + (f->fault == FAULT_NONCE),
		[STREAM_GOT] = f->got - (f->fault == FAULT_GOT),
		[STREAM_WRONG] = f->fault == FAULT_WRONG,
	};
	struct pollfd pfd = { .fd = f->s.fd, .events = POLLIN };

	send_block(f, STREAM_END, named, STREAM_NAMED);
	/* The client closes first; unread bytes would make a reset of it. */
	while (poll(&pfd, 1, -1) > 0 && stream_pull(&f->s) >= 0)
		;
}

static void *serve(void *arg)
{
	struct fake *f = arg;
	struct pollfd pfd = { .events = POLLIN };

	f->s.fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);
	f->s.out_at = STREAM_BLOCK;
	pfd.fd = f->s.fd;
	while (!f->asked_to_end) {
		int status = 0;

		/* One block for each of theirs, as fast as they come. */
		if (poll(&pfd, 1, -1) < 0)
			break;
		while (!f->asked_to_end && (status = stream_pull(&f->s)) > 0)
			take_block(f);
		if (status < 0)
			break;
		if (f->s.out_blocks == WRONG_AT && do_wrong(f))
			break;
		if (f->s.out_blocks > 0)
			send_block(f, STREAM_DATA, NULL, 0);
	}
	if (f->asked_to_end)
		say_end(f);
	close(f->s.fd);
	return NULL;
}

static void fake_start(struct fake *f, enum fault_kind fault)
{
	*f = (struct fake){ .fault = fault };
	f->listener = rig_listen(SOCK_STREAM, &f->port);
	ck_assert_int_eq(pthread_create(&f->thread, NULL, serve, f), 0);
}

static void fake_stop(struct fake *f)
{
	ck_assert_int_eq(pthread_join(f->thread, NULL), 0);
	close(f->listener);
}

START_TEST(a_fault_is_reported)
{
	const struct fault *fault = &faults[_i];
	struct peer_rig rig;
	struct fake fake;

	fake_start(&fake, (enum fault_kind)_i);
	rig_start_short(&rig, PEER_TCP_STREAM, fake.port, 2);
	if (_i >= FAULT_NONCE && _i <= FAULT_WRONG) {
		rig_await(&rig, " answer 10\n");
	} else if (_i == FAULT_NONE) {
		rig_await(&rig, " answer 20\n");
	} else {
		rig_await(&rig, fault->reported);
	}
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(strstr(rig.text, fault->reported) != NULL,
		      "%s: '%s' is not in:\n%s", fault->name, fault->reported,
		      rig_tail(&rig));
	ck_assert_msg(rig.exit == fault->exit, "%s: exit %d\n%s", fault->name,
		      rig.exit, rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "done"),
			  fault->exit == PEER_EXIT_RIGHT);
	fake_stop(&fake);
	rig_release(&rig);
}
END_TEST

START_TEST(a_reset_ends_the_client_at_once)
{
	struct peer_rig rig;
	struct fake fake;

	fake_start(&fake, FAULT_RST);
	rig_start(&rig, PEER_TCP_STREAM, fake.port, 2);
	/* Nobody told it to stop. */
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_uint_eq(rig_count(&rig, "close"), 1);
	ck_assert_uint_eq(rig_count(&rig, "connect"), 1);
	fake_stop(&fake);
	rig_release(&rig);
}
END_TEST

static void verify_workload(const struct rig_program *program, const char *port)
{
	CLEANUP_FREE char *path = rig_program_path("tcpstream");
	const char *argv[] = { path, "--verify", "127.0.0.1", port, NULL };
	CLEANUP_FREE char *output = NULL;
	int status = rig_run(argv, &output);

	ck_assert_msg(status == 0, "port %u: %s", program->port, output);
}

START_TEST(a_stream_that_flows_passes)
{
	struct rig_program stream;
	struct peer_rig rig;
	char port[8];

	rig_program_start(&stream, "tcpstream", 0);
	(void)snprintf(port, sizeof(port), "%u", stream.port);
	rig_start(&rig, PEER_TCP_STREAM, stream.port, 5);
	rig_await(&rig, " answer 20\n");
	verify_workload(&stream, port);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_RIGHT);
	ck_assert_has(rig.text, " done\n");
	/* Also when all is over, it still knows that all was well. */
	verify_workload(&stream, port);
	rig_program_stop(&stream);
	rig_release(&rig);
}
END_TEST

START_TEST(a_silence_longer_than_the_patience_is_no_error)
{
	struct rig_program stream;
	struct peer_rig rig;

	rig_program_start(&stream, "tcpstream", 0);
	rig_start_short(&rig, PEER_TCP_STREAM, stream.port, 5);
	rig_await(&rig, " answer 5\n");
	rig_program_signal(&stream, SIGSTOP);
	rig_pause(RIG_SILENCE_MS);
	rig_program_signal(&stream, SIGCONT);
	rig_await(&rig, " answer 50\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_RIGHT);
	ck_assert_uint_eq(rig_count(&rig, "error"), 0);
	rig_program_stop(&stream);
	rig_release(&rig);
}
END_TEST

START_TEST(a_workload_that_dies_is_an_end_not_asked_for)
{
	struct rig_program stream;
	struct peer_rig rig;

	rig_program_start(&stream, "tcpstream", 0);
	rig_start(&rig, PEER_TCP_STREAM, stream.port, 5);
	rig_await(&rig, " answer 5\n");
	rig_program_stop(&stream);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_uint_eq(rig_count(&rig, "close"), 1);
	rig_release(&rig);
}
END_TEST

START_TEST(a_frozen_workload_is_not_waited_for_without_end)
{
	struct rig_program stream;
	struct peer_rig rig;

	rig_program_start(&stream, "tcpstream", 0);
	rig_start_short(&rig, PEER_TCP_STREAM, stream.port, 5);
	rig_await(&rig, " answer 5\n");
	rig_program_signal(&stream, SIGSTOP);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_has(rig.text, "no end within 300 ms");
	rig_program_stop(&stream);
	rig_release(&rig);
}
END_TEST

static void start_with(struct peer_rig *rig, const struct rig_program *stream,
		       const struct peer_opts *like)
{
	rig_prepare(rig, PEER_TCP_STREAM, stream->port, 5);
	rig->opts.quiet = like->quiet;
	rig->opts.heartbeat_ns = like->heartbeat_ns;
	rig_go(rig);
}

START_TEST(a_heartbeat_ends_a_client_that_hears_nothing)
{
	const struct peer_opts like = { .heartbeat_ns = 150 * NS_PER_MS };
	struct rig_program stream;
	struct peer_rig rig;

	rig_program_start(&stream, "tcpstream", 0);
	start_with(&rig, &stream, &like);
	rig_await(&rig, " answer 40\n");
	rig_program_signal(&stream, SIGSTOP);
	/* Nobody told it to stop. */
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_has(rig.text, " close nothing was heard for 150 ms\n");
	rig_program_stop(&stream);
	rig_release(&rig);
}
END_TEST

START_TEST(a_quiet_client_listens_and_agrees_at_the_end)
{
	const struct peer_opts like = { .quiet = true };
	struct rig_program stream;
	struct peer_rig rig;

	rig_program_start(&stream, "tcpstream", 0);
	start_with(&rig, &stream, &like);
	rig_await(&rig, " answer 20\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(rig.exit == PEER_EXIT_RIGHT, "%s", rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "send"), 0);
	rig_program_stop(&stream);
	rig_release(&rig);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer_tcp");
	TCase *tcase = tcase_create("client");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, a_fault_is_reported, 0, FAULT_COUNT);
	tcase_add_test(tcase, a_reset_ends_the_client_at_once);
	tcase_add_test(tcase, a_stream_that_flows_passes);
	tcase_add_test(tcase, a_silence_longer_than_the_patience_is_no_error);
	tcase_add_test(tcase, a_workload_that_dies_is_an_end_not_asked_for);
	tcase_add_test(tcase, a_frozen_workload_is_not_waited_for_without_end);
	tcase_add_test(tcase, a_heartbeat_ends_a_client_that_hears_nothing);
	tcase_add_test(tcase, a_quiet_client_listens_and_agrees_at_the_end);
	suite_add_tcase(suite, tcase);
	return suite;
}
