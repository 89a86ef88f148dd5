// SPDX-License-Identifier: Apache-2.0
/* test_profile.c - what was written is read again, and nothing else is taken */
#include "compat/profile.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

static int read_text(const char *text, struct profile *profile, struct err *err)
{
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };

	return bind_text("p.yaml", text, strlen(text), &profile_table, profile,
			 &diags, err);
}

START_TEST(a_profile_is_read_as_it_was_written)
{
	static const char facts[] =
		"kernel=6.1.0\ncpu_model=A \"big\": one # x\n"
		"sysctl.net.ipv4.tcp_rmem=4096 1 2\nempty=";
	CLEANUP(profile_release) struct profile before = { 0 };
	CLEANUP(profile_release) struct profile after = { 0 };
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;
	struct strbuf buf;

	before.name = xstrdup("host-1.example");
	ck_assert_ok(facts_parse(facts, strlen(facts), &before.facts, &err),
		     &err);
	ck_assert_ok(facts_parse("threads=3", 9, &before.workload, &err), &err);
	strbuf_open(&buf);
	profile_write(&before, buf.f);
	text = strbuf_take(&buf);
	ck_assert_ok(read_text(text, &after, &err), &err);
	ck_assert_str_eq(after.name, before.name);
	ck_assert_uint_eq(after.facts.map.n, before.facts.map.n);
	for (size_t i = 0; i < before.facts.map.n; i++)
		ck_assert_str_eq(facts_get(&after.facts,
					   before.facts.map.v[i].key),
				 before.facts.map.v[i].value);
	ck_assert_str_eq(facts_get(&after.workload, "threads"), "3");
}
END_TEST

static const char *const wrong[] = {
	"name: x\n",
	"schema: crmatrix/profile/2\nname: x\n",
	"schema: crmatrix/profile/1\nname: x\nfact: {}\n",
	"schema: crmatrix/profile/1\nname: ../x\n",
	"schema: crmatrix/profile/1\nname: x\nfacts: [1]\n",
};

START_TEST(what_is_no_profile_is_refused)
{
	CLEANUP(profile_release) struct profile profile = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(read_text(wrong[_i], &profile, &err), -1);
	ck_assert_int_eq(err.domain, ERR_INPUT);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/profile");
	TCase *tcase = tcase_create("files");

	tcase_add_test(tcase, a_profile_is_read_as_it_was_written);
	tcase_add_loop_test(tcase, what_is_no_profile_is_refused, 0,
			    (int)ARRAY_SIZE(wrong));
	suite_add_tcase(suite, tcase);
	return suite;
}
