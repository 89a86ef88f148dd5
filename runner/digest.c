// SPDX-License-Identifier: Apache-2.0
/* digest.c - SHA-256 of texts and files, as 64 hex digits */
#include "runner/digest.h"

#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define CHUNK_BYTES 65536

static void finish(struct sha256_ctx *ctx, char out[DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[SHA256_DIGEST_SIZE];

	sha256_digest(ctx, sizeof(raw), raw);
	for (size_t i = 0; i < sizeof(raw); i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	out[DIGEST_HEX - 1] = '\0';
}

void digest_bytes(const void *bytes, size_t len, char out[DIGEST_HEX])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, len, bytes);
	finish(&ctx, out);
}

void digest_text(const char *text, char out[DIGEST_HEX])
{
	digest_bytes(text, strlen(text), out);
}

int digest_file(const char *path, char out[DIGEST_HEX], struct err *err)
{
	CLEANUP_FREE uint8_t *chunk = xcalloc(CHUNK_BYTES, 1);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct sha256_ctx ctx;
	ssize_t n;

	if (fd < 0)
		return err_errno(err, "open '%s'", path);
	sha256_init(&ctx);
	while ((n = read(fd, chunk, CHUNK_BYTES)) > 0)
		sha256_update(&ctx, (size_t)n, chunk);
	if (n < 0)
		return err_errno(err, "read '%s'", path);
	finish(&ctx, out);
	return 0;
}
