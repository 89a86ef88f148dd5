// SPDX-License-Identifier: Apache-2.0
/* script_dump.c - criu dump, for a guest's shell */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

void script_put_alive(FILE *f)
{
	(void)fputs("[ -e /proc/$WORKLOAD_PID/root/. ] || {\n"
		    "\techo " SCRIPT_GONE " >&3\n"
		    "\ttail -n 20 $STATE/log >&2\n\texit 1\n}\n",
		    f);
}

void script_put_dump_begin(FILE *f)
{
	(void)fputs("[ -d $IMAGES ] || mkdir -p $IMAGES\n", f);
	script_put_alive(f);
	(void)fputs("echo dump-begin >&3\n", f);
}

/* What criu finds its connection by, if it is given one; not a standard stream, nor
 * what marks and evidence go to. */
#define PAGES_FD 5

void script_put_criu(FILE *f, const struct scenario *s)
{
	if (s->migration.uncork)
		(void)fprintf(f, AGENT " --pages %s %d %d ",
			      domain_roles[ROLE_TARGET].ip[1],
			      SCRIPT_PAGES_PORT, PAGES_FD);
	(void)fputs("criu", f);
}

static void put_transport(FILE *f, const struct scenario *s)
{
	if (s->migration.transport != TRANSPORT_PAGE_SERVER)
		return;
	(void)fputs(" --page-server", f);
	if (s->migration.uncork)
		(void)fprintf(f, " --ps-socket %d", PAGES_FD);
	else
		(void)fprintf(f, " --address %s --port %d",
			      domain_roles[ROLE_TARGET].ip[1],
			      SCRIPT_PAGES_PORT);
	script_put_tls(f, s);
}

void script_put_dump_options(FILE *f, const struct scenario *s)
{
	if (script_is_external(s))
		(void)fputs(" --external net[$(stat -L -c %i " NETNS_PATH
			    ")]:" NETNS,
			    f);
	put_transport(f, s);
	script_put_options(f, &s->migration.dump);
}

/* That a page server is not to be reached is no error in criu's log; who connects in
 * its place has said it. */
static void put_end(FILE *f, const struct scenario *s)
{
	(void)fputs("code=$?\n"
		    "echo dump-end >&3\n",
		    f);
	if (s->migration.transport == TRANSPORT_PAGE_SERVER &&
	    !s->migration.uncork)
		(void)fputs("[ $code = 0 ] || grep -o \"Can't connect to "
			    "server.*\" $IMAGES/dump.log >&2\n",
			    f);
	script_put_exit(f);
}

char *script_dump(const struct scenario *s, size_t rounds)
{
	struct strbuf buf;

	strbuf_open(&buf);
	script_put_dump_begin(buf.f);
	script_put_criu(buf.f, s);
	(void)fputs(" dump -t $WORKLOAD_PID -D $IMAGES -v4 -o dump.log", buf.f);
	script_put_track(buf.f, rounds);
	if (s->migration.original == ORIGINAL_STOPPED)
		(void)fputs(" --leave-stopped", buf.f);
	script_put_dump_options(buf.f, s);
	(void)fputs(" >&2\n", buf.f);
	put_end(buf.f, s);
	return strbuf_take(&buf);
}
