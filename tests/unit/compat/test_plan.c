// SPDX-License-Identifier: Apache-2.0
/* test_plan.c - which cells a run consists of, and plan.json */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/plan.h"
#include "tests/lib/testing.h"

static void make_plan(struct plan *plan, const char *machines,
		      const char *scenarios)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP(str_list_release) struct str_list titles = { 0 };

	memset(plan, 0, sizeof(*plan));
	str_list_split(&names, machines, " ");
	str_list_split(&titles, scenarios, " ");
	for (size_t i = 0; i < names.n; i++) {
		struct machine *m = VEC_PUSH(plan->machines, plan->n_machines);

		m->name = xstrdup(names.v[i]);
		m->kernel.name = xstrdup("6.1");
		m->cpu = xstrdup("max");
		m->userland = xstrdup("bookworm");
		m->memory_bytes = UINT64_C(512) << 20;
		m->vcpus = 1;
	}
	for (size_t i = 0; i < titles.n; i++) {
		struct scenario *s =
			VEC_PUSH(plan->scenarios, plan->n_scenarios);

		s->name = xstrdup(titles.v[i]);
		s->title = xstrdup("a title");
		s->workload.command = xstrdup("sleep 1000");
		s->workload.ready = xstrdup("true");
	}
}

static char *ids(const struct plan *plan)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };

	for (size_t i = 0; i < plan->n_cells; i++)
		str_list_add(&list, plan->cells[i].id);
	return str_list_join(&list, " ");
}

/** struct expand_case - @ids: in order; or the error's @message */
struct expand_case {
	const char *name;
	const char *machines, *scenarios, *sources, *targets;
	bool self;
	uint64_t repeat;
	const char *ids;
	const char *message;
};

static const struct expand_case cases[] = {
	{ .name = "pairs first, then scenarios",
	  .machines = "a b",
	  .scenarios = "s t",
	  .ids = "s.a.b t.a.b s.b.a t.b.a" },
	{ .name = "a machine with itself",
	  .machines = "a b",
	  .scenarios = "s",
	  .self = true,
	  .ids = "s.a.a s.a.b s.b.a s.b.b" },
	{ .name = "repetitions last",
	  .machines = "a b",
	  .scenarios = "s t",
	  .sources = "a",
	  .repeat = 2,
	  .ids = "s.a.b s.a.b#2 t.a.b t.a.b#2" },
	{ .name = "one source",
	  .machines = "a b c",
	  .scenarios = "s",
	  .sources = "b",
	  .ids = "s.b.a s.b.c" },
	{ .name = "two targets",
	  .machines = "a b c",
	  .scenarios = "s",
	  .sources = "a",
	  .targets = "c b",
	  .ids = "s.a.b s.a.c" },
	{ .name = "an unknown source",
	  .machines = "alpha beta",
	  .scenarios = "s",
	  .sources = "alhpa",
	  .message = "no machine 'alhpa' in the matrix, which has: alpha, beta "
		     "(did you mean 'alpha'?)" },
	{ .name = "an unknown target",
	  .machines = "alpha beta",
	  .scenarios = "s",
	  .targets = "zzzzzzzz",
	  .message = "no machine 'zzzzzzzz' in the matrix, which has: alpha, "
		     "beta" },
	{ .name = "no pair",
	  .machines = "a",
	  .scenarios = "s",
	  .message = "nothing to run" },
	{ .name = "no scenario",
	  .machines = "a b",
	  .scenarios = "",
	  .message = "nothing to run" },
	{ .name = "too many repetitions",
	  .machines = "a b",
	  .scenarios = "s",
	  .repeat = UINT64_MAX,
	  .message = "repetitions are too many" },
	{ .name = "too many cells",
	  .machines = "a b c",
	  .scenarios = "s t",
	  .repeat = 900000,
	  .message = "more than 1000000 cells" },
	{ .name = "one name for two cells",
	  .machines = "b.c c b",
	  .scenarios = "x x.b",
	  .message = "two cells would be called" },
};

static int expand(const struct expand_case *c, struct plan *plan,
		  struct err *err)
{
	CLEANUP(str_list_release) struct str_list sources = { 0 };
	CLEANUP(str_list_release) struct str_list targets = { 0 };
	struct plan_filter filter;

	str_list_split(&sources, c->sources ? c->sources : "", " ");
	str_list_split(&targets, c->targets ? c->targets : "", " ");
	filter = (struct plan_filter){ sources, targets, c->self, c->repeat };
	return plan_expand(plan, &filter, err);
}

START_TEST(a_plan_has_the_cells_asked_for_in_order)
{
	const struct expand_case *c = &cases[_i];
	CLEANUP_FREE char *got = NULL;
	struct err err = ERR_INIT;
	struct plan plan;

	make_plan(&plan, c->machines, c->scenarios);
	if (c->ids) {
		ck_assert_ok(expand(c, &plan, &err), &err);
		got = ids(&plan);
		ck_assert_msg(strcmp(got, c->ids) == 0, "%s: got %s, wanted %s",
			      c->name, got, c->ids);
	} else {
		ck_assert_err(expand(c, &plan, &err), &err, ERR_INPUT, 0);
		ck_assert_has(err.msg, c->message);
		ck_assert_uint_eq(plan.n_cells, 0);
	}
	plan_release(&plan);
}
END_TEST

START_TEST(a_scenario_is_run_among_its_machines)
{
	struct plan_filter filter = { .self = true };
	CLEANUP(plan_release) struct plan plan;
	CLEANUP_FREE char *all = NULL;
	struct err err;

	make_plan(&plan, "a b", "x y");
	str_list_add(&plan.scenarios[1].among, "b");
	ck_assert_ok(plan_expand(&plan, &filter, &err), &err);
	all = ids(&plan);
	ck_assert_str_eq(all, "x.a.a x.a.b x.b.a x.b.b y.b.b");
}
END_TEST

START_TEST(a_scenario_is_run_by_each_machine_alone)
{
	struct plan_filter filter = { .self = true };
	CLEANUP(plan_release) struct plan plan;
	CLEANUP_FREE char *all = NULL;
	struct err err;

	make_plan(&plan, "a b", "x y");
	plan.scenarios[0].alone = true;
	ck_assert_ok(plan_expand(&plan, &filter, &err), &err);
	all = ids(&plan);
	ck_assert_str_eq(all, "x.a.a y.a.a y.a.b y.b.a x.b.b y.b.b");
}
END_TEST

START_TEST(a_cell_is_found_by_its_id)
{
	struct expand_case c = { .repeat = 2 };
	struct err err = ERR_INIT;
	struct plan plan;

	make_plan(&plan, "a b", "s");
	ck_assert_ok(expand(&c, &plan, &err), &err);
	ck_assert_uint_eq(plan_find(&plan, "s.b.a#2")->repeat, 2);
	ck_assert_ptr_null(plan_find(&plan, "s.b.a#3"));
	plan_release(&plan);
}
END_TEST

static void add_expect(struct expects *expects, enum verdict verdict,
		       const char *key, const char *value, const char *reason)
{
	struct expect *expect = VEC_PUSH(expects->v, expects->n);

	expect->verdict = (int)verdict;
	expect->reason = xstrdup(reason);
	if (key)
		*VEC_PUSH(expect->when.v, expect->when.n) =
			(struct bind_pair){ .key = xstrdup(key),
					    .value = xstrdup(value) };
}

START_TEST(the_scenarios_expectations_come_before_common_ones)
{
	struct facts none = { .map = { NULL, 0 } };
	struct expand_case c = { .repeat = 1 };
	const struct expect *expect;
	struct err err = ERR_INIT;
	struct plan plan;

	make_plan(&plan, "a b", "s");
	ck_assert_ok(expand(&c, &plan, &err), &err);
	add_expect(&plan.scenarios[0].expect, VERDICT_FAIL, "source.machine",
		   "a", "own");
	add_expect(&plan.expect, VERDICT_FAIL, NULL, NULL, "common");
	expect = plan_expectation(&plan, &plan.cells[0], &none, &none);
	ck_assert_str_eq(expect->reason, "own");
	expect = plan_expectation(&plan, &plan.cells[1], &none, &none);
	ck_assert_str_eq(expect->reason, "common");
	plan_release(&plan);
}
END_TEST

START_TEST(a_pass_revokes_what_comes_after_it)
{
	struct facts none = { .map = { NULL, 0 } };
	struct expand_case c = { .repeat = 1 };
	struct err err = ERR_INIT;
	struct plan plan;

	make_plan(&plan, "a b", "s");
	ck_assert_ok(expand(&c, &plan, &err), &err);
	ck_assert_ptr_null(
		plan_expectation(&plan, &plan.cells[0], &none, &none));
	add_expect(&plan.scenarios[0].expect, VERDICT_PASS, NULL, NULL, "ok");
	add_expect(&plan.expect, VERDICT_FAIL, NULL, NULL, "common");
	ck_assert_ptr_null(
		plan_expectation(&plan, &plan.cells[0], &none, &none));
	plan_release(&plan);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/plan");
	TCase *tcase = tcase_create("cells");

	tcase_add_loop_test(tcase, a_plan_has_the_cells_asked_for_in_order, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, a_scenario_is_run_among_its_machines);
	tcase_add_test(tcase, a_scenario_is_run_by_each_machine_alone);
	tcase_add_test(tcase, a_cell_is_found_by_its_id);
	tcase_add_test(tcase,
		       the_scenarios_expectations_come_before_common_ones);
	tcase_add_test(tcase, a_pass_revokes_what_comes_after_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
