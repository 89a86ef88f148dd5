// SPDX-License-Identifier: Apache-2.0
/* test_bind_print.c - the caret stands under the place, whatever the line */
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A80 A40 A40

static const struct {
	const char *name, *source;
	unsigned line, col;
	const char *shown;
} cases[] = {
	{ "the first column", "key: value", 3, 1,
	  "    3 | key: value\n"
	  "      | ^\n" },
	{ "behind the end", "key:", 12, 5,
	  "   12 | key:\n"
	  "      |     ^\n" },
	{ "an empty line", "", 1, 1,
	  "    1 | \n"
	  "      | ^\n" },
	{ "a tab before it", "a\tb: c", 1, 3,
	  "    1 | a       b: c\n"
	  "      |         ^\n" },
	{ "letters of two bytes", "\xc3\xa4\xc3\xb6: x", 1, 5,
	  "    1 | \xc3\xa4\xc3\xb6: x\n"
	  "      |     ^\n" },
	{ "letters of two columns", "\xe6\x97\xa5\xe6\x9c\xac: x", 1, 5,
	  "    1 | \xe6\x97\xa5\xe6\x9c\xac: x\n"
	  "      |       ^\n" },
	{ "letters of no column", "a\xcc\x88: x", 1, 5,
	  "    1 | a\xcc\x88: x\n"
	  "      |    ^\n" },
	{ "a long line's beginning", A80 "bc", 1, 2,
	  "    1 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaa...\n"
	  "      |  ^\n" },
	{ "a long line's end", A80 "bc", 1, 82,
	  "    1 | ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaabc\n"
	  "      |                                                       "
	  "                    ^\n" },
	{ "a long line's middle", A80 "b" A80, 1, 81,
	  "    1 | ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaabaaaaaaaaaaaaaaa...\n"
	  "      |                                                       "
	  "     ^\n" },
};

static char *print(const struct bind_diags *diags, bool color)
{
	struct strbuf buf;

	strbuf_open(&buf);
	bind_diags_print(diags, buf.f, color);
	return strbuf_take(&buf);
}

START_TEST(the_caret_is_under)
{
	struct bind_diag diag = { .pos = { cases[_i].line, cases[_i].col },
				  .msg = xstrdup("wrong"),
				  .source = xstrdup(cases[_i].source) };
	struct bind_diags diags = { .file = xstrdup("f.yaml"),
				    .v = &diag,
				    .n = 1 };
	char *got CLEANUP_FREE = print(&diags, false);
	char *want CLEANUP_FREE = xasprintf("f.yaml:%u:%u: error: wrong\n%s",
					    cases[_i].line, cases[_i].col,
					    cases[_i].shown);

	ck_assert_msg(!strcmp(got, want), "%s: got\n%swanted\n%s",
		      cases[_i].name, got, want);
	free(diag.msg);
	free(diag.source);
	free(diags.file);
}
END_TEST

START_TEST(a_diag_without_place_is_one_line)
{
	char msg[] = "gone", file[] = "f", hint[] = "look";
	struct bind_diag diag = { .msg = msg, .suggestion = hint };
	struct bind_diags diags = {
		.file = file, .v = &diag, .n = 1, .cut = true
	};
	char *got CLEANUP_FREE = print(&diags, false);

	ck_assert_str_eq(got, "f: error: gone (look)\n"
			      "f: there are more errors than these 1\n");
}
END_TEST

START_TEST(colours_change_nothing_but_colours)
{
	char msg[] = "gone", file[] = "f", line[] = "a: b";
	struct bind_diag diag = { .pos = { 1, 4 }, .msg = msg, .source = line };
	struct bind_diags diags = { .file = file, .v = &diag, .n = 1 };
	char *got CLEANUP_FREE = print(&diags, true);

	ck_assert_str_eq(got, "\033[1mf:1:4:\033[0m \033[1;31merror:\033[0m "
			      "gone\n\033[2m    1 |\033[0m a: b\n"
			      "\033[2m      |\033[0m    \033[1;32m^\033[0m\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("base/bind_print");
	TCase *tcase = tcase_create("bind_print");

	tcase_add_loop_test(tcase, the_caret_is_under, 0, ARRAY_SIZE(cases));
	tcase_add_test(tcase, a_diag_without_place_is_one_line);
	tcase_add_test(tcase, colours_change_nothing_but_colours);
	suite_add_tcase(suite, tcase);
	return suite;
}
