// SPDX-License-Identifier: Apache-2.0
/* selection.c - from a command line to the files, machines and scenarios */
#include "runner/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/load.h"
#include "runner/datadir.h"
#include "runner/log.h"
#include "runner/sharding.h"
#include "runner/suite.h"
#include "runner/twins.h"

/* The guests' programs are built; workloads name them without a folder. */
static void add_guest_folder(struct str_list *dirs)
{
	char *program = datadir_guest("init");
	char *slash = strrchr(program, '/');

	if (slash)
		*slash = '\0';
	str_list_take(dirs, program);
}

static void take_over(struct load_set *set, const struct selection *selection,
		      struct plan *plan, struct plan_filter *filter)
{
	*plan = (struct plan){ .machines = set->machines,
			       .n_machines = set->n_machines,
			       .scenarios = set->scenarios,
			       .n_scenarios = set->n_scenarios,
			       .expect = set->expect };
	filter->sources = selection->sources;
	filter->targets = selection->targets;
	filter->self = set->self;
	filter->repeat = selection->repeat ? selection->repeat : set->repeat;
}

/* What is shown with its place need not be said again. */
static int show(const struct load_diags *diags, struct err *err)
{
	size_t n = diags->problems.n;

	for (size_t i = 0; i < diags->n; i++)
		n += diags->v[i].n;
	load_diags_print(diags, stderr, term_color(STDERR_FILENO));
	if (n)
		return err_set(err, ERR_INPUT, 0,
			       "%zu error%s in what is to be "
			       "run",
			       n, n > 1 ? "s" : "");
	return -1;
}

int selection_load(const struct selection *selection, struct plan *ret_plan,
		   struct plan_filter *ret_filter, struct err *err)
{
	struct load_diags diags CLEANUP(load_diags_release) = { 0 };
	struct str_list dirs CLEANUP(str_list_release) = { 0 };
	char *matrix CLEANUP_FREE = NULL;
	char *machines CLEANUP_FREE = datadir_path("vm-images/machines.yaml");
	char *scenarios CLEANUP_FREE = datadir_path("scenarios");
	struct plan_filter filter = { 0 };
	struct shard_ref shard; /* to be had before files are read */
	struct load_set set = { 0 };
	struct load_request request = {
		.machines_file = machines,
		.scenarios_dir = scenarios,
		.file_dirs = &dirs,
		.machines = &selection->machines,
		.scenarios = &selection->scenarios,
		.lenient = selection->lenient,
	};

	if ((selection->shard &&
	     sharding_parse(selection->shard, getenv, &shard, err)) ||
	    suite_path(selection->matrix, selection->all, &matrix, err))
		return -1;
	request.matrix = matrix;
	add_guest_folder(&dirs);
	if (load_set(&request, &set, &diags, err))
		return show(&diags, err);
	if (twins_fill(set.machines, set.n_machines, err)) {
		load_set_release(&set);
		return -1;
	}
	take_over(&set, selection, ret_plan, &filter);
	*ret_filter = filter;
	return 0;
}
