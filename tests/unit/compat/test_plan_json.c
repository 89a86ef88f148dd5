// SPDX-License-Identifier: Apache-2.0
/* test_plan_json.c - plan.json written and read */
#include <string.h>

#include "base/mem.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

static void add_common_expectation(struct plan *plan)
{
	struct expect *expect = VEC_PUSH(plan->expect.v, plan->expect.n);

	expect->verdict = VERDICT_FAIL;
	expect->cause = xstrdup("rseq-not-dumpable");
	expect->reason = xstrdup("kernel 5.10");
	*VEC_PUSH(expect->when.v, expect->when.n) = (struct bind_pair){
		.key = xstrdup("source.kernel_version"),
		.value = xstrdup("<5.13"),
	};
}

static void add_packages_for(struct needs *needs, const char *userland,
			     const char *package)
{
	struct needs_more *more = VEC_PUSH(needs->more, needs->n_more);

	more->name = xstrdup(userland);
	str_list_add(&more->packages, package);
}

START_TEST(a_plan_is_the_same_after_writing_and_reading)
{
	struct plan again = { 0 };
	struct err err = ERR_INIT;
	json_t *json, *second;
	struct judged j;

	judged_init(&j);
	add_common_expectation(&j.plan);
	judged_text(&j.plan.scenarios[0].path, "scenarios/c\xff.yaml");
	str_list_add(&j.plan.scenarios[0].needs.packages, "vlc-bin");
	add_packages_for(&j.plan.scenarios[0].needs, "bookworm", "vlc-data");
	json = plan_to_json(&j.plan);
	ck_assert_ok(plan_from_json(json, &again, &err), &err);
	second = plan_to_json(&again);
	ck_assert(json_equal(json, second));
	ck_assert_str_eq(again.cells[0].id, "counter.old.new");
	ck_assert_ptr_eq(again.cells[0].source, &again.machines[0]);
	ck_assert_ptr_eq(again.cells[0].target, &again.machines[1]);
	ck_assert_ptr_eq(again.cells[0].scenario, &again.scenarios[0]);
	ck_assert_str_eq(again.cells[0].outfits[1]->label,
			 "new with vlc-bin, vlc-data");
	ck_assert_str_eq(again.expect.v[0].cause, "rseq-not-dumpable");
	ck_assert_str_eq(again.scenarios[0].path,
			 "scenarios/c\xef\xbf\xbd.yaml");
	json_decref(json);
	json_decref(second);
	plan_release(&again);
	judged_release(&j);
}
END_TEST

/** struct bad_case - A member spoiled (JSON text), and what is said of it */
struct bad_case {
	const char *key;
	const char *value;
	const char *message;
};

static const struct bad_case bad_cases[] = {
	{ "schema", "\"crmatrix/plan/0\"", "schema: not" },
	{ "machines", "null", "machines: not an array" },
	{ "machines", "[7]", "machines[0]: " },
	{ "machines", "[{\"name\": \"a\"}]", "machines[0]: " },
	{ "scenarios", "[{}]", "scenarios[0]: " },
	{ "scenarios", "{}", "scenarios: not an array" },
	{ "expect", "[{\"verdict\": \"lunch\"}]", "expect[0]: " },
	{ "cells", "[{}]", "cells[0]: no such" },
	{ "cells",
	  "[{\"id\": \"x\", \"scenario\": \"counter\", \"source\": \"old\","
	  " \"target\": \"moon\", \"repeat\": 1}]",
	  "cells[0]: no such" },
	{ "cells",
	  "[{\"id\": \"x\", \"scenario\": \"counter\", \"source\": \"old\","
	  " \"target\": \"new\", \"repeat\": 0}]",
	  "cells[0]: no such" },
	{ "cells",
	  "[{\"scenario\": \"counter\", \"source\": \"old\","
	  " \"target\": \"new\", \"repeat\": 1}]",
	  "cells[0]: id: not 'counter.old.new'" },
	{ "cells",
	  "[{\"id\": \"../../counter.old.new\", \"scenario\": \"counter\","
	  " \"source\": \"old\", \"target\": \"new\", \"repeat\": 1}]",
	  "cells[0]: id: not 'counter.old.new'" },
	{ "cells",
	  "[{\"id\": \"counter.old.new\", \"scenario\": \"counter\","
	  " \"source\": \"old\", \"target\": \"new\", \"repeat\": 1},"
	  " {\"id\": \"counter.old.new\", \"scenario\": \"counter\","
	  " \"source\": \"old\", \"target\": \"new\", \"repeat\": 1}]",
	  "cells[1]: 'counter.old.new' is there twice" },
};

START_TEST(what_is_wrong_is_told_with_its_place)
{
	const struct bad_case *c = &bad_cases[_i];
	struct plan plan;
	struct err err = ERR_INIT;
	struct judged j;
	json_t *json;

	judged_init(&j);
	json = plan_to_json(&j.plan);
	(void)json_object_set_new(json, c->key,
				  json_loads(c->value, JSON_DECODE_ANY, NULL));
	ck_assert_int_eq(plan_from_json(json, &plan, &err), -1);
	ck_assert_int_eq(err.domain, ERR_PARSE);
	ck_assert_has(err.msg, c->message);
	json_decref(json);
	judged_release(&j);
}
END_TEST

START_TEST(what_is_no_object_is_no_plan)
{
	json_t *json = json_array();
	struct err err = ERR_INIT;
	struct plan plan;

	ck_assert_err(plan_from_json(json, &plan, &err), &err, ERR_PARSE, 0);
	ck_assert_err(plan_from_json(NULL, &plan, &err), &err, ERR_PARSE, 0);
	json_decref(json);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/plan_json");
	TCase *tcase = tcase_create("json");

	tcase_add_test(tcase, a_plan_is_the_same_after_writing_and_reading);
	tcase_add_loop_test(tcase, what_is_wrong_is_told_with_its_place, 0,
			    ARRAY_SIZE(bad_cases));
	tcase_add_test(tcase, what_is_no_object_is_no_plan);
	suite_add_tcase(suite, tcase);
	return suite;
}
