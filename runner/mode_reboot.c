// SPDX-License-Identifier: Apache-2.0
/* mode_reboot.c - dump to a disk, boot the same machine again, restore from it */
#include "base/clock.h"
#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/mode.h"
#include "runner/script.h"

/*
 * DOC: Theory of operation
 * There is one VM. In the source's role it runs the source's kernel and userland
 * with an empty disk, on which images and state lie from the start. When it has
 * been dumped, the disk is unmounted and the VM ends. Then it is booted again in
 * the target's role, with the target's kernel and userland: the same disk, MACs and
 * addresses, but what is up has not the service's address, and is guarded against
 * it, until the images have been found.
 */
static int boot_source(struct cell_run *run, uint64_t deadline_ns,
		       struct facts facts[ROLE_COUNT], struct err *err)
{
	const struct cell_opts *o = run->opts;

	/* A failure before the reboot is judged by both machines' facts too. */
	if (lab_known_facts(o->lab, ROLE_TARGET, cell_machine(run, ROLE_TARGET),
			    o->files[ROLE_TARGET], &facts[ROLE_TARGET], err))
		return -1;
	return lab_boot_kept(o->lab, cell_machine(run, ROLE_SOURCE),
			     o->files[ROLE_SOURCE], deadline_ns,
			     &facts[ROLE_SOURCE], err);
}

static int prepare(struct cell_run *run, struct err *err)
{
	struct deed deed = { .phase = PHASE_BOOT,
			     .name = "mount the disk",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .script = script_keep(),
			     .within_ns = run->scenario->limits.start_ns };

	return deed_do(run, &deed, NULL, err);
}

static int halt(struct cell_run *run, struct err *err)
{
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "shut down",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .script = script_halt(run->scenario),
			     .within_ns = run->scenario->limits.transfer_ns };

	return deed_do(run, &deed, NULL, err);
}

static int boot_again(struct cell_run *run, struct err *err)
{
	const struct cell_opts *o = run->opts;
	size_t step =
		step_begin(run, PHASE_TRANSFER, "reboot", NODE_HOST, true);
	uint64_t deadline_ns = clock_now_ns() + run->scenario->limits.boot_ns;
	struct facts facts = { 0 };
	int rc = lab_reboot(o->lab, cell_machine(run, ROLE_TARGET),
			    o->files[ROLE_TARGET], deadline_ns, &facts, err);

	run->images_on = NODE_COUNT;
	step_end(run, step, rc ? -1 : 0, rc ? err->msg : NULL, NULL);
	if (rc)
		return -1;
	facts_release(&run->obs->target_facts);
	run->obs->target_facts = facts;
	cell_hear_marks(run);
	return CELL_GO_ON;
}

static int rise(struct cell_run *run, struct err *err)
{
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "find the images",
			     .on = NODE_TARGET,
			     .ours = true,
			     .script = script_rise(run->scenario),
			     .within_ns = run->scenario->limits.transfer_ns };

	run->images_on = NODE_TARGET;
	return deed_do(run, &deed, NULL, err);
}

static int reboot(struct cell_run *run, struct err *err)
{
	int rc = halt(run, err);

	if (rc == CELL_GO_ON)
		rc = boot_again(run, err);
	if (rc == CELL_GO_ON)
		rc = cell_require(run, NODE_TARGET, err);
	if (rc == CELL_GO_ON)
		rc = cell_deliver(run, err);
	return rc == CELL_GO_ON ? rise(run, err) : rc;
}

const struct mode mode_reboot = {
	.boot = boot_source,
	.duties = {
		[DUTY_PREPARE] = prepare,
		[DUTY_DUMP] = mode_dump,
		[DUTY_TRANSFER] = reboot,
		[DUTY_RESTORE] = mode_restore,
	},
};
