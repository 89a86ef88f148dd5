// SPDX-License-Identifier: Apache-2.0
/* test_when.c - conditions hold, do not hold, or are refused */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/catalogue.h"
#include "compat/machine.h"
#include "tests/lib/testing.h"

static const char source_text[] =
	"kernel_version=6.1.192\ncriu=3.17.1\nglibc=2.36\narch=x86_64\n"
	"cpu_flags=avx fpu xsave\nxsave_bytes=832\nxcr0=0x7\n"
	"cpu_model=Intel Core (Haswell, no TSX)\nmodule.tcp_diag=1\n";
static const char target_text[] =
	"kernel_version=6.12.5\ncriu=4.1\nglibc=2.41\narch=x86_64\n"
	"cpu_flags=fpu\nxsave_bytes=0\nempty=\n";

static const struct {
	const char *key, *value;
	bool holds;
} cases[] = {
	/* comparing: by version, so that numbers count as numbers */
	{ "source.kernel_version", "<6.12", true },
	{ "source.kernel_version", ">6.2", false },
	{ "target.kernel_version", ">=6.12.5", true },
	{ "target.kernel_version", "<=6.12.5", true },
	{ "target.kernel_version", ">6.12.5", false },
	{ "source.criu", "=3.17.1", true },
	{ "source.criu", "=3.17*", false },
	{ "source.criu", "!=3.17.1", false },
	{ "target.xsave_bytes", "<1", true },
	/* globs */
	{ "source.kernel_version", "6.1.*", true },
	{ "target.kernel_version", "6.1.*", false },
	{ "target.kernel_version", "6.1*", true },
	{ "source.cpu_model", "*Haswell?*", true },
	{ "source.machine", "d12", true },
	{ "target.machine", "d1[34]", true },
	/* any of, all of, not */
	{ "source.criu", "4.*|3.17.*", true },
	{ "source.criu", "4.*|5.*", false },
	{ "source.kernel_version", ">=6.0,<6.2", true },
	{ "source.kernel_version", ">=6.0, <6.1", false },
	{ "source.kernel_version", "5.*|6.*,!6.2.*", true },
	{ "source.kernel_version", "5.*|6.*,!6.1.*", false },
	{ "source.criu", "!3.*", false },
	{ "target.criu", "! 3.*", true },
	{ "target.criu", "!!4.1", true },
	/* words of lists */
	{ "source.cpu_flags", "has avx", true },
	{ "source.cpu_flags", "has av", false },
	{ "source.cpu_flags", "has  xsave , has fpu", true },
	{ "target.cpu_flags", "lacks avx", true },
	{ "target.cpu_flags", "has avx|lacks fpu", false },
	/* both sides */
	{ "arch", "x86_64", true },
	{ "cpu_flags", "has fpu", true },
	{ "cpu_flags", "has avx", false },
	{ "criu", ">=3", true },
	/* against the other side */
	{ "source.cpu_flags", "not-within target.cpu_flags", true },
	{ "source.cpu_flags", "within target.cpu_flags", false },
	{ "target.cpu_flags", "within source.cpu_flags", true },
	{ "source.xsave_bytes", "> target.xsave_bytes", true },
	{ "source.xsave_bytes", ">target.xsave_bytes", true },
	{ "target.glibc", "<=source.glibc", false },
	{ "source.arch", "=target.arch", true },
	/* a missing fact makes its condition false, negated or not */
	{ "target.cpu_model", "*", false },
	{ "target.cpu_model", "!x", false },
	{ "cpu_model", "*", false },
	{ "source.xcr0", "=target.xcr0", false },
	{ "source.xcr0", "!=target.xcr0", false },
	{ "source.xcr0", "0x7|=target.xcr0", false },
	{ "source.module.tcp_diag", "1", true },
	{ "source.module.none", "1", false },
};

static struct facts facts_of(const char *text)
{
	struct facts facts = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(facts_parse(text, strlen(text), &facts, &err), &err);
	return facts;
}

static bool match(const struct bind_pair *pairs, size_t n)
{
	struct facts source = facts_of(source_text);
	struct facts target = facts_of(target_text);
	struct bind_pair copy[2];
	struct bind_map when = { .v = copy, .n = n };
	bool holds;

	memcpy(copy, pairs, n * sizeof(*pairs));
	holds = when_match(&when, "d12", &source, "d13", &target);
	facts_release(&source);
	facts_release(&target);
	return holds;
}

START_TEST(a_condition_holds_or_not)
{
	struct bind_pair pair = { .key = xstrdup(cases[_i].key),
				  .value = xstrdup(cases[_i].value) };
	const char *wrong = when_check(pair.key, pair.value);

	ck_assert_msg(!wrong, "%s: %s: %s", pair.key, pair.value, wrong);
	ck_assert_msg(match(&pair, 1) == cases[_i].holds, "%s: %s: wanted %d",
		      pair.key, pair.value, cases[_i].holds);
	free(pair.key);
	free(pair.value);
}
END_TEST

START_TEST(all_conditions_must_hold_and_none_always_does)
{
	char arch[] = "arch", x86[] = "x86_64", criu[] = "source.criu",
	     four[] = "4.*";
	struct bind_pair pairs[] = { { .key = arch, .value = x86 },
				     { .key = criu, .value = four } };

	ck_assert(match(pairs, 0));
	ck_assert(match(pairs, 1));
	ck_assert(!match(pairs, 2));
}
END_TEST

static const struct {
	const char *key, *value, *wrong, *suggestion;
} refused[] = {
	{ "kernal_version", "1", "unknown fact", "kernel_version" },
	{ "source.kernal_version", "1", "unknown fact",
	  "source.kernel_version" },
	{ "src.criu", "1", "unknown fact", NULL },
	{ "source.", "1", "unknown fact", NULL },
	{ "sysctl.", "1", "unknown fact", NULL },
	{ "", "1", "unknown fact", NULL },
	{ "criu", "", "there is nothing to compare with", NULL },
	{ "criu", "a||b", "there is nothing to compare with", NULL },
	{ "criu", "a,", "there is nothing to compare with", NULL },
	{ "criu", "<", "there is nothing to compare with", NULL },
	{ "criu", "!", "there is nothing to compare with", NULL },
	{ "cpu_flags", "has", "there is nothing to compare with", NULL },
	{ "cpu_flags", "has a b", "there is more than one word to compare with",
	  NULL },
	{ "cpu_flags", "within avx",
	  "'within' and 'not-within' need source.FACT or target.FACT", NULL },
	{ "xsave_bytes", ">target.xsave", "compares with an unknown fact",
	  NULL },
};

START_TEST(what_cannot_be_understood_is_said)
{
	const char *wrong = when_check(refused[_i].key, refused[_i].value);
	char *suggestion = when_suggest(refused[_i].key);

	ck_assert_pstr_eq(wrong, refused[_i].wrong);
	ck_assert_pstr_eq(suggestion, refused[_i].suggestion);
	free(suggestion);
}
END_TEST

START_TEST(the_catalogue_can_be_understood)
{
	const struct mode_rules *rules = catalogue[_i];

	for (size_t i = 0; i < rules->n; i++) {
		const struct mode_when *when = rules->v[i].when;

		for (size_t j = 0; j < MODE_WHEN_MAX && when[j].key; j++) {
			const char *wrong =
				when_check(when[j].key, when[j].value);

			ck_assert_msg(!wrong, "%s: %s: %s: %s",
				      rules->v[i].mode, when[j].key,
				      when[j].value, wrong);
		}
	}
}
END_TEST

START_TEST(many_negations_need_no_stack)
{
	char *value = xcalloc(1, (1 << 20) + 2);

	memset(value, '!', 1 << 20);
	value[1 << 20] = 'x';
	ck_assert_ptr_null(when_check("criu", value));
	free(value);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/when");
	TCase *tcase = tcase_create("when");

	tcase_add_loop_test(tcase, a_condition_holds_or_not, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, all_conditions_must_hold_and_none_always_does);
	tcase_add_loop_test(tcase, what_cannot_be_understood_is_said, 0,
			    ARRAY_SIZE(refused));
	tcase_add_loop_test(tcase, the_catalogue_can_be_understood, 0,
			    (int)n_catalogue);
	tcase_add_test(tcase, many_negations_need_no_stack);
	suite_add_tcase(suite, tcase);
	return suite;
}
