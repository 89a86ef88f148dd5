// SPDX-License-Identifier: Apache-2.0
/* profile_files.c - what a process has open and mapped */
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/mem.h"
#include "runner/profile_pid_internal.h"

/* What criu has no image for, whatever it is told. */
static const char *const not_dumpable[] = {
	"anon_inode:[perf_event]",
	"anon_inode:bpf-prog",
	"anon_inode:kvm-vm",
	"anon_inode:kvm-vcpu:",
	"anon_inode:[io_uring]",
	"/dev/fuse",
	"/dev/kvm",
};

static bool is_not_dumpable(const char *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_dumpable); i++)
		if (str_starts(to, not_dumpable[i]))
			return true;
	return false;
}

static void see_descriptor(struct tree *tree, const char *to)
{
	uint64_t inode;

	if (str_starts(to, "socket:[")) {
		const char *at = to + strlen("socket:[");

		if (str_take_u64(&at, 10, &inode))
			*VEC_PUSH(tree->inodes, tree->n_inodes) = inode;
	} else if (is_not_dumpable(to)) {
		if (!str_list_has(&tree->odd, to))
			str_list_add(&tree->odd, to);
	} else if (to[0] == '/') {
		tree->files++;
	}
}

/* Its name is gone; it may have another one, or live by being open alone. */
static void see_deleted(struct tree *tree, pid_t pid, const char *name)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	struct stat st;

	tree->deleted++;
	if (stat(path, &st))
		return;
	if (st.st_nlink > 0)
		tree->linked++;
	else if ((uint64_t)st.st_size > tree->ghost_bytes)
		tree->ghost_bytes = (uint64_t)st.st_size;
}

/* Sockets that criu has images for, by the kernel's name of their protocol. */
static const char *const known_protocols[] = {
	"TCP", "TCPv6", "UDP",	"UDPv6",       "UDP-Lite", "UDPLITEv6",
	"RAW", "RAWv6", "UNIX", "UNIX-STREAM", "NETLINK",  "PACKET",
};

static bool is_known_protocol(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_protocols); i++)
		if (str_eq(name, known_protocols[i]))
			return true;
	return false;
}

/* What is bound to nothing is in no table; its name tells what it is. */
static void see_protocol(struct tree *tree, pid_t pid, const char *name)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	char protocol[64] = "";

	if (getxattr(path, "system.sockprotoname", protocol,
		     sizeof(protocol) - 1) <= 0 ||
	    is_known_protocol(protocol))
		return;
	tree->other_sockets++;
	if (!str_list_has(&tree->protocols, protocol))
		str_list_add(&tree->protocols, protocol);
}

void tree_see_descriptors(struct tree *tree, pid_t pid)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };

	tree_list(pid, "fd", &names);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *name = xasprintf("fd/%s", names.v[i]);
		CLEANUP_FREE char *to = tree_link(pid, name);

		if (!to)
			continue;
		see_descriptor(tree, to);
		if (to[0] == '/' && !str_starts(to, "/memfd:") &&
		    str_ends(to, " (deleted)"))
			see_deleted(tree, pid, name);
		if (str_starts(to, "socket:["))
			see_protocol(tree, pid, name);
	}
}

static bool is_of_system(const char *path)
{
	static const char *const roots[] = { "/usr/", "/lib", "/bin/",
					     "/sbin/" };

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		if (str_starts(path, roots[i]) &&
		    !str_starts(path, "/usr/local/"))
			return true;
	return false;
}

void tree_see_mappings(struct tree *tree, pid_t pid)
{
	CLEANUP_FREE char *maps = tree_text(pid, "maps");
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	if (!maps)
		return;
	str_list_split(&lines, maps, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *path = strpbrk(lines.v[i], "/[");

		if (!path)
			continue;
		if (str_starts(path, "/SYSV"))
			tree->sysv_shm = true;
		else if (str_starts(path, "/memfd:"))
			tree->memfds++;
		else if (str_starts(path, "/anon_hugepage"))
			tree->hugepages++;
		else if (str_starts(path, "[uprobes]"))
			tree->uprobes = true;
		else if (*path == '/' && !str_list_has(&tree->mapped, path))
			str_list_add(&tree->mapped, path);
		if (*path == '/' && is_of_system(path))
			tree->system_files = true;
	}
}
