// SPDX-License-Identifier: Apache-2.0
/* schema.c - which files have a schema */
#include "compat/schema.h"

#include "base/bind.h"
#include "base/mem.h"
#include "compat/analysis.h"
#include "compat/ask.h"
#include "compat/bisection.h"
#include "compat/compare.h"
#include "compat/history.h"
#include "compat/machine.h"
#include "compat/predict_say.h"
#include "compat/profile.h"
#include "compat/scenario.h"
#include "compat/shards.h"
#include "compat/verdict.h"

const char *const schema_names[] = { "scenario", "machines", "matrix",
				     "profile",	 "analyze",  "compare",
				     "shards",	 "ask",	     "placement",
				     "history",	 "predict",  "bisect",
				     NULL };

/* By a table that reads the file, or made otherwise. */
static const struct {
	const struct bind_table *table;
	const char *title;
	json_t *(*make)(void);
} schemas[] = {
	{ &scenario_table, "crmatrix scenario", NULL },
	{ &machines_table, "crmatrix machines", NULL },
	{ &matrix_table, "crmatrix matrix", NULL },
	{ &profile_table, "crmatrix profile", NULL },
	{ NULL, NULL, analysis_schema },
	{ NULL, NULL, compare_schema },
	{ NULL, NULL, shards_schema },
	{ NULL, NULL, ask_schema },
	{ NULL, NULL, placement_schema },
	{ NULL, NULL, history_schema },
	{ NULL, NULL, predict_schema },
	{ NULL, NULL, bisection_schema },
};
static_assert(ARRAY_SIZE(schema_names) == ARRAY_SIZE(schemas) + 1,
	      "schema_names[] doesn't match schemas[]");

json_t *schema_make(const char *name)
{
	int i = name_index(schema_names, name);

	if (i < 0)
		return NULL;
	if (schemas[i].make)
		return schemas[i].make();
	return bind_schema(schemas[i].table, schemas[i].title);
}
