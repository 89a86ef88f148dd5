// SPDX-License-Identifier: Apache-2.0
/* mode_parts.c - what modes have in common */
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/mode.h"
#include "runner/script.h"

int mode_receive_images(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "receive",
			     .on = NODE_TARGET,
			     .ours = true,
			     .script = script_receive(s),
			     .tool = true,
			     .within_ns = s->limits.dump_ns +
					  s->limits.transfer_ns +
					  s->limits.start_ns };

	return deed_begin(run, &deed, &run->receiver, err);
}

int mode_send_images(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "transfer",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .script = script_send(s),
			     .tool = true,
			     .within_ns = s->limits.transfer_ns };
	int rc;

	if (run->sent_before == UNMEASURED)
		run->sent_before = evidence_transfer_bytes();
	rc = deed_do(run, &deed, NULL, err);
	if (rc == CELL_GO_ON)
		rc = deed_end(run, &run->receiver, NULL, err);
	if (rc == CELL_GO_ON)
		run->images_on = NODE_TARGET;
	if (run->sent_before != UNMEASURED)
		run->obs->sent_bytes =
			evidence_transfer_bytes() - run->sent_before;
	return rc;
}

int mode_run_dump(struct cell_run *run, char *script, struct err *err)
{
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = "dump",
			     .on = NODE_SOURCE,
			     .script = TAKE(script),
			     .within_ns = run->scenario->limits.dump_ns };

	run->images_on = NODE_SOURCE;
	run->sent_before = evidence_transfer_bytes();
	return deed_do(run, &deed, NULL, err);
}

int mode_run_restore(struct cell_run *run, char *script, struct err *err)
{
	struct deed deed = { .phase = PHASE_RESTORE,
			     .name = "restore",
			     .on = NODE_TARGET,
			     .script = TAKE(script),
			     .within_ns = run->scenario->limits.restore_ns };

	return deed_do(run, &deed, NULL, err);
}
