// SPDX-License-Identifier: Apache-2.0
/* script_commands.c - a scenario's own dump and restore, for the guests' shells */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

#define COMMAND_LOG "/run/command.log"

/* Without 'pid' the workload is restored as what it was. */
static void put_pid(FILE *f, const struct scenario *s)
{
	CLEANUP_FREE char *word = NULL;

	if (!s->migration.commands.pid)
		return;
	word = str_shell_quote(s->migration.commands.pid);
	(void)fprintf(
		f,
		"pid=$(sh -c %s 3>&- 4>&-) && [ -e /proc/$pid/root/. ] || {\n"
		"\techo \"'pid' of the commands printed no pid: $pid\" "
		">&2\n\texit 1\n}\n"
		"echo pid $pid >&3\n",
		word);
}

void script_put_start_commands(FILE *f, const struct scenario *s)
{
	CLEANUP_FREE char *word = str_shell_quote(s->workload.command);

	(void)fprintf(f,
		      "$IN_NET sh -c %s </dev/null >$STATE/log 2>&1 3>&- 4>&- "
		      "|| {\n"
		      "\techo \"the command that starts the workload ended "
		      "with status $?\" >&2\n"
		      "\ttail -n 20 $STATE/log >&2\n\texit 1\n}\n",
		      word);
	put_pid(f, s);
	(void)fputs("export WORKLOAD_PID=$pid\n", f);
}

/* What it prints becomes what people read when it fails; daemons that it leaves
 * behind must not hold the script's descriptors. */
static void put_command(FILE *f, const char *command)
{
	CLEANUP_FREE char *word = str_shell_quote(command);

	(void)fprintf(f,
		      "sh -c %s </dev/null >" COMMAND_LOG " 2>&1 3>&- 4>&-\n"
		      "code=$?\n",
		      word);
}

char *script_commands_dump(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	script_put_dump_begin(buf.f);
	put_command(buf.f, s->migration.commands.dump);
	(void)fputs("echo dump-end >&3\n"
		    "cat " COMMAND_LOG " >&2\n",
		    buf.f);
	script_put_exit(buf.f);
	return strbuf_take(&buf);
}

char *script_commands_restore(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("echo restore-begin >&3\n", buf.f);
	put_command(buf.f, s->migration.commands.restore);
	(void)fputs("echo restore-end >&3\n", buf.f);
	script_put_unguard(buf.f, s);
	(void)fputs("echo takeover-end >&3\n"
		    "cat " COMMAND_LOG " >&2\n"
		    "if [ $code = 0 ]; then\n",
		    buf.f);
	put_pid(buf.f, s);
	(void)fputs(":\nfi\n", buf.f);
	script_put_exit(buf.f);
	return strbuf_take(&buf);
}

/* A pattern is for the shell to expand: it is not quoted. */
static void put_patterns(FILE *f, const struct str_list *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		(void)fprintf(f, " %s", logs->v[i]);
}

char *script_commands_find(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("keep() {\n"
		    "\tcase $1 in\n"
		    "\t*dump.log) name=dump.log ;;\n"
		    "\t*restore.log) name=restore.log ;;\n"
		    "\t*stats-dump) name=stats-dump ;;\n"
		    "\t*stats-restore) name=stats-restore ;;\n"
		    "\t*) return ;;\n"
		    "\tesac\n"
		    "\t[ ! -f \"$1\" ] || cp -p \"$1\" $LOGS/$name\n"
		    "}\n"
		    "LOGS=$(mktemp -d)\n"
		    "for log in $IMAGES",
		    buf.f);
	put_patterns(buf.f, &s->migration.commands.logs);
	(void)fputs("; do\n"
		    "\tif [ -d \"$log\" ]; then\n"
		    "\t\tfor file in \"$log\"/*; do keep \"$file\"; done\n"
		    "\telse\n\t\tkeep \"$log\"\n\tfi\n"
		    "done\n"
		    "read -r here </proc/sys/kernel/hostname\n"
		    "[ $here != source ] || [ ! -f $LOGS/stats-dump ] ||\n"
		    "\techo " SCRIPT_CRIU_END " ago $(" AGENT
		    " --age $LOGS/stats-dump) >&3\n",
		    buf.f);
	return strbuf_take(&buf);
}

char *script_commands_collect(const struct scenario *s)
{
	CLEANUP_FREE char *find = script_commands_find(s);

	return xasprintf("cd $IMAGES || exit 0\n%s"
			 "exec " AGENT " --collect . $LOGS\n",
			 find);
}
