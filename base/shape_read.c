// SPDX-License-Identifier: Apache-2.0
/* shape_read.c - JSON to structs by tables */
#include <math.h>

#include "base/bind.h"
#include "base/shape_internal.h"
#include "base/str.h"

#define NS_PER_MS_REAL 1e6
/* Doubles hold ns exactly enough up to about 31 years; far beyond any run. */
#define MS_MAX 1e12

/**
 * struct place - Where in the document we are, for messages
 * @up:		The object or array around it, NULL at the top
 * @key:	Member's name, NULL in an array
 * @index:	Element's
 */
struct place {
	const struct place *up;
	const char *key;
	size_t index;
};

static void place_print(const struct place *place, FILE *out)
{
	if (!place)
		return;
	place_print(place->up, out);
	if (!place->key)
		(void)fprintf(out, "[%zu]", place->index);
	else
		(void)fprintf(out, "%s%s", place->up ? "." : "", place->key);
}

static int wrong(const struct place *place, const char *wanted, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *clean = NULL;

	strbuf_open(&buf);
	place_print(place, buf.f);
	path = strbuf_take(&buf);
	clean = str_utf8_clean(path, strlen(path));
	return err_set(err, ERR_PARSE, 0, "%s: %s", *clean ? clean : "document",
		       wanted);
}

typedef int reader(const struct shape_member *m, const json_t *json,
		   const struct place *place, void *obj, struct err *err);

static int read_members(const struct shape *shape, const json_t *json,
			const struct place *place, void *obj, struct err *err);

/* A file may come from elsewhere, and its text goes to terminals. */
static char *clean_text(const char *text)
{
	return str_utf8_clean(text, strlen(text));
}

static int read_text(const struct shape_member *m, const json_t *json,
		     const struct place *place, void *obj, struct err *err)
{
	if (!json_is_string(json))
		return wrong(place, "not a string", err);
	shape_set_pointer(obj, m->offset, clean_text(json_string_value(json)));
	return 0;
}

static int read_bool(const struct shape_member *m, const json_t *json,
		     const struct place *place, void *obj, struct err *err)
{
	bool value = json_is_true(json);

	if (!json_is_boolean(json))
		return wrong(place, "not true or false", err);
	memcpy(shape_at(obj, m->offset), &value, sizeof(value));
	return 0;
}

static int read_count(const struct shape_member *m, const json_t *json,
		      const struct place *place, void *obj, struct err *err)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return wrong(place, "not a whole number from 0", err);
	shape_set_u64(obj, m->offset, (uint64_t)json_integer_value(json));
	return 0;
}

static int read_ms(const struct shape_member *m, const json_t *json,
		   const struct place *place, void *obj, struct err *err)
{
	double ms = json_number_value(json);

	if (!json_is_number(json) || !(ms >= 0 && ms <= MS_MAX))
		return wrong(place, "not a number of milliseconds", err);
	shape_set_u64(obj, m->offset, (uint64_t)llround(ms * NS_PER_MS_REAL));
	return 0;
}

static int read_int(const struct shape_member *m, const json_t *json,
		    const struct place *place, void *obj, struct err *err)
{
	json_int_t value = json_integer_value(json);

	if (!json_is_integer(json) || value < INT32_MIN || value > INT32_MAX)
		return wrong(place, "not a whole number of 32 bits", err);
	shape_set_int(obj, m->offset, (int)value);
	return 0;
}

static int read_name(const struct shape_member *m, const json_t *json,
		     const struct place *place, void *obj, struct err *err)
{
	const char *name = json_string_value(json);

	for (int i = 0; name && m->names[i]; i++) {
		if (m->nullable && i == m->null_value)
			continue;
		if (str_eq(m->names[i], name)) {
			shape_set_int(obj, m->offset, i);
			return 0;
		}
	}
	return wrong(place, "not one of the words it may be", err);
}

static int read_texts(const struct shape_member *m, const json_t *json,
		      const struct place *place, void *obj, struct err *err)
{
	struct str_list *list = shape_at(obj, m->offset);

	if (!json_is_array(json))
		return wrong(place, "not an array", err);
	for (size_t i = 0; i < json_array_size(json); i++) {
		const char *s = json_string_value(json_array_get(json, i));

		if (!s)
			return wrong(place, "not an array of strings", err);
		str_list_take(list, clean_text(s));
	}
	return 0;
}

/* jansson's iterators want an object that they may change. */
static json_t *writable(const json_t *json)
{
	json_t *p;

	memcpy(&p, &json, sizeof(p));
	return p;
}

static int read_map(const struct shape_member *m, const json_t *json,
		    const struct place *place, void *obj, struct err *err)
{
	struct bind_map *map = shape_at(obj, m->offset);
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		return wrong(place, "not an object", err);
	json_object_foreach(writable(json), key, value)
	{
		struct bind_pair *pair;

		if (!json_is_string(value))
			return wrong(place, "not an object of strings", err);
		pair = VEC_PUSH(map->v, map->n);
		pair->key = clean_text(key);
		pair->value = clean_text(json_string_value(value));
	}
	return 0;
}

static int read_struct(const struct shape_member *m, const json_t *json,
		       const struct place *place, void *obj, struct err *err)
{
	return read_members(m->shape, json, place, shape_at(obj, m->offset),
			    err);
}

static int read_pointer(const struct shape_member *m, const json_t *json,
			const struct place *place, void *obj, struct err *err)
{
	void *target = xcalloc(1, m->shape->size);

	shape_init(m->shape, target);
	shape_set_pointer(obj, m->offset, target);
	return read_members(m->shape, json, place, target, err);
}

/* Room for @n elements, all released with the object from here on. */
static char *make_array(const struct shape_member *m, void *obj, size_t n)
{
	char *v = xcalloc(n, m->shape->size);

	for (size_t i = 0; i < n; i++)
		shape_init(m->shape, v + i * m->shape->size);
	shape_set_pointer(obj, m->offset, v);
	shape_set_count(obj, m->count_offset, n);
	return v;
}

static int read_structs(const struct shape_member *m, const json_t *json,
			const struct place *place, void *obj, struct err *err)
{
	size_t n = json_array_size(json);
	char *v;

	if (!json_is_array(json))
		return wrong(place, "not an array", err);
	v = make_array(m, obj, n);
	for (size_t i = 0; i < n; i++) {
		struct place here = { .up = place, .index = i };

		if (read_members(m->shape, json_array_get(json, i), &here,
				 v + i * m->shape->size, err))
			return -1;
	}
	return 0;
}

static int read_named(const struct shape_member *m, const json_t *json,
		      const struct place *place, void *obj, struct err *err)
{
	const char *name;
	json_t *value;
	char *element;

	if (!json_is_object(json))
		return wrong(place, "not an object", err);
	element = make_array(m, obj, json_object_size(json));
	json_object_foreach(writable(json), name, value)
	{
		struct place here = { .up = place, .key = name };

		shape_set_pointer(element, 0, clean_text(name));
		if (read_members(m->shape, value, &here, element, err))
			return -1;
		element += m->shape->size;
	}
	return 0;
}

static reader *const readers[] = {
	[SHAPE_TEXT] = read_text,	[SHAPE_BOOL] = read_bool,
	[SHAPE_COUNT] = read_count,	[SHAPE_MS] = read_ms,
	[SHAPE_INT] = read_int,		[SHAPE_NAME] = read_name,
	[SHAPE_TEXTS] = read_texts,	[SHAPE_MAP] = read_map,
	[SHAPE_STRUCT] = read_struct,	[SHAPE_POINTER] = read_pointer,
	[SHAPE_STRUCTS] = read_structs, [SHAPE_NAMED] = read_named,
};
static_assert(ARRAY_SIZE(readers) == SHAPE_KIND_COUNT,
	      "readers[] doesn't match enum shape_kind");

static int read_member(const struct shape_member *m, const json_t *json,
		       const struct place *up, void *obj, struct err *err)
{
	struct place here = { .up = up, .key = m->key };

	if (json && !json_is_null(json))
		return readers[m->kind](m, json, &here, obj, err);
	if (m->required)
		return wrong(&here, json ? "null" : "missing", err);
	return 0;
}

static int read_members(const struct shape *shape, const json_t *json,
			const struct place *place, void *obj, struct err *err)
{
	if (!json_is_object(json))
		return wrong(place, "not an object", err);
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];

		if (read_member(m, json_object_get(json, m->key), place, obj,
				err))
			return -1;
	}
	return 0;
}

int shape_read(const struct shape *shape, const json_t *json, void *ret_obj,
	       struct err *err)
{
	void *obj = xcalloc(1, shape->size);
	int status;

	shape_init(shape, obj);
	status = read_members(shape, json, NULL, obj, err);
	if (status)
		shape_release(shape, obj);
	else
		memcpy(ret_obj, obj, shape->size);
	free(obj);
	return status;
}
