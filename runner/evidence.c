// SPDX-License-Identifier: Apache-2.0
/* evidence.c - files that go into guests, and what is brought back from them */
#include "runner/evidence.h"

#include <inttypes.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/criustats.h"
#include "runner/cell_internal.h"
#include "runner/child.h"

#define TAR_WITHIN_NS (30 * NS_PER_S)
#define FILES_MAX (256UL << 20)
#define STATS_MAX 65536

int evidence_pack_files(const struct scenario *scenario, char **ret_tar,
			size_t *ret_len, struct err *err)
{
	const struct str_list *files = &scenario->workload.files;
	const char **argv = xcalloc(files->n * 3 + 8, sizeof(*argv));
	struct str_list owned = { 0 };
	struct child_opts opts = { .argv = argv,
				   .max_output = FILES_MAX,
				   .deadline_ns =
					   clock_now_ns() + TAR_WITHIN_NS };
	CLEANUP(child_result_release) struct child_result out = { 0 };
	size_t n = 0;
	int rc;

	argv[n++] = "tar";
	argv[n++] = "--owner=0";
	argv[n++] = "--group=0";
	argv[n++] = "-cf";
	argv[n++] = "-";
	for (size_t i = 0; i < files->n; i++) {
		CLEANUP_FREE char *path = xstrdup(files->v[i]);
		CLEANUP_FREE char *dir = xstrdup(path);

		str_list_add(&owned, basename(path));
		argv[n++] = "-C";
		str_list_add(&owned, dirname(dir));
		argv[n++] = owned.v[owned.n - 1];
		argv[n++] = owned.v[owned.n - 2];
	}
	rc = child_run(&opts, &out, err);
	str_list_release(&owned);
	free(argv);
	if (rc)
		return err_wrap(err, "pack the files of scenario '%s'",
				scenario->name);
	*ret_tar = TAKE(out.out);
	*ret_len = out.out_len;
	return 0;
}

uint64_t evidence_transfer_bytes(void)
{
	CLEANUP_FREE char *path =
		xasprintf("/sys/class/net/%s/statistics/rx_bytes",
			  domain_roles[ROLE_SOURCE].tap[1]);
	CLEANUP_FREE char *text = NULL;
	struct err err;
	uint64_t bytes;

	if (file_read(path, 64, &text, NULL, &err) ||
	    sscanf(text, "%" SCNu64, &bytes) != 1)
		return UNMEASURED;
	return bytes;
}

/* Unpack one guest's tar, if it came; only the two names we asked for. */
static int unpack(const struct cell_run *run, const char *tar, const char *log,
		  const char *stats, char **ret_log, struct err *err)
{
	CLEANUP_FREE char *path = evidence_path(run, tar);
	CLEANUP_FREE char *log_path = evidence_path(run, log);
	const char *argv[] = { "tar",
			       "-xf",
			       tar,
			       "--no-same-owner",
			       "--no-same-permissions",
			       "--ignore-zeros",
			       log,
			       stats,
			       NULL };
	struct child_opts opts = { .argv = argv,
				   .cwd = run->opts->dir,
				   .any_status = true,
				   .deadline_ns =
					   clock_now_ns() + TAR_WITHIN_NS };

	if (!file_exists(path))
		return 0;
	if (child_run(&opts, NULL, err))
		return err_wrap(err, "unpack '%s'", path);
	(void)unlink(path);
	if (file_exists(log_path))
		*ret_log = xstrdup(log);
	return 0;
}

static void read_stats(const struct cell_run *run, const char *name)
{
	CLEANUP_FREE char *path = evidence_path(run, name);
	CLEANUP_FREE char *bytes = NULL;
	size_t len;
	struct err err;

	if (!file_read(path, STATS_MAX, &bytes, &len, &err))
		criustats_read(bytes, len, &run->obs->criu);
}

static int copy_console(const struct cell_run *run, enum role role,
			struct err *err)
{
	CLEANUP_FREE char *name = xasprintf("console-%s.log", role_names[role]);
	CLEANUP_FREE char *to = evidence_path(run, name);
	const char *from = lab_node(run->opts->lab, role)->console;

	return file_exists(from) ? file_copy(from, to, err) : 0;
}

int evidence_collect(struct cell_run *run, struct err *err)
{
	int rc = 0;

	if (unpack(run, EVIDENCE_DUMP_TAR, "dump.log", "stats-dump",
		   &run->obs->dump_log, err))
		rc = -1;
	if (unpack(run, EVIDENCE_RESTORE_TAR, "restore.log", "stats-restore",
		   &run->obs->restore_log, err))
		rc = -1;
	read_stats(run, "stats-dump");
	read_stats(run, "stats-restore");
	for (int role = 0; role < ROLE_COUNT; role++)
		if (copy_console(run, (enum role)role, err))
			rc = -1;
	return rc;
}
