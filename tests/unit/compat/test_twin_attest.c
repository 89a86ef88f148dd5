// SPDX-License-Identifier: Apache-2.0
/* test_twin_attest.c - what a guest is not of its host is said, and nothing else */
#include "compat/twin.h"

#include <string.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

static const struct {
	const char *host, *guest,
		*notes; /* by newlines, after "twin of 'h': " */
} cases[] = {
	{ "kernel=6.1\ncriu=3.17", "kernel=6.1\ncriu=3.17", "" },
	{ "kernel=6.1", "kernel=6.12\ncriu=4.1",
	  "kernel: 6.1 there, 6.12 here\nCRIU: none there, 4.1 here" },
	{ "glibc=2.36\ncriu=4", "criu=4", "" },
	{ "cpu_flags=a b c", "cpu_flags=c b d e",
	  "CPU flags: lacks a\nCPU flags: has also d e" },
	{ "cpu_flags=a", "cpu_flags=a b", "CPU flags: has also b" },
	{ "lsm=\nsysctl.net.ipv4.tcp_sack=0",
	  "lsm=apparmor\nsysctl.net.ipv4.tcp_sack=1",
	  "LSMs: none there, apparmor here\n"
	  "net.ipv4.tcp_sack: 0 there, 1 here" },
	{ "sysctl.a=1\nmodule.kvm=loaded\nvcpus=8\nmemory_kib=9",
	  "vcpus=1\nmemory_kib=1", "" },
};

static struct facts facts_of(const char *text)
{
	struct facts facts = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(facts_parse(text, strlen(text), &facts, &err), &err);
	return facts;
}

START_TEST(what_differs_is_noted)
{
	struct twin twin = { .of = (char[]){ "h" },
			     .host = facts_of(cases[_i].host) };
	struct facts guest = facts_of(cases[_i].guest);
	struct str_list notes CLEANUP(str_list_release) = { 0 };
	struct str_list wanted CLEANUP(str_list_release) = { 0 };

	twin_attest(&twin, &guest, &notes);
	str_list_split(&wanted, cases[_i].notes, "\n");
	for (size_t i = 0; i < notes.n; i++) {
		ck_assert_has(notes.v[i], "twin of 'h': ");
		ck_assert_msg(i < wanted.n &&
				      str_eq(strchr(notes.v[i], ':') + 2,
					     wanted.v[i]),
			      "got: %s", notes.v[i]);
	}
	ck_assert_uint_eq(notes.n, wanted.n);
	facts_release(&guest);
	facts_release(&twin.host);
}
END_TEST

START_TEST(what_was_scaled_is_noted)
{
	struct twin_diff diffs[] = {
		{ (char[]){ "memory" }, (char[]){ "8G" }, (char[]){ "1G" },
		  (char[]){ "w" } },
		{ (char[]){ "kernel" }, (char[]){ "6.1" }, (char[]){ "6.2" },
		  (char[]){ "w" } },
	};
	struct twin twin = { .of = (char[]){ "h" },
			     .diffs = diffs,
			     .n_diffs = ARRAY_SIZE(diffs) };
	struct str_list notes CLEANUP(str_list_release) = { 0 };

	twin_attest(&twin, &(struct facts){ 0 }, &notes);
	ck_assert_uint_eq(notes.n, 1);
	ck_assert_str_eq(notes.v[0], "twin of 'h': memory: 8G there, 1G here");
}
END_TEST

START_TEST(features_of_a_twin_are_not_noted_twice)
{
	struct machine machine = { .twin = xnew(struct twin),
				   .userland = xstrdup("b") };
	struct facts guest =
		facts_of("kernel_version=6\ncriu=4\ncpu_flags=a\nvcpus=0");
	struct str_list notes CLEANUP(str_list_release) = { 0 };

	machine.twin->of = xstrdup("h");
	machine.twin->host = facts_of("criu=4\ncpu_flags=a avx");
	str_list_add(&machine.cpu_features, "+avx");
	machine_attest(&machine, &guest, &notes);
	ck_assert_uint_eq(notes.n, 1);
	ck_assert_str_eq(notes.v[0], "twin of 'h': CPU flags: lacks avx");
	facts_release(&guest);
	machine_release(&machine);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/twin_attest");
	TCase *tcase = tcase_create("twin_attest");

	tcase_add_loop_test(tcase, what_differs_is_noted, 0, ARRAY_SIZE(cases));
	tcase_add_test(tcase, what_was_scaled_is_noted);
	tcase_add_test(tcase, features_of_a_twin_are_not_noted_twice);
	suite_add_tcase(suite, tcase);
	return suite;
}
