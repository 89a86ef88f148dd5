// SPDX-License-Identifier: Apache-2.0
/* evidence.h - files that go into guests, and what is brought back from them */
#ifndef RUNNER_EVIDENCE_H
#define RUNNER_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define EVIDENCE_CAPTURE "service.pcapng"
#define EVIDENCE_CRIU_TAR "criu.tar"

struct cell_run;
struct obs_criu;

/** evidence_transfer_bytes() - Bytes that the source has sent over the transfer
 * network so far; UNMEASURED when the kernel does not tell */
uint64_t evidence_transfer_bytes(void);

/** evidence_read_stats() - Figures of criu's statistics in a file of the cell's folder;
 * all UNMEASURED when it is not there, or something else */
void evidence_read_stats(const struct cell_run *run, const char *name,
			 struct obs_criu *ret_criu);

/** evidence_collect() - Bring back what criu wrote, copy consoles, read
 * statistics; a guest that is gone has nothing to give. Fills the observation's log names and criu figures */
WARN_UNUSED
int evidence_collect(struct cell_run *run, struct err *err);

#endif
