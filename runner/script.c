// SPDX-License-Identifier: Apache-2.0
/* script.c - what is run in the guests, as text for their shells */
#include "runner/script.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/addresses.h"

#define AGENT "/usr/lib/crmatrix/agent"
#define READY_LOG "/run/ready.log" /* of no interest later: not moved */
#define NETNS "workload"
#define NETNS_PATH "/run/netns/" NETNS

/*
 * A program's first start after a restore costs an emulated guest 25 ms and more:
 * its code is translated anew. So scripts keep to what their shell can do itself
 * and to programs that they need anyway.
 */

static bool moves_address(const struct scenario *s)
{
	return s->workload.port != 0;
}

static bool has_namespace(const struct scenario *s)
{
	return s->workload.network != NET_HOST;
}

/* Then criu has been told of the namespace, and the lab makes the target's. */
static bool is_external(const struct scenario *s)
{
	return s->workload.network == NET_OWN;
}

/* A namespace that criu makes gets its address, and its guard, as criu does it. */
static bool is_taken(const struct scenario *s)
{
	return moves_address(s) && s->workload.network != NET_DUMPED &&
	       s->migration.takeover != TAKEOVER_NEVER;
}

static bool is_guarded(const struct scenario *s)
{
	return is_taken(s) && s->migration.takeover == TAKEOVER_GUARDED;
}

char *script_env(const struct scenario *s, long pid)
{
	const struct addresses *addresses = addresses_of(s);
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f,
		      "export SERVICE=%s PORT=%" PRIu64 " PEER=%s "
		      "STATE=" SCRIPT_STATE " IMAGES=" SCRIPT_IMAGES "\n",
		      addresses->service, s->workload.port, addresses->peer);
	if (pid)
		(void)fprintf(buf.f, "export WORKLOAD_PID=%ld\n", pid);
	return strbuf_take(&buf);
}

char *script_place(const struct scenario *s)
{
	/* IN_NET goes before a command to run it in the workload's network. */
	return xasprintf("export DEV=%s IN_NET='%s'\ncd " SCRIPT_FOLDER "\n",
			 has_namespace(s) ? "service" : "eth0",
			 has_namespace(s) ? "nsenter --net=" NETNS_PATH : "");
}

char *script_unpack(void)
{
	return xstrdup("tar --no-same-owner -xf - -C " SCRIPT_FOLDER "\n");
}

static void put_take_address(FILE *f)
{
	(void)fputs("$IN_NET " AGENT " --take $DEV $SERVICE || exit 1\n", f);
}

/*
 * A namespace with one device of its own on the service network. It is external
 * to criu, which finds an equal one on the target, as under a container engine.
 */
static void put_namespace(FILE *f, enum role role)
{
	(void)fprintf(f,
		      "ip netns add " NETNS " || exit 1\n"
		      "ip link add link eth0 name service netns " NETNS
		      " address %s type macvlan mode bridge || exit 1\n"
		      "ip -n " NETNS " link set lo up\n"
		      "ip -n " NETNS " link set service up\n",
		      domain_roles[role].netns_mac);
}

/* On the source the service has its address from the boot on, on eth0. */
static void put_own_network(FILE *f, enum role role)
{
	put_namespace(f, role);
	if (role != ROLE_SOURCE)
		return;
	(void)fputs(AGENT " --give eth0 $SERVICE || exit 1\n", f);
	put_take_address(f);
}

char *script_start(const struct scenario *s, enum role role)
{
	CLEANUP_FREE char *command = str_shell_quote(s->workload.command);
	CLEANUP_FREE char *ready =
		s->workload.ready ? str_shell_quote(s->workload.ready) : NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	if (has_namespace(s))
		put_own_network(buf.f, role);
	(void)fprintf(buf.f,
		      "$IN_NET setsid sh -c %s </dev/null >$STATE/log 2>&1 "
		      "3>&- 4>&- &\n"
		      "pid=$!\n"
		      "export WORKLOAD_PID=$pid\n"
		      "echo pid $pid >&3\n"
		      "check_alive() {\n"
		      "\t[ -e /proc/$pid/root/. ] && return\n"
		      "\techo the workload ended before it was ready >&2\n"
		      "\ttail -n 20 $STATE/log >&2\n\texit 1\n}\n",
		      command);
	if (ready)
		(void)fprintf(buf.f,
			      "until $IN_NET sh -c %s >" READY_LOG " 2>&1; do\n"
			      "\tcheck_alive\n\tsleep 0.02\ndone\n"
			      "check_alive # another's may have answered\n",
			      ready);
	return strbuf_take(&buf);
}

/* The rule that boot.sh sets up too. What criu sends itself has a mark: the FIN and
 * the ACK by which it closes a direction again that was closed. */
static void put_rule(FILE *f, const struct scenario *s, const char *change)
{
	const char *const *guard = addresses_of(s)->guard;

	(void)fprintf(f,
		      "$IN_NET %s -w %s INPUT -d $SERVICE%s -m mark "
		      "! --mark 0xC114 -j DROP",
		      guard[0], change, guard[1]);
}

/* The target's own network is guarded from the boot on. */
static void put_guard(FILE *f, const struct scenario *s)
{
	bool stands = !has_namespace(s);

	if (!moves_address(s) || stands == is_guarded(s))
		return;
	put_rule(f, s, stands ? "-D" : "-I");
	(void)fputs(" || exit 1\n", f);
}

static void put_unguard(FILE *f, const struct scenario *s)
{
	if (!is_guarded(s))
		return;
	put_rule(f, s, "-D");
	(void)fputs("\n", f);
}

char *script_receive(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	if (is_external(s))
		put_own_network(buf.f, ROLE_TARGET);
	put_guard(buf.f, s);
	(void)fprintf(buf.f,
		      "set -- $STATE/*\n"
		      "[ ! -e \"$1\" ] || rm -rf \"$@\"\n" AGENT
		      " --receive %s %d | tar -xpPf - || exit 1\n"
		      "echo transfer-end >&3\n"
		      "echo takeover-begin >&3\n",
		      domain_roles[ROLE_TARGET].ip[1], SCRIPT_TRANSFER_PORT);
	if (is_taken(s)) {
		put_take_address(buf.f);
		(void)fputs("echo address-moved >&3\n", buf.f);
	}
	return strbuf_take(&buf);
}

static void put_options(FILE *f, const struct str_list *options)
{
	for (size_t i = 0; i < options->n; i++) {
		CLEANUP_FREE char *word = str_shell_quote(options->v[i]);

		(void)fprintf(f, " %s", word);
	}
}

/* On a full disk criu cannot even write why it failed. */
static void put_exit(FILE *f)
{
	(void)fputs("[ $code = 0 ] || [ $(df -k --output=avail $IMAGES | "
		    "tail -n 1) -ge 1024 ] ||\n"
		    "\techo \"$IMAGES: No space left on device\" >&2\n"
		    "exit $code\n",
		    f);
}

char *script_dump(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("[ -d $IMAGES ] || mkdir -p $IMAGES\n"
		    "[ -e /proc/$WORKLOAD_PID/root/. ] || {\n"
		    "\techo " SCRIPT_GONE " >&3\n"
		    "\ttail -n 20 $STATE/log >&2\n\texit 1\n}\n"
		    "echo dump-begin >&3\n"
		    "criu dump -t $WORKLOAD_PID -D $IMAGES -v4 -o dump.log",
		    buf.f);
	if (is_external(s))
		(void)fputs(" --external net[$(stat -L -c %i " NETNS_PATH
			    ")]:" NETNS,
			    buf.f);
	put_options(buf.f, &s->migration.dump);
	(void)fputs(" >&2\n"
		    "code=$?\n"
		    "echo dump-end >&3\n",
		    buf.f);
	put_exit(buf.f);
	return strbuf_take(&buf);
}

static void put_state(FILE *f, const struct scenario *s)
{
	for (size_t i = 0; i < s->workload.state.n; i++) {
		CLEANUP_FREE char *word =
			str_shell_quote(s->workload.state.v[i]);

		(void)fprintf(f, " %s", word);
	}
}

char *script_send(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fputs("echo transfer-begin >&3\n", buf.f);
	if (moves_address(s))
		(void)fputs("$IN_NET " AGENT
			    " --give $DEV $SERVICE || exit 1\n",
			    buf.f);
	(void)fputs("tar -P -cf - $IMAGES $STATE", buf.f);
	put_state(buf.f, s);
	(void)fprintf(buf.f, " | " AGENT " --send %s %d\n",
		      domain_roles[ROLE_TARGET].ip[1], SCRIPT_TRANSFER_PORT);
	return strbuf_take(&buf);
}

char *script_restore(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	if (s->workload.network == NET_DUMPED)
		(void)fprintf(buf.f, "export DEVICE_MAC=%s\n",
			      domain_roles[ROLE_TARGET].netns_mac);
	(void)fputs("echo restore-begin >&3\n"
		    "criu restore -d -D $IMAGES -v4 -o restore.log",
		    buf.f);
	if (is_external(s))
		(void)fputs(" --inherit-fd fd[9]:" NETNS, buf.f);
	put_options(buf.f, &s->migration.restore);
	(void)fprintf(buf.f,
		      " >&2%s\n"
		      "code=$?\n"
		      "echo restore-end >&3\n",
		      is_external(s) ? " 9<" NETNS_PATH : "");
	put_unguard(buf.f, s);
	if (s->workload.network == NET_DUMPED)
		(void)fputs("[ $code != 0 ] || ip netns attach " NETNS
			    " $WORKLOAD_PID || exit 1\n",
			    buf.f);
	(void)fputs("echo takeover-end >&3\n", buf.f);
	put_exit(buf.f);
	return strbuf_take(&buf);
}

char *script_ask(const char *command)
{
	CLEANUP_FREE char *word = str_shell_quote(command);

	return xasprintf("exec $IN_NET sh -c %s\n", word);
}

char *script_collect(void)
{
	return xstrdup("cd $IMAGES || exit 0\n" AGENT " --bytes .\n"
		       "set --\n"
		       "for f in dump.log stats-dump restore.log "
		       "stats-restore; do\n"
		       "\t[ ! -e $f ] || set -- \"$@\" $f\n"
		       "done\n"
		       "[ $# = 0 ] || tar -cf - \"$@\" >&4\n");
}

char *script_kill(void)
{
	return xstrdup("kill -KILL -$WORKLOAD_PID\n"
		       "while [ -e /proc/$WORKLOAD_PID/root/. ]; do "
		       "sleep 0.02; done\n");
}
