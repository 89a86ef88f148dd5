// SPDX-License-Identifier: Apache-2.0
/* test_confined.c - a command runs under a seccomp filter, and as it would without */
#include <stdlib.h>

#include "base/mem.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

static int run(const char *a, const char *b, const char *c, char **ret_output)
{
	CLEANUP_FREE char *path = rig_program_path("confined");
	const char *argv[] = { path, a, b, c, NULL };

	return rig_run(argv, ret_output);
}

START_TEST(a_command_has_a_filter)
{
	CLEANUP_FREE char *output = NULL;

	ck_assert_int_eq(run("grep", "^Seccomp:", "/proc/self/status", &output),
			 0);
	ck_assert_str_eq(output, "Seccomp:\t2\n");
}
END_TEST

START_TEST(its_status_is_that_of_the_command)
{
	CLEANUP_FREE char *output = NULL;

	ck_assert_int_eq(run("sh", "-c", "exit 7", &output), 7);
}
END_TEST

START_TEST(a_wrong_call_is_told)
{
	CLEANUP_FREE char *none = NULL, *option = NULL, *missing = NULL;

	ck_assert_int_eq(run(NULL, NULL, NULL, &none), 2);
	ck_assert_int_eq(run("--help", NULL, NULL, &option), 2);
	ck_assert_int_eq(run("/no/such", NULL, NULL, &missing), 3);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("workloads/confined");
	TCase *tcase = tcase_create("confined");

	tcase_add_test(tcase, a_command_has_a_filter);
	tcase_add_test(tcase, its_status_is_that_of_the_command);
	tcase_add_test(tcase, a_wrong_call_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
