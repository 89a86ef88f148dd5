// SPDX-License-Identifier: Apache-2.0
/* cell.c - one attempt at one cell, stage by stage */
#include "runner/cell.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/script.h"

#define PREPARE_WITHIN_NS (20 * NS_PER_S)
#define PEER_STOP_WITHIN_NS (90 * NS_PER_S)
#define TICK_NS (5 * NS_PER_MS)

static void on_mark(struct cell_run *run, enum node on, const char *name,
		    uint64_t at_ns)
{
	struct obs_mark *mark;

	if (sscanf(name, "pid %ld", &run->pid) == 1)
		return;
	mark = VEC_PUSH(run->obs->marks, run->obs->n_marks);
	*mark = (struct obs_mark){ .name = xstrdup(name),
				   .on = (int)on,
				   .at_ns = at_ns };
}

static void on_source_mark(void *arg, const char *name, uint64_t at_ns)
{
	on_mark(arg, NODE_SOURCE, name, at_ns);
}

static void on_target_mark(void *arg, const char *name, uint64_t at_ns)
{
	on_mark(arg, NODE_TARGET, name, at_ns);
}

static uint64_t mark_ns(const struct observation *obs, const char *name)
{
	for (size_t i = 0; i < obs->n_marks; i++)
		if (str_eq(obs->marks[i].name, name))
			return obs->marks[i].at_ns;
	return UNMEASURED;
}

static int stage_boot(struct cell_run *run, struct err *err)
{
	const struct cell_opts *o = run->opts;
	const struct machine *machines[] = { o->cell->source,
					     o->cell->target };
	size_t step = step_begin(run, PHASE_BOOT, "boot", NODE_HOST, true);
	uint64_t deadline_ns = clock_now_ns() + run->scenario->limits.boot_ns;
	struct facts facts[2] = { 0 };
	int rc;

	if (run->scenario->cold_boot || !lab_saves(o->lab))
		rc = lab_boot_pair(o->lab, machines, o->files, deadline_ns,
				   facts, err);
	else
		rc = lab_restore(o->lab, machines, o->files, deadline_ns,
				 facts, err);
	run->obs->source_facts = facts[0];
	run->obs->target_facts = facts[1];
	step_end(run, step, rc ? -1 : 0, rc ? err->msg : NULL, NULL);
	if (rc)
		return -1;
	guest_on_mark(guest_of(run, NODE_SOURCE), on_source_mark, run);
	guest_on_mark(guest_of(run, NODE_TARGET), on_target_mark, run);
	return CELL_GO_ON;
}

static int require_one(struct cell_run *run, const struct requirement *need,
		       enum node on, struct err *err)
{
	struct deed deed = { .phase = PHASE_BOOT,
			     .name = "requirement",
			     .on = on,
			     .script = xasprintf("%s\n", need->run),
			     .within_ns = run->scenario->limits.start_ns };
	int rc = deed_do(run, &deed, NULL, err);

	if (rc == CELL_STOP)
		run->obs->skip = xasprintf(
			"%s (%s): %s", need->message ? need->message : need->run,
			node_names[on],
			on == NODE_SOURCE ? run->opts->cell->source->name :
					    run->opts->cell->target->name);
	return rc;
}

static int stage_requires(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	int rc = CELL_GO_ON;

	for (size_t i = 0; i < s->n_requires && rc == CELL_GO_ON; i++) {
		const struct requirement *need = &s->requires_[i];

		if (need->on != NODE_TARGET)
			rc = require_one(run, need, NODE_SOURCE, err);
		if (rc == CELL_GO_ON && need->on != NODE_SOURCE)
			rc = require_one(run, need, NODE_TARGET, err);
	}
	return rc;
}

static int stage_capture(struct cell_run *run, struct err *err)
{
	CLEANUP_FREE char *path = NULL;

	if (!run->scenario->workload.port)
		return CELL_GO_ON;
	path = evidence_path(run, EVIDENCE_CAPTURE);
	if (capture_start(LAB_SERVICE_BRIDGE, path, &run->capture, err))
		return -1;
	run->obs->capture = xstrdup(EVIDENCE_CAPTURE);
	return CELL_GO_ON;
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

/* Files go to both guests at once. */
static int stage_files(struct cell_run *run, struct err *err)
{
	struct phase_job jobs[2] = { 0 };
	CLEANUP_FREE char *tar = NULL;
	size_t len = 0;
	int rc = CELL_GO_ON;

	if (run->scenario->workload.files.n == 0)
		return CELL_GO_ON;
	if (evidence_pack_files(run->scenario, &tar, &len, err) ||
	    deliver(run, NODE_SOURCE, tar, len, &jobs[0], err) ||
	    deliver(run, NODE_TARGET, tar, len, &jobs[1], err))
		return -1;
	for (int i = 0; i < 2 && rc == CELL_GO_ON; i++)
		rc = deed_end(run, &jobs[i], NULL, err);
	return rc;
}

static int start_on(struct cell_run *run, enum node on, enum phase phase,
		    bool ours, struct err *err)
{
	const struct scenario *s = run->scenario;
	uint64_t ready_ns = s->workload.ready_within_ns;
	struct deed deed = { .phase = phase,
			     .name = "start",
			     .on = on,
			     .ours = ours,
			     .script = script_start(s),
			     .within_ns = ready_ns ? ready_ns :
						     s->limits.start_ns };

	return deed_do(run, &deed, NULL, err);
}

static int stage_start(struct cell_run *run, struct err *err)
{
	int rc = start_on(run, NODE_SOURCE, PHASE_START, true, err);

	if (rc == CELL_GO_ON && !run->pid)
		return err_set(err, ERR_GUEST, 0,
			       "the source did not tell the workload's pid");
	return rc == CELL_GO_ON ? probe(run, PROBE_READY, err) : rc;
}

/* The target listens while the source still works. */
static int stage_receiver(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "receive",
			     .on = NODE_TARGET,
			     .ours = true,
			     .within_ns = s->limits.dump_ns +
					  s->limits.transfer_ns +
					  s->limits.start_ns };

	if (s->migration.mode != MODE_STOP_COPY)
		return CELL_GO_ON;
	deed.script = script_receive(s);
	return deed_begin(run, &deed, &run->receiver, err);
}

/* Until the peer has had an answer since @since_ns, or @within_ns are over. */
static int await_answer(struct cell_run *run, uint64_t since_ns,
			uint64_t within_ns, bool *ret_answered,
			struct err *err)
{
	struct guest *guests[] = { guest_of(run, NODE_SOURCE),
				   guest_of(run, NODE_TARGET) };
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
static int be_served(struct cell_run *run, uint64_t for_ns, struct err *err)
{
	struct guest *guests[] = { guest_of(run, NODE_SOURCE),
				   guest_of(run, NODE_TARGET) };

	if (guest_serve(guests, 2, client_pidfd(run->client),
			clock_now_ns() + for_ns, err) < 0)
		return -1;
	return CELL_GO_ON;
}

static int stage_peer(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	size_t step;
	bool answered;

	if (s->peer.kind == PEER_NONE)
		return CELL_GO_ON;
	step = step_begin(run, PHASE_START, "peer", NODE_HOST, true);
	if (client_start(s, run->opts->dir, &run->client, err) ||
	    await_answer(run, 0, s->limits.start_ns, &answered, err) ||
	    be_served(run, s->peer.before_ns, err)) {
		step_end(run, step, -1, err->msg, NULL);
		return -1;
	}
	step_end(run, step, answered ? 0 : -1,
		 answered ? NULL : "the peer got no answer before the move",
		 NULL);
	return answered ? CELL_GO_ON : CELL_STOP;
}

static int stage_dump(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	bool restart = s->migration.mode == MODE_RESTART;
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = restart ? "kill" : "dump",
			     .on = NODE_SOURCE,
			     .script = restart ? script_kill() : script_dump(s),
			     .within_ns = s->limits.dump_ns,
			     .evidence = restart ? NULL :
						   EVIDENCE_DUMP_TAR };

	return deed_do(run, &deed, NULL, err);
}

static int stage_transfer(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	uint64_t before = evidence_transfer_bytes();
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "transfer",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .within_ns = s->limits.transfer_ns };
	int rc;

	if (s->migration.mode != MODE_STOP_COPY)
		return CELL_GO_ON;
	deed.script = script_send(s);
	rc = deed_do(run, &deed, &out, err);
	if (rc != CELL_GO_ON)
		return rc;
	if (sscanf(out.out, "%" SCNu64, &run->obs->image_bytes) != 1)
		run->obs->image_bytes = UNMEASURED;
	rc = deed_end(run, &run->receiver, NULL, err);
	if (before != UNMEASURED)
		run->obs->sent_bytes = evidence_transfer_bytes() - before;
	return rc;
}

static int stage_take_over(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_RESTORE,
			     .name = "takeover",
			     .on = NODE_TARGET,
			     .ours = true,
			     .within_ns = PREPARE_WITHIN_NS };

	if (s->migration.mode != MODE_STOP_COPY || !s->workload.port)
		return CELL_GO_ON;
	deed.script = script_take_over(s);
	return deed_do(run, &deed, NULL, err);
}

static int stage_restore(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_RESTORE,
			     .name = "restore",
			     .on = NODE_TARGET,
			     .within_ns = s->limits.restore_ns,
			     .evidence = EVIDENCE_RESTORE_TAR };

	if (s->migration.mode == MODE_RESTART)
		return start_on(run, NODE_TARGET, PHASE_RESTORE, false, err);
	deed.script = script_restore(s);
	return deed_do(run, &deed, NULL, err);
}

/* No answer in time is for the judge; the rest of the evidence comes first. */
static int stage_resume(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	uint64_t restored_ns = mark_ns(run->obs, "restore-end");
	size_t step;
	bool answered;
	int rc = probe(run, PROBE_RESTORE, err);

	if (rc != CELL_GO_ON || !run->client)
		return rc;
	if (restored_ns == UNMEASURED)
		restored_ns = clock_now_ns();
	step = step_begin(run, PHASE_RESUME, "peer", NODE_HOST, false);
	if (await_answer(run, restored_ns, s->limits.resume_ns, &answered,
			 err) ||
	    (answered && be_served(run, s->peer.after_ns, err))) {
		step_end(run, step, -1, err->msg, NULL);
		return -1;
	}
	step_end(run, step, 0, NULL,
		 answered ? NULL : "the peer got no answer after the restore");
	return CELL_GO_ON;
}

static int stage_finish_peer(struct cell_run *run, struct err *err)
{
	if (!run->client)
		return CELL_GO_ON;
	return client_stop(TAKE(run->client), PEER_STOP_WITHIN_NS,
			   mark_ns(run->obs, "dump-begin"),
			   mark_ns(run->obs, "restore-end"), &run->obs->peer,
			   err);
}

static int stage_verify(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	struct deed deed = { .phase = PHASE_VERIFY,
			     .name = "verify",
			     .on = NODE_TARGET,
			     .within_ns = s->limits.verify_ns };
	int rc = probe(run, PROBE_END, err);

	if (rc != CELL_GO_ON || !s->workload.verify)
		return rc;
	deed.script = xasprintf("%s\n", s->workload.verify);
	rc = deed_do(run, &deed, &out, err);
	if (rc == CELL_GO_ON)
		run->obs->verify_output = str_utf8_clean(out.out, out.out_len);
	return rc;
}

/**
 * struct cell_stage - One line of the story of a cell
 * @extra:	Extra steps of this stage come before @fn; STAGE_COUNT: none
 * @phase:	What those count as
 */
static const struct cell_stage {
	int (*fn)(struct cell_run *run, struct err *err);
	enum stage extra;
	enum phase phase;
} stages[] = {
	{ stage_boot, STAGE_COUNT, PHASE_BOOT },
	{ stage_requires, STAGE_COUNT, PHASE_BOOT },
	{ stage_capture, STAGE_COUNT, PHASE_BOOT },
	{ stage_files, STAGE_COUNT, PHASE_START },
	{ stage_start, STAGE_BEFORE_START, PHASE_START },
	{ stage_receiver, STAGE_AFTER_START, PHASE_START },
	{ stage_peer, STAGE_COUNT, PHASE_START },
	{ NULL, STAGE_BEFORE_DUMP, PHASE_START },
	{ stage_dump, STAGE_COUNT, PHASE_DUMP },
	{ stage_transfer, STAGE_AFTER_DUMP, PHASE_TRANSFER },
	{ stage_take_over, STAGE_COUNT, PHASE_RESTORE },
	{ stage_restore, STAGE_BEFORE_RESTORE, PHASE_RESTORE },
	{ stage_resume, STAGE_AFTER_RESTORE, PHASE_RESUME },
	{ stage_finish_peer, STAGE_AT_END, PHASE_VERIFY },
	{ stage_verify, STAGE_COUNT, PHASE_VERIFY },
};

static int run_stages(struct cell_run *run, struct err *err)
{
	int rc = CELL_GO_ON;

	for (size_t i = 0; i < ARRAY_SIZE(stages) && rc == CELL_GO_ON; i++) {
		if (stages[i].extra != STAGE_COUNT)
			rc = extra_steps(run, stages[i].extra,
					 stages[i].phase, err);
		if (stages[i].extra == STAGE_BEFORE_DUMP &&
		    rc == CELL_GO_ON)
			rc = probe(run, PROBE_DUMP, err);
		if (rc == CELL_GO_ON && stages[i].fn)
			rc = stages[i].fn(run, err);
	}
	return rc;
}

/* A receiver to whom nothing was sent is no step: nobody knows its end. */
static void forget_receiver(struct cell_run *run)
{
	struct observation *obs = run->obs;
	size_t i = run->receiver.step;

	if (!run->receiver.running)
		return;
	free(obs->steps[i].name);
	memmove(&obs->steps[i], &obs->steps[i + 1],
		(--obs->n_steps - i) * sizeof(*obs->steps));
}

/* Also for cells that ended early: whatever there is becomes evidence. */
static int wind_up(struct cell_run *run, struct err *err)
{
	int rc = stage_finish_peer(run, err);

	forget_receiver(run);

	if (run->capture &&
	    capture_stop(TAKE(run->capture), &run->obs->capture_drops, err))
		rc = -1;
	if (evidence_collect(run, err))
		rc = -1;
	return rc;
}

static void note_broken(struct observation *obs, const struct err *err)
{
	if (obs->broken)
		return;
	obs->broken = xstrdup(err->msg);
	obs->broken_phase = obs->n_steps ?
				    obs->steps[obs->n_steps - 1].phase :
				    (int)PHASE_BOOT;
}

void cell_run(const struct cell_opts *opts, struct observation *ret_obs)
{
	struct cell_run run = { .opts = opts,
				.scenario = opts->cell->scenario,
				.obs = ret_obs };
	struct err err = ERR_INIT;

	observation_init(ret_obs);
	ret_obs->cell = xstrdup(opts->cell->id);
	ret_obs->attempt = opts->attempt;
	ret_obs->source_mac = xstrdup(domain_roles[ROLE_SOURCE].mac[0]);
	ret_obs->target_mac = xstrdup(domain_roles[ROLE_TARGET].mac[0]);
	ret_obs->service = xstrdup(LAB_SERVICE_IP);
	ret_obs->port = run.scenario->workload.port;
	ret_obs->began_ns = clock_now_ns();
	ret_obs->epoch_ns = clock_real_ns() - ret_obs->began_ns;
	if (run_stages(&run, &err) < 0)
		note_broken(ret_obs, &err);
	if (wind_up(&run, &err))
		note_broken(ret_obs, &err);
	ret_obs->ended_ns = clock_now_ns();
	client_free(run.client);
	capture_free(run.capture);
}
