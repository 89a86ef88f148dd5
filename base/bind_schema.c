// SPDX-License-Identifier: Apache-2.0
/* bind_schema.c - JSON Schema 2020-12 of tables, for editors and other tools */
#include <inttypes.h>
#include <string.h>

#include "base/bind.h"
#include "base/bind_internal.h"
#include "base/mem.h"

#define DIGITS "(0|[1-9][0-9]*)"

static json_t *table_schema(const struct bind_table *table);

/* Text that YAML readers take as numbers or booleans is text to us. */
static json_t *str_schema(const struct bind_field *field)
{
	json_t *schema =
		json_pack("{s:[sss]}", "type", "string", "number", "boolean");

	if (field->pattern)
		json_object_set_new(schema, "pattern",
				    json_string(field->pattern));
	return schema;
}

static json_t *bool_schema(const struct bind_field *field)
{
	(void)field;
	return json_pack("{s:s}", "type", "boolean");
}

static json_t *uint_schema(const struct bind_field *field)
{
	json_t *schema = json_pack("{s:s,s:I}", "type", "integer", "minimum",
				   (json_int_t)field->min);

	if (field->max)
		json_object_set_new(schema, "maximum",
				    json_integer((json_int_t)field->max));
	return schema;
}

/* JSON Schema cannot bound text with a unit: the limits are said in words. */
static json_t *unit_schema(const struct bind_field *field, const char *pattern,
			   char *(*format)(uint64_t))
{
	json_t *schema =
		json_pack("{s:s,s:s}", "type", "string", "pattern", pattern);
	char *comment CLEANUP_FREE = NULL;
	char *min CLEANUP_FREE = format(field->min);
	char *max CLEANUP_FREE = format(field->max);

	if (!field->min && !field->max)
		return schema;
	comment = xasprintf("%s to %s", min, max);
	json_object_set_new(schema, "$comment", json_string(comment));
	return schema;
}

static json_t *duration_schema(const struct bind_field *field)
{
	return unit_schema(field, "^" DIGITS "(ms|s|m|h)$",
			   bind_format_duration);
}

static json_t *size_schema(const struct bind_field *field)
{
	return unit_schema(field, "^" DIGITS "[KMGT]$", bind_format_size);
}

static json_t *names_schema(const char *const *names)
{
	json_t *all = json_array();

	for (; *names; names++)
		if (**names)
			json_array_append_new(all, json_string(*names));
	return json_pack("{s:o}", "enum", all);
}

static json_t *enum_schema(const struct bind_field *field)
{
	return names_schema(field->names);
}

static json_t *str_list_schema(const struct bind_field *field)
{
	return json_pack("{s:[o,{s:s,s:o}]}", "oneOf", str_schema(field),
			 "type", "array", "items", str_schema(field));
}

static json_t *str_map_schema(const struct bind_field *field)
{
	static const struct bind_field any = { .type = BIND_STR };
	json_t *schema = json_pack("{s:s,s:o}", "type", "object",
				   "additionalProperties", str_schema(&any));

	if (field->names)
		json_object_set_new(schema, "propertyNames",
				    names_schema(field->names));
	return schema;
}

static json_t *struct_schema(const struct bind_field *field)
{
	return table_schema(field->table);
}

static json_t *structs_schema(const struct bind_field *field)
{
	return json_pack("{s:s,s:o}", "type", "array", "items",
			 table_schema(field->table));
}

static json_t *named_schema(const struct bind_field *field)
{
	json_t *schema = json_pack("{s:s,s:o}", "type", "object",
				   "additionalProperties",
				   table_schema(field->table));

	if (field->pattern)
		json_object_set_new(schema, "propertyNames",
				    json_pack("{s:s}", "pattern",
					      field->pattern));
	return schema;
}

static json_t *(*const describers[])(const struct bind_field *field) = {
	[BIND_STR] = str_schema,	   [BIND_BOOL] = bool_schema,
	[BIND_UINT] = uint_schema,	   [BIND_DURATION] = duration_schema,
	[BIND_SIZE] = size_schema,	   [BIND_ENUM] = enum_schema,
	[BIND_STR_LIST] = str_list_schema, [BIND_STR_MAP] = str_map_schema,
	[BIND_STRUCT] = struct_schema,	   [BIND_STRUCTS] = structs_schema,
	[BIND_NAMED] = named_schema,
};
static_assert(ARRAY_SIZE(describers) == BIND_TYPE_COUNT,
	      "describers[] doesn't match enum bind_type");

static json_t *default_schema(const struct bind_field *field)
{
	if (field->type == BIND_BOOL)
		return json_boolean(!strcmp(field->dflt, "true"));
	if (field->type == BIND_UINT)
		return json_integer(strtoll(field->dflt, NULL, 10));
	return json_string(field->dflt);
}

static json_t *field_schema(const struct bind_field *field)
{
	json_t *schema = describers[field->type](field);

	if (field->help)
		json_object_set_new(schema, "description",
				    json_string(field->help));
	if (field->dflt)
		json_object_set_new(schema, "default", default_schema(field));
	return schema;
}

static json_t *one_of_schema(const char *const *keys)
{
	json_t *choices = json_array();

	for (; *keys; keys++)
		json_array_append_new(choices,
				      json_pack("{s:[s]}", "required", *keys));
	return choices;
}

static json_t *object_schema(const struct bind_table *table)
{
	json_t *properties = json_object();
	json_t *required = json_array();
	json_t *schema;

	for (size_t i = 0; i < table->n; i++) {
		const struct bind_field *field = &table->fields[i];

		json_object_set_new(properties, field->key,
				    field_schema(field));
		if (field->required)
			json_array_append_new(required,
					      json_string(field->key));
	}
	schema = json_pack("{s:s,s:o,s:b}", "type", "object", "properties",
			   properties, "additionalProperties", 0);
	if (table->instead)
		json_object_set_new(schema, "anyOf",
				    json_pack("[{s:o},{s:[s]}]", "required",
					      required, "required",
					      table->instead));
	else
		json_object_set_new(schema, "required", required);
	if (table->one_of)
		json_object_set_new(schema, "oneOf",
				    one_of_schema(table->one_of));
	return schema;
}

static json_t *table_schema(const struct bind_table *table)
{
	json_t *object = object_schema(table);
	const struct bind_field *brief = NULL;

	for (size_t i = 0; table->short_key && i < table->n; i++)
		if (!strcmp(table->fields[i].key, table->short_key))
			brief = &table->fields[i];
	if (brief)
		object = json_pack("{s:[o,o]}", "oneOf", field_schema(brief),
				   object);
	if (table->help)
		json_object_set_new(object, "description",
				    json_string(table->help));
	return object;
}

json_t *bind_schema(const struct bind_table *table, const char *title)
{
	json_t *schema = json_pack(
		"{s:s,s:s}", "$schema",
		"https://json-schema.org/draft/2020-12/schema", "title", title);
	json_t *body = table_schema(table);

	json_object_update(schema, body);
	json_decref(body);
	return schema;
}
