// SPDX-License-Identifier: Apache-2.0
/* lab_internal.h - shared by the files of the lab */
#ifndef RUNNER_LAB_INTERNAL_H
#define RUNNER_LAB_INTERNAL_H

#include "runner/lab.h"
#include "runner/pack.h"
#include "runner/relay.h"
#include "runner/virt.h"

struct lab {
	const struct lab_opts *opts;
	struct virt *virt;
	struct child *relay;   /* NULL: none is needed */
	char *dir;	       /* consoles and sockets */
	char *kept;	       /* the disk that outlives a reboot */
	char *ram[ROLE_COUNT]; /* files of ram.h, NULL: none */
	char *qemu_version;
	struct residents residents;
	struct lab_node nodes[ROLE_COUNT];
};

/** lab_node_drop() - Destroy one VM; none running is fine */
void lab_node_drop(struct lab_node *node);

#endif
