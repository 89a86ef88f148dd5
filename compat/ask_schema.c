// SPDX-License-Identifier: Apache-2.0
/* ask_schema.c - JSON Schemas of answers and placement rules */
#include "compat/answer_schema.h"
#include "compat/ask.h"

static json_t *row_schema(void)
{
	return schema_strict(json_pack(
		"{so, so, so, so, so, so, so, so, so, so, so, so}", "scenario",
		schema_type("string"), "from", schema_type("string"), "to",
		schema_type("string"), "answer", schema_names_of(answer_names),
		"tried", schema_type("integer"), "moved",
		schema_type("integer"), "moved_95", schema_rate(), "service_ms",
		schema_or_null("number"), "cause", schema_or_null("string"),
		"reason", schema_or_null("string"), "fix",
		schema_or_null("string"), "see", schema_or_null("string")));
}

json_t *ask_schema(void)
{
	return schema_whole("crmatrix ask --json",
			    json_pack("{so, so, so, so, so, so, s{s[iii]}, so}",
				      "schema", schema_const(ASK_SCHEMA), "run",
				      schema_type("string"), "from",
				      schema_or_null("string"), "to",
				      schema_or_null("string"), "scenario",
				      schema_or_null("string"), "answer",
				      schema_names_of(answer_names), "exit",
				      "enum", 0, 1, 3, "rows",
				      schema_list(row_schema())));
}

static json_t *node_schema(void)
{
	json_t *labels = json_pack("{ss, s{ss, ss}}", "type", "object",
				   "additionalProperties", "type", "string",
				   "pattern",
				   "^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}"
				   "[A-Za-z0-9])?$");

	return schema_strict(json_pack("{so, so}", "machine",
				       schema_type("string"), "labels",
				       labels));
}

/* With values or without, as the operator wants. */
static json_t *expression_schema(void)
{
	json_t *values = json_pack("{ss, si, so}", "type", "array", "minItems",
				   1, "items", schema_type("string"));

	return json_pack(
		"{s[oo]}", "anyOf",
		schema_strict(json_pack("{so, so, so}", "key",
					schema_type("string"), "operator",
					schema_const("In"), "values", values)),
		schema_strict(json_pack("{so, s{s[ss]}}", "key",
					schema_type("string"), "operator",
					"enum", "Exists", "DoesNotExist")));
}

static json_t *affinity_schema(void)
{
	json_t *term = schema_strict(json_pack(
		"{so}", "matchExpressions", schema_list(expression_schema())));
	json_t *required = schema_strict(
		json_pack("{so}", "nodeSelectorTerms", schema_list(term)));
	json_t *node = schema_strict(json_pack(
		"{so}", "requiredDuringSchedulingIgnoredDuringExecution",
		required));

	return schema_strict(json_pack("{so}", "nodeAffinity", node));
}

json_t *placement_schema(void)
{
	json_t *rule = schema_strict(json_pack(
		"{so, so, so}", "scenario", schema_type("string"), "from",
		schema_type("string"), "affinity", affinity_schema()));

	return schema_whole("crmatrix ask --format k8s",
			    json_pack("{so, so, so, so}", "schema",
				      schema_const(PLACEMENT_SCHEMA), "run",
				      schema_type("string"), "nodes",
				      schema_list(node_schema()), "rules",
				      schema_list(rule)));
}
