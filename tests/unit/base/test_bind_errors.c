// SPDX-License-Identifier: Apache-2.0
/* test_bind_errors.c - what is refused, in which words, and where */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/testing.h"
#include "tests/unit/base/bind_thing.h"

static const struct {
	const char *name, *text;
	unsigned line, col;
	const char *msg, *suggestion;
} bad[] = {
	{ "an unknown key", "text: a\ntex: b", 2, 1,
	  "unknown key 'tex' in 'thing'", "did you mean 'text'?" },
	{ "a key of another mapping", "text: a\nwait: b", 2, 1,
	  "unknown key 'wait' in 'thing'", "it belongs in 'inner'" },
	{ "a key that is like none", "inner: {xyzzy: 1, run: a}\ntext: a", 1, 9,
	  "unknown key 'xyzzy' in 'inner'", "known: run, wait, within" },
	{ "a repeated key", "text: a\ntext: b", 2, 1,
	  "key 'text' is repeated, first in line 1", NULL },
	{ "a required key that is missing", "flag: true", 1, 1,
	  "'text' is missing in 'thing'", NULL },
	{ "a required key without value", "flag: true\ntext:", 2, 6,
	  "'text' has no value", NULL },
	{ "null as a value", "text: ~", 1, 7, "'text' has no value", NULL },
	{ "a mapping for a scalar", "text: {a: b}", 1, 7,
	  "'text' must be a single value, not a mapping", NULL },
	{ "a list for a mapping", "text: a\ninner: [a]", 2, 8,
	  "'inner' must be a mapping, not a list", NULL },
	{ "a mapping for a list", "text: a\nlist: {a: b}", 2, 7,
	  "'list' must be a list, not a mapping", NULL },
	{ "a scalar for a list of mappings", "text: a\ninners: x", 2, 9,
	  "'inners' must be a list, not plain text", NULL },
	{ "a scalar for a mapping of names", "text: a\nnamed: x", 2, 8,
	  "'named' must be a mapping of names, not plain text", NULL },
	{ "a list in a list", "text: a\nlist: [b, [c]]", 2, 11,
	  "'list' must be a single value, not a list", NULL },
	{ "YAML 1.1's other booleans", "text: a\nflag: on", 2, 7,
	  "'flag' must be true or false, not 'on'", NULL },
	{ "a quoted boolean", "text: a\nflag: 'true'", 2, 7,
	  "'flag' must be true or false, not 'true'", NULL },
	{ "a number with text behind it", "text: a\nnumber: 12x", 2, 9,
	  "'number' must be a number, digits only, not '12x'", NULL },
	{ "a quoted number", "text: a\nnumber: '12'", 2, 9,
	  "'number' must be a number, digits only, not '12'", NULL },
	{ "an octal-looking number", "text: a\nnumber: 012", 2, 9,
	  "'number' must be a number, digits only, not '012'", NULL },
	{ "a negative number", "text: a\nnumber: -1", 2, 9,
	  "'number' must be a number, digits only, not '-1'", NULL },
	{ "a number out of its limits", "text: a\nnumber: 101", 2, 9,
	  "'number' must be 1 to 100, not 101", NULL },
	{ "a number over 64 bits", "text: a\nnumber: 18446744073709551617", 2,
	  9,
	  "'number' must be a number, digits only, not '18446744073709551617'",
	  NULL },
	{ "a duration without unit", "text: a\nduration: 10", 2, 11,
	  "'duration' must be a duration such as 250ms, 10s, 2m or 1h, not "
	  "'10'",
	  NULL },
	{ "a duration out of its limits", "text: a\nduration: 2m", 2, 11,
	  "'duration' must be 0s to 1m, not 2m", NULL },
	{ "a size out of its limits", "text: a\nsize: 2G", 2, 7,
	  "'size' must be 4K to 1G, not 2G", NULL },
	{ "an unknown name", "text: a\ncolor: bleu", 2, 8,
	  "'color' must be one of red, blue, not 'bleu'",
	  "did you mean 'blue'?" },
	{ "a name that is not to be chosen", "text: a\ncolor: ''", 2, 8,
	  "'color' must be one of red, blue, not ''", NULL },
	{ "text that does not fit its pattern", "text: a\nlist: [b, 6]", 2, 11,
	  "'6' is not a valid 'list': must match ^[a-z]+$", NULL },
	{ "a name that does not fit its pattern",
	  "text: a\nnamed: {A: {value: 1}}", 2, 9,
	  "'A' is not a valid 'name': must match ^[a-z]+$", NULL },
	{ "a map's key that is not allowed", "text: a\ncolors: {rad: 1}", 2, 10,
	  "'colors' must be one of red, blue, not 'rad'",
	  "did you mean 'red'?" },
	{ "a map's value that is none", "text: a\nmap: {b: [c]}", 2, 10,
	  "'b' must be a single value, not a list", NULL },
	{ "none of those of which one is needed",
	  "text: a\ninner: {within: 1s}", 2, 8,
	  "'inner' needs one of 'run', 'wait'", NULL },
	{ "two of those of which one is needed",
	  "text: a\ninner: {run: x, wait: y}", 2, 23,
	  "'wait' and 'run' exclude each other in 'inner'", NULL },
	{ "what a check reports", "text: a\nnumber: 13", 2, 9,
	  "thirteen is unlucky", "take 12" },
	{ "an absent key's place is its mapping", "version: 1\ntext: a", 1, 1,
	  "no list", NULL },
	{ "a scalar document", "12", 1, 1,
	  "'thing' must be a mapping, not plain text", NULL },
	{ "an empty document", "", 1, 1, "the file is empty", NULL },
	{ "a document that is null", "--- ~\n", 1, 5, "'thing' has no value",
	  NULL },
	{ "a tag", "text: !!str a", 1, 7,
	  "tags such as 'tag:yaml.org,2002:str' are not allowed",
	  "leave it out" },
	{ "a merge key", "text: a\n<<: {flag: true}", 2, 1,
	  "merge keys ('<<') are not supported", NULL },
	{ "a second document", "text: a\n---\ntext: b", 2, 1,
	  "only one document in a file", NULL },
	{ "an alias to nothing", "text: *x", 1, 7,
	  "no anchor '&x' before this alias", NULL },
	{ "an alias to what is around it", "text: a\ninners: &x [*x]", 2, 13,
	  "alias '*x' contains itself", NULL },
	{ "a syntax error", "text: a\nlist: [b, c\nflag: true", 3, 5,
	  "syntax: did not find expected ',' or ']' (while parsing a flow "
	  "sequence that began in line 2)",
	  NULL },
	{ "a tab", "text: a\ninner:\n\trun: b", 3, 1,
	  "syntax: found character that cannot start any token",
	  "indent with blanks" },
	{ "a character that YAML keeps for itself", "text: @a", 1, 7,
	  "syntax: found character that cannot start any token",
	  "quote the value" },
	{ "an error at the end", "text: a\nx", 2, 2,
	  "syntax: could not find expected ':' (while scanning a simple key "
	  "that began in line 2)",
	  NULL },
	{ "an error before a second document", "tex: a\n---\n", 1, 1,
	  "unknown key 'tex' in 'thing'", "did you mean 'text'?" },
	{ "bytes that are no text", "text: a\nversion: \"\xc3(\"", 2, 12,
	  "syntax: invalid trailing UTF-8 octet", NULL },
	{ "a control character in the file", "text: a\nversion: \x01", 2, 10,
	  "syntax: control characters are not allowed", NULL },
	{ "NUL in text", "text: \"a\\0b\"", 1, 7,
	  "NUL characters are not allowed", NULL },
	{ "terminal codes in a key", "text: a\n\"\\e[1m\": b", 2, 1,
	  "unknown key '\xef\xbf\xbd[1m' in 'thing'",
	  "known: text, version, flag, number, duration, size, color, list, "
	  "map, colors, inner, inners, named" },
	{ "columns are characters, not bytes",
	  "{text: \"\xc3\xa4\xe2\x82\xac\","
	  " flag: on}",
	  1, 20, "'flag' must be true or false, not 'on'", NULL },
	{ "a byte order mark has no column", "\xef\xbb\xbftexd: a", 1, 1,
	  "unknown key 'texd' in 'thing'", "did you mean 'text'?" },
};

static const struct bind_diag *find_diag(const struct bind_diags *diags,
					 const char *msg)
{
	for (size_t i = 0; i < diags->n; i++)
		if (!strcmp(diags->v[i].msg, msg))
			return &diags->v[i];
	return NULL;
}

START_TEST(is_refused_at_its_place)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;
	const struct bind_diag *diag;

	ck_assert_err(bind(bad[_i].text, &t, &diags, &err), &err, ERR_INPUT,
		      diags.v[0].pos.line);
	ck_assert_has(err.msg, diags.v[0].msg);
	diag = find_diag(&diags, bad[_i].msg);
	ck_assert_msg(diag != NULL, "%s: got '%s', wanted '%s'", bad[_i].name,
		      diags.v[0].msg, bad[_i].msg);
	ck_assert_msg(diag->pos.line == bad[_i].line &&
			      diag->pos.col == bad[_i].col,
		      "%s: got %u:%u, wanted %u:%u", bad[_i].name,
		      diag->pos.line, diag->pos.col, bad[_i].line, bad[_i].col);
	ck_assert_pstr_eq(diag->suggestion, bad[_i].suggestion);
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(all_errors_come_in_order_and_twenty_are_kept)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;
	struct strbuf text;
	char *yaml;

	strbuf_open(&text);
	(void)fprintf(text.f, "text: a\nflag: 1\n");
	for (int i = 0; i < 300; i++)
		(void)fprintf(text.f, "u%d: x\n", i);
	yaml = strbuf_take(&text);
	ck_assert_err(bind(yaml, &t, &diags, &err), &err, ERR_INPUT, 2);
	ck_assert_uint_eq(diags.n, 20);
	ck_assert(diags.cut);
	for (size_t i = 1; i < diags.n; i++)
		ck_assert_uint_ge(diags.v[i].pos.line, diags.v[i - 1].pos.line);
	ck_assert_str_eq(diags.v[19].source, "u18: x");
	free(yaml);
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(nesting_too_deep_ends_reading)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;
	char text[201];

	memset(text, '[', 200);
	text[200] = '\0';
	ck_assert_err(bind(text, &t, &diags, &err), &err, ERR_INPUT, 1);
	ck_assert_str_eq(diags.v[0].msg, "nested too deeply");
	ck_assert_uint_eq(diags.v[0].pos.col, 33);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(aliases_cannot_make_a_billion)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;
	struct strbuf text;
	char *yaml;

	strbuf_open(&text);
	(void)fprintf(text.f, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		(void)fprintf(text.f, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			(void)fprintf(text.f, "*a%d, ", i - 1);
		(void)fprintf(text.f, "]\n");
	}
	yaml = strbuf_take(&text);
	ck_assert_err(bind(yaml, &t, &diags, &err), &err, ERR_INPUT, 4);
	ck_assert_str_eq(diags.v[0].msg, "aliases expand to too much");
	free(yaml);
	bind_diags_release(&diags);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("base/bind_errors");
	TCase *tcase = tcase_create("bind_errors");

	tcase_add_loop_test(tcase, is_refused_at_its_place, 0, ARRAY_SIZE(bad));
	tcase_add_test(tcase, all_errors_come_in_order_and_twenty_are_kept);
	tcase_add_test(tcase, nesting_too_deep_ends_reading);
	tcase_add_test(tcase, aliases_cannot_make_a_billion);
	suite_add_tcase(suite, tcase);
	return suite;
}
