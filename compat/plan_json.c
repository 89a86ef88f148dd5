// SPDX-License-Identifier: Apache-2.0
/* plan_json.c - the file plan.json: a plan in full, so that a run can resume */
#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/plan.h"
#include "compat/scenario_tables.h"
#include "compat/twin.h"

#define PLAN_SCHEMA "crmatrix/plan/1"

static json_t *machines_to_json(const struct plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->n_machines; i++) {
		const struct machine *machine = &plan->machines[i];
		json_t *json = json_pack("{ss, so}", "name", machine->name,
					 "machine",
					 bind_to_json(&machine_table, machine));

		if (machine->twin)
			(void)json_object_set_new(json, "twin",
						  twin_to_json(machine->twin));
		(void)json_array_append_new(array, json);
	}
	return array;
}

static json_t *scenarios_to_json(const struct plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->n_scenarios; i++) {
		const struct scenario *scenario = &plan->scenarios[i];

		(void)json_array_append_new(
			array,
			json_pack("{ss, so, so}", "name", scenario->name,
				  "path", shape_text(scenario->path),
				  "scenario",
				  bind_to_json(&scenario_table, scenario)));
	}
	return array;
}

static json_t *expects_to_json(const struct plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->expect.n; i++)
		(void)json_array_append_new(
			array, bind_to_json(&expect_table, &plan->expect.v[i]));
	return array;
}

static json_t *cells_to_json(const struct plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->n_cells; i++) {
		const struct cell *cell = &plan->cells[i];

		(void)json_array_append_new(
			array, json_pack("{ss, ss, ss, ss, sI}", "id", cell->id,
					 "scenario", cell->scenario->name,
					 "source", cell->source->name, "target",
					 cell->target->name, "repeat",
					 (json_int_t)cell->repeat));
	}
	return array;
}

json_t *plan_to_json(const struct plan *plan)
{
	return json_pack("{ss, so, so, so, so}", "schema", PLAN_SCHEMA,
			 "machines", machines_to_json(plan), "scenarios",
			 scenarios_to_json(plan), "expect",
			 expects_to_json(plan), "cells", cells_to_json(plan));
}

/* An array that is a member of the plan; absent is an error. */
static const json_t *get_array(const json_t *json, const char *key,
			       struct err *err)
{
	const json_t *array = json_object_get(json, key);

	if (json_is_array(array))
		return array;
	(void)err_set(err, ERR_PARSE, 0, "%s: not an array", key);
	return NULL;
}

/* Names become parts of paths: none but those that files can give. */
static int get_name(const json_t *json, const char *pattern, char **ret_name,
		    struct err *err)
{
	const char *name = json_string_value(json_object_get(json, "name"));

	if (!name || !bind_matches(pattern, name))
		return err_set(err, ERR_PARSE, 0, "name: not a name");
	*ret_name = xstrdup(name);
	return 0;
}

static int machine_from_json(const json_t *json, struct plan *plan,
			     struct err *err)
{
	struct machine *machine = VEC_PUSH(plan->machines, plan->n_machines);
	const json_t *twin = json_object_get(json, "twin");

	if (bind_from_json(&machine_table, json_object_get(json, "machine"),
			   machine, err) ||
	    (twin && twin_from_json(twin, &machine->twin, err)))
		return -1;
	free(machine->name);
	machine->name = NULL;
	return get_name(json, MACHINE_NAME_PATTERN, &machine->name, err);
}

static int scenario_from_json(const json_t *json, struct plan *plan,
			      struct err *err)
{
	const char *path = json_string_value(json_object_get(json, "path"));
	struct scenario *scenario =
		VEC_PUSH(plan->scenarios, plan->n_scenarios);

	if (bind_from_json(&scenario_table, json_object_get(json, "scenario"),
			   scenario, err))
		return -1;
	free(scenario->name);
	scenario->name = NULL;
	free(scenario->path);
	scenario->path = path ? xstrdup(path) : NULL;
	return get_name(json, SCENARIO_NAME_PATTERN, &scenario->name, err);
}

static int expect_from_json(const json_t *json, struct plan *plan,
			    struct err *err)
{
	return bind_from_json(&expect_table, json,
			      VEC_PUSH(plan->expect.v, plan->expect.n), err);
}

static const struct scenario *find_scenario(const struct plan *plan,
					    const char *name)
{
	for (size_t i = 0; i < plan->n_scenarios; i++) {
		if (str_eq(plan->scenarios[i].name, name))
			return &plan->scenarios[i];
	}
	return NULL;
}

static const struct machine *find_machine(const struct plan *plan,
					  const json_t *name)
{
	struct machines machines = { plan->machines, plan->n_machines };
	const char *text = json_string_value(name);

	return text ? machines_find(&machines, text) : NULL;
}

static int cell_from_json(const json_t *json, struct plan *plan,
			  struct err *err)
{
	struct cell *cell = VEC_PUSH(plan->cells, plan->n_cells);
	json_int_t repeat = json_integer_value(json_object_get(json, "repeat"));
	const char *id = json_string_value(json_object_get(json, "id"));

	cell->repeat = (uint64_t)repeat;
	cell->scenario = find_scenario(
		plan, json_string_value(json_object_get(json, "scenario")));
	cell->source = find_machine(plan, json_object_get(json, "source"));
	cell->target = find_machine(plan, json_object_get(json, "target"));
	if (!cell->scenario || !cell->source || !cell->target || repeat < 1)
		return err_set(err, ERR_PARSE, 0,
			       "no such scenario, source, target or repeat");
	cell->id = cell_make_id(cell);
	if (!str_eq(id, cell->id))
		return err_set(err, ERR_PARSE, 0, "id: not '%s'", cell->id);
	return 0;
}

/** struct part - A member of the plan that is an array, and its elements */
struct part {
	const char *key;
	int (*read)(const json_t *json, struct plan *plan, struct err *err);
};

/* Cells last: they refer to the others, which no longer move then. */
static const struct part parts[] = {
	{ "machines", machine_from_json },
	{ "scenarios", scenario_from_json },
	{ "expect", expect_from_json },
	{ "cells", cell_from_json },
};

static int read_part(const struct part *part, const json_t *json,
		     struct plan *plan, struct err *err)
{
	const json_t *array = get_array(json, part->key, err);

	if (!array)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (part->read(json_array_get(array, i), plan, err))
			return err_wrap(err, "%s[%zu]", part->key, i);
	}
	return 0;
}

static int check_ids(const struct plan *plan, struct err *err)
{
	json_t *seen = json_object();
	int status = 0;

	for (size_t i = 0; i < plan->n_cells && !status; i++) {
		if (json_object_get(seen, plan->cells[i].id))
			status = err_set(err, ERR_PARSE, 0,
					 "cells[%zu]: '%s' is there twice", i,
					 plan->cells[i].id);
		(void)json_object_set_new(seen, plan->cells[i].id, json_true());
	}
	json_decref(seen);
	return status;
}

int plan_from_json(const json_t *json, struct plan *ret_plan, struct err *err)
{
	const char *schema = json_string_value(json_object_get(json, "schema"));
	struct plan plan = { 0 };

	if (!str_eq(schema, PLAN_SCHEMA))
		return err_set(err, ERR_PARSE, 0, "schema: not '%s'",
			       PLAN_SCHEMA);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (read_part(&parts[i], json, &plan, err)) {
			plan_release(&plan);
			return -1;
		}
	}
	if (check_ids(&plan, err)) {
		plan_release(&plan);
		return -1;
	}
	plan_fit(&plan);
	*ret_plan = plan;
	return 0;
}
