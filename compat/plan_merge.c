// SPDX-License-Identifier: Apache-2.0
/* plan_merge.c - the plans of shards joined into one */
#include "compat/plan_merge.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* --- What may differ ------------------------------------------------------------ */

static json_t *base_name(const json_t *path)
{
	const char *text = json_string_value(path);
	const char *slash = text ? strrchr(text, '/') : NULL;

	return text ? json_string(slash ? slash + 1 : text) : json_null();
}

/* A path, or a list of some, without its folders. */
static void strip_folders(json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	json_t *list;

	if (json_is_string(value)) {
		(void)json_object_set_new(object, key, base_name(value));
		return;
	}
	if (!json_is_array(value))
		return;
	list = json_array();
	for (size_t i = 0; i < json_array_size(value); i++)
		(void)json_array_append_new(
			list, base_name(json_array_get(value, i)));
	(void)json_object_set_new(object, key, list);
}

/* A definition without what is another one on each host. */
static json_t *comparable(const json_t *definition)
{
	static const char *const paths[] = { "image", "modules", "debs" };
	json_t *copy = json_deep_copy(definition);
	json_t *machine = json_object_get(copy, "machine");
	json_t *scenario = json_object_get(copy, "scenario");

	(void)json_object_del(copy, "path");
	strip_folders(json_object_get(scenario, "workload"), "files");
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		strip_folders(json_object_get(machine, "kernel"), paths[i]);
	return copy;
}

/* Where two values differ: "workload.command"; owned, NULL when they do not. */
static char *difference(json_t *a, json_t *b)
{
	const char *key;
	json_t *value;

	if (json_equal(a, b))
		return NULL;
	if (!json_is_object(a) || !json_is_object(b))
		return xstrdup("");
	json_object_foreach(a, key, value)
	{
		CLEANUP_FREE char *where =
			difference(value, json_object_get(b, key));

		if (!where)
			continue;
		return *where ? xasprintf("%s.%s", key, where) : xstrdup(key);
	}
	return difference(b, a); /* it has a key more */
}

/* --- Machines and scenarios ----------------------------------------------------- */

/** struct named - Definitions by name, each with the part it is from */
struct named {
	const char *kind; /* for messages */
	const char *key;  /* of the plan */
	json_t *array;	  /* borrowed from the merged plan */
	json_t *from;	  /* name to name of the part */
};

static const json_t *find_named(const json_t *array, const char *name)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *one = json_array_get(array, i);

		if (str_eq(json_string_value(json_object_get(one, "name")),
			   name))
			return one;
	}
	return NULL;
}

static int check_same(const struct named *named, const char *name,
		      const json_t *known, const json_t *other,
		      const struct plan_part *part, struct err *err)
{
	json_t *a = comparable(known);
	json_t *b = comparable(other);
	CLEANUP_FREE char *where = difference(a, b);
	const char *from =
		json_string_value(json_object_get(named->from, name));

	json_decref(a);
	json_decref(b);
	if (!where)
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "%s '%s' is not the same in '%s' and '%s': '%s' differs",
		       named->kind, name, from, part->name, where);
}

static int take_named(struct named *named, const struct plan_part *part,
		      struct err *err)
{
	const json_t *array = json_object_get(part->json, named->key);

	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *one = json_array_get(array, i);
		const char *name =
			json_string_value(json_object_get(one, "name"));
		const json_t *known;

		if (!name)
			return err_set(err, ERR_PARSE, 0,
				       "'%s': plan.json: %s[%zu]: no name",
				       part->name, named->key, i);
		known = find_named(named->array, name);
		if (known && check_same(named, name, known, one, part, err))
			return -1;
		if (known)
			continue;
		(void)json_array_append(named->array, one);
		(void)json_object_set_new(named->from, name,
					  json_string(part->name));
	}
	return 0;
}

static int merge_named(const struct plan_part *parts, size_t n,
		       const char *kind, const char *key, json_t *merged,
		       struct err *err)
{
	struct named named = { .kind = kind,
			       .key = key,
			       .array = json_array(),
			       .from = json_object() };
	int rc = 0;

	(void)json_object_set_new(merged, key, named.array);
	for (size_t i = 0; !rc && i < n; i++)
		rc = take_named(&named, &parts[i], err);
	json_decref(named.from);
	return rc;
}

static int merge_expect(const struct plan_part *parts, size_t n, json_t *merged,
			struct err *err)
{
	json_t *expect = json_object_get(parts[0].json, "expect");

	for (size_t i = 1; i < n; i++) {
		if (!json_equal(expect,
				json_object_get(parts[i].json, "expect")))
			return err_set(err, ERR_INPUT, 0,
				       "'%s' and '%s' do not expect the same: "
				       "their matrices have other 'expect' "
				       "rules",
				       parts[0].name, parts[i].name);
	}
	(void)json_object_set(merged, "expect", expect);
	return 0;
}

/* --- Cells ---------------------------------------------------------------------- */

/** struct placed - A cell and its place in the whole */
struct placed {
	json_t *cell; /* borrowed */
	size_t source, target, scenario;
	json_int_t repeat;
};

static size_t index_of(const json_t *array, const json_t *name)
{
	size_t i = 0;

	while (i < json_array_size(array) &&
	       !json_equal(json_object_get(json_array_get(array, i), "name"),
			   name))
		i++;
	return i;
}

static int compare_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_placed(const void *x, const void *y)
{
	const struct placed *a = x;
	const struct placed *b = y;
	int order = compare_size(a->source, b->source);

	if (!order)
		order = compare_size(a->target, b->target);
	if (!order)
		order = compare_size(a->scenario, b->scenario);
	return order ? order :
		       (a->repeat > b->repeat) - (a->repeat < b->repeat);
}

static struct placed place(const json_t *merged, json_t *cell)
{
	const json_t *machines = json_object_get(merged, "machines");
	const json_t *scenarios = json_object_get(merged, "scenarios");

	return (struct placed){
		cell, index_of(machines, json_object_get(cell, "source")),
		index_of(machines, json_object_get(cell, "target")),
		index_of(scenarios, json_object_get(cell, "scenario")),
		json_integer_value(json_object_get(cell, "repeat"))
	};
}

/* @seen: ids of cells to names of parts. */
static int take_cells(const struct plan_part *part, const json_t *merged,
		      json_t *seen, struct placed **placed, size_t *n,
		      struct err *err)
{
	const json_t *cells = json_object_get(part->json, "cells");

	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i);
		const char *id = json_string_value(json_object_get(cell, "id"));
		const char *other;

		if (!id)
			return err_set(err, ERR_PARSE, 0,
				       "'%s': plan.json: cells[%zu]: no id",
				       part->name, i);
		other = json_string_value(json_object_get(seen, id));
		if (other)
			return err_set(err, ERR_INPUT, 0,
				       "cell '%s' is in both '%s' and '%s'", id,
				       other, part->name);
		(void)json_object_set_new(seen, id, json_string(part->name));
		*VEC_PUSH(*placed, *n) = place(merged, cell);
	}
	return 0;
}

static int merge_cells(const struct plan_part *parts, size_t n, json_t *merged,
		       struct err *err)
{
	CLEANUP_FREE struct placed *placed = NULL;
	json_t *seen = json_object();
	json_t *cells = json_array();
	size_t n_placed = 0;
	int rc = 0;

	(void)json_object_set_new(merged, "cells", cells);
	for (size_t i = 0; !rc && i < n; i++)
		rc = take_cells(&parts[i], merged, seen, &placed, &n_placed,
				err);
	json_decref(seen);
	if (rc)
		return rc;
	if (n_placed)
		qsort(placed, n_placed, sizeof(*placed), compare_placed);
	for (size_t i = 0; i < n_placed; i++)
		(void)json_array_append(cells, placed[i].cell);
	return 0;
}

/* --- Shards --------------------------------------------------------------------- */

static char *missing_shards(const struct plan_part *parts, size_t n)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };
	uint64_t of = parts[0].shard.of;

	for (uint64_t index = 1; index <= of; index++) {
		size_t i = 0;

		while (i < n && parts[i].shard.index != index)
			i++;
		if (i == n)
			str_list_take(&list, xasprintf("%" PRIu64 "/%" PRIu64,
						       index, of));
	}
	return str_list_join(&list, ", ");
}

static int check_whole(const struct plan_part *parts, size_t n, struct err *err)
{
	const struct shard_ref *first = &parts[0].shard;

	for (size_t i = 1; i < n; i++) {
		const struct shard_ref *shard = &parts[i].shard;

		if (shard->of == first->of && shard->all == first->all)
			continue;
		if (!shard->of || !first->of)
			return err_set(err, ERR_INPUT, 0,
				       "'%s' is a shard of a run, '%s' is not",
				       parts[shard->of ? i : 0].name,
				       parts[shard->of ? 0 : i].name);
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is shard %" PRIu64 "/%" PRIu64
			       " of %" PRIu64 " cells, '%s' is %" PRIu64
			       "/%" PRIu64 " of %" PRIu64,
			       parts[0].name, first->index, first->of,
			       first->all, parts[i].name, shard->index,
			       shard->of, shard->all);
	}
	return 0;
}

static int check_missing(const struct plan_part *parts, size_t n, bool partial,
			 size_t n_cells, size_t *ret_missing, struct err *err)
{
	uint64_t all = parts[0].shard.all;
	CLEANUP_FREE char *list = NULL;

	*ret_missing = all > n_cells ? all - n_cells : 0;
	if (!*ret_missing || partial)
		return 0;
	list = missing_shards(parts, n);
	if (*list)
		return err_set(err, ERR_INPUT, 0,
			       "%zu of %" PRIu64 " cells are missing, and "
			       "shards %s (--partial: do without)",
			       *ret_missing, all, list);
	return err_set(err, ERR_INPUT, 0,
		       "%zu of %" PRIu64 " cells are in no shard: they were "
		       "not cut alike (other --durations?)",
		       *ret_missing, all);
}

int plans_merge(const struct plan_part *parts, size_t n, bool partial,
		json_t **ret_json, size_t *ret_missing, struct err *err)
{
	json_t *merged = json_object();
	int rc;

	(void)json_object_set(merged, "schema",
			      json_object_get(parts[0].json, "schema"));
	rc = check_whole(parts, n, err) ||
	     merge_named(parts, n, "machine", "machines", merged, err) ||
	     merge_named(parts, n, "scenario", "scenarios", merged, err) ||
	     merge_expect(parts, n, merged, err) ||
	     merge_cells(parts, n, merged, err) ||
	     check_missing(parts, n, partial,
			   json_array_size(json_object_get(merged, "cells")),
			   ret_missing, err);
	if (rc) {
		json_decref(merged);
		return -1;
	}
	*ret_json = merged;
	return 0;
}
