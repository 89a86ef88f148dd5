// SPDX-License-Identifier: Apache-2.0
/* test_output.c - the line that says what is wrong */
#include <string.h>

#include "base/mem.h"
#include "compat/output.h"
#include "tests/lib/testing.h"

/** struct output_case - What was printed, and the line that counts */
struct output_case {
	const char *output;
	const char *line;
};

static const struct output_case cases[] = {
	{ NULL, NULL },
	{ "", NULL },
	{ " \n\t\n", NULL },
	{ "one", "one" },
	{ "one\ntwo\n", "two" },
	{ "one\n  two \n\n \n", "two" },
	{ "ok: a\nwrong: b\nwrong: c\nok: d\n", "wrong: b" },
	{ "a wrong turn\nlast\n", "last" },
};

START_TEST(the_line_that_says_most_is_chosen)
{
	CLEANUP_FREE char *line = output_line(cases[_i].output);

	ck_assert_pstr_eq(line, cases[_i].line);
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	CLEANUP_FREE char *text = xcalloc(5001, 1);
	CLEANUP_FREE char *line = NULL;

	memset(text, 'x', 5000);
	line = output_line(text);
	ck_assert_uint_eq(strlen(line), 200);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/output");
	TCase *tcase = tcase_create("lines");

	tcase_add_loop_test(tcase, the_line_that_says_most_is_chosen, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, a_long_line_is_cut);
	suite_add_tcase(suite, tcase);
	return suite;
}
