// SPDX-License-Identifier: Apache-2.0
/* report_story.c - a cell in named texts, for formats that programs read */
#include "compat/report_story.h"

#include <string.h>

#include "base/mem.h"
#include "compat/report_view.h"

static const char *get_phase(const struct result *result)
{
	return result->phase == PHASE_NONE ? NULL : phase_names[result->phase];
}

static const char *get_reason(const struct result *result)
{
	return result->reason;
}

static const char *get_mode(const struct result *result)
{
	return result->cause ? result->cause->mode : NULL;
}

static const char *get_title(const struct result *result)
{
	return result->cause ? result->cause->title : NULL;
}

static const char *get_line(const struct result *result)
{
	return result->cause ? result->cause->line : NULL;
}

static const char *get_file(const struct result *result)
{
	return result->cause ? result->cause->file : NULL;
}

static const char *get_fix(const struct result *result)
{
	return result->cause ? result->cause->fix : NULL;
}

static const char *get_expected(const struct result *result)
{
	return result->expected;
}

static const char *get_dir(const struct result *result)
{
	return result->dir;
}

static const char *get_workload(const struct result *result)
{
	return result->workload_why;
}

static const char *get_peer(const struct result *result)
{
	return result->peer_why;
}

static const char *get_wire(const struct result *result)
{
	return result->wire_why;
}

static const char *get_remark(const struct result *result)
{
	return result->n_remarks ? result->remarks[0].title : NULL;
}

const struct story_fact story_facts[] = {
	{ "phase", get_phase },	      { "reason", get_reason },
	{ "cause", get_mode },	      { "title", get_title },
	{ "log", get_line },	      { "at", get_file },
	{ "expected", get_expected }, { "fix", get_fix },
	{ "see", view_link },	      { "workload", get_workload },
	{ "peer", get_peer },	      { "wire", get_wire },
	{ "remark", get_remark },     { "evidence", get_dir },
};
const size_t n_story_facts = ARRAY_SIZE(story_facts);

static const char *get_kernel(const struct machine_result *machine)
{
	return machine->kernel;
}

static const char *get_cpu(const struct machine_result *machine)
{
	return machine->cpu;
}

static const char *get_userland(const struct machine_result *machine)
{
	return machine->userland;
}

static const char *get_criu(const struct machine_result *machine)
{
	return machine->criu;
}

static const char *get_glibc(const struct machine_result *machine)
{
	return machine->glibc;
}

const struct story_axis story_axes[] = {
	{ "kernel", get_kernel },     { "cpu", get_cpu },
	{ "userland", get_userland }, { "criu", get_criu },
	{ "glibc", get_glibc },
};
const size_t n_story_axes = ARRAY_SIZE(story_axes);

const struct machine_result *results_machine(const struct results *results,
					     const char *name)
{
	for (size_t i = 0; i < results->n_machines; i++) {
		if (str_eq(results->machines[i].name, name))
			return &results->machines[i];
	}
	return NULL;
}

const char *story_repeat(const struct result *result)
{
	const char *mark = strrchr(result->id, '#');

	return mark ? mark : "";
}

char *story_pair(const struct result *result)
{
	const char *repeat = story_repeat(result);

	return xasprintf("%s → %s%s%s", result->source, result->target,
			 *repeat ? " " : "", repeat);
}

const char *story_headline(const struct result *result)
{
	return view_reason(result);
}
