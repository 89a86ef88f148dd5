// SPDX-License-Identifier: Apache-2.0
/* mode_original.c - what criu dump left on the source, for modes that dump */
#include "runner/mode_original.h"

#include "base/clock.h"
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/script.h"

static void set_fate(struct cell_run *run, enum obs_fate fate, uint64_t at_ns)
{
	run->obs->original = (struct obs_original){ (int)fate, at_ns };
}

void original_left(struct cell_run *run)
{
	if (run->scenario->migration.original == ORIGINAL_STOPPED)
		set_fate(run, OBS_FATE_STOPPED, clock_now_ns());
}

int original_settle(struct cell_run *run, struct err *err)
{
	struct deed deed = { .phase = PHASE_RESUME,
			     .name = "kill the original",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .within_ns = run->scenario->limits.resume_ns };
	int rc;

	if (run->obs->original.fate != OBS_FATE_STOPPED ||
	    (run->client && !run->answered))
		return CELL_GO_ON;
	deed.script = script_original_kill();
	rc = deed_do(run, &deed, NULL, err);
	if (rc == CELL_GO_ON)
		set_fate(run, OBS_FATE_KILLED, clock_now_ns());
	return rc;
}

/* The target may not hear of what is the original's again. */
static int give_back(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_RESTORE,
			     .name = "give the address back",
			     .on = NODE_TARGET,
			     .ours = true,
			     .script = script_give_back(s),
			     .within_ns = s->limits.restore_ns };

	return deed_do(run, &deed, NULL, err);
}

/* An original that is gone is no trouble of ours. */
static int go_on(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_RESTORE,
			     .name = "continue the original",
			     .on = NODE_SOURCE,
			     .script = script_original_continue(s),
			     .within_ns = s->limits.restore_ns };

	return deed_do(run, &deed, NULL, err);
}

static int be_served(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	size_t step;
	bool answered;

	if (!run->client)
		return CELL_GO_ON;
	step = step_begin(run, PHASE_RESTORE, "peer", NODE_HOST, false);
	if (cell_await_answer(run, run->obs->original.at_ns,
			      s->limits.resume_ns, &answered, err) ||
	    (answered && cell_be_served(run, s->peer.after_ns, err))) {
		step_end(run, step, -1, err->msg, NULL);
		return -1;
	}
	step_end(run, step, 0, NULL,
		 answered ? NULL : "the original did not answer the peer");
	return stage_finish_peer(run, err);
}

int original_undo(struct cell_run *run, struct err *err)
{
	uint64_t at_ns;
	int rc;

	if (run->obs->original.fate != OBS_FATE_STOPPED)
		return CELL_STOP;
	rc = give_back(run, err);
	at_ns = clock_now_ns();
	if (rc == CELL_GO_ON)
		rc = go_on(run, err);
	if (rc < 0)
		return rc;
	set_fate(run, rc == CELL_GO_ON ? OBS_FATE_CONTINUED : OBS_FATE_LOST,
		 at_ns);
	if (rc == CELL_GO_ON && be_served(run, err) < 0)
		return -1;
	return CELL_STOP;
}
