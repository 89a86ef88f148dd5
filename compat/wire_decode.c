// SPDX-License-Identifier: Apache-2.0
/* wire_decode.c - one frame's bytes taken apart */
#include "compat/wire_decode.h"

#include <string.h>

#include "compat/wire_cursor.h"

#define VLAN_TAGS_MAX 4
#define IPV6_HEADERS_MAX 16

void wire_digest(struct wire_packet *packet, const uint8_t *at, size_t n)
{
	uint64_t h = packet->digest ^ n;
	uint64_t word;
	size_t i;

	for (i = 0; i + 8 <= n; i += 8) {
		memcpy(&word, at + i, 8);
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	if (i < n) {
		word = 0;
		memcpy(&word, at + i, n - i);
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	packet->digest = h;
}

/* --- Transport ------------------------------------------------------------ */

static void take_payload(struct cursor *c, uint32_t header_len,
			 struct wire_packet *packet)
{
	skip(c, header_len);
	packet->payload_len = c->len;
	packet->captured = c->cap;
	packet->payload = c->at;
}

static void decode_udp(struct cursor *c, struct wire_packet *packet)
{
	if (!has(c, 8))
		return;
	packet->kind = WIRE_UDP;
	packet->src.port = get16(c, 0);
	packet->dst.port = get16(c, 2);
	wire_digest(packet, c->at, 8);
	take_payload(c, 8, packet);
}

static void decode_transport(struct cursor *c, uint8_t next,
			     struct wire_packet *packet)
{
	if (packet->fragment_offset > 0) {
		if (next != NEXT_TCP)
			return;
		packet->kind = WIRE_FRAGMENT;
		take_payload(c, 0, packet);
	} else if (next == NEXT_TCP) {
		wire_segment_decode(c, packet);
	} else if (next == NEXT_UDP) {
		decode_udp(c, packet);
	} else if (next == NEXT_ICMP) {
		wire_icmp_decode(c, packet);
	} else if (next == NEXT_ICMPV6) {
		wire_icmpv6_decode(c, packet);
	}
}

/* --- Network -------------------------------------------------------------- */

static void decode_ipv4(struct cursor *c, struct wire_packet *packet)
{
	uint32_t header_len = (uint32_t)(get8(c, 0) & 0x0f) * 4;
	uint32_t total = get16(c, 2);
	uint16_t fragment = get16(c, 6);
	uint8_t next = get8(c, 9);

	if (!has(c, 20) || get8(c, 0) >> 4 != 4 || header_len < 20)
		return;
	if (total == 0) /* larger than 64 KiB: not yet cut by the sender */
		total = c->len;
	if (total > c->len || header_len > total || !has(c, header_len))
		return;
	cut(c, total);
	get_ipv4(c, 12, &packet->src);
	get_ipv4(c, 16, &packet->dst);
	packet->ip_id = get16(c, 4);
	packet->more = fragment & 0x2000;
	packet->fragment_offset = (uint32_t)(fragment & 0x1fff) * 8;
	wire_digest(packet, c->at, header_len);
	skip(c, header_len);
	decode_transport(c, next, packet);
}

static void take_ipv6_fragment(const struct cursor *c,
			       struct wire_packet *packet)
{
	packet->fragment_offset = get16(c, 2) & 0xfff8;
	packet->more = get16(c, 2) & 1;
	packet->ip_id = get32(c, 4);
}

bool wire_extension_skip(struct cursor *c, uint8_t *next,
			 struct wire_packet *packet)
{
	uint32_t len = ((uint32_t)get8(c, 1) + 1) * 8;

	switch (*next) {
	case NEXT_HOP_BY_HOP:
	case NEXT_ROUTING:
	case NEXT_DESTINATION:
	case NEXT_MOBILITY:
	case NEXT_HIP:
	case NEXT_SHIM6:
		break;
	case NEXT_FRAGMENT:
		len = 8;
		take_ipv6_fragment(c, packet);
		break;
	case NEXT_AH:
		len = ((uint32_t)get8(c, 1) + 2) * 4;
		break;
	default:
		return false;
	}
	*next = get8(c, 0);
	skip(c, len);
	return true;
}

static void decode_ipv6(struct cursor *c, struct wire_packet *packet)
{
	uint32_t payload = get16(c, 4);
	uint8_t next = get8(c, 6);
	const uint8_t *start = c->at;
	uint32_t captured = c->cap;

	if (!has(c, 40) || get8(c, 0) >> 4 != 6)
		return;
	get_bytes(c, 8, packet->src.ip, 16);
	get_bytes(c, 24, packet->dst.ip, 16);
	skip(c, 40);
	if (payload > c->len)
		return;
	if (payload > 0) /* else a jumbogram */
		cut(c, payload);
	for (int i = 0; packet->fragment_offset == 0; i++)
		if (i == IPV6_HEADERS_MAX ||
		    !wire_extension_skip(c, &next, packet))
			break;
	wire_digest(packet, start,
		    captured - c->cap < 64 ? captured - c->cap : 64);
	decode_transport(c, next, packet);
}

static bool is_vlan(uint16_t proto)
{
	return proto == 0x8100 || proto == 0x88a8 || proto == 0x9100;
}

static void decode_network(struct cursor *c, uint16_t proto,
			   struct wire_packet *packet)
{
	for (int i = 0; i < VLAN_TAGS_MAX && is_vlan(proto); i++) {
		proto = get16(c, 2);
		skip(c, 4);
	}
	if (proto == WIRE_PROTO_IPV4)
		decode_ipv4(c, packet);
	else if (proto == WIRE_PROTO_IPV6)
		decode_ipv6(c, packet);
	else if (proto == WIRE_PROTO_ARP)
		wire_arp_decode(c, packet);
}

void wire_decode(int linktype, const uint8_t *bytes, uint32_t cap_len,
		 uint32_t len, struct wire_packet *ret_packet)
{
	struct cursor c = { bytes, cap_len < len ? cap_len : len, len };

	*ret_packet = (struct wire_packet){ .kind = WIRE_OTHER };
	decode_network(&c, wire_link_strip(linktype, &c, ret_packet),
		       ret_packet);
	ret_packet->is_unique = ret_packet->ip_id != 0 ||
				ret_packet->options.timestamps;
}
