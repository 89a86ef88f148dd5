// SPDX-License-Identifier: Apache-2.0
/* compare_json.c - a comparison for programs, and its schema */
#include "base/mem.h"
#include "base/shape.h"
#include "compat/compare.h"

static json_t *counts_json(const size_t *counts, const char *const *names)
{
	json_t *json = json_object();

	for (size_t i = 0; names[i]; i++)
		(void)json_object_set_new(json, names[i],
					  json_integer((json_int_t)counts[i]));
	return json;
}

/* Causes of what failed, expected or not, each once. */
static json_t *causes_json(const struct compare_side *side)
{
	CLEANUP(str_list_release) struct str_list modes = { 0 };
	json_t *array = json_array();

	for (size_t i = 0; i < side->n; i++) {
		const struct cause *cause = side->v[i]->cause;

		if (!cause || str_list_has(&modes, cause->mode))
			continue;
		str_list_add(&modes, cause->mode);
		(void)json_array_append_new(array, shape_text(cause->mode));
	}
	return array;
}

static json_t *side_json(const struct compare_side *side)
{
	struct interval bounds = stats_wilson(side->trials);

	return json_pack("{so, sI, sI, so, so, so}", "verdicts",
			 counts_json(side->counts, verdict_names), "runs",
			 (json_int_t)side->trials.runs, "failed",
			 (json_int_t)side->trials.failed, "rate_95",
			 side->trials.runs ?
				 json_pack("[f, f]", bounds.low, bounds.high) :
				 json_null(),
			 "causes", causes_json(side), "service_ms",
			 shape_ms(side->service_ns));
}

static json_t *slower_json(const struct compare_cell *cell)
{
	uint64_t grown_ns = 0;
	const char *part;

	if (!cell->slower)
		return json_null();
	part = compare_slowest_part(cell, &grown_ns);
	return json_pack(
		"{so, so, so}", "by_ms",
		shape_ms(cell->after.service_ns - cell->before.service_ns),
		"part", shape_text(part), "part_ms",
		part ? shape_ms(grown_ns) : json_null());
}

static json_t *cell_json(const struct compare_cell *cell)
{
	bool both = cell->before.trials.runs && cell->after.trials.runs;

	return json_pack("{so, so, so, ss, so, so, so, so}", "scenario",
			 shape_text(cell->scenario), "source",
			 shape_text(cell->source), "target",
			 shape_text(cell->target), "change",
			 change_names[cell->change], "p_worse",
			 both ? json_real(cell->p_worse) : json_null(),
			 "before", side_json(&cell->before), "now",
			 side_json(&cell->after), "slower", slower_json(cell));
}

json_t *compare_json(const struct comparison *comparison)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < comparison->n; i++)
		(void)json_array_append_new(cells,
					    cell_json(&comparison->cells[i]));
	return json_pack("{ss, s{so}, s{so}, si, sf, so, so}", "schema",
			 COMPARE_SCHEMA, "before", "run",
			 shape_text(comparison->before->id), "now", "run",
			 shape_text(comparison->after->id), "exit",
			 comparison_exit(comparison), "alpha",
			 comparison->opts.alpha, "counts",
			 counts_json(comparison->counts, change_names), "cells",
			 cells);
}

static json_t *strict(json_t *properties)
{
	json_t *required = json_array();
	const char *key;
	json_t *value;

	json_object_foreach(properties, key, value)(void)
		json_array_append_new(required, json_string(key));
	return json_pack("{ss, sb, so, so}", "type", "object",
			 "additionalProperties", 0, "required", required,
			 "properties", properties);
}

static json_t *type(const char *name)
{
	return json_pack("{ss}", "type", name);
}

static json_t *or_null(const char *name)
{
	return json_pack("{s[ss]}", "type", name, "null");
}

static json_t *counts_schema(const char *const *names)
{
	json_t *properties = json_object();

	for (size_t i = 0; names[i]; i++)
		(void)json_object_set_new(properties, names[i],
					  json_pack("{ss, si}", "type",
						    "integer", "minimum", 0));
	return strict(properties);
}

static json_t *names_schema(const char *const *names)
{
	json_t *array = json_array();

	for (size_t i = 0; names[i]; i++)
		(void)json_array_append_new(array, json_string(names[i]));
	return json_pack("{so}", "enum", array);
}

static json_t *side_schema(void)
{
	return strict(json_pack(
		"{so, so, so, s{s[ss], so, si, si}, s{ss, so}, so}", "verdicts",
		counts_schema(verdict_names), "runs", type("integer"), "failed",
		type("integer"), "rate_95", "type", "array", "null", "items",
		type("number"), "minItems", 2, "maxItems", 2, "causes", "type",
		"array", "items", type("string"), "service_ms",
		or_null("number")));
}

static json_t *slower_schema(void)
{
	return json_pack("{s[oo]}", "anyOf", type("null"),
			 strict(json_pack("{so, so, so}", "by_ms",
					  type("number"), "part",
					  or_null("string"), "part_ms",
					  or_null("number"))));
}

static json_t *cell_schema(void)
{
	return strict(
		json_pack("{so, so, so, so, so, so, so, so}", "scenario",
			  type("string"), "source", type("string"), "target",
			  type("string"), "change", names_schema(change_names),
			  "p_worse", or_null("number"), "before", side_schema(),
			  "now", side_schema(), "slower", slower_schema()));
}

static json_t *run_schema(void)
{
	return strict(json_pack("{so}", "run", type("string")));
}

json_t *compare_schema(void)
{
	json_t *schema = strict(json_pack(
		"{s{ss}, so, so, s{s[iii]}, so, so, s{ss, so}}", "schema",
		"const", COMPARE_SCHEMA, "before", run_schema(), "now",
		run_schema(), "exit", "enum", 0, 1, 3, "alpha", type("number"),
		"counts", counts_schema(change_names), "cells", "type", "array",
		"items", cell_schema()));

	(void)json_object_set_new(
		schema, "$schema",
		json_string("https://json-schema.org/draft/2020-12/schema"));
	(void)json_object_set_new(schema, "title",
				  json_string("crmatrix compare --json"));
	return schema;
}
