// SPDX-License-Identifier: Apache-2.0
/* profile_status.c - what processes are: threads, state, namespaces, attributes */
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define TREE_MAX 65536
#define COMPARED_MAX 256
#define TIMER_SLACK_NS 50000 /* of a process that was never told another */

/* Namespaces that criu takes of the root alone: for the others of a tree it has no
 * images. */
static const char *const not_nested[] = { "ipc", "uts", "pid", "user" };

static void add_once(struct str_list *list, const char *word)
{
	if (!str_list_has(list, word))
		str_list_add(list, word);
}

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
		str_list_add(&tree->tids, threads.v[i]);
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

static void see_state(struct tree *tree, pid_t pid, const char *status)
{
	bool zombie = strstr(status, "\nState:\tZ") != NULL;

	tree->zombies += zombie;
	tree->leaderless |= zombie && tree_number(status, "\nThreads:", 10) > 1;
	tree->rss_kib += tree_number(status, "\nVmRSS:", 10);
	tree->data_kib += tree_number(status, "\nVmData:", 10);
	tree->hugetlb_kib += tree_number(status, "\nHugetlbPages:", 10);
	tree->traced |= tree_number(status, "\nTracerPid:", 10) > 0;
	tree->seccomp |= tree_number(status, "\nSeccomp:", 10) > 0;
	if (pid == tree->pids[0])
		tree->uid = tree_number(status, "\nUid:", 10);
	if (tree_number(status, "\nNoNewPrivs:", 10))
		add_once(&tree->lost, "no_new_privs");
	if (strstr(status, "\nTHP_enabled:\t0"))
		add_once(&tree->lost, "thp_disable");
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

void tree_see_status(struct tree *tree, pid_t pid)
{
	CLEANUP_FREE char *status = tree_text(pid, "status");
	CLEANUP_FREE char *timers = tree_text(pid, "timers");
	CLEANUP_FREE char *label = tree_text(pid, "attr/current");

	see_threads(tree, pid);
	see_session(tree, pid);
	if (status)
		see_state(tree, pid, status);
	tree->posix_timers += count_lines(timers, "ID:");
	if (label && *label && !tree->label)
		tree->label = xstrdup(str_trim(label));
}

static void see_namespaces(struct tree *tree, pid_t pid)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_nested); i++) {
		CLEANUP_FREE char *name = xasprintf("ns/%s", not_nested[i]);
		CLEANUP_FREE char *its = tree_link(pid, name);
		CLEANUP_FREE char *roots = tree_link(tree->pids[0], name);

		if (its && roots && !str_eq(its, roots))
			add_once(&tree->nested, not_nested[i]);
	}
}

/* Another process with the same memory is none of its threads. Of a large tree not
 * all are held against all. */
static bool shares_memory(const struct tree *tree, pid_t pid)
{
	for (size_t i = 0;
	     i < tree->n && i < COMPARED_MAX && tree->pids[i] != pid; i++)
		if (syscall(SYS_kcmp, tree->pids[i], pid, KCMP_VM, 0, 0) == 0)
			return true;
	return false;
}

/* Without a class of its own the kernel tells what follows from the niceness. */
static bool has_ioprio(pid_t pid)
{
	long value = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid);

	return value > 0 && IOPRIO_PRIO_CLASS(value) != IOPRIO_CLASS_NONE &&
	       value != IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4);
}

static bool differs(pid_t pid, const char *name, uint64_t usual, unsigned base)
{
	CLEANUP_FREE char *text = tree_text(pid, name);

	return text && tree_number(text, "", base) != usual;
}

void tree_see_attributes(struct tree *tree, pid_t pid)
{
	CLEANUP_FREE char *ours = tree_text(1, "coredump_filter");

	if (pid != tree->pids[0])
		see_namespaces(tree, pid);
	tree->shared_memory |= shares_memory(tree, pid);
	if (has_ioprio(pid))
		add_once(&tree->lost, "ioprio");
	if (differs(pid, "timerslack_ns", TIMER_SLACK_NS, 10))
		add_once(&tree->lost, "timer_slack");
	if (differs(pid, "personality", 0, 16))
		add_once(&tree->lost, "personality");
	if (ours &&
	    differs(pid, "coredump_filter", tree_number(ours, "", 16), 16))
		add_once(&tree->lost, "coredump_filter");
}

const char *tree_mounts(struct tree *tree)
{
	if (!tree->mounts)
		tree->mounts = tree_text(tree->pids[0], "mountinfo");
	return tree->mounts;
}

static bool has_host_root(pid_t root)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/root/.", (int)root);
	struct stat its, ours;

	return !stat(path, &its) && !stat("/", &ours) &&
	       its.st_dev == ours.st_dev && its.st_ino == ours.st_ino;
}

void tree_begin(struct tree *tree, pid_t root)
{
	CLEANUP_FREE char *its = tree_link(root, "ns/mnt");
	CLEANUP_FREE char *ours = tree_link(getpid(), "ns/mnt");
	CLEANUP_FREE char *pids = tree_link(root, "ns/pid");
	CLEANUP_FREE char *children = tree_link(root, "ns/pid_for_children");

	*VEC_PUSH(tree->pids, tree->n) = root;
	tree->own_mounts = !str_eq(its, ours);
	tree->host_root = tree->own_mounts && has_host_root(root);
	if (pids && children && !str_eq(pids, children))
		add_once(&tree->nested, "pid");
}
