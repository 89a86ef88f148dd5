// SPDX-License-Identifier: Apache-2.0
/* digest.h - SHA-256 of texts and files, as 64 hex digits */
#ifndef RUNNER_DIGEST_H
#define RUNNER_DIGEST_H

#include <stddef.h>

#include "base/err.h"

#define DIGEST_HEX 65

void digest_bytes(const void *bytes, size_t len, char out[DIGEST_HEX]);
void digest_text(const char *text, char out[DIGEST_HEX]);
WARN_UNUSED
int digest_file(const char *path, char out[DIGEST_HEX], struct err *err);

#endif
