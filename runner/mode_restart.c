// SPDX-License-Identifier: Apache-2.0
/* mode_restart.c - killed and started anew: no migration, and to be noticed */
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
		[DUTY_DUMP] = kill_it,
		[DUTY_RESTORE] = start_it,
	},
};
