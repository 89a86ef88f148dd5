// SPDX-License-Identifier: Apache-2.0
/* cmd_explain.c - crmatrix explain */
#include "base/mem.h"
#include "base/str.h"
#include "compat/results.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/rundir.h"
#include "runner/terminal.h"

static const struct options options = {
	.command = "explain",
	.summary =
		"Tell the whole story of one cell: phases, witnesses, cause, "
		"fix, evidence.\nRUN is a run's folder, CELL the id of a cell: "
		"SCENARIO.SOURCE.TARGET, as in the\nreport; 'crmatrix list "
		"cells' tells those of a matrix.",
	.operands = "RUN CELL",
	.min_operands = 2,
	.max_operands = 2,
};

static const struct result *find_cell(const struct results *results,
				      const char *id, struct err *err)
{
	const char **names = xcalloc(results->n_cells + 1, sizeof(*names));
	const struct result *found = NULL;
	const char *near;

	for (size_t i = 0; i < results->n_cells; i++) {
		names[i] = results->cells[i].id;
		if (str_eq(names[i], id))
			found = &results->cells[i];
	}
	near = found ? NULL : cli_nearest(id, names);
	if (!found)
		(void)err_set(err, ERR_INPUT, 0,
			      "the run has no cell '%s'%s%s%s", id,
			      near ? "; did you mean '" : "", near ? near : "",
			      near ? "'?" : "");
	free(names);
	return found;
}

static int explain(const char *run, const char *id, struct err *err)
{
	struct report_opts opts = terminal_report_opts(run);
	struct results results = { 0 };
	struct observation obs = { 0 };
	const struct result *cell;
	CLEANUP_FREE char *dir = NULL;
	int rc;

	if (rundir_read_results(run, &results, err))
		return -1;
	cell = find_cell(&results, id, err);
	rc = cell ? rundir_observation(run, id, &obs, &dir, err) : -1;
	if (!rc)
		explain_cell(&results, cell, dir ? &obs : NULL, &opts, stdout);
	observation_release(&obs);
	results_release(&results);
	return rc;
}

int cmd_explain(int argc, char **argv)
{
	struct operands operands;
	struct err err = ERR_INIT;
	int status;

	if (!options_parse(&options, argc, argv, NULL, &operands, &status))
		return status;
	if (!explain(operands.v[0], operands.v[1], &err))
		return CLI_OK;
	log_err(NULL, "%s", err.msg);
	return CLI_USAGE;
}
