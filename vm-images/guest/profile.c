// SPDX-License-Identifier: Apache-2.0
/* profile.c - what a live process tree has, told as facts */
#include "profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define TEXT_MAX ((size_t)16 << 20)
#define LINK_MAX 4096

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

uint64_t tree_number(const char *text, const char *key, unsigned base)
{
	const char *at = text ? strstr(text, key) : NULL;
	uint64_t value = 0;

	if (!at)
		return 0;
	at += strlen(key);
	at += strspn(at, " \t");
	(void)str_take_u64(&at, base, &value);
	return value;
}

/* --- Telling ---------------------------------------------------------------- */

static void say_namespaces(pid_t pid)
{
	static const char *const names[] = { "cgroup", "ipc",  "mnt",  "net",
					     "pid",    "time", "user", "uts" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *name = xasprintf("ns/%s", names[i]);
		CLEANUP_FREE char *key = xasprintf("namespace.%s", names[i]);
		CLEANUP_FREE char *its = tree_link(pid, name);
		CLEANUP_FREE char *ours = tree_link(getpid(), name);

		if (its && ours)
			profile_say(key, str_eq(its, ours) ? "host" : "own");
	}
}

static void say_limits(pid_t pid)
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
		profile_say(limits[i].key, "%.*s", (int)strcspn(at, " "), at);
	}
}

/** struct figure - One number, or one yes or no, of a tree */
struct figure {
	const char *key;
	size_t offset;
	enum { FIGURE_SIZE, FIGURE_U64, FIGURE_BOOL } type;
};

#define SIZE(m)                                                \
	{                                                      \
		.key = #m, .offset = offsetof(struct tree, m), \
		.type = FIGURE_SIZE                            \
	}
#define U64(m)                                                 \
	{                                                      \
		.key = #m, .offset = offsetof(struct tree, m), \
		.type = FIGURE_U64                             \
	}
#define BOOL(m)                                                \
	{                                                      \
		.key = #m, .offset = offsetof(struct tree, m), \
		.type = FIGURE_BOOL                            \
	}

static const struct figure figures[] = {
	{ "processes", offsetof(struct tree, n), FIGURE_SIZE },
	SIZE(threads),
	U64(max_pid),
	U64(rss_kib),
	U64(data_kib),
	U64(hugetlb_kib),
	SIZE(posix_timers),
	SIZE(zombies),
	{ "open_files", offsetof(struct tree, files), FIGURE_SIZE },
	SIZE(file_locks),
	{ "deleted_files", offsetof(struct tree, deleted), FIGURE_SIZE },
	{ "linked_files", offsetof(struct tree, linked), FIGURE_SIZE },
	{ "unmounted_files", offsetof(struct tree, unmounted), FIGURE_SIZE },
	U64(ghost_bytes),
	{ "odd_files", offsetof(struct tree, odd.n), FIGURE_SIZE },
	SIZE(pidfds),
	SIZE(overlay_watches),
	{ "memfd_maps", offsetof(struct tree, memfds), FIGURE_SIZE },
	{ "hugepage_maps", offsetof(struct tree, hugepages), FIGURE_SIZE },
	SIZE(aio_rings),
	BOOL(sysv_shm),
	BOOL(shared_memory),
	BOOL(host_root),
	BOOL(guard_pages),
	BOOL(vdso),
	BOOL(traced),
	BOOL(leaderless),
	BOOL(uprobes),
	BOOL(system_files),
	BOOL(tty),
	{ "session_leader", offsetof(struct tree, leader), FIGURE_BOOL },
	BOOL(seccomp),
	SIZE(other_sockets),
	SIZE(other_inet),
};

static void say_figure(const struct tree *tree, const struct figure *figure)
{
	const void *at = (const char *)tree + figure->offset;

	switch (figure->type) {
	case FIGURE_SIZE:
		profile_say(figure->key, "%zu", *(const size_t *)at);
		break;
	case FIGURE_U64:
		profile_say(figure->key, "%" PRIu64, *(const uint64_t *)at);
		break;
	case FIGURE_BOOL:
		profile_say(figure->key, *(const bool *)at ? "yes" : "no");
		break;
	}
}

static void say_tree(const struct tree *tree)
{
	CLEANUP_FREE char *exe = tree_link(tree->pids[0], "exe");
	CLEANUP_FREE char *cgroup = tree_text(tree->pids[0], "cgroup");

	if (exe)
		profile_say("exe", "%s", exe);
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		say_figure(tree, &figures[i]);
	profile_say_list("odd_file_names", &tree->odd);
	profile_say_list("mapped_files", &tree->mapped);
	profile_say_list("mapped_devices", &tree->device_maps);
	profile_say_list("nested_namespaces", &tree->nested);
	profile_say_list("lost_attributes", &tree->lost);
	profile_say_list("other_protocols", &tree->protocols);
	/* Its paths and pids are those of the machine. */
	if (!tree->own_mounts) {
		profile_say_list("files", &tree->wanted);
		profile_say_list("watched_files", &tree->watched);
	}
	profile_say_list("tids", &tree->tids);
	if (tree->label)
		profile_say("lsm_label", "%s", tree->label);
	if (cgroup)
		profile_say("cgroup", "%s", str_trim(cgroup));
	profile_say("clock_s", "%" PRIu64, (uint64_t)time(NULL));
}

static void tree_release(struct tree *tree)
{
	str_list_release(&tree->tids);
	str_list_release(&tree->kinds);
	str_list_release(&tree->odd);
	str_list_release(&tree->protocols);
	str_list_release(&tree->mapped);
	str_list_release(&tree->wanted);
	str_list_release(&tree->watched);
	str_list_release(&tree->device_maps);
	str_list_release(&tree->nested);
	str_list_release(&tree->lost);
	free(tree->pids);
	free(tree->sockets);
	free(tree->label);
	free(tree->mounts);
}

static int cannot_look(const char *pid)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%s", pid);

	if (file_exists(path))
		(void)fprintf(stderr,
			      "process %s may not be looked at, or is none of "
			      "a program: try as root\n",
			      pid);
	else
		(void)fprintf(stderr, "there is no process %s\n", pid);
	return 1;
}

int profile_workload(const char *pid)
{
	CLEANUP(tree_release) struct tree tree = { 0 };
	pid_t root = (pid_t)strtol(pid, NULL, 10);
	CLEANUP_FREE char *exe = root > 0 ? tree_link(root, "exe") : NULL;
	CLEANUP_FREE char *cgroup = root > 0 ? tree_text(root, "cgroup") : NULL;

	if (!exe)
		return cannot_look(pid);
	tree_begin(&tree, root);
	for (size_t i = 0; i < tree.n; i++) { /* it grows meanwhile */
		tree_see_status(&tree, tree.pids[i]);
		tree_see_attributes(&tree, tree.pids[i]);
		tree_see_descriptors(&tree, tree.pids[i]);
		tree_see_mappings(&tree, tree.pids[i]);
	}
	tree_sockets_sort(&tree);
	say_tree(&tree);
	say_namespaces(root);
	say_limits(root);
	tree_say_sockets(&tree);
	tree_say_options(&tree);
	profile_say_lock_tools();
	profile_say_criu("criu_script");
	profile_say_keyrings(tree.uid);
	tree_say_mounts(&tree);
	if (cgroup)
		profile_say_engine(cgroup);
	tree_say_unix(&tree); /* the last: it may enter another namespace */
	return 0;
}
