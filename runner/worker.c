// SPDX-License-Identifier: Apache-2.0
/* worker.c - the process that has a lab and does what the tool asks */
#include "runner/worker.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cell.h"
#include "runner/events.h"

#define BOOT_WITHIN_NS (120 * NS_PER_S)

struct worker {
	const struct worker_opts *opts;
	struct lab *lab;
};

/* The tool is gone when nothing can be sent: then there is nobody to tell. */
static void tell(const struct worker *w, json_t *message)
{
	struct err err;

	if (events_send(w->opts->fd, message, &err))
		exit(1);
}

static void tell_step(void *arg, const struct obs_step *step, bool begins)
{
	const struct worker *w = arg;

	tell(w, json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "step", "name",
			  step->name, "phase", phase_names[step->phase], "on",
			  node_names[step->on], "state",
			  begins ? "begin" : "end"));
}

static const struct boot_files *files_of(const struct worker *w,
					 const struct outfit *outfit)
{
	return &w->opts->files[outfit - w->opts->plan->outfits];
}

/* Boot a machine in one role and save it, unless that has been done before. */
static int prepare_role(struct worker *w, enum role role,
			const struct outfit *outfit, struct facts *ret_facts,
			struct err *err)
{
	const struct machine *machine = &outfit->machine;
	const struct boot_files *files = files_of(w, outfit);
	CLEANUP_FREE char *dir = NULL;
	bool there;
	int rc;

	if (lab_snapshot(w->lab, role, machine, files, &dir, &there, err))
		return -1;
	if (there)
		return lab_known_facts(w->lab, role, machine, files, ret_facts,
				       err);
	rc = lab_boot(w->lab, role, machine, files,
		      clock_now_ns() + BOOT_WITHIN_NS, ret_facts, err);
	if (!rc && lab_saves(w->lab))
		rc = lab_save(w->lab, role, ret_facts, err);
	lab_drop(w->lab);
	return rc;
}

static void do_boot(struct worker *w, const json_t *task)
{
	const struct outfit *outfit =
		plan_outfit(w->opts->plan, events_text(task, "machine"));
	struct facts facts[ROLE_COUNT] = { 0 };
	struct err err = ERR_INIT;
	int rc = 0;

	assert(outfit);
	for (int role = 0; role < (lab_saves(w->lab) ? ROLE_COUNT : 1) && !rc;
	     role++)
		rc = prepare_role(w, (enum role)role, outfit, &facts[role],
				  &err);
	if (rc)
		tell(w, json_pack("{s:s, s:s, s:s}", "event", "failed",
				  "machine", outfit->label, "why", err.msg));
	else
		tell(w, json_pack("{s:s, s:s, s:o}", "event", "booted",
				  "machine", outfit->label, "facts",
				  facts_to_json(&facts[ROLE_SOURCE])));
	for (int role = 0; role < ROLE_COUNT; role++)
		facts_release(&facts[role]);
}

static int write_observation(const struct observation *obs, const char *dir,
			     struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/observation.json", dir);
	json_t *json = observation_to_json(obs);
	CLEANUP_FREE char *text = json_dumps(json, JSON_INDENT(1));

	json_decref(json);
	assert(text);
	return file_write(path, text, strlen(text), err);
}

static void do_cell(struct worker *w, const json_t *task)
{
	const struct cell *cell =
		plan_find(w->opts->plan, events_text(task, "cell"));
	struct cell_opts opts = { .lab = w->lab,
				  .cell = cell,
				  .dir = events_text(task, "dir"),
				  .attempt = (uint64_t)json_integer_value(
					  json_object_get(task, "attempt")),
				  .on_step = tell_step,
				  .arg = w,
				  .hold_fd = w->opts->hold ? w->opts->fd : 0 };
	struct observation obs = { 0 };
	struct err err = ERR_INIT;

	assert(cell);
	opts.files[ROLE_SOURCE] = files_of(w, cell->outfits[0]);
	opts.files[ROLE_TARGET] = files_of(w, cell->outfits[1]);
	cell_run(&opts, &obs);
	if (write_observation(&obs, opts.dir, &err))
		tell(w,
		     json_pack("{s:s, s:s}", "event", "fatal", "why", err.msg));
	else
		tell(w, json_pack("{s:s, s:s}", "event", "done", "cell",
				  cell->id));
	observation_release(&obs);
	lab_drop(w->lab);
}

static const struct {
	const char *name;
	void (*fn)(struct worker *w, const json_t *task);
} tasks[] = { { "boot", do_boot }, { "cell", do_cell } };

static void serve(struct worker *w)
{
	struct err err;
	json_t *task;

	while (events_receive(w->opts->fd, &task, &err) > 0) {
		for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
			if (str_eq(events_text(task, "do"), tasks[i].name))
				tasks[i].fn(w, task);
		json_decref(task);
		tell(w, json_pack("{s:s}", "event", "ready"));
	}
}

static int check_models(struct worker *w, struct err *err)
{
	const struct plan *plan = w->opts->plan;
	int rc = 0;

	for (size_t i = 0; i < plan->n_machines && !rc; i++)
		rc = lab_check_cpu(w->lab, &plan->machines[i], err);
	return rc;
}

int worker_main(void *arg)
{
	struct worker w = { .opts = arg };
	CLEANUP_FREE char *qemu = NULL;
	CLEANUP_FREE char *libvirt = NULL;
	struct err err = ERR_INIT;

	if (lab_open(&w.opts->lab, &w.lab, &err) ||
	    lab_versions(w.lab, &qemu, &libvirt, &err) ||
	    check_models(&w, &err)) {
		tell(&w,
		     json_pack("{s:s, s:s, s:s}", "event", "fatal", "why",
			       err.msg, "domain", err_domain_name(err.domain)));
		return 1;
	}
	tell(&w, json_pack("{s:s, s:s, s:s}", "event", "ready", "qemu", qemu,
			   "libvirt", libvirt));
	serve(&w);
	lab_close(w.lab);
	return 0;
}
