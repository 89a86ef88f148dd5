// SPDX-License-Identifier: Apache-2.0
/* test_report_table.c - columns, wrapping, plain ASCII */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/report_table.h"
#include "tests/lib/testing.h"

static void fill(struct table *table)
{
	table_add(table, INK_PLAIN, "a");
	table_add(table, INK_PLAIN, "one");
	table_add(table, INK_PLAIN, NULL);
	table_add(table, INK_PLAIN, "beta");
	table_add(table, INK_GREEN, "✓");
	table_addf(table, INK_PLAIN, "%d", 33);
}

static char *print(const struct table *table, size_t from, size_t to,
		   bool color)
{
	struct report_opts opts = { .color = color };
	struct strbuf buf;

	strbuf_open(&buf);
	table_print(table, from, to, &opts, buf.f);
	return strbuf_take(&buf);
}

START_TEST(columns_are_aligned_by_characters_and_end_without_blanks)
{
	CLEANUP(table_release) struct table table = { .n_cols = 3 };
	CLEANUP_FREE char *all = NULL;
	CLEANUP_FREE char *last = NULL;
	CLEANUP_FREE char *color = NULL;

	fill(&table);
	all = print(&table, 1, 3, false);
	ck_assert_str_eq(all, "  a     one\n  beta  ✓    33\n");
	last = print(&table, 2, 3, false);
	ck_assert_str_eq(last, "  a\n  beta  33\n");
	color = print(&table, 1, 3, true);
	ck_assert_str_eq(color,
			 "  a     one\n  beta  \033[32m✓\033[0m    33\n");
}
END_TEST

START_TEST(as_many_columns_are_taken_as_fit_but_one_at_least)
{
	CLEANUP(table_release) struct table table = { .n_cols = 3 };
	struct report_opts opts = { .width = 0 };

	fill(&table);
	ck_assert_uint_eq(table_fit(&table, 1, &opts), 3);
	opts.width = 15; /* 2 + 4 + 2 + 3 + 2 + 2 */
	ck_assert_uint_eq(table_fit(&table, 1, &opts), 3);
	opts.width = 14;
	ck_assert_uint_eq(table_fit(&table, 1, &opts), 2);
	opts.width = 1;
	ck_assert_uint_eq(table_fit(&table, 1, &opts), 2);
	ck_assert_uint_eq(table_fit(&table, 2, &opts), 3);
}
END_TEST

/** struct wrap_case - Words in lines of a width */
struct wrap_case {
	const char *first;
	size_t indent;
	const char *text;
	int width;
	const char *expected;
};

static const struct wrap_case wrap_cases[] = {
	{ "", 0, "one two three", 0, "one two three\n" },
	{ "", 0, "one two three", 7, "one two\nthree\n" },
	{ "> ", 2, "one two three", 7, "> one\n  two\n  three\n" },
	{ "> ", 4, "one two", 9, "> one two\n" },
	{ "", 0, "  many\n\n  blanks\t", 80, "many blanks\n" },
	{ "", 2, "a verylongword b", 5, "a\n  verylongword\n  b\n" },
	{ "", 0, "é é é", 3, "é é\né\n" },
	{ "x: ", 3, "", 5, "x: \n" },
};

START_TEST(words_are_wrapped_where_they_no_more_fit)
{
	const struct wrap_case *c = &wrap_cases[_i];
	struct report_opts opts = { .width = c->width };
	struct strbuf buf;
	char *got;

	strbuf_open(&buf);
	text_wrap(c->first, c->indent, c->text, &opts, buf.f);
	got = strbuf_take(&buf);
	ck_assert_str_eq(got, c->expected);
	free(got);
}
END_TEST

START_TEST(each_character_beyond_ascii_becomes_one_mark)
{
	char text[] = "a✓b→ü";

	text_to_ascii(text);
	ck_assert_str_eq(text, "a?b??");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/report_table");
	TCase *tcase = tcase_create("tables");

	tcase_add_test(
		tcase,
		columns_are_aligned_by_characters_and_end_without_blanks);
	tcase_add_test(tcase,
		       as_many_columns_are_taken_as_fit_but_one_at_least);
	tcase_add_loop_test(tcase, words_are_wrapped_where_they_no_more_fit, 0,
			    ARRAY_SIZE(wrap_cases));
	tcase_add_test(tcase, each_character_beyond_ascii_becomes_one_mark);
	suite_add_tcase(suite, tcase);
	return suite;
}
