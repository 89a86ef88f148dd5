// SPDX-License-Identifier: Apache-2.0
/* test_peer.c - that each kind reaches its client, and what surrounds them */
#include "runner/peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/child.h"
#include "runner/peer_client.h"
#include "tests/lib/fake_redis.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static const enum peer_role talk = PEER_ROLE_TALK;

/* A client that is told to stop before it begins: it connects and says so. */
static int stopped_client(enum peer_kind kind, uint16_t port,
			  const char *transcript)
{
	struct peer_opts opts = {
		.kind = kind,
		.service = "127.0.0.1",
		.port = port,
		.interval_ns = NS_PER_MS,
		.roles = &talk,
		.connections = 1,
		.transcript = transcript,
		.stop_fd = eventfd(1, EFD_CLOEXEC),
	};
	int status = peer_main(&opts);

	close(opts.stop_fd);
	return status;
}

static char *read_transcript(const char *path)
{
	struct err err = ERR_INIT;
	char *text = NULL;

	ck_assert_ok(file_read(path, 1 << 20, &text, NULL, &err), &err);
	return text;
}

START_TEST(a_stream_stopped_at_once_ends_well)
{
	CLEANUP_FREE char *path = tmpdir_join("transcript");
	CLEANUP_FREE char *text = NULL;
	struct rig_program stream;

	rig_program_start(&stream, "tcpstream", 0);
	ck_assert_int_eq(stopped_client(PEER_TCP_STREAM, stream.port, path),
			 PEER_EXIT_RIGHT);
	text = read_transcript(path);
	ck_assert_has(text, " connect\n");
	ck_assert_has(text, " done\n");
	rig_program_stop(&stream);
}
END_TEST

static int stopped_client_to_nowhere(void *arg)
{
	const struct rig_program *stream = arg;

	(void)stopped_client(PEER_TCP_STREAM, stream->port, "/dev/full");
	return PEER_EXIT_RIGHT; /* not reached: its process ends */
}

START_TEST(a_transcript_that_cannot_be_written_proves_nothing)
{
	CLEANUP(child_result_release) struct child_result result = { 0 };
	struct child_opts opts = { .any_status = true };
	struct rig_program stream;
	struct child *client;
	struct err err = ERR_INIT;

	rig_program_start(&stream, "tcpstream", 0);
	ck_assert_ok(child_fork("client", &opts, stopped_client_to_nowhere,
				&stream, &client, &err),
		     &err);
	ck_assert_ok(child_wait(client, 0, &result, &err), &err);
	ck_assert(WIFEXITED(result.status));
	ck_assert_int_eq(WEXITSTATUS(result.status), PEER_EXIT_NOT_STARTED);
	child_free(client);
	rig_program_stop(&stream);
}
END_TEST

START_TEST(a_transcript_that_cannot_be_made_is_not_started)
{
	CLEANUP_FREE char *path = tmpdir_join("none/transcript");

	ck_assert_int_eq(stopped_client(PEER_TCP_STREAM, 1, path),
			 PEER_EXIT_NOT_STARTED);
}
END_TEST

static const enum peer_kind kinds[] = { PEER_UDP_ECHO, PEER_TCP_STREAM,
					PEER_REDIS, PEER_HTTP,
					PEER_TCP_CONNECTIONS };

START_TEST(nobody_at_the_port_is_not_started)
{
	CLEANUP_FREE char *path = tmpdir_join("transcript");
	CLEANUP_FREE char *text = NULL;
	uint16_t port;

	/* One that was free a moment ago. */
	close(rig_listen(SOCK_STREAM, &port));
	ck_assert_int_eq(stopped_client(kinds[_i], port, path),
			 PEER_EXIT_NOT_STARTED);
	text = read_transcript(path);
	ck_assert_has(text, " error ");
	ck_assert(!strstr(text, " connect\n"));
}
END_TEST

START_TEST(a_service_that_is_no_address_is_not_started)
{
	CLEANUP_FREE char *path = tmpdir_join("transcript");
	CLEANUP_FREE char *text = NULL;
	struct peer_opts opts = {
		.kind = kinds[_i],
		.service = "example.org",
		.port = 1,
		.interval_ns = NS_PER_MS,
		.roles = &talk,
		.connections = 1,
		.transcript = path,
		.stop_fd = -1,
	};

	ck_assert_int_eq(peer_main(&opts), PEER_EXIT_NOT_STARTED);
	text = read_transcript(path);
	ck_assert_has(text, " error 0 ");
	ck_assert_has(text, "'example.org' is not an IP address");
}
END_TEST

static const struct {
	enum peer_kind kind;
	const char *program;
} over_ipv6[] = { { PEER_TCP_STREAM, "tcpstream" },
		  { PEER_UDP_ECHO, "counter" } };

START_TEST(a_service_of_ipv6_is_reached)
{
	struct rig_program program;
	struct peer_rig rig;

	if (!rig_has_ipv6())
		return;
	rig_program_start_at(&program, over_ipv6[_i].program, "::1", 0);
	rig_start_at(&rig, over_ipv6[_i].kind, "::1", program.port, 5);
	rig_await(&rig, " answer 3\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(rig.exit == 0, "%s", rig_tail(&rig));
	rig_program_stop(&program);
	rig_release(&rig);
}
END_TEST

START_TEST(connections_stopped_at_once_end_well)
{
	CLEANUP_FREE char *path = tmpdir_join("transcript");
	CLEANUP_FREE char *text = NULL;
	struct rig_program conns;

	rig_program_start(&conns, "conns", 0);
	ck_assert_int_eq(stopped_client(PEER_TCP_CONNECTIONS, conns.port, path),
			 PEER_EXIT_RIGHT);
	text = read_transcript(path);
	ck_assert_has(text, " connect\n");
	ck_assert_has(text, " done\n");
	rig_program_stop(&conns);
}
END_TEST

START_TEST(redis_is_reached_by_its_client)
{
	CLEANUP_FREE char *path = tmpdir_join("transcript");
	CLEANUP_FREE char *text = NULL;
	struct fake_redis fake;

	fake_redis_start(&fake, FAKE_NONE);
	ck_assert_int_eq(stopped_client(PEER_REDIS, fake.port, path),
			 PEER_EXIT_RIGHT);
	text = read_transcript(path);
	ck_assert_has(text, " done\n");
	fake_redis_stop(&fake);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer");
	TCase *tcase = tcase_create("dispatch");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, a_stream_stopped_at_once_ends_well);
	tcase_add_test(tcase,
		       a_transcript_that_cannot_be_written_proves_nothing);
	tcase_add_test(tcase, a_transcript_that_cannot_be_made_is_not_started);
	tcase_add_loop_test(tcase, nobody_at_the_port_is_not_started, 0,
			    (int)ARRAY_SIZE(kinds));
	tcase_add_loop_test(tcase, a_service_that_is_no_address_is_not_started,
			    0, (int)ARRAY_SIZE(kinds));
	tcase_add_loop_test(tcase, a_service_of_ipv6_is_reached, 0,
			    (int)ARRAY_SIZE(over_ipv6));
	tcase_add_test(tcase, connections_stopped_at_once_end_well);
	tcase_add_test(tcase, redis_is_reached_by_its_client);
	suite_add_tcase(suite, tcase);
	return suite;
}
