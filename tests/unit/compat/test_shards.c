// SPDX-License-Identifier: Apache-2.0
/* test_shards.c - cells dealt out: all, none twice, pairs together, balanced */
#include "compat/shards.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

static void make_plan(struct plan *plan, size_t machines, size_t scenarios,
		      uint64_t repeat)
{
	struct plan_filter filter = { .self = true, .repeat = repeat };
	struct err err = ERR_INIT;

	memset(plan, 0, sizeof(*plan));
	for (size_t i = 0; i < machines; i++)
		VEC_PUSH(plan->machines, plan->n_machines)->name =
			xasprintf("m%zu", i);
	for (size_t i = 0; i < scenarios; i++)
		VEC_PUSH(plan->scenarios, plan->n_scenarios)->name =
			xasprintf("s%zu", i);
	ck_assert_ok(plan_expand(plan, &filter, &err), &err);
}

/* An earlier run in which scenario s0 took @s0 seconds, and others one. */
static void make_durations(const struct plan *plan, uint64_t s0,
			   struct durations *ret)
{
	struct results results = { 0 };

	for (size_t i = 0; i < plan->n_cells; i++) {
		struct result *r = VEC_PUSH(results.cells, results.n_cells);

		result_init(&plan->cells[i], r);
		r->wall_ns = str_eq(r->scenario, "s0") ? s0 * NS_PER_S :
							 NS_PER_S;
	}
	durations_of(&results, ret);
	results_release(&results);
}

/** struct shards_case - What is cut into how many */
struct shards_case {
	size_t machines, scenarios;
	uint64_t repeat, n;
	uint64_t s0; /* seconds, 0: no durations */
};

static const struct shards_case cases[] = {
	{ 1, 1, 1, 1, 0 },  { 5, 3, 1, 4, 0 },	{ 5, 3, 2, 7, 9 },
	{ 2, 8, 1, 16, 0 }, { 1, 10, 1, 4, 0 }, { 1, 10, 1, 4, 100 },
	{ 3, 2, 1, 40, 5 }, { 6, 4, 3, 5, 30 },
};

static void cut(const struct shards_case *c, struct plan *plan,
		struct shards *shards)
{
	struct durations durations = { 0 };

	make_plan(plan, c->machines, c->scenarios, c->repeat);
	if (c->s0)
		make_durations(plan, c->s0, &durations);
	shards_cut(plan, &durations, c->n, shards);
	durations_release(&durations);
}

START_TEST(each_cell_is_in_one_shard)
{
	const struct shards_case *c = &cases[_i];
	struct shards shards;
	struct plan plan;
	size_t all = 0;

	cut(c, &plan, &shards);
	for (uint64_t shard = 0; shard < c->n; shard++) {
		struct plan part;
		struct shards same;

		cut(c, &part, &same);
		shards_keep(&part, &same, shard);
		ck_assert_uint_eq(part.n_cells, shards.cells[shard]);
		for (size_t i = 0; i < part.n_cells; i++)
			ck_assert_uint_eq(
				shards.of[plan_find(&plan, part.cells[i].id) -
					  plan.cells],
				shard);
		all += part.n_cells;
		shards_release(&same);
		plan_release(&part);
	}
	ck_assert_uint_eq(all, plan.n_cells);
	shards_release(&shards);
	plan_release(&plan);
}
END_TEST

/* No shard is more than one pair above the mean, nor than one cell where a pair
 * had to be cut. */
START_TEST(shards_are_balanced)
{
	const struct shards_case *c = &cases[_i];
	uint64_t cell_s = c->s0 ? c->s0 : 1;
	uint64_t pair_s = (cell_s + (c->scenarios - 1)) * c->repeat;
	uint64_t total_s = pair_s * c->machines * c->machines;
	struct shards shards;
	struct plan plan;

	cut(c, &plan, &shards);
	for (uint64_t i = 0; i < c->n; i++) {
		uint64_t s = c->s0 ? shards.ns[i] / NS_PER_S : shards.cells[i];
		uint64_t most = pair_s < total_s / c->n ? pair_s : cell_s;

		ck_assert_msg(s <= total_s / c->n + most + 1,
			      "shard %u: %u s of %u s / %u", (unsigned)i,
			      (unsigned)s, (unsigned)total_s, (unsigned)c->n);
	}
	shards_release(&shards);
	plan_release(&plan);
}
END_TEST

START_TEST(a_pair_stays_together_where_it_fits)
{
	struct shards_case c = { 5, 3, 2, 4, 3 };
	struct shards shards;
	struct plan plan;

	cut(&c, &plan, &shards);
	for (size_t i = 1; i < plan.n_cells; i++) {
		const struct cell *a = &plan.cells[i - 1];
		const struct cell *b = &plan.cells[i];

		if (a->source == b->source && a->target == b->target)
			ck_assert_uint_eq(shards.of[i - 1], shards.of[i]);
	}
	shards_release(&shards);
	plan_release(&plan);
}
END_TEST

START_TEST(a_long_cell_has_a_shard_of_its_own)
{
	struct shards_case c = { 1, 5, 1, 2, 100 };
	struct shards shards;
	struct plan plan;

	cut(&c, &plan, &shards);
	ck_assert_uint_eq(shards.cells[0], 1);
	ck_assert_uint_eq(shards.cells[1], 4);
	ck_assert_uint_eq(shards.ns[0], 100 * NS_PER_S);
	shards_release(&shards);
	plan_release(&plan);
}
END_TEST

START_TEST(a_new_scenario_counts_as_others)
{
	struct durations durations;
	struct shards shards;
	struct plan old, plan;

	make_plan(&old, 2, 1, 1);
	make_durations(&old, 8, &durations);
	make_plan(&plan, 2, 2, 1);
	shards_cut(&plan, &durations, 2, &shards);
	ck_assert_uint_eq(shards.ns[0] + shards.ns[1],
			  (uint64_t)8 * 8 * NS_PER_S);
	shards_release(&shards);
	durations_release(&durations);
	plan_release(&plan);
	plan_release(&old);
}
END_TEST

START_TEST(of_repetitions_the_median_counts)
{
	static const uint64_t wall_s[] = { 5, 900, 7 };
	struct results results = { 0 };
	struct durations durations;
	struct plan plan;

	make_plan(&plan, 1, 1, 4);
	for (size_t i = 0; i < plan.n_cells; i++) {
		struct result *r = VEC_PUSH(results.cells, results.n_cells);

		result_init(&plan.cells[i], r);
		if (i < ARRAY_SIZE(wall_s))
			r->wall_ns = wall_s[i] * NS_PER_S;
	}
	durations_of(&results, &durations);
	ck_assert_uint_eq(durations.n, 1);
	ck_assert_uint_eq(durations.v[0].ns, 7 * NS_PER_S);
	durations_release(&durations);
	results_release(&results);
	plan_release(&plan);
}
END_TEST

static char *print(const struct shards_case *c, enum shards_format format)
{
	struct err err = ERR_INIT;
	struct shards shards;
	struct strbuf buf;
	struct plan plan;

	cut(c, &plan, &shards);
	strbuf_open(&buf);
	ck_assert_ok(shards_print(&plan, &shards, format, buf.f, &err), &err);
	shards_release(&shards);
	plan_release(&plan);
	return strbuf_take(&buf);
}

START_TEST(ci_systems_get_what_they_read)
{
	struct shards_case c = { 2, 1, 1, 3, 2 };
	CLEANUP_FREE char *text = print(&c, SHARDS_TEXT);
	CLEANUP_FREE char *github = print(&c, SHARDS_GITHUB);
	CLEANUP_FREE char *gitlab = print(&c, SHARDS_GITLAB);

	ck_assert_has(text, "1/3            2      2      4.0\n");
	ck_assert_str_eq(github, "{\"include\":[{\"shard\":\"1/3\",\"index\":"
				 "1,\"cells\":2,\"seconds\":4},{\"shard\":"
				 "\"2/3\",\"index\":2,\"cells\":1,\"seconds\":"
				 "2},{\"shard\":\"3/3\",\"index\":3,\"cells\":"
				 "1,\"seconds\":2}]}\n");
	ck_assert_has(gitlab, "\"extends\": \".crmatrix-shard\"");
	ck_assert_has(gitlab, "\"3/3\"");
}
END_TEST

START_TEST(a_shard_without_cells_is_no_job)
{
	struct shards_case c = { 1, 2, 1, 5, 0 };
	CLEANUP_FREE char *json = print(&c, SHARDS_JSON);

	ck_assert_has(json, "\"2/5\"");
	ck_assert(!testing_contains(json, "\"3/5\""));
}
END_TEST

START_TEST(more_jobs_than_a_ci_takes_are_refused)
{
	struct shards_case c = { 17, 1, 1, 289, 0 };
	struct err err = ERR_INIT;
	struct shards shards;
	struct plan plan;

	cut(&c, &plan, &shards);
	ck_assert_err(shards_print(&plan, &shards, SHARDS_GITHUB, stdout, &err),
		      &err, ERR_INPUT, 0);
	ck_assert_err(shards_print(&plan, &shards, SHARDS_GITLAB, stdout, &err),
		      &err, ERR_INPUT, 0);
	shards_release(&shards);
	plan_release(&plan);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/shards");
	TCase *tcase = tcase_create("shards");

	tcase_add_loop_test(tcase, each_cell_is_in_one_shard, 0,
			    ARRAY_SIZE(cases));
	tcase_add_loop_test(tcase, shards_are_balanced, 0, ARRAY_SIZE(cases));
	tcase_add_test(tcase, a_pair_stays_together_where_it_fits);
	tcase_add_test(tcase, a_long_cell_has_a_shard_of_its_own);
	tcase_add_test(tcase, a_new_scenario_counts_as_others);
	tcase_add_test(tcase, of_repetitions_the_median_counts);
	tcase_add_test(tcase, ci_systems_get_what_they_read);
	tcase_add_test(tcase, a_shard_without_cells_is_no_job);
	tcase_add_test(tcase, more_jobs_than_a_ci_takes_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
