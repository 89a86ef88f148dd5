// SPDX-License-Identifier: Apache-2.0
/* mode_snapshots.c - a series of checkpoints, all but the first incremental; one of
 * them is restored */
#include "base/clock.h"
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/mode.h"
#include "runner/script.h"

static int snapshot(struct cell_run *run, size_t n, struct err *err)
{
	const struct scenario *s = run->scenario;
	CLEANUP_FREE char *name = xasprintf("snapshot %zu", n);
	CLEANUP_FREE char *stats = xasprintf("stats-snapshot-%zu", n);
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = name,
			     .on = NODE_SOURCE,
			     .script = script_snapshot(s, n),
			     .within_ns = s->limits.dump_ns,
			     .evidence = stats };
	struct obs_round done = { .began_ns = clock_now_ns(),
				  .sent_bytes = UNMEASURED };
	int rc = deed_do(run, &deed, NULL, err);

	if (rc != CELL_GO_ON)
		return rc;
	done.ended_ns = clock_now_ns();
	evidence_read_stats(run, stats, &done.criu);
	*VEC_PUSH(run->obs->rounds, run->obs->n_rounds) = done;
	return CELL_GO_ON;
}

/* The scenario's own command, as a step that is run: a failure of it is no pair's. */
static int between(struct cell_run *run, size_t n, struct err *err)
{
	const struct scenario *s = run->scenario;
	CLEANUP_FREE char *name = xasprintf("between %zu and %zu", n, n + 1);
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = name,
			     .on = NODE_SOURCE,
			     .ours = true,
			     .within_ns = s->limits.dump_ns };

	if (!s->migration.snapshots.between)
		return CELL_GO_ON;
	deed.script = script_between(s, n);
	return deed_do(run, &deed, NULL, err);
}

static int dump_all(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	size_t count = s->migration.snapshots.count;
	int rc = CELL_GO_ON;

	run->images_on = NODE_SOURCE;
	for (size_t n = 1; n < count && rc == CELL_GO_ON; n++) {
		rc = snapshot(run, n, err);
		if (rc == CELL_GO_ON)
			rc = between(run, n, err);
	}
	if (rc == CELL_GO_ON)
		rc = mode_run_dump(run, script_snapshot(s, count), err);
	return rc;
}

const struct mode mode_snapshots = {
	.duties = {
		[DUTY_RECEIVE] = mode_receive_images,
		[DUTY_DUMP] = dump_all,
		[DUTY_TRANSFER] = mode_send_images,
		[DUTY_RESTORE] = mode_restore,
	},
};
