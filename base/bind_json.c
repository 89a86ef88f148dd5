// SPDX-License-Identifier: Apache-2.0
/* bind_json.c - structs to JSON and back, by their tables */
#include <inttypes.h>
#include <string.h>

#include "base/bind.h"
#include "base/bind_internal.h"
#include "base/mem.h"

static json_t *str_to_json(const struct bind_field *field, const void *obj)
{
	const char *text;

	memcpy(&text, member_const(obj, field->offset), sizeof(text));
	return text ? json_string(text) : NULL;
}

static json_t *bool_to_json(const struct bind_field *field, const void *obj)
{
	bool value;

	memcpy(&value, member_const(obj, field->offset), sizeof(value));
	return json_boolean(value);
}

static json_t *uint_to_json(const struct bind_field *field, const void *obj)
{
	uint64_t value;

	memcpy(&value, member_const(obj, field->offset), sizeof(value));
	assert(value <= INT64_MAX);
	return json_integer((json_int_t)value);
}

static json_t *enum_to_json(const struct bind_field *field, const void *obj)
{
	int value;

	memcpy(&value, member_const(obj, field->offset), sizeof(value));
	return json_string(field->names[value]);
}

static json_t *str_list_to_json(const struct bind_field *field, const void *obj)
{
	const struct str_list *list = member_const(obj, field->offset);
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_string(list->v[i]));
	return array;
}

static json_t *str_map_to_json(const struct bind_field *field, const void *obj)
{
	const struct bind_map *map = member_const(obj, field->offset);
	json_t *object = json_object();

	for (size_t i = 0; i < map->n; i++)
		json_object_set_new(object, map->v[i].key,
				    json_string(map->v[i].value));
	return object;
}

static json_t *struct_to_json(const struct bind_field *field, const void *obj)
{
	return bind_to_json(field->table, member_const(obj, field->offset));
}

static json_t *structs_to_json(const struct bind_field *field, const void *obj)
{
	json_t *array = json_array();
	size_t n;
	const char *v = bind_array(obj, field, &n);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array,
				      bind_to_json(field->table,
						   v + i * field->table->size));
	return array;
}

static json_t *named_to_json(const struct bind_field *field, const void *obj)
{
	json_t *object = json_object();
	size_t n;
	const char *v = bind_array(obj, field, &n);

	for (size_t i = 0; i < n; i++) {
		const void *element = v + i * field->table->size;
		const char *name;

		memcpy(&name, element, sizeof(name));
		if (name)
			json_object_set_new(object, name,
					    bind_to_json(field->table,
							 element));
	}
	return object;
}

static int wrong_type(const struct bind_field *field, const char *wanted,
		      struct err *err)
{
	return err_set(err, ERR_PARSE, 0, "'%s' is not %s", field->key, wanted);
}

static int str_from_json(const struct bind_field *field, const json_t *json,
			 void *obj, struct err *err)
{
	const char *text = json_string_value(json);
	char *copy;

	if (!text || !bind_matches(field->pattern, text))
		return wrong_type(field, "a valid string", err);
	copy = xstrdup(text);
	memcpy(member(obj, field->offset), &copy, sizeof(copy));
	return 0;
}

static int bool_from_json(const struct bind_field *field, const json_t *json,
			  void *obj, struct err *err)
{
	bool value = json_is_true(json);

	if (!json_is_boolean(json))
		return wrong_type(field, "true or false", err);
	memcpy(member(obj, field->offset), &value, sizeof(value));
	return 0;
}

static int uint_from_json(const struct bind_field *field, const json_t *json,
			  void *obj, struct err *err)
{
	uint64_t value = (uint64_t)json_integer_value(json);

	if (!json_is_integer(json) || value > INT64_MAX ||
	    !bind_in_limits(field, value))
		return wrong_type(field, "a number in its limits", err);
	memcpy(member(obj, field->offset), &value, sizeof(value));
	return 0;
}

static int enum_from_json(const struct bind_field *field, const json_t *json,
			  void *obj, struct err *err)
{
	const char *text = json_string_value(json);

	for (int i = 0; text && *text && field->names[i]; i++) {
		if (strcmp(field->names[i], text) != 0)
			continue;
		memcpy(member(obj, field->offset), &i, sizeof(i));
		return 0;
	}
	return wrong_type(field, "one of its names", err);
}

static int str_list_from_json(const struct bind_field *field,
			      const json_t *json, void *obj, struct err *err)
{
	struct str_list *list = member(obj, field->offset);

	if (!json_is_array(json))
		return wrong_type(field, "a list", err);
	for (size_t i = 0; i < json_array_size(json); i++) {
		const char *text = json_string_value(json_array_get(json, i));

		if (!text || !bind_matches(field->pattern, text))
			return wrong_type(field, "a list of valid strings",
					  err);
		str_list_add(list, text);
	}
	return 0;
}

/* jansson's iterators take mutable objects although they change nothing. */
static json_t *mutable(const json_t *json)
{
	json_t *same;

	memcpy(&same, &json, sizeof(same));
	return same;
}

static int str_map_from_json(const struct bind_field *field, const json_t *json,
			     void *obj, struct err *err)
{
	struct bind_map *map = member(obj, field->offset);
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		return wrong_type(field, "an object", err);
	json_object_foreach(mutable(json), key, value)
	{
		struct bind_pair *pair;

		if (!json_is_string(value))
			return wrong_type(field, "an object of strings", err);
		pair = VEC_PUSH(map->v, map->n);
		pair->key = xstrdup(key);
		pair->value = xstrdup(json_string_value(value));
	}
	return 0;
}

static int struct_from_json(const struct bind_field *field, const json_t *json,
			    void *obj, struct err *err)
{
	if (bind_from_json(field->table, json, member(obj, field->offset), err))
		return err_wrap(err, "'%s'", field->key);
	return 0;
}

static int structs_from_json(const struct bind_field *field, const json_t *json,
			     void *obj, struct err *err)
{
	size_t n = json_array_size(json);
	char *v;

	if (!json_is_array(json))
		return wrong_type(field, "a list", err);
	v = bind_array_new(obj, field, n);
	for (size_t i = 0; i < n; i++)
		if (bind_from_json(field->table, json_array_get(json, i),
				   v + i * field->table->size, err))
			return err_wrap(err, "'%s' %zu", field->key, i + 1);
	return 0;
}

static int named_from_json(const struct bind_field *field, const json_t *json,
			   void *obj, struct err *err)
{
	const char *key;
	json_t *value;
	char *element;

	if (!json_is_object(json))
		return wrong_type(field, "an object", err);
	element = bind_array_new(obj, field, json_object_size(json));
	json_object_foreach(mutable(json), key, value)
	{
		char *name = xstrdup(key);

		memcpy(element, &name, sizeof(name));
		if (!bind_matches(field->pattern, key))
			return wrong_type(field, "an object of valid names",
					  err);
		if (bind_from_json(field->table, value, element, err))
			return err_wrap(err, "'%s' '%s'", field->key, key);
		element += field->table->size;
	}
	return 0;
}

/** struct converter - Both directions of one type; @to: NULL leaves it out */
struct converter {
	json_t *(*to)(const struct bind_field *field, const void *obj);
	int (*from)(const struct bind_field *field, const json_t *json,
		    void *obj, struct err *err);
};

static const struct converter converters[] = {
	[BIND_STR] = { str_to_json, str_from_json },
	[BIND_BOOL] = { bool_to_json, bool_from_json },
	[BIND_UINT] = { uint_to_json, uint_from_json },
	[BIND_DURATION] = { uint_to_json, uint_from_json },
	[BIND_SIZE] = { uint_to_json, uint_from_json },
	[BIND_ENUM] = { enum_to_json, enum_from_json },
	[BIND_STR_LIST] = { str_list_to_json, str_list_from_json },
	[BIND_STR_MAP] = { str_map_to_json, str_map_from_json },
	[BIND_STRUCT] = { struct_to_json, struct_from_json },
	[BIND_STRUCTS] = { structs_to_json, structs_from_json },
	[BIND_NAMED] = { named_to_json, named_from_json },
};
static_assert(ARRAY_SIZE(converters) == BIND_TYPE_COUNT,
	      "converters[] doesn't match enum bind_type");

json_t *bind_to_json(const struct bind_table *table, const void *obj)
{
	json_t *object = json_object();

	for (size_t i = 0; i < table->n; i++) {
		const struct bind_field *field = &table->fields[i];
		json_t *value = converters[field->type].to(field, obj);

		if (value)
			json_object_set_new(object, field->key, value);
	}
	return object;
}

int bind_from_json(const struct bind_table *table, const json_t *json,
		   void *obj, struct err *err)
{
	if (!json_is_object(json))
		return err_set(err, ERR_PARSE, 0, "'%s' is not an object",
			       table->name);
	for (size_t i = 0; i < table->n; i++) {
		const struct bind_field *field = &table->fields[i];
		const json_t *value = json_object_get(json, field->key);

		if (!value)
			bind_default(field, obj);
		else if (converters[field->type].from(field, value, obj, err))
			return -1;
	}
	return 0;
}
