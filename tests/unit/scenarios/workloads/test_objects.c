// SPDX-License-Identifier: Apache-2.0
/* test_objects.c - each kind of objects is right, and tells when it is not */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static int ask(const char *mode, uint16_t port, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("objects");
	char text[8];
	const char *argv[] = { path, mode, "127.0.0.1", text, NULL };

	(void)snprintf(text, sizeof(text), "%u", port);
	return rig_run(argv, ret_output);
}

static void start(struct rig_program *program, const char *kinds)
{
	ck_assert_int_eq(setenv("OBJECTS", kinds, 1), 0);
	ck_assert_int_eq(setenv("STATE", tmpdir_path(), 1), 0);
	rig_program_start(program, "objects", 0);
}

/* System V objects would outlive the test. */
static const struct {
	const char *kind, *lost;
} kinds[] = {
	{ "tree", "a process does not go on" },
	{ "zombie", "the zombie is gone" },
	{ "threads", "a thread does not go on" },
	{ "pipes", "the pipe does not hold what was in it" },
	{ "shared", "shared memory holds something else" },
	{ "timers", "the POSIX timer does not run" },
	{ "signals", "a signal that waited is gone" },
	{ "descriptors", "the eventfd counts otherwise" },
	{ "locks", "the flock is gone" },
};

/* Whether it says so in time: it is told by a signal. */
static bool comes_to_say(uint16_t port, const char *words)
{
	uint64_t deadline_ns = clock_now_ns() + RIG_PATIENCE_MS * NS_PER_MS;
	bool said = false;

	while (!said && clock_now_ns() < deadline_ns) {
		CLEANUP_FREE char *output = NULL;

		said = ask("--verify", port, &output) == 1 &&
		       testing_contains(output, words);
	}
	return said;
}

START_TEST(what_is_lost_is_told)
{
	CLEANUP_FREE char *right = NULL;
	CLEANUP_FREE char *ok = xasprintf("ok: %s\n", kinds[_i].kind);
	CLEANUP_FREE char *wrong =
		xasprintf("wrong: %s: %s", kinds[_i].kind, kinds[_i].lost);
	struct rig_program program;

	start(&program, kinds[_i].kind);
	for (int look = 0; look < 2; look++) {
		CLEANUP_FREE char *again = NULL;

		ck_assert_msg(ask("--verify", program.port, &again) == 0, "%s",
			      again);
		ck_assert_str_eq(again, ok);
	}
	ck_assert_int_eq(kill(program.pid, SIGUSR2), 0);
	ck_assert_msg(comes_to_say(program.port, wrong), "%s", wrong);
	rig_program_stop(&program);
}
END_TEST

START_TEST(many_kinds_live_side_by_side)
{
	CLEANUP_FREE char *output = NULL;
	struct rig_program program;

	start(&program, "tree pipes timers");
	ck_assert_int_eq(ask("--verify", program.port, &output), 0);
	ck_assert_str_eq(output, "ok: tree\nok: pipes\nok: timers\n");
	rig_program_stop(&program);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("objects");
	TCase *tcase = tcase_create("kinds");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, what_is_lost_is_told, 0, ARRAY_SIZE(kinds));
	tcase_add_test(tcase, many_kinds_live_side_by_side);
	suite_add_tcase(suite, tcase);
	return suite;
}
