// SPDX-License-Identifier: Apache-2.0
/* cell_start.c - the first half of a cell: up to a workload that is served */
#include <limits.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/mode.h"
#include "runner/pack.h"
#include "runner/script.h"

#define PREPARE_WITHIN_NS (20 * NS_PER_S)
#define TICK_NS (5 * NS_PER_MS)

/* "NAME ago N" tells what was N ns before. */
static char *mark_name(const char *text, uint64_t *at_ns)
{
	static const char word[] = " ago ";
	const char *ago = strstr(text, word);
	uint64_t ago_ns;

	if (!ago || !str_u64(ago + strlen(word), &ago_ns) || ago_ns > *at_ns)
		return xstrdup(text);
	*at_ns -= ago_ns;
	return xstrndup(text, (size_t)(ago - text));
}

static void on_mark(struct cell_run *run, enum node on, const char *text,
		    uint64_t at_ns)
{
	struct obs_mark *mark;
	uint64_t pid;

	if (str_starts(text, "pid ") && str_u64(text + 4, &pid) &&
	    pid <= INT_MAX) {
		run->pid = (long)pid;
		return;
	}
	mark = VEC_PUSH(run->obs->marks, run->obs->n_marks);
	mark->name = mark_name(text, &at_ns);
	mark->on = (int)on;
	mark->at_ns = at_ns;
}

static void on_source_mark(void *arg, const char *name, uint64_t at_ns)
{
	on_mark(arg, NODE_SOURCE, name, at_ns);
}

static void on_target_mark(void *arg, const char *name, uint64_t at_ns)
{
	on_mark(arg, NODE_TARGET, name, at_ns);
}

const struct machine *cell_machine(const struct cell_run *run, enum role role)
{
	return &run->opts->cell->outfits[role]->machine;
}

int cell_boot(struct cell_run *run, const struct machine *const machines[2],
	      uint64_t deadline_ns, struct facts facts[2], struct err *err)
{
	const struct cell_opts *o = run->opts;

	if (run->scenario->cold_boot || !lab_saves(o->lab))
		return lab_boot_pair(o->lab, machines, o->files, deadline_ns,
				     facts, err);
	return lab_restore(o->lab, machines, o->files, deadline_ns, facts, err);
}

static int boot_both(struct cell_run *run, uint64_t deadline_ns,
		     struct facts facts[ROLE_COUNT], struct err *err)
{
	const struct machine *machines[] = { cell_machine(run, ROLE_SOURCE),
					     cell_machine(run, ROLE_TARGET) };

	return cell_boot(run, machines, deadline_ns, facts, err);
}

/* What is known of a machine that is not booted now stays known. */
static void note_facts(struct facts *of_cell, struct facts *told)
{
	if (!told->map.n)
		return;
	facts_release(of_cell);
	*of_cell = *told;
}

void cell_hear_marks(struct cell_run *run)
{
	static guest_mark_fn *const fns[] = { on_source_mark, on_target_mark };

	for (int role = 0; role < ROLE_COUNT; role++) {
		struct guest *guest =
			lab_node(run->opts->lab, (enum role)role)->guest;

		if (guest)
			guest_on_mark(guest, fns[role], run);
	}
}

int stage_boot(struct cell_run *run, struct err *err)
{
	mode_boot_fn *boot = mode_of(run->scenario)->boot;
	size_t step = step_begin(run, PHASE_BOOT, "boot", NODE_HOST, true);
	uint64_t deadline_ns = clock_now_ns() + run->scenario->limits.boot_ns;
	struct facts facts[ROLE_COUNT] = { 0 };
	int rc = (boot ? boot : boot_both)(run, deadline_ns, facts, err);

	note_facts(&run->obs->source_facts, &facts[ROLE_SOURCE]);
	note_facts(&run->obs->target_facts, &facts[ROLE_TARGET]);
	step_end(run, step, rc ? -1 : 0, rc ? err->msg : NULL, NULL);
	if (rc)
		return -1;
	cell_hear_marks(run);
	return CELL_GO_ON;
}

static char *lacks(const struct cell_run *run, const struct requirement *need,
		   enum node on)
{
	const struct cell *cell = run->opts->cell;
	const char *what = need->message ? need->message : need->run;

	if (on == NODE_HOST)
		return xasprintf("%s (%s)", what, node_names[on]);
	return xasprintf("%s (%s): %s", what, node_names[on],
			 on == NODE_SOURCE ? cell->source->name :
					     cell->target->name);
}

static int require_one(struct cell_run *run, const struct requirement *need,
		       enum node on, struct err *err)
{
	struct deed deed = { .phase = PHASE_BOOT,
			     .name = "requirement",
			     .on = on,
			     .script = xasprintf("%s\n", need->run),
			     .within_ns = run->scenario->limits.start_ns };
	int rc = on == NODE_HOST ? deed_on_host(run, &deed, err) :
				   deed_do(run, &deed, NULL, err);

	if (rc == CELL_STOP)
		run->obs->skip = lacks(run, need, on);
	return rc;
}

int cell_require(struct cell_run *run, enum node on, struct err *err)
{
	const struct scenario *s = run->scenario;
	int rc = CELL_GO_ON;

	for (size_t i = 0; i < s->n_requires && rc == CELL_GO_ON; i++)
		if (s->requires_[i].on == (int)on ||
		    (s->requires_[i].on == NODE_COUNT && on != NODE_HOST))
			rc = require_one(run, &s->requires_[i], on, err);
	return rc;
}

/* Of a machine that comes later its mode asks then. */
int stage_requires(struct cell_run *run, struct err *err)
{
	int rc = cell_require(run, NODE_HOST, err);

	for (int role = 0; role < ROLE_COUNT && rc == CELL_GO_ON; role++)
		if (lab_node(run->opts->lab, (enum role)role)->guest)
			rc = cell_require(run, (enum node)role, err);
	return rc;
}

static int deliver(struct cell_run *run, enum node on, const void *tar,
		   size_t len, struct phase_job *job, struct err *err)
{
	struct deed deed = { .phase = PHASE_START,
			     .name = "deliver files",
			     .on = on,
			     .ours = true,
			     .script = script_unpack(),
			     .within_ns = PREPARE_WITHIN_NS,
			     .input = tar,
			     .input_len = len };

	return deed_begin(run, &deed, job, err);
}

/* Those that the machines do not have from their boot on. */
static void missing_files(const struct cell_run *run,
			  struct str_list *ret_files)
{
	const struct str_list *files = &run->scenario->workload.files;

	for (size_t i = 0; i < files->n; i++)
		if (!lab_has_file(run->opts->lab, files->v[i]))
			str_list_add(ret_files, files->v[i]);
}

/* Files go to both guests at once, or to the one that there is. */
int cell_deliver(struct cell_run *run, struct err *err)
{
	struct phase_job jobs[ROLE_COUNT] = { 0 };
	CLEANUP_FREE char *tar = NULL;
	CLEANUP(str_list_release) struct str_list files = { 0 };
	size_t len = 0;
	int rc = CELL_GO_ON;

	missing_files(run, &files);
	if (files.n == 0)
		return CELL_GO_ON;
	if (pack_files(&files, &tar, &len, err))
		return -1;
	for (int role = 0; role < ROLE_COUNT; role++)
		if (lab_node(run->opts->lab, (enum role)role)->guest &&
		    deliver(run, (enum node)role, tar, len, &jobs[role], err))
			return -1;
	for (int role = 0; role < ROLE_COUNT && rc == CELL_GO_ON; role++)
		if (jobs[role].running)
			rc = deed_end(run, &jobs[role], NULL, err);
	return rc;
}

int stage_files(struct cell_run *run, struct err *err)
{
	int rc = mode_do(run, DUTY_PREPARE, err);

	return rc == CELL_GO_ON ? cell_deliver(run, err) : rc;
}

int cell_start_on(struct cell_run *run, enum node on, enum phase phase,
		  bool ours, struct guest_run *ret_run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = phase,
			     .name = "start",
			     .on = on,
			     .ours = ours,
			     .script = script_start(s, on == NODE_SOURCE ?
							       ROLE_SOURCE :
							       ROLE_TARGET),
			     .within_ns = s->workload.ready_within_ns };

	return deed_do(run, &deed, ret_run, err);
}

int stage_start(struct cell_run *run, struct err *err)
{
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	int rc = cell_start_on(run, NODE_SOURCE, PHASE_START, true, &out, err);

	if (rc == CELL_GO_ON && !run->pid)
		return err_set(err, ERR_GUEST, 0,
			       "the source did not tell the workload's pid");
	if (rc != CELL_GO_ON)
		return rc;
	return script_start_answers(run->scenario) ?
		       probe_answer(run, PROBE_READY, &out, err) :
		       probe(run, PROBE_READY, err);
}

int stage_receiver(struct cell_run *run, struct err *err)
{
	return mode_do(run, DUTY_RECEIVE, err);
}

/* Until the peer has had an answer since @since_ns, or @within_ns are over. */
int cell_await_answer(struct cell_run *run, uint64_t since_ns,
		      uint64_t within_ns, bool *ret_answered, struct err *err)
{
	struct guest *guests[] = {
		lab_node(run->opts->lab, ROLE_SOURCE)->guest,
		lab_node(run->opts->lab, ROLE_TARGET)->guest
	};
	uint64_t deadline_ns = clock_now_ns() + within_ns;
	int ended = 0;

	*ret_answered = false;
	while (!ended && !*ret_answered && clock_now_ns() < deadline_ns) {
		ended = guest_serve(guests, 2, client_pidfd(run->client),
				    clock_now_ns() + TICK_NS, err);
		if (ended < 0)
			return -1;
		*ret_answered = client_answered_since(run->client, since_ns);
	}
	return CELL_GO_ON;
}

/* Let it be served for a while; an early end of the peer is its finding. */
int cell_be_served(struct cell_run *run, uint64_t for_ns, struct err *err)
{
	struct guest *guests[] = {
		lab_node(run->opts->lab, ROLE_SOURCE)->guest,
		lab_node(run->opts->lab, ROLE_TARGET)->guest
	};

	if (guest_serve(guests, 2, run->client ? client_pidfd(run->client) : -1,
			clock_now_ns() + for_ns, err) < 0)
		return -1;
	return CELL_GO_ON;
}

int stage_peer(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	size_t step;
	bool answered;

	if (s->peer.kind == PEER_NONE)
		return CELL_GO_ON;
	step = step_begin(run, PHASE_START, "peer", NODE_HOST, true);
	if (client_start(s, run->opts->dir, net_host_fd(run->peer_host),
			 &run->client, err) ||
	    cell_await_answer(run, 0, s->limits.start_ns, &answered, err)) {
		step_end(run, step, -1, err->msg, NULL);
		return -1;
	}
	facts_begin_early(run);
	if (cell_be_served(run, s->peer.before_ns, err)) {
		step_end(run, step, -1, err->msg, NULL);
		return -1;
	}
	step_end(run, step, answered ? 0 : -1,
		 answered ? NULL : "the peer got no answer before the move",
		 NULL);
	return answered ? CELL_GO_ON : CELL_STOP;
}
