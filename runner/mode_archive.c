// SPDX-License-Identifier: Apache-2.0
/* mode_archive.c - dump once, restore the same images on every target */
#include "base/mem.h"
#include "runner/archive.h"
#include "runner/cell_internal.h"
#include "runner/mode.h"
#include "runner/script.h"

/* Each half needs the one machine. */
static int boot_one(struct cell_run *run, uint64_t deadline_ns,
		    struct facts facts[ROLE_COUNT], struct err *err)
{
	enum role role = run->half == CELL_DUMP_HALF ? ROLE_SOURCE :
						       ROLE_TARGET;
	const struct machine *machines[ROLE_COUNT] = { NULL };

	machines[role] = cell_machine(run, role);
	return cell_boot(run, machines, deadline_ns, facts, err);
}

static int keep(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = "keep the images",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .script = script_pack(s),
			     .within_ns = s->limits.transfer_ns,
			     .evidence = ARCHIVE_IMAGES };
	int rc = deed_do(run, &deed, NULL, err);

	if (rc == CELL_GO_ON &&
	    archive_save(run->opts->dir, run->opts->cell, run->pid, err))
		rc = -1;
	return rc;
}

static int unpack(struct cell_run *run, struct err *err)
{
	const struct scenario *s = run->scenario;
	CLEANUP_FREE char *tar = NULL;
	struct deed deed = { .phase = PHASE_TRANSFER,
			     .name = "unpack the images",
			     .on = NODE_TARGET,
			     .ours = true,
			     .within_ns = s->limits.transfer_ns };

	if (archive_load(run->archive, &tar, &deed.input_len, &run->pid, err))
		return -1;
	deed.input = tar;
	deed.script = script_unpack_images(s);
	run->images_on = NODE_TARGET;
	return deed_do(run, &deed, NULL, err);
}

const struct mode mode_archive = {
	.boot = boot_one,
	.duties = {
		[DUTY_DUMP] = mode_dump,
		[DUTY_KEEP] = keep,
		[DUTY_TRANSFER] = unpack,
		[DUTY_RESTORE] = mode_restore,
	},
};
