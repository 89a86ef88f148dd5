// SPDX-License-Identifier: Apache-2.0
/* plan_only.c - one cell of a plan, to be run again alone, here or elsewhere */
#include "compat/plan_only.h"

#include <inttypes.h>
#include <string.h>

#include "base/bind.h"
#include "base/mem.h"
#include "base/str.h"

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static const json_t *find(const json_t *array, const char *key,
			  const char *value)
{
	for (size_t i = 0; value && i < json_array_size(array); i++) {
		const json_t *one = json_array_get(array, i);

		if (str_eq(text_of(one, key), value))
			return one;
	}
	return NULL;
}

static int no_cell(const json_t *cells, const char *id, struct err *err)
{
	size_t n = json_array_size(cells);
	CLEANUP_FREE const char **names = xcalloc(n + 1, sizeof(*names));
	const char *near;

	for (size_t i = 0; i < n; i++)
		names[i] = text_of(json_array_get(cells, i), "id");
	near = bind_nearest(id, names, n);
	return err_set(err, ERR_INPUT, 0,
		       near ? "the run has no cell '%s'; did you mean '%s'?" :
			      "the run has no cell '%s'",
		       id, near);
}

/* Adds what is called so once, in the order of the plan. */
static void take(const json_t *json, const char *key, const char *const *names,
		 json_t *only)
{
	const json_t *array = json_object_get(json, key);
	json_t *taken = json_array();

	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *one = json_array_get(array, i);
		const char *name = text_of(one, "name");

		for (const char *const *wanted = names; *wanted; wanted++) {
			if (!str_eq(name, *wanted))
				continue;
			(void)json_array_append_new(taken, json_deep_copy(one));
			break;
		}
	}
	(void)json_object_set_new(only, key, taken);
}

/* Which scenario it is the control of is of no use without that one. */
static void forget_original(json_t *only)
{
	json_t *scenario =
		json_array_get(json_object_get(only, "scenarios"), 0);

	(void)json_object_del(json_object_get(scenario, "scenario"),
			      "control-of");
}

static void put_cells(const json_t *cell, uint64_t repeat, json_t *only)
{
	CLEANUP_FREE char *first =
		xasprintf("%s.%s.%s", text_of(cell, "scenario"),
			  text_of(cell, "source"), text_of(cell, "target"));
	json_t *cells = json_array();

	if (!repeat)
		(void)json_array_append_new(cells, json_deep_copy(cell));
	for (uint64_t i = 1; i <= repeat; i++) {
		CLEANUP_FREE char *id =
			i > 1 ? xasprintf("%s#%" PRIu64, first, i) :
				xstrdup(first);
		json_t *copy = json_deep_copy(cell);

		(void)json_object_set_new(copy, "id", json_string(id));
		(void)json_object_set_new(copy, "repeat",
					  json_integer((json_int_t)i));
		(void)json_array_append_new(cells, copy);
	}
	(void)json_object_set_new(only, "cells", cells);
}

int plan_only(const json_t *json, const char *cell, uint64_t repeat,
	      json_t **ret_json, struct err *err)
{
	const json_t *cells = json_object_get(json, "cells");
	const json_t *found = find(cells, "id", cell);
	const char *machines[3] = { NULL }, *scenarios[2] = { NULL };
	json_t *only;

	if (!found)
		return no_cell(cells, cell, err);
	machines[0] = text_of(found, "source");
	machines[1] = text_of(found, "target");
	scenarios[0] = text_of(found, "scenario");
	if (!machines[0] || !machines[1] || !scenarios[0])
		return err_set(err, ERR_PARSE, 0,
			       "cell '%s': no scenario, source or target",
			       cell);
	only = json_object();
	(void)json_object_set(only, "schema", json_object_get(json, "schema"));
	take(json, "machines", machines, only);
	take(json, "scenarios", scenarios, only);
	(void)json_object_set_new(
		only, "expect",
		json_deep_copy(json_object_get(json, "expect")));
	put_cells(found, repeat, only);
	forget_original(only);
	*ret_json = only;
	return 0;
}

/* --- Paths ---------------------------------------------------------------------- */

/** struct mapping - What plan_map_paths() was given */
struct mapping {
	char *(*map)(void *arg, const char *path, struct err *err);
	void *arg;
};

static json_t *map_one(const struct mapping *m, const json_t *path,
		       struct err *err)
{
	CLEANUP_FREE char *mapped = NULL;

	if (!json_is_string(path))
		return json_null();
	mapped = m->map(m->arg, json_string_value(path), err);
	return mapped ? json_string(mapped) : NULL;
}

static int map_list(const struct mapping *m, json_t *list, struct err *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *mapped = map_one(m, json_array_get(list, i), err);

		if (!mapped)
			return -1;
		(void)json_array_set_new(list, i, mapped);
	}
	return 0;
}

static int map_member(const struct mapping *m, json_t *object, const char *key,
		      struct err *err)
{
	json_t *value = json_object_get(object, key);
	json_t *mapped;

	if (json_is_array(value))
		return map_list(m, value, err);
	if (!json_is_string(value))
		return 0;
	mapped = map_one(m, value, err);
	if (!mapped)
		return -1;
	(void)json_object_set_new(object, key, mapped);
	return 0;
}

static int map_machine(const struct mapping *m, const json_t *machine,
		       struct err *err)
{
	static const char *const keys[] = { "image", "modules", "debs" };
	json_t *kernel =
		json_object_get(json_object_get(machine, "machine"), "kernel");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (map_member(m, kernel, keys[i], err))
			return -1;
	}
	return 0;
}

int plan_map_paths(json_t *json,
		   char *(*map)(void *arg, const char *path, struct err *err),
		   void *arg, struct err *err)
{
	const struct mapping m = { map, arg };
	const json_t *machines = json_object_get(json, "machines");
	const json_t *scenarios = json_object_get(json, "scenarios");

	for (size_t i = 0; i < json_array_size(machines); i++) {
		if (map_machine(&m, json_array_get(machines, i), err))
			return -1;
	}
	for (size_t i = 0; i < json_array_size(scenarios); i++) {
		const json_t *scenario = json_object_get(
			json_array_get(scenarios, i), "scenario");

		if (map_member(&m, json_object_get(scenario, "workload"),
			       "files", err))
			return -1;
	}
	return 0;
}
