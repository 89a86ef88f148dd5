// SPDX-License-Identifier: Apache-2.0
/* test_bind.c - one table of every type: what is taken, what is refused where */
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

struct inner {
	char *run;
	char *wait;
	uint64_t within_ns;
	struct bind_pos pos;
};

struct named {
	char *name;
	char *value;
	struct bind_pos pos;
};

struct thing {
	char *text;
	char *version;
	bool flag;
	uint64_t number;
	uint64_t duration_ns;
	uint64_t size_bytes;
	int color;
	struct str_list list;
	struct bind_map map;
	struct bind_map colors;
	struct inner inner;
	struct inner *inners;
	size_t n_inners;
	struct named *named;
	size_t n_named;
	struct bind_pos pos;
};

static const char *const color_names[] = { "red", "", "blue", NULL };
static const char *const one_of[] = { "run", "wait", NULL };

static const struct bind_field inner_fields[] = {
	{ .key = "run", .type = BIND_STR, .offset = offsetof(struct inner, run) },
	{ .key = "wait", .type = BIND_STR,
	  .offset = offsetof(struct inner, wait) },
	{ .key = "within", .type = BIND_DURATION, .dflt = "5s",
	  .offset = offsetof(struct inner, within_ns) },
};

static const struct bind_table inner_table = {
	.name = "inner",
	.size = sizeof(struct inner),
	.pos_offset = offsetof(struct inner, pos),
	.fields = inner_fields,
	.n = ARRAY_SIZE(inner_fields),
	.short_key = "run",
	.one_of = one_of,
};

static const struct bind_field named_fields[] = {
	{ .key = "value", .type = BIND_STR, .required = true,
	  .offset = offsetof(struct named, value) },
};

static const struct bind_table named_table = {
	.name = "named",
	.size = sizeof(struct named),
	.pos_offset = offsetof(struct named, pos),
	.fields = named_fields,
	.n = ARRAY_SIZE(named_fields),
};

#define AT(m) .offset = offsetof(struct thing, m)
static const struct bind_field thing_fields[] = {
	{ .key = "text", .type = BIND_STR, AT(text), .required = true },
	{ .key = "version", .type = BIND_STR, AT(version),
	  .pattern = "^[0-9.]+$" },
	{ .key = "flag", .type = BIND_BOOL, AT(flag), .dflt = "true" },
	{ .key = "number", .type = BIND_UINT, AT(number), .dflt = "7",
	  .min = 1, .max = 100 },
	{ .key = "duration", .type = BIND_DURATION, AT(duration_ns),
	  .dflt = "250ms", .max = 60 * NS_PER_S },
	{ .key = "size", .type = BIND_SIZE, AT(size_bytes), .dflt = "1M",
	  .min = 4096, .max = 1 << 30 },
	{ .key = "color", .type = BIND_ENUM, AT(color), .dflt = "blue",
	  .names = color_names },
	{ .key = "list", .type = BIND_STR_LIST, AT(list),
	  .pattern = "^[a-z]+$" },
	{ .key = "map", .type = BIND_STR_MAP, AT(map) },
	{ .key = "colors", .type = BIND_STR_MAP, AT(colors),
	  .names = color_names },
	{ .key = "inner", .type = BIND_STRUCT, AT(inner),
	  .table = &inner_table },
	{ .key = "inners", .type = BIND_STRUCTS, AT(inners),
	  .count_offset = offsetof(struct thing, n_inners),
	  .table = &inner_table },
	{ .key = "named", .type = BIND_NAMED, AT(named),
	  .count_offset = offsetof(struct thing, n_named),
	  .table = &named_table, .pattern = "^[a-z]+$" },
};

static void check_thing(void *obj, struct bind_ctx *ctx)
{
	const struct thing *thing = obj;

	if (thing->number == 13)
		bind_report(ctx, bind_pos_of(ctx, "number"), "take 12",
			    "%s is unlucky", "thirteen");
	if (bind_key_given(ctx, "version") && !bind_key_given(ctx, "list"))
		bind_report(ctx, bind_pos_of(ctx, "list"), NULL, "no list");
}

static const struct bind_table thing_table = {
	.name = "thing",
	.size = sizeof(struct thing),
	.pos_offset = offsetof(struct thing, pos),
	.fields = thing_fields,
	.n = ARRAY_SIZE(thing_fields),
	.check = check_thing,
};

static const char full[] = "text: 12\n"
			   "version: 6.10\n"
			   "flag: false\n"
			   "number: 99\n"
			   "duration: 2s\n"
			   "size: 512K\n"
			   "color: red\n"
			   "list: [a, b]\n"
			   "map: {b: 1, a: '2'}\n"
			   "colors: {blue: sky}\n"
			   "inner: true\n"
			   "inners:\n"
			   "  - run: x\n"
			   "  - {wait: y, within: 1m}\n"
			   "named:\n"
			   "  one: {value: 1}\n"
			   "  two: {value: 2}\n";

static int bind(const char *text, struct thing *thing, struct bind_diags *diags,
		struct err *err)
{
	return bind_text("t.yaml", text, strlen(text), &thing_table, thing,
			 diags, err);
}

START_TEST(every_type_arrives_in_its_member)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind(full, &t, &diags, &err), &err);
	ck_assert_str_eq(t.text, "12");
	ck_assert_str_eq(t.version, "6.10");
	ck_assert(!t.flag);
	ck_assert_uint_eq(t.number, 99);
	ck_assert_uint_eq(t.duration_ns, 2 * NS_PER_S);
	ck_assert_uint_eq(t.size_bytes, 512 * 1024);
	ck_assert_int_eq(t.color, 0);
	ck_assert_uint_eq(t.list.n, 2);
	ck_assert_str_eq(bind_map_get(&t.map, "a"), "2");
	ck_assert_str_eq(t.map.v[0].key, "b");
	ck_assert_ptr_null(bind_map_get(&t.map, "c"));
	ck_assert_str_eq(t.inner.run, "true");
	ck_assert_uint_eq(t.inner.within_ns, 5 * NS_PER_S);
	ck_assert_uint_eq(t.n_inners, 2);
	ck_assert_str_eq(t.inners[1].wait, "y");
	ck_assert_uint_eq(t.inners[1].pos.line, 14);
	ck_assert_uint_eq(t.inners[1].pos.col, 5);
	ck_assert_uint_eq(t.n_named, 2);
	ck_assert_str_eq(t.named[1].name, "two");
	ck_assert_uint_eq(diags.n, 0);
	bind_release(&thing_table, &t);
	ck_assert_ptr_null(t.text);
	ck_assert_uint_eq(t.n_named, 0);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(what_is_absent_takes_its_default)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind("text: a", &t, &diags, &err), &err);
	ck_assert(t.flag);
	ck_assert_uint_eq(t.number, 7);
	ck_assert_uint_eq(t.duration_ns, 250 * NS_PER_MS);
	ck_assert_uint_eq(t.size_bytes, 1 << 20);
	ck_assert_int_eq(t.color, 2);
	ck_assert_uint_eq(t.list.n, 0);
	ck_assert_uint_eq(t.inner.within_ns, 5 * NS_PER_S);
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(one_scalar_is_a_list_of_one)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind("{text: a, list: b}", &t, &diags, &err), &err);
	ck_assert_uint_eq(t.list.n, 1);
	ck_assert_str_eq(t.list.v[0], "b");
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(an_alias_is_as_good_as_its_anchor)
{
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(bind("text: a\n"
			  "inners: [&i {run: x}, *i]\n", &t, &diags, &err),
		     &err);
	ck_assert_str_eq(t.inners[1].run, "x");
	ck_assert_ptr_ne(t.inners[0].run, t.inners[1].run);
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
}
END_TEST

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
	{ "a number over 64 bits", "text: a\nnumber: 18446744073709551617", 2, 9,
	  "'number' must be a number, digits only, not '18446744073709551617'",
	  NULL },
	{ "a duration without unit", "text: a\nduration: 10", 2, 11,
	  "'duration' must be a duration such as 250ms, 10s, 2m or 1h, not "
	  "'10'", NULL },
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
	{ "none of those of which one is needed", "text: a\ninner: {within: 1s}",
	  2, 8, "'inner' needs one of 'run', 'wait'", NULL },
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
	  "sequence that began in line 2)", NULL },
	{ "a tab", "text: a\ninner:\n\trun: b", 3, 1,
	  "syntax: found character that cannot start any token",
	  "indent with blanks" },
	{ "a character that YAML keeps for itself", "text: @a", 1, 7,
	  "syntax: found character that cannot start any token",
	  "quote the value" },
	{ "an error at the end", "text: a\nx", 2, 2,
	  "syntax: could not find expected ':' (while scanning a simple key "
	  "that began in line 2)", NULL },
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
	{ "columns are characters, not bytes", "{text: \"\xc3\xa4\xe2\x82\xac\","
	  " flag: on}", 1, 20, "'flag' must be true or false, not 'on'", NULL },
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
	fprintf(text.f, "text: a\nflag: 1\n");
	for (int i = 0; i < 300; i++)
		fprintf(text.f, "u%d: x\n", i);
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
	fprintf(text.f, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		fprintf(text.f, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			fprintf(text.f, "*a%d, ", i - 1);
		fprintf(text.f, "]\n");
	}
	yaml = strbuf_take(&text);
	ck_assert_err(bind(yaml, &t, &diags, &err), &err, ERR_INPUT, 4);
	ck_assert_str_eq(diags.v[0].msg, "aliases expand to too much");
	free(yaml);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(a_file_is_read_and_named)
{
	char *path = tmpdir_write("t.yaml", "text: a\nflag: x\n");
	struct bind_diags diags = { 0 };
	struct thing t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(bind_file(path, &thing_table, &t, &diags, &err), &err,
		      ERR_INPUT, 2);
	ck_assert_str_eq(diags.file, path);
	ck_assert_str_eq(diags.v[0].source, "flag: x");
	bind_release(&thing_table, &t);
	bind_diags_release(&diags);
	ck_assert_err(bind_file("/nowhere", &thing_table, &t, &diags, &err),
		      &err, ERR_SYS, 2);
	ck_assert_uint_eq(diags.n, 0);
	bind_diags_release(&diags);
	free(path);
}
END_TEST

static const struct {
	const char *where;
	unsigned line, col;
} places[] = {
	{ "", 1, 1 },		     { "/text", 1, 7 },
	{ "/inner/run", 2, 8 },	     { "/list/1", 3, 11 },
	{ "/list/9", 3, 7 },	     { "/named/one/value", 5, 16 },
	{ "/named/two", 5, 3 },	     { "/list/x", 3, 7 },
};

START_TEST(later_errors_find_their_place)
{
	char *path = tmpdir_write("t.yaml", "text: a\n"
					    "inner: b\n"
					    "list: [a, b]\n"
					    "named:\n"
					    "  one: {value: 1}\n");
	struct bind_diags diags = { 0 };

	bind_diags_at(&diags, path, "/named/one", NULL, "first");
	bind_diags_at(&diags, path, places[_i].where, "do", "no %s", "good");
	for (size_t i = 0; i < diags.n; i++) {
		if (!strcmp(diags.v[i].msg, "first"))
			continue;
		ck_assert_str_eq(diags.v[i].msg, "no good");
		ck_assert_uint_eq(diags.v[i].pos.line, places[_i].line);
		ck_assert_uint_eq(diags.v[i].pos.col, places[_i].col);
		ck_assert_ptr_nonnull(diags.v[i].source);
	}
	ck_assert_uint_eq(diags.n, 2);
	bind_diags_release(&diags);
	free(path);
}
END_TEST

START_TEST(a_later_error_of_no_file_has_no_place)
{
	struct bind_diags diags = { 0 };

	bind_diags_at(&diags, "/nowhere", "/a", NULL, "gone");
	ck_assert_uint_eq(diags.v[0].pos.line, 0);
	ck_assert_ptr_null(diags.v[0].source);
	bind_diags_release(&diags);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("base/bind");
	TCase *tcase = tcase_create("bind");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, every_type_arrives_in_its_member);
	tcase_add_test(tcase, what_is_absent_takes_its_default);
	tcase_add_test(tcase, one_scalar_is_a_list_of_one);
	tcase_add_test(tcase, an_alias_is_as_good_as_its_anchor);
	tcase_add_loop_test(tcase, is_refused_at_its_place, 0,
			    ARRAY_SIZE(bad));
	tcase_add_test(tcase, all_errors_come_in_order_and_twenty_are_kept);
	tcase_add_test(tcase, nesting_too_deep_ends_reading);
	tcase_add_test(tcase, aliases_cannot_make_a_billion);
	tcase_add_test(tcase, a_file_is_read_and_named);
	tcase_add_loop_test(tcase, later_errors_find_their_place, 0,
			    ARRAY_SIZE(places));
	tcase_add_test(tcase, a_later_error_of_no_file_has_no_place);
	suite_add_tcase(suite, tcase);
	return suite;
}
