// SPDX-License-Identifier: Apache-2.0
/* test_outfit.c - machines raised to what a scenario needs */
#include <string.h>

#include "base/mem.h"
#include "compat/plan.h"
#include "tests/lib/testing.h"

#define MIB (UINT64_C(1) << 20)

static char name[] = "m", path[] = "a/b.yaml";
static const struct machine machine = { .name = name,
					.memory_bytes = 512 * MIB,
					.vcpus = 2 };

/** struct fit_case - @packages: parted by blanks, likewise what comes of them */
struct fit_case {
	const char *title, *packages;
	uint64_t memory_mib, vcpus;
	const char *label, *sorted;
	uint64_t got_mib, got_vcpus;
	bool asked;
};

static const struct fit_case fits[] = {
	{ "nothing is needed", "", 0, 0, "m", "", 512, 2, false },
	{ "less than it has", "", 256, 1, "m", "", 512, 2, false },
	{ "as much as it has", "", 512, 2, "m", "", 512, 2, false },
	{ "more memory", "", 1024, 0, "m with 1G memory", "", 1024, 2, true },
	{ "more vCPUs", "", 0, 4, "m with 4 vCPUs", "", 512, 4, true },
	{ "packages", "zip ar zip", 0, 0, "m with ar, zip", "ar zip", 512, 2,
	  true },
	{ "all", "zip", 1536, 3, "m with zip, 1536M memory, 3 vCPUs", "zip",
	  1536, 3, true },
};

static struct scenario scenario_of(const struct fit_case *c)
{
	struct scenario s = { .path = path,
			      .name = name,
			      .needs = { .memory_bytes = c->memory_mib * MIB,
					 .vcpus = c->vcpus,
					 .pos = { .line = 3, .col = 8 } } };

	str_list_split(&s.needs.packages, c->packages, " ");
	return s;
}

START_TEST(a_machine_gets_what_is_needed_and_keeps_what_it_has)
{
	const struct fit_case *c = &fits[_i];
	struct scenario s = scenario_of(c);
	struct outfit outfit CLEANUP(outfit_release) = { 0 };
	CLEANUP_FREE char *sorted = NULL;

	outfit_init(&outfit, &machine, &s);
	sorted = str_list_join(&outfit.packages, " ");
	ck_assert_msg(str_eq(outfit.label, c->label) &&
			      str_eq(sorted, c->sorted) &&
			      outfit.machine.memory_bytes == c->got_mib * MIB &&
			      outfit.machine.vcpus == c->got_vcpus &&
			      outfit.asked == (c->asked ? &s : NULL),
		      "%s: got '%s' with '%s', wanted '%s' with '%s'", c->title,
		      outfit.label, sorted, c->label, c->sorted);
	ck_assert_ptr_eq(outfit.declared, &machine);
	ck_assert_str_eq(outfit.machine.name, "m");
	str_list_release(&s.needs.packages);
}
END_TEST

/* Given to machines with that userland alone. */
START_TEST(a_userland_gets_packages_of_its_own)
{
	static const char text[] = "title: t\nworkload: {command: sleep 1}\n"
				   "needs:\n  packages: [zip]\n"
				   "  packages-for:\n"
				   "    trixie: docker-cli\n"
				   "    bookworm: {packages: [tar, ar]}\n";
	struct bind_diags diags CLEANUP(bind_diags_release) = { 0 };
	struct scenario s CLEANUP(scenario_release) = { 0 };
	struct outfit trixie CLEANUP(outfit_release) = { 0 };
	struct outfit bookworm CLEANUP(outfit_release) = { 0 };
	struct outfit forky CLEANUP(outfit_release) = { 0 };
	CLEANUP_FREE char *said = NULL;
	char names[][9] = { "trixie", "bookworm", "forky" };
	struct machine m = machine;
	struct err err = ERR_INIT;

	ck_assert_ok(bind_text("s.yaml", text, strlen(text), &scenario_table,
			       &s, &diags, &err),
		     &err);
	m.userland = names[0];
	outfit_init(&trixie, &m, &s);
	ck_assert_str_eq(trixie.label, "m with docker-cli, zip");
	m.userland = names[1];
	outfit_init(&bookworm, &m, &s);
	ck_assert_str_eq(bookworm.label, "m with ar, tar, zip");
	m.userland = names[2];
	outfit_init(&forky, &m, &s);
	ck_assert_str_eq(forky.label, "m with zip");
	said = needs_text(&s.needs);
	ck_assert_str_eq(
		said,
		"zip, docker-cli (trixie), tar (bookworm), ar (bookworm)");
}
END_TEST

START_TEST(who_asked_is_told_with_the_place)
{
	struct scenario s = scenario_of(&fits[5]);
	struct outfit outfit CLEANUP(outfit_release) = { 0 };
	struct outfit plain CLEANUP(outfit_release) = { 0 };
	CLEANUP_FREE char *told = NULL, *unplaced = NULL;

	outfit_init(&outfit, &machine, &s);
	told = outfit_origin(&outfit);
	ck_assert_str_eq(told, "a/b.yaml:3:8: needs.packages");
	s.needs.pos.line = 0; /* as read from plan.json */
	unplaced = outfit_origin(&outfit);
	ck_assert_str_eq(unplaced, "scenario 'm': needs.packages");
	str_list_release(&s.needs.packages);
	outfit_init(&plain, &machine, &(struct scenario){ .name = name });
	ck_assert_ptr_null(outfit_origin(&plain));
}
END_TEST

/* --- Of a plan ----------------------------------------------------------- */

static void add_machine(struct plan *plan, const char *text)
{
	struct machine *m = VEC_PUSH(plan->machines, plan->n_machines);

	*m = machine;
	m->name = xstrdup(text);
	m->kernel.name = xstrdup("6.1");
	m->cpu = xstrdup("max");
	m->userland = xstrdup("bookworm");
}

static void add_scenario(struct plan *plan, const char *text,
			 const char *packages)
{
	struct scenario *s = VEC_PUSH(plan->scenarios, plan->n_scenarios);

	s->name = xstrdup(text);
	s->title = xstrdup(text);
	s->workload.command = xstrdup("true");
	str_list_split(&s->needs.packages, packages, " ");
}

static void make_plan(struct plan *plan, const char *const packages[3])
{
	static const char *const names[] = { "s", "t", "u" };
	struct plan_filter filter = { .self = true };
	struct err err = ERR_INIT;

	add_machine(plan, "a");
	add_machine(plan, "b");
	for (size_t i = 0; i < 3; i++)
		add_scenario(plan, names[i], packages[i]);
	ck_assert_ok(plan_expand(plan, &filter, &err), &err);
}

START_TEST(scenarios_that_need_the_same_share_a_machine)
{
	static const char *const packages[] = { "", "zip ar", "ar zip" };
	struct plan plan CLEANUP(plan_release) = { 0 };
	const struct cell *t, *u;

	make_plan(&plan, packages);
	ck_assert_uint_eq(plan.n_outfits, 4);
	t = plan_find(&plan, "t.a.b");
	u = plan_find(&plan, "u.b.a");
	ck_assert_ptr_eq(t->source, &plan.machines[0]);
	ck_assert_ptr_eq(t->outfits[0], u->outfits[1]);
	ck_assert_ptr_eq(t->outfits[1], u->outfits[0]);
	ck_assert_str_eq(t->outfits[0]->label, "a with ar, zip");
	ck_assert_str_eq(plan_find(&plan, "s.a.b")->outfits[1]->label, "b");
	ck_assert_ptr_eq(plan_outfit(&plan, "b with ar, zip"), t->outfits[1]);
	ck_assert_ptr_null(plan_outfit(&plan, "c"));
}
END_TEST

START_TEST(a_machine_as_declared_stands_for_all_of_its_name)
{
	static const char *const some[] = { "zip", "", "ar" };
	static const char *const none[] = { "zip", "ar", "ar" };
	struct plan plan CLEANUP(plan_release) = { 0 };
	struct plan raised CLEANUP(plan_release) = { 0 };
	struct plan empty = { 0 };

	make_plan(&plan, some);
	ck_assert_str_eq(plan_usual_outfit(&plan, &plan.machines[1])->label,
			 "b");
	make_plan(&raised, none);
	ck_assert_str_eq(plan_usual_outfit(&raised, &raised.machines[1])->label,
			 "b with zip");
	ck_assert_ptr_null(plan_usual_outfit(&empty, &machine));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/outfit");
	TCase *tcase = tcase_create("outfit");

	tcase_add_loop_test(tcase,
			    a_machine_gets_what_is_needed_and_keeps_what_it_has,
			    0, ARRAY_SIZE(fits));
	tcase_add_test(tcase, a_userland_gets_packages_of_its_own);
	tcase_add_test(tcase, who_asked_is_told_with_the_place);
	tcase_add_test(tcase, scenarios_that_need_the_same_share_a_machine);
	tcase_add_test(tcase, a_machine_as_declared_stands_for_all_of_its_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
