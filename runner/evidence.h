// SPDX-License-Identifier: Apache-2.0
/* evidence.h - files that go into guests, and what is brought back from them */
#ifndef RUNNER_EVIDENCE_H
#define RUNNER_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "compat/scenario.h"

#define EVIDENCE_CAPTURE "service.pcap"
#define EVIDENCE_DUMP_TAR "dump.tar"
#define EVIDENCE_RESTORE_TAR "restore.tar"

struct cell_run;

/** evidence_pack_files() - A scenario's files as a tar; owned */
WARN_UNUSED
int evidence_pack_files(const struct scenario *scenario, char **ret_tar,
			size_t *ret_len, struct err *err);

/** evidence_transfer_bytes() - Bytes that the source has sent over the transfer
 * network so far; UNMEASURED when the kernel does not tell */
uint64_t evidence_transfer_bytes(void);

/** evidence_collect() - Unpack what criu left, copy consoles, read statistics:
 * fills the observation's log names and criu figures */
WARN_UNUSED
int evidence_collect(struct cell_run *run, struct err *err);

#endif
