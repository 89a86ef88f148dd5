// SPDX-License-Identifier: Apache-2.0
/* mode_commands.c - by the scenario's own commands, as of a container engine */
#include "runner/cell_internal.h"
#include "runner/mode.h"
#include "runner/script.h"

static int dump(struct cell_run *run, struct err *err)
{
	return mode_run_dump(run, script_commands_dump(run->scenario), err);
}

static int restore(struct cell_run *run, struct err *err)
{
	return mode_run_restore(run, script_commands_restore(run->scenario),
				err);
}

const struct mode mode_commands = {
	.duties = {
		[DUTY_RECEIVE] = mode_receive_images,
		[DUTY_DUMP] = dump,
		[DUTY_TRANSFER] = mode_send_images,
		[DUTY_RESTORE] = restore,
	},
};
