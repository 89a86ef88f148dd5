// SPDX-License-Identifier: Apache-2.0
/* shape.c - structs to JSON by tables; their beginning and end */
#include "base/shape.h"

#include "base/bind.h"
#include "base/shape_internal.h"
#include "base/str.h"

#define NS_PER_US UINT64_C(1000)
#define US_PER_MS 1000.0

json_t *shape_text(const char *text)
{
	CLEANUP_FREE char *clean = NULL;
	json_t *json;

	if (!text)
		return json_null();
	json = json_string(text);
	if (json)
		return json;
	clean = str_utf8_clean(text, strlen(text));
	return json_string(clean);
}

json_t *shape_ms(uint64_t ns)
{
	uint64_t us = (ns + NS_PER_US / 2) / NS_PER_US;

	if (ns == SHAPE_NULL)
		return json_null();
	return json_real((double)us / US_PER_MS);
}

static void set(json_t *object, const char *key, json_t *value)
{
	CLEANUP_FREE char *clean = NULL;

	if (json_object_set(object, key, value)) {
		clean = str_utf8_clean(key, strlen(key));
		(void)json_object_set(object, clean, value);
	}
	json_decref(value);
}

static json_t *write_text(const struct shape_member *m, const void *obj)
{
	return shape_text(shape_pointer(obj, m->offset));
}

static json_t *write_bool(const struct shape_member *m, const void *obj)
{
	bool value;

	memcpy(&value, shape_at_const(obj, m->offset), sizeof(value));
	return json_boolean(value);
}

static uint64_t get_u64(const struct shape_member *m, const void *obj)
{
	uint64_t value;

	memcpy(&value, shape_at_const(obj, m->offset), sizeof(value));
	return value;
}

static int get_int(const struct shape_member *m, const void *obj)
{
	int value;

	memcpy(&value, shape_at_const(obj, m->offset), sizeof(value));
	return value;
}

static json_t *write_count(const struct shape_member *m, const void *obj)
{
	uint64_t value = get_u64(m, obj);

	if (value > INT64_MAX)
		return json_null();
	return json_integer((json_int_t)value);
}

static json_t *write_ms(const struct shape_member *m, const void *obj)
{
	return shape_ms(get_u64(m, obj));
}

static json_t *write_int(const struct shape_member *m, const void *obj)
{
	return json_integer(get_int(m, obj));
}

static json_t *write_name(const struct shape_member *m, const void *obj)
{
	int value = get_int(m, obj);

	if (m->nullable && value == m->null_value)
		return json_null();
	return json_string(m->names[value]);
}

static json_t *write_texts(const struct shape_member *m, const void *obj)
{
	const struct str_list *list = shape_at_const(obj, m->offset);
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		(void)json_array_append_new(array, shape_text(list->v[i]));
	return array;
}

static json_t *write_map(const struct shape_member *m, const void *obj)
{
	const struct bind_map *map = shape_at_const(obj, m->offset);
	json_t *object = json_object();

	for (size_t i = 0; i < map->n; i++)
		set(object, map->v[i].key, shape_text(map->v[i].value));
	return object;
}

static json_t *write_struct(const struct shape_member *m, const void *obj)
{
	return shape_write(m->shape, shape_at_const(obj, m->offset));
}

static json_t *write_pointer(const struct shape_member *m, const void *obj)
{
	const void *target = shape_pointer(obj, m->offset);

	return target ? shape_write(m->shape, target) : json_null();
}

static json_t *write_structs(const struct shape_member *m, const void *obj)
{
	const char *v = shape_pointer(obj, m->offset);
	size_t n = shape_count(obj, m->count_offset);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
			array, shape_write(m->shape, v + i * m->shape->size));
	return array;
}

static json_t *write_named(const struct shape_member *m, const void *obj)
{
	const char *v = shape_pointer(obj, m->offset);
	size_t n = shape_count(obj, m->count_offset);
	json_t *object = json_object();

	for (size_t i = 0; i < n; i++) {
		const char *element = v + i * m->shape->size;
		const char *name = shape_pointer(element, 0);

		set(object, name ? name : "", shape_write(m->shape, element));
	}
	return object;
}

static json_t *(*const writers[])(const struct shape_member *m,
				  const void *obj) = {
	[SHAPE_TEXT] = write_text,	 [SHAPE_BOOL] = write_bool,
	[SHAPE_COUNT] = write_count,	 [SHAPE_MS] = write_ms,
	[SHAPE_INT] = write_int,	 [SHAPE_NAME] = write_name,
	[SHAPE_TEXTS] = write_texts,	 [SHAPE_MAP] = write_map,
	[SHAPE_STRUCT] = write_struct,	 [SHAPE_POINTER] = write_pointer,
	[SHAPE_STRUCTS] = write_structs, [SHAPE_NAMED] = write_named,
};
static_assert(ARRAY_SIZE(writers) == SHAPE_KIND_COUNT,
	      "writers[] doesn't match enum shape_kind");

json_t *shape_write(const struct shape *shape, const void *obj)
{
	json_t *object = json_object();

	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];

		set(object, m->key, writers[m->kind](m, obj));
	}
	return object;
}

static void init_members(const struct shape *shape, void *obj)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];

		if (m->kind == SHAPE_COUNT || m->kind == SHAPE_MS)
			shape_set_u64(obj, m->offset, SHAPE_NULL);
		else if (m->kind == SHAPE_NAME && m->nullable)
			shape_set_int(obj, m->offset, m->null_value);
		else if (m->kind == SHAPE_STRUCT)
			init_members(m->shape, shape_at(obj, m->offset));
	}
}

void shape_init(const struct shape *shape, void *obj)
{
	memset(obj, 0, shape->size);
	init_members(shape, obj);
}

static void release_structs(const struct shape_member *m, void *obj)
{
	char *v = shape_pointer(obj, m->offset);
	size_t n = shape_count(obj, m->count_offset);

	for (size_t i = 0; i < n; i++) {
		void *element = v + i * m->shape->size;

		if (m->kind == SHAPE_NAMED) {
			free(shape_pointer(element, 0));
			shape_set_pointer(element, 0, NULL);
		}
		shape_release(m->shape, element);
	}
	free(v);
	shape_set_pointer(obj, m->offset, NULL);
	shape_set_count(obj, m->count_offset, 0);
}

static void release_pointer(const struct shape_member *m, void *obj)
{
	void *target = shape_pointer(obj, m->offset);

	if (target && m->shape)
		shape_release(m->shape, target);
	free(target);
	shape_set_pointer(obj, m->offset, NULL);
}

static void release_member(const struct shape_member *m, void *obj)
{
	switch (m->kind) {
	case SHAPE_TEXT:
	case SHAPE_POINTER:
		release_pointer(m, obj);
		break;
	case SHAPE_TEXTS:
		str_list_release(shape_at(obj, m->offset));
		break;
	case SHAPE_MAP:
		bind_map_release(shape_at(obj, m->offset));
		break;
	case SHAPE_STRUCT:
		shape_release(m->shape, shape_at(obj, m->offset));
		break;
	case SHAPE_STRUCTS:
	case SHAPE_NAMED:
		release_structs(m, obj);
		break;
	case SHAPE_BOOL:
	case SHAPE_COUNT:
	case SHAPE_MS:
	case SHAPE_INT:
	case SHAPE_NAME:
	case SHAPE_KIND_COUNT:
		break;
	}
}

void shape_release(const struct shape *shape, void *obj)
{
	for (size_t i = 0; i < shape->n; i++)
		release_member(&shape->members[i], obj);
}
