// SPDX-License-Identifier: Apache-2.0
/* test_analysis_svg_phases.c - when the phases of a migration were */
#include "compat/analysis_svg_phases.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define AT_NS (5 * NS_PER_S)

/** struct line_case - A comment at AT_NS, and the phase that it is */
struct line_case {
	const char *comment;
	const char *text;
	uint64_t at_ns;
};

static const struct line_case line_cases[] = {
	{ "dump begins", "dump begins", AT_NS },
	{ "dump begins (1.204 ms before this frame)", "dump begins",
	  AT_NS - 1204000 },
	{ "source: restore done (0.000 ms before this frame)",
	  "source: restore done", AT_NS },
	{ "at the end (12.034 ms after this frame)", "at the end",
	  AT_NS + 12034000 },
	{ "long ago (9999999.000 ms before this frame)", "long ago", 0 },
	{ "a (b) (1.000 ms before this frame)", "a (b)", AT_NS - NS_PER_MS },
	/* None of these is one. */
	{ "(1.2 ms before this frame)", "(1.2 ms before this frame)", AT_NS },
	{ "x (1.204 ms before this frame) y",
	  "x (1.204 ms before this frame) y", AT_NS },
	{ "x (-1.204 ms before this frame)", "x (-1.204 ms before this frame)",
	  AT_NS },
	{ "x (99999999999999999999.000 ms after this frame)",
	  "x (99999999999999999999.000 ms after this frame)", AT_NS },
	{ "x (18446744073709.000 ms after this frame)",
	  "x (18446744073709.000 ms after this frame)", AT_NS },
	{ "x (9223372036854.000 ms after this frame)", "x", INT64_MAX },
	{ "x (", "x (", AT_NS },
};

START_TEST(a_phase_is_where_its_line_says)
{
	const struct line_case *c = &line_cases[_i];
	struct wire_phase comment = { .at_ns = AT_NS };
	struct wire_report report = { .phases = &comment, .n_phases = 1 };
	CLEANUP(svg_phases_release) struct svg_phases phases = { 0 };

	comment.text = xstrdup(c->comment);
	svg_phases_read(&report, &phases);
	ck_assert_uint_eq(phases.n, 1);
	ck_assert_str_eq(phases.v[0].text, c->text);
	ck_assert_uint_eq(phases.v[0].at_ns, c->at_ns);
	free(comment.text);
}
END_TEST

START_TEST(each_line_of_a_comment_is_a_phase)
{
	struct wire_phase comment = { .at_ns = AT_NS };
	struct wire_report report = { .phases = &comment, .n_phases = 1 };
	CLEANUP(svg_phases_release) struct svg_phases phases = { 0 };

	comment.text = xstrdup("one (3.000 ms before this frame)\n\ntwo\n");
	svg_phases_read(&report, &phases);
	ck_assert_uint_eq(phases.n, 2);
	ck_assert_str_eq(phases.v[0].text, "one");
	ck_assert_uint_eq(phases.v[0].at_ns, AT_NS - 3 * NS_PER_MS);
	ck_assert_str_eq(phases.v[1].text, "two");
	ck_assert_uint_eq(phases.v[1].at_ns, AT_NS);
	free(comment.text);
}
END_TEST

START_TEST(there_are_not_too_many)
{
	CLEANUP_FREE char *text = xcalloc(2001, 1);
	struct wire_phase comment = { .text = text };
	struct wire_report report = { .phases = &comment, .n_phases = 1 };
	CLEANUP(svg_phases_release) struct svg_phases phases = { 0 };

	for (size_t i = 0; i < 2000; i++)
		text[i] = i % 2 ? '\n' : 'x';
	svg_phases_read(&report, &phases);
	ck_assert_uint_eq(phases.n, WIRE_PHASES_MAX);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/analysis_svg_phases");
	TCase *tcase = tcase_create("phases");

	tcase_add_loop_test(tcase, a_phase_is_where_its_line_says, 0,
			    ARRAY_SIZE(line_cases));
	tcase_add_test(tcase, each_line_of_a_comment_is_a_phase);
	tcase_add_test(tcase, there_are_not_too_many);
	suite_add_tcase(suite, tcase);
	return suite;
}
