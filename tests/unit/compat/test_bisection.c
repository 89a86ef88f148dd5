// SPDX-License-Identifier: Apache-2.0
/* test_bisection.c - a bisection's file, the plans of its runs, what results tell */
#include "compat/bisection.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/plan_only.h"
#include "tests/lib/testing.h"

#define GOLDEN "tests/golden/merge/run/plan.json"
#define CELL "counter.bookworm-6.1.bookworm-6.1-nehalem"
#define SELF "counter-pid-taken.bookworm-6.1.bookworm-6.1"

static void make(const char *cell, enum bisect_side side,
		 struct bisection *ret_bisection)
{
	CLEANUP_FREE char *path = source_path(GOLDEN);
	json_t *whole = json_load_file(path, 0, NULL);
	struct err err = ERR_INIT;

	*ret_bisection = (struct bisection){
		.cell = xstrdup(cell),
		.side = side,
		.cause = xstrdup("vdso-layout"),
		.rule = { .confidence = 0.99, .failures = 5 },
	};
	ck_assert_ok(plan_only(whole, cell, 0, &ret_bisection->plan, &err),
		     &err);
	json_decref(whole);
	bisection_add(ret_bisection, "6.1", json_pack("{ss}", "name", "6.1"));
	bisection_add(ret_bisection, "trixie/linux-image-6.12.48+deb13-amd64",
		      json_pack("{ss}", "name",
				"trixie/linux-image-6.12.48+deb13-amd64"));
	bisection_add(ret_bisection, "7.2-mine",
		      json_pack("{s[s]}", "debs", "/k/a.deb"));
}

static void step_plan(const struct bisection *bisection, size_t candidate,
		      uint64_t runs, struct plan *ret_plan)
{
	json_t *json = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(bisection_step(bisection, candidate, runs, &json, &err),
		     &err);
	ck_assert_ok(plan_from_json(json, ret_plan, &err), &err);
	json_decref(json);
}

/* --- Plans ------------------------------------------------------------------- */

START_TEST(the_target_alone_is_replaced)
{
	struct bisection b CLEANUP(bisection_release);
	struct plan plan CLEANUP(plan_release) = { 0 };

	make(CELL, SIDE_TARGET, &b);
	step_plan(&b, 1, 3, &plan);
	ck_assert_uint_eq(plan.n_cells, 3);
	ck_assert_uint_eq(plan.n_machines, 2);
	ck_assert_str_eq(plan.cells[0].source->name, "bookworm-6.1");
	ck_assert_str_eq(plan.cells[0].source->kernel.name, "6.1");
	ck_assert_str_eq(plan.cells[2].target->name,
			 "bookworm-6.1-nehalem-with-6.12.48-deb13-amd64");
	ck_assert_str_eq(plan.cells[2].target->kernel.name,
			 "trixie/linux-image-6.12.48+deb13-amd64");
	ck_assert_str_eq(plan.cells[2].target->cpu, "Nehalem");
	ck_assert(str_ends(plan.cells[2].id, "#3"));
}
END_TEST

START_TEST(the_source_alone_is_replaced)
{
	struct bisection b CLEANUP(bisection_release);
	struct plan plan CLEANUP(plan_release) = { 0 };

	make(CELL, SIDE_SOURCE, &b);
	step_plan(&b, 2, 1, &plan);
	ck_assert_str_eq(plan.cells[0].source->kernel.debs.v[0], "/k/a.deb");
	ck_assert_ptr_null(plan.cells[0].source->kernel.name);
	ck_assert_str_eq(plan.cells[0].target->kernel.name, "6.1");
}
END_TEST

/* A machine with itself becomes two when one side is replaced. */
START_TEST(a_machine_with_itself)
{
	static const struct {
		enum bisect_side side;
		size_t machines;
	} sides[] = { { SIDE_SOURCE, 2 },
		      { SIDE_TARGET, 2 },
		      { SIDE_BOTH, 1 } };
	struct bisection b CLEANUP(bisection_release);
	struct plan plan CLEANUP(plan_release) = { 0 };

	make(SELF, sides[_i].side, &b);
	step_plan(&b, 2, 1, &plan);
	ck_assert_uint_eq(plan.n_machines, sides[_i].machines);
	ck_assert_int_eq(plan.cells[0].source == plan.cells[0].target,
			 sides[_i].side == SIDE_BOTH);
}
END_TEST

START_TEST(a_criu_is_a_userland)
{
	struct bisection b CLEANUP(bisection_release);
	struct plan plan CLEANUP(plan_release) = { 0 };

	make(CELL, SIDE_BOTH, &b);
	b.what = BISECT_CRIU;
	bisection_add(&b, "trixie", json_string("trixie"));
	step_plan(&b, 3, 1, &plan);
	ck_assert_str_eq(plan.cells[0].source->userland, "trixie");
	ck_assert_str_eq(plan.cells[0].target->userland, "trixie");
	ck_assert_str_eq(plan.cells[0].target->kernel.name, "6.1");
}
END_TEST

/* --- Its file ------------------------------------------------------------------ */

START_TEST(what_was_written_is_read)
{
	struct bisection b CLEANUP(bisection_release);
	struct bisection back CLEANUP(bisection_release) = { 0 };
	struct err err = ERR_INIT;
	json_t *json, *again;

	make(CELL, SIDE_BOTH, &b);
	b.rule.repeat = 7;
	json = bisection_to_json(&b);
	ck_assert_ok(bisection_from_json(json, &back, &err), &err);
	again = bisection_to_json(&back);
	ck_assert(json_equal(json, again));
	json_decref(json);
	json_decref(again);
}
END_TEST

static const struct {
	const char *key;
	const char *value;
} spoilt[] = {
	{ "schema", "\"crmatrix/run/1\"" },
	{ "side", "\"left\"" },
	{ "what", "\"weather\"" },
	{ "confidence", "1.0" },
	{ "confidence", "\"99\"" },
	{ "failures", "0" },
	{ "failures", "-1" },
	{ "repeat", "-1" },
	{ "repeat", "100000" },
	{ "candidates", "[]" },
	{ "candidates", "[{}, {}]" },
	{ "candidates", "7" },
	{ "cell", "null" },
};

START_TEST(a_spoilt_file_is_an_error)
{
	struct bisection b CLEANUP(bisection_release);
	struct bisection back CLEANUP(bisection_release) = { 0 };
	struct err err = ERR_INIT;
	json_t *json;

	make(CELL, SIDE_BOTH, &b);
	json = bisection_to_json(&b);
	(void)json_object_set_new(json, spoilt[_i].key,
				  json_loads(spoilt[_i].value, JSON_DECODE_ANY,
					     NULL));
	ck_assert_err(bisection_from_json(json, &back, &err), &err, ERR_PARSE,
		      0);
	json_decref(json);
}
END_TEST

/* --- What results tell ----------------------------------------------------------- */

static struct result result_of(enum verdict verdict, struct cause *cause)
{
	static char rule[] = "step-failed", reason[] = "it ended";
	struct result result;

	result_blank(&result);
	result.verdict = verdict;
	result.rule = rule;
	result.reason = reason;
	result.cause = cause;
	return result;
}

START_TEST(each_verdict_counts_where_it_belongs)
{
	struct cause same = { .mode = (char[]){ "vdso-layout" },
			      .title = (char[]){ "the sought" } };
	struct cause another = { .mode = (char[]){ "pid-taken" },
				 .title = (char[]){ "the other" } };
	struct result cells[] = {
		result_of(VERDICT_PASS, NULL),
		result_of(VERDICT_XPASS, NULL),
		result_of(VERDICT_FAIL, &same),
		result_of(VERDICT_XFAIL, &same),
		result_of(VERDICT_FAIL, &another),
		result_of(VERDICT_FAIL, NULL),
		result_of(VERDICT_SKIP, NULL),
		result_of(VERDICT_BROKEN, NULL),
		result_of(VERDICT_NOTRUN, NULL),
	};
	struct machine_result machine = { .name = (char[]){ "a-with-7.2-mine" },
					  .kernel = (char[]){ "7.2.1" },
					  .criu = (char[]){ "4.2" } };
	const struct results results = { .cells = cells,
					 .n_cells = ARRAY_SIZE(cells),
					 .machines = &machine,
					 .n_machines = 1 };
	struct bisection b CLEANUP(bisection_release);
	const struct bisect_candidate *is;

	make(CELL, SIDE_TARGET, &b);
	bisection_learn(&b, 2, "runs/3-7.2-mine/1", &results);
	is = &b.v[2];
	ck_assert_uint_eq(is->tally.passed, 2);
	ck_assert_uint_eq(is->tally.failed, 2);
	ck_assert_uint_eq(is->tally.other, 2);
	ck_assert_uint_eq(is->tally.skipped, 1);
	ck_assert_uint_eq(is->tally.broken, 1);
	ck_assert_str_eq(is->cause, "vdso-layout");
	ck_assert_str_eq(is->kernel, "7.2.1");
	bisection_forget(&b);
	ck_assert_uint_eq(is->tally.passed, 0);
	ck_assert_ptr_null(is->cause);
	ck_assert_uint_eq(is->runs.n, 0);
}
END_TEST

START_TEST(unknown_causes_are_told_apart_by_their_shape)
{
	struct cause one = { .mode = (char[]){ "unknown" },
			     .line = (char[]){ "Error (a.c:1): 4711: no /x" } };
	struct cause like = { .mode = (char[]){ "unknown" },
			      .line = (char[]){ "Error (a.c:9): 12: no /y" } };
	struct cause unlike = { .mode = (char[]){ "unknown" },
				.line = (char[]){ "Error (a.c:1): no more" } };
	struct result a = result_of(VERDICT_FAIL, &one);
	struct result b = result_of(VERDICT_FAIL, &like);
	struct result c = result_of(VERDICT_FAIL, &unlike);
	CLEANUP_FREE char *x = bisect_cause(&a), *y = bisect_cause(&b);
	CLEANUP_FREE char *z = bisect_cause(&c);

	ck_assert_str_eq(x, y);
	ck_assert_str_ne(x, z);
}
END_TEST

START_TEST(without_a_cause_any_failure_counts)
{
	struct result cell = result_of(VERDICT_FAIL, NULL);
	const struct results results = { .cells = &cell, .n_cells = 1 };
	struct bisection b CLEANUP(bisection_release);

	make(CELL, SIDE_TARGET, &b);
	free(TAKE(b.cause));
	bisection_learn(&b, 0, "runs/1-6.1/1", &results);
	ck_assert_uint_eq(b.v[0].tally.failed, 1);
}
END_TEST

/* --- The answer ------------------------------------------------------------------ */

START_TEST(the_answer_names_the_pair)
{
	struct bisection b CLEANUP(bisection_release);
	struct report_opts opts = { .utf8 = true };
	struct strbuf out;
	CLEANUP_FREE char *text = NULL;
	json_t *json;

	make(CELL, SIDE_TARGET, &b);
	b.v[0].tally.passed = 6;
	b.v[1].tally.other = 1;
	b.v[2].tally.failed = 5;
	b.v[2].kernel = xstrdup("7.2.1-mine");
	b.v[1].cause = xstrdup("pid-taken");
	str_list_add(&b.v[2].runs, "runs/3-7.2-mine/1");
	strbuf_open(&out);
	bisection_print(&b, "results/b", &opts, out.f);
	text = strbuf_take(&out);
	ck_assert_has(text, "last good: 6.1\n");
	ck_assert_has(text, "first bad: 7.2-mine (7.2.1-mine)\n");
	ck_assert_has(text, "nobody can tell of: trixie/linux-image");
	ck_assert_has(text, "failed 5 of 5 times");
	ck_assert_has(text, "pid-taken");
	json = bisection_json(&b, "results/b");
	ck_assert_str_eq(json_string_value(json_object_get(json, "first_bad")),
			 "7.2-mine");
	ck_assert_int_eq(json_integer_value(json_object_get(json, "exit")), 3);
	json_decref(json);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("bisection");
	TCase *tcase = tcase_create("bisection");

	tcase_add_test(tcase, the_target_alone_is_replaced);
	tcase_add_test(tcase, the_source_alone_is_replaced);
	tcase_add_loop_test(tcase, a_machine_with_itself, 0, 3);
	tcase_add_test(tcase, a_criu_is_a_userland);
	tcase_add_test(tcase, what_was_written_is_read);
	tcase_add_loop_test(tcase, a_spoilt_file_is_an_error, 0,
			    ARRAY_SIZE(spoilt));
	tcase_add_test(tcase, each_verdict_counts_where_it_belongs);
	tcase_add_test(tcase, unknown_causes_are_told_apart_by_their_shape);
	tcase_add_test(tcase, without_a_cause_any_failure_counts);
	tcase_add_test(tcase, the_answer_names_the_pair);
	suite_add_tcase(suite, tcase);
	return suite;
}
