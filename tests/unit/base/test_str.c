// SPDX-License-Identifier: Apache-2.0
/* test_str.c - strings and lists of strings */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

static const struct {
	const char *name;
	const char *a, *b;
	int order;
} versions[] = {
	{ "numbers count as numbers", "6.1", "6.12", -1 },
	{ "a missing part is the smaller", "6.1", "6.1.0-55", -1 },
	{ "digits do not count as text", "3.17.1", "3.9", 1 },
	{ "the same is equal", "10.0.2", "10.0.2", 0 },
	{ "zeros in front do not count", "6.01", "6.1", 0 },
	{ "all zeros are zero", "6.000", "6.0", 0 },
	{ "a distribution's suffix counts", "3.17.1-2+deb12u1",
	  "3.17.1-2+deb12u2", -1 },
	{ "numbers beyond 64 bits compare", "1.99999999999999999999999",
	  "1.100000000000000000000000", -1 },
	{ "nothing is the smallest", "", "0", -1 },
	{ "nothing equals nothing", "", "", 0 },
	{ "text compares as text", "6.1-alpha", "6.1-beta", -1 },
};

START_TEST(versions_compare)
{
	const char *a = versions[_i].a;
	const char *b = versions[_i].b;
	int got = str_version_cmp(a, b);
	int back = str_version_cmp(b, a);

	got = (got > 0) - (got < 0);
	back = (back > 0) - (back < 0);
	ck_assert_msg(got == versions[_i].order && back == -got,
		      "%s: '%s' to '%s': got %d and back %d, wanted %d",
		      versions[_i].name, a, b, got, back, versions[_i].order);
}
END_TEST

static const struct {
	const char *a, *b;
	size_t distance;
} distances[] = {
	{ "", "", 0 },
	{ "", "abc", 3 },
	{ "command", "command", 0 },
	{ "comand", "command", 1 },
	{ "commandd", "command", 1 },
	{ "cimmand", "command", 1 },
	{ "ocmmand", "command", 1 }, /* neighbours swapped: one slip */
	{ "kitten", "sitting", 3 },
	{ "abc", "xyz", 3 },
};

START_TEST(distance_counts_slips)
{
	size_t there = str_distance(distances[_i].a, distances[_i].b);
	size_t back = str_distance(distances[_i].b, distances[_i].a);

	ck_assert_uint_eq(there, distances[_i].distance);
	ck_assert_uint_eq(back, distances[_i].distance);
}
END_TEST

START_TEST(a_very_long_word_is_far_from_all)
{
	char word[66];

	memset(word, 'a', sizeof(word) - 1);
	word[65] = '\0';
	ck_assert_uint_gt(str_distance(word, word), 1000);
	word[64] = '\0';
	ck_assert_uint_eq(str_distance(word, word), 0);
}
END_TEST

#define R "\xef\xbf\xbd" /* U+FFFD */

static const struct {
	const char *name;
	const char *bytes;
	size_t n;
	const char *clean;
} utf8[] = {
	{ "plain text stays", "a b\tc\n", 6, "a b\tc\n" },
	{ "valid sequences stay", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9,
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "a NUL is replaced", "a\0b", 3, "a" R "b" },
	{ "an escape is replaced", "\033[31m", 5, R "[31m" },
	{ "a carriage return is replaced", "a\r\n", 3, "a" R "\n" },
	{ "DEL is replaced", "\x7f", 1, R },
	{ "a control of the upper block is replaced", "\xc2\x9b", 2, R },
	/* It is escaped here, and the case itself. */
	/* NOLINTNEXTLINE(misc-misleading-bidirectional) */
	{ "what turns text around is replaced", "a\xe2\x80\xae\xe2\x81\xa6", 7,
	  "a" R R },
	{ "what is no character is replaced",
	  "\xef\xbf\xbe\xef\xbf\xbf\xf0\x9f\xbf\xbe", 10, R R R },
	{ "a lone continuation is replaced", "\x80", 1, R },
	{ "an overlong slash is replaced", "\xc0\xaf", 2, R R },
	{ "an overlong sequence of three is replaced", "\xe0\x80\xaf", 3,
	  R R R },
	{ "a surrogate is replaced", "\xed\xa0\x80", 3, R R R },
	{ "beyond the last code point is replaced", "\xf4\x90\x80\x80", 4,
	  R R R R },
	{ "a sequence cut short is replaced", "a\xe2\x82", 3, "a" R R },
	{ "nothing stays nothing", "", 0, "" },
};

START_TEST(utf8_is_cleaned)
{
	CLEANUP_FREE char *got = str_utf8_clean(utf8[_i].bytes, utf8[_i].n);

	ck_assert_msg(str_eq(got, utf8[_i].clean), "%s: got '%s'",
		      utf8[_i].name, got);
}
END_TEST

static const struct {
	const char *word, *quoted;
} quotes[] = {
	{ "plain-1.2/x", "plain-1.2/x" },
	{ "", "''" },
	{ "a b", "'a b'" },
	{ "it's", "'it'\\''s'" },
	{ "$HOME", "'$HOME'" },
	{ "A=1", "'A=1'" },
	{ "~", "'~'" },
	{ "*", "'*'" },
	{ "a\nb", "'a\nb'" },
};

START_TEST(words_are_quoted_for_the_shell)
{
	CLEANUP_FREE char *got = str_shell_quote(quotes[_i].word);

	ck_assert_str_eq(got, quotes[_i].quoted);
}
END_TEST

START_TEST(split_and_join_are_inverse)
{
	struct str_list list = { 0 };
	CLEANUP_FREE char *joined = NULL;

	str_list_split(&list, ",one,,two three,", ", ");
	ck_assert_uint_eq(list.n, 3);
	ck_assert(str_list_has(&list, "three"));
	ck_assert(!str_list_has(&list, "thre"));
	joined = str_list_join(&list, "-");
	ck_assert_str_eq(joined, "one-two-three");
	str_list_release(&list);
	ck_assert_ptr_null(list.v);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(joining_nothing_gives_an_empty_string)
{
	struct str_list list = { 0 };
	CLEANUP_FREE char *joined = str_list_join(&list, ",");

	ck_assert_str_eq(joined, "");
}
END_TEST

START_TEST(a_copied_list_is_independent)
{
	struct str_list from = { 0 };
	struct str_list to = { 0 };

	str_list_add(&from, "a");
	str_list_take(&from, xstrdup("b"));
	str_list_copy(&to, &from);
	str_list_copy(&to, &to); /* onto itself doubles it */
	from.v[0][0] = 'x';
	ck_assert_uint_eq(to.n, 4);
	ck_assert_str_eq(to.v[0], "a");
	ck_assert_str_eq(to.v[3], "b");
	str_list_release(&from);
	str_list_release(&to);
}
END_TEST

START_TEST(null_equals_only_null)
{
	ck_assert(str_eq(NULL, NULL));
	ck_assert(!str_eq(NULL, ""));
	ck_assert(!str_eq("", NULL));
	ck_assert(str_eq("a", "a"));
	ck_assert(!str_eq("a", "b"));
}
END_TEST

START_TEST(beginnings_and_endings_are_told)
{
	ck_assert(str_starts("counter.a.b", "counter."));
	ck_assert(!str_starts("count", "counter"));
	ck_assert(str_ends("dump.log", ".log"));
	ck_assert(!str_ends("log", ".log"));
	ck_assert(str_starts("x", "") && str_ends("x", ""));
}
END_TEST

START_TEST(trim_cuts_both_ends)
{
	char both[] = " \t a b \r\n";
	char blank[] = " \n";
	char empty[] = "";

	ck_assert_str_eq(str_trim(both), "a b");
	ck_assert_str_eq(str_trim(blank), "");
	ck_assert_str_eq(str_trim(empty), "");
}
END_TEST

static const struct {
	const char *text;
	bool is_number;
	uint64_t value;
} numbers[] = {
	{ "0", true, 0 },
	{ "007", true, 7 },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "18446744073709551616", false, 0 },
	{ "99999999999999999999", false, 0 },
	{ "", false, 0 },
	{ NULL, false, 0 },
	{ "-1", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1\n", false, 0 },
	{ "1x", false, 0 },
	{ "0x10", false, 0 },
};

START_TEST(only_digits_that_fit_are_a_number)
{
	uint64_t got = 4711;
	bool is_number = str_u64(numbers[_i].text, &got);

	ck_assert_msg(is_number == numbers[_i].is_number, "'%s': got %d",
		      numbers[_i].text ? numbers[_i].text : "NULL", is_number);
	ck_assert_uint_eq(got, is_number ? numbers[_i].value : 4711);
}
END_TEST

START_TEST(a_number_is_taken_from_the_front_of_a_text)
{
	const char *text = "ffg12";
	const char *whole = text;
	uint64_t value = 0;

	ck_assert(!str_take_u64(&text, 10, &value));
	ck_assert_ptr_eq(text, whole);
	ck_assert(str_take_u64(&text, 16, &value));
	ck_assert_uint_eq(value, 0xff);
	ck_assert_str_eq(text, "g12");
	text = "12";
	ck_assert(str_take_u64(&text, 2, &value));
	ck_assert_uint_eq(value, 1);
	ck_assert_str_eq(text, "2");
	text = "FF";
	ck_assert(!str_take_u64(&text, 16, &value));
}
END_TEST

START_TEST(a_string_buffer_gives_what_was_written)
{
	struct strbuf buf;
	CLEANUP_FREE char *text = NULL;

	strbuf_open(&buf);
	(void)fprintf(buf.f, "%d-%s", 7, "x");
	text = strbuf_take(&buf);
	ck_assert_str_eq(text, "7-x");
	strbuf_open(&buf);
	(void)fputs("thrown away", buf.f);
	strbuf_release(&buf);
	strbuf_release(&buf);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("str");
	TCase *tables = tcase_create("tables");
	TCase *lists = tcase_create("lists and buffers");

	tcase_add_loop_test(tables, versions_compare, 0, ARRAY_SIZE(versions));
	tcase_add_loop_test(tables, distance_counts_slips, 0,
			    ARRAY_SIZE(distances));
	tcase_add_loop_test(tables, utf8_is_cleaned, 0, ARRAY_SIZE(utf8));
	tcase_add_loop_test(tables, words_are_quoted_for_the_shell, 0,
			    ARRAY_SIZE(quotes));
	tcase_add_loop_test(tables, only_digits_that_fit_are_a_number, 0,
			    ARRAY_SIZE(numbers));
	tcase_add_test(tables, a_number_is_taken_from_the_front_of_a_text);
	tcase_add_test(tables, a_very_long_word_is_far_from_all);
	suite_add_tcase(suite, tables);
	tcase_add_test(lists, split_and_join_are_inverse);
	tcase_add_test(lists, joining_nothing_gives_an_empty_string);
	tcase_add_test(lists, a_copied_list_is_independent);
	tcase_add_test(lists, null_equals_only_null);
	tcase_add_test(lists, beginnings_and_endings_are_told);
	tcase_add_test(lists, trim_cuts_both_ends);
	tcase_add_test(lists, a_string_buffer_gives_what_was_written);
	suite_add_tcase(suite, lists);
	return suite;
}
