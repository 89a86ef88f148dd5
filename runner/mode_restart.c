// SPDX-License-Identifier: Apache-2.0
/* mode_restart.c - killed and started anew: its files and its address move, what it
 * has in memory does not; to be noticed */
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/mode.h"
#include "runner/script.h"

static int kill_it(struct cell_run *run, struct err *err)
{
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = "kill",
			     .on = NODE_SOURCE,
			     .script = script_kill(),
			     .within_ns = run->scenario->limits.dump_ns };

	return deed_do(run, &deed, NULL, err);
}

static int start_it(struct cell_run *run, struct err *err)
{
	return cell_start_on(run, NODE_TARGET, PHASE_RESTORE, false, NULL, err);
}

const struct mode mode_restart = {
	.duties = {
		[DUTY_RECEIVE] = mode_receive_images,
		[DUTY_DUMP] = kill_it,
		[DUTY_TRANSFER] = mode_send_images,
		[DUTY_RESTORE] = start_it,
	},
};
