// SPDX-License-Identifier: Apache-2.0
/* bind_members.c - what tables know of structs: defaults, arrays, release */
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/bind_internal.h"
#include "base/mem.h"

void *bind_array(const void *obj, const struct bind_field *field, size_t *ret_n)
{
	void *array;

	memcpy(&array, member_const(obj, field->offset), sizeof(array));
	memcpy(ret_n, member_const(obj, field->count_offset), sizeof(*ret_n));
	return array;
}

/* Room as VEC_PUSH() leaves it, so that elements can be appended later. */
void *bind_array_new(void *obj, const struct bind_field *field, size_t n)
{
	size_t room = 1;
	void *array;

	while (room < n)
		room *= 2;
	array = xcalloc(room, field->table->size);
	memcpy(member(obj, field->offset), &array, sizeof(array));
	memcpy(member(obj, field->count_offset), &n, sizeof(n));
	return array;
}

/* A default that its own table refuses is a mistake of ours. */
static void default_scalar(const struct bind_field *field, void *to)
{
	struct bind_diags diags CLEANUP(bind_diags_release) = { 0 };
	struct bind_ctx ctx = { .diags = &diags };
	struct bind_scalar scalar = { .text = field->dflt, .plain = true };

	bind_scalar_set(&ctx, field, &scalar, to);
	assert(!diags.n);
}

void bind_default(const struct bind_field *field, void *obj)
{
	if (field->type == BIND_STRUCT)
		bind_defaults(field->table, member(obj, field->offset));
	else if (field->dflt && bind_is_scalar(field->type))
		default_scalar(field, member(obj, field->offset));
	else if (field->dflt && field->type == BIND_STR_LIST)
		str_list_add(member(obj, field->offset), field->dflt);
}

void bind_defaults(const struct bind_table *table, void *obj)
{
	for (size_t i = 0; i < table->n; i++)
		bind_default(&table->fields[i], obj);
}

const char *bind_map_get(const struct bind_map *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (!strcmp(map->v[i].key, key))
			return map->v[i].value;
	return NULL;
}

void bind_map_release(struct bind_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		free(map->v[i].key);
		free(map->v[i].value);
	}
	free(map->v);
	*map = (struct bind_map){ 0 };
}

static void release_nothing(const struct bind_field *field, void *obj)
{
	(void)field;
	(void)obj;
}

static void release_str(const struct bind_field *field, void *obj)
{
	char *text;

	memcpy(&text, member(obj, field->offset), sizeof(text));
	free(text);
}

static void release_str_list(const struct bind_field *field, void *obj)
{
	str_list_release(member(obj, field->offset));
}

static void release_str_map(const struct bind_field *field, void *obj)
{
	bind_map_release(member(obj, field->offset));
}

static void release_struct(const struct bind_field *field, void *obj)
{
	bind_release(field->table, member(obj, field->offset));
}

static void release_structs(const struct bind_field *field, void *obj)
{
	size_t n;
	char *array = bind_array(obj, field, &n);

	for (size_t i = 0; i < n; i++)
		bind_release(field->table, array + i * field->table->size);
	free(array);
	memset(member(obj, field->count_offset), 0, sizeof(n));
}

static void release_named(const struct bind_field *field, void *obj)
{
	static const struct bind_field name = { .type = BIND_STR };
	size_t n;
	char *array = bind_array(obj, field, &n);

	for (size_t i = 0; i < n; i++)
		release_str(&name, array + i * field->table->size);
	release_structs(field, obj);
}

/** struct member_type - How to free a member, and what of it to zero */
struct member_type {
	void (*release)(const struct bind_field *field, void *obj);
	size_t size;
};

static const struct member_type member_types[] = {
	[BIND_STR] = { release_str, sizeof(char *) },
	[BIND_BOOL] = { release_nothing, sizeof(bool) },
	[BIND_UINT] = { release_nothing, sizeof(uint64_t) },
	[BIND_DURATION] = { release_nothing, sizeof(uint64_t) },
	[BIND_SIZE] = { release_nothing, sizeof(uint64_t) },
	[BIND_ENUM] = { release_nothing, sizeof(int) },
	[BIND_STR_LIST] = { release_str_list, sizeof(struct str_list) },
	[BIND_STR_MAP] = { release_str_map, sizeof(struct bind_map) },
	[BIND_STRUCT] = { release_struct, 0 },
	[BIND_STRUCTS] = { release_structs, sizeof(void *) },
	[BIND_NAMED] = { release_named, sizeof(void *) },
};
static_assert(ARRAY_SIZE(member_types) == BIND_TYPE_COUNT,
	      "member_types[] doesn't match enum bind_type");

void bind_release(const struct bind_table *table, void *obj)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct bind_field *field = &table->fields[i];
		const struct member_type *type = &member_types[field->type];

		type->release(field, obj);
		memset(member(obj, field->offset), 0, type->size);
	}
	if (table->pos_offset != BIND_NO_POS)
		memset(member(obj, table->pos_offset), 0,
		       sizeof(struct bind_pos));
}
