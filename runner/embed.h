// SPDX-License-Identifier: Apache-2.0
/* embed.h - libvirt's embedded QEMU driver: its root folder and settings */
#ifndef RUNNER_EMBED_H
#define RUNNER_EMBED_H

#include "base/err.h"

#define EMBED_ROOT "/run/crmatrix/libvirt"
#define EMBED_PIDS EMBED_ROOT "/run/qemu"
#define EMBED_URI "qemu:///embed?root=" EMBED_ROOT

/**
 * embed_prepare() - Furnish the driver's root on the worker's own /run
 * @cache:	Folder in which the driver's knowledge of QEMU's capabilities is
 *		kept, for probing costs seconds
 */
WARN_UNUSED
int embed_prepare(const char *cache, struct err *err);

#endif
