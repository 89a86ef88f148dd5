// SPDX-License-Identifier: Apache-2.0
/* results.c - the file results.json: one run */
#include <string.h>

#include "base/mem.h"
#include "compat/results_internal.h"

static const struct shape_member run_members[] = {
	SHAPE_MEMBER(struct results, id, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct results, started, SHAPE_TEXT),
	SHAPE_MEMBER(struct results, finished, SHAPE_TEXT),
	SHAPE_MEMBER(struct results, tool, SHAPE_TEXT),
	SHAPE_MEMBER(struct results, host, SHAPE_STRUCT, .shape = &host_shape),
};
static const struct shape run_shape = SHAPE_OF(struct results, run_members);

static_assert(offsetof(struct machine_result, name) == 0,
	      "SHAPE_NAMED wants the name first");
static const struct shape_member machine_members[] = {
	SHAPE_MEMBER(struct machine_result, kernel, SHAPE_TEXT),
	SHAPE_MEMBER(struct machine_result, cpu, SHAPE_TEXT),
	SHAPE_MEMBER(struct machine_result, userland, SHAPE_TEXT),
	SHAPE_MEMBER(struct machine_result, criu, SHAPE_TEXT),
	SHAPE_MEMBER(struct machine_result, glibc, SHAPE_TEXT),
	SHAPE_KEY("facts", struct machine_result, facts.map, SHAPE_MAP),
	SHAPE_MEMBER(struct machine_result, same_cpu_as, SHAPE_TEXT),
	SHAPE_MEMBER(struct machine_result, notes, SHAPE_TEXTS),
};
static const struct shape machine_shape =
	SHAPE_OF(struct machine_result, machine_members);

/* Written by hand: it holds "continuity" too. */
#define CELLS 2

static const struct shape_member members[] = {
	{ .key = "run",
	  .kind = SHAPE_STRUCT,
	  .required = true,
	  .shape = &run_shape },
	SHAPE_MEMBER(struct results, machines, SHAPE_NAMED,
		     .count_offset = offsetof(struct results, n_machines),
		     .shape = &machine_shape, .required = true),
	[CELLS] =
		SHAPE_MEMBER(struct results, cells, SHAPE_STRUCTS,
			     .count_offset = offsetof(struct results, n_cells),
			     .shape = &result_shape, .required = true),
};
static const struct shape shape = SHAPE_OF(struct results, members);

static const struct shape without_cells = {
	.size = sizeof(struct results),
	.members = members,
	.n = CELLS,
};

json_t *results_to_json(const struct results *results)
{
	json_t *json = json_pack("{ss}", "schema", RESULTS_SCHEMA);
	json_t *head = shape_write(&without_cells, results);
	json_t *cells = json_array();

	(void)json_object_update(json, head);
	json_decref(head);
	for (size_t i = 0; i < results->n_cells; i++)
		(void)json_array_append_new(cells,
					    result_to_json(&results->cells[i]));
	(void)json_object_set_new(json, members[CELLS].key, cells);
	return json;
}

static int read_continuity(const json_t *json, struct results *results,
			   struct err *err)
{
	const json_t *cells = json_object_get(json, members[CELLS].key);

	for (size_t i = 0; i < results->n_cells; i++) {
		const json_t *cell = json_array_get(cells, i);

		if (continuity_from_json(json_object_get(cell, "continuity"),
					 &results->cells[i], err))
			return err_wrap(err, "cells[%zu]", i);
	}
	return 0;
}

int results_from_json(const json_t *json, struct results *ret_results,
		      struct err *err)
{
	const char *schema = json_string_value(json_object_get(json, "schema"));
	struct results results;

	if (!str_eq(schema, RESULTS_SCHEMA))
		return err_set(err, ERR_PARSE, 0, "schema: not '%s'",
			       RESULTS_SCHEMA);
	if (shape_read(&shape, json, &results, err))
		return -1;
	if (read_continuity(json, &results, err)) {
		results_release(&results);
		return -1;
	}
	*ret_results = results;
	return 0;
}

void results_release(struct results *results)
{
	for (size_t i = 0; i < results->n_cells; i++)
		result_drop_wire(&results->cells[i]);
	shape_release(&shape, results);
}

/* A cell that went wrong says more than one that nobody could tell of. */
static const int exit_of[] = {
	[VERDICT_PASS] = 0,   [VERDICT_FAIL] = 1, [VERDICT_XFAIL] = 0,
	[VERDICT_XPASS] = 1,  [VERDICT_SKIP] = 0, [VERDICT_BROKEN] = 3,
	[VERDICT_NOTRUN] = 3,
};
static_assert(ARRAY_SIZE(exit_of) == VERDICT_COUNT,
	      "exit_of[] doesn't match enum verdict");

int results_exit(const struct results *results)
{
	int status = results->n_cells ? 0 : 3;

	for (size_t i = 0; i < results->n_cells; i++) {
		int one = exit_of[results->cells[i].verdict];

		if (one == 1)
			return 1;
		if (one > status)
			status = one;
	}
	return status;
}
