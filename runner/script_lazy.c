// SPDX-License-Identifier: Apache-2.0
/* script_lazy.c - lazy pages: criu on both sides, for guests' shells */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

/* Beside the images and not among them: what runs on, on either side. */
#define LAZY "/run/lazy"

/*
 * criu says on --status-fd that it is ready to hand out pages, and ends with the
 * last of them. It must not keep the pipes of this script.
 */
char *script_lazy_dump(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("mkdir -p $IMAGES " LAZY " || exit 1\n", buf.f);
	script_put_alive(buf.f);
	(void)fprintf(buf.f,
		      "echo dump-begin >&3\n"
		      "{\n"
		      "\tcriu dump -t $WORKLOAD_PID -D $IMAGES -v4 -o dump.log"
		      " --lazy-pages --address %s --port %d --status-fd 7",
		      domain_roles[ROLE_SOURCE].ip[1], SCRIPT_PAGES_PORT);
	script_put_tls(buf.f, s);
	script_put_dump_options(buf.f, s);
	(void)fputs(" 7>" LAZY "/ready\n"
		    "\techo $? >" LAZY "/code\n"
		    "} </dev/null >/dev/null 2>&1 3>&- 4>&- &\n"
		    "until [ -s " LAZY "/ready ] || [ -s " LAZY
		    "/code ]; do sleep 0.01; done\n"
		    "echo dump-end >&3\n"
		    "code=0\n"
		    "[ -s " LAZY "/ready ] || code=$(cat " LAZY "/code)\n",
		    buf.f);
	script_put_exit(buf.f);
	return strbuf_take(&buf);
}

void script_put_lazy_daemon(FILE *f, const struct scenario *s)
{
	(void)fprintf(f,
		      "mkdir -p " LAZY " || exit 1\n"
		      "{\n"
		      "\tcriu lazy-pages -D $IMAGES -v4 -o lazy-pages.log "
		      "--page-server --address %s --port %d --status-fd 7",
		      domain_roles[ROLE_SOURCE].ip[1], SCRIPT_PAGES_PORT);
	script_put_tls(f, s);
	(void)fputs(" 7>" LAZY "/ready &\n"
		    "\techo $! >" LAZY "/pid\n"
		    "\twait $!\n"
		    "\techo $? >" LAZY "/code\n"
		    "} </dev/null >/dev/null 2>&1 3>&- 4>&- &\n"
		    "until [ -s " LAZY "/ready ] || [ -s " LAZY
		    "/code ]; do sleep 0.01; done\n",
		    f);
}

/*
 * "UFFD transferred pages: (COPIED/ALL)" is said of each process when it has all of
 * them. What has come shows in what the workload has resident.
 */
char *script_lazy_wait(void)
{
	return xstrdup(
		"resident() {\n"
		"\tsed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' "
		"/proc/$WORKLOAD_PID/status\n}\n"
		"had=$(resident) quiet=0\n"
		"until [ -s " LAZY "/code ]; do\n"
		"\tsleep 0.1\n"
		"\t[ -e /proc/$WORKLOAD_PID/root/. ] || {\n"
		"\t\techo \"lazy pages: the workload is gone\" >&2\n"
		"\t\texit 1\n\t}\n"
		"\thas=$(resident) quiet=$((quiet + 1))\n"
		"\t[ \"$has\" = \"$had\" ] || quiet=0\n"
		"\thad=$has\n"
		"\t[ $quiet -lt 100 ] || {\n"
		"\t\techo \"lazy pages: none came for 10 s, $had KiB of the "
		"memory are there\" >&2\n"
		"\t\texit 1\n\t}\n"
		"done\n"
		"code=$(cat " LAZY "/code)\n"
		"[ $code = 0 ] || {\n"
		"\techo \"lazy pages: their daemon ended with status $code, "
		"$(resident) KiB of the memory are there\" >&2\n"
		"\texit 1\n}\n"
		"sed -n 's/.*UFFD transferred pages: (\\([0-9]*\\).*/\\1/p' "
		"$IMAGES/lazy-pages.log | {\n"
		"\tsum=0\n"
		"\twhile read -r n; do sum=$((sum + n)); done\n"
		"\techo $sum\n}\n");
}
