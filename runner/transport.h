// SPDX-License-Identifier: Apache-2.0
/* transport.h - the ways images travel, for modes that dump with criu */
#ifndef RUNNER_TRANSPORT_H
#define RUNNER_TRANSPORT_H

#include <stddef.h>

#include "base/err.h"

struct cell_run;

/**
 * struct transport_ops - A row; NULL where there is nothing to do
 * @setup:	Before the workload starts
 * @prepare:	Before criu dumps: have there what it is to be told of (see
 *		script_put_transport())
 * @bring:	After a round of pre-dump: its images to the target
 *
 * @round is that of pre-dump, 1-based; 0 is the dump itself, which is brought by
 * the modes. Return as the duties of a mode.
 */
struct transport_ops {
	int (*setup)(struct cell_run *run, struct err *err);
	int (*prepare)(struct cell_run *run, size_t round, struct err *err);
	int (*bring)(struct cell_run *run, size_t round, struct err *err);
};

extern const struct transport_ops transport_stream;
extern const struct transport_ops transport_page_server;
extern const struct transport_ops transport_shared;

/* Of the scenario's transport. */
WARN_UNUSED
int transport_setup(struct cell_run *run, struct err *err);
WARN_UNUSED
int transport_prepare(struct cell_run *run, size_t round, struct err *err);
WARN_UNUSED
int transport_bring(struct cell_run *run, size_t round, struct err *err);

#endif
