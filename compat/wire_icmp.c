// SPDX-License-Identifier: Apache-2.0
/* wire_icmp.c - ARP, neighbour discovery and ICMP errors */
#include <string.h>

#include "compat/wire_cursor.h"
#include "compat/wire_decode.h"

#define IPV6_HEADERS_MAX 16

enum { ARP_REQUEST = 1, ARP_REPLY = 2 };
enum { ND_SOLICITATION = 135, ND_ADVERTISEMENT = 136 };
enum { ND_SOURCE_ADDRESS = 1, ND_TARGET_ADDRESS = 2 };

static bool same_ip(const struct wire_addr *a, const struct wire_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* 0.0.0.0 or ::, who has no address yet. */
static bool is_nobody(const struct wire_addr *addr)
{
	static const uint8_t none[16];

	return memcmp(addr->ip, none, 10) == 0 &&
	       memcmp(addr->ip + 12, none, 4) == 0 &&
	       (addr->ip[10] == 0xff || memcmp(addr->ip, none, 16) == 0);
}

/* --- ARP ------------------------------------------------------------------ */

/* The sender of any ARP says where it is, but for the probe of one that has no
 * address yet (RFC 5227); one that asks for its own address announces it. */
void wire_arp_decode(const struct cursor *c, struct wire_packet *packet)
{
	uint32_t hlen = get8(c, 4);
	uint16_t op = get16(c, 6);
	struct wire_neighbor *neighbor = &packet->neighbor;
	bool itself;

	if (get16(c, 2) != WIRE_PROTO_IPV4 || get8(c, 5) != 4 ||
	    !has(c, 8 + 2 * hlen + 8))
		return;
	packet->kind = WIRE_ARP;
	get_ipv4(c, 8 + hlen, &packet->src);
	get_ipv4(c, 8 + 2 * hlen + 4, &packet->dst);
	itself = same_ip(&packet->src, &packet->dst);
	neighbor->mac = packet->mac;
	if (hlen == sizeof(neighbor->mac.b))
		get_bytes(c, 8, neighbor->mac.b, sizeof(neighbor->mac.b));
	neighbor->claims = !is_nobody(&packet->src);
	neighbor->asks = op == ARP_REQUEST && neighbor->claims && !itself;
	neighbor->asked = op == ARP_REPLY && !itself;
	wire_digest(packet, c->at, 8 + 2 * hlen + 8);
}

/* --- Neighbour discovery -------------------------------------------------- */

/* The link address in the options of a message; false without one. */
static bool find_link_address(const struct cursor *c, uint8_t kind,
			      struct wire_mac *ret_mac)
{
	for (uint32_t at = 24; has(c, at + 8);) {
		uint32_t len = (uint32_t)get8(c, at + 1) * 8;

		if (len == 0)
			return false;
		if (get8(c, at) == kind && len == 8) {
			get_bytes(c, at + 2, ret_mac->b, sizeof(ret_mac->b));
			return true;
		}
		at += len;
	}
	return false;
}

static void decode_neighbor(const struct cursor *c, uint8_t type,
			    struct wire_packet *packet)
{
	struct wire_neighbor *neighbor = &packet->neighbor;
	struct wire_addr target = { .port = 0 };

	if (!has(c, 24))
		return;
	packet->kind = WIRE_NEIGHBOR;
	get_bytes(c, 8, target.ip, sizeof(target.ip));
	neighbor->mac = packet->mac;
	if (type == ND_ADVERTISEMENT) {
		neighbor->claims = true;
		neighbor->asked = get8(c, 4) & 0x40;
		(void)find_link_address(c, ND_TARGET_ADDRESS, &neighbor->mac);
		packet->src = packet->dst = target;
	} else {
		neighbor->claims =
			find_link_address(c, ND_SOURCE_ADDRESS, &neighbor->mac);
		neighbor->asks = !is_nobody(&packet->src);
		packet->dst = target;
	}
	wire_digest(packet, c->at, c->cap < 64 ? c->cap : 64);
}

/* --- Errors --------------------------------------------------------------- */

/* The segment that the error quotes becomes the packet's addresses. */
static void take_quoted(const struct cursor *c, uint8_t next,
			const struct wire_packet *quoted,
			struct wire_packet *packet)
{
	if (next != NEXT_TCP || quoted->fragment_offset > 0 || !has(c, 4))
		return;
	packet->kind = WIRE_ICMP;
	packet->src = quoted->src;
	packet->dst = quoted->dst;
	packet->src.port = get16(c, 0);
	packet->dst.port = get16(c, 2);
}

static void take_error(struct cursor *c, bool v6, struct wire_packet *packet)
{
	packet->error = (struct wire_error){ get8(c, 0), get8(c, 1), v6 };
	wire_digest(packet, c->at, c->cap < 64 ? c->cap : 64);
	skip(c, 8);
}

void wire_icmp_decode(struct cursor *c, struct wire_packet *packet)
{
	struct wire_packet quoted = { .kind = WIRE_OTHER };
	uint32_t header_len;
	uint8_t next;

	switch (get8(c, 0)) {
	case 3:	 /* destination unreachable */
	case 11: /* time exceeded */
	case 12: /* parameter problem */
		break;
	default:
		return;
	}
	take_error(c, false, packet);
	header_len = (uint32_t)(get8(c, 0) & 0x0f) * 4;
	if (get8(c, 0) >> 4 != 4 || header_len < 20 || !has(c, header_len))
		return;
	get_ipv4(c, 12, &quoted.src);
	get_ipv4(c, 16, &quoted.dst);
	quoted.fragment_offset = get16(c, 6) & 0x1fff;
	next = get8(c, 9);
	skip(c, header_len);
	take_quoted(c, next, &quoted, packet);
}

static void decode_error6(struct cursor *c, struct wire_packet *packet)
{
	struct wire_packet quoted = { .kind = WIRE_OTHER };
	uint8_t next;

	take_error(c, true, packet);
	next = get8(c, 6);
	if (get8(c, 0) >> 4 != 6 || !has(c, 40))
		return;
	get_bytes(c, 8, quoted.src.ip, sizeof(quoted.src.ip));
	get_bytes(c, 24, quoted.dst.ip, sizeof(quoted.dst.ip));
	skip(c, 40);
	for (int i = 0; i < IPV6_HEADERS_MAX; i++)
		if (!wire_extension_skip(c, &next, &quoted))
			break;
	take_quoted(c, next, &quoted, packet);
}

void wire_icmpv6_decode(struct cursor *c, struct wire_packet *packet)
{
	uint8_t type = get8(c, 0);

	if (type == ND_SOLICITATION || type == ND_ADVERTISEMENT)
		decode_neighbor(c, type, packet);
	else if (type >= 1 && type <= 4) /* errors, RFC 4443 */
		decode_error6(c, packet);
}
