// SPDX-License-Identifier: Apache-2.0
/* host.h - facts of the machine that the tool runs on */
#ifndef RUNNER_HOST_H
#define RUNNER_HOST_H

#include <stddef.h>

#include "compat/results.h"

/** host_read() - Kernel and CPU; the rest stays NULL */
void host_read(struct host_facts *ret_host);

/** host_jobs() - Labs that fit beside each other: by cores and memory
 * @lab_bytes: Memory of one lab's two guests */
size_t host_jobs(uint64_t lab_bytes);

#endif
