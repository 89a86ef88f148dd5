// SPDX-License-Identifier: Apache-2.0
/* test_fleet.c - which machines may exchange workloads, and at what price */
#include "compat/fleet.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

static struct facts all[4];
static struct fleet_machine machines[4] = {
	{ "new", &all[0] },
	{ "old", &all[1] },
	{ "twin", &all[2] },
	{ "ancient", &all[3] },
};

static const char *const told[] = {
	"criu=4.1.1\nkernel_version=6.12\narch=x86_64\nxsave_bytes=832\n"
	"cpu_flags=avx avx2 fpu sse2 xsave",
	"criu=4.1.1\nkernel_version=6.1\narch=x86_64\nxsave_bytes=832\n"
	"cpu_flags=avx fpu sse2 xsave",
	"criu=4.1.1\nkernel_version=6.12\narch=x86_64\nxsave_bytes=832\n"
	"cpu_flags=avx avx2 fpu sse2 xsave",
	"criu=4.1.1\nkernel_version=6.1\narch=x86_64\nxsave_bytes=0\n"
	"cpu_flags=fpu sse2",
};

static void setup(void)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		ck_assert_ok(facts_parse(told[i], strlen(told[i]), &all[i],
					 &err),
			     &err);
}

static void teardown(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		facts_release(&all[i]);
}

START_TEST(machines_that_exchange_are_a_group)
{
	struct facts nothing = { 0 };
	CLEANUP(fleet_release) struct fleet fleet;

	fleet_foresee(machines, 4, &nothing, &fleet);
	ck_assert_uint_eq(fleet.n_groups, 2);
	ck_assert_uint_eq(fleet.groups[0].n, 3);
	ck_assert_str_eq(fleet.groups[0].baseline, "fpu sse2 xsave avx");
	ck_assert_ptr_null(fleet.groups[0].costs[0]);
	ck_assert_str_eq(fleet.groups[0].costs[1], "avx2");
	ck_assert_uint_eq(fleet.groups[1].n, 1);
	ck_assert_uint_eq(fleet.groups[1].members[0], 3);
	ck_assert_str_eq(fleet.groups[1].baseline, "fpu sse2");
}
END_TEST

START_TEST(one_way_is_told_with_why_not_back)
{
	struct facts nothing = { 0 };
	CLEANUP(fleet_release) struct fleet fleet;

	fleet_foresee(machines, 4, &nothing, &fleet);
	ck_assert_uint_eq(fleet.n_ways, 3);
	ck_assert_uint_eq(fleet.ways[0].from, 3);
	ck_assert_uint_eq(fleet.ways[0].to, 0);
	ck_assert_str_eq(fleet.ways[0].why, "xsave-missing");
}
END_TEST

static void add_cell(struct results *results, const char *from, const char *to,
		     enum verdict verdict)
{
	struct result *cell = VEC_PUSH(results->cells, results->n_cells);

	cell->scenario = xstrdup("counter");
	cell->source = xstrdup(from);
	cell->target = xstrdup(to);
	cell->verdict = verdict;
}

START_TEST(what_was_measured_decides_of_a_run)
{
	CLEANUP(results_release) struct results results = { 0 };
	CLEANUP(fleet_release) struct fleet fleet;

	add_cell(&results, "new", "old", VERDICT_PASS);
	add_cell(&results, "old", "new", VERDICT_PASS);
	add_cell(&results, "old", "new", VERDICT_FAIL); /* now and then */
	add_cell(&results, "new", "twin", VERDICT_PASS);
	add_cell(&results, "twin", "new", VERDICT_PASS);
	fleet_measure(&results, "counter", machines, 3, &fleet);
	ck_assert_str_eq(fleet.about, "counter");
	ck_assert_uint_eq(fleet.n_groups, 2);
	ck_assert_uint_eq(fleet.groups[0].n, 2);
	ck_assert_uint_eq(fleet.groups[0].members[1], 2);
	ck_assert_uint_eq(fleet.n_ways, 1);
	ck_assert_str_eq(fleet.ways[0].why, "fail");
}
END_TEST

START_TEST(a_machine_that_said_nothing_has_no_baseline)
{
	struct facts nothing = { 0 };
	struct fleet_machine one = { "mute", &nothing };
	CLEANUP(fleet_release) struct fleet fleet;

	fleet_foresee(&one, 1, &nothing, &fleet);
	ck_assert_uint_eq(fleet.n_groups, 1);
	ck_assert_ptr_null(fleet.groups[0].baseline);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/fleet");
	TCase *tcase = tcase_create("fleets");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, machines_that_exchange_are_a_group);
	tcase_add_test(tcase, one_way_is_told_with_why_not_back);
	tcase_add_test(tcase, what_was_measured_decides_of_a_run);
	tcase_add_test(tcase, a_machine_that_said_nothing_has_no_baseline);
	suite_add_tcase(suite, tcase);
	return suite;
}
