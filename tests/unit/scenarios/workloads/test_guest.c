// SPDX-License-Identifier: Apache-2.0
/* test_guest.c - how the guest programs are called, and how not */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static const char *const programs[] = { "counter", "tcpstream" };

static const char *const calls[][4] = {
	{ NULL },
	{ "--help", NULL },
	{ "--serve", NULL },
	{ "--serve", "", NULL },
	{ "--serve", "x", NULL },
	{ "--serve", "-1", NULL },
	{ "--serve", "65536", NULL },
	{ "--serve", "99999999999999999999", NULL },
	{ "--serve", "localhost", "7000", NULL },
	{ "--probe", "7000", NULL },
	{ "--probe", "localhost", "7000", NULL },
	{ "--verify", "127.0.0.1", "port", NULL },
	{ "--count", "127.0.0.1", "7000", NULL },
};

START_TEST(a_wrong_call_shows_the_usage)
{
	CLEANUP_FREE char *output = NULL;
	const char *argv[5] = { NULL };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		CLEANUP_FREE char *path = rig_program_path(programs[i]);
		int status;

		argv[0] = path;
		for (j = 0; calls[_i][j]; j++)
			argv[j + 1] = calls[_i][j];
		status = rig_run(argv, &output);
		ck_assert_msg(status == 2, "%s %s: exit %d", programs[i],
			      argv[1] ? argv[1] : "", status);
		ck_assert_str_eq(output, "");
		free(TAKE(output));
	}
}
END_TEST

/* A port in use is no usage error, and is said. */
START_TEST(a_port_in_use_is_trouble)
{
	CLEANUP_FREE char *path = rig_program_path(programs[_i]);
	CLEANUP_FREE char *output = NULL;
	struct rig_program first;
	char port[8];
	const char *argv[] = { path, "--serve", port, NULL };

	rig_program_start(&first, programs[_i], 0);
	(void)snprintf(port, sizeof(port), "%u", first.port);
	ck_assert_int_eq(rig_run(argv, &output), 3);
	rig_program_stop(&first);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/guest");
	TCase *tcase = tcase_create("calls");

	tcase_add_loop_test(tcase, a_wrong_call_shows_the_usage, 0,
			    (int)ARRAY_SIZE(calls));
	tcase_add_loop_test(tcase, a_port_in_use_is_trouble, 0,
			    (int)ARRAY_SIZE(programs));
	suite_add_tcase(suite, tcase);
	return suite;
}
