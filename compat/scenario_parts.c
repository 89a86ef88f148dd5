// SPDX-License-Identifier: Apache-2.0
/* scenario_parts.c - workload, migration, steps, limits, requirements */
#include "compat/scenario_tables.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/scenario.h"

#define AT(s, m) .offset = offsetof(struct s, m)
#define HOUR (3600 * NS_PER_S)
/* Keys of a probe's "key=value" lines. */
#define PROBE_KEY "^[A-Za-z0-9_.-]+$"

const char *const node_names[] = {
	[NODE_SOURCE] = "source",
	[NODE_TARGET] = "target",
	[NODE_HOST] = "host",
	[NODE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(node_names) == NODE_COUNT + 1,
	      "node_names[] doesn't match enum node");

const char *const stage_names[] = {
	[STAGE_BEFORE_START] = "before-start",
	[STAGE_AFTER_START] = "after-start",
	[STAGE_BEFORE_DUMP] = "before-dump",
	[STAGE_AFTER_DUMP] = "after-dump",
	[STAGE_BEFORE_RESTORE] = "before-restore",
	[STAGE_AFTER_RESTORE] = "after-restore",
	[STAGE_AT_END] = "at-end",
	[STAGE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(stage_names) == STAGE_COUNT + 1,
	      "stage_names[] doesn't match enum stage");

const char *const workload_net_names[] = {
	[NET_HOST] = "host",
	[NET_OWN] = "own",
	[NET_DUMPED] = "dumped",
	[NET_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(workload_net_names) == NET_COUNT + 1,
	      "workload_net_names[] doesn't match enum workload_net");

static const char *const family_names[] = {
	[FAMILY_IPV4] = "ipv4",
	[FAMILY_IPV6] = "ipv6",
	[FAMILY_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(family_names) == FAMILY_COUNT + 1,
	      "family_names[] doesn't match enum workload_family");

const char *const mode_names[] = {
	[MODE_STOP_COPY] = "stop-copy", [MODE_LAZY_PAGES] = "lazy-pages",
	[MODE_RESTART] = "restart",	[MODE_COMMANDS] = "commands",
	[MODE_REBOOT] = "reboot",	[MODE_ARCHIVE] = "archive",
	[MODE_SNAPSHOTS] = "snapshots", [MODE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(mode_names) == MODE_COUNT + 1,
	      "mode_names[] doesn't match enum migration_mode");

const char *const transport_names[] = {
	[TRANSPORT_STREAM] = "stream",
	[TRANSPORT_PAGE_SERVER] = "page-server",
	[TRANSPORT_SHARED] = "shared",
	[TRANSPORT_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(transport_names) == TRANSPORT_COUNT + 1,
	      "transport_names[] doesn't match enum transport");

const char *const original_names[] = {
	[ORIGINAL_KILLED] = "killed",
	[ORIGINAL_STOPPED] = "stopped",
	[ORIGINAL_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(original_names) == ORIGINAL_COUNT + 1,
	      "original_names[] doesn't match enum original");

const char *const takeover_names[] = {
	[TAKEOVER_GUARDED] = "guarded",
	[TAKEOVER_UNGUARDED] = "unguarded",
	[TAKEOVER_NEVER] = "never",
	[TAKEOVER_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(takeover_names) == TAKEOVER_COUNT + 1,
	      "takeover_names[] doesn't match enum takeover");

/* Requirements are of one place or, as NODE_COUNT, of both guests. */
static const char *const place_names[] = {
	[NODE_SOURCE] = "source", [NODE_TARGET] = "target",
	[NODE_HOST] = "host",	  [NODE_COUNT] = "both",
	[NODE_COUNT + 1] = NULL,
};

static void check_workload(void *obj, struct bind_ctx *ctx)
{
	static const char *const keys[] = { "same", "grows" };

	(void)obj;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (bind_key_given(ctx, keys[i]) &&
		    !bind_key_given(ctx, "probe"))
			bind_report(ctx, bind_pos_of(ctx, keys[i]), NULL,
				    "'%s' needs 'probe', whose keys it names",
				    keys[i]);
	if (bind_key_given(ctx, "ready-within") &&
	    !bind_key_given(ctx, "ready"))
		bind_report(ctx, bind_pos_of(ctx, "ready-within"), NULL,
			    "'ready-within' needs 'ready'");
}

static const struct bind_field workload_fields[] = {
	{ .key = "files",
	  .type = BIND_STR_LIST,
	  AT(workload, files),
	  .help = "Files or folders, relative to this file, that are put into "
		  "both guests under /srv/workload before the start." },
	{ .key = "command",
	  .type = BIND_STR,
	  AT(workload, command),
	  .required = true,
	  .help = "Shell command that starts it, in its own session, in "
		  "/srv/workload, output to $STATE/log; the environment has "
		  "SERVICE, PORT, PEER and STATE." },
	{ .key = "ready",
	  .type = BIND_STR,
	  AT(workload, ready),
	  .help = "Shell command on the source that exits 0 when the workload "
		  "is ready; left out: at once." },
	{ .key = "ready-within",
	  .type = BIND_DURATION,
	  AT(workload, ready_within_ns),
	  .min = NS_PER_MS,
	  .max = HOUR,
	  .help = "Deadline for start and being ready; left out: that of "
		  "limits, start." },
	{ .key = "pid",
	  .type = BIND_STR,
	  AT(workload, pid),
	  .help = "Shell command on the source that prints the pid of the "
		  "process to be dumped, once it is ready; left out: what "
		  "'command' became." },
	{ .key = "network",
	  .type = BIND_ENUM,
	  AT(workload, network),
	  .dflt = "host",
	  .names = workload_net_names,
	  .help = "The guest's network ('host') or a network namespace of its "
		  "own: one that is external to criu ('own') or one that criu "
		  "makes anew on the target ('dumped')." },
	{ .key = "family",
	  .type = BIND_ENUM,
	  AT(workload, family),
	  .dflt = "ipv4",
	  .names = family_names,
	  .help = "Whether SERVICE and PEER are IPv4 or IPv6 addresses." },
	{ .key = "port",
	  .type = BIND_UINT,
	  AT(workload, port),
	  .dflt = "0",
	  .max = 65535,
	  .help = "TCP or UDP port of the service; 0: none, and no address "
		  "moves." },
	{ .key = "state",
	  .type = BIND_STR_LIST,
	  AT(workload, state),
	  .help = "Extra paths in the guest that move together with the "
		  "images." },
	{ .key = "probe",
	  .type = BIND_STR,
	  AT(workload, probe),
	  .help = "Shell command that prints key=value lines about the live "
		  "workload; run when ready, before the dump, after the "
		  "restore and at the end." },
	{ .key = "same",
	  .type = BIND_STR_LIST,
	  AT(workload, same),
	  .pattern = PROBE_KEY,
	  .help = "Keys of the probe whose values must never change." },
	{ .key = "grows",
	  .type = BIND_STR_LIST,
	  AT(workload, grows),
	  .pattern = PROBE_KEY,
	  .help = "Keys of the probe whose numbers must not become smaller, "
		  "and at the end be larger than just "
		  "after the restore." },
	{ .key = "verify",
	  .type = BIND_STR,
	  AT(workload, verify),
	  .help = "Shell command on the target at the end; must exit 0, its "
		  "output says what is wrong." },
};

const struct bind_table workload_table = {
	.name = "workload",
	.help = "The program that is migrated.",
	.size = sizeof(struct workload),
	.pos_offset = offsetof(struct workload, pos),
	.fields = workload_fields,
	.n = ARRAY_SIZE(workload_fields),
	.check = check_workload,
};

static const struct bind_field migration_fields[] = {
	{ .key = "mode",
	  .type = BIND_ENUM,
	  AT(migration, mode),
	  .dflt = "stop-copy",
	  .names = mode_names,
	  .help = "'stop-copy': dump, copy, restore; 'lazy-pages': dump, "
		  "restore, and the memory afterwards; 'reboot': dump to a "
		  "disk, reboot the same machine into the target's kernel and "
		  "userland, restore; 'archive': dump once, restore the same "
		  "images on every target; 'snapshots': dump again and again, "
		  "restore one of them; 'restart': kill and start anew, the "
		  "control that shows that a restart is noticed; 'commands': "
		  "by commands of your own." },
	{ .key = "transport",
	  .type = BIND_ENUM,
	  AT(migration, transport),
	  .dflt = "stream",
	  .names = transport_names,
	  .help = "How images travel: 'stream' as files over the transfer "
		  "network; with 'page-server' memory goes to criu's on the "
		  "target while it is dumped; with 'shared' images and $STATE "
		  "are on a file system of the target from the beginning." },
	{ .key = "tls",
	  .type = BIND_STR,
	  AT(migration, tls),
	  .pattern = "^/.*",
	  .help = "Folder in both guests with cacert.pem, cert.pem and key.pem: "
		  "criu's page servers speak TLS." },
	{ .key = "uncork",
	  .type = BIND_BOOL,
	  AT(migration, uncork),
	  .dflt = "false",
	  .help = "Give criu a connection to the page server (--ps-socket), and "
		  "take TCP_CORK off it: with its own each dump waits 200 ms at "
		  "its end." },
	{ .key = "pre-dump",
	  .type = BIND_STRUCT,
	  AT(migration, pre_dump),
	  .table = &pre_dump_table,
	  .help = "Rounds of criu pre-dump, while the workload works." },
	{ .key = "original",
	  .type = BIND_ENUM,
	  AT(migration, original),
	  .dflt = "killed",
	  .names = original_names,
	  .help = "The workload on the source: 'killed' by criu dump, or left "
		  "'stopped' by it: then it is killed once the target serves, "
		  "and goes on when the restore failed." },
	{ .key = "takeover",
	  .type = BIND_ENUM,
	  AT(migration, takeover),
	  .dflt = "guarded",
	  .names = takeover_names,
	  .help = "How the service's address moves: 'guarded' by a drop rule "
		  "until the sockets are there, 'unguarded' without, 'never' "
		  "not at all." },
	{ .key = "dump",
	  .type = BIND_STR_LIST,
	  AT(migration, dump),
	  .help = "Extra options of criu dump, one a line." },
	{ .key = "restore",
	  .type = BIND_STR_LIST,
	  AT(migration, restore),
	  .help = "Extra options of criu restore, one a line." },
	{ .key = "restore-by",
	  .type = BIND_STR_LIST,
	  AT(migration, restore_by),
	  .help = "Words that go before 'criu restore': a program that runs it." },
	{ .key = "snapshots",
	  .type = BIND_STRUCT,
	  AT(migration, snapshots),
	  .table = &snapshots_table,
	  .help = "A series of checkpoints, for mode 'snapshots'." },
	{ .key = "commands",
	  .type = BIND_STRUCT,
	  AT(migration, commands),
	  .table = &commands_table,
	  .help = "What is run in mode 'commands'." },
};

/* Where the source is gone before the target comes, or the dump is one of many. */
static void check_ends(const struct migration *migration, struct bind_ctx *ctx)
{
	static const char *const keys[] = { "original", "transport",
					    "pre-dump" };

	if (migration->mode != MODE_REBOOT && migration->mode != MODE_ARCHIVE &&
	    migration->mode != MODE_SNAPSHOTS)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (bind_key_given(ctx, keys[i]))
			bind_report(ctx, bind_pos_of(ctx, keys[i]), NULL,
				    "'%s' is not for mode '%s'", keys[i],
				    mode_names[migration->mode]);
}

static void check_migration(void *obj, struct bind_ctx *ctx)
{
	static const char *const criu_options[] = { "dump", "restore" };
	const struct migration *migration = obj;
	bool given = bind_key_given(ctx, "commands");

	check_ends(migration, ctx);
	check_copy(migration, ctx);
	if (bind_key_given(ctx, "snapshots") !=
	    (migration->mode == MODE_SNAPSHOTS))
		bind_report(
			ctx, bind_pos_of(ctx, "mode"), NULL,
			"'snapshots' and 'mode: snapshots' need each other");
	if (given && migration->mode != MODE_COMMANDS)
		bind_report(ctx, bind_pos_of(ctx, "commands"), NULL,
			    "'commands' needs 'mode: commands'");
	if (migration->mode != MODE_COMMANDS)
		return;
	if (!given)
		bind_report(ctx, bind_pos_of(ctx, "mode"), NULL,
			    "mode 'commands' needs 'commands'");
	for (size_t i = 0; i < ARRAY_SIZE(criu_options); i++)
		if (bind_key_given(ctx, criu_options[i]))
			bind_report(ctx, bind_pos_of(ctx, criu_options[i]),
				    NULL,
				    "'%s' are options of criu, which mode "
				    "'commands' does not call by itself",
				    criu_options[i]);
}

const struct bind_table migration_table = {
	.name = "migration",
	.help = "How the workload gets to the other machine.",
	.size = sizeof(struct migration),
	.pos_offset = offsetof(struct migration, pos),
	.fields = migration_fields,
	.n = ARRAY_SIZE(migration_fields),
	.check = check_migration,
};

static const struct bind_field step_fields[] = {
	{ .key = "at",
	  .type = BIND_ENUM,
	  AT(step, at),
	  .required = true,
	  .names = stage_names,
	  .help = "When it is done." },
	{ .key = "on",
	  .type = BIND_ENUM,
	  AT(step, on),
	  .required = true,
	  .names = node_names,
	  .help = "Where it is done; 'host' is the peer's side." },
	{ .key = "run",
	  .type = BIND_STR,
	  AT(step, run),
	  .help = "Shell command that must exit 0; else the cell is broken." },
	{ .key = "wait",
	  .type = BIND_STR,
	  AT(step, wait),
	  .help = "Shell command repeated until it exits 0; when it never "
		  "does, the cell is broken." },
	{ .key = "assert",
	  .type = BIND_STR,
	  AT(step, assert_),
	  .help = "Shell command that must exit 0; else the pair fails." },
	{ .key = "within",
	  .type = BIND_DURATION,
	  AT(step, within_ns),
	  .dflt = "30s",
	  .min = NS_PER_MS,
	  .max = HOUR,
	  .help = "Deadline of the step." },
	{ .key = "message",
	  .type = BIND_STR,
	  AT(step, message),
	  .help = "What to tell people when it fails." },
};

static const char *const step_one_of[] = { "run", "wait", "assert", NULL };

const struct bind_table step_table = {
	.name = "step",
	.help = "One extra step of a cell.",
	.size = sizeof(struct step),
	.pos_offset = offsetof(struct step, pos),
	.fields = step_fields,
	.n = ARRAY_SIZE(step_fields),
	.one_of = step_one_of,
};

#define LIMIT(name, text, words)                                            \
	{                                                                   \
		.key = #name, .type = BIND_DURATION, AT(limits, name##_ns), \
		.dflt = (text), .min = NS_PER_MS, .max = 24 * HOUR,         \
		.help = (words)                                             \
	}

static const struct bind_field limits_fields[] = {
	LIMIT(boot, "120s", "Until both guests answer."),
	LIMIT(start, "60s", "For the files and the start of the workload."),
	LIMIT(dump, "60s", "For criu dump."),
	LIMIT(transfer, "120s", "For the copy of the images."),
	LIMIT(restore, "60s", "For criu restore."),
	LIMIT(resume, "30s", "Until the restored workload serves again."),
	LIMIT(verify, "60s", "For the final checks."),
};

const struct bind_table limits_table = {
	.name = "limits",
	.help = "Deadlines of the phases.",
	.size = sizeof(struct limits),
	.pos_offset = BIND_NO_POS,
	.fields = limits_fields,
	.n = ARRAY_SIZE(limits_fields),
};

static const struct bind_field requirement_fields[] = {
	{ .key = "on",
	  .type = BIND_ENUM,
	  AT(requirement, on),
	  .dflt = "both",
	  .names = place_names,
	  .help = "Which machines must have it; 'host' is the peer's side." },
	{ .key = "run",
	  .type = BIND_STR,
	  AT(requirement, run),
	  .required = true,
	  .help = "Shell command that exits 0 when it is there." },
	{ .key = "message",
	  .type = BIND_STR,
	  AT(requirement, message),
	  .required = true,
	  .help = "What is missing, for the report." },
};

const struct bind_table requirement_table = {
	.name = "requirement",
	.help = "What a machine or the peer's side must have, else the cell is "
		"skipped.",
	.size = sizeof(struct requirement),
	.pos_offset = offsetof(struct requirement, pos),
	.fields = requirement_fields,
	.n = ARRAY_SIZE(requirement_fields),
};
