// SPDX-License-Identifier: Apache-2.0
/* mode_commands.c - by the scenario's own commands, as of a container engine */
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/mode.h"
#include "runner/script.h"

static int dump(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = "dump",
			     .on = NODE_SOURCE,
			     .script = script_commands_dump(s),
			     .within_ns = s->limits.dump_ns };

	run->images_on = NODE_SOURCE;
	return deed_do(run, &deed, NULL, err);
}

static int restore(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_RESTORE,
			     .name = "restore",
			     .on = NODE_TARGET,
			     .script = script_commands_restore(s),
			     .within_ns = s->limits.restore_ns };

	return deed_do(run, &deed, NULL, err);
}

const struct mode mode_commands = {
	.duties = {
		[DUTY_RECEIVE] = mode_receive_images,
		[DUTY_DUMP] = dump,
		[DUTY_TRANSFER] = mode_send_images,
		[DUTY_RESTORE] = restore,
	},
};
