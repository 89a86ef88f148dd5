// SPDX-License-Identifier: Apache-2.0
/* predict_workload.c - rules that ask what the workload has; and scenarios' */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/predict.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n

static const struct predict_rule rules[] = {
	{ .mode = "socket-options",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .when = { { "source.criu", ">=4.1,<4.2" },
		    { "source.kernel_version", ">=6.16" } },
	  .workload = { { "inet_sockets", ">0" } },
	  .fact = "kernel_version",
	  .sentence = "CRIU {source.criu} on '{source.machine}' asks internet "
		      "sockets for options that kernel {source.kernel} keeps "
		      "for unix sockets",
	  .fix = "use CRIU 4.2 or newer on '{source.machine}'",
	  .link = CRIU_ISSUE(2705) },
	{ .mode = "socket-buf-lock",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.kernel_version", ">=5.15" },
		    { "target.kernel_version", "<5.15" } },
	  .workload = { { "inet_sockets", ">0" } },
	  .fact = "kernel_version",
	  .sentence = "sockets of kernel {source.kernel} carry SO_BUF_LOCK, "
		      "which {target.kernel} on '{target.machine}' cannot set",
	  .fix = "use kernel 5.15 or newer on '{target.machine}'",
	  .link = "https://github.com/OpenLiberty/open-liberty/issues/23368" },
	{ .mode = "file-differs",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .when = { { "source.glibc", "!=target.glibc" } },
	  .workload = { { "system_files", "yes" } },
	  .unless = "there.files",
	  .fact = "glibc",
	  .sentence = "programs and libraries of the system differ: glibc "
		      "{source.glibc} on '{source.machine}', {target.glibc} "
		      "on '{target.machine}'",
	  .fix = "give both the same userland, or move a container with its "
		 "own",
	  .link = CRIU_ISSUE(2367) },
	{ .mode = "timestamp-unit",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESUME,
	  .when = { { "source.kernel_version", "<6.7" },
		    { "target.kernel_version", ">=6.7" },
		    { "source.sysctl.net.ipv4.tcp_timestamps", "!0" } },
	  .workload = { { "tcp_established", ">0" },
			{ "dump_options", "has tcp-established" } },
	  .quiet = true,
	  .fact = "kernel_version",
	  .sentence = "from kernel 6.7 on an odd TCP timestamp switches to "
		      "microseconds: every other connection from "
		      "{source.kernel} may be thrown away after half an hour "
		      "of silence",
	  .fix = "turn net.ipv4.tcp_timestamps off",
	  .link = "https://git.kernel.org/torvalds/c/614e8316aa4c" },
	{ .mode = "tcp-established",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .workload = { { "tcp_established", ">0" },
			{ "dump_options",
			  "lacks tcp-established,lacks tcp-close" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "tcp_established",
	  .sentence = "it has established TCP connections "
		      "({workload.tcp_established}), and criu dump is not told "
		      "what to do with them",
	  .fix = "dump and restore with --tcp-established",
	  .link = "https://criu.org/TCP_connection" },
	{ .mode = "tcp-established",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "restore_options", "lacks tcp-established" },
			{ "tcp_established", ">0" },
			{ "dump_options", "has tcp-established" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "tcp_established",
	  .sentence = "it has established TCP connections "
		      "({workload.tcp_established}), and criu restore is not "
		      "told what to do with them",
	  .fix = "restore with --tcp-established, too",
	  .link = "https://criu.org/TCP_connection" },
	{ .mode = "in-flight-connection",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .workload = { { "in_flight", ">0" },
			{ "dump_options", "lacks skip-in-flight" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "in_flight",
	  .sentence = "{workload.in_flight} connections are made and not "
		      "accepted",
	  .fix = "let it accept them before the dump; with --skip-in-flight "
		 "they are lost",
	  .link = "https://criu.org/CLI/opt/--skip-in-flight" },
	{ .mode = "in-flight-skipped",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESUME,
	  .workload = { { "in_flight", ">0" },
			{ "dump_options", "has skip-in-flight" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "in_flight",
	  .sentence = "{workload.in_flight} connections that are not accepted "
		      "are left behind",
	  .fix = "let it accept them before the dump",
	  .link = "https://criu.org/CLI/opt/--skip-in-flight" },
	{ .mode = "rst-unlocked",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESUME,
	  .workload = { { "takeover", "unguarded" },
			{ "tcp_established", ">0" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "takeover",
	  .sentence = "the address is on '{target.machine}' before its "
		      "sockets: what comes between is answered by a RST",
	  .fix = "drop the service's segments there until the restore is "
		 "through (takeover: guarded)",
	  .link = CRIU_ISSUE(454) },
	{ .mode = "address-missing",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "takeover", "never" }, { "inet_sockets", ">0" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "takeover",
	  .sentence = "the service's address is not to be on "
		      "'{target.machine}'",
	  .fix = "add it before the restore",
	  .link = CRIU_ISSUE(1598) },
	{ .mode = "restarted-not-restored",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESUME,
	  .workload = { { "migration", "restart" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "migration",
	  .sentence =
		  "it is started anew on '{target.machine}', not restored" },
	{ .mode = "guard-pages",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_DUMP,
	  .when = { { "source.glibc", ">=2.42" },
		    { "source.kernel_version", ">=6.13" },
		    { "source.criu", "<4.2" } },
	  .workload = { { "threads", ">1" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "threads",
	  .sentence = "stacks of its {workload.threads} threads have guard "
		      "pages (glibc {source.glibc}) that CRIU {source.criu} "
		      "cannot dump",
	  .fix = "use CRIU 4.2 or newer on '{source.machine}'",
	  .link = CRIU_ISSUE(2626) },
	{ .mode = "timer-ids",
	  .says = FORETOLD_RISK,
	  .phase = PHASE_RESTORE,
	  .when = { { "target.kernel_version", ">=6.15" },
		    { "target.criu", "<4.2" } },
	  .workload = { { "posix_timers", ">0" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "posix_timers",
	  .sentence = "it has {workload.posix_timers} POSIX timers, of which "
		      "CRIU {target.criu} on kernel {target.kernel} may not "
		      "get the ids",
	  .fix = "use CRIU 4.2 or newer on '{target.machine}'",
	  .link = CRIU_ISSUE(2634) },
	{ .mode = "pid-taken",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "max_pid", ">target.sysctl.kernel.pid_max" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "max_pid",
	  .sentence = "its pid {workload.max_pid} is above what "
		      "'{target.machine}' gives "
		      "({target.sysctl.kernel.pid_max})",
	  .fix = "raise kernel.pid_max on '{target.machine}'" },
	{ .mode = "memory-full",
	  .says = FORETOLD_FAIL,
	  .phase = PHASE_RESTORE,
	  .workload = { { "rss_kib", ">target.memory_kib" } },
	  .quiet = true,
	  .of_workload = true,
	  .fact = "rss_kib",
	  .sentence = "it has {workload.rss_kib} KiB in memory, and "
		      "'{target.machine}' {target.memory_kib} KiB in all",
	  .fix = "choose a larger machine" },
};

const struct predict_rules predict_workloads = { rules, ARRAY_SIZE(rules) };

/* --- A scenario's workload ------------------------------------------------- */

static void say(struct facts *facts, const char *key, const char *fmt, ...)
	PRINTF(3, 4);

static void say(struct facts *facts, const char *key, const char *fmt, ...)
{
	struct bind_pair *pair = VEC_PUSH(facts->map.v, facts->map.n);
	va_list ap;

	va_start(ap, fmt);
	pair->key = xstrdup(key);
	pair->value = xvasprintf(fmt, ap);
	va_end(ap);
}

/* "--tcp-established" is "tcp-established". */
static void say_options(struct facts *facts, const char *key,
			const struct str_list *options)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };
	CLEANUP_FREE char *all = NULL;

	for (size_t i = 0; i < options->n; i++) {
		const char *word = options->v[i];

		str_list_add(&words, word + strspn(word, "-"));
	}
	all = str_list_join(&words, " ");
	say(facts, key, "%s", all);
}

/* In one line, as all facts are. */
static void say_command(struct facts *facts, const char *key,
			const char *command)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	CLEANUP_FREE char *line = NULL;

	str_list_split(&lines, command, "\n");
	for (size_t i = 0; i < lines.n; i++)
		(void)str_trim(lines.v[i]);
	line = str_list_join(&lines, " ");
	say(facts, key, "%s", line);
}

static void say_connections(struct facts *facts, const struct peer *peer)
{
	CLEANUP_FREE enum peer_role *roles = NULL;
	size_t n_queued = 0;

	switch ((enum peer_kind)peer->kind) {
	case PEER_TCP_CONNECTIONS:
		roles = peer_deal(&peer->roles, peer->connections);
		for (size_t i = 0; roles && i < peer->connections; i++)
			n_queued += roles[i] == PEER_ROLE_QUEUED ||
				    roles[i] == PEER_ROLE_QUEUED_DATA;
		say(facts, "tcp_established", "%" PRIu64, peer->connections);
		say(facts, "in_flight", "%zu", n_queued);
		break;
	case PEER_TCP_STREAM:
	case PEER_REDIS:
	case PEER_HTTP:
	case PEER_MPEGTS:
		say(facts, "tcp_established", "1");
		break;
	case PEER_NONE:
	case PEER_UDP_ECHO:
		say(facts, "tcp_established", "0");
		break;
	case PEER_COMMAND: /* nobody knows what it speaks, unless told */
		if (peer->connections)
			say(facts, "tcp_established", "%" PRIu64,
			    peer->connections);
		break;
	case PEER_COUNT:
		break;
	}
}

void predict_scenario(const struct scenario *scenario, struct facts *ret_facts)
{
	const struct workload *w = &scenario->workload;
	const struct migration *m = &scenario->migration;
	bool own = w->files.n > 0 && str_starts(w->command, "exec ./");

	*ret_facts = (struct facts){ 0 };
	say(ret_facts, "inet_sockets", "%d", w->port ? 1 : 0);
	say(ret_facts, "system_files", "%s", own ? "no" : "yes");
	say(ret_facts, "migration", "%s", mode_names[m->mode]);
	say(ret_facts, "network", "%s", workload_net_names[w->network]);
	say_connections(ret_facts, &scenario->peer);
	if (m->mode == MODE_COMMANDS) {
		say_command(ret_facts, "dump_command", m->commands.dump);
		say_command(ret_facts, "restore_command", m->commands.restore);
	}
	if (m->tls)
		say(ret_facts, "tls", "%s", m->tls);
	if (m->mode != MODE_STOP_COPY && m->mode != MODE_REBOOT)
		return;
	say_options(ret_facts, "dump_options", &m->dump);
	say_options(ret_facts, "restore_options", &m->restore);
	if (w->port && w->network == NET_HOST)
		say(ret_facts, "takeover", "%s", takeover_names[m->takeover]);
}

/* What a step does to images, machines or files that are on their way. One that
 * waits or asserts changes nothing. */
static bool changes_later(const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->n_steps; i++)
		if (scenario->steps[i].run &&
		    scenario->steps[i].at > STAGE_BEFORE_DUMP)
			return true;
	return false;
}

void predict_learn(struct facts *facts, const struct facts *more)
{
	struct facts all = { 0 };

	facts_copy(&all, more);
	for (size_t i = 0; i < facts->map.n; i++) {
		const struct bind_pair *pair = &facts->map.v[i];

		if (!facts_get(more, pair->key))
			say(&all, pair->key, "%s", pair->value);
	}
	facts_release(facts);
	*facts = all;
}

struct prediction *predict_cell(const struct scenario *scenario,
				const struct predict_pair *machines)
{
	CLEANUP(facts_release) struct facts workload = { 0 };
	struct predict_pair pair = *machines;
	struct prediction *prediction;

	if (!facts_get(pair.source, "kernel") ||
	    !facts_get(pair.target, "kernel"))
		return NULL;
	predict_scenario(scenario, &workload);
	if (machines->workload)
		predict_learn(&workload, machines->workload);
	pair.workload = &workload;
	prediction = xnew(struct prediction);
	predict(&pair, prediction);
	prediction->later = changes_later(scenario);
	return prediction;
}
