// SPDX-License-Identifier: Apache-2.0
/* obstacles.h - things that a process may have, for 'obstacles' to have them */
#ifndef WORKLOADS_OBSTACLES_H
#define WORKLOADS_OBSTACLES_H

#include <stddef.h>

/**
 * struct obstacle - One of them
 * @name:	As in --with NAME or --with NAME=ARGUMENT
 * @arg:	What the argument is, for the usage; NULL: there is none
 * @make:	Set it up, to last until the process ends; guest_die() when the
 *		machine cannot. @arg is NULL when there is none
 */
struct obstacle {
	const char *name;
	const char *arg;
	void (*make)(const char *arg);
};

/** struct obstacles - Those of one kind */
struct obstacles {
	const struct obstacle *v;
	size_t n;
};

extern const struct obstacles obstacles_files;
extern const struct obstacles obstacles_handles; /* descriptors of other kinds */
extern const struct obstacles obstacles_memory;
extern const struct obstacles obstacles_sockets;
extern const struct obstacles obstacles_tasks;

/** obstacle_check() - guest_die() with @what when a system call said -1 */
int obstacle_check(long value, const char *what);

/** obstacle_number() - @arg as a number, or guest_die() */
unsigned long obstacle_number(const char *arg);

/**
 * obstacle_helper() - Start a process outside of the workload's tree and session
 *
 * What it is to do is @run's business, which ends with _exit() or not at all.
 * It is the child of whoever adopts orphans, as a service of the machine is. This
 * returns when @run has called obstacle_helper_ready(), with the pid.
 */
int obstacle_helper(void (*run)(void *data), void *data);
void obstacle_helper_ready(void);

#endif
