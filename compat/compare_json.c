// SPDX-License-Identifier: Apache-2.0
/* compare_json.c - a comparison for programs, and its schema */
#include "base/mem.h"
#include "base/shape.h"
#include "compat/answer_schema.h"
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

static json_t *side_schema(void)
{
	return schema_strict(json_pack(
		"{so, so, so, s{s[ss], so, si, si}, s{ss, so}, so}", "verdicts",
		schema_counts(verdict_names), "runs", schema_type("integer"),
		"failed", schema_type("integer"), "rate_95", "type", "array",
		"null", "items", schema_type("number"), "minItems", 2,
		"maxItems", 2, "causes", "type", "array", "items",
		schema_type("string"), "service_ms", schema_or_null("number")));
}

static json_t *slower_schema(void)
{
	return json_pack("{s[oo]}", "anyOf", schema_type("null"),
			 schema_strict(json_pack(
				 "{so, so, so}", "by_ms", schema_type("number"),
				 "part", schema_or_null("string"), "part_ms",
				 schema_or_null("number"))));
}

static json_t *cell_schema(void)
{
	return schema_strict(json_pack(
		"{so, so, so, so, so, so, so, so}", "scenario",
		schema_type("string"), "source", schema_type("string"),
		"target", schema_type("string"), "change",
		schema_names_of(change_names), "p_worse",
		schema_or_null("number"), "before", side_schema(), "now",
		side_schema(), "slower", slower_schema()));
}

static json_t *run_schema(void)
{
	return schema_strict(json_pack("{so}", "run", schema_type("string")));
}

json_t *compare_schema(void)
{
	return schema_whole(
		"crmatrix compare --json",
		json_pack("{s{ss}, so, so, s{s[iii]}, so, so, s{ss, so}}",
			  "schema", "const", COMPARE_SCHEMA, "before",
			  run_schema(), "now", run_schema(), "exit", "enum", 0,
			  1, 3, "alpha", schema_type("number"), "counts",
			  schema_counts(change_names), "cells", "type", "array",
			  "items", cell_schema()));
}
