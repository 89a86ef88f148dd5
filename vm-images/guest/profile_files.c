// SPDX-License-Identifier: Apache-2.0
/* profile_files.c - what a process has open */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

/* Files without a name that criu has images for; of others it has none. */
static const char *const dumpable[] = {
	"[eventfd]",  "[eventpoll]", "inotify", "[fanotify]",
	"[signalfd]", "[timerfd]",   "[pidfd]", "bpf-map",
};

/* Kinds of BPF maps whose entries criu takes: BPF_MAP_TYPE_HASH and _ARRAY. */
#define BPF_MAP_KINDS 2

/** struct node - Character devices that criu opens again; @minor -1: all */
static const struct node {
	unsigned major;
	int minor;
} nodes[] = {
	{ 1, -1 }, /* null, zero, random */
	{ 4, -1 },   { 5, -1 },	  { 136, -1 }, { 137, -1 },
	{ 138, -1 }, { 139, -1 }, { 140, -1 }, { 141, -1 },
	{ 142, -1 }, { 143, -1 }, { 10, 200 }, /* net/tun */
	{ 10, 235 },			       /* autofs */
};

/** struct descriptor - One, as /proc shows it */
struct descriptor {
	pid_t pid;
	int fd;
	const char *path; /* in /proc */
	const char *to;
	char *info;
};

static void add_once(struct str_list *list, const char *word)
{
	if (!str_list_has(list, word))
		str_list_add(list, word);
}

static void add_odd(struct tree *tree, const char *to)
{
	CLEANUP_FREE char *word = profile_escape(to);

	add_once(&tree->odd, word);
}

static void see_unnamed(struct tree *tree, const struct descriptor *d)
{
	const char *kind = d->to + strlen("anon_inode:");
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(dumpable); i++)
		known |= str_eq(kind, dumpable[i]);
	if (str_eq(kind, "bpf-map"))
		known = tree_number(d->info, "map_type:", 10) <= BPF_MAP_KINDS;
	if (str_eq(kind, "[pidfd]"))
		tree->pidfds++;
	if (!known)
		add_odd(tree, d->to);
	if (str_eq(kind, "inotify") || str_eq(kind, "[fanotify]"))
		tree_see_watches(tree, d->info);
}

static bool is_known_node(const struct stat *st)
{
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		if (major(st->st_rdev) == nodes[i].major &&
		    (nodes[i].minor < 0 ||
		     minor(st->st_rdev) == (unsigned)nodes[i].minor))
			return true;
	return false;
}

/* Its name is gone; it may have another one, or live by being open alone. */
static void see_deleted(struct tree *tree, const struct stat *st)
{
	tree->deleted++;
	if (st->st_nlink > 0)
		tree->linked++;
	else if ((uint64_t)st->st_size > tree->ghost_bytes)
		tree->ghost_bytes = (uint64_t)st->st_size;
}

/* "ID parent major:minor root point ...", a line for each mount. */
static bool is_mounted(struct tree *tree, const char *info)
{
	CLEANUP_FREE char *id = xasprintf(
		"%llu ", (unsigned long long)tree_number(info, "mnt_id:", 10));
	const char *line = tree_mounts(tree);

	if (!line || !info)
		return true;
	for (; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (str_starts(line, id))
			return true;
	return false;
}

/* What was opened before its mount namespace was made, or was handed in from outside:
 * criu looks its mount up among those of the root's. */
static bool is_outside(struct tree *tree, const struct descriptor *d)
{
	CLEANUP_FREE char *its = NULL;
	CLEANUP_FREE char *roots = NULL;

	if (!tree->own_mounts || is_mounted(tree, d->info))
		return false;
	its = tree_link(d->pid, "ns/mnt");
	roots = tree_link(tree->pids[0], "ns/mnt");
	return str_eq(its, roots);
}

/* Whether what has its name, in its process's view, is another file. A mount
 * namespace of its own may have been made after the file was opened: then no name
 * there tells of it. */
static bool leads_elsewhere(const struct tree *tree, const struct descriptor *d,
			    const struct stat *st)
{
	struct stat named;

	return !tree->own_mounts &&
	       (stat(d->to, &named) || named.st_dev != st->st_dev ||
		named.st_ino != st->st_ino);
}

static void see_renamed(struct tree *tree, const struct stat *st)
{
	(void)st;
	tree->linked++;
}

static void see_nameless(struct tree *tree, const struct descriptor *d,
			 void (*see)(struct tree *tree, const struct stat *st),
			 const struct stat *st)
{
	if (tree->own_mounts || is_mounted(tree, d->info))
		see(tree, st);
	else
		tree->unmounted++;
}

static void see_named(struct tree *tree, const struct descriptor *d)
{
	struct stat st;

	tree->files++;
	tree->file_locks += d->info && strstr(d->info, "\nlock:");
	if (str_starts(d->to, "/memfd:") || stat(d->path, &st))
		return;
	if ((S_ISCHR(st.st_mode) && !is_known_node(&st)) || S_ISBLK(st.st_mode))
		add_odd(tree, d->to);
	else if (str_ends(d->to, " (deleted)"))
		see_nameless(tree, d, see_deleted, &st);
	else if (!S_ISCHR(st.st_mode) && leads_elsewhere(tree, d, &st))
		see_nameless(tree, d, see_renamed, &st);
	else if (S_ISREG(st.st_mode) && is_outside(tree, d))
		tree->unmounted++;
	else
		tree_want(tree, d->to, d->info);
}

/* Sockets that criu has images for, by the kernel's name of their protocol. */
static const char *const known_protocols[] = {
	"TCP", "TCPv6", "UDP",	"UDPv6",       "UDP-Lite", "UDPLITEv6",
	"RAW", "RAWv6", "UNIX", "UNIX-STREAM", "NETLINK",  "PACKET",
};
/* And of the internet's families, some that it has none for. */
static const char *const other_inet[] = {
	"PING", "PINGv6", "SCTP", "SCTPv6", "DCCP", "DCCPv6", "L2TP/IP",
};

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

/* What is bound to nothing is in no table; its name tells what it is. */
static void see_protocol(struct tree *tree, const struct descriptor *d)
{
	char name[64] = "";

	if (getxattr(d->path, "system.sockprotoname", name, sizeof(name) - 1) <=
	    0)
		return;
	add_once(&tree->kinds, name);
	if (is_one_of(name, known_protocols, ARRAY_SIZE(known_protocols)))
		return;
	tree->other_sockets++;
	tree->other_inet += is_one_of(name, other_inet, ARRAY_SIZE(other_inet));
	add_once(&tree->protocols, name);
}

static void see_socket(struct tree *tree, const struct descriptor *d)
{
	uint64_t inode = tree_number(d->to, "socket:[", 10);

	*VEC_PUSH(tree->sockets, tree->n_sockets) =
		(struct tree_socket){ inode, d->pid, d->fd };
	see_protocol(tree, d);
}

static void see_descriptor(struct tree *tree, pid_t pid, const char *number)
{
	CLEANUP_FREE char *name = xasprintf("fd/%s", number);
	CLEANUP_FREE char *info_name = xasprintf("fdinfo/%s", number);
	CLEANUP_FREE char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	CLEANUP_FREE char *to = tree_link(pid, name);
	CLEANUP_FREE char *info = NULL;
	struct descriptor d = { pid, (int)strtol(number, NULL, 10), path, to,
				NULL };

	if (!to)
		return;
	if (str_starts(to, "socket:[")) {
		see_socket(tree, &d);
		return;
	}
	if (to[0] != '/' && !str_starts(to, "anon_inode:"))
		return;
	d.info = info = tree_text(pid, info_name);
	if (to[0] == '/')
		see_named(tree, &d);
	else
		see_unnamed(tree, &d);
}

static void see_folders(struct tree *tree, pid_t pid)
{
	static const char *const names[] = { "cwd", "root" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *to = tree_link(pid, names[i]);

		if (to && !str_ends(to, " (deleted)"))
			tree_want(tree, to, NULL);
	}
}

void tree_see_descriptors(struct tree *tree, pid_t pid)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };

	tree_list(pid, "fd", &names);
	for (size_t i = 0; i < names.n; i++)
		see_descriptor(tree, pid, names.v[i]);
	see_folders(tree, pid);
}

/* criu does not hold the size against a log that is only appended to. */
static bool grows(const char *info)
{
	uint64_t flags = tree_number(info, "flags:", 8);

	return (flags & O_APPEND) && (flags & O_ACCMODE) == O_WRONLY;
}

/* What is there without anybody's bringing it. */
static bool is_of_kernel(const char *path)
{
	return str_starts(path, "/proc/") || str_starts(path, "/sys/") ||
	       (str_starts(path, "/dev/") && !str_starts(path, "/dev/shm/"));
}

void tree_want(struct tree *tree, const char *path, const char *fdinfo)
{
	CLEANUP_FREE char *escaped = profile_escape(path);
	CLEANUP_FREE char *size = NULL;
	CLEANUP_FREE char *word = NULL;
	struct stat st;

	if (tree->own_mounts || is_of_kernel(path) || stat(path, &st))
		return;
	size = S_ISREG(st.st_mode) && !(fdinfo && grows(fdinfo)) ?
		       xasprintf("%lld", (long long)st.st_size) :
		       xstrdup("-");
	word = xasprintf("%s:%s:%o", escaped, size, st.st_mode);
	add_once(&tree->wanted, word);
}
