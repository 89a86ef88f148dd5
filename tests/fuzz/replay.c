// SPDX-License-Identifier: Apache-2.0
/*
 * replay.c - drives a fuzzer without libFuzzer: its corpus, and damaged copies
 *
 * The damage is drawn from a fixed seed, so a failure comes again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#define INPUT_MAX ((size_t)1024 * 1024)
#define DAMAGED_COPIES 200
#define DAMAGES_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t next_random(uint64_t *state)
{
	/* xorshift64 */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* One of: flip a bit, set a byte, cut the end off, repeat a piece. */
static size_t damage(uint8_t *bytes, size_t len, uint64_t *state)
{
	uint64_t dice = next_random(state);
	size_t at;

	if (len == 0)
		return 0;
	at = next_random(state) % len;
	switch (dice % 4) {
	case 0:
		bytes[at] ^= (uint8_t)(1U << (dice / 4 % 8));
		return len;
	case 1:
		bytes[at] = (uint8_t)(dice / 4);
		return len;
	case 2:
		return at;
	default:
		memmove(bytes + at / 2, bytes + at, len - at);
		return len;
	}
}

/* In a buffer of the exact size, so that a sanitizer sees a read beyond it. */
static void try_one(const uint8_t *bytes, size_t len)
{
	CLEANUP_FREE uint8_t *exact = xcalloc(len, 1);

	memcpy(exact, bytes, len);
	(void)LLVMFuzzerTestOneInput(exact, len);
}

static void try_damaged(const uint8_t *bytes, size_t len)
{
	CLEANUP_FREE uint8_t *copy = xcalloc(len, 1);
	uint64_t state = 88172645463325252U + len;

	for (int i = 0; i < DAMAGED_COPIES; i++) {
		uint64_t times = 1 + next_random(&state) % DAMAGES_MAX;
		size_t left = len;

		memcpy(copy, bytes, len);
		while (times-- > 0)
			left = damage(copy, left, &state);
		try_one(copy, left);
	}
}

int main(int argc, char **argv)
{
	struct str_list names = { 0 };
	struct err err = ERR_INIT;

	if (argc != 2 || file_list(argv[1], &names, &err) < 0 || !names.n) {
		(void)fprintf(stderr, "usage: %s CORPUS_DIR (with files): %s\n",
			      argv[0], err.msg);
		return 2;
	}
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *path =
			xasprintf("%s/%s", argv[1], names.v[i]);
		CLEANUP_FREE char *text = NULL;
		size_t len;

		(void)printf("%s\n", names.v[i]);
		(void)fflush(stdout);
		if (file_read(path, INPUT_MAX, &text, &len, &err) < 0) {
			(void)fprintf(stderr, "%s\n", err.msg);
			return 2;
		}
		try_one((const uint8_t *)text, len);
		try_damaged((const uint8_t *)text, len);
	}
	str_list_release(&names);
	return 0;
}
