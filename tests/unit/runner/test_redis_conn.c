// SPDX-License-Identifier: Apache-2.0
/* test_redis_conn.c - one connection to redis, and how waiting for it ends */
#include "runner/redis_conn.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner/peer_client.h"
#include "tests/lib/fake_redis.h"
#include "tests/lib/testing.h"

static struct fake_redis fake;
static struct transcript script;
static struct peer_opts opts;
static struct redis_conn conn;

static void open_to(enum fake_fault fault)
{
	struct err err = ERR_INIT;

	fake_redis_start(&fake, fault);
	opts.port = fake.port;
	ck_assert_ok(redis_conn_open(&opts, &script, &conn, &err), &err);
}

static void setup(void)
{
	CLEANUP_FREE char *path = NULL;
	struct err err = ERR_INIT;

	tmpdir_setup();
	path = tmpdir_join("transcript");
	ck_assert_ok(transcript_open(path, &script, &err), &err);
	opts = (struct peer_opts){ .service = "127.0.0.1",
				   .patience_ns = 200 * NS_PER_MS,
				   .stop_fd = eventfd(0, EFD_CLOEXEC) };
}

static void teardown(void)
{
	redis_conn_release(&conn);
	fake_redis_stop(&fake);
	transcript_release(&script);
	close(opts.stop_fd);
	tmpdir_teardown();
}

START_TEST(a_command_gets_its_reply)
{
	CLEANUP(redis_reply_freep) redisReply *reply = NULL;

	open_to(FAKE_NONE);
	ck_assert_int_eq(redis_conn_command(&conn, &reply, "RPUSH list %s",
					    "two words"),
			 0);
	ck_assert_int_eq(reply->type, REDIS_REPLY_INTEGER);
	ck_assert_int_eq(reply->integer, 1);
	ck_assert_str_eq(fake.list.v[0], "two words");
}
END_TEST

START_TEST(replies_come_in_the_order_of_commands)
{
	CLEANUP(redis_reply_freep) redisReply *first = NULL;
	CLEANUP(redis_reply_freep) redisReply *second = NULL;

	open_to(FAKE_NONE);
	(void)redisAppendCommand(conn.redis, "RPUSH list a");
	(void)redisAppendCommand(conn.redis, "LINDEX list -1");
	ck_assert_int_eq(redis_conn_flush(&conn), 0);
	ck_assert_int_eq(redis_conn_reply(&conn, &first), 0);
	ck_assert_int_eq(redis_conn_reply(&conn, &second), 0);
	ck_assert_int_eq(first->integer, 1);
	ck_assert_str_eq(second->str, "a");
}
END_TEST

START_TEST(an_end_of_the_connection_is_written_and_fails)
{
	CLEANUP(redis_reply_freep) redisReply *reply = NULL;
	int i, status = 0;

	open_to(FAKE_EOF);
	for (i = 1; i < FAKE_WRONG_AT; i++) {
		ck_assert_int_eq(redis_conn_command(&conn, &reply, "RPUSH l a"),
				 0);
		redis_reply_freep(&reply);
	}
	status = redis_conn_command(&conn, &reply, "RPUSH l a");
	ck_assert_int_eq(status, -1);
	ck_assert_ptr_null(reply);
	ck_assert_uint_eq(script.errors, 1);
}
END_TEST

START_TEST(after_the_stop_patience_is_short)
{
	CLEANUP(redis_reply_freep) redisReply *reply = NULL;
	uint64_t began_ns = clock_now_ns();

	open_to(FAKE_NONE);
	ck_assert_int_eq(eventfd_write(opts.stop_fd, 1), 0);
	/* The fake does not know this command, and says nothing to it. */
	ck_assert_int_eq(redis_conn_command(&conn, &reply, "DEBUG SLEEP"), -1);
	ck_assert(conn.stopping);
	ck_assert_uint_ge(clock_now_ns() - began_ns, opts.patience_ns);
	ck_assert_uint_eq(script.errors, 1);
}
END_TEST

START_TEST(a_stop_ends_a_pause)
{
	open_to(FAKE_NONE);
	ck_assert_int_eq(eventfd_write(opts.stop_fd, 1), 0);
	redis_conn_pause(&conn, UINT64_MAX);
	ck_assert(conn.stopping);
}
END_TEST

START_TEST(a_pause_without_events_lasts)
{
	uint64_t until_ns = clock_now_ns() + 20 * NS_PER_MS;

	open_to(FAKE_NONE);
	redis_conn_pause(&conn, until_ns);
	ck_assert_uint_ge(clock_now_ns(), until_ns);
	ck_assert(!conn.stopping);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/redis_conn");
	TCase *tcase = tcase_create("connection");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_command_gets_its_reply);
	tcase_add_test(tcase, replies_come_in_the_order_of_commands);
	tcase_add_test(tcase, an_end_of_the_connection_is_written_and_fails);
	tcase_add_test(tcase, after_the_stop_patience_is_short);
	tcase_add_test(tcase, a_stop_ends_a_pause);
	tcase_add_test(tcase, a_pause_without_events_lasts);
	suite_add_tcase(suite, tcase);
	return suite;
}
