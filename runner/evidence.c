// SPDX-License-Identifier: Apache-2.0
/* evidence.c - files that go into guests, and what is brought back from them */
#include "runner/evidence.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/criustats.h"
#include "runner/cell_internal.h"
#include "runner/script.h"
#include "runner/unpack.h"

#define COLLECT_WITHIN_NS (30 * NS_PER_S)
#define STATS_MAX 65536
/* A criu that does not end may say one thing over and over; the beginning tells all. */
#define LOG_KEPT (UINT64_C(32) << 20)

uint64_t evidence_transfer_bytes(void)
{
	CLEANUP_FREE char *path =
		xasprintf("/sys/class/net/%s/statistics/rx_bytes",
			  domain_roles[ROLE_SOURCE].tap[1]);
	CLEANUP_FREE char *text = NULL;
	struct err err;
	uint64_t bytes;

	if (file_read(path, 64, &text, NULL, &err) ||
	    !str_u64(str_trim(text), &bytes))
		return UNMEASURED;
	return bytes;
}

static int unpack(const struct cell_run *run, struct err *err)
{
	static const char *const logs_and_stats[] = { "dump.log",
						      "restore.log",
						      "lazy-pages.log",
						      "page-server.log",
						      "stats-dump",
						      "stats-restore",
						      NULL };
	CLEANUP_FREE char *tar = evidence_path(run, EVIDENCE_CRIU_TAR);

	if (!file_exists(tar))
		return 0;
	if (unpack_files(tar, run->opts->dir, logs_and_stats, LOG_KEPT, err))
		return err_wrap(err, "unpack '%s'", tar);
	(void)unlink(tar);
	return 0;
}

static char *name_if_there(const struct cell_run *run, const char *name)
{
	CLEANUP_FREE char *path = evidence_path(run, name);

	return file_exists(path) ? xstrdup(name) : NULL;
}

static char *collect_script(const struct scenario *s)
{
	CLEANUP_FREE char *env = script_env(s, 0);
	CLEANUP_FREE char *body = script_commands_collect(s);

	return xasprintf("%s%s", env, body);
}

/* Beside the cell's own steps: it is nothing that was done to the workload. */
static void fetch(const struct cell_run *run, enum node on)
{
	bool by_commands = run->scenario->migration.mode == MODE_COMMANDS;
	CLEANUP_FREE char *text = by_commands ? collect_script(run->scenario) :
						script_collect();
	CLEANUP_FREE char *path = evidence_path(run, EVIDENCE_CRIU_TAR);
	CLEANUP(guest_run_release) struct guest_run out = { 0 };
	struct guest_script script = { .name = "collect",
				       .text = text,
				       .tool = !by_commands,
				       .evidence = path,
				       .deadline_ns = clock_now_ns() +
						      COLLECT_WITHIN_NS };
	struct guest *guest = guest_of(run, on);
	struct err err;

	if (!guest || guest_run(guest, &script, &out, &err))
		return;
	if (!str_u64(str_trim(out.out), &run->obs->image_bytes))
		run->obs->image_bytes = UNMEASURED;
}

/* Members that a file has not are as they were: there is one for the dump and one for
 * the restore. */
static void add_stats(const struct cell_run *run, const char *name,
		      struct obs_criu *criu)
{
	CLEANUP_FREE char *path = evidence_path(run, name);
	CLEANUP_FREE char *bytes = NULL;
	size_t len;
	struct err err;

	if (!file_read(path, STATS_MAX, &bytes, &len, &err))
		criustats_read(bytes, len, criu);
}

void evidence_read_stats(const struct cell_run *run, const char *name,
			 struct obs_criu *ret_criu)
{
	criustats_init(ret_criu);
	add_stats(run, name, ret_criu);
}

static int copy_console(const struct cell_run *run, enum role role,
			struct err *err)
{
	CLEANUP_FREE char *name = xasprintf("console-%s.log", role_names[role]);
	CLEANUP_FREE char *to = evidence_path(run, name);
	const char *from = lab_node(run->opts->lab, role)->console;

	return file_exists(from) ? file_copy(from, to, err) : 0;
}

/* Where images are there are criu's logs too. But those of a scenario's own commands
 * may be left on the source, and a page server's are on the target, whatever became
 * of the dump. */
static enum node also_on(const struct cell_run *run)
{
	const struct scenario *s = run->scenario;

	if (run->images_on == NODE_TARGET && s->migration.mode == MODE_COMMANDS)
		return NODE_SOURCE;
	if (run->images_on == NODE_SOURCE &&
	    s->migration.transport == TRANSPORT_PAGE_SERVER)
		return NODE_TARGET;
	return NODE_COUNT;
}

static int gather(const struct cell_run *run, struct err *err)
{
	const enum node nodes[] = { also_on(run), run->images_on };

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		if (nodes[i] == NODE_COUNT)
			continue;
		fetch(run, nodes[i]);
		if (unpack(run, err))
			return -1;
	}
	return 0;
}

int evidence_collect(struct cell_run *run, struct err *err)
{
	int rc = gather(run, err);

	run->obs->dump_log = name_if_there(run, "dump.log");
	run->obs->restore_log = name_if_there(run, "restore.log");
	add_stats(run, "stats-dump", &run->obs->criu);
	add_stats(run, "stats-restore", &run->obs->criu);
	for (int role = 0; role < ROLE_COUNT; role++)
		if (copy_console(run, (enum role)role, err))
			rc = -1;
	return rc;
}
