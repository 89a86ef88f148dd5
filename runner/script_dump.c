// SPDX-License-Identifier: Apache-2.0
/* script_dump.c - criu dump, for a guest's shell */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

void script_put_dump_begin(FILE *f)
{
	(void)fputs("[ -d $IMAGES ] || mkdir -p $IMAGES\n"
		    "[ -e /proc/$WORKLOAD_PID/root/. ] || {\n"
		    "\techo " SCRIPT_GONE " >&3\n"
		    "\ttail -n 20 $STATE/log >&2\n\texit 1\n}\n"
		    "echo dump-begin >&3\n",
		    f);
}

char *script_dump(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	script_put_dump_begin(buf.f);
	(void)fputs("criu dump -t $WORKLOAD_PID -D $IMAGES -v4 -o dump.log",
		    buf.f);
	if (script_is_external(s))
		(void)fputs(" --external net[$(stat -L -c %i " NETNS_PATH
			    ")]:" NETNS,
			    buf.f);
	if (s->migration.original == ORIGINAL_STOPPED)
		(void)fputs(" --leave-stopped", buf.f);
	script_put_options(buf.f, &s->migration.dump);
	(void)fputs(" >&2\n"
		    "code=$?\n"
		    "echo dump-end >&3\n",
		    buf.f);
	script_put_exit(buf.f);
	return strbuf_take(&buf);
}
