// SPDX-License-Identifier: Apache-2.0
/* mode_stop_copy.c - dump, copy, restore: the workload stands still meanwhile */
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/mode.h"
#include "runner/mode_original.h"
#include "runner/mode_rounds.h"
#include "runner/script.h"
#include "runner/transport.h"

/* Beside the dump the memory may travel already. */
int mode_dump(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = "dump",
			     .on = NODE_SOURCE,
			     .within_ns = s->limits.dump_ns };
	int rc = transport_prepare(run, 0, err);

	if (rc != CELL_GO_ON)
		return rc;
	run->images_on = NODE_SOURCE;
	run->sent_before = evidence_transfer_bytes();
	deed.script = script_dump(s, run->obs->n_rounds);
	rc = deed_do(run, &deed, NULL, err);
	if (rc == CELL_GO_ON)
		original_left(run);
	return rc;
}

int mode_restore(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_RESTORE,
			     .name = "restore",
			     .on = NODE_TARGET,
			     .script = script_restore(s),
			     .within_ns = s->limits.restore_ns };

	return deed_do(run, &deed, NULL, err);
}

const struct mode mode_stop_copy = {
	.duties = {
		[DUTY_PREPARE] = transport_setup,
		[DUTY_RECEIVE] = mode_receive_images,
		[DUTY_ROUNDS] = mode_rounds,
		[DUTY_DUMP] = mode_dump,
		[DUTY_TRANSFER] = mode_send_images,
		[DUTY_RESTORE] = mode_restore,
		[DUTY_SETTLE] = original_settle,
		[DUTY_UNDO] = original_undo,
	},
};
