// SPDX-License-Identifier: Apache-2.0
/* test_plan_only.c - one cell cut out of a plan, and paths of a plan replaced */
#include "compat/plan_only.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/plan.h"
#include "tests/lib/testing.h"

#define GOLDEN "tests/golden/merge/run/plan.json"
#define CELL "counter.bookworm-6.1.bookworm-6.1-nehalem"
#define CONTROL "counter-pid-taken.bookworm-6.1.bookworm-6.1"

static json_t *load(void)
{
	CLEANUP_FREE char *path = source_path(GOLDEN);
	json_t *json = json_load_file(path, 0, NULL);

	ck_assert_ptr_nonnull(json);
	return json;
}

static void cut(const char *cell, uint64_t repeat, struct plan *ret_plan)
{
	json_t *json = load();
	json_t *only = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(plan_only(json, cell, repeat, &only, &err), &err);
	ck_assert_ok(plan_from_json(only, ret_plan, &err), &err);
	json_decref(json);
	json_decref(only);
}

START_TEST(a_cell_takes_along_what_it_needs)
{
	struct plan plan;

	cut(CELL, 1, &plan);
	ck_assert_uint_eq(plan.n_cells, 1);
	ck_assert_str_eq(plan.cells[0].id, CELL);
	ck_assert_uint_eq(plan.n_machines, 2);
	ck_assert_uint_eq(plan.n_scenarios, 1);
	ck_assert_uint_gt(plan.expect.n, 0);
	plan_release(&plan);
}
END_TEST

START_TEST(a_control_goes_without_its_original)
{
	struct plan plan;

	cut(CONTROL, 1, &plan);
	ck_assert_uint_eq(plan.n_machines, 1);
	ck_assert_ptr_null(plan.scenarios[0].control_of);
	plan_release(&plan);
}
END_TEST

START_TEST(repetitions_are_numbered_from_the_first)
{
	struct plan plan;

	cut(CELL, 3, &plan);
	ck_assert_uint_eq(plan.n_cells, 3);
	ck_assert_str_eq(plan.cells[0].id, CELL);
	ck_assert_str_eq(plan.cells[2].id, CELL "#3");
	plan_release(&plan);
}
END_TEST

START_TEST(a_cell_that_is_not_there_is_told)
{
	json_t *json = load();
	json_t *only = NULL;
	struct err err = ERR_INIT;

	ck_assert_err(plan_only(json, "counter.bookworm-6.1.bookworm-6.2", 1,
				&only, &err),
		      &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "did you mean 'counter.bookworm-6.1.");
	json_decref(json);
}
END_TEST

static char *count_and_keep(void *arg, const char *path, struct err *err)
{
	struct str_list *seen = arg;

	(void)err;
	str_list_add(seen, path);
	return xasprintf("new/%zu", seen->n);
}

START_TEST(each_path_of_a_plan_is_replaced)
{
	CLEANUP(str_list_release) struct str_list seen = { 0 };
	json_t *json = json_pack("{s[{s{s{ss, ss, s[ss]}}}], s[{s{s{s[s]}}}]}",
				 "machines", "machine", "kernel", "image", "/a",
				 "modules", "/b", "debs", "/c", "/d",
				 "scenarios", "scenario", "workload", "files",
				 "/e");
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *paths = NULL;
	struct err err = ERR_INIT;

	ck_assert_ptr_nonnull(json);
	ck_assert_ok(plan_map_paths(json, count_and_keep, &seen, &err), &err);
	paths = str_list_join(&seen, " ");
	ck_assert_str_eq(paths, "/a /b /c /d /e");
	text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	ck_assert(!testing_contains(text, "\"/"));
	ck_assert_has(text, "\"files\":[\"new/5\"]");
	json_decref(json);
}
END_TEST

static char *refuse(void *arg, const char *path, struct err *err)
{
	(void)arg;
	(void)err_set(err, ERR_INPUT, 7, "not '%s'", path);
	return NULL;
}

START_TEST(a_path_that_cannot_be_replaced_ends_it)
{
	json_t *json = load();
	struct err err = ERR_INIT;

	ck_assert_err(plan_map_paths(json, refuse, NULL, &err), &err, ERR_INPUT,
		      7);
	json_decref(json);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/plan_only");
	TCase *tcase = tcase_create("cells");

	tcase_add_test(tcase, a_cell_takes_along_what_it_needs);
	tcase_add_test(tcase, a_control_goes_without_its_original);
	tcase_add_test(tcase, repetitions_are_numbered_from_the_first);
	tcase_add_test(tcase, a_cell_that_is_not_there_is_told);
	tcase_add_test(tcase, each_path_of_a_plan_is_replaced);
	tcase_add_test(tcase, a_path_that_cannot_be_replaced_ends_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
