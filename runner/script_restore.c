// SPDX-License-Identifier: Apache-2.0
/* script_restore.c - criu restore, for a guest's shell */
#include <inttypes.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

static void put_by(FILE *f, const struct str_list *words)
{
	for (size_t i = 0; i < words->n; i++) {
		CLEANUP_FREE char *word = str_shell_quote(words->v[i]);

		(void)fprintf(f, "%s ", word);
	}
}

static void put_criu(FILE *f, const struct scenario *s)
{
	if (s->migration.mode == MODE_SNAPSHOTS)
		(void)fprintf(f,
			      "criu restore -d -D $IMAGES/%" PRIu64
			      " -v4 -o ../restore.log",
			      s->migration.snapshots.back_to);
	else
		(void)fputs("criu restore -d -D $IMAGES -v4 -o restore.log", f);
}

char *script_restore(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	if (s->workload.network == NET_DUMPED)
		(void)fprintf(buf.f, "export DEVICE_MAC=%s\n",
			      domain_roles[ROLE_TARGET].netns_mac);
	/* A quiet kernel would keep to itself that a program crashed. */
	(void)fputs("echo 7 >/proc/sys/kernel/printk\n"
		    "echo restore-begin >&3\n",
		    buf.f);
	if (s->migration.mode == MODE_LAZY_PAGES)
		script_put_lazy_daemon(buf.f, s);
	if (s->migration.mode == MODE_SNAPSHOTS)
		script_put_back(buf.f, s);
	put_by(buf.f, &s->migration.restore_by);
	put_criu(buf.f, s);
	if (script_is_external(s))
		(void)fputs(" --inherit-fd fd[9]:" NETNS, buf.f);
	if (s->migration.mode == MODE_LAZY_PAGES)
		(void)fputs(" --lazy-pages", buf.f);
	script_put_options(buf.f, &s->migration.restore);
	(void)fprintf(buf.f,
		      " >&2%s\n"
		      "code=$?\n"
		      "echo restore-end >&3\n",
		      script_is_external(s) ? " 9<" NETNS_PATH : "");
	script_put_unguard(buf.f, s);
	if (s->workload.network == NET_DUMPED)
		(void)fputs("[ $code != 0 ] || ip netns attach " NETNS
			    " $WORKLOAD_PID || exit 1\n",
			    buf.f);
	(void)fputs("echo takeover-end >&3\n", buf.f);
	script_put_exit(buf.f);
	return strbuf_take(&buf);
}
