// SPDX-License-Identifier: Apache-2.0
/* test_bind_json.c - JSON of structs, back again, and as a schema */
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

struct part {
	char *name;
	char *run;
	int color;
};

struct whole {
	char *text;
	bool flag;
	uint64_t number;
	uint64_t duration_ns;
	uint64_t size_bytes;
	struct str_list list;
	struct bind_map map;
	struct part part;
	struct part *parts;
	size_t n_parts;
	struct part *named;
	size_t n_named;
};

static const char *const color_names[] = { "red", "", "blue", NULL };
static const char *const one_of[] = { "run", "color", NULL };

static const struct bind_field part_fields[] = {
	{ .key = "run",
	  .type = BIND_STR,
	  .offset = offsetof(struct part, run),
	  .required = true,
	  .help = "What to run." },
	{ .key = "color",
	  .type = BIND_ENUM,
	  .names = color_names,
	  .offset = offsetof(struct part, color),
	  .dflt = "blue" },
};

static const struct bind_table part_table = {
	.name = "part",
	.help = "One part.",
	.size = sizeof(struct part),
	.pos_offset = BIND_NO_POS,
	.fields = part_fields,
	.n = ARRAY_SIZE(part_fields),
	.short_key = "run",
	.one_of = one_of,
};

#define AT(m) .offset = offsetof(struct whole, m)
static const struct bind_field whole_fields[] = {
	{ .key = "text", .type = BIND_STR, AT(text), .pattern = "^[a-z]*$" },
	{ .key = "flag", .type = BIND_BOOL, AT(flag), .dflt = "true" },
	{ .key = "number",
	  .type = BIND_UINT,
	  AT(number),
	  .dflt = "5",
	  .max = 9 },
	{ .key = "duration",
	  .type = BIND_DURATION,
	  AT(duration_ns),
	  .dflt = "3s",
	  .min = NS_PER_MS,
	  .max = 60 * NS_PER_S },
	{ .key = "size", .type = BIND_SIZE, AT(size_bytes), .dflt = "4K" },
	{ .key = "list",
	  .type = BIND_STR_LIST,
	  AT(list),
	  .pattern = "^[a-z]+$" },
	{ .key = "map", .type = BIND_STR_MAP, AT(map) },
	{ .key = "part", .type = BIND_STRUCT, AT(part), .table = &part_table },
	{ .key = "parts",
	  .type = BIND_STRUCTS,
	  AT(parts),
	  .count_offset = offsetof(struct whole, n_parts),
	  .table = &part_table },
	{ .key = "named",
	  .type = BIND_NAMED,
	  AT(named),
	  .count_offset = offsetof(struct whole, n_named),
	  .table = &part_table,
	  .pattern = "^[a-z]+$" },
};

static const struct bind_table whole_table = {
	.name = "whole",
	.size = sizeof(struct whole),
	.pos_offset = BIND_NO_POS,
	.fields = whole_fields,
	.n = ARRAY_SIZE(whole_fields),
};

static const struct bind_table part_only = {
	.name = "part",
	.size = sizeof(struct part),
	.pos_offset = BIND_NO_POS,
	.fields = part_fields,
	.n = ARRAY_SIZE(part_fields),
};

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	ck_assert_msg(json != NULL, "bad JSON in the test: %s", text);
	return json;
}

/* In the order and form that bind_to_json() writes. */
static const char all[] =
	"{\"text\": \"a\", \"flag\": false, \"number\": 7, "
	"\"duration\": 2000000000, \"size\": 524288, \"list\": [\"b\", \"c\"], "
	"\"map\": {\"y\": \"1\", \"x\": \"\xc3\xa4\"}, "
	"\"part\": {\"run\": \"p\", \"color\": \"red\"}, "
	"\"parts\": [{\"run\": \"q\", \"color\": \"blue\"}], "
	"\"named\": {\"n\": {\"run\": \"r\", \"color\": \"red\"}}}";

START_TEST(what_is_written_is_what_was_read)
{
	struct whole whole = { 0 };
	struct err err = ERR_INIT;
	json_t *json = parse(all);
	json_t *again;
	char *text;

	ck_assert_ok(bind_from_json(&whole_table, json, &whole, &err), &err);
	ck_assert_str_eq(whole.named[0].name, "n");
	ck_assert_int_eq(whole.parts[0].color, 2);
	again = bind_to_json(&whole_table, &whole);
	text = json_dumps(again, JSON_PRESERVE_ORDER);
	ck_assert_str_eq(text, all);
	free(text);
	json_decref(again);
	json_decref(json);
	bind_release(&whole_table, &whole);
}
END_TEST

START_TEST(absent_members_take_defaults_and_others_are_ignored)
{
	struct whole whole = { 0 };
	struct err err = ERR_INIT;
	json_t *json = parse("{\"news\": [1]}");

	ck_assert_ok(bind_from_json(&whole_table, json, &whole, &err), &err);
	ck_assert(whole.flag);
	ck_assert_uint_eq(whole.number, 5);
	ck_assert_uint_eq(whole.duration_ns, 3 * NS_PER_S);
	ck_assert_uint_eq(whole.size_bytes, 4096);
	ck_assert_int_eq(whole.part.color, 2);
	ck_assert_ptr_null(whole.text);
	json_decref(json);
	bind_release(&whole_table, &whole);
}
END_TEST

static const struct {
	const char *json, *says;
} wrong[] = {
	{ "[]", "'whole' is not an object" },
	{ "{\"text\": 1}", "'text' is not a valid string" },
	{ "{\"text\": null}", "'text' is not a valid string" },
	{ "{\"text\": \"A\"}", "'text' is not a valid string" },
	{ "{\"flag\": \"true\"}", "'flag' is not true or false" },
	{ "{\"number\": -1}", "'number' is not a number in its limits" },
	{ "{\"number\": 10}", "'number' is not a number in its limits" },
	{ "{\"number\": 1.5}", "'number' is not a number in its limits" },
	{ "{\"duration\": \"1s\"}", "'duration' is not a number" },
	{ "{\"list\": \"a\"}", "'list' is not a list" },
	{ "{\"list\": [\"a\", 1]}", "'list' is not a list of valid strings" },
	{ "{\"list\": [\"A\"]}", "'list' is not a list of valid strings" },
	{ "{\"map\": []}", "'map' is not an object" },
	{ "{\"map\": {\"a\": 1}}", "'map' is not an object of strings" },
	{ "{\"part\": 1}", "'part': 'part' is not an object" },
	{ "{\"part\": {\"color\": \"rad\"}}",
	  "'part': 'color' is not one of its names" },
	{ "{\"part\": {\"color\": \"\"}}", "'color' is not one of its names" },
	{ "{\"parts\": {}}", "'parts' is not a list" },
	{ "{\"parts\": [{}, 2]}", "'parts' 2: 'part' is not an object" },
	{ "{\"named\": []}", "'named' is not an object" },
	{ "{\"named\": {\"A\": {}}}", "'named' is not an object of valid" },
	{ "{\"named\": {\"a\": 3}}", "'named' 'a': 'part' is not an object" },
};

START_TEST(wrong_types_are_refused)
{
	struct whole whole = { 0 };
	struct err err = ERR_INIT;
	json_t *json = parse(wrong[_i].json);

	ck_assert_err(bind_from_json(&whole_table, json, &whole, &err), &err,
		      ERR_PARSE, 0);
	ck_assert_has(err.msg, wrong[_i].says);
	json_decref(json);
	bind_release(&whole_table, &whole);
}
END_TEST

static const struct {
	const char *path, *json;
} schema_parts[] = {
	{ "$schema", "\"https://json-schema.org/draft/2020-12/schema\"" },
	{ "title", "\"T\"" },
	{ "additionalProperties", "false" },
	{ "required", "[]" },
	{ "properties.text",
	  "{\"type\": [\"string\", \"number\", \"boolean\"], "
	  "\"pattern\": \"^[a-z]*$\"}" },
	{ "properties.flag", "{\"type\": \"boolean\", \"default\": true}" },
	{ "properties.number",
	  "{\"type\": \"integer\", \"minimum\": 0, \"maximum\": 9, "
	  "\"default\": 5}" },
	{ "properties.duration",
	  "{\"type\": \"string\", \"pattern\": "
	  "\"^(0|[1-9][0-9]*)(ms|s|m|h)$\", \"$comment\": \"1ms to 1m\", "
	  "\"default\": \"3s\"}" },
	{ "properties.size.pattern", "\"^(0|[1-9][0-9]*)[KMGT]$\"" },
	{ "properties.map.type", "\"object\"" },
	{ "properties.part.oneOf.0",
	  "{\"type\": [\"string\", \"number\", \"boolean\"], "
	  "\"description\": \"What to run.\"}" },
	{ "properties.part.oneOf.1.required", "[\"run\"]" },
	{ "properties.part.oneOf.1.oneOf",
	  "[{\"required\": [\"run\"]}, {\"required\": [\"color\"]}]" },
	{ "properties.part.oneOf.1.properties.color",
	  "{\"enum\": [\"red\", \"blue\"], \"default\": \"blue\"}" },
	{ "properties.part.description", "\"One part.\"" },
	{ "properties.list.oneOf.1.items.pattern", "\"^[a-z]+$\"" },
	{ "properties.parts.type", "\"array\"" },
	{ "properties.named.propertyNames", "{\"pattern\": \"^[a-z]+$\"}" },
};

static const json_t *descend(const json_t *json, const char *path)
{
	struct str_list keys = { 0 };

	str_list_split(&keys, path, ".");
	for (size_t i = 0; i < keys.n; i++)
		json = json_is_array(json) ?
			       json_array_get(json,
					      strtoul(keys.v[i], NULL, 10)) :
			       json_object_get(json, keys.v[i]);
	str_list_release(&keys);
	return json;
}

START_TEST(the_schema_says_what_the_table_says)
{
	json_t *schema = bind_schema(&whole_table, "T");
	json_t *want = json_loads(schema_parts[_i].json, JSON_DECODE_ANY, NULL);
	const json_t *got = descend(schema, schema_parts[_i].path);
	char *text = json_dumps(got, JSON_ENCODE_ANY);

	ck_assert_msg(want != NULL, "bad JSON in the test");
	ck_assert_msg(json_equal(got, want), "%s: got %s, wanted %s",
		      schema_parts[_i].path, text, schema_parts[_i].json);
	free(text);
	json_decref(want);
	json_decref(schema);
}
END_TEST

START_TEST(a_name_is_not_of_the_table)
{
	struct part part = { .name = xstrdup("kept") };
	struct err err = ERR_INIT;
	json_t *json = parse("{\"run\": \"x\"}");

	ck_assert_ok(bind_from_json(&part_only, json, &part, &err), &err);
	bind_release(&part_only, &part);
	ck_assert_str_eq(part.name, "kept");
	free(part.name);
	json_decref(json);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("base/bind_json");
	TCase *tcase = tcase_create("bind_json");

	tcase_add_test(tcase, what_is_written_is_what_was_read);
	tcase_add_test(tcase,
		       absent_members_take_defaults_and_others_are_ignored);
	tcase_add_loop_test(tcase, wrong_types_are_refused, 0,
			    ARRAY_SIZE(wrong));
	tcase_add_loop_test(tcase, the_schema_says_what_the_table_says, 0,
			    ARRAY_SIZE(schema_parts));
	tcase_add_test(tcase, a_name_is_not_of_the_table);
	suite_add_tcase(suite, tcase);
	return suite;
}
