// SPDX-License-Identifier: Apache-2.0
/* frame.h - the pictures of 'video', every bit of which its viewer knows */
#ifndef WORKLOADS_FRAME_H
#define WORKLOADS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "scenarios/workloads/mix.h"

/*
 * DOC: The film
 * MPEG-1 video (ISO 11172-2) of 320 by 240 at 25 pictures a second, so plain
 * that a page of code makes it: each picture is an I-picture with a sequence
 * header of its own, and of each block of 8 by 8 there is only its mean. Blocks
 * are the dots in which the number of the picture is drawn, on a bar that moves.
 * Number and content of a picture are in its user data too, with noise that makes
 * it as large as pictures are; so its viewer knows which one it sees, and makes
 * the same once more to compare every bit.
 */
#define FRAME_RATE 25
#define FRAME_WIDTH 320
#define FRAME_HEIGHT 240
#define FRAME_COLUMNS (FRAME_WIDTH / 8) /* of dots */
#define FRAME_ROWS (FRAME_HEIGHT / 8)
#define FRAME_DIGITS 6
#define FRAME_NOISE 2048
#define FRAME_MAX 8192
#define FRAME_MARK "crmatrix"

/** enum frame_code - Bytes after 00 00 01; slices are 1 to FRAME_SLICES */
enum frame_code {
	FRAME_PICTURE = 0x00,
	FRAME_USER_DATA = 0xb2,
	FRAME_SEQUENCE = 0xb3,
	FRAME_GROUP = 0xb8,
};
#define FRAME_SLICES (FRAME_HEIGHT / 16)

/* --- What is drawn --------------------------------------------------------- */

/* Three dots by five each, a row in three bits, from the top. */
static inline bool frame_digit_dot(unsigned int digit, unsigned int x,
				   unsigned int y)
{
	static const uint16_t fonts[10] = { 075557, 026227, 071747, 071717,
					    055711, 074717, 074757, 071111,
					    075757, 075717 };

	return fonts[digit] >> (3 * (4 - y) + (2 - x)) & 1;
}

/** frame_dot() - Whether a dot of picture @n is white, by column and row */
static inline bool frame_dot(uint32_t n, unsigned int x, unsigned int y)
{
	const unsigned int left = 5, top = 12, pitch = 5;
	uint32_t place = 1;
	unsigned int i;

	if (y < top || y >= top + 5 || x < left ||
	    x >= left + pitch * FRAME_DIGITS || (x - left) % pitch >= 3)
		return false;
	for (i = (x - left) / pitch; i + 1 < FRAME_DIGITS; i++)
		place *= 10;
	return frame_digit_dot(n / place % 10, (x - left) % pitch, y - top);
}

/** frame_luma() - Brightness of a dot of picture @n */
static inline uint8_t frame_luma(uint32_t n, unsigned int x, unsigned int y)
{
	if (frame_dot(n, x, y))
		return 235;
	/* A bar that moves a dot a picture, on a slope of grey. */
	return x == n % FRAME_COLUMNS ? 180 : (uint8_t)(40 + 2 * y);
}

/* --- How it is written ------------------------------------------------------- */

/** struct frame - A picture under construction; bits from the highest on */
struct frame {
	size_t n;
	unsigned int free; /* bits of the last byte */
	uint8_t bytes[FRAME_MAX];
};

static inline void frame_bits(struct frame *f, uint32_t value,
			      unsigned int count)
{
	while (count--) {
		if (!f->free) {
			f->bytes[f->n++] = 0;
			f->free = 8;
		}
		f->free--;
		f->bytes[f->n - 1] |=
			(uint8_t)((value >> count & 1) << f->free);
	}
}

static inline void frame_code(struct frame *f, unsigned int code)
{
	f->free = 0; /* what is left of a byte is zero */
	frame_bits(f, 0x100 | code, 32);
}

static inline void frame_text(struct frame *f, const char *s)
{
	while (*s)
		frame_bits(f, (uint8_t)*s++, 8);
}

/** struct frame_vlc - A code of dct_dc_size */
struct frame_vlc {
	uint8_t code, bits;
};

/* The mean of a block, as its difference from the block's before. */
static inline void frame_mean(struct frame *f, const struct frame_vlc *sizes,
			      int value, int *before)
{
	int diff = value - *before;
	unsigned int size = 0, rest = (unsigned int)(diff < 0 ? -diff : diff);

	for (; rest; rest >>= 1)
		size++;
	frame_bits(f, sizes[size].code, sizes[size].bits);
	frame_bits(f, (uint32_t)(diff < 0 ? diff + (1 << size) - 1 : diff),
		   size);
	frame_bits(f, 2, 2); /* end of block */
	*before = value;
}

static inline void frame_slice(struct frame *f, uint32_t n, unsigned int row)
{
	static const struct frame_vlc luma[] = {
		{ 4, 3 },  { 0, 2 },  { 1, 2 },	 { 5, 3 },  { 6, 3 },
		{ 14, 4 }, { 30, 5 }, { 62, 6 }, { 126, 7 }
	};
	static const struct frame_vlc chroma[] = { { 0, 2 } };
	int y_before = 128, c_before = 128;
	unsigned int x, i;

	frame_code(f, row + 1);
	frame_bits(f, 1, 5); /* quantizer_scale */
	frame_bits(f, 0, 1);
	for (x = 0; x < FRAME_COLUMNS; x += 2) {
		frame_bits(f, 3, 2); /* next macroblock, intra */
		for (i = 0; i < 4; i++)
			frame_mean(f, luma,
				   frame_luma(n, x + i % 2, 2 * row + i / 2),
				   &y_before);
		for (i = 0; i < 2; i++)
			frame_mean(f, chroma, 128, &c_before);
	}
}

static inline void frame_headers(struct frame *f, uint32_t n)
{
	uint32_t seconds = n / FRAME_RATE;

	frame_code(f, FRAME_SEQUENCE);
	frame_bits(f, FRAME_WIDTH, 12);
	frame_bits(f, FRAME_HEIGHT, 12);
	frame_bits(f, 1, 4);	    /* square pixels */
	frame_bits(f, 3, 4);	    /* 25 a second */
	frame_bits(f, 0x3ffff, 18); /* no fixed bit rate */
	frame_bits(f, 1, 1);
	frame_bits(f, 20, 10);
	frame_bits(f, 0, 3);
	frame_code(f, FRAME_GROUP);
	frame_bits(f, 0, 1);
	frame_bits(f, seconds / 3600 % 24, 5);
	frame_bits(f, seconds / 60 % 60, 6);
	frame_bits(f, 1, 1);
	frame_bits(f, seconds % 60, 6);
	frame_bits(f, n % FRAME_RATE, 6);
	frame_bits(f, 2, 2); /* closed */
	frame_code(f, FRAME_PICTURE);
	frame_bits(f, 0, 10);
	frame_bits(f, 1, 3); /* I */
	frame_bits(f, 0xffff, 16);
	frame_bits(f, 0, 1);
}

/* "crmatrix000123" and noise, whose high bits keep start codes out. */
static inline void frame_user_data(struct frame *f, uint32_t n)
{
	char digits[FRAME_DIGITS + 1] = { 0 };
	uint32_t rest = n;
	int i;

	for (i = FRAME_DIGITS - 1; i >= 0; i--, rest /= 10)
		digits[i] = (char)('0' + rest % 10);
	frame_code(f, FRAME_USER_DATA);
	frame_text(f, FRAME_MARK);
	frame_text(f, digits);
	for (i = 0; i < FRAME_NOISE; i++)
		frame_bits(f,
			   0x80 | (uint32_t)mix64((uint64_t)n << 16 |
						  (uint64_t)i),
			   8);
}

/** frame_make() - Picture @n, below a million */
static inline void frame_make(struct frame *f, uint32_t n)
{
	unsigned int row;

	f->n = 0;
	f->free = 0;
	frame_headers(f, n);
	frame_user_data(f, n);
	for (row = 0; row < FRAME_SLICES; row++)
		frame_slice(f, n, row);
	f->free = 0;
}

/**
 * frame_number() - Which picture @bytes are said to be
 *
 * Return: its number, or -1: it does not tell
 */
static inline int32_t frame_number(const uint8_t *bytes, size_t len)
{
	static const uint8_t mark[] = { 0,   0,	  1,   FRAME_USER_DATA,
					'c', 'r', 'm', 'a',
					't', 'r', 'i', 'x' };
	const uint8_t *at = memmem(bytes, len, mark, sizeof(mark));
	int32_t number = 0;
	size_t i;

	if (!at || len - (size_t)(at - bytes) < sizeof(mark) + FRAME_DIGITS)
		return -1;
	at += sizeof(mark);
	for (i = 0; i < FRAME_DIGITS; i++) {
		if (at[i] < '0' || at[i] > '9')
			return -1;
		number = number * 10 + at[i] - '0';
	}
	return number;
}

#endif
