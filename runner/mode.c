// SPDX-License-Identifier: Apache-2.0
/* mode.c - the table of the ways of migrating */
#include "runner/mode.h"

#include <assert.h>

#include "base/mem.h"
#include "runner/cell_internal.h"

static const struct mode *const modes[] = {
	[MODE_STOP_COPY] = &mode_stop_copy,
	[MODE_LAZY_PAGES] = &mode_lazy_pages,
	[MODE_RESTART] = &mode_restart,
	[MODE_COMMANDS] = &mode_commands,
	[MODE_REBOOT] = &mode_reboot,
	[MODE_ARCHIVE] = &mode_archive,
	[MODE_SNAPSHOTS] = &mode_snapshots,
};
static_assert(ARRAY_SIZE(modes) == MODE_COUNT,
	      "modes[] doesn't match enum migration_mode");

const struct mode *mode_of(const struct scenario *scenario)
{
	return modes[scenario->migration.mode];
}

int mode_do(struct cell_run *run, enum duty duty, struct err *err)
{
	const struct mode *mode = mode_of(run->scenario);

	if (mode->duties[duty])
		return mode->duties[duty](run, err);
	return duty == DUTY_UNDO ? CELL_STOP : CELL_GO_ON;
}
