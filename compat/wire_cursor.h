// SPDX-License-Identifier: Apache-2.0
/* wire_cursor.h - bounds-checked reading of a frame, inside the dissection */
#ifndef COMPAT_WIRE_CURSOR_H
#define COMPAT_WIRE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "compat/wire_decode.h"

/* EtherTypes */
#define WIRE_PROTO_IPV4 0x0800
#define WIRE_PROTO_ARP 0x0806
#define WIRE_PROTO_IPV6 0x86dd

/**
 * struct cursor - What is left of a frame
 * @at:		Next byte
 * @cap:	Bytes captured from there, at most @len
 * @len:	Bytes on the wire from there
 *
 * All reading goes through the getters, which read 0 beyond what was captured.
 */
struct cursor {
	const uint8_t *at;
	uint32_t cap;
	uint32_t len;
};

static inline uint8_t get8(const struct cursor *c, uint32_t offset)
{
	return offset < c->cap ? c->at[offset] : 0;
}

static inline uint16_t get16(const struct cursor *c, uint32_t offset)
{
	return (uint16_t)(get8(c, offset) << 8 | get8(c, offset + 1));
}

static inline uint32_t get32(const struct cursor *c, uint32_t offset)
{
	return (uint32_t)get16(c, offset) << 16 | get16(c, offset + 2);
}

static inline bool has(const struct cursor *c, uint32_t n)
{
	return c->cap >= n;
}

static inline void skip(struct cursor *c, uint32_t n)
{
	uint32_t cap = n < c->cap ? n : c->cap;

	if (cap > 0)
		c->at += cap;
	c->cap -= cap;
	c->len -= n < c->len ? n : c->len;
}

static inline void cut(struct cursor *c, uint32_t len)
{
	if (len < c->len)
		c->len = len;
	if (c->cap > c->len)
		c->cap = c->len;
}

/* The bytes were captured, or nothing is copied. */
static inline void get_bytes(const struct cursor *c, uint32_t offset,
			     uint8_t *to, uint32_t n)
{
	if (has(c, offset + n))
		memcpy(to, c->at + offset, n);
}

/**
 * wire_link_strip() - Skip the link layer's header
 * @packet:	.mac and .has_mac are filled where the link type tells
 *
 * Return: EtherType of what follows, 0 when the link type is not known
 */
uint16_t wire_link_strip(int linktype, struct cursor *c,
			 struct wire_packet *packet);

#endif
