// SPDX-License-Identifier: Apache-2.0
/* profile_pid.c - what a live process tree has, read from /proc */
#include "runner/profile_pid.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/profile_pid_internal.h"

#define TEXT_MAX ((size_t)16 << 20)
#define LINK_MAX 4096
#define TREE_MAX 65536

/* --- Reading ---------------------------------------------------------------- */

char *tree_text(pid_t pid, const char *name)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	struct err ignored;
	char *text = NULL;

	if (file_read(path, TEXT_MAX, &text, NULL, &ignored))
		return NULL;
	return text;
}

char *tree_link(pid_t pid, const char *name)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	char to[LINK_MAX];
	ssize_t n = readlink(path, to, sizeof(to));

	return n > 0 ? xstrndup(to, (size_t)n) : NULL;
}

void tree_list(pid_t pid, const char *name, struct str_list *names)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	struct err ignored;

	/* One that has ended meanwhile has none. */
	if (file_list(path, names, &ignored))
		str_list_release(names);
}

/* The number behind "KEY:" of a status file; 0 when it is not there. */
static uint64_t number_of(const char *text, const char *key)
{
	CLEANUP_FREE char *line = xasprintf("\n%s:", key);
	const char *at = text ? strstr(text, line) : NULL;
	uint64_t value = 0;

	if (!at)
		return 0;
	at += strlen(line);
	at += strspn(at, " \t");
	(void)str_take_u64(&at, 10, &value);
	return value;
}

/* --- One process ------------------------------------------------------------ */

static void add_children(struct tree *tree, pid_t pid, const char *thread)
{
	CLEANUP_FREE char *name = xasprintf("task/%s/children", thread);
	CLEANUP_FREE char *text = tree_text(pid, name);
	CLEANUP(str_list_release) struct str_list words = { 0 };

	if (!text)
		return;
	str_list_split(&words, text, " \n");
	for (size_t i = 0; i < words.n && tree->n < TREE_MAX; i++)
		*VEC_PUSH(tree->pids, tree->n) =
			(pid_t)strtol(words.v[i], NULL, 10);
}

static void see_threads(struct tree *tree, pid_t pid)
{
	CLEANUP(str_list_release) struct str_list threads = { 0 };

	tree_list(pid, "task", &threads);
	tree->threads += threads.n;
	for (size_t i = 0; i < threads.n; i++) {
		uint64_t tid = strtoull(threads.v[i], NULL, 10);

		if (tid > tree->max_pid)
			tree->max_pid = tid;
		add_children(tree, pid, threads.v[i]);
	}
}

static size_t count_lines(const char *text, const char *prefix)
{
	size_t n = 0;

	while (text && *text) {
		n += str_starts(text, prefix);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return n;
}

static void see_status(struct tree *tree, pid_t pid)
{
	CLEANUP_FREE char *status = tree_text(pid, "status");
	CLEANUP_FREE char *timers = tree_text(pid, "timers");
	CLEANUP_FREE char *label = tree_text(pid, "attr/current");

	tree->rss_kib += number_of(status, "VmRSS");
	tree->traced |= number_of(status, "TracerPid") > 0;
	tree->leaderless |= status && strstr(status, "\nState:\tZ") &&
			    number_of(status, "Threads") > 1;
	tree->seccomp |= number_of(status, "Seccomp") > 0;
	tree->zombies += status && strstr(status, "\nState:\tZ");
	tree->posix_timers += count_lines(timers, "ID:");
	if (label && *label && !tree->label)
		tree->label = xstrdup(str_trim(label));
}

/* After the name in brackets, which may hold anything: state, parent, group,
 * session, terminal. */
static void see_session(struct tree *tree, pid_t pid)
{
	CLEANUP_FREE char *stat = tree_text(pid, "stat");
	CLEANUP(str_list_release) struct str_list words = { 0 };
	const char *rest = stat ? strrchr(stat, ')') : NULL;

	if (!rest)
		return;
	str_list_split(&words, rest + 1, " ");
	if (words.n < 5)
		return;
	tree->tty |= !str_eq(words.v[4], "0");
	if (pid == tree->pids[0])
		tree->leader = strtol(words.v[3], NULL, 10) == pid;
}

/* --- The tree ---------------------------------------------------------------- */

static void say(struct facts *facts, const char *key, const char *fmt, ...)
	PRINTF(3, 4);

static void say(struct facts *facts, const char *key, const char *fmt, ...)
{
	struct bind_pair *pair = VEC_PUSH(facts->map.v, facts->map.n);
	CLEANUP_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	pair->key = xstrdup(key);
	pair->value = str_utf8_clean(text, strlen(text));
}

static void say_namespaces(pid_t pid, struct facts *facts)
{
	static const char *const names[] = { "cgroup", "ipc",  "mnt",  "net",
					     "pid",    "time", "user", "uts" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *name = xasprintf("ns/%s", names[i]);
		CLEANUP_FREE char *key = xasprintf("namespace.%s", names[i]);
		CLEANUP_FREE char *its = tree_link(pid, name);
		CLEANUP_FREE char *ours = tree_link(getpid(), name);

		if (its && ours)
			say(facts, key, str_eq(its, ours) ? "host" : "own");
	}
}

static void say_limits(pid_t pid, struct facts *facts)
{
	static const struct {
		const char *line, *key;
	} limits[] = {
		{ "Max open files", "limit.open_files" },
		{ "Max locked memory", "limit.locked_memory" },
		{ "Max processes", "limit.processes" },
		{ "Max stack size", "limit.stack" },
	};
	CLEANUP_FREE char *text = tree_text(pid, "limits");

	for (size_t i = 0; text && i < ARRAY_SIZE(limits); i++) {
		const char *at = strstr(text, limits[i].line);

		if (!at)
			continue;
		at += strlen(limits[i].line);
		at += strspn(at, " ");
		say(facts, limits[i].key, "%.*s", (int)strcspn(at, " "), at);
	}
}

static const char *yes(bool is)
{
	return is ? "yes" : "no";
}

static void say_tree(const struct tree *tree, struct facts *facts)
{
	pid_t root = tree->pids[0];
	CLEANUP_FREE char *exe = tree_link(root, "exe");
	CLEANUP_FREE char *cgroup = tree_text(root, "cgroup");
	CLEANUP_FREE char *odd = str_list_join(&tree->odd, " ");
	CLEANUP_FREE char *mapped = str_list_join(&tree->mapped, " ");

	if (exe)
		say(facts, "exe", "%s", exe);
	say(facts, "processes", "%zu", tree->n);
	say(facts, "threads", "%zu", tree->threads);
	say(facts, "max_pid", "%" PRIu64, tree->max_pid);
	say(facts, "rss_kib", "%" PRIu64, tree->rss_kib);
	say(facts, "posix_timers", "%zu", tree->posix_timers);
	say(facts, "zombies", "%zu", tree->zombies);
	say(facts, "open_files", "%zu", tree->files);
	say(facts, "deleted_files", "%zu", tree->deleted);
	say(facts, "linked_files", "%zu", tree->linked);
	say(facts, "ghost_bytes", "%" PRIu64, tree->ghost_bytes);
	say(facts, "odd_files", "%zu", tree->odd.n);
	if (tree->odd.n)
		say(facts, "odd_file_names", "%s", odd);
	say(facts, "memfd_maps", "%zu", tree->memfds);
	say(facts, "hugepage_maps", "%zu", tree->hugepages);
	say(facts, "sysv_shm", "%s", yes(tree->sysv_shm));
	say(facts, "traced", "%s", yes(tree->traced));
	say(facts, "leaderless", "%s", yes(tree->leaderless));
	say(facts, "uprobes", "%s", yes(tree->uprobes));
	say(facts, "system_files", "%s", yes(tree->system_files));
	say(facts, "mapped_files", "%s", mapped);
	say(facts, "tty", "%s", yes(tree->tty));
	say(facts, "session_leader", "%s", yes(tree->leader));
	say(facts, "seccomp", "%s", yes(tree->seccomp));
	if (tree->label)
		say(facts, "lsm_label", "%s", tree->label);
	if (cgroup)
		say(facts, "cgroup", "%s", str_trim(cgroup));
}

static void say_sockets(const struct tree *tree, struct facts *facts)
{
	CLEANUP_FREE char *protocols = str_list_join(&tree->protocols, " ");
	struct tree_sockets s = { 0 };

	tree_sockets(tree, &s);
	say(facts, "inet_sockets", "%zu", s.inet);
	say(facts, "tcp_established", "%zu", s.established);
	say(facts, "tcp_listening", "%zu", s.listening);
	say(facts, "tcp_other_states", "%zu", s.other_states);
	say(facts, "in_flight", "%zu", s.in_flight);
	say(facts, "udp_sockets", "%zu", s.udp);
	say(facts, "udp_unread", "%zu", s.udp_unread);
	say(facts, "unix_sockets", "%zu", s.unix_);
	say(facts, "other_sockets", "%zu", tree->other_sockets);
	if (tree->protocols.n)
		say(facts, "other_protocols", "%s", protocols);
}

static void tree_release(struct tree *tree)
{
	str_list_release(&tree->odd);
	str_list_release(&tree->protocols);
	str_list_release(&tree->mapped);
	free(tree->pids);
	free(tree->inodes);
	free(tree->label);
}

int profile_pid(pid_t pid, struct facts *ret_facts, struct err *err)
{
	CLEANUP(tree_release) struct tree tree = { 0 };
	CLEANUP_FREE char *status = tree_text(pid, "status");
	CLEANUP_FREE char *exe = tree_link(pid, "exe");

	if (pid <= 0 || !status)
		return err_set(err, ERR_INPUT, 0, "there is no process %d",
			       (int)pid);
	if (!exe)
		return err_set(err, ERR_INPUT, 0,
			       "process %d may not be looked at, or is none of "
			       "a program: try as root",
			       (int)pid);
	*VEC_PUSH(tree.pids, tree.n) = pid;
	for (size_t i = 0; i < tree.n; i++) { /* it grows meanwhile */
		see_threads(&tree, tree.pids[i]);
		see_status(&tree, tree.pids[i]);
		see_session(&tree, tree.pids[i]);
		tree_see_descriptors(&tree, tree.pids[i]);
		tree_see_mappings(&tree, tree.pids[i]);
	}
	*ret_facts = (struct facts){ 0 };
	say_tree(&tree, ret_facts);
	say_sockets(&tree, ret_facts);
	say_namespaces(pid, ret_facts);
	say_limits(pid, ret_facts);
	return 0;
}
