// SPDX-License-Identifier: Apache-2.0
/* test_twin.c - a real host's profile, and what becomes of it in a plan */
#include "compat/twin.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/plan.h"
#include "tests/lib/testing.h"

#define HEAD "schema: crmatrix/profile/1\nname: DB_1.example\n"
#define FACTS                                                \
	"facts:\n  arch: x86_64\n  kernel: 6.1.0-44-amd64\n" \
	"  kernel_version: 6.1.170\n  cpu_flags: avx sse2\n  memory_kib: '1'\n"

static char *put(const char *text)
{
	char *path = tmpdir_join("host.yaml");
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, text, strlen(text), &err), &err);
	return path;
}

START_TEST(a_host_becomes_a_twin)
{
	char *path CLEANUP_FREE = put(HEAD FACTS);
	struct bind_diags diags CLEANUP(bind_diags_release) = { 0 };
	struct err err = ERR_INIT;
	struct twin *twin = NULL;
	char *name;

	ck_assert_ok(twin_read(path, &twin, &diags, &err), &err);
	ck_assert_str_eq(twin->of, "DB_1.example");
	ck_assert_str_eq(facts_get(&twin->host, "kernel"), "6.1.0-44-amd64");
	name = twin_name(twin);
	ck_assert_str_eq(name, "db-1.example");
	free(name);
	twin_free(twin);
}
END_TEST

static const struct {
	const char *name, *text;
	unsigned line, col;
	const char *says;
} bad[] = {
	{ "a workload", HEAD "workload: {threads: '1'}\n", 1, 1,
	  "'DB_1.example' is a workload" },
	{ "no flags of a CPU",
	  HEAD "facts:\n  arch: x86_64\n  kernel: k\n  kernel_version: 1\n"
	       "  memory_kib: '1'\n",
	  4, 3, "'cpu_flags' is missing in 'facts'" },
	{ "a host that is no PC",
	  HEAD "facts:\n  arch: aarch64\n  kernel: k\n  kernel_version: 1\n"
	       "  memory_kib: '1'\n  cpu_flags: fp\n",
	  4, 9, "no guest can be like a host of 'aarch64'" },
};

START_TEST(what_is_no_host_is_refused_with_its_place)
{
	char *path CLEANUP_FREE = put(bad[_i].text);
	struct bind_diags diags CLEANUP(bind_diags_release) = { 0 };
	struct err err = ERR_INIT;
	struct twin *twin = NULL;

	ck_assert_int_eq(twin_read(path, &twin, &diags, &err), -1);
	ck_assert_int_eq(err.domain, ERR_INPUT);
	ck_assert_ptr_null(twin);
	ck_assert_uint_ge(diags.n, 1);
	ck_assert_has(diags.v[0].msg, bad[_i].says);
	ck_assert_msg(diags.v[0].pos.line == bad[_i].line &&
			      diags.v[0].pos.col == bad[_i].col,
		      "%s: at %u:%u", bad[_i].name, diags.v[0].pos.line,
		      diags.v[0].pos.col);
}
END_TEST

START_TEST(a_missing_profile_is_a_system_error)
{
	struct bind_diags diags CLEANUP(bind_diags_release) = { 0 };
	struct err err = ERR_INIT;
	struct twin *twin = NULL;

	ck_assert_err(twin_read("/nowhere/host.yaml", &twin, &diags, &err),
		      &err, ERR_SYS, ENOENT);
	ck_assert_uint_eq(diags.n, 0);
}
END_TEST

static struct twin *make(void)
{
	struct twin *twin = xnew(struct twin);
	struct err err = ERR_INIT;

	twin->of = xstrdup("db");
	ck_assert_ok(facts_parse("criu=3.17.1\nempty=", 18, &twin->host, &err),
		     &err);
	twin_differs(twin, "CRIU", "3.17.1", "4.1.1", "why \"not\"");
	twin_differs(twin, "same", "1", "1", "no difference");
	twin_differs(twin, "vcpus", NULL, "1", "untold");
	return twin;
}

START_TEST(a_plan_keeps_it)
{
	struct machine machine = { .name = xstrdup("m"),
				   .kernel.name = xstrdup("6.1"),
				   .userland = xstrdup("b"),
				   .memory_bytes = TWIN_MEMORY_MAX,
				   .vcpus = 1,
				   .from_profile = xstrdup("/p.yaml"),
				   .twin = make() };
	struct plan plan = { .machines = &machine, .n_machines = 1 };
	struct plan read = { 0 };
	struct err err = ERR_INIT;
	json_t *json = plan_to_json(&plan);
	const struct twin *twin;

	ck_assert_ok(plan_from_json(json, &read, &err), &err);
	json_decref(json);
	twin = read.machines[0].twin;
	ck_assert_ptr_nonnull(twin);
	ck_assert_str_eq(read.machines[0].from_profile, "/p.yaml");
	ck_assert_str_eq(twin->of, "db");
	ck_assert_str_eq(facts_get(&twin->host, "empty"), "");
	ck_assert_uint_eq(twin->n_diffs, 2);
	ck_assert_str_eq(twin->diffs[0].why, "why \"not\"");
	ck_assert_ptr_null(twin->diffs[1].host);
	plan_release(&read);
	machine_release(&machine);
}
END_TEST

START_TEST(a_plan_with_half_a_twin_is_refused)
{
	struct twin *twin = NULL;
	struct err err = ERR_INIT;
	json_t *json = json_pack("{ss}", "of", "db");

	ck_assert_err(twin_from_json(json, &twin, &err), &err, ERR_PARSE, 0);
	ck_assert_ptr_null(twin);
	json_decref(json);
}
END_TEST

START_TEST(what_differs_is_printed)
{
	struct machine machine = { .name = xstrdup("m"),
				   .from_profile = xstrdup("/p.yaml"),
				   .twin = make() };
	char *text CLEANUP_FREE = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	twin_print(&machine, buf.f);
	text = strbuf_take(&buf);
	ck_assert_str_eq(text,
			 "m is a twin of 'db' (/p.yaml), not the same "
			 "are:\n  CRIU: 3.17.1 there, 4.1.1 here: why "
			 "\"not\"\n  vcpus: none there, 1 here: untold\n");
	machine_release(&machine);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/twin");
	TCase *tcase = tcase_create("twin");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, a_host_becomes_a_twin);
	tcase_add_loop_test(tcase, what_is_no_host_is_refused_with_its_place, 0,
			    ARRAY_SIZE(bad));
	tcase_add_test(tcase, a_missing_profile_is_a_system_error);
	tcase_add_test(tcase, a_plan_keeps_it);
	tcase_add_test(tcase, a_plan_with_half_a_twin_is_refused);
	tcase_add_test(tcase, what_differs_is_printed);
	suite_add_tcase(suite, tcase);
	return suite;
}
