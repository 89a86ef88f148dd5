// SPDX-License-Identifier: Apache-2.0
/* mode_stop_copy.c - dump, copy, restore: the workload stands still meanwhile */
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/mode.h"
#include "runner/mode_original.h"
#include "runner/script.h"

int mode_receive_images(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "receive",
			     .on = NODE_TARGET,
			     .ours = true,
			     .script = script_receive(s),
			     .within_ns = s->limits.dump_ns +
					  s->limits.transfer_ns +
					  s->limits.start_ns };

	return deed_begin(run, &deed, &run->receiver, err);
}

static int dump(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = "dump",
			     .on = NODE_SOURCE,
			     .script = script_dump(s),
			     .within_ns = s->limits.dump_ns };

	int rc;

	run->images_on = NODE_SOURCE;
	rc = deed_do(run, &deed, NULL, err);
	if (rc == CELL_GO_ON)
		original_left(run);
	return rc;
}

int mode_send_images(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	uint64_t before = evidence_transfer_bytes();
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "transfer",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .script = script_send(s),
			     .within_ns = s->limits.transfer_ns };
	int rc = deed_do(run, &deed, NULL, err);

	if (rc == CELL_GO_ON)
		rc = deed_end(run, &run->receiver, NULL, err);
	if (rc == CELL_GO_ON)
		run->images_on = NODE_TARGET;
	if (before != UNMEASURED)
		run->obs->sent_bytes = evidence_transfer_bytes() - before;
	return rc;
}

static int restore(struct cell_run *run, struct err *err)
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
		[DUTY_RECEIVE] = mode_receive_images,
		[DUTY_DUMP] = dump,
		[DUTY_TRANSFER] = mode_send_images,
		[DUTY_RESTORE] = restore,
		[DUTY_SETTLE] = original_settle,
		[DUTY_UNDO] = original_undo,
	},
};
