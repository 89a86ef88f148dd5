// SPDX-License-Identifier: Apache-2.0
/* test_datadir.c - where the recipes, scenarios and guest programs are */
#include <stdlib.h>

#include "base/mem.h"
#include "runner/datadir.h"
#include "tests/lib/testing.h"

START_TEST(the_environment_overrules)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *guest = NULL;

	(void)setenv("CRMATRIX_DATA", "/some/where", 1);
	path = datadir_path("scenarios/counter.yaml");
	guest = datadir_guest("init");
	ck_assert_str_eq(path, "/some/where/scenarios/counter.yaml");
	ck_assert_str_eq(guest, "/some/where/guest/init");
}
END_TEST

START_TEST(an_empty_environment_does_not_count)
{
	CLEANUP_FREE char *path = NULL;

	(void)setenv("CRMATRIX_DATA", "", 1);
	path = datadir_path("x");
	ck_assert_str_ne(path, "/x");
	ck_assert_has(path, "/x");
	ck_assert_int_eq(path[0], '/');
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("datadir");
	TCase *tcase = tcase_create("datadir");

	tcase_add_test(tcase, the_environment_overrules);
	tcase_add_test(tcase, an_empty_environment_does_not_count);
	suite_add_tcase(suite, tcase);
	return suite;
}
