// SPDX-License-Identifier: Apache-2.0
/* script_snapshots.c - a series of checkpoints, for the guests' shells */
#include <inttypes.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

#define KEEP_STATE "$IMAGES/keep-state"

/*
 * Snapshot N is $IMAGES/N, with $STATE as it was in N/state: criu says post-dump
 * while the workload is still frozen, and no file it has open is newer than it.
 */
static void put_keep_state(FILE *f)
{
	(void)fputs("cat >" KEEP_STATE " <<'END' || exit 1\n"
		    "#!/bin/sh\n"
		    "[ \"$CRTOOLS_SCRIPT_ACTION\" = post-dump ] || exit 0\n"
		    "cp -a $STATE/. $CRTOOLS_IMAGE_DIR/state\n"
		    "END\n"
		    "chmod +x " KEEP_STATE "\n",
		    f);
}

static void put_criu(FILE *f, const struct scenario *s, size_t n)
{
	script_put_criu(f, s);
	(void)fprintf(f,
		      " dump -t $WORKLOAD_PID -D $IMAGES/%zu -v4 "
		      "-o ../dump.log --track-mem "
		      "--action-script " KEEP_STATE,
		      n);
	if (n > 1)
		(void)fprintf(f, " --prev-images-dir ../%zu", n - 1);
	if (n < s->migration.snapshots.count)
		(void)fputs(" --leave-running", f);
	script_put_dump_options(f, s);
	(void)fputs(" >&2\n"
		    "code=$?\n",
		    f);
}

/* The log of one is the next one's until there is a further one: read when it failed. */
char *script_snapshot(const struct scenario *s, size_t n)
{
	bool last = n == s->migration.snapshots.count;
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f, "mkdir -p $IMAGES/%zu/state || exit 1\n", n);
	if (n == 1)
		put_keep_state(buf.f);
	if (last)
		script_put_dump_begin(buf.f);
	else
		script_put_alive(buf.f);
	put_criu(buf.f, s, n);
	if (last)
		(void)fprintf(buf.f,
			      "echo dump-end >&3\n"
			      "[ $code != 0 ] || cp $IMAGES/%zu/stats-dump "
			      "$IMAGES/\n",
			      n);
	else
		(void)fprintf(buf.f,
			      "[ $code != 0 ] || cat $IMAGES/%zu/stats-dump "
			      ">&4\n",
			      n);
	script_put_exit(buf.f);
	return strbuf_take(&buf);
}

char *script_between(const struct scenario *s, size_t n)
{
	CLEANUP_FREE char *ask = script_ask(s, s->migration.snapshots.between);

	return xasprintf("export SNAPSHOT=%zu\n%s", n, ask);
}

void script_put_back(FILE *f, const struct scenario *s)
{
	(void)fprintf(f,
		      "rm -rf $STATE/*\n"
		      "cp -a $IMAGES/%" PRIu64 "/state/. $STATE/ || exit 1\n",
		      s->migration.snapshots.back_to);
}
