// SPDX-License-Identifier: Apache-2.0
/* fuzz_results.c - any bytes as results, observation or plan; then all reports */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "compat/plan.h"
#include "compat/results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *sink(void)
{
	static FILE *out;

	if (!out)
		out = fopen("/dev/null", "w");
	if (!out)
		abort();
	return out;
}

static const struct report_opts opts[] = {
	{ .color = true, .utf8 = true, .width = 0, .run_dir = "run" },
	{ .color = false, .utf8 = false, .width = 20, .run_dir = NULL },
};

static void report_all(const struct results *results)
{
	for (size_t i = 0; i < n_report_formats; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(opts); k++) {
			struct err err;

			if (report_formats[i].write(results, &opts[k], sink(),
						    &err))
				abort();
		}
	}
	(void)results_exit(results);
}

static void explain_all(const struct results *results,
			const struct observation *obs)
{
	for (size_t i = 0; i < results->n_cells; i++)
		explain_cell(results, &results->cells[i], obs, &opts[1],
			     sink());
}

/* What was read must be the same when it is written and read again. */
static void write_again(const struct results *results)
{
	json_t *json = results_to_json(results);
	struct results again;
	struct err err;
	json_t *second;

	if (results_from_json(json, &again, &err))
		abort();
	second = results_to_json(&again);
	if (!json_equal(json, second))
		abort();
	json_decref(json);
	json_decref(second);
	results_release(&again);
}

static void try_results(const json_t *json)
{
	struct results results;
	struct err err;

	if (results_from_json(json, &results, &err))
		return;
	report_all(&results);
	explain_all(&results, NULL);
	write_again(&results);
	results_release(&results);
}

static void try_observation(const json_t *json)
{
	struct result cell = { .id = NULL };
	struct results results = { .cells = &cell, .n_cells = 1 };
	struct observation obs;
	struct err err;

	if (observation_from_json(json, &obs, &err))
		return;
	cell.id = cell.scenario = cell.source = cell.target = obs.cell;
	explain_all(&results, &obs);
	json_decref(observation_to_json(&obs));
	observation_release(&obs);
}

static void try_plan(const json_t *json)
{
	struct plan plan;
	struct err err;

	if (plan_from_json(json, &plan, &err))
		return;
	json_decref(plan_to_json(&plan));
	plan_release(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json =
		json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);

	if (!json)
		return 0;
	try_results(json);
	try_observation(json);
	try_plan(json);
	json_decref(json);
	return 0;
}
