// SPDX-License-Identifier: Apache-2.0
/* test_load_errors.c - all that is wrong in all files is told, with its place */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/compat/load_fixture.h"

/* All errors, without the path of the temporary directory. */
static char *shown(void)
{
	struct strbuf buf;
	size_t skip = strlen(tmpdir_path());
	char *text, *at;

	strbuf_open(&buf);
	load_diags_print(&diags, buf.f, false);
	text = strbuf_take(&buf);
	while ((at = strstr(text, tmpdir_path())))
		memmove(at, at + skip, strlen(at + skip) + 1);
	return text;
}

static const struct {
	const char *name, *file, *text;
	struct asked asked;
	const char *shown;
} bad[] = {
	{ "an unknown machine in the request",
	  NULL,
	  NULL,
	  { .machines = "tow,zzz" },
	  "error: unknown machine 'tow', known: one, two (did you mean 'two'?)"
	  "\nerror: unknown machine 'zzz', known: one, two\n" },
	{ "an unknown scenario in the request",
	  NULL,
	  NULL,
	  { .scenarios = "reids" },
	  "error: unknown scenario 'reids', known: no-counter, counter, redis "
	  "(did you mean 'redis'?)\n" },
	{ "an unknown machine in the matrix",
	  "matrix.yaml",
	  "machines: [one, tow]\n",
	  { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:17: error: unknown machine 'tow', known: one, two "
	  "(did you mean 'two'?)\n"
	  "    1 | machines: [one, tow]\n"
	  "      |                 ^\n" },
	{ "an unknown machine to narrow to",
	  "matrix.yaml",
	  "narrow: [{scenarios: redis, machines: tow}]\n",
	  { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:39: error: unknown machine 'tow', known: one, two "
	  "(did you mean 'two'?)\n"
	  "    1 | narrow: [{scenarios: redis, machines: tow}]\n"
	  "      |                                       ^\n" },
	{ "an unknown scenario to narrow",
	  "matrix.yaml",
	  "narrow: [{scenarios: reids, machines: two}]\n",
	  { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:22: error: 'reids' is no scenario of this matrix, "
	  "and no folder\n"
	  "    1 | narrow: [{scenarios: reids, machines: two}]\n"
	  "      |                      ^\n" },
	{ "an unknown scenario in the matrix",
	  "matrix.yaml",
	  "scenarios: redi\n",
	  { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:12: error: unknown scenario 'redi', known: "
	  "no-counter, counter, redis (did you mean 'redis'?)\n"
	  "    1 | scenarios: redi\n"
	  "      |            ^\n" },
	{ "a file of machines that is not there",
	  "matrix.yaml",
	  "machine-files: no.yaml\nscenarios: redis\n",
	  { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:16: error: open '/no.yaml': No such file or "
	  "directory\n"
	  "    1 | machine-files: no.yaml\n"
	  "      |                ^\n" },
	{ "a scenario's file that is not there",
	  "matrix.yaml",
	  "scenarios: no.yaml\n",
	  { .matrix = "matrix.yaml" },
	  "/matrix.yaml:1:12: error: open '/no.yaml': No such file or "
	  "directory\n"
	  "    1 | scenarios: no.yaml\n"
	  "      |            ^\n" },
	{ "a folder without scenarios",
	  "empty/x.txt",
	  "",
	  { .scenarios = "empty/" },
	  NULL },
	{ "errors of several files",
	  "scenarios/redis.yaml",
	  "titel: x\n",
	  { .matrix = "matrix.yaml", .machines = "one,tre" },
	  "/scenarios/redis.yaml:1:1: error: unknown key 'titel' in 'scenario' "
	  "(did you mean 'title'?)\n"
	  "    1 | titel: x\n"
	  "      | ^\n"
	  "/scenarios/redis.yaml:1:1: error: 'title' is missing in "
	  "'scenario'\n"
	  "    1 | titel: x\n"
	  "      | ^\n"
	  "/scenarios/redis.yaml:1:1: error: 'workload' is missing in "
	  "'scenario'\n"
	  "    1 | titel: x\n"
	  "      | ^\n"
	  "error: unknown machine 'tre', known: one, two\n" },
	{ "a control of nothing",
	  "scenarios/controls/no-counter.yaml",
	  SCENARIO "control-of: conter\n",
	  { 0 },
	  "/scenarios/controls/no-counter.yaml:3:13: error: unknown scenario "
	  "'conter', known: no-counter, counter, redis (did you mean "
	  "'counter'?)\n"
	  "    3 | control-of: conter\n"
	  "      |             ^\n" },
	{ "a control that is nothing",
	  "scenarios/controls/no-counter.yaml",
	  SCENARIO "control: conter\n",
	  { 0 },
	  "/scenarios/controls/no-counter.yaml:3:10: error: unknown scenario "
	  "'conter', known: no-counter, counter, redis (did you mean "
	  "'counter'?)\n"
	  "    3 | control: conter\n"
	  "      |          ^\n" },
	{ "two scenarios of one name",
	  "scenarios/controls/redis.yaml",
	  SCENARIO,
	  { .scenarios = "redis" },
	  "/scenarios/redis.yaml:1:1: error: another scenario is called "
	  "'redis': /scenarios/controls/redis.yaml\n"
	  "    1 | title: t\n"
	  "      | ^\n" },
	{ "files that are not there",
	  "scenarios/redis.yaml",
	  "title: t\nworkload:\n  command: x\n  files: [redis.yaml, no, "
	  "../redis.yaml]\n",
	  { .scenarios = "redis" },
	  "/scenarios/redis.yaml:4:23: error: there is no file "
	  "'/scenarios/no'\n"
	  "    4 |   files: [redis.yaml, no, ../redis.yaml]\n"
	  "      |                       ^\n"
	  "/scenarios/redis.yaml:4:27: error: there is no file "
	  "'/scenarios/../redis.yaml'\n"
	  "    4 |   files: [redis.yaml, no, ../redis.yaml]\n"
	  "      |                           ^\n"
	  "/scenarios/redis.yaml:4:27: error: two files would be called "
	  "'redis.yaml' in the guest\n"
	  "    4 |   files: [redis.yaml, no, ../redis.yaml]\n"
	  "      |                           ^\n" },
	{ "a profile that is not there",
	  "machines.yaml",
	  "machines:\n  m:\n    from-profile: no.yaml\n",
	  { .scenarios = "redis" },
	  "/machines.yaml:3:19: error: there is no file '/no.yaml'\n"
	  "    3 |     from-profile: no.yaml\n"
	  "      |                   ^\n" },
	{ "a profile of a workload",
	  "db.yaml",
	  "schema: crmatrix/profile/1\nname: db\nworkload: {tasks: '1'}\n",
	  { .matrix = "twins.yaml" },
	  "/db.yaml:1:1: error: 'db' is a workload: there are no 'facts' of a "
	  "machine\n"
	  "    1 | schema: crmatrix/profile/1\n"
	  "      | ^\n" },
	{ "a profile that is none",
	  "db.yaml",
	  "schema: crmatrix/profile/1\nname: db\nfact: {}\n",
	  { .matrix = "twins.yaml" },
	  "/db.yaml:3:1: error: unknown key 'fact' in 'profile' (did you mean "
	  "'facts'?)\n"
	  "    3 | fact: {}\n"
	  "      | ^\n" },
	{ "a host called as a machine",
	  "twins.yaml",
	  "machines: [one, ./db.yaml, ./db.yaml, ./no.yaml]\n"
	  "scenarios: redis\n",
	  { .matrix = "twins.yaml" },
	  "/twins.yaml:1:28: error: './db.yaml' is of a host called 'db-1', as "
	  "another machine is\n"
	  "    1 | machines: [one, ./db.yaml, ./db.yaml, ./no.yaml]\n"
	  "      |                            ^\n"
	  "/twins.yaml:1:39: error: there is no file '/./no.yaml'\n"
	  "    1 | machines: [one, ./db.yaml, ./db.yaml, ./no.yaml]\n"
	  "      |                                       ^\n" },
	{ "a kernel that is not there",
	  "machines.yaml",
	  "machines:\n  m:\n    kernel: {image: no/bzImage}\n    userland: b\n",
	  { .scenarios = "redis" },
	  "/machines.yaml:3:21: error: there is no file '/no/bzImage'\n"
	  "    3 |     kernel: {image: no/bzImage}\n"
	  "      |                     ^\n" },
};

START_TEST(many_known_names_are_not_shown)
{
	char *got CLEANUP_FREE = NULL;

	for (int i = 0; i < 38; i++) {
		CLEANUP_FREE char *name =
			xasprintf("scenarios/more/s-%d.yaml", i);

		put(name, SCENARIO);
	}
	ck_assert_int_eq(load((struct asked){ .scenarios = "reids" }), -1);
	got = shown();
	ck_assert_str_eq(got, "error: unknown scenario 'reids', 'crmatrix "
			      "list scenarios' has all 41 (did you mean "
			      "'redis'?)\n");
}
END_TEST

START_TEST(all_that_is_wrong_is_told)
{
	char *got CLEANUP_FREE = NULL;

	if (bad[_i].file)
		put(bad[_i].file, bad[_i].text);
	ck_assert_int_eq(load(bad[_i].asked), -1);
	ck_assert_int_eq(err.domain, ERR_INPUT);
	got = shown();
	if (bad[_i].shown)
		ck_assert_msg(!strcmp(got, bad[_i].shown),
			      "%s: got\n%swanted\n%s", bad[_i].name, got,
			      bad[_i].shown);
	ck_assert_ptr_null(set.machines);
}
END_TEST

START_TEST(a_missing_matrix_is_an_input_error)
{
	ck_assert_err(load((struct asked){ .matrix = "no.yaml" }), &err,
		      ERR_INPUT, 0);
	ck_assert_has(err.msg, "no.yaml");
	ck_assert_uint_eq(diags.n, 0);
}
END_TEST

START_TEST(a_machine_may_be_declared_once)
{
	put("more.yaml", "machines:\n  two: {kernel: 5.10, userland: b}\n");
	put("matrix.yaml", "machine-files: [machines.yaml, more.yaml]\n");
	ck_assert_int_eq(load((struct asked){ .matrix = "matrix.yaml" }), -1);
	ck_assert_uint_eq(diags.n, 1);
	ck_assert_has(diags.v[0].v[0].msg, "machine 'two' is already in");
	ck_assert_uint_eq(diags.v[0].v[0].pos.line, 2);
	ck_assert_uint_eq(diags.v[0].v[0].pos.col, 8);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/load_errors");
	TCase *tcase = tcase_create("load_errors");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, all_that_is_wrong_is_told, 0,
			    ARRAY_SIZE(bad));
	tcase_add_test(tcase, many_known_names_are_not_shown);
	tcase_add_test(tcase, a_missing_matrix_is_an_input_error);
	tcase_add_test(tcase, a_machine_may_be_declared_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
