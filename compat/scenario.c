// SPDX-License-Identifier: Apache-2.0
/* scenario.c - a scenario's file: what it holds and reading it */
#include "compat/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/mem.h"
#include "compat/load_internal.h"
#include "compat/scenario_tables.h"

#define AT(m) .offset = offsetof(struct scenario, m)
#define COUNT(m) .count_offset = offsetof(struct scenario, m)

static void check_scenario(void *obj, struct bind_ctx *ctx)
{
	struct scenario *scenario = obj;

	if (!scenario->workload.ready_within_ns)
		scenario->workload.ready_within_ns = scenario->limits.start_ns;
	if (scenario->peer.kind != PEER_NONE && !scenario->workload.port &&
	    bind_key_given(ctx, "workload"))
		bind_report(ctx, bind_pos_of(ctx, "peer"),
			    "give 'port' in 'workload'",
			    "a peer needs the port of the service");
	if (scenario->peer.kind != PEER_NONE &&
	    (scenario->migration.mode == MODE_ARCHIVE ||
	     scenario->migration.mode == MODE_SNAPSHOTS))
		bind_report(ctx, bind_pos_of(ctx, "peer"), NULL,
			    "with mode '%s' no client can follow the workload",
			    mode_names[scenario->migration.mode]);
}

static const struct bind_field scenario_fields[] = {
	{ .key = "title",
	  .type = BIND_STR,
	  AT(title),
	  .required = true,
	  .help = "One line for lists." },
	{ .key = "about",
	  .type = BIND_STR,
	  AT(about),
	  .help = "What it shows, in a few lines." },
	{ .key = "control-of",
	  .type = BIND_STR,
	  AT(control_of),
	  .pattern = SCENARIO_NAME_PATTERN,
	  .help = "The scenario whose failing control this is: what it would "
		  "look like if that one did not work." },
	{ .key = "control",
	  .type = BIND_STR,
	  AT(control),
	  .pattern = SCENARIO_NAME_PATTERN,
	  .help = "For a scenario that must fail: the one that passes and "
		  "differs from it in one thing." },
	{ .key = "cold-boot",
	  .type = BIND_BOOL,
	  AT(cold_boot),
	  .dflt = "false",
	  .help = "Boot the guests instead of restoring saved ones." },
	{ .key = "needs",
	  .type = BIND_STRUCT,
	  AT(needs),
	  .table = &needs_table,
	  .help = "What the machines must have beyond what they are declared "
		  "with; they are given it." },
	{ .key = "requires",
	  .type = BIND_STRUCTS,
	  AT(requires_),
	  COUNT(n_requires),
	  .table = &requirement_table,
	  .help = "What the machines must have, else the cell is skipped." },
	{ .key = "workload",
	  .type = BIND_STRUCT,
	  AT(workload),
	  .required = true,
	  .table = &workload_table,
	  .help = "The program that is migrated." },
	{ .key = "peer",
	  .type = BIND_STRUCT,
	  AT(peer),
	  .table = &peer_table,
	  .help = "The client outside the VMs." },
	{ .key = "migration",
	  .type = BIND_STRUCT,
	  AT(migration),
	  .table = &migration_table,
	  .help = "How the workload gets to the other machine." },
	{ .key = "steps",
	  .type = BIND_STRUCTS,
	  AT(steps),
	  COUNT(n_steps),
	  .table = &step_table,
	  .help = "Extra steps, in order." },
	{ .key = "limits",
	  .type = BIND_STRUCT,
	  AT(limits),
	  .table = &limits_table,
	  .help = "Deadlines of the phases." },
	{ .key = "expect",
	  .type = BIND_STRUCTS,
	  AT(expect.v),
	  COUNT(expect.n),
	  .table = &expect_table,
	  .help = "Known outcomes; the first that fits decides." },
};

const struct bind_table scenario_table = {
	.name = "scenario",
	.help = "A workload, how it is migrated, and what must hold.",
	.size = sizeof(struct scenario),
	.pos_offset = offsetof(struct scenario, pos),
	.fields = scenario_fields,
	.n = ARRAY_SIZE(scenario_fields),
	.check = check_scenario,
};

static int read_scenario(const char *path, struct scenario *scenario,
			 struct bind_diags *diags, struct err *err)
{
	if (bind_file(path, &scenario_table, scenario, diags, err))
		return -1;
	scenario->path = xstrdup(path);
	scenario->name = path_stem(path);
	if (bind_matches(SCENARIO_NAME_PATTERN, scenario->name))
		return 0;
	bind_diags_at(diags, path, "", NULL,
		      "the file's name is the scenario's: it must be small "
		      "letters, digits and '-', and end in .yaml");
	return err_set(err, ERR_INPUT, 0, "%s: not a name for a scenario",
		       path);
}

int scenario_load(const char *path, struct scenario *ret_scenario,
		  struct bind_diags *diags, struct err *err)
{
	struct scenario scenario CLEANUP(scenario_release) = { 0 };

	if (read_scenario(path, &scenario, diags, err))
		return -1;
	*ret_scenario = scenario;
	scenario = (struct scenario){ 0 };
	return 0;
}

void scenario_release(struct scenario *scenario)
{
	free(scenario->name);
	free(scenario->path);
	scenario->name = NULL;
	scenario->path = NULL;
	str_list_release(&scenario->among);
	bind_release(&scenario_table, scenario);
}
