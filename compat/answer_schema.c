// SPDX-License-Identifier: Apache-2.0
/* answer_schema.c - parts of which JSON Schemas of answers are made */
#include "compat/answer_schema.h"

#include <stddef.h>

json_t *schema_strict(json_t *properties)
{
	json_t *required = json_array();
	const char *key;
	json_t *value;

	json_object_foreach(properties, key, value)(void)
		json_array_append_new(required, json_string(key));
	return json_pack("{ss, sb, so, so}", "type", "object",
			 "additionalProperties", 0, "required", required,
			 "properties", properties);
}

json_t *schema_whole(const char *title, json_t *properties)
{
	json_t *schema = schema_strict(properties);

	(void)json_object_set_new(
		schema, "$schema",
		json_string("https://json-schema.org/draft/2020-12/schema"));
	(void)json_object_set_new(schema, "title", json_string(title));
	return schema;
}

json_t *schema_type(const char *name)
{
	return json_pack("{ss}", "type", name);
}

json_t *schema_or_null(const char *name)
{
	return json_pack("{s[ss]}", "type", name, "null");
}

json_t *schema_names_of(const char *const *names)
{
	json_t *array = json_array();

	for (size_t i = 0; names[i]; i++)
		(void)json_array_append_new(array, json_string(names[i]));
	return json_pack("{so}", "enum", array);
}

json_t *schema_const(const char *text)
{
	return json_pack("{ss}", "const", text);
}

json_t *schema_list(json_t *items)
{
	return json_pack("{ss, so}", "type", "array", "items", items);
}

json_t *schema_rate(void)
{
	return json_pack("{s[ss], so, si, si}", "type", "array", "null",
			 "items", schema_type("number"), "minItems", 2,
			 "maxItems", 2);
}

json_t *schema_counts(const char *const *names)
{
	json_t *properties = json_object();

	for (size_t i = 0; names[i]; i++)
		(void)json_object_set_new(properties, names[i],
					  json_pack("{ss, si}", "type",
						    "integer", "minimum", 0));
	return schema_strict(properties);
}
