// SPDX-License-Identifier: Apache-2.0
/* test_machine.c - files of machines and finding one in them */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/machine.h"
#include "tests/lib/testing.h"

static int read_machines(const char *text, struct machines *machines,
			 struct bind_diags *diags, struct err *err)
{
	return bind_text("m.yaml", text, strlen(text), &machines_table,
			 machines, diags, err);
}

static struct machines machines_of(const char *text)
{
	struct bind_diags diags = { 0 };
	struct machines machines = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(read_machines(text, &machines, &diags, &err), &err);
	bind_diags_release(&diags);
	return machines;
}

START_TEST(a_machine_needs_little)
{
	struct machines machines =
		machines_of("machines: {d12: {kernel: 6.10, userland: b}}");
	const struct machine *m = machines_find(&machines, "d12");

	ck_assert_ptr_nonnull(m);
	ck_assert_str_eq(m->kernel.name, "6.10");
	ck_assert_str_eq(m->cpu, "max");
	ck_assert_str_eq(m->userland, "b");
	ck_assert_uint_eq(m->memory_bytes, 512U << 20);
	ck_assert_uint_eq(m->vcpus, 1);
	ck_assert_ptr_null(m->cmdline);
	ck_assert_uint_eq(m->pos.col, 17);
	bind_release(&machines_table, &machines);
}
END_TEST

START_TEST(a_profile_stands_for_all_that_is_not_said)
{
	struct machines machines =
		machines_of("machines: {t: {from-profile: h.yaml, vcpus: 1}}");
	const struct machine *m = machines_find(&machines, "t");

	ck_assert_str_eq(m->from_profile, "h.yaml");
	ck_assert_ptr_null(m->kernel.name);
	ck_assert_ptr_null(m->userland);
	ck_assert_ptr_null(m->cpu);
	ck_assert_uint_eq(m->memory_bytes, 0);
	ck_assert_uint_eq(m->vcpus, 1);
	bind_release(&machines_table, &machines);
}
END_TEST

START_TEST(a_machine_can_have_all)
{
	struct machines machines =
		machines_of("machines:\n"
			    "  a.b-c:\n"
			    "    kernel: {image: k/bzImage, modules: k/lib}\n"
			    "    cpu: Haswell-noTSX\n"
			    "    cpu-features: [+avx, -xsave]\n"
			    "    userland: trixie\n"
			    "    memory: 2G\n"
			    "    vcpus: 4\n"
			    "    cmdline: nokaslr quiet\n");
	const struct machine *m = machines_find(&machines, "a.b-c");

	ck_assert_str_eq(m->kernel.image, "k/bzImage");
	ck_assert_str_eq(m->kernel.modules, "k/lib");
	ck_assert_str_eq(m->cpu_features.v[1], "-xsave");
	ck_assert_uint_eq(m->memory_bytes, UINT64_C(2) << 30);
	ck_assert_str_eq(m->cmdline, "nokaslr quiet");
	bind_release(&machines_table, &machines);
}
END_TEST

static const struct {
	const char *machine, *says;
} bad[] = {
	{ "{userland: b}", "'kernel' is missing in 'machine'" },
	{ "{kernel: 6.1}", "'userland' is missing in 'machine'" },
	{ "{from-profile: p.yaml, memory: 1}",
	  "'memory' must be a size such as 4K, 512M or 2G, not '1'" },
	{ "{kernel: {modules: m, image: i, name: n}, userland: b}",
	  "'image' and 'name' exclude each other in 'kernel'" },
	{ "{kernel: {}, userland: b}",
	  "'kernel' needs one of 'name', 'debs', 'image'" },
	{ "{kernel: {name: 6.1, modules: m}, userland: b}",
	  "'modules' is for 'image' alone" },
	{ "{kernel: 6.1, userland: b, cpu-features: avx}",
	  "'avx' is not a valid 'cpu-features': must match "
	  "^[+-][a-z0-9][a-z0-9_.-]*$" },
	{ "{kernel: 6.1, userland: b, memory: 128M}",
	  "'memory' must be 256M to 64G, not 128M" },
	{ "{kernel: 6.1, userland: b, vcpus: 0}",
	  "'vcpus' must be 1 to 64, not 0" },
	{ "{kernel: 6.1, userland: ../b}",
	  "'../b' is not a valid 'userland': must match "
	  "^[a-z0-9][a-z0-9.+_-]*$" },
};

START_TEST(a_bad_machine_is_refused)
{
	char *text CLEANUP_FREE =
		xasprintf("machines: {m: %s}", bad[_i].machine);
	struct bind_diags diags = { 0 };
	struct machines machines = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(read_machines(text, &machines, &diags, &err), &err,
		      ERR_INPUT, 1);
	ck_assert_str_eq(diags.v[0].msg, bad[_i].says);
	ck_assert_uint_eq(diags.n, 1);
	bind_release(&machines_table, &machines);
	bind_diags_release(&diags);
}
END_TEST

static const char *const bad_names[] = { "A", "-a", ".", "a/b", "a b", "''" };

START_TEST(a_bad_name_is_refused)
{
	char *text CLEANUP_FREE = xasprintf(
		"machines: {%s: {kernel: 6.1, userland: b}}", bad_names[_i]);
	struct bind_diags diags = { 0 };
	struct machines machines = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(read_machines(text, &machines, &diags, &err), &err,
		      ERR_INPUT, 1);
	ck_assert_has(diags.v[0].msg, "is not a valid 'name'");
	bind_release(&machines_table, &machines);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(the_nearest_machine_is_suggested)
{
	struct machines machines =
		machines_of("machines: {debian-11: &m {kernel: 6.1, userland: "
			    "b}, debian-12: *m, other: *m}");

	ck_assert_str_eq(machines_suggest(&machines, "debain-12"), "debian-12");
	ck_assert_ptr_null(machines_suggest(&machines, "xyz"));
	ck_assert_ptr_null(machines_find(&machines, "debain-12"));
	bind_release(&machines_table, &machines);
}
END_TEST

START_TEST(a_machine_alone_is_released_with_its_name)
{
	struct machine machine = { .name = xstrdup("m"),
				   .cpu = xstrdup("max") };

	machine_release(&machine);
	ck_assert_ptr_null(machine.name);
	ck_assert_ptr_null(machine.cpu);
	machine_release(&machine);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/machine");
	TCase *tcase = tcase_create("machine");

	tcase_add_test(tcase, a_machine_needs_little);
	tcase_add_test(tcase, a_profile_stands_for_all_that_is_not_said);
	tcase_add_test(tcase, a_machine_can_have_all);
	tcase_add_loop_test(tcase, a_bad_machine_is_refused, 0,
			    ARRAY_SIZE(bad));
	tcase_add_loop_test(tcase, a_bad_name_is_refused, 0,
			    ARRAY_SIZE(bad_names));
	tcase_add_test(tcase, the_nearest_machine_is_suggested);
	tcase_add_test(tcase, a_machine_alone_is_released_with_its_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
