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

static void put_machine(const char *role, const struct outfit *outfit,
			FILE *out)
{
	const struct machine *machine = &outfit->machine;

	(void)fprintf(out, "# %s: kernel %s, userland %s", role,
		      machine->kernel.name ? machine->kernel.name :
					     "of one's own",
		      machine->userland);
	if (machine->cmdline)
		(void)fprintf(out, ", kernel command line %s",
			      machine->cmdline);
	for (size_t i = 0; i < outfit->packages.n; i++)
		(void)fprintf(out, "%s %s", i ? "" : "; packages",
			      outfit->packages.v[i]);
	(void)fprintf(out, "\n%s_cpu=%s", role, machine->cpu);
	for (size_t i = 0; i < machine->cpu_features.n; i++)
		(void)fprintf(out, ",%s", machine->cpu_features.v[i]);
	(void)fprintf(out, " %s_vcpus=%" PRIu64 " %s_memory=%" PRIu64 "M\n",
		      role, machine->vcpus, role, machine->memory_bytes >> 20);
}

static const char usage[] =
	"# by hand: with criu, a shell and qemu, as root\n"
	"#   sh reproduce.sh qemu      both of it, in two virtual machines, one "
	"after the other\n"
	"#   sh reproduce.sh dump      or here, on a machine like the source\n"
	"#   sh reproduce.sh restore   and on one like the target, with this "
	"folder\n"
	"# It ends with criu's status; logs and images are in moved/. Of the "
	"environment:\n"
	"#   CRIU=PATH      another criu\n"
	"#   KERNEL=FILE    with qemu: what both boot, a bzImage\n"
	"#   MODULES=DIR    with qemu: its modules, /lib/modules/VERSION, unless "
	"it has *_diag built in\n"
	"#   ROOT=DIR       with qemu: the userland that criu and all else are "
	"taken from, instead of /;\n"
	"#                  mmdebstrap --include=criu,iproute2,kmod,iptables "
	"SUITE DIR makes one\n"
	"#   SOURCE_KERNEL, TARGET_KERNEL, SOURCE_MODULES, ...   where they "
	"differ\n"
	"#   ACCEL=tcg      with qemu: emulated; kvm:tcg unless said\n"
	"# What crmatrix does besides, and this does not: a client that talks "
	"to the workload,\n"
	"# and its address taken from machine to machine.\n"
	"# The machines; more of them is in machines/ and images/.\n";

static void put_head(const struct cell *cell, FILE *out)
{
	(void)fprintf(out, "#!/bin/sh\n# %s ", cell->id);
	(void)fputs(usage + 2, out);
	put_machine("source", cell->outfits[ROLE_SOURCE], out);
	put_machine("target", cell->outfits[ROLE_TARGET], out);
}

static void put_step(const struct step *step, FILE *out)
{
	const char *kind = step->run ? "run" : step->wait ? "wait" : "assert";
	CLEANUP_FREE char *word = str_shell_quote(step->run  ? step->run :
						  step->wait ? step->wait :
							       step->assert_);

	/* What is done outside the machines is told where the source's is. */
	(void)fprintf(out,
		      "\t[ \"$1 $2\" != '%s %s' ] ||\n"
		      "\t\tone_step %s %s %s %" PRIu64 "\n",
		      stage_names[step->at],
		      node_names[step->on == NODE_HOST ?
					 (step->at >= STAGE_BEFORE_RESTORE ?
						  NODE_TARGET :
						  NODE_SOURCE) :
					 step->on],
		      node_names[step->on], kind, word,
		      step->within_ns / NS_PER_S + 1);
}

static void put_steps(const struct scenario *s, FILE *out)
{
	(void)fputs("steps() { # STAGE SIDE\n", out);
	for (size_t i = 0; i < s->n_steps; i++)
		put_step(&s->steps[i], out);
	(void)fputs("\t:\n}\n", out);
}

/* reproduce.sh as it stands; the Makefile knows that this file depends on it. */
__asm__(".pushsection .rodata\n\t"
	"bundle_script_body:\n\t"
	".incbin \"runner/reproduce.sh\"\n\t"
	".byte 0\n\t"
	".popsection");
extern const char bundle_script_body[];

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
	put_assignment("pid",
		       s->workload.pid ? s->workload.pid : "cat $STATE/pid",
		       buf.f);
	put_assignment("verify", s->workload.verify, buf.f);
	(void)fprintf(buf.f, "within=%" PRIu64 "\n",
		      s->workload.ready_within_ns / NS_PER_S + 1);
	put_options("criu_dump", &s->migration.dump, buf.f);
	put_options("criu_restore", &s->migration.restore, buf.f);
	put_steps(s, buf.f);
	(void)fputs(bundle_script_body, buf.f);
	return strbuf_take(&buf);
}
