// SPDX-License-Identifier: Apache-2.0
/* selfprobe.h - what a process can find out about itself */
#ifndef WORKLOADS_SELFPROBE_H
#define WORKLOADS_SELFPROBE_H

#include <stddef.h>

#include "scenarios/workloads/guest.h"

/**
 * struct selfprobe - One thing that it knows of itself
 * @key:	As in its output
 * @prepare:	Set it to something unusual, once, before the first line; may be
 *		NULL
 * @tell:	Its value now, without blanks
 */
struct selfprobe {
	const char *key;
	void (*prepare)(void);
	void (*tell)(struct text *t);
};

/** struct selfprobes - Those of one group, by which they are chosen */
struct selfprobes {
	const char *group;
	const struct selfprobe *v;
	size_t n;
};

extern const struct selfprobes selfprobes_clocks;
extern const struct selfprobes selfprobes_files;
extern const struct selfprobes selfprobes_memory;
extern const struct selfprobes selfprobes_process;
extern const struct selfprobes selfprobes_queues;
extern const struct selfprobes selfprobes_security;
extern const struct selfprobes selfprobes_sockets;

/** selfprobe_status() - The value of a line of /proc/self/status, 0 without one */
void selfprobe_status(struct text *t, const char *name);

/** selfprobe_file() - A hash of a file's bytes, or "none" */
void selfprobe_file(struct text *t, const char *path);

#endif
