// SPDX-License-Identifier: Apache-2.0
/* profile_tree.h - what is gathered of a process tree */
#ifndef GUEST_PROFILE_TREE_H
#define GUEST_PROFILE_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

/**
 * struct tree_socket - One socket, whoever shares it
 * @pid, @fd:	A process that has it, and as which descriptor
 */
struct tree_socket {
	uint64_t inode;
	pid_t pid;
	int fd;
};

/**
 * struct tree - Sums over all of its processes
 * @pids:	The root first; owned, as are the other arrays
 * @tids:	Of all threads
 * @uid:	Of the root
 * @sockets:	Sorted by their inodes once all processes have been seen
 * @kinds:	Protocols of its sockets, by the kernel's names
 * @other_sockets, @other_inet: Sockets of protocols that criu has no image for;
 *		of them, those of the internet's families
 * @file_locks:	Open files with locks
 * @deleted, @linked: Files open whose name is gone; of them, that have another
 *		one, or whose name leads elsewhere
 * @unmounted:	Files open that are on no mounted file system
 * @ghost_bytes: Size of the largest that has none
 * @leaderless:	A process goes on in threads after its first one ended
 * @odd:	What it has open and criu cannot dump
 * @mapped:	Files that are mapped, each once
 * @wanted:	Of files that must be there on a restore: "PATH:SIZE:MODE", see
 *		tree_want()
 * @watched:	Files that are watched and found by their handle, likewise
 * @overlay_watches: Watches on overlayfs, which opens nothing by its handle
 * @nested:	Namespaces of descendants that are not the root's
 * @own_mounts, @host_root: In a mount namespace of its own; but its root is that of
 *		the machine
 * @lost:	Attributes that criu does not carry over
 */
struct tree {
	pid_t *pids;
	size_t n;
	struct str_list tids;
	size_t threads, posix_timers, zombies;
	uint64_t uid, max_pid, rss_kib, data_kib, hugetlb_kib;
	size_t files, file_locks, deleted, linked, unmounted, memfds, hugepages,
		aio_rings;
	size_t overlay_watches, pidfds;
	uint64_t ghost_bytes;
	struct tree_socket *sockets;
	size_t n_sockets;
	size_t other_sockets, other_inet;
	struct str_list kinds, odd, mapped, protocols, wanted, watched;
	struct str_list device_maps, nested, lost;
	char *label, *mounts;
	bool tty, leader, seccomp, uprobes, system_files;
	bool traced, leaderless, sysv_shm, shared_memory, vdso, guard_pages;
	bool own_mounts, host_root;
};

/** tree_begin() - With the process that all others descend from */
void tree_begin(struct tree *tree, pid_t root);

/** tree_see_status() and the others - Add what one process has; the first finds
 * its children */
void tree_see_status(struct tree *tree, pid_t pid);
void tree_see_descriptors(struct tree *tree, pid_t pid);
void tree_see_mappings(struct tree *tree, pid_t pid);
void tree_see_attributes(struct tree *tree, pid_t pid);

/** tree_see_watches() - Of an inotify or fanotify descriptor's fdinfo */
void tree_see_watches(struct tree *tree, const char *fdinfo);

/** tree_sockets_sort() - By inode, each once */
void tree_sockets_sort(struct tree *tree);
const struct tree_socket *tree_socket_find(const struct tree *tree,
					   uint64_t inode);

/** tree_mounts() - The root's mountinfo, read when it is first asked for; few
 * workloads need it. Borrowed, NULL: cannot be read */
const char *tree_mounts(struct tree *tree);

bool tree_has_unix(const struct tree *tree);

/** tree_say_sockets() - Those of the tables that /proc shows of the root's network
 * namespace; tree_say_unix(): whom unix sockets are connected to, by sock_diag;
 * tree_say_options(): what a copy of each socket tells */
void tree_say_sockets(const struct tree *tree);
void tree_say_unix(const struct tree *tree);
void tree_say_options(const struct tree *tree);

/** tree_say_mounts() - What of this machine's files is mounted into its mount
 * namespace, and must be on any other: "mount_sources". Not what engines keep */
void tree_say_mounts(struct tree *tree);

/** tree_want() - That a restore needs @path, as it is; what is in it other than
 * letters is escaped. @fdinfo: NULL or of the descriptor: of a log that is only
 * appended to, the size is no matter */
void tree_want(struct tree *tree, const char *path, const char *fdinfo);

/** tree_list() - Names in /proc/PID/NAME; none when it cannot be read */
void tree_list(pid_t pid, const char *name, struct str_list *names);

/** tree_text(), tree_link() - /proc/PID/NAME; owned, NULL: cannot be read */
char *tree_text(pid_t pid, const char *name);
char *tree_link(pid_t pid, const char *name);

/** tree_number() - Behind "\nKEY:" or the like of a text; 0: it is not there */
uint64_t tree_number(const char *text, const char *key, unsigned base);

/** profile_say() - One fact */
void profile_say(const char *key, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** profile_say_list() - Likewise, blank between them; nothing when there are none.
 * What would make the fact too long is left out, and that is told */
void profile_say_list(const char *key, const struct str_list *list);

/** profile_say_lock_tools() - What criu may hold connections by */
void profile_say_lock_tools(void);

/** profile_say_keyrings() - How many keyrings of a user's sessions hold keys; whose
 * session has which, the kernel does not show */
void profile_say_keyrings(uint64_t uid);

/** profile_say_criu() - Whether what is called criu is a script around it */
void profile_say_criu(const char *key);

/** profile_say_engine() - The container engine that made it, if one did, and of what
 * image, networks and driver of cgroups; @cgroup as in /proc/PID/cgroup */
void profile_say_engine(const char *cgroup);

/** profile_escape() - Blanks and what is not ASCII as \ooo; owned */
char *profile_escape(const char *text);
/** profile_unescape() - In place; Return: @text */
char *profile_unescape(char *text);

#endif
