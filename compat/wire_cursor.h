// SPDX-License-Identifier: Apache-2.0
/* wire_cursor.h - bounds-checked reading of a frame, inside the dissection */
#ifndef COMPAT_WIRE_CURSOR_H
#define COMPAT_WIRE_CURSOR_H

#include <arpa/inet.h>
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
	uint16_t value;

	if (offset + 2 > c->cap)
		return (uint16_t)(get8(c, offset) << 8);
	memcpy(&value, c->at + offset, sizeof(value));
	return ntohs(value);
}

static inline uint32_t get32(const struct cursor *c, uint32_t offset)
{
	uint32_t value;

	if (offset + 4 > c->cap)
		return (uint32_t)get16(c, offset) << 16 | get16(c, offset + 2);
	memcpy(&value, c->at + offset, sizeof(value));
	return ntohl(value);
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

/* Numbers of netinet/in.h, which says less: next headers of IPv4 and IPv6. */
enum {
	NEXT_HOP_BY_HOP = 0,
	NEXT_ICMP = 1,
	NEXT_TCP = 6,
	NEXT_UDP = 17,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AH = 51,
	NEXT_ICMPV6 = 58,
	NEXT_DESTINATION = 60,
	NEXT_MOBILITY = 135,
	NEXT_HIP = 139,
	NEXT_SHIM6 = 140
};

/** get_ipv4() - The address at @offset, v4-mapped */
static inline void get_ipv4(const struct cursor *c, uint32_t offset,
			    struct wire_addr *addr)
{
	addr->ip[10] = 0xff;
	addr->ip[11] = 0xff;
	get_bytes(c, offset, addr->ip + 12, 4);
}

/** wire_extension_skip() - Skip one extension header of IPv6
 *
 * Return: false when @next is not one */
bool wire_extension_skip(struct cursor *c, uint8_t *next,
			 struct wire_packet *packet);

/** wire_segment_decode() - The TCP header is next */
void wire_segment_decode(struct cursor *c, struct wire_packet *packet);

/** wire_digest() - Mix the first @n captured bytes into the digest */
void wire_digest(struct wire_packet *packet, const uint8_t *at, size_t n);

/* ICMP and what is between IP and the link; .kind stays for what is of no
 * interest. */
void wire_arp_decode(const struct cursor *c, struct wire_packet *packet);
void wire_icmp_decode(struct cursor *c, struct wire_packet *packet);
void wire_icmpv6_decode(struct cursor *c, struct wire_packet *packet);

/**
 * wire_link_strip() - Skip the link layer's header
 * @packet:	.mac and .has_mac are filled where the link type tells
 *
 * Return: EtherType of what follows, 0 when the link type is not known
 */
uint16_t wire_link_strip(int linktype, struct cursor *c,
			 struct wire_packet *packet);

#endif
