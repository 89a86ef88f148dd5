// SPDX-License-Identifier: Apache-2.0
/* scenario_commands.c - migration by a scenario's own commands */
#include "compat/scenario_tables.h"

#include "base/mem.h"
#include "compat/scenario.h"

#define AT(m) .offset = offsetof(struct commands, m)

static const struct bind_field commands_fields[] = {
	{ .key = "pid",
	  .type = BIND_STR,
	  AT(pid),
	  .help = "Shell command that prints the workload's pid: on the source "
		  "when its 'command' has ended, on the target after 'restore'. "
		  "Left out: 'command' is the workload, and its pid on the "
		  "target is the same." },
	{ .key = "dump",
	  .type = BIND_STR,
	  AT(dump),
	  .required = true,
	  .help = "Shell command on the source that leaves under $IMAGES what "
		  "the target needs." },
	{ .key = "restore",
	  .type = BIND_STR,
	  AT(restore),
	  .required = true,
	  .help = "Shell command on the target that has the workload run "
		  "there, with what is under $IMAGES." },
	{ .key = "logs",
	  .type = BIND_STR_LIST,
	  AT(logs),
	  .help = "Patterns, as in a shell, of folders and files in which "
		  "criu's logs and figures are left: *dump.log, "
		  "*restore.log, stats-dump and stats-restore are evidence. "
		  "Later ones overrule; $IMAGES is always looked into." },
};

const struct bind_table commands_table = {
	.name = "commands",
	.help = "The scenario's own commands, instead of criu's.",
	.size = sizeof(struct commands),
	.pos_offset = offsetof(struct commands, pos),
	.fields = commands_fields,
	.n = ARRAY_SIZE(commands_fields),
};
