// SPDX-License-Identifier: Apache-2.0
/* analysis_schema.c - JSON Schema 2020-12 of crmatrix/analyze/1 */
#include "compat/analysis_schema.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis.h"
#include "compat/wire_fields.h"

static json_t *or_abort(json_t *json)
{
	if (!json)
		abort(); /* out of memory */
	return json;
}

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, or_abort(value)))
		abort();
}

/* --- Members of the wire, by their tables ----------------------------------- */

static json_t *fields_schema(const struct wire_field *fields, const char *but);

static json_t *number_schema(void)
{
	return json_pack("{s:[ss],s:i}", "type", "integer", "null", "minimum",
			 0);
}

static json_t *text_schema(const char *type, const char *or_type)
{
	return or_type ? json_pack("{s:[ss]}", "type", type, or_type) :
			 json_pack("{s:s}", "type", type);
}

static json_t *pair_schema(void)
{
	return json_pack("{s:s,s:o,s:i,s:i}", "type", "array", "items",
			 number_schema(), "minItems", 2, "maxItems", 2);
}

static json_t *event_schema(const struct wire_field *field)
{
	return json_pack("{s:[o,o]}", "anyOf", text_schema("null", NULL),
			 fields_schema(field->fields, NULL));
}

static json_t *list_schema(const struct wire_field *field)
{
	return json_pack("{s:s,s:o}", "type", "array", "items",
			 fields_schema(field->fields, NULL));
}

static json_t *field_schema(const struct wire_field *field)
{
	switch (field->kind) {
	case WIRE_FIELD_NUMBER:
		return number_schema();
	case WIRE_FIELD_PAIR:
		return pair_schema();
	case WIRE_FIELD_INT:
		return text_schema("integer", NULL);
	case WIRE_FIELD_FLAG:
		return text_schema("boolean", NULL);
	case WIRE_FIELD_NO_ADDR:
		return text_schema("string", "null");
	case WIRE_FIELD_MAC:
	case WIRE_FIELD_ADDR:
	case WIRE_FIELD_TEXT:
		return text_schema("string", NULL);
	case WIRE_FIELD_EVENT:
		return event_schema(field);
	case WIRE_FIELD_STRUCT:
		return fields_schema(field->fields, NULL);
	case WIRE_FIELD_LIST:
	case WIRE_FIELD_VECTOR:
		return list_schema(field);
	case WIRE_FIELD_COUNT:
		break;
	}
	assert(!"a kind of member that does not exist");
	return NULL;
}

static json_t *object_schema(json_t *properties)
{
	json_t *required = or_abort(json_array());
	const char *key;
	json_t *value;

	json_object_foreach(properties, key,
			    value) if (json_array_append_new(required,
							     json_string(key)))
		abort();
	return json_pack("{s:s,s:o,s:o}", "type", "object", "properties",
			 properties, "required", required);
}

static json_t *fields_schema(const struct wire_field *fields, const char *but)
{
	json_t *properties = or_abort(json_object());

	for (const struct wire_field *f = fields; f->name; f++)
		if (!str_eq(f->name, but))
			put(properties, f->name, field_schema(f));
	return object_schema(properties);
}

/* --- Our own members --------------------------------------------------------- */

static json_t *names_schema(const char *const *names, bool or_null)
{
	json_t *array = or_abort(json_array());

	for (; *names; names++)
		if (json_array_append_new(array, json_string(*names)))
			abort();
	if (or_null && json_array_append_new(array, json_null()))
		abort();
	return json_pack("{s:o}", "enum", array);
}

static json_t *moment_schema(bool of_finding)
{
	json_t *p = or_abort(json_object());

	put(p, "frame",
	    json_pack("{s:s,s:i}", "type", "integer", "minimum", 1));
	put(p, "at_ns", number_schema());
	put(p, "mac", text_schema("string", "null"));
	if (of_finding) {
		put(p, "from", names_schema(analysis_who_names, false));
		put(p, "shows", text_schema("string", NULL));
		put(p, "proves", text_schema("boolean", NULL));
	}
	return object_schema(p);
}

static json_t *conn_schema(void)
{
	json_t *p = or_abort(json_object());

	put(p, "client", text_schema("string", NULL));
	put(p, "server", text_schema("string", NULL));
	put(p, "fate", names_schema(fate_names, false));
	put(p, "blame", names_schema(blame_names + 1, true)); /* none: null */
	put(p, "rule", text_schema("string", NULL));
	put(p, "signature", text_schema("string", "null"));
	put(p, "sentence", text_schema("string", NULL));
	put(p, "advice", text_schema("string", "null"));
	put(p, "frames",
	    json_pack("{s:s,s:o}", "type", "array", "items",
		      moment_schema(true)));
	put(p, "wire", fields_schema(wire_conn_fields, NULL));
	return object_schema(p);
}

static json_t *counts_schema(void)
{
	json_t *p = or_abort(json_object());

	for (int fate = 0; fate < FATE_COUNT; fate++)
		put(p, fate_names[fate],
		    json_pack("{s:s,s:i}", "type", "integer", "minimum", 0));
	return object_schema(p);
}

json_t *analysis_schema(void)
{
	json_t *p = or_abort(json_object());
	json_t *schema;

	put(p, "schema", json_pack("{s:s}", "const", ANALYSIS_SCHEMA));
	put(p, "tool", text_schema("string", NULL));
	put(p, "captures",
	    json_pack("{s:s,s:o,s:i}", "type", "array", "items",
		      text_schema("string", NULL), "minItems", 1));
	put(p, "service", text_schema("string", NULL));
	put(p, "source_mac", text_schema("string", "null"));
	put(p, "target_mac", text_schema("string", "null"));
	put(p, "takeover",
	    json_pack("{s:[o,o]}", "anyOf", text_schema("null", NULL),
		      moment_schema(false)));
	put(p, "capture", fields_schema(wire_report_fields, "connections"));
	put(p, "connections",
	    json_pack("{s:s,s:o}", "type", "array", "items", conn_schema()));
	put(p, "counts", counts_schema());
	put(p, "note", text_schema("string", "null"));
	schema = or_abort(object_schema(p));
	put(schema, "$schema",
	    json_string("https://json-schema.org/draft/2020-12/schema"));
	put(schema, "title", json_string("crmatrix analyze --json"));
	return schema;
}
