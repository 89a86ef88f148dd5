// SPDX-License-Identifier: Apache-2.0
/* cmd_list.c - 'crmatrix list': machines, scenarios, cells */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/mem.h"
#include "compat/twin.h"
#include "compat/verdict.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/selection.h"
#include "runner/sharding.h"

struct args {
	struct selection selection;
	bool json;
	uint64_t shards;
	int format;
};

static const struct option_def defs[] = {
	SELECTION_OPTIONS(args, selection),
	{ "json", 0, OPTION_FLAG, offsetof(struct args, json),
	  .help = "print JSON" },
	{ "shards", 0, OPTION_UINT, offsetof(struct args, shards), .arg = "N",
	  .help = "of cells: how they are dealt out to N jobs", .min = 1,
	  .max = SHARDS_MAX },
	{ "format", 'f', OPTION_ENUM, offsetof(struct args, format),
	  .names = shards_format_names,
	  .help = "of shards: for people, programs, GitHub's strategy.matrix "
		  "or a GitLab child pipeline" },
};

static const struct options options = {
	.command = "list",
	.summary = "List the machines or scenarios that are known, or that a "
		   "matrix names, or the\ncells that would be run.",
	.operands = "machines|scenarios|cells",
	.min_operands = 1,
	.max_operands = 1,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
};

/** enum thing - What can be listed */
enum thing { LIST_MACHINES, LIST_SCENARIOS, LIST_CELLS, LIST_COUNT };

static const char *const thing_names[] = {
	[LIST_MACHINES] = "machines",
	[LIST_SCENARIOS] = "scenarios",
	[LIST_CELLS] = "cells",
	[LIST_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(thing_names) == LIST_COUNT + 1,
	      "thing_names[] doesn't match enum thing");

#define COLUMNS_MAX 6

/** struct listing - Columns, the last of which is not padded, and the rows */
struct listing {
	const char *keys[COLUMNS_MAX];
	void (*add_rows)(const struct plan *plan, json_t *rows);
};

static const char *kernel_text(const struct kernel_ref *kernel)
{
	if (kernel->name)
		return kernel->name;
	return kernel->image ? kernel->image : kernel->debs.v[0];
}

static void add_machines(const struct plan *plan, json_t *rows)
{
	for (size_t i = 0; i < plan->n_machines; i++) {
		const struct machine *m = &plan->machines[i];
		char *memory CLEANUP_FREE = bind_format_size(m->memory_bytes);

		json_t *row = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I}", "name",
					m->name, "kernel",
					kernel_text(&m->kernel), "cpu", m->cpu,
					"userland", m->userland, "memory",
					memory, "vcpus", (json_int_t)m->vcpus);

		if (m->twin)
			json_object_set_new(row, "twin", twin_to_json(m->twin));
		json_array_append_new(rows, row);
	}
}

/* The folder that a scenario or its controls are in; NULL: that of all. */
static char *group_of(const struct scenario *s)
{
	struct str_list parts CLEANUP(str_list_release) = { 0 };
	size_t n;

	str_list_split(&parts, s->path, "/");
	n = parts.n - 1; /* without its file */
	if (n > 0 && str_eq(parts.v[n - 1], "controls"))
		n--;
	if (!n || str_eq(parts.v[n - 1], "scenarios"))
		return NULL;
	return xstrdup(parts.v[n - 1]);
}

static void add_scenarios(const struct plan *plan, json_t *rows)
{
	for (size_t i = 0; i < plan->n_scenarios; i++) {
		const struct scenario *s = &plan->scenarios[i];
		char *needs CLEANUP_FREE = needs_text(&s->needs);
		char *group CLEANUP_FREE = group_of(s);

		json_array_append_new(
			rows,
			json_pack("{s:s?,s:s,s:s?,s:s?,s:s?,s:s,s:s}", "group",
				  group, "name", s->name, "control-of",
				  s->control_of, "control", s->control, "needs",
				  needs, "title", s->title, "path", s->path));
	}
}

static void add_cells(const struct plan *plan, json_t *rows)
{
	for (size_t i = 0; i < plan->n_cells; i++) {
		const struct cell *c = &plan->cells[i];

		json_array_append_new(
			rows,
			json_pack("{s:s,s:s,s:s,s:s}", "id", c->id, "scenario",
				  c->scenario->name, "source", c->source->name,
				  "target", c->target->name));
	}
}

static const struct listing listings[] = {
	[LIST_MACHINES] = { { "name", "kernel", "cpu", "userland", "memory",
			      "vcpus" },
			    add_machines },
	[LIST_SCENARIOS] = { { "group", "name", "control-of", "control",
			       "needs", "title" },
			     add_scenarios },
	[LIST_CELLS] = { { "id" }, add_cells },
};
static_assert(ARRAY_SIZE(listings) == LIST_COUNT,
	      "listings[] doesn't match enum thing");

static char *cell_text(const json_t *row, const char *key)
{
	const json_t *value = json_object_get(row, key);

	if (json_is_integer(value))
		return xasprintf("%" JSON_INTEGER_FORMAT,
				 json_integer_value(value));
	return xstrdup(json_is_string(value) ? json_string_value(value) : "-");
}

static void measure(const struct listing *listing, const json_t *rows,
		    int *widths)
{
	for (size_t c = 0; c < COLUMNS_MAX && listing->keys[c]; c++) {
		widths[c] = (int)strlen(listing->keys[c]);
		for (size_t r = 0; r < json_array_size(rows); r++) {
			char *text CLEANUP_FREE = cell_text(
				json_array_get(rows, r), listing->keys[c]);

			if ((int)strlen(text) > widths[c])
				widths[c] = (int)strlen(text);
		}
	}
}

static bool is_last(const struct listing *listing, size_t c)
{
	return c + 1 == COLUMNS_MAX || !listing->keys[c + 1];
}

static void print_row(const struct listing *listing, const int *widths,
		      const json_t *row)
{
	for (size_t c = 0; c < COLUMNS_MAX && listing->keys[c]; c++) {
		const char *key = listing->keys[c];
		char *text CLEANUP_FREE = row ? cell_text(row, key) :
						xstrdup(key);

		(void)printf("%-*s%s", is_last(listing, c) ? 0 : widths[c],
			     text, is_last(listing, c) ? "\n" : "  ");
	}
}

static void print_table(const struct listing *listing, const json_t *rows)
{
	int widths[COLUMNS_MAX] = { 0 };

	measure(listing, rows, widths);
	if (listing->keys[1])
		print_row(listing, widths, NULL);
	for (size_t r = 0; r < json_array_size(rows); r++)
		print_row(listing, widths, json_array_get(rows, r));
}

static void print_twins(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_machines; i++)
		if (plan->machines[i].twin)
			twin_print(&plan->machines[i], stdout);
}

static int list_shards(const struct args *args, const struct plan *plan,
		       struct err *err)
{
	struct durations known CLEANUP(durations_release) = { 0 };
	struct shards shards CLEANUP(shards_release) = { 0 };
	int format = args->json ? SHARDS_JSON : args->format;

	if (sharding_durations(args->selection.durations, &known, err))
		return -1;
	shards_cut(plan, &known, args->shards, &shards);
	return shards_print(plan, &shards, (enum shards_format)format, stdout,
			    err);
}

/* What only a list of cells has. */
static int check_args(const struct args *args, enum thing thing,
		      struct err *err)
{
	const char *wrong = NULL;

	if (thing != LIST_CELLS && args->shards)
		wrong = "--shards is for cells";
	else if (args->shards && args->selection.shard)
		wrong = "--shards lists them all, --shard I/N one of them: "
			"which?";
	else if (args->format && !args->shards)
		wrong = "--format is for --shards N";
	return wrong ? err_set(err, ERR_INPUT, 0, "%s", wrong) : 0;
}

static int list(const struct args *args, enum thing thing, struct err *err)
{
	struct plan plan CLEANUP(plan_release) = { 0 };
	struct plan_filter filter = { 0 };
	struct shard_ref ref;
	json_t *rows;

	if (check_args(args, thing, err) ||
	    selection_load(&args->selection, &plan, &filter, err))
		return -1;
	if (thing == LIST_CELLS && plan_expand(&plan, &filter, err))
		return -1;
	if (args->shards)
		return list_shards(args, &plan, err);
	if (thing == LIST_CELLS &&
	    sharding_apply(args->selection.shard, args->selection.durations,
			   &plan, &ref, err))
		return -1;
	rows = json_array();
	listings[thing].add_rows(&plan, rows);
	if (args->json) {
		(void)json_dumpf(rows, stdout, JSON_INDENT(2));
		(void)printf("\n");
	} else {
		print_table(&listings[thing], rows);
		if (thing == LIST_MACHINES)
			print_twins(&plan);
	}
	json_decref(rows);
	return 0;
}

static int list_by_name(struct args *args, const char *name)
{
	int thing = name_index(thing_names, name);
	const char *nearest = cli_nearest(name, thing_names);
	struct err err = ERR_INIT;

	if (thing < 0) {
		log_err(NULL, "cannot list '%s', %s%s%s", name,
			nearest ? "did you mean '" : "only ",
			nearest ? nearest : "machines, scenarios or cells",
			nearest ? "'?" : "");
		return CLI_USAGE;
	}
	args->selection.all = thing != LIST_CELLS;
	args->selection.lenient = true;
	if (!list(args, (enum thing)thing, &err))
		return CLI_OK;
	log_err(NULL, "%s", err.msg);
	return CLI_USAGE;
}

int cmd_list(int argc, char **argv)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	status = list_by_name(&args, operands.v[0]);
	options_release(&options, &args);
	return status;
}
