// SPDX-License-Identifier: Apache-2.0
/* profile_pid_internal.h - what is gathered of a process tree */
#ifndef RUNNER_PROFILE_PID_INTERNAL_H
#define RUNNER_PROFILE_PID_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

/**
 * struct tree - Sums over all of its processes
 * @pids:	The root first; owned, as are the other arrays
 * @inodes:	Of its sockets
 * @other_sockets, @protocols: Sockets of protocols that criu has no image for
 * @deleted, @linked: Files open whose name is gone; of them, that have another
 * @ghost_bytes: Size of the largest that has none
 * @leaderless:	A process goes on in threads after its first one ended
 * @odd:	What it has open and criu cannot dump
 * @mapped:	Files that are mapped, each once
 */
struct tree {
	pid_t *pids;
	size_t n;
	size_t threads, posix_timers, zombies;
	uint64_t max_pid, rss_kib;
	size_t files, deleted, linked, memfds, hugepages;
	uint64_t ghost_bytes;
	uint64_t *inodes;
	size_t n_inodes;
	size_t other_sockets;
	struct str_list odd, mapped, protocols;
	char *label;
	bool tty, leader, seccomp, uprobes, system_files;
	bool traced, leaderless, sysv_shm;
};

/** struct tree_sockets - Its sockets by kind; each once, whoever shares it */
struct tree_sockets {
	size_t inet, established, listening, other_states, in_flight;
	size_t udp, udp_unread;
	size_t unix_;
};

/** tree_sockets() - From the tables of the root's network namespace, which /proc
 * shows without entering it; one that is bound to nothing is in none of them */
void tree_sockets(const struct tree *tree, struct tree_sockets *ret_sockets);

/** tree_see_descriptors(), tree_see_mappings() - Add those of one process */
void tree_see_descriptors(struct tree *tree, pid_t pid);
void tree_see_mappings(struct tree *tree, pid_t pid);

/** tree_list() - Names in /proc/PID/NAME; none when it cannot be read */
void tree_list(pid_t pid, const char *name, struct str_list *names);

/** tree_text(), tree_link() - /proc/PID/NAME; owned, NULL: cannot be read */
char *tree_text(pid_t pid, const char *name);
char *tree_link(pid_t pid, const char *name);

#endif
