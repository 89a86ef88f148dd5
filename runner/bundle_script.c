// SPDX-License-Identifier: Apache-2.0
/* bundle_script.c - a cell by hand, for people without crmatrix */
#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner/bundle_internal.h"
#include "runner/script.h"

/* Whether criu alone, on two machines, does what the cell did. */
static bool is_plain(const struct scenario *s)
{
	return s->migration.mode == MODE_STOP_COPY &&
	       s->workload.network == NET_HOST;
}

static void put_assignment(const char *name, const char *value, FILE *out)
{
	CLEANUP_FREE char *word = str_shell_quote(value ? value : "true");

	(void)fprintf(out, "%s=%s\n", name, word);
}

static void put_options(const char *name, const struct str_list *options,
			FILE *out)
{
	(void)fprintf(out, "%s() {\n\t\"$criu\" \"$@\"", name);
	for (size_t i = 0; i < options->n; i++) {
		CLEANUP_FREE char *word = str_shell_quote(options->v[i]);

		(void)fprintf(out, " %s", word);
	}
	(void)fputs("\n}\n", out);
}

static void put_machine(const char *role, const struct machine *machine,
			FILE *out)
{
	(void)fprintf(out,
		      "#   %s: kernel %s, userland %s; qemu-system-x86_64 -cpu "
		      "%s -smp %" PRIu64 " -m %" PRIu64 "M\n",
		      role,
		      machine->kernel.name ? machine->kernel.name :
					     "of one's own",
		      machine->userland, machine->cpu, machine->vcpus,
		      machine->memory_bytes >> 20);
}

static void put_head(const struct cell *cell, FILE *out)
{
	(void)fprintf(out,
		      "#!/bin/sh\n"
		      "# %s by hand: with criu and a shell, as root.\n"
		      "#   sh reproduce.sh dump      on a machine like the "
		      "source\n"
		      "#   sh reproduce.sh restore   on one like the target, "
		      "with this folder\n"
		      "# CRIU=PATH: another criu. The machines (more of them "
		      "in machines/ and images/):\n",
		      cell->id);
	put_machine("source", cell->source, out);
	put_machine("target", cell->target, out);
	(void)fputs("# What crmatrix does besides, and this does not: a client "
		    "that talks to the workload,\n"
		    "# and its address taken from machine to machine.\n"
		    "set -u\n"
		    "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
		    "criu=${CRIU:-criu}\n",
		    out);
}

static const char body[] =
	"moved=$here/moved\n"
	"place() {\n"
	"\tmkdir -p " SCRIPT_FOLDER " \"$STATE\" \"$IMAGES\" &&\n"
	"\tcp -a \"$here/files/.\" " SCRIPT_FOLDER "/ &&\n"
	"\tcd " SCRIPT_FOLDER " || exit 3\n"
	"\t[ \"$PORT\" = 0 ] || ip address replace \"$SERVICE\" dev lo\n"
	"}\n"
	"tell() { # STATUS LOG\n"
	"\techo \"criu ended with $1\"\n"
	"\tgrep -m 5 Error \"$2\"\n"
	"\texit \"$1\"\n"
	"}\n"
	"case ${1:-} in\n"
	"dump)\n"
	"\tplace\n"
	"\tsetsid sh -c 'echo $$ >\"$STATE/pid\"; exec sh -c \"$1\"' sh "
	"\"$command\" </dev/null >\"$STATE/log\" 2>&1 &\n"
	"\tn=0\n"
	"\tuntil sh -c \"$ready\"; do\n"
	"\t\tn=$((n + 1))\n"
	"\t\t[ $n -lt \"$within\" ] || { echo \"the workload is not "
	"ready\"; exit 3; }\n"
	"\t\tsleep 1\n"
	"\tdone\n"
	"\tcriu_dump dump -v4 -t \"$(cat \"$STATE/pid\")\" -D \"$IMAGES\" -o "
	"dump.log\n"
	"\tstatus=$?\n"
	"\tmkdir -p \"$moved\" && cp -a \"$IMAGES\" \"$STATE\" \"$moved/\"\n"
	"\ttell $status \"$IMAGES/dump.log\"\n"
	"\t;;\n"
	"restore)\n"
	"\tplace\n"
	"\tcp -a \"$moved/images/.\" \"$IMAGES/\" && cp -a "
	"\"$moved/workload/.\" \"$STATE/\" || exit 3\n"
	"\tcriu_restore restore -v4 -d -D \"$IMAGES\" -o restore.log\n"
	"\ttell $? \"$IMAGES/restore.log\"\n"
	"\t;;\n"
	"*)\n"
	"\techo \"usage: $0 dump|restore\" >&2\n"
	"\texit 2\n"
	"\t;;\n"
	"esac\n";

char *bundle_script(const struct cell *cell)
{
	const struct scenario *s = cell->scenario;
	CLEANUP_FREE char *env = script_env(s, 0);
	struct strbuf buf;

	strbuf_open(&buf);
	put_head(cell, buf.f);
	if (!is_plain(s)) {
		(void)fputs("echo 'this cell is more than a dump and a "
			    "restore: see migration and workload.network in "
			    "scenario.yaml' >&2\nexit 2\n",
			    buf.f);
		return strbuf_take(&buf);
	}
	(void)fputs(env, buf.f);
	put_assignment("command", s->workload.command, buf.f);
	put_assignment("ready", s->workload.ready, buf.f);
	(void)fprintf(buf.f, "within=%" PRIu64 "\n",
		      s->workload.ready_within_ns / NS_PER_S + 1);
	put_options("criu_dump", &s->migration.dump, buf.f);
	put_options("criu_restore", &s->migration.restore, buf.f);
	(void)fputs(body, buf.f);
	return strbuf_take(&buf);
}
