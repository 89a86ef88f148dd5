// SPDX-License-Identifier: Apache-2.0
/* wire_json.c - what a capture says, as JSON and back */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire.h"
#include "compat/wire_fields.h"

static const struct wire_addr no_addr;

static void *member(void *object, const struct wire_field *field)
{
	return (char *)object + field->offset;
}

static const void *cmember(const void *object, const struct wire_field *field)
{
	return (const char *)object + field->offset;
}

/* --- Writing -------------------------------------------------------------- */

static json_t *struct_to_json(const struct wire_field *fields,
			      const void *object);

static json_t *number_to_json(uint64_t value)
{
	return value > INT64_MAX ? json_null() :
				   json_integer((json_int_t)value);
}

static json_t *put_number(const struct wire_field *field, const void *object)
{
	const uint64_t *at = cmember(object, field);

	return number_to_json(*at);
}

static json_t *put_pair(const struct wire_field *field, const void *object)
{
	const uint64_t *at = cmember(object, field);

	return json_pack("[o, o]", number_to_json(at[0]),
			 number_to_json(at[1]));
}

static json_t *put_int(const struct wire_field *field, const void *object)
{
	const int *at = cmember(object, field);

	return json_integer(*at);
}

static json_t *put_flag(const struct wire_field *field, const void *object)
{
	const bool *at = cmember(object, field);

	return json_boolean(*at);
}

static json_t *put_mac(const struct wire_field *field, const void *object)
{
	char text[18];

	wire_mac_format(cmember(object, field), text);
	return json_string(text);
}

static json_t *put_addr(const struct wire_field *field, const void *object)
{
	char text[64];

	wire_addr_format(cmember(object, field), text);
	return json_string(text);
}

static json_t *put_no_addr(const struct wire_field *field, const void *object)
{
	if (memcmp(cmember(object, field), &no_addr, sizeof(no_addr)) == 0)
		return json_null();
	return put_addr(field, object);
}

/* Comments are any bytes: what is no UTF-8 is shown as such. */
static json_t *put_text(const struct wire_field *field, const void *object)
{
	char *const *at = cmember(object, field);
	json_t *json = json_string(*at);

	return json ? json : json_string("(not UTF-8)");
}

static json_t *put_struct(const struct wire_field *field, const void *object)
{
	return struct_to_json(field->fields, cmember(object, field));
}

static json_t *put_event(const struct wire_field *field, const void *object)
{
	const struct wire_event *event = cmember(object, field);

	return event->frame ? put_struct(field, object) : json_null();
}

static json_t *array_to_json(const struct wire_field *field,
			     const void *elements, const void *object)
{
	const size_t *n =
		(const void *)((const char *)object + field->n_offset);
	json_t *array = json_array();

	for (size_t i = 0; i < *n; i++) {
		const char *at = (const char *)elements + i * field->size;

		if (json_array_append_new(array, struct_to_json(field->fields,
								at)) < 0)
			abort(); /* out of memory */
	}
	return array;
}

static json_t *put_list(const struct wire_field *field, const void *object)
{
	return array_to_json(field, cmember(object, field), object);
}

static json_t *put_vector(const struct wire_field *field, const void *object)
{
	const void *const *at = cmember(object, field);

	return array_to_json(field, *at, object);
}

static json_t *(*const put[])(const struct wire_field *field,
			      const void *object) = {
	[WIRE_FIELD_NUMBER] = put_number,   [WIRE_FIELD_PAIR] = put_pair,
	[WIRE_FIELD_INT] = put_int,	    [WIRE_FIELD_FLAG] = put_flag,
	[WIRE_FIELD_MAC] = put_mac,	    [WIRE_FIELD_ADDR] = put_addr,
	[WIRE_FIELD_NO_ADDR] = put_no_addr, [WIRE_FIELD_TEXT] = put_text,
	[WIRE_FIELD_EVENT] = put_event,	    [WIRE_FIELD_STRUCT] = put_struct,
	[WIRE_FIELD_LIST] = put_list,	    [WIRE_FIELD_VECTOR] = put_vector,
};
static_assert(ARRAY_SIZE(put) == WIRE_FIELD_COUNT,
	      "put[] doesn't match enum wire_field_kind");

static json_t *struct_to_json(const struct wire_field *fields,
			      const void *object)
{
	json_t *json = json_object();

	for (const struct wire_field *f = fields; f->name; f++)
		if (json_object_set_new(json, f->name, put[f->kind](f, object)))
			abort(); /* out of memory: names and texts are ours */
	return json;
}

json_t *wire_conn_to_json(const struct wire_conn *conn)
{
	return struct_to_json(wire_conn_fields, conn);
}

json_t *wire_to_json(const struct wire_report *report)
{
	return struct_to_json(wire_report_fields, report);
}

/* --- Reading -------------------------------------------------------------- */

static int take_fields(const json_t *json, const struct wire_field *fields,
		       void *object, struct err *err);

static int wrong(struct err *err, const char *name, const char *want)
{
	return err_set(err, ERR_PARSE, 0, "'%s' is not %s", name, want);
}

static int number_of(const json_t *json, const char *name, uint64_t *ret,
		     struct err *err)
{
	if (json_is_null(json))
		*ret = WIRE_UNKNOWN;
	else if (json_is_integer(json) && json_integer_value(json) >= 0)
		*ret = (uint64_t)json_integer_value(json);
	else
		return wrong(err, name, "a count or null");
	return 0;
}

static int take_number(const struct wire_field *field, const json_t *json,
		       void *object, struct err *err)
{
	return number_of(json, field->name, member(object, field), err);
}

static int take_pair(const struct wire_field *field, const json_t *json,
		     void *object, struct err *err)
{
	uint64_t *at = member(object, field);

	if (json_array_size(json) != 2)
		return wrong(err, field->name, "a pair of counts");
	for (size_t i = 0; i < 2; i++)
		if (number_of(json_array_get(json, i), field->name, &at[i],
			      err) < 0)
			return -1;
	return 0;
}

static int take_int(const struct wire_field *field, const json_t *json,
		    void *object, struct err *err)
{
	json_int_t value = json_integer_value(json);
	int *at = member(object, field);

	if (!json_is_integer(json) || value < INT_MIN || value > INT_MAX)
		return wrong(err, field->name, "a small number");
	*at = (int)value;
	return 0;
}

static int take_flag(const struct wire_field *field, const json_t *json,
		     void *object, struct err *err)
{
	bool *at = member(object, field);

	if (!json_is_boolean(json))
		return wrong(err, field->name, "true or false");
	*at = json_is_true(json);
	return 0;
}

static int take_mac(const struct wire_field *field, const json_t *json,
		    void *object, struct err *err)
{
	const char *text = json_string_value(json);

	if (!text || !wire_mac_parse(text, member(object, field)))
		return wrong(err, field->name, "a MAC address");
	return 0;
}

static int take_addr(const struct wire_field *field, const json_t *json,
		     void *object, struct err *err)
{
	const char *text = json_string_value(json);

	if (!text || !wire_addr_parse(text, member(object, field)))
		return wrong(err, field->name, "an address and port");
	return 0;
}

static int take_no_addr(const struct wire_field *field, const json_t *json,
			void *object, struct err *err)
{
	return json_is_null(json) ? 0 : take_addr(field, json, object, err);
}

static int take_text(const struct wire_field *field, const json_t *json,
		     void *object, struct err *err)
{
	char **at = member(object, field);

	if (!json_is_string(json))
		return wrong(err, field->name, "a text");
	*at = xstrdup(json_string_value(json));
	return 0;
}

static int take_struct(const struct wire_field *field, const json_t *json,
		       void *object, struct err *err)
{
	if (!json_is_object(json))
		return wrong(err, field->name, "an object");
	if (take_fields(json, field->fields, member(object, field), err) < 0)
		return err_wrap(err, "%s", field->name);
	return 0;
}

static int take_event(const struct wire_field *field, const json_t *json,
		      void *object, struct err *err)
{
	return json_is_null(json) ? 0 : take_struct(field, json, object, err);
}

/* The count grows with each element, so that the owner can release them. */
static int take_elements(const struct wire_field *field, const json_t *json,
			 void *elements, void *object, struct err *err)
{
	size_t *n = (void *)((char *)object + field->n_offset);

	for (*n = 0; *n < json_array_size(json);) {
		size_t i = (*n)++;

		if (take_fields(json_array_get(json, i), field->fields,
				(char *)elements + i * field->size, err) < 0)
			return err_wrap(err, "%s[%zu]", field->name, i);
	}
	return 0;
}

static int take_list(const struct wire_field *field, const json_t *json,
		     void *object, struct err *err)
{
	if (!json_is_array(json) || json_array_size(json) > field->max)
		return wrong(err, field->name, "a short list");
	return take_elements(field, json, member(object, field), object, err);
}

static int take_vector(const struct wire_field *field, const json_t *json,
		       void *object, struct err *err)
{
	void **at = member(object, field);
	size_t n = json_array_size(json);

	if (!json_is_array(json) || n > field->max)
		return wrong(err, field->name, "a list");
	if (n > 0)
		*at = xcalloc(n, field->size);
	return take_elements(field, json, *at, object, err);
}

static int (*const take[])(const struct wire_field *field, const json_t *json,
			   void *object, struct err *err) = {
	[WIRE_FIELD_NUMBER] = take_number,   [WIRE_FIELD_PAIR] = take_pair,
	[WIRE_FIELD_INT] = take_int,	     [WIRE_FIELD_FLAG] = take_flag,
	[WIRE_FIELD_MAC] = take_mac,	     [WIRE_FIELD_ADDR] = take_addr,
	[WIRE_FIELD_NO_ADDR] = take_no_addr, [WIRE_FIELD_TEXT] = take_text,
	[WIRE_FIELD_EVENT] = take_event,     [WIRE_FIELD_STRUCT] = take_struct,
	[WIRE_FIELD_LIST] = take_list,	     [WIRE_FIELD_VECTOR] = take_vector,
};
static_assert(ARRAY_SIZE(take) == WIRE_FIELD_COUNT,
	      "take[] doesn't match enum wire_field_kind");

static int take_fields(const json_t *json, const struct wire_field *fields,
		       void *object, struct err *err)
{
	for (const struct wire_field *f = fields; f->name; f++)
		if (take[f->kind](f, json_object_get(json, f->name), object,
				  err) < 0)
			return -1;
	return 0;
}

int wire_from_json(const json_t *json, struct wire_report *ret_report,
		   struct err *err)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };

	if (!json_is_object(json))
		return wrong(err, "wire", "an object");
	if (take_fields(json, wire_report_fields, &report, err) < 0)
		return -1;
	*ret_report = report;
	report = (struct wire_report){ 0 };
	return 0;
}
