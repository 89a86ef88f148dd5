// SPDX-License-Identifier: Apache-2.0
/* test_facts.c - reading facts, and holding machines against them */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/machine.h"
#include "tests/lib/testing.h"

static struct facts facts_of(const char *text)
{
	struct facts facts = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(facts_parse(text, strlen(text), &facts, &err), &err);
	return facts;
}

START_TEST(lines_become_facts_in_order)
{
	struct facts facts = facts_of("kernel=6.1.0-55\r\n\ncmd=a=b\nempty=\n"
				      "bad=\xff");

	ck_assert_uint_eq(facts.map.n, 4);
	ck_assert_str_eq(facts.map.v[0].key, "kernel");
	ck_assert_str_eq(facts_get(&facts, "kernel"), "6.1.0-55");
	ck_assert_str_eq(facts_get(&facts, "cmd"), "a=b");
	ck_assert_str_eq(facts_get(&facts, "empty"), "");
	ck_assert_str_eq(facts_get(&facts, "bad"), "\xef\xbf\xbd");
	ck_assert_ptr_null(facts_get(&facts, "no"));
	facts_release(&facts);
}
END_TEST

START_TEST(facts_are_the_same_after_writing_and_reading)
{
	static const char text[] = "kernel=6.1.0-55\ncmd=a=b\nempty=\n";
	struct facts facts = facts_of(text);
	CLEANUP_FREE char *lines = facts_lines(&facts);

	ck_assert_str_eq(lines, text);
	facts_release(&facts);
}
END_TEST

static char *repeat(const char *unit, size_t n)
{
	struct strbuf buf;

	strbuf_open(&buf);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(buf.f, "%s", unit);
	return strbuf_take(&buf);
}

static char *numbered(size_t n)
{
	struct strbuf buf;

	strbuf_open(&buf);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(buf.f, "k%zu=v\n", i);
	return strbuf_take(&buf);
}

static const struct {
	const char *text, *says;
	long line;
} malformed[] = {
	{ "a=1\nnonsense\n", "facts line 2 is not key=value: 'nonsense'", 2 },
	{ "=1\n", "facts line 1 is not key=value: '=1'", 1 },
	{ "a b=1\n", "facts line 1 is not key=value: 'a b=1'", 1 },
	{ "\xc3\xa4=1\n", "facts line 1 is not key=value: '\xc3\xa4=1'", 1 },
	{ "a=1\nb=2\na=3\n", "facts line 3 repeats 'a'", 3 },
};

START_TEST(malformed_lines_are_refused)
{
	struct facts facts = { .map.n = 99 };
	struct err err = ERR_INIT;

	ck_assert_err(facts_parse(malformed[_i].text,
				  strlen(malformed[_i].text), &facts, &err),
		      &err, ERR_PARSE, malformed[_i].line);
	ck_assert_str_eq(err.msg, malformed[_i].says);
	ck_assert_uint_eq(facts.map.n, 99);
}
END_TEST

START_TEST(facts_have_limits)
{
	char *key CLEANUP_FREE = repeat("k", 129);
	char *value CLEANUP_FREE = repeat("v", 16 * 1024 + 1);
	char *texts[] = { xasprintf("%s=1", key), xasprintf("a=%s", value),
			  numbered(513) };
	struct facts facts = { 0 };
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ck_assert_err(facts_parse(texts[i], strlen(texts[i]), &facts,
					  &err),
			      &err, ERR_PARSE, i == 2 ? 513 : 1);
		free(texts[i]);
	}
}
END_TEST

START_TEST(facts_survive_json_and_copying)
{
	struct facts facts = facts_of("b=1\na=x y\n");
	struct facts read = { 0 }, copy = { 0 };
	struct err err = ERR_INIT;
	json_t *json = facts_to_json(&facts);

	ck_assert_ok(facts_from_json(json, &read, &err), &err);
	facts_copy(&copy, &read);
	ck_assert_uint_eq(copy.map.n, 2);
	ck_assert_str_eq(copy.map.v[0].key, "b");
	ck_assert_str_eq(facts_get(&copy, "a"), "x y");
	json_decref(json);
	facts_release(&facts);
	facts_release(&read);
	facts_release(&copy);
}
END_TEST

START_TEST(facts_are_an_object_of_strings)
{
	struct facts facts = { 0 };
	struct err err = ERR_INIT;
	json_t *list = json_array();
	json_t *number = json_pack("{s:s,s:i}", "a", "b", "c", 1);

	ck_assert_err(facts_from_json(list, &facts, &err), &err, ERR_PARSE, 0);
	ck_assert_err(facts_from_json(number, &facts, &err), &err, ERR_PARSE,
		      0);
	ck_assert_uint_eq(facts.map.n, 0);
	json_decref(list);
	json_decref(number);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} cpus[] = {
	{ "cpu_flags=a b\nxsave_bytes=832\ncpu_model=X",
	  "cpu_flags=a b\nxsave_bytes=832\ncpu_model=Y", true },
	{ "cpu_flags=a b", "cpu_flags=a c", false },
	{ "cpu_flags=a\nxsave_bytes=832", "cpu_flags=a\nxsave_bytes=576",
	  false },
	{ "cpu_flags=a\nxcr0=7", "cpu_flags=a", false },
	{ "cpu_model=X", "cpu_model=X", false },
};

START_TEST(cpus_are_the_same_by_what_they_can)
{
	struct facts a = facts_of(cpus[_i].a), b = facts_of(cpus[_i].b);

	ck_assert_int_eq(facts_same_cpu(&a, &b), cpus[_i].same);
	facts_release(&a);
	facts_release(&b);
}
END_TEST

#define GOOD "criu=4.1\nkernel_version=6.1.192\n"
static const struct {
	const char *name, *kernel, *features, *facts, *notes;
} attested[] = {
	{ "all as asked", "6.1", "+avx,-xsave,+sse4.1,+pclmuldq",
	  GOOD "cpu_flags=avx sse4_1 pclmulqdq\nmemory_kib=480000\nvcpus=2",
	  "" },
	{ "a name with more behind the version", "6.1-rt", "", GOOD, "" },
	{ "a name without version", "mine", "", GOOD, "" },
	{ "another kernel", "6.12", "", GOOD,
	  "kernel: asked for 6.12, got 6.1.192" },
	{ "a longer number is another version", "6.1", "",
	  "criu=4.1\nkernel_version=6.12.3",
	  "kernel: asked for 6.1, got 6.12.3" },
	{ "no version at all", "6.1", "", "criu=4.1",
	  "kernel: the guest did not say its version" },
	{ "a feature that is not there", "6.1", "+avx2", GOOD "cpu_flags=avx",
	  "cpu: asked for +avx2, but the guest lacks avx2" },
	{ "a feature that is still there", "6.1", "-sse4.2",
	  GOOD "cpu_flags=sse4_2",
	  "cpu: asked for -sse4.2, but the guest has sse4_2" },
	{ "too little memory", "6.1", "", GOOD "memory_kib=440000",
	  "memory: asked for 512 MiB, got 429 MiB" },
	{ "other vcpus", "6.1", "", GOOD "vcpus=1",
	  "vcpus: asked for 2, got 1" },
	{ "no CRIU", "6.1", "", "kernel_version=6.1.5\ncriu=",
	  "userland: asked for 'bookworm' with CRIU, but the guest has none" },
};

START_TEST(machines_are_held_against_facts)
{
	char cpu[] = "max", userland[] = "bookworm";
	struct machine machine = { .cpu = cpu,
				   .userland = userland,
				   .memory_bytes = 512U << 20,
				   .vcpus = 2 };
	struct facts facts = facts_of(attested[_i].facts);
	struct str_list notes = { 0 };
	char *got;

	machine.kernel.name = xstrdup(attested[_i].kernel);
	str_list_split(&machine.cpu_features, attested[_i].features, ",");
	machine_attest(&machine, &facts, &notes);
	got = str_list_join(&notes, "; ");
	ck_assert_msg(!strcmp(got, attested[_i].notes), "%s: got '%s'",
		      attested[_i].name, got);
	free(got);
	free(machine.kernel.name);
	str_list_release(&machine.cpu_features);
	str_list_release(&notes);
	facts_release(&facts);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/facts");
	TCase *tcase = tcase_create("facts");

	tcase_add_test(tcase, lines_become_facts_in_order);
	tcase_add_test(tcase, facts_are_the_same_after_writing_and_reading);
	tcase_add_loop_test(tcase, malformed_lines_are_refused, 0,
			    ARRAY_SIZE(malformed));
	tcase_add_test(tcase, facts_have_limits);
	tcase_add_test(tcase, facts_survive_json_and_copying);
	tcase_add_test(tcase, facts_are_an_object_of_strings);
	tcase_add_loop_test(tcase, cpus_are_the_same_by_what_they_can, 0,
			    ARRAY_SIZE(cpus));
	tcase_add_loop_test(tcase, machines_are_held_against_facts, 0,
			    ARRAY_SIZE(attested));
	suite_add_tcase(suite, tcase);
	return suite;
}
