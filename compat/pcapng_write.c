// SPDX-License-Identifier: Apache-2.0
/* pcapng_write.c - pcapng's blocks as bytes, in this machine's byte order */
#include "compat/pcapng_write.h"

#include <string.h>

#define OVERHEAD 12
#define OPTION_MAX 65535U

enum {
	SECTION = 0x0a0d0d0a,
	INTERFACE = 1,
	STATISTICS = 5,
	FRAME = 6,
};

enum {
	OPT_COMMENT = 1,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
	ISB_OSDROP = 7,
};

static void put16(FILE *f, uint16_t value)
{
	(void)fwrite(&value, sizeof(value), 1, f);
}

static void put32(FILE *f, uint32_t value)
{
	(void)fwrite(&value, sizeof(value), 1, f);
}

static void put_padded(FILE *f, const void *bytes, uint32_t len)
{
	(void)fwrite(bytes, 1, len, f);
	(void)fwrite("\0\0\0", 1, -len & 3, f);
}

static void put_time(FILE *f, uint64_t at_ns)
{
	put32(f, (uint32_t)(at_ns >> 32));
	put32(f, (uint32_t)at_ns);
}

/* --- Options -------------------------------------------------------------- */

static uint32_t padded(uint32_t len)
{
	return (len + 3) & ~3U;
}

static uint32_t text_len(const char *text)
{
	size_t len = strlen(text);

	return len < OPTION_MAX ? (uint32_t)len : OPTION_MAX;
}

/* Bytes of an option; none for no text. */
static uint32_t option_len(const char *text)
{
	return text ? 4 + padded(text_len(text)) : 0;
}

static void put_option(FILE *f, uint16_t code, const void *value, uint32_t len)
{
	put16(f, code);
	put16(f, (uint16_t)len);
	put_padded(f, value, len);
}

static void put_text(FILE *f, uint16_t code, const char *text)
{
	if (text)
		put_option(f, code, text, text_len(text));
}

/* Of options: the one that ends them. */
#define END_LEN 4
static void put_end(FILE *f)
{
	put32(f, 0);
}

/* --- Blocks --------------------------------------------------------------- */

static void begin(FILE *f, uint32_t type, uint32_t len)
{
	put32(f, type);
	put32(f, len);
}

void pcapng_section(FILE *f, const char *application)
{
	uint32_t len = OVERHEAD + 16 + option_len(application) + END_LEN;

	begin(f, SECTION, len);
	put32(f, 0x1a2b3c4d);
	put16(f, 1);
	put16(f, 0);
	put32(f, UINT32_MAX); /* its length: not told */
	put32(f, UINT32_MAX);
	put_text(f, SHB_USERAPPL, application);
	put_end(f);
	put32(f, len);
}

void pcapng_interface(FILE *f, int linktype, uint32_t snaplen, const char *name,
		      const char *description)
{
	static const uint8_t nanoseconds = 9;
	uint32_t len = OVERHEAD + 8 + option_len(name) +
		       option_len(description) + 8 + END_LEN;

	begin(f, INTERFACE, len);
	put16(f, (uint16_t)linktype);
	put16(f, 0);
	put32(f, snaplen);
	put_text(f, IF_NAME, name);
	put_text(f, IF_DESCRIPTION, description);
	put_option(f, IF_TSRESOL, &nanoseconds, 1);
	put_end(f);
	put32(f, len);
}

void pcapng_frame(FILE *f, const struct pcapng_frame *frame)
{
	uint32_t len = OVERHEAD + 20 + padded(frame->cap_len);

	for (size_t i = 0; i < frame->n_comments; i++)
		len += option_len(frame->comments[i]);
	if (frame->n_comments > 0)
		len += END_LEN;
	begin(f, FRAME, len);
	put32(f, frame->interface);
	put_time(f, frame->at_ns);
	put32(f, frame->cap_len);
	put32(f, frame->len);
	put_padded(f, frame->bytes, frame->cap_len);
	for (size_t i = 0; i < frame->n_comments; i++)
		put_text(f, OPT_COMMENT, frame->comments[i]);
	if (frame->n_comments > 0)
		put_end(f);
	put32(f, len);
}

void pcapng_statistics(FILE *f, const struct pcapng_statistics *statistics)
{
	uint32_t len = OVERHEAD + 12 + 3 * 12 + END_LEN;

	begin(f, STATISTICS, len);
	put32(f, statistics->interface);
	put_time(f, statistics->at_ns);
	put_option(f, ISB_IFRECV, &statistics->received, 8);
	put_option(f, ISB_IFDROP, &statistics->if_drops, 8);
	put_option(f, ISB_OSDROP, &statistics->os_drops, 8);
	put_end(f);
	put32(f, len);
}
