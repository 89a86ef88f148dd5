// SPDX-License-Identifier: Apache-2.0
/* test_pattern.c - patterns of known log lines */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/pattern.h"
#include "tests/lib/testing.h"

/** struct pattern_case - @parts: what the wildcards stood for, joined by '|' */
struct pattern_case {
	const char *pattern;
	const char *text;
	const char *parts; /* NULL: no match */
};

static const struct pattern_case cases[] = {
	{ "fork", "Can't fork for 1", "" },
	{ "fork", "Can't exec", NULL },
	{ "fork", "", NULL },
	{ "", "", "" },
	{ "", "anything", "" },
	{ "^Can't", "Can't fork", "" },
	{ "^fork", "Can't fork", NULL },
	{ "fork$", "Can't fork", "" },
	{ "fork$", "Can't fork for 1", NULL },
	{ "fork$", "Can't fork$x", NULL },
	{ "^$", "", "" },
	{ "^$", "x", NULL },
	{ "for #: File", "Can't fork for 42: File exists", "42" },
	{ "for #: File", "Can't fork for x: File exists", NULL },
	{ "failed with #$", "madvise failed with -22", "-22" },
	{ "failed with #$", "madvise failed with -", NULL },
	{ "(#/#/#)", "pipe (-14/2/3)", "-14|2|3" },
	{ "File * has bad size # (expect #)",
	  "File a b has bad size 11 (expect 6)", "a b|11|6" },
	{ "File * has", "File  has", "" },
	{ "a*b*c", "xa1b2b3c", "1|2b3" },
	{ "a*", "xab", "b" },
	{ "a*$", "xab", "b" },
	{ "*", "all of it", "all of it" },
	{ "^*[#]: ", "app[42]: segfault", "app|42" },
	{ "cost $5", "the cost $5", "" },
};

START_TEST(a_pattern_finds_its_text_and_what_its_wildcards_stood_for)
{
	const struct pattern_case *c = &cases[_i];
	struct pattern_match match = { .n = 0 };
	CLEANUP(str_list_release) struct str_list list = { 0 };
	CLEANUP_FREE char *parts = NULL;
	bool found = pattern_match(c->pattern, c->text, &match);

	ck_assert_msg(found == (c->parts != NULL), "'%s' in '%s'", c->pattern,
		      c->text);
	for (size_t i = 0; i < match.n; i++)
		str_list_take(&list,
			      xstrndup(match.part[i].text, match.part[i].len));
	parts = str_list_join(&list, "|");
	if (found)
		ck_assert_str_eq(parts, c->parts);
}
END_TEST

START_TEST(what_is_not_wanted_is_not_written)
{
	struct pattern_match match = { .n = 77 };

	ck_assert(pattern_match("a#", "a1", NULL));
	ck_assert(!pattern_match("a#", "b", &match));
	ck_assert_uint_eq(match.n, 77);
}
END_TEST

START_TEST(a_hostile_line_takes_no_time_to_speak_of)
{
	char line[513];

	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	ck_assert(!pattern_match("a*a*a*b", line, NULL));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/pattern");
	TCase *tcase = tcase_create("patterns");

	tcase_add_loop_test(
		tcase,
		a_pattern_finds_its_text_and_what_its_wildcards_stood_for, 0,
		ARRAY_SIZE(cases));
	tcase_add_test(tcase, what_is_not_wanted_is_not_written);
	tcase_add_test(tcase, a_hostile_line_takes_no_time_to_speak_of);
	suite_add_tcase(suite, tcase);
	return suite;
}
