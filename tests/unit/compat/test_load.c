// SPDX-License-Identifier: Apache-2.0
/* test_load.c - matrices with the files they name */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/schema.h"
#include "tests/unit/compat/load_fixture.h"

/* What was loaded: "machine machine / scenario scenario". */
static char *loaded(void)
{
	struct strbuf buf;

	strbuf_open(&buf);
	for (size_t i = 0; i < set.n_machines; i++)
		(void)fprintf(buf.f, "%s ", set.machines[i].name);
	(void)fprintf(buf.f, "/");
	for (size_t i = 0; i < set.n_scenarios; i++)
		(void)fprintf(buf.f, " %s", set.scenarios[i].name);
	return strbuf_take(&buf);
}

static const struct {
	const char *name, *matrix;
	struct asked asked;
	const char *loaded;
} good[] = {
	{ "no matrix: all there is",
	  NULL,
	  { 0 },
	  "one two / no-counter counter redis" },
	{ "names on the command line",
	  NULL,
	  { .machines = "two,one", .scenarios = "redis,counter" },
	  "two one / redis counter" },
	{ "a host's profile, on the command line and in a matrix",
	  "{machines: [one, ./db.yaml]}",
	  { .matrix = "matrix.yaml", .scenarios = "redis" },
	  "one db-1 / redis" },
	{ "a matrix of all",
	  "{machine-files: machines.yaml}",
	  { .matrix = "matrix.yaml" },
	  "one two / no-counter counter redis" },
	{ "a matrix without files of machines",
	  "{scenarios: redis}",
	  { .matrix = "matrix.yaml" },
	  "one two / redis" },
	{ "a matrix's names, in its order",
	  "{machine-files: [machines.yaml], machines: [two, one], "
	  "scenarios: [redis, no-counter]}",
	  { .matrix = "matrix.yaml" },
	  "two one / redis no-counter" },
	{ "the command line's names instead of the matrix's",
	  "{machines: [two], scenarios: [redis]}",
	  { .matrix = "matrix.yaml", .machines = "one", .scenarios = "counter" },
	  "one / counter" },
	{ "a file beside the matrix",
	  "{scenarios: scenarios/redis.yaml}",
	  { .matrix = "matrix.yaml" },
	  "one two / redis" },
	{ "a folder beside the matrix",
	  "{scenarios: scenarios/}",
	  { .matrix = "matrix.yaml" },
	  "one two / no-counter counter redis" },
	{ "a folder by its name among the scenarios",
	  "{scenarios: controls}",
	  { .matrix = "matrix.yaml" },
	  "one two / no-counter" },
	{ "another matrix has what is not said",
	  "{extends: more/base.yaml, scenarios: redis}",
	  { .matrix = "matrix.yaml" },
	  "two / redis" },
	{ "what is said here holds, and not there",
	  "{extends: more/base.yaml, machines: [one]}",
	  { .matrix = "matrix.yaml" },
	  "one / counter" },
	{ "what is named twice is there once",
	  "{machines: [one, one], scenarios: [redis, scenarios, redis]}",
	  { .matrix = "matrix.yaml" },
	  "one / redis no-counter counter" },
};

START_TEST(what_is_asked_for_is_loaded)
{
	char *got CLEANUP_FREE = NULL;

	if (good[_i].matrix)
		put("matrix.yaml", good[_i].matrix);
	ck_assert_ok(load(good[_i].asked), &err);
	got = loaded();
	ck_assert_msg(!strcmp(got, good[_i].loaded),
		      "%s: got '%s', wanted '%s'", good[_i].name, got,
		      good[_i].loaded);
	ck_assert_uint_eq(diags.n + diags.problems.n, 0);
}
END_TEST

START_TEST(files_are_found_beside_the_scenario_then_in_folders)
{
	put("scenarios/bin/client", "");
	put("guest/server", "");
	put("scenarios/redis.yaml",
	    "title: t\nworkload: {command: x, files: [bin/client, server]}\n");
	ck_assert_ok(load((struct asked){ .scenarios = "redis" }), &err);
	ck_assert(str_ends(set.scenarios[0].workload.files.v[0],
			   "/scenarios/bin/client"));
	ck_assert(str_ends(set.scenarios[0].workload.files.v[1],
			   "/guest/server"));
	ck_assert_int_eq(set.scenarios[0].workload.files.v[0][0], '/');
}
END_TEST

START_TEST(a_control_of_ones_own_lies_beside_its_scenario)
{
	CLEANUP_FREE char *path = tmpdir_join("mine/no-ours.yaml");

	put("mine/ours.yaml", SCENARIO);
	put("mine/no-ours.yaml", SCENARIO "control-of: ours\n");
	ck_assert_ok(load((struct asked){ .scenarios = path }), &err);
	ck_assert_uint_eq(set.n_scenarios, 1);
	ck_assert_str_eq(set.scenarios[0].control_of, "ours");
}
END_TEST

START_TEST(who_is_lenient_takes_what_is_missing)
{
	put("scenarios/redis.yaml",
	    "title: t\nworkload: {command: x, files: gone}\n");
	ck_assert_ok(
		load((struct asked){ .scenarios = "redis", .lenient = true }),
		&err);
	ck_assert(str_ends(set.scenarios[0].workload.files.v[0],
			   "/scenarios/gone"));
}
END_TEST

START_TEST(the_matrix_gives_its_rules)
{
	put("matrix.yaml", "self: true\nrepeat: 3\nmachine-files: machines.yaml"
			   "\nexpect: [{verdict: fail, reason: r}]\n");
	ck_assert_ok(load((struct asked){ .matrix = "matrix.yaml" }), &err);
	ck_assert(set.self);
	ck_assert_uint_eq(set.repeat, 3);
	ck_assert_str_eq(set.expect.v[0].reason, "r");
}
END_TEST

static const struct scenario *scenario_of(const char *name)
{
	for (size_t i = 0; i < set.n_scenarios; i++)
		if (str_eq(set.scenarios[i].name, name))
			return &set.scenarios[i];
	ck_abort_msg("no scenario '%s'", name);
}

static const char *among(const char *name)
{
	const struct scenario *scenario = scenario_of(name);

	return scenario->among.n ? scenario->among.v[0] : "all";
}

START_TEST(the_first_rule_that_names_a_scenario_narrows_it)
{
	put("base.yaml",
	    "narrow:\n- {scenarios: redis, machines: one}\n"
	    "- {scenarios: scenarios, machines: two, across: false}\n");
	put("matrix.yaml", "extends: base.yaml\n");
	ck_assert_ok(load((struct asked){ .matrix = "matrix.yaml" }), &err);
	ck_assert_str_eq(among("redis"), "one");
	ck_assert(!scenario_of("redis")->alone);
	ck_assert_str_eq(among("counter"), "two");
	ck_assert(scenario_of("counter")->alone);
	put("matrix.yaml", "extends: base.yaml\n"
			   "narrow: [{scenarios: redis, machines: two}]\n");
	ck_assert_ok(load((struct asked){ .matrix = "matrix.yaml" }), &err);
	ck_assert_str_eq(among("redis"), "two");
	ck_assert_str_eq(among("counter"), "all");
}
END_TEST

START_TEST(rules_of_another_matrix_come_after_its_own)
{
	put("base.yaml", "self: true\nrepeat: 3\n"
			 "expect: [{verdict: fail, reason: theirs}]\n");
	put("matrix.yaml", "extends: base.yaml\n"
			   "expect: [{verdict: fail, reason: ours}]\n");
	ck_assert_ok(load((struct asked){ .matrix = "matrix.yaml" }), &err);
	ck_assert(set.self);
	ck_assert_uint_eq(set.repeat, 3);
	ck_assert_uint_eq(set.expect.n, 2);
	ck_assert_str_eq(set.expect.v[0].reason, "ours");
	ck_assert_str_eq(set.expect.v[1].reason, "theirs");
}
END_TEST

START_TEST(only_one_matrix_is_extended)
{
	put("base.yaml", "extends: matrix.yaml\n");
	put("matrix.yaml", "scenarios: redis\nextends: base.yaml\n");
	ck_assert_int_eq(load((struct asked){ .matrix = "matrix.yaml" }), -1);
	ck_assert_has(err.msg, "matrix.yaml:2:10: '");
	ck_assert_has(err.msg, "base.yaml' extends another one itself");
}
END_TEST

START_TEST(a_matrix_to_extend_must_be_there)
{
	put("matrix.yaml", "extends: none.yaml\n");
	ck_assert_int_eq(load((struct asked){ .matrix = "matrix.yaml" }), -1);
	ck_assert_has(err.msg, "matrix.yaml:1:10: ");
	ck_assert_has(err.msg, "none.yaml");
}
END_TEST

START_TEST(without_a_matrix_each_cell_runs_once)
{
	ck_assert_ok(load((struct asked){ 0 }), &err);
	ck_assert(!set.self);
	ck_assert_uint_eq(set.repeat, 1);
}
END_TEST

START_TEST(rings_of_links_end)
{
	char *link CLEANUP_FREE = tmpdir_join("scenarios/controls/again");

	ck_assert_int_eq(symlink("..", link), 0);
	ck_assert_ok(load((struct asked){ 0 }), &err);
	ck_assert_uint_eq(set.n_scenarios, 3);
}
END_TEST

START_TEST(every_name_has_a_schema)
{
	for (const char *const *name = schema_names; *name; name++) {
		json_t *schema = schema_make(*name);

		ck_assert_msg(
			json_is_object(json_object_get(schema, "properties")) ||
				json_is_array(json_object_get(schema, "anyOf")),
			"%s", *name);
		json_decref(schema);
	}
	ck_assert_ptr_null(schema_make("machine"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/load");
	TCase *tcase = tcase_create("load");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, what_is_asked_for_is_loaded, 0,
			    ARRAY_SIZE(good));
	tcase_add_test(tcase,
		       files_are_found_beside_the_scenario_then_in_folders);
	tcase_add_test(tcase, a_control_of_ones_own_lies_beside_its_scenario);
	tcase_add_test(tcase, who_is_lenient_takes_what_is_missing);
	tcase_add_test(tcase, the_matrix_gives_its_rules);
	tcase_add_test(tcase, the_first_rule_that_names_a_scenario_narrows_it);
	tcase_add_test(tcase, rules_of_another_matrix_come_after_its_own);
	tcase_add_test(tcase, only_one_matrix_is_extended);
	tcase_add_test(tcase, a_matrix_to_extend_must_be_there);
	tcase_add_test(tcase, without_a_matrix_each_cell_runs_once);
	tcase_add_test(tcase, rings_of_links_end);
	tcase_add_test(tcase, every_name_has_a_schema);
	suite_add_tcase(suite, tcase);
	return suite;
}
