// SPDX-License-Identifier: Apache-2.0
/* cmd_profile.c - crmatrix profile */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/profile.h"
#include "runner/child.h"
#include "runner/cli.h"
#include "runner/datadir.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/profile_pid.h"

#define SCRIPT_MAX ((size_t)64 * 1024)
#define DEADLINE_S 120
#define NAME_MAX_LEN 100

struct args {
	uint64_t pid;
	const char *counterpart;
	const char *moved;
	const char *name;
	const char *out;
};

static const struct option_def defs[] = {
	{ "pid", 'p', OPTION_UINT, offsetof(struct args, pid), .arg = "PID",
	  .help = "of this live process and its descendants", .min = 1,
	  .max = INT32_MAX },
	{ "for", 'f', OPTION_STR, offsetof(struct args, counterpart),
	  .arg = "FILE",
	  .help = "and what it lacks of that workload (made with --pid)" },
	{ "moved", 'm', OPTION_STR, offsetof(struct args, moved),
	  .arg = "WORDS",
	  .help = "with --for: paths and addresses that will come along" },
	{ "name", 'n', OPTION_STR, offsetof(struct args, name), .arg = "NAME",
	  .help = "what to call it (default: the host's name)" },
	{ "out", 'o', OPTION_STR, offsetof(struct args, out), .arg = "FILE",
	  .help = "write it there instead of to stdout" },
};

static const struct options options = {
	.command = "profile",
	.summary = "Write down as YAML what this host is: kernel, CPU, glibc, "
		   "sysctls, modules,\ncgroups, LSMs, and what its criu says "
		   "of itself; or, with --pid, what a live\nworkload has: "
		   "files, sockets, namespaces, maps, threads, limits. No VM "
		   "is needed\nand nothing is stopped. 'crmatrix predict' "
		   "reads such files, and\n'from-profile' of a machine makes a "
		   "VM that is as near to the host as can be.",
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "As root: an account sees its own processes only, and "
		  "'criu check' wants it.",
};

/* The very script that asks the guests, then what only a host is asked. */
static char *read_scripts(struct err *err)
{
	CLEANUP_FREE char *facts_path =
		datadir_path("vm-images/guest/facts.sh");
	CLEANUP_FREE char *more_path =
		datadir_path("vm-images/guest/profile.sh");
	CLEANUP_FREE char *facts = NULL;
	CLEANUP_FREE char *more = NULL;

	if (file_read(facts_path, SCRIPT_MAX, &facts, NULL, err) ||
	    file_read(more_path, SCRIPT_MAX, &more, NULL, err))
		return NULL;
	return xasprintf(
		"check=$(mktemp)\n"
		"trap 'rm -f \"$check\"' EXIT\n"
		"export CRIU_CHECK=$check\n"
		"command -v criu >/dev/null && criu check >$check 2>&1\n"
		"%s\n%s\n",
		facts, more);
}

/* criu and modprobe are where only root looks for programs. */
static char *search_path(void)
{
	const char *path = getenv("PATH");

	return xasprintf("PATH=%s:/usr/local/sbin:/usr/sbin:/sbin",
			 path ? path : "/usr/bin:/bin");
}

static int profile_host(struct facts *ret_facts, struct err *err)
{
	CLEANUP_FREE char *text = read_scripts(err);
	CLEANUP_FREE char *program = datadir_guest("agent");
	CLEANUP_FREE char *agent = xasprintf("AGENT=%s", program);
	CLEANUP_FREE char *path = search_path();
	const char *argv[] = { "sh", "-c", text, NULL };
	const char *env[] = { agent, path, "LC_ALL=C", NULL };
	struct child_opts opts = {
		.argv = argv,
		.env = env,
		.deadline_ns = clock_now_ns() + DEADLINE_S * NS_PER_S,
	};
	CLEANUP(child_result_release) struct child_result result = { 0 };

	if (!text || child_run(&opts, &result, err))
		return err_wrap(err, "ask this host");
	return facts_parse(result.out, result.out_len, ret_facts, err);
}

/* A host's name as a file may be called. */
static char *host_name(void)
{
	char name[NAME_MAX_LEN + 1] = "";

	if (gethostname(name, NAME_MAX_LEN) || !*name)
		return xstrdup("host");
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			*c = '_';
	if (!isalnum((unsigned char)*name))
		*name = '_';
	return xstrdup(name);
}

static int write_out(const struct profile *profile, const char *path,
		     struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	profile_write(profile, buf.f);
	text = strbuf_take(&buf);
	if (path)
		return file_write(path, text, strlen(text), err);
	return fputs(text, stdout) == EOF ? err_errno(err, "write it") : 0;
}

static int profile_for(const struct args *args, struct profile *profile,
		       struct err *err)
{
	CLEANUP(profile_release) struct profile wanted = { 0 };

	if (!args->counterpart)
		return 0;
	if (profile_read(args->counterpart, &wanted, err))
		return -1;
	if (!wanted.workload.map.n)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' tells of no workload: it is to be made "
			       "with --pid",
			       args->counterpart);
	return profile_counterpart(&wanted.workload,
				   args->moved ? args->moved : "",
				   &profile->workload, err);
}

static int profile(const struct args *args, struct err *err)
{
	CLEANUP(profile_release) struct profile profile = { 0 };

	profile.name = args->name ? xstrdup(args->name) : host_name();
	if (args->pid) {
		if (profile_pid((pid_t)args->pid, &profile.workload, err))
			return -1;
	} else {
		if (profile_host(&profile.facts, err) ||
		    profile_for(args, &profile, err))
			return -1;
		if (!facts_get(&profile.facts, "criu"))
			log_warn(NULL, "this host has no criu: what that can "
				       "do here is not known");
	}
	return write_out(&profile, args->out, err);
}

static const char *name_is_wrong(const char *name)
{
	size_t len = name ? strlen(name) : 1;

	if (len == 0 || len > NAME_MAX_LEN)
		return "1 to 100 characters";
	if (name && !isalnum((unsigned char)*name) && *name != '_')
		return "begins with a letter or digit";
	for (; name && *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("._-", *name))
			return "letters, digits, '.', '_' and '-' only";
	return NULL;
}

int cmd_profile(int argc, char **argv)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	const char *wrong;
	int status = CLI_OK;

	if (!options_parse(&options, argc, argv, &args, &operands, &status))
		return status;
	if ((args.pid && args.counterpart) ||
	    (args.moved && !args.counterpart)) {
		log_err(NULL, args.pid ?
				      "--pid is the one side, --for the other" :
				      "--moved wants --for");
		return CLI_USAGE;
	}
	wrong = name_is_wrong(args.name);
	if (wrong) {
		log_err(NULL, "--name: %s", wrong);
		return CLI_USAGE;
	}
	if (!profile(&args, &err))
		return CLI_OK;
	log_err(NULL, "%s", err.msg);
	return err.domain == ERR_INPUT ? CLI_USAGE : CLI_BROKEN;
}
