// SPDX-License-Identifier: Apache-2.0
/* test_peer_redis.c - what redis' client believes, and what it reports */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/peer_client.h"
#include "tests/lib/fake_redis.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static const struct {
	const char *name;
	int exit;
	const char *reported;
} faults[] = {
	[FAKE_NONE] = { "none", PEER_EXIT_RIGHT, " done" },
	[FAKE_LOST] = { "a lost write", PEER_EXIT_WRONG,
			"acknowledged, but not in the list" },
	[FAKE_SWAPPED] = { "two writes out of order", PEER_EXIT_WRONG,
			   "error 1 acknowledged, but in its place is: '2." },
	[FAKE_TWICE] = { "a repeated write", PEER_EXIT_WRONG,
			 "error 3 length of the list: 4, not 3" },
	[FAKE_OTHER_VALUE] = { "another value", PEER_EXIT_WRONG,
			       "error 3 last value: '4711', not '3." },
	[FAKE_OTHER_COUNT] = { "a count that stays", PEER_EXIT_WRONG,
			       "error 3 count: 2, not 3" },
	[FAKE_REFUSED] = { "a refused write", PEER_EXIT_WRONG,
			   "length of the list: OOM command not allowed" },
	[FAKE_OTHER_CLIENT] = { "another connection", PEER_EXIT_WRONG,
				"another connection: client 6, before 5" },
	[FAKE_OTHER_RUN] = { "another redis", PEER_EXIT_WRONG,
			     "another redis: run_id beef, before cafe" },
	[FAKE_OLD_KEYS] = { "keys of old", PEER_EXIT_NOT_STARTED,
			    "of old: 1, not 0" },
	[FAKE_NO_AUTH] = { "a password", PEER_EXIT_NOT_STARTED,
			   "no redis: NOAUTH" },
	[FAKE_GARBAGE] = { "garbage", PEER_EXIT_WRONG,
			   "close Protocol error, got \"h\"" },
	[FAKE_RST] = { "a reset", PEER_EXIT_WRONG,
		       "close Connection reset by peer" },
	[FAKE_EOF] = { "an end of file", PEER_EXIT_WRONG, "close " },
	[FAKE_MUTE] = { "a write that is not answered", PEER_EXIT_WRONG,
			"error 3 not answered within 300 ms after the stop" },
};
static_assert(ARRAY_SIZE(faults) == FAKE_COUNT,
	      "faults[] doesn't match enum fake_fault");

/* What makes a fault show, before the client is told to stop. */
static void provoke(struct peer_rig *rig, enum fake_fault fault)
{
	switch (fault) {
	case FAKE_NONE:
	case FAKE_LOST:
	case FAKE_SWAPPED:
	case FAKE_OTHER_CLIENT:
	case FAKE_OTHER_RUN:
		rig_await(rig, " answer 10\n");
		break;
	case FAKE_MUTE:
		rig_await(rig, " send 3\n");
		break;
	case FAKE_TWICE:
	case FAKE_OTHER_VALUE:
	case FAKE_OTHER_COUNT:
	case FAKE_REFUSED:
	case FAKE_OLD_KEYS:
	case FAKE_NO_AUTH:
	case FAKE_GARBAGE:
	case FAKE_RST:
	case FAKE_EOF:
	case FAKE_COUNT:
		rig_await(rig, faults[fault].reported);
		break;
	}
}

START_TEST(a_fault_is_reported)
{
	struct fake_redis fake;
	struct peer_rig rig;

	fake_redis_start(&fake, (enum fake_fault)_i);
	rig_start_short(&rig, PEER_REDIS, fake.port, 2);
	provoke(&rig, (enum fake_fault)_i);
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(strstr(rig.text, faults[_i].reported) != NULL,
		      "%s: '%s' is not in:\n%s", faults[_i].name,
		      faults[_i].reported, rig_tail(&rig));
	ck_assert_msg(rig.exit == faults[_i].exit, "%s: exit %d\n%s",
		      faults[_i].name, rig.exit, rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "done"),
			  faults[_i].exit == PEER_EXIT_RIGHT);
	fake_redis_stop(&fake);
	rig_release(&rig);
}
END_TEST

START_TEST(a_broken_connection_ends_the_client_at_once)
{
	struct fake_redis fake;
	struct peer_rig rig;

	fake_redis_start(&fake, FAKE_EOF);
	rig_start(&rig, PEER_REDIS, fake.port, 2);
	/* Nobody told it to stop. */
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_uint_eq(rig_count(&rig, "close"), 1);
	ck_assert_uint_eq(rig_count(&rig, "connect"), 1);
	fake_redis_stop(&fake);
	rig_release(&rig);
}
END_TEST

START_TEST(many_writes_are_read_back_in_pieces)
{
	struct fake_redis fake;
	struct peer_rig rig;

	fake_redis_start(&fake, FAKE_NONE);
	rig_start(&rig, PEER_REDIS, fake.port, 0);
	rig_await(&rig, " answer 1100\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_RIGHT);
	fake_redis_stop(&fake);
	rig_release(&rig);
}
END_TEST

/* False, with the reason said, when there is no redis on this machine. */
static bool redis_start(struct rig_program *redis)
{
	char port[8];
	const char *words[] = { "redis-server", "--port", port, "--bind",
				"127.0.0.1",	"--save", "",	"--appendonly",
				"no",		NULL };
	int fd = rig_listen(SOCK_STREAM, &redis->port);

	close(fd);
	(void)snprintf(port, sizeof(port), "%u", redis->port);
	redis->pid = rig_spawn(words, &redis->out_fd);
	if (redis->pid > 0)
		return true;
	(void)printf("skipped: redis-server is not installed here\n");
	return false;
}

START_TEST(a_real_redis_passes_also_when_it_stands_still)
{
	struct rig_program redis;
	struct peer_rig rig;

	if (!redis_start(&redis))
		return;
	rig_start_short(&rig, PEER_REDIS, redis.port, 5);
	rig_await(&rig, " answer 20\n");
	rig_program_signal(&redis, SIGSTOP);
	rig_pause(RIG_SILENCE_MS);
	rig_program_signal(&redis, SIGCONT);
	rig_await(&rig, " answer 40\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(rig.exit == PEER_EXIT_RIGHT, "%s", rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "error"), 0);
	rig_program_stop(&redis);
	rig_release(&rig);
}
END_TEST

START_TEST(a_real_redis_that_dies_is_noticed)
{
	struct rig_program redis;
	struct peer_rig rig;

	if (!redis_start(&redis))
		return;
	rig_start(&rig, PEER_REDIS, redis.port, 5);
	rig_await(&rig, " answer 20\n");
	rig_program_stop(&redis);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_WRONG);
	ck_assert_uint_eq(rig_count(&rig, "close"), 1);
	rig_release(&rig);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer_redis");
	TCase *tcase = tcase_create("client");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, a_fault_is_reported, 0, FAKE_COUNT);
	tcase_add_test(tcase, a_broken_connection_ends_the_client_at_once);
	tcase_add_test(tcase, many_writes_are_read_back_in_pieces);
	tcase_add_test(tcase, a_real_redis_passes_also_when_it_stands_still);
	tcase_add_test(tcase, a_real_redis_that_dies_is_noticed);
	suite_add_tcase(suite, tcase);
	return suite;
}
