// SPDX-License-Identifier: Apache-2.0
/* cell_move.c - the second half of a cell: the move, and what came of it */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/cell_internal.h"
#include "runner/mode.h"
#include "runner/script.h"

#define PEER_STOP_WITHIN_NS (90 * NS_PER_S)

static uint64_t mark_ns(const struct observation *obs, const char *name)
{
	for (size_t i = 0; i < obs->n_marks; i++)
		if (str_eq(obs->marks[i].name, name))
			return obs->marks[i].at_ns;
	return UNMEASURED;
}

/* Nothing of the pair has been tried yet: not its failure. */
static int says_gone(const struct observation *obs, struct err *err)
{
	const char *output = obs->steps[obs->n_steps - 1].output;
	CLEANUP_FREE char *said = xstrdup(output ? output : "");
	const char *last_words = str_trim(said);

	return err_set(err, ERR_GUEST, 0,
		       "the workload ended before it could be dumped: %s",
		       *last_words ? last_words : "it said nothing");
}

static int dump_by(struct cell_run *run, enum duty duty, struct err *err)
{
	int rc = mode_do(run, duty, err);

	if (mark_ns(run->obs, SCRIPT_GONE) != UNMEASURED)
		return says_gone(run->obs, err);
	return rc;
}

int stage_rounds(struct cell_run *run, struct err *err)
{
	return dump_by(run, DUTY_ROUNDS, err);
}

int stage_dump(struct cell_run *run, struct err *err)
{
	return dump_by(run, DUTY_DUMP, err);
}

int stage_keep(struct cell_run *run, struct err *err)
{
	return mode_do(run, DUTY_KEEP, err);
}

int stage_transfer(struct cell_run *run, struct err *err)
{
	return mode_do(run, DUTY_TRANSFER, err);
}

int stage_restore(struct cell_run *run, struct err *err)
{
	return mode_do(run, DUTY_RESTORE, err);
}

/* No answer in time is for the judge; the rest of the evidence comes first. */
int stage_resume(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	uint64_t restored_ns = mark_ns(run->obs, "restore-end");
	size_t step;
	int rc = probe(run, PROBE_RESTORE, err);

	if (rc != CELL_GO_ON)
		return rc;
	/* What is to grow until the end gets the time that a peer would take. */
	if (!run->client)
		return s->workload.grows.n ?
			       cell_be_served(run, s->peer.after_ns, err) :
			       CELL_GO_ON;
	if (restored_ns == UNMEASURED)
		restored_ns = clock_now_ns();
	step = step_begin(run, PHASE_RESUME, "peer", NODE_HOST, false);
	if (cell_await_answer(run, restored_ns, s->limits.resume_ns,
			      &run->answered, err) ||
	    (run->answered && cell_be_served(run, s->peer.after_ns, err))) {
		step_end(run, step, -1, err->msg, NULL);
		return -1;
	}
	step_end(run, step, 0, NULL,
		 run->answered ? NULL :
				 "the peer got no answer after the restore");
	return CELL_GO_ON;
}

int stage_settle(struct cell_run *run, struct err *err)
{
	return mode_do(run, DUTY_SETTLE, err);
}

static int finish_peer(struct cell_run *run, uint64_t within_ns,
		       struct err *err)
{
	if (!run->client)
		return CELL_GO_ON;
	return client_stop(TAKE(run->client), within_ns,
			   mark_ns(run->obs, "dump-begin"),
			   mark_ns(run->obs, "restore-end"), &run->obs->peer,
			   err);
}

int stage_finish_peer(struct cell_run *run, struct err *err)
{
	return finish_peer(run, PEER_STOP_WITHIN_NS, err);
}

int cell_drop_peer(struct cell_run *run, struct err *err)
{
	return finish_peer(run, 0, err);
}

int stage_verify(struct cell_run *run, struct err *err)
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
	deed.script = script_ask(s, s->workload.verify);
	rc = deed_do(run, &deed, &out, err);
	if (rc == CELL_GO_ON)
		run->obs->verify_output = str_utf8_clean(out.out, out.out_len);
	return rc;
}
