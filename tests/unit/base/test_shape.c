// SPDX-License-Identifier: Apache-2.0
/* test_shape.c - structs to JSON and back: kinds, nulls, paths of errors */
#include <string.h>

#include "base/bind.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "tests/lib/testing.h"

/** struct part - An element of arrays */
struct part {
	char *name;
	uint64_t count;
};

/** struct thing - One member of each kind */
struct thing {
	char *text;
	bool flag;
	uint64_t count;
	uint64_t ms;
	int number;
	int color;
	struct str_list texts;
	struct bind_map map;
	struct part part;
	struct part *pointer;
	struct part *list;
	size_t n_list;
	struct part *named;
	size_t n_named;
};

static const char *const colors[] = { "red", "green", "none", NULL };

static const struct shape_member part_members[] = {
	SHAPE_MEMBER(struct part, count, SHAPE_COUNT, .required = true),
};
static const struct shape part_shape = SHAPE_OF(struct part, part_members);

static const struct shape_member inside_members[] = {
	SHAPE_KEY("number", struct thing, number, SHAPE_INT),
};
static const struct shape inside_shape = SHAPE_OF(struct thing, inside_members);

#define ARRAY(n_member) \
	.count_offset = offsetof(struct thing, n_member), .shape = &part_shape

static const struct shape_member members[] = {
	SHAPE_MEMBER(struct thing, text, SHAPE_TEXT),
	SHAPE_MEMBER(struct thing, flag, SHAPE_BOOL),
	SHAPE_MEMBER(struct thing, count, SHAPE_COUNT),
	SHAPE_MEMBER(struct thing, ms, SHAPE_MS),
	SHAPE_MEMBER(struct thing, color, SHAPE_NAME, .names = colors,
		     .nullable = true, .null_value = 2),
	SHAPE_MEMBER(struct thing, texts, SHAPE_TEXTS),
	SHAPE_MEMBER(struct thing, map, SHAPE_MAP),
	SHAPE_MEMBER(struct thing, part, SHAPE_STRUCT, .shape = &part_shape),
	SHAPE_MEMBER(struct thing, pointer, SHAPE_POINTER,
		     .shape = &part_shape),
	SHAPE_MEMBER(struct thing, list, SHAPE_STRUCTS, ARRAY(n_list)),
	SHAPE_MEMBER(struct thing, named, SHAPE_NAMED, ARRAY(n_named)),
	{ .key = "inside", .kind = SHAPE_STRUCT, .shape = &inside_shape },
};
static const struct shape shape = SHAPE_OF(struct thing, members);

static void thing_release(struct thing *thing)
{
	shape_release(&shape, thing);
}

static const char full[] =
	"{\"text\": \"hello\", \"flag\": true, \"count\": 7, \"ms\": 12.345,"
	" \"color\": \"green\", \"texts\": [\"a\", \"b\"],"
	" \"map\": {\"k\": \"v\", \"j\": \"\"}, \"part\": {\"count\": 1},"
	" \"pointer\": {\"count\": 2},"
	" \"list\": [{\"count\": 3}, {\"count\": 4}],"
	" \"named\": {\"z\": {\"count\": 5}, \"a\": {\"count\": 6}},"
	" \"inside\": {\"number\": -3}}";

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

	ck_assert_msg(json != NULL, "not JSON: %s", text);
	return json;
}

START_TEST(what_is_read_is_written_again_in_order)
{
	CLEANUP(thing_release) struct thing thing = { 0 };
	json_t *json = parse(full);
	struct err err = ERR_INIT;
	json_t *again;
	char *text;

	ck_assert_ok(shape_read(&shape, json, &thing, &err), &err);
	ck_assert_str_eq(thing.text, "hello");
	ck_assert_uint_eq(thing.ms, 12345000);
	ck_assert_int_eq(thing.color, 1);
	ck_assert_int_eq(thing.number, -3);
	ck_assert_str_eq(thing.named[0].name, "z");
	ck_assert_uint_eq(thing.named[1].count, 6);
	ck_assert_uint_eq(thing.list[1].count, 4);
	again = shape_write(&shape, &thing);
	text = json_dumps(again, JSON_REAL_PRECISION(15));
	ck_assert_str_eq(text, full);
	free(text);
	json_decref(again);
	json_decref(json);
}
END_TEST

START_TEST(absent_members_and_nulls_are_not_zeros)
{
	CLEANUP(thing_release) struct thing thing = { 0 };
	json_t *json = parse("{\"part\": {\"count\": 1}, \"count\": null,"
			     " \"color\": null, \"other\": [1]}");
	struct err err = ERR_INIT;
	json_t *again;

	ck_assert_ok(shape_read(&shape, json, &thing, &err), &err);
	ck_assert_uint_eq(thing.count, SHAPE_NULL);
	ck_assert_uint_eq(thing.ms, SHAPE_NULL);
	ck_assert_int_eq(thing.color, 2);
	ck_assert_ptr_null(thing.text);
	ck_assert_ptr_null(thing.pointer);
	again = shape_write(&shape, &thing);
	ck_assert(json_is_null(json_object_get(again, "count")));
	ck_assert(json_is_null(json_object_get(again, "ms")));
	ck_assert(json_is_null(json_object_get(again, "color")));
	ck_assert(json_is_null(json_object_get(again, "text")));
	ck_assert(json_is_null(json_object_get(again, "pointer")));
	ck_assert(json_is_array(json_object_get(again, "list")));
	json_decref(again);
	json_decref(json);
}
END_TEST

/** struct bad_case - A document, and what is said of it */
struct bad_case {
	const char *text;
	const char *message;
};

static const struct bad_case bad_cases[] = {
	{ "[]", "document: not an object" },
	{ "1", "document: not an object" },
	{ "{\"text\": 1}", "text: not a string" },
	{ "{\"flag\": 1}", "flag: not true or false" },
	{ "{\"count\": -1}", "count: not a whole number from 0" },
	{ "{\"count\": 1.5}", "count: not a whole number from 0" },
	{ "{\"ms\": -0.1}", "ms: not a number of milliseconds" },
	{ "{\"ms\": 1e300}", "ms: not a number of milliseconds" },
	{ "{\"ms\": \"1\"}", "ms: not a number of milliseconds" },
	{ "{\"color\": \"blue\"}", "color: not one of the words" },
	{ "{\"color\": \"none\"}", "color: not one of the words" },
	{ "{\"color\": 1}", "color: not one of the words" },
	{ "{\"texts\": \"a\"}", "texts: not an array" },
	{ "{\"texts\": [\"a\", 1]}", "texts: not an array of strings" },
	{ "{\"map\": []}", "map: not an object" },
	{ "{\"map\": {\"k\": 1}}", "map: not an object of strings" },
	{ "{\"part\": {}}", "part.count: missing" },
	{ "{\"part\": {\"count\": null}}", "part.count: null" },
	{ "{\"pointer\": []}", "pointer: not an object" },
	{ "{\"list\": {}}", "list: not an array" },
	{ "{\"list\": [{\"count\": 1}, 5]}", "list[1]: not an object" },
	{ "{\"list\": [{\"count\": 1}, {\"count\": []}]}",
	  "list[1].count: not a whole number" },
	{ "{\"named\": []}", "named: not an object" },
	{ "{\"named\": {\"a\": {\"count\": 1}, \"b\": {}}}",
	  "named.b.count: missing" },
	{ "{\"named\": {\"a\\u001b[31m\": {}}}", "named.a\xef\xbf\xbd[31m" },
	{ "{\"inside\": {\"number\": 4294967296}}",
	  "inside.number: not a whole number of 32 bits" },
};

START_TEST(what_is_wrong_is_told_with_its_place_and_nothing_is_changed)
{
	const struct bad_case *c = &bad_cases[_i];
	struct thing thing, before;
	json_t *json = parse(c->text);
	struct err err = ERR_INIT;

	memset(&thing, 0x5a, sizeof(thing));
	before = thing;
	ck_assert_err(shape_read(&shape, json, &thing, &err), &err, ERR_PARSE,
		      0);
	ck_assert_has(err.msg, c->message);
	ck_assert_mem_eq(&thing, &before, sizeof(thing));
	json_decref(json);
}
END_TEST

START_TEST(text_that_is_not_utf8_is_cleaned_when_written)
{
	char *texts[] = { xstrdup("\xff!") };
	struct thing thing = { .texts = { texts, 1 } };
	json_t *json = shape_write(&shape, &thing);
	json_t *array = json_object_get(json, "texts");

	ck_assert_str_eq(json_string_value(json_array_get(array, 0)),
			 "\xef\xbf\xbd!");
	free(texts[0]);
	json_decref(json);
}
END_TEST

START_TEST(control_characters_do_not_come_in)
{
	CLEANUP(thing_release) struct thing thing = { 0 };
	json_t *json = parse("{\"text\": \"a\\u001b[31m\\tb\\n\","
			     " \"part\": {\"count\": 1}}");
	struct err err = ERR_INIT;

	ck_assert_ok(shape_read(&shape, json, &thing, &err), &err);
	ck_assert_str_eq(thing.text, "a\xef\xbf\xbd[31m\tb\n");
	json_decref(json);
}
END_TEST

START_TEST(milliseconds_have_at_most_three_decimals)
{
	json_t *json = shape_ms(UINT64_C(12345678901));
	char *text =
		json_dumps(json, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	ck_assert_str_eq(text, "12345.679");
	free(text);
	json_decref(json);
	json = shape_ms(SHAPE_NULL);
	ck_assert(json_is_null(json));
	json_decref(json);
}
END_TEST

START_TEST(a_fresh_struct_has_measured_nothing)
{
	struct thing thing;

	memset(&thing, 0x5a, sizeof(thing));
	shape_init(&shape, &thing);
	ck_assert_ptr_null(thing.text);
	ck_assert_uint_eq(thing.count, SHAPE_NULL);
	ck_assert_uint_eq(thing.part.count, SHAPE_NULL);
	ck_assert_int_eq(thing.color, 2);
	ck_assert_uint_eq(thing.n_list, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("base/shape");
	TCase *tcase = tcase_create("shapes");

	tcase_add_test(tcase, what_is_read_is_written_again_in_order);
	tcase_add_test(tcase, absent_members_and_nulls_are_not_zeros);
	tcase_add_loop_test(
		tcase,
		what_is_wrong_is_told_with_its_place_and_nothing_is_changed, 0,
		ARRAY_SIZE(bad_cases));
	tcase_add_test(tcase, text_that_is_not_utf8_is_cleaned_when_written);
	tcase_add_test(tcase, control_characters_do_not_come_in);
	tcase_add_test(tcase, milliseconds_have_at_most_three_decimals);
	tcase_add_test(tcase, a_fresh_struct_has_measured_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
