// SPDX-License-Identifier: Apache-2.0
/* test_analysis_svg_text.c - words and figures of the time line */
#include "compat/analysis_svg_text.h"

#include <string.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

#define BAD "\xef\xbf\xbd"
#define ELLIPSIS "\xe2\x80\xa6"

/** struct pair - What goes in, and what comes out */
struct pair {
	const char *in;
	const char *out;
};

static const struct pair escapes[] = {
	{ "", "" },
	{ "dump begins", "dump begins" },
	{ "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;&amp;&#39;" },
	{ "a\tb\nc", "a b c" },
	{ "\x1b\x7f", BAD BAD },
	{ "\xff\xc3", BAD BAD },
	{ "\xef\xbf\xbe\xef\xbf\xbf", BAD BAD },
	{ "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x9f",
	  "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x9f" },
};

START_TEST(text_is_escaped)
{
	CLEANUP_FREE char *got = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	svg_escape(buf.f, escapes[_i].in);
	got = strbuf_take(&buf);
	ck_assert_str_eq(got, escapes[_i].out);
}
END_TEST

static const struct pair cuts[] = {
	{ "", "" },
	{ "eight ch", "eight ch" },
	{ "nine char", "nine ch" ELLIPSIS },
	{ "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad",
	  "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad" },
	{ "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad.",
	  "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad" ELLIPSIS },
};

START_TEST(text_is_cut_to_columns)
{
	CLEANUP_FREE char *got = svg_cut(cuts[_i].in, 8);

	ck_assert_str_eq(got, cuts[_i].out);
}
END_TEST

static const struct pair wraps[] = {
	{ "", "" },
	{ "  ", "" },
	{ "short", "short" },
	{ "one two three four", "one two|three four" },
	{ "undividable words", "undividabl|e words" },
	{ "a\nb", "a b" },
	{ "one two three four five six seven",
	  "one two|three four|five six " ELLIPSIS },
};

START_TEST(text_is_wrapped)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	CLEANUP_FREE char *got = NULL;

	svg_wrap(wraps[_i].in, 10, 3, &lines);
	for (size_t i = 0; i < lines.n; i++)
		str_trim(lines.v[i]);
	got = str_list_join(&lines, "|");
	ck_assert_str_eq(got, wraps[_i].out);
}
END_TEST

static const struct {
	uint64_t ns;
	const char *text;
} durations[] = {
	{ 0, "0 \xc2\xb5s" },	   { 20000, "20 \xc2\xb5s" },
	{ 1234567, "1.23 ms" },	   { 713636420, "714 ms" },
	{ 59500000, "59.5 ms" },   { 999400000, "999 ms" },
	{ 999600000, "1 s" },	   { 1250000000, "1.25 s" },
	{ 119400000000, "119 s" }, { 125000000000, "2 min 5 s" },
};

START_TEST(durations_have_three_figures)
{
	CLEANUP_FREE char *got = svg_duration(durations[_i].ns);

	ck_assert_str_eq(got, durations[_i].text);
}
END_TEST

static const struct {
	double bytes, step, most;
	const char *text;
} sizes[] = {
	{ 0, 50, 240, "0 B" },
	{ 200, 50, 240, "200 B" },
	{ 200000, 100000, 324000, "200 kB" },
	{ 30050, 50, 30100, "30.05 kB" },
	{ 341.5e6, 0.5e6, 342e6, "341.5 MB" },
	{ 3e18, 1e18, 5e18, "3 EB" },
};

START_TEST(positions_are_exact_to_the_step)
{
	CLEANUP_FREE char *got =
		svg_bytes(sizes[_i].bytes, sizes[_i].step, sizes[_i].most);

	ck_assert_str_eq(got, sizes[_i].text);
}
END_TEST

START_TEST(steps_are_round)
{
	ck_assert_double_eq_tol(svg_step(0.3), 0.5, 1e-9);
	ck_assert_double_eq_tol(svg_step(1), 1, 1e-9);
	ck_assert_double_eq_tol(svg_step(11), 20, 1e-9);
	ck_assert_double_eq_tol(svg_step(70), 100, 1e-9);
}
END_TEST

static const struct {
	double step_ns, last_ns;
	const char *unit;
	int decimals;
} scales[] = {
	{ 100e6, 950e6, "ms", 0 },     { 500e6, 2500e6, "ms", 0 },
	{ 2e9, 9e9, "s", 0 },	       { 200e6, 602e9, "s", 1 },
	{ 50e3, 2e6, "\xc2\xb5s", 0 }, { 50e3, 100e6, "ms", 2 },
	{ 5e9, 26e9, "s", 0 },
};

START_TEST(instants_have_the_unit_that_suits)
{
	struct svg_scale scale =
		svg_scale_of(scales[_i].step_ns, scales[_i].last_ns);

	ck_assert_str_eq(scale.unit, scales[_i].unit);
	ck_assert_int_eq(scale.decimals, scales[_i].decimals);
}
END_TEST

START_TEST(widths_grow_with_the_text)
{
	ck_assert(svg_width("", 11) == 0);
	ck_assert(svg_width("ill", 11) < svg_width("mmm", 11));
	ck_assert_double_eq_tol(svg_width("\xe4\xb8\xad", 11), 11, 1e-9);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/analysis_svg_text");
	TCase *tcase = tcase_create("text");

	tcase_add_loop_test(tcase, text_is_escaped, 0, ARRAY_SIZE(escapes));
	tcase_add_loop_test(tcase, text_is_cut_to_columns, 0, ARRAY_SIZE(cuts));
	tcase_add_loop_test(tcase, text_is_wrapped, 0, ARRAY_SIZE(wraps));
	tcase_add_loop_test(tcase, durations_have_three_figures, 0,
			    ARRAY_SIZE(durations));
	tcase_add_loop_test(tcase, positions_are_exact_to_the_step, 0,
			    ARRAY_SIZE(sizes));
	tcase_add_test(tcase, steps_are_round);
	tcase_add_loop_test(tcase, instants_have_the_unit_that_suits, 0,
			    ARRAY_SIZE(scales));
	tcase_add_test(tcase, widths_grow_with_the_text);
	suite_add_tcase(suite, tcase);
	return suite;
}
