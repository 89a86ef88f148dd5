// SPDX-License-Identifier: Apache-2.0
/* predict_json.c - predictions for programs, and their schema */
#include "base/mem.h"
#include "compat/predict_say.h"

json_t *predict_pair_json(const char *source, const char *target,
			  const struct prediction *prediction)
{
	return json_pack("{ss, ss, ss, so}", "schema", PREDICT_SCHEMA, "source",
			 source, "target", target, "prediction",
			 shape_write(&prediction_shape, prediction));
}

static json_t *cell_json(const struct result *cell)
{
	json_t *prediction = cell->prediction ? shape_write(&prediction_shape,
							    cell->prediction) :
						json_null();

	return json_pack("{ss, ss, ss, ss, ss, ss?, so}", "id", cell->id,
			 "scenario", cell->scenario, "source", cell->source,
			 "target", cell->target, "verdict",
			 verdict_names[cell->verdict], "cause",
			 cell->cause ? cell->cause->mode : NULL, "prediction",
			 prediction);
}

json_t *predict_run_json(const struct results *results,
			 const struct score *score)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < results->n_cells; i++)
		(void)json_array_append_new(cells,
					    cell_json(&results->cells[i]));
	return json_pack("{ss, ss, so, so}", "schema", PREDICT_SCHEMA, "run",
			 results->id, "cells", cells, "score",
			 score_json(score));
}

/* --- Fleets ------------------------------------------------------------------ */

static json_t *group_json(const struct fleet *fleet,
			  const struct fleet_group *group)
{
	json_t *members = json_array();
	json_t *costs = json_object();

	for (size_t i = 0; i < group->n; i++) {
		const char *name = fleet->machines[group->members[i]].name;

		(void)json_array_append_new(members, json_string(name));
		if (group->costs[i])
			(void)json_object_set_new(costs, name,
						  json_string(group->costs[i]));
	}
	return json_pack("{so, ss?, so}", "machines", members, "baseline",
			 group->baseline, "costs", costs);
}

json_t *predict_fleet_json(const struct fleet *fleet)
{
	json_t *groups = json_array();
	json_t *ways = json_array();

	for (size_t i = 0; i < fleet->n_groups; i++)
		(void)json_array_append_new(
			groups, group_json(fleet, &fleet->groups[i]));
	for (size_t i = 0; i < fleet->n_ways; i++)
		(void)json_array_append_new(
			ways,
			json_pack("{ss, ss, ss}", "from",
				  fleet->machines[fleet->ways[i].from].name,
				  "to", fleet->machines[fleet->ways[i].to].name,
				  "not_back", fleet->ways[i].why));
	return json_pack("{ss?, so, so}", "scenario", fleet->about, "groups",
			 groups, "one_way", ways);
}

/* --- The schema -------------------------------------------------------------- */

static json_t *type(const char *name)
{
	return json_pack("{ss}", "type", name);
}

static json_t *or_null(const char *name)
{
	return json_pack("{s[ss]}", "type", name, "null");
}

/* All of @properties are there, and nothing else. */
static json_t *strict(json_t *properties)
{
	json_t *required = json_array();
	const char *key;
	json_t *value;

	json_object_foreach(properties, key, value)(void)
		json_array_append_new(required, json_string(key));
	return json_pack("{ss, so, so, sb}", "type", "object", "properties",
			 properties, "required", required,
			 "additionalProperties", 0);
}

static json_t *array_of(json_t *items)
{
	return json_pack("{ss, so}", "type", "array", "items", items);
}

static json_t *names(const char *const *v, bool nullable)
{
	json_t *array = json_array();

	for (; *v; v++)
		(void)json_array_append_new(array, json_string(*v));
	if (nullable)
		(void)json_array_append_new(array, json_null());
	return json_pack("{so}", "enum", array);
}

static json_t *prediction_schema(void)
{
	json_t *cause = strict(
		json_pack("{so, so, so, so, so, so, so, so, so}", "says",
			  names(foretold_names, false), "mode", type("string"),
			  "phase", or_null("string"), "fact", or_null("string"),
			  "source", or_null("string"), "target",
			  or_null("string"), "sentence", type("string"), "fix",
			  or_null("string"), "link", or_null("string")));

	return strict(json_pack("{so, so, so}", "says",
				names(foretold_names, false), "later",
				type("boolean"), "causes", array_of(cause)));
}

static json_t *head(json_t *properties)
{
	(void)json_object_set_new(properties, "schema",
				  json_pack("{ss}", "const", PREDICT_SCHEMA));
	return strict(properties);
}

static json_t *pair_schema(void)
{
	return head(json_pack("{so, so, so}", "source", type("string"),
			      "target", type("string"), "prediction",
			      prediction_schema()));
}

static json_t *counts_schema(void)
{
	json_t *properties = json_object();

	for (const char *const *name = score_names; *name; name++)
		(void)json_object_set_new(properties, *name, type("integer"));
	return strict(properties);
}

static json_t *run_schema(void)
{
	json_t *cell = strict(json_pack(
		"{so, so, so, so, so, so, s{s[oo]}}", "id", type("string"),
		"scenario", type("string"), "source", type("string"), "target",
		type("string"), "verdict", names(verdict_names, false), "cause",
		or_null("string"), "prediction", "anyOf", type("null"),
		prediction_schema()));
	json_t *score = strict(
		json_pack("{so, so, so, so, so, s{ss, so}}", "cells",
			  type("integer"), "right", type("integer"), "later",
			  type("integer"), "right_later", type("integer"),
			  "total", counts_schema(), "modes", "type", "object",
			  "additionalProperties", counts_schema()));

	return head(json_pack("{so, so, so}", "run", type("string"), "cells",
			      array_of(cell), "score", score));
}

static json_t *fleet_schema(void)
{
	json_t *group = strict(json_pack(
		"{so, so, s{ss, so}}", "machines", array_of(type("string")),
		"baseline", or_null("string"), "costs", "type", "object",
		"additionalProperties", type("string")));
	json_t *one_way =
		strict(json_pack("{so, so, so}", "from", type("string"), "to",
				 type("string"), "not_back", type("string")));
	json_t *fleet = strict(json_pack(
		"{so, so, so}", "scenario", or_null("string"), "groups",
		array_of(group), "one_way", array_of(one_way)));

	return head(json_pack("{so}", "fleets", array_of(fleet)));
}

json_t *predict_schema(void)
{
	return json_pack("{ss, ss, s[ooo]}", "$schema",
			 "https://json-schema.org/draft/2020-12/schema",
			 "title", "crmatrix predict --json", "anyOf",
			 pair_schema(), run_schema(), fleet_schema());
}
