// SPDX-License-Identifier: Apache-2.0
/* picture.h - pictures of the film, as files that any viewer shows */
#ifndef RUNNER_PICTURE_H
#define RUNNER_PICTURE_H

#include <stdint.h>

#include "base/err.h"

/** picture_write() - Write picture @n of the film (scenarios/workloads/frame.h)
 * as a bitmap in grey */
WARN_UNUSED
int picture_write(const char *path, uint32_t n, struct err *err);

#endif
