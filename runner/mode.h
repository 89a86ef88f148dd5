// SPDX-License-Identifier: Apache-2.0
/* mode.h - the ways of migrating, and what each does in a cell */
#ifndef RUNNER_MODE_H
#define RUNNER_MODE_H

#include "base/err.h"
#include "compat/scenario.h"

struct cell_run;

/**
 * enum duty - What a mode does in a cell, in this order
 * @DUTY_PREPARE:  Make ready the machines that are up, before anything of the
 *		   workload is there
 * @DUTY_RECEIVE:  Have the target receive what will be sent, while the source
 *		   still works; its end is waited for by DUTY_TRANSFER
 * @DUTY_ROUNDS:   Bring to the target what can be while the workload works
 * @DUTY_DUMP:	   Take the workload from the source
 * @DUTY_KEEP:	   Bring what DUTY_DUMP left out of the source, to be restored by
 *		   other cells too
 * @DUTY_TRANSFER: Bring to the target what DUTY_DUMP left, and the address
 * @DUTY_RESTORE:  Have the workload on the target
 * @DUTY_SETTLE:   It serves there, or did not in time: what is to be done with
 *		   what the source still has
 * @DUTY_UNDO:	   Instead, when a step had failed: what can be made good. Does not
 *		   return CELL_GO_ON
 */
enum duty {
	DUTY_PREPARE,
	DUTY_RECEIVE,
	DUTY_ROUNDS,
	DUTY_DUMP,
	DUTY_KEEP,
	DUTY_TRANSFER,
	DUTY_RESTORE,
	DUTY_SETTLE,
	DUTY_UNDO,
	DUTY_COUNT
};

/** typedef mode_boot_fn - Have the machines up that a cell begins with, and their
 * facts; 0 or -1 */
typedef int mode_boot_fn(struct cell_run *run, uint64_t deadline_ns,
			 struct facts facts[2], struct err *err);

/**
 * struct mode - A row: one function a duty, NULL where there is nothing to do
 * @boot:	NULL: both machines, side by side
 *
 * Each records what it does as steps (deed_do()) and returns CELL_GO_ON,
 * CELL_STOP or -1, see cell_internal.h. Marks are told by the scripts: what the
 * downtime is split by is in compat/downtime.c.
 *
 * A further mode is a file with such a row, declared here, a name in
 * compat/scenario.h, and a line in mode.c.
 */
struct mode {
	mode_boot_fn *boot;
	int (*duties[DUTY_COUNT])(struct cell_run *run, struct err *err);
};

extern const struct mode mode_stop_copy;
extern const struct mode mode_lazy_pages;
extern const struct mode mode_restart;
extern const struct mode mode_commands;
extern const struct mode mode_reboot;
extern const struct mode mode_archive;
extern const struct mode mode_snapshots;

/** mode_of() - The row of a scenario's mode */
const struct mode *mode_of(const struct scenario *scenario);

/** mode_dump(), mode_restore() - Duties of whoever has all images in one folder */
WARN_UNUSED
int mode_dump(struct cell_run *run, struct err *err);
WARN_UNUSED
int mode_restore(struct cell_run *run, struct err *err);

/** mode_receive_images(), mode_send_images() - DUTY_RECEIVE and DUTY_TRANSFER of
 * those that leave images on the source */
WARN_UNUSED
int mode_receive_images(struct cell_run *run, struct err *err);
WARN_UNUSED
int mode_send_images(struct cell_run *run, struct err *err);

/** mode_run_dump(), mode_run_restore() - The steps "dump" on the source and
 * "restore" on the target, by a script of the mode's, which is taken over */
WARN_UNUSED
int mode_run_dump(struct cell_run *run, char *script, struct err *err);
WARN_UNUSED
int mode_run_restore(struct cell_run *run, char *script, struct err *err);

/** mode_do() - A duty of the scenario's mode; as the duties themselves */
WARN_UNUSED
int mode_do(struct cell_run *run, enum duty duty, struct err *err);

#endif
