// SPDX-License-Identifier: Apache-2.0
/* wire_link.c - the link layer's headers: who sent it, what follows */
#include <pcap/dlt.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_cursor.h"
#include "compat/wire_decode.h"

static void get_mac(const struct cursor *c, uint32_t offset,
		    struct wire_packet *packet)
{
	static const struct wire_mac none;

	get_bytes(c, offset, packet->mac.b, sizeof(packet->mac.b));
	packet->has_mac = memcmp(&packet->mac, &none, sizeof(none)) != 0;
}

static uint16_t link_ethernet(struct cursor *c, struct wire_packet *packet)
{
	uint16_t proto = get16(c, 12);

	get_mac(c, 6, packet);
	skip(c, 14);
	return proto;
}

static uint16_t link_sll(struct cursor *c, struct wire_packet *packet)
{
	uint16_t proto = get16(c, 14);

	if (get16(c, 4) == 6)
		get_mac(c, 6, packet);
	skip(c, 16);
	return proto;
}

static uint16_t link_sll2(struct cursor *c, struct wire_packet *packet)
{
	uint16_t proto = get16(c, 0);

	if (get8(c, 11) == 6)
		get_mac(c, 12, packet);
	skip(c, 20);
	return proto;
}

static uint16_t link_raw(struct cursor *c, struct wire_packet *packet)
{
	(void)packet;
	return get8(c, 0) >> 4 == 6 ? WIRE_PROTO_IPV6 : WIRE_PROTO_IPV4;
}

/* BSD's loopback: an address family in some byte order, which IP says too. */
static uint16_t link_null(struct cursor *c, struct wire_packet *packet)
{
	skip(c, 4);
	return link_raw(c, packet);
}

static const struct link_type {
	int linktype;
	uint16_t (*strip)(struct cursor *c, struct wire_packet *packet);
} link_types[] = {
	{ DLT_EN10MB, link_ethernet },
	{ DLT_LINUX_SLL, link_sll },
	{ DLT_LINUX_SLL2, link_sll2 },
	{ DLT_RAW, link_raw },
	{ 101, link_raw }, /* LINKTYPE_RAW as in the file */
	{ DLT_IPV4, link_raw },
	{ DLT_IPV6, link_raw },
	{ DLT_NULL, link_null },
	{ DLT_LOOP, link_null },
};

static const struct link_type *find_link(int linktype)
{
	for (size_t i = 0; i < ARRAY_SIZE(link_types); i++)
		if (link_types[i].linktype == linktype)
			return &link_types[i];
	return NULL;
}

bool wire_linktype_known(int linktype)
{
	return find_link(linktype) != NULL;
}

uint16_t wire_link_strip(int linktype, struct cursor *c,
			 struct wire_packet *packet)
{
	const struct link_type *link = find_link(linktype);

	return link ? link->strip(c, packet) : 0;
}
