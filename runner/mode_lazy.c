// SPDX-License-Identifier: Apache-2.0
/* mode_lazy.c - post-copy: the workload goes on, and its memory comes after it */

/*
 * DOC: Theory of operation
 * criu dump writes all but the memory and then stays, to hand out pages; its
 * script ends when it is ready to. On the target criu lazy-pages asks for pages as
 * the restored workload touches them, and for the rest meanwhile. When it has the
 * last one it ends; only then does criu on the source end, and the original with
 * it: until then both machines are needed.
 */
#include "base/mem.h"
#include "base/str.h"
#include "compat/stamp.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"
#include "runner/mode.h"
#include "runner/script.h"

#define PAGES_STEP "lazy pages"

static int dump(struct cell_run *run, struct err *err)
{
	return mode_run_dump(run, script_lazy_dump(run->scenario), err);
}

/* While it serves its peer. */
static int await_pages(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	struct deed deed = { .phase = PHASE_RESUME,
			     .name = PAGES_STEP,
			     .on = NODE_TARGET,
			     .script = script_lazy_wait(),
			     .within_ns = s->limits.transfer_ns };
	int rc = deed_do(run, &deed, &out, err);

	if (rc != CELL_GO_ON)
		return rc;
	if (!str_u64(str_trim(out.out), &run->obs->criu.pages_lazy))
		run->obs->criu.pages_lazy = UNMEASURED;
	if (run->sent_before != UNMEASURED)
		run->obs->sent_bytes =
			evidence_transfer_bytes() - run->sent_before;
	return rc;
}

/* A workload that waits for a page does nothing else, and what failed was to ask it
 * something: whether pages still come tells why. */
static int tell_why(struct cell_run *run, struct err *err)
{
	const struct obs_step *restored = step_find(run->obs, "restore");

	if (!restored || step_failed(restored) ||
	    step_find(run->obs, PAGES_STEP))
		return CELL_STOP;
	return await_pages(run, err) < 0 ? -1 : CELL_STOP;
}

const struct mode mode_lazy_pages = {
	.duties = {
		[DUTY_RECEIVE] = mode_receive_images,
		[DUTY_DUMP] = dump,
		[DUTY_TRANSFER] = mode_send_images,
		[DUTY_RESTORE] = mode_restore,
		[DUTY_SETTLE] = await_pages,
		[DUTY_UNDO] = tell_why,
	},
};
