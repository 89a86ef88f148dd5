// SPDX-License-Identifier: Apache-2.0
/* picture.c - pictures of the film, as files that any viewer shows */
#include "runner/picture.h"

#include <endian.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "scenarios/workloads/frame.h"

/* The file's header, the picture's, a palette of 256 greys, then rows from the
 * lowest up: Windows bitmaps are the one format that needs no library. */
#define HEADERS (14 + 40)
#define PALETTE (256 * 4)
#define PIXELS (FRAME_WIDTH * FRAME_HEIGHT)
static_assert(FRAME_WIDTH % 4 == 0, "rows are filled up to four bytes");

static void put16(uint8_t *to, uint16_t value)
{
	value = htole16(value);
	memcpy(to, &value, sizeof(value));
}

static void put32(uint8_t *to, uint32_t value)
{
	value = htole32(value);
	memcpy(to, &value, sizeof(value));
}

static void put_headers(uint8_t *to)
{
	put16(to, 0x4d42); /* "BM" */
	put32(to + 2, HEADERS + PALETTE + PIXELS);
	put32(to + 10, HEADERS + PALETTE);
	put32(to + 14, 40);
	put32(to + 18, FRAME_WIDTH);
	put32(to + 22, FRAME_HEIGHT);
	put16(to + 26, 1);
	put16(to + 28, 8);
	put32(to + 34, PIXELS);
}

int picture_write(const char *path, uint32_t n, struct err *err)
{
	CLEANUP_FREE uint8_t *bytes = xcalloc(HEADERS + PALETTE + PIXELS, 1);
	uint8_t *at = bytes + HEADERS;

	put_headers(bytes);
	for (int grey = 0; grey < 256; grey++, at += 4)
		memset(at, grey, 3);
	for (unsigned int y = FRAME_HEIGHT; y-- > 0;)
		for (unsigned int x = 0; x < FRAME_WIDTH; x++)
			*at++ = frame_luma(n, x / 8, y / 8);
	return file_write(path, (const char *)bytes, HEADERS + PALETTE + PIXELS,
			  err);
}
