// SPDX-License-Identifier: Apache-2.0
/* script_reboot.c - images and state on a disk that outlives a reboot, for the
 * guest's shell */
#include "base/mem.h"
#include "runner/script_internal.h"

#define DISK "/dev/vdc"
#define KEPT "/run/kept"
#define EXTRA KEPT "/extra.tar"

static void put_mount(FILE *f)
{
	(void)fputs("mkdir -p " KEPT " && mount " DISK " " KEPT " || exit 1\n"
		    "mkdir -p " KEPT "/images " KEPT "/state || exit 1\n"
		    "mount --bind " KEPT "/images $IMAGES || exit 1\n"
		    "mount --bind " KEPT "/state $STATE || exit 1\n",
		    f);
}

char *script_keep(void)
{
	struct strbuf buf;

	strbuf_open(&buf);
	put_mount(buf.f);
	return strbuf_take(&buf);
}

char *script_halt(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("echo transfer-begin >&3\n", buf.f);
	if (script_moves_address(s))
		(void)fputs("$IN_NET " AGENT
			    " --give $DEV $SERVICE || exit 1\n",
			    buf.f);
	if (s->workload.state.n) {
		(void)fputs("tar -P -cf " EXTRA, buf.f);
		script_put_state(buf.f, s);
		(void)fputs(" || exit 1\n", buf.f);
	}
	(void)fputs("sync\numount $IMAGES $STATE " KEPT "\n", buf.f);
	return strbuf_take(&buf);
}

char *script_rise(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	if (script_is_external(s))
		script_put_own_network(buf.f, ROLE_TARGET);
	script_put_guard(buf.f, s);
	put_mount(buf.f);
	if (s->workload.state.n)
		(void)fputs("tar -xpPf " EXTRA " || exit 1\n", buf.f);
	script_put_arrival(buf.f, s);
	return strbuf_take(&buf);
}
