// SPDX-License-Identifier: Apache-2.0
/* mode_stop_copy.c - dump, copy, restore: the workload stands still meanwhile */
#include "runner/cell_internal.h"
#include "runner/mode.h"
#include "runner/mode_original.h"
#include "runner/mode_rounds.h"
#include "runner/script.h"
#include "runner/transport.h"

/* Beside the dump the memory may travel already. */
int mode_dump(struct cell_run *run, struct err *err)
{
	int rc = transport_prepare(run, 0, err);

	if (rc != CELL_GO_ON)
		return rc;
	rc = mode_run_dump(run, script_dump(run->scenario, run->obs->n_rounds),
			   err);
	if (rc == CELL_GO_ON)
		original_left(run);
	return rc;
}

int mode_restore(struct cell_run *run, struct err *err)
{
	return mode_run_restore(run, script_restore(run->scenario), err);
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
