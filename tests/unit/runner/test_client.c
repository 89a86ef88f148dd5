// SPDX-License-Identifier: Apache-2.0
/* test_client.c - how a client ends, and what is made of it */
#include "runner/client.h"

#include <poll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define WITHIN_NS (20 * NS_PER_S)

/* Stopped when it has ended by itself, or in the midst of it. */
static int stop(const char *command, bool ended, uint64_t within_ns,
		struct obs_peer *ret_peer, struct err *err)
{
	CLEANUP_FREE char *own = xstrdup(command);
	struct scenario s = { .peer = { .kind = PEER_COMMAND,
					.command = own } };
	struct pollfd end = { .events = POLLIN };
	struct client *client;

	*ret_peer = (struct obs_peer){ 0 };
	ck_assert_ok(client_start(&s, tmpdir_path(), 0, &client, err), err);
	end.fd = client_pidfd(client);
	if (ended)
		ck_assert_int_eq(poll(&end, 1, 20000), 1);
	return client_stop(client, within_ns, 0, 0, ret_peer, err);
}

static const struct end {
	const char *name;
	const char *command;
	bool ended;
	uint64_t within_ns;
	int rc, exit;
} ends[] = {
	{ "its status is its own", "exit 3", true, WITHIN_NS, 0, 3 },
	{ "a signal may be its own", "kill -SEGV $$", true, WITHIN_NS, 0, -12 },
	{ "killed, it tells nothing", "kill -KILL $$", true, WITHIN_NS, -1,
	  -10 },
	{ "killed before it is dropped", "kill -KILL $$", true, 0, -1, -10 },
	{ "dropped by us", "sleep 60", false, 0, 0, -10 },
	{ "ended by us", "exec sleep 60", false, WITHIN_NS, 0, -16 },
};

START_TEST(only_the_kill_of_others_is_trouble)
{
	const struct end *end = &ends[_i];
	struct obs_peer peer;
	struct err err = ERR_INIT;

	ck_assert_msg(stop(end->command, end->ended, end->within_ns, &peer,
			   &err) == end->rc,
		      "%s: %s", end->name, err.msg);
	ck_assert_msg(peer.exit == end->exit, "%s: %d", end->name,
		      (int)peer.exit);
	if (end->rc)
		ck_assert_int_eq(err.domain, ERR_CHILD);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("client");
	TCase *tc = tcase_create("client");

	tcase_add_checked_fixture(tc, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tc, only_the_kill_of_others_is_trouble, 0,
			    ARRAY_SIZE(ends));
	suite_add_tcase(suite, tc);
	return suite;
}
