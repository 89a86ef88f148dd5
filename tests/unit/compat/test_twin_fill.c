// SPDX-License-Identifier: Apache-2.0
/* test_twin_fill.c - the nearest kernel, userland and CPU, and what is said of them */
#include "compat/twin.h"

#include <string.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

#define K(name, release, version)                               \
	{                                                       \
		(char[]){ name }, (char[]){ release }, (char[]) \
		{                                               \
			version                                 \
		}                                               \
	}

static struct twin_kernel kernels[] = {
	K("5.10", "5.10.0-46-cloud-amd64", "5.10.250"),
	K("s/6.1.0-55-amd64", "6.1.0-55-amd64", "6.1.190"),
	K("s/6.1.0-55-cloud-amd64", "6.1.0-55-cloud-amd64", "6.1.190"),
	K("s/6.1.0-56-amd64", "6.1.0-56-amd64", "6.1.192"),
	K("s/6.1.0-56-cloud-amd64", "6.1.0-56-cloud-amd64", "6.1.192"),
	K("b/6.12.117-rt-amd64", "6.12.117+deb12-rt-amd64", "6.12.117"),
	K("b/6.12.117-cloud-amd64", "6.12.117+deb12-cloud-amd64", "6.12.117"),
	K("t/7.2.12-amd64", "7.2.12+deb13-amd64", "7.2.12"),
	K("t/7.2.12-cloud-amd64", "7.2.12+deb13-cloud-amd64", "7.2.12"),
};
static struct twin_userland userlands[] = {
	K("bookworm", "3.17.1", "2.36"),
	K("trixie", "4.1.1", "2.41"),
};
static const struct twin_menu menu = { kernels, ARRAY_SIZE(kernels), userlands,
				       ARRAY_SIZE(userlands) };

/* A machine of a host with these facts, beside what every host tells. */
static struct machine machine_of(const char *facts)
{
	static const char all[] = "memory_kib=4000000\nvcpus=8\ncpu_flags=sse2";
	CLEANUP_FREE char *text =
		xasprintf("%s\n%s%s", facts, all,
			  strstr(facts, "kernel=") ? "" : "\nkernel=6.1.1");
	struct machine machine = { .name = xstrdup("m"),
				   .twin = xnew(struct twin) };
	struct err err = ERR_INIT;

	machine.twin->of = xstrdup("host");
	ck_assert_ok(facts_parse(text, strlen(text), &machine.twin->host, &err),
		     &err);
	return machine;
}

static const struct twin_diff *diff_of(const struct machine *machine,
				       const char *item)
{
	for (size_t i = 0; i < machine->twin->n_diffs; i++)
		if (str_eq(machine->twin->diffs[i].item, item))
			return &machine->twin->diffs[i];
	return NULL;
}

static const struct {
	const char *kernel, *version, *wanted;
	bool same;
} nearest[] = {
	{ "6.1.0-55-cloud-amd64", "6.1.190", "s/6.1.0-55-cloud-amd64", true },
	{ "6.1.0-56-amd64", "6.1.192", "s/6.1.0-56-amd64", true },
	{ "6.1.0-30-amd64", "6.1.124", "s/6.1.0-55-amd64", false },
	{ "6.1.0-56-rt-amd64", "6.1.192", "s/6.1.0-56-cloud-amd64", false },
	{ "6.1.192-1.el9.x86_64", "6.1.192", "s/6.1.0-56-cloud-amd64", false },
	{ "6.12.100+deb12-rt-amd64", "6.12.100", "b/6.12.117-rt-amd64", false },
	{ "6.8.0-45-generic", "6.8.0", "b/6.12.117-cloud-amd64", false },
	{ "6.18.44-fc-v657", "6.18.44", "t/7.2.12-cloud-amd64", false },
	{ "5.15.0-100-generic", "5.15.0", "5.10", false },
	{ "5.19.1", "5.19.1", "s/6.1.0-55-cloud-amd64", false },
	{ "4.18.0-553.el8.x86_64", "4.18.0", "5.10", false },
	{ "9.9.9", "9.9.9", "t/7.2.12-cloud-amd64", false },
};

START_TEST(the_nearest_kernel_is_taken)
{
	CLEANUP_FREE char *facts = xasprintf("kernel=%s\nkernel_version=%s",
					     nearest[_i].kernel,
					     nearest[_i].version);
	struct machine machine = machine_of(facts);

	twin_fill(&machine, &menu);
	ck_assert_msg(str_eq(machine.kernel.name, nearest[_i].wanted),
		      "%s: got %s, wanted %s", nearest[_i].kernel,
		      machine.kernel.name, nearest[_i].wanted);
	ck_assert_int_eq(!diff_of(&machine, "kernel"), nearest[_i].same);
	machine_release(&machine);
}
END_TEST

static const struct {
	const char *facts, *wanted;
	const char *diffs; /* items of the userland, blank-separated */
} roots[] = {
	{ "criu=3.17.1\nglibc=2.36\nuserland=bookworm", "bookworm", "" },
	{ "criu=4.1.1\nglibc=2.41\nuserland=trixie", "trixie", "" },
	{ "criu=4.1.1\nglibc=2.36\nuserland=bookworm", "trixie",
	  "userland glibc" },
	{ "criu=3.16\nglibc=2.35\nuserland=jammy", "bookworm",
	  "userland glibc CRIU" },
	{ "criu=4.3\nglibc=2.43", "trixie", "glibc CRIU" },
	{ "glibc=2.41\nuserland=plucky", "trixie", "userland CRIU" },
};

START_TEST(the_userland_is_chosen_by_criu_then_by_glibc)
{
	static const char *const items[] = { "userland", "glibc", "CRIU" };
	struct machine machine = machine_of(roots[_i].facts);

	twin_fill(&machine, &menu);
	ck_assert_str_eq(machine.userland, roots[_i].wanted);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		ck_assert_msg(!diff_of(&machine, items[i]) ==
				      !strstr(roots[_i].diffs, items[i]),
			      "%s: %s", roots[_i].facts, items[i]);
	machine_release(&machine);
}
END_TEST

START_TEST(without_an_archive_the_names_decide)
{
	struct twin_kernel named = K("6.1", "", "6.1");
	struct twin_userland untold[] = { { .name = (char[]){ "bookworm" } },
					  { .name = (char[]){ "trixie" } } };
	struct machine machine = machine_of(
		"kernel_version=6.1.2\ncriu=3.17.1\nuserland=bookworm");

	named.release = NULL;
	twin_fill(&machine, &(struct twin_menu){ &named, 1, untold, 2 });
	ck_assert_str_eq(machine.kernel.name, "6.1");
	ck_assert_str_eq(machine.userland, "bookworm");
	ck_assert_str_eq(diff_of(&machine, "CRIU")->twin, "not known");
	machine_release(&machine);
}
END_TEST

START_TEST(memory_and_vcpus_are_scaled)
{
	struct machine machine = machine_of("kernel=6.1.1");

	twin_fill(&machine, &menu);
	ck_assert_uint_eq(machine.memory_bytes, TWIN_MEMORY_MAX);
	ck_assert_uint_eq(machine.vcpus, TWIN_VCPUS_MAX);
	ck_assert_str_eq(diff_of(&machine, "memory")->host, "3968M");
	ck_assert_str_eq(diff_of(&machine, "memory")->twin, "1G");
	ck_assert_str_eq(diff_of(&machine, "vcpus")->host, "8");
	machine_release(&machine);
}
END_TEST

START_TEST(what_the_file_says_stays)
{
	struct machine machine = machine_of(
		"kernel=6.1.0-56-amd64\nkernel_version=6.1.192\ncriu=3.17.1\n"
		"userland=bookworm\ncpu_vendor=GenuineIntel\ncpu_model=Xeon");

	machine.kernel.image = xstrdup("/k/bzImage");
	machine.userland = xstrdup("trixie");
	machine.cpu = xstrdup("Nehalem");
	machine.memory_bytes = UINT64_C(4) << 30;
	machine.vcpus = 8;
	twin_fill(&machine, &menu);
	ck_assert_ptr_null(machine.kernel.name);
	ck_assert_str_eq(machine.userland, "trixie");
	ck_assert_str_eq(machine.cpu, "Nehalem");
	ck_assert_uint_eq(machine.cpu_features.n, 0);
	ck_assert_uint_eq(machine.memory_bytes, UINT64_C(4) << 30);
	ck_assert_ptr_null(diff_of(&machine, "vcpus"));
	ck_assert_str_eq(diff_of(&machine, "kernel")->twin, "/k/bzImage");
	ck_assert_has(diff_of(&machine, "CPU")->why, "says so");
	ck_assert_has(diff_of(&machine, "userland")->why, "says so");
	machine_release(&machine);
}
END_TEST

START_TEST(sysctls_go_before_the_command_line)
{
	struct machine machine =
		machine_of("sysctl.net.ipv4.tcp_rmem=4096 131072 33554432\n"
			   "sysctl.net.ipv4.tcp_sack=0\n"
			   "sysctl.kernel.pid_max=1\" init=/bin/sh\n"
			   "sysctl.net.ipv4.tcp_congestion_control=bbr");

	machine.cmdline = xstrdup("nokaslr");
	twin_fill(&machine, &menu);
	ck_assert_str_eq(machine.cmdline,
			 "sysctl.net.ipv4.tcp_sack=\"0\" "
			 "sysctl.net.ipv4.tcp_rmem=\"4096 131072 33554432\" "
			 "nokaslr");
	machine_release(&machine);
}
END_TEST

/* --- The CPU ---------------------------------------------------------------------- */

#define NEHALEM "ssse3 sse4_1 sse4_2 popcnt"
#define HASWELL NEHALEM " aes avx xsave f16c rdrand fsgsbase avx2 bmi2 fma"

static const struct {
	const char *vendor, *flags, *wanted;
} models[] = {
	{ "GenuineIntel", NEHALEM, "Nehalem" },
	{ "GenuineIntel", HASWELL, "Haswell-noTSX" },
	/* Masked by a hypervisor: as new as all its marks. */
	{ "GenuineIntel", NEHALEM " aes avx xsave avx2", "SandyBridge" },
	{ "GenuineIntel",
	  HASWELL " adx rdseed xsavec xgetbv1 avx512f avx512bw "
		  "clwb avx512_vnni avx512_vbmi2 vaes gfni",
	  "Icelake-Server-noTSX" },
	{ "AuthenticAMD",
	  "sse2 cx16 sse4a popcnt avx aes xsave avx2 sha_ni "
	  "xsavec clwb rdpid",
	  "EPYC-Rome" },
	{ "GenuineIntel", "sse2", "qemu64" },
	{ "CentaurHauls", HASWELL, "qemu64" },
};

START_TEST(the_newest_model_that_has_no_more_than_the_host)
{
	CLEANUP_FREE char *text = xasprintf("cpu_vendor=%s\ncpu_flags=%s",
					    models[_i].vendor,
					    models[_i].flags);
	struct machine machine = { .twin = xnew(struct twin) };
	struct err err = ERR_INIT;

	machine.twin->of = xstrdup("host");
	ck_assert_ok(facts_parse(text, strlen(text), &machine.twin->host, &err),
		     &err);
	twin_fill_cpu(&machine);
	ck_assert_msg(str_eq(machine.cpu, models[_i].wanted), "%s: got %s",
		      models[_i].wanted, machine.cpu);
	machine_release(&machine);
}
END_TEST

START_TEST(features_are_those_of_the_host)
{
	static const char text[] =
		"cpu_vendor=GenuineIntel\ncpu_flags=sse4_1 avx512_vnni xsave";
	struct machine machine = { .twin = xnew(struct twin) };
	struct err err = ERR_INIT;

	machine.twin->of = xstrdup("host");
	ck_assert_ok(facts_parse(text, strlen(text), &machine.twin->host, &err),
		     &err);
	twin_fill_cpu(&machine);
	ck_assert(str_list_has(&machine.cpu_features, "+sse4.1"));
	ck_assert(str_list_has(&machine.cpu_features, "+avx512vnni"));
	ck_assert(str_list_has(&machine.cpu_features, "+xsave"));
	ck_assert(str_list_has(&machine.cpu_features, "-avx"));
	ck_assert(str_list_has(&machine.cpu_features, "-pku"));
	machine_release(&machine);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/twin_fill");
	TCase *tcase = tcase_create("twin_fill");

	tcase_add_loop_test(tcase, the_nearest_kernel_is_taken, 0,
			    ARRAY_SIZE(nearest));
	tcase_add_loop_test(tcase, the_userland_is_chosen_by_criu_then_by_glibc,
			    0, ARRAY_SIZE(roots));
	tcase_add_test(tcase, without_an_archive_the_names_decide);
	tcase_add_test(tcase, memory_and_vcpus_are_scaled);
	tcase_add_test(tcase, what_the_file_says_stays);
	tcase_add_test(tcase, sysctls_go_before_the_command_line);
	tcase_add_loop_test(tcase,
			    the_newest_model_that_has_no_more_than_the_host, 0,
			    ARRAY_SIZE(models));
	tcase_add_test(tcase, features_are_those_of_the_host);
	suite_add_tcase(suite, tcase);
	return suite;
}
