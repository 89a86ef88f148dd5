// SPDX-License-Identifier: Apache-2.0
/* objects.h - kernel objects that a process has, each kind with its own check */
#ifndef WORKLOADS_OBJECTS_H
#define WORKLOADS_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct object_kind - One kind of objects, in the manner of CRIU's zdtm
 * @name:	As in OBJECTS, and in the answer
 * @set_up:	Make them; ends the program when that fails
 * @wrong:	Look at them, again and again. Return: NULL, or what is wrong
 * @spoil:	Lose one of them, so that @wrong tells: for controls
 */
struct object_kind {
	const char *name;
	void (*set_up)(void);
	const char *(*wrong)(void);
	void (*spoil)(void);
};

extern const struct object_kind object_tree;
extern const struct object_kind object_zombie;
extern const struct object_kind object_threads;
extern const struct object_kind object_pipes;
extern const struct object_kind object_shared;
extern const struct object_kind object_sysv;
extern const struct object_kind object_timers;
extern const struct object_kind object_signals;
extern const struct object_kind object_descriptors;
extern const struct object_kind object_locks;

/** objects_share() - Zeroed memory that children share */
void *objects_share(size_t size);

/** objects_nap() - About @ms milliseconds, or until a signal */
void objects_nap(int ms);

/** objects_grew() - Whether @now becomes larger than @then within a second */
bool objects_grew(const volatile uint64_t *now, uint64_t then);

/** objects_child() - fork(2); a child ends with its parent */
int objects_child(void);

/** objects_fill() - A pattern that belongs to @seed */
void objects_fill(unsigned char *bytes, size_t n, uint64_t seed);
bool objects_filled(const volatile unsigned char *bytes, size_t n,
		    uint64_t seed);

/** objects_path() - Of a file in $STATE (or here); static, for one use */
const char *objects_path(const char *name);

#endif
