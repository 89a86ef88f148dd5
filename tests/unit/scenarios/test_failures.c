// SPDX-License-Identifier: Apache-2.0
/* test_failures.c - scenarios/failures: each mode has its scenario and control */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/catalogue.h"
#include "compat/scenario.h"
#include "tests/lib/scenario_diff.h"
#include "tests/lib/testing.h"

#define FOLDER "scenarios/failures"

/* How many modes there must be, at least. */
#define MODES_MIN 45

static void list_names(const char *folder, struct str_list *ret_names)
{
	CLEANUP_FREE char *dir = source_path(folder);
	CLEANUP(str_list_release) struct str_list files = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(file_list(dir, &files, &err), &err);
	for (size_t i = 0; i < files.n; i++) {
		size_t len = strlen(files.v[i]);

		if (str_ends(files.v[i], ".yaml") &&
		    !str_starts(files.v[i], "matrix"))
			str_list_take(ret_names, xstrndup(files.v[i], len - 5));
	}
}

static void load(const char *folder, const char *name, struct scenario *ret)
{
	CLEANUP_FREE char *relative = xasprintf("%s/%s.yaml", folder, name);
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };
	struct err err = ERR_INIT;
	int status = scenario_load(path, ret, &diags, &err);

	bind_diags_print(&diags, stdout, false);
	ck_assert_msg(status == 0, "%s: %s", name, err.msg);
}

/* Beside the failures, or a scenario of the default matrix. */
static void load_control(const char *name, struct scenario *ret)
{
	CLEANUP_FREE char *relative =
		xasprintf(FOLDER "/controls/%s.yaml", name);
	CLEANUP_FREE char *path = source_path(relative);

	load(file_exists(path) ? FOLDER "/controls" : "scenarios", name, ret);
}

static bool mode_known(const char *mode)
{
	for (size_t i = 0; i < n_catalogue; i++) {
		for (size_t j = 0; j < catalogue[i]->n; j++) {
			if (str_eq(catalogue[i]->v[j].mode, mode))
				return true;
		}
	}
	return false;
}

static void check_expected(const struct scenario *s)
{
	ck_assert_msg(s->expect.n > 0, "%s: expects nothing", s->name);
	for (size_t i = 0; i < s->expect.n; i++) {
		const struct expect *expect = &s->expect.v[i];

		ck_assert_int_eq(expect->verdict, VERDICT_FAIL);
		ck_assert_msg(expect->cause && mode_known(expect->cause),
			      "%s: no such cause '%s'", s->name,
			      expect->cause ? expect->cause : "");
		ck_assert_msg(s->control || expect->when.n > 0,
			      "%s: fails everywhere and has no control",
			      s->name);
	}
}

START_TEST(a_failure_has_a_cause_and_a_way_to_pass)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP(str_list_release) struct str_list modes = { 0 };

	list_names(FOLDER, &names);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(scenario_release) struct scenario s = { 0 };

		load(FOLDER, names.v[i], &s);
		check_expected(&s);
		for (size_t k = 0; k < s.expect.n; k++) {
			if (!str_list_has(&modes, s.expect.v[k].cause))
				str_list_add(&modes, s.expect.v[k].cause);
		}
	}
	ck_assert_uint_ge(modes.n, MODES_MIN);
}
END_TEST

START_TEST(it_differs_from_its_control_in_one_thing)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };

	list_names(FOLDER, &names);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(scenario_release) struct scenario wrong = { 0 };
		CLEANUP(scenario_release) struct scenario right = { 0 };
		CLEANUP_FREE char *found = NULL;

		load(FOLDER, names.v[i], &wrong);
		if (!wrong.control)
			continue;
		load_control(wrong.control, &right);
		/* What only some machines have is asked for by one of them. */
		wrong.n_requires = 0;
		/* How long is waited for a criu that does not end is none. */
		wrong.limits.restore_ns = right.limits.restore_ns;
		found = scenario_diff(&wrong, &right);
		ck_assert_msg(*found && !strchr(found, ','),
			      "%s differs from %s in: %s", wrong.name,
			      wrong.control, found);
	}
}
END_TEST

START_TEST(a_control_expects_to_pass_and_is_somebodys)
{
	CLEANUP(str_list_release) struct str_list controls = { 0 };
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP(str_list_release) struct str_list used = { 0 };

	list_names(FOLDER, &names);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(scenario_release) struct scenario s = { 0 };

		load(FOLDER, names.v[i], &s);
		if (s.control)
			str_list_add(&used, s.control);
	}
	list_names(FOLDER "/controls", &controls);
	for (size_t i = 0; i < controls.n; i++) {
		CLEANUP(scenario_release) struct scenario s = { 0 };

		load(FOLDER "/controls", controls.v[i], &s);
		ck_assert_msg(s.expect.n == 0, "%s expects a failure", s.name);
		ck_assert_msg(str_list_has(&used, s.name), "%s is nobody's",
			      s.name);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/failures");
	TCase *tcase = tcase_create("files");

	tcase_add_test(tcase, a_failure_has_a_cause_and_a_way_to_pass);
	tcase_add_test(tcase, it_differs_from_its_control_in_one_thing);
	tcase_add_test(tcase, a_control_expects_to_pass_and_is_somebodys);
	suite_add_tcase(suite, tcase);
	return suite;
}
