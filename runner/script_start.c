// SPDX-License-Identifier: Apache-2.0
/* script_start.c - what starts the workload and what ends it, for a guest's shell */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

#define READY_LOG "/run/ready.log" /* of no interest later: not moved */

/* Of what the command started, when that is not what it became. */
static void put_pid(FILE *f, const struct scenario *s)
{
	CLEANUP_FREE char *pid =
		s->workload.pid ? str_shell_quote(s->workload.pid) : NULL;

	if (pid)
		(void)fprintf(
			f,
			"pid=$($IN_NET sh -c %s)\n"
			"[ -n \"$pid\" ] && [ -e /proc/$pid/root/. ] || {\n"
			"\techo \"'pid' printed '$pid'\" >&2\n"
			"\texit 1\n}\n"
			"echo pid $pid >&3\n",
			pid);
}

/* It runs beside this script from now on. */
static void put_start(FILE *f, const struct scenario *s)
{
	CLEANUP_FREE char *command = str_shell_quote(s->workload.command);

	/* Where it starts anew, what it said before is there. */
	(void)fprintf(f,
		      ": >$STATE/log\n"
		      "$IN_NET " AGENT
		      " --session %s </dev/null >$STATE/log 2>&1 "
		      "3>&- 4>&- &\n"
		      "pid=$!\n"
		      "export WORKLOAD_PID=$pid\n"
		      "echo pid $pid >&3\n",
		      command);
}

bool script_start_answers(const struct scenario *s)
{
	return s->workload.ready && s->workload.probe &&
	       strcmp(s->workload.ready, s->workload.probe) == 0;
}

static void put_ready(FILE *f, const struct scenario *s)
{
	CLEANUP_FREE char *ready = str_shell_quote(s->workload.ready);
	bool answers = script_start_answers(s);

	/* Where it can, a copy of the shell that is there does it. */
	(void)fprintf(f,
		      "until (%s %s) >" READY_LOG " 2>%s; do\n"
		      "\tcheck_alive\n\tsleep 0.02\ndone\n"
		      "check_alive # another's may have answered\n",
		      script_has_namespace(s) ? "$IN_NET sh -c" : "eval", ready,
		      answers ? "/dev/null" : "&1");
	if (answers)
		(void)fputs("while IFS= read -r line || [ -n \"$line\" ]; do\n"
			    "\tprintf '%s\\n' \"$line\"\n"
			    "done <" READY_LOG "\n",
			    f);
}

char *script_start(const struct scenario *s, enum role role)
{
	struct strbuf buf;

	strbuf_open(&buf);
	/* What receives has made an external one. */
	if (script_has_namespace(s) &&
	    (role == ROLE_SOURCE || !script_is_external(s)))
		script_put_own_network(buf.f, role);
	if (s->migration.commands.pid)
		script_put_start_commands(buf.f, s);
	else
		put_start(buf.f, s);
	(void)fputs("check_alive() {\n"
		    "\t[ -e /proc/$pid/root/. ] && return\n"
		    "\techo the workload ended before it was ready >&2\n"
		    "\ttail -n 20 $STATE/log >&2\n\texit 1\n}\n",
		    buf.f);
	if (s->workload.ready)
		put_ready(buf.f, s);
	put_pid(buf.f, s);
	if (role == ROLE_TARGET) {
		script_put_unguard(buf.f, s);
		(void)fputs("echo takeover-end >&3\n", buf.f);
	}
	return strbuf_take(&buf);
}

/* There are no images, but what sends them wants their folder. */
char *script_kill(void)
{
	return xstrdup("mkdir -p $IMAGES\n"
		       "kill -KILL -$WORKLOAD_PID\n"
		       "while [ -e /proc/$WORKLOAD_PID/root/. ]; do "
		       "sleep 0.02; done\n");
}
