// SPDX-License-Identifier: Apache-2.0
/* test_matrix.c - the matrix file, and the diagnostics of bad files as shown */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/scenario.h"
#include "tests/lib/testing.h"

static int read_matrix(const char *text, struct matrix *matrix,
		       struct bind_diags *diags, struct err *err)
{
	return bind_text("matrix.yaml", text, strlen(text), &matrix_table,
			 matrix, diags, err);
}

START_TEST(an_empty_matrix_has_defaults)
{
	struct bind_diags diags = { 0 };
	struct matrix matrix = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(read_matrix("{}", &matrix, &diags, &err), &err);
	ck_assert(!matrix.self);
	ck_assert_uint_eq(matrix.repeat, 1);
	ck_assert_uint_eq(matrix.machine_files.n, 0);
	bind_release(&matrix_table, &matrix);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(a_matrix_can_have_all)
{
	struct bind_diags diags = { 0 };
	struct matrix matrix = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(
		read_matrix("machine-files: m.yaml\n"
			    "machines: [a, b]\n"
			    "scenarios: [s, ./t.yaml, dir/]\n"
			    "self: true\n"
			    "repeat: 3\n"
			    "expect:\n"
			    "  - {when: {source.cpu_flags: not-within "
			    "target.cpu_flags}, verdict: fail, reason: r}\n",
			    &matrix, &diags, &err),
		&err);
	ck_assert_str_eq(matrix.machine_files.v[0], "m.yaml");
	ck_assert_uint_eq(matrix.machines.n, 2);
	ck_assert_str_eq(matrix.scenarios.v[2], "dir/");
	ck_assert(matrix.self);
	ck_assert_uint_eq(matrix.repeat, 3);
	ck_assert_uint_eq(matrix.expect.n, 1);
	bind_release(&matrix_table, &matrix);
	bind_diags_release(&diags);
}
END_TEST

/* tests/golden/yaml/NAME.yaml is read by TABLE; NAME.txt is what is shown. */
static const struct {
	const char *name;
	const struct bind_table *table;
} goldens[] = {
	{ "scenario-typos", &scenario_table },
	{ "scenario-values", &scenario_table },
	{ "scenario-rules", &scenario_table },
	{ "scenario-conditions", &scenario_table },
	{ "scenario-shapes", &scenario_table },
	{ "scenario-unicode", &scenario_table },
	{ "scenario-long-lines", &scenario_table },
	{ "scenario-tab", &scenario_table },
	{ "scenario-unclosed", &scenario_table },
	{ "scenario-empty", &scenario_table },
	{ "scenario-too-many", &scenario_table },
	{ "machines-typos", &machines_table },
	{ "machines-aliases", &machines_table },
	{ "matrix-typos", &matrix_table },
};

START_TEST(errors_are_shown_as_ever)
{
	char *yaml CLEANUP_FREE =
		xasprintf("tests/golden/yaml/%s.yaml", goldens[_i].name);
	char *txt CLEANUP_FREE =
		xasprintf("tests/golden/yaml/%s.txt", goldens[_i].name);
	char *path CLEANUP_FREE = source_path(yaml);
	char *obj CLEANUP_FREE = xcalloc(1, goldens[_i].table->size);
	char *text CLEANUP_FREE = NULL;
	char *shown CLEANUP_FREE = NULL;
	struct bind_diags diags = { 0 };
	struct err err = ERR_INIT;
	struct strbuf buf;
	size_t len = 0;

	ck_assert_ok(file_read(path, BIND_FILE_MAX, &text, &len, &err), &err);
	ck_assert_int_eq(bind_text(strrchr(yaml, '/') + 1, text, len,
				   goldens[_i].table, obj, &diags, &err),
			 -1);
	strbuf_open(&buf);
	bind_diags_print(&diags, buf.f, false);
	shown = strbuf_take(&buf);
	golden_check(txt, shown);
	bind_release(goldens[_i].table, obj);
	bind_diags_release(&diags);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/matrix");
	TCase *tcase = tcase_create("matrix");

	tcase_add_test(tcase, an_empty_matrix_has_defaults);
	tcase_add_test(tcase, a_matrix_can_have_all);
	tcase_add_loop_test(tcase, errors_are_shown_as_ever, 0,
			    ARRAY_SIZE(goldens));
	suite_add_tcase(suite, tcase);
	return suite;
}
