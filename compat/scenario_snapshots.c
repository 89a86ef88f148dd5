// SPDX-License-Identifier: Apache-2.0
/* scenario_snapshots.c - a series of checkpoints, and which one to go back to */
#include "base/mem.h"
#include "compat/scenario.h"
#include "compat/scenario_tables.h"

#define AT(m) .offset = offsetof(struct snapshots, m)
#define SNAPSHOTS_MAX 100

static void check_snapshots(void *obj, struct bind_ctx *ctx)
{
	const struct snapshots *snapshots = obj;

	if (!snapshots->back_to || snapshots->back_to > snapshots->count)
		bind_report(ctx, bind_pos_of(ctx, "back-to"), NULL,
			    "'back-to' must be one of the 'count' snapshots");
}

static const struct bind_field fields[] = {
	{ .key = "count",
	  .type = BIND_UINT,
	  AT(count),
	  .dflt = "0",
	  .max = SNAPSHOTS_MAX,
	  .help = "How many; all but the first are incremental, and the "
		  "workload goes on after all but the last." },
	{ .key = "back-to",
	  .type = BIND_UINT,
	  AT(back_to),
	  .dflt = "0",
	  .max = SNAPSHOTS_MAX,
	  .help = "Which one is restored; the first is 1." },
	{ .key = "between",
	  .type = BIND_STR,
	  AT(between),
	  .help = "Shell command on the source between two snapshots; "
		  "$SNAPSHOT is the number of the last one." },
};

const struct bind_table snapshots_table = {
	.name = "snapshots",
	.help = "A series of checkpoints, and which one to go back to.",
	.size = sizeof(struct snapshots),
	.pos_offset = BIND_NO_POS,
	.fields = fields,
	.n = ARRAY_SIZE(fields),
	.check = check_snapshots,
};
