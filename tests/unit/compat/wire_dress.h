// SPDX-License-Identifier: Apache-2.0
/* wire_dress.h - one segment in every wrapping that the dissection knows */
#ifndef TESTS_UNIT_COMPAT_WIRE_DRESS_H
#define TESTS_UNIT_COMPAT_WIRE_DRESS_H

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_decode.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/* The frames that a talk made, in buffers of the exact size. */
struct shelf {
	uint8_t *bytes[4];
	uint32_t cap[4], len[4];
	size_t n;
};

static inline void put_on_shelf(void *ctx, int linktype, uint64_t at_ns,
				const uint8_t *bytes, uint32_t cap_len,
				uint32_t len)
{
	struct shelf *shelf = ctx;

	(void)linktype;
	(void)at_ns;
	ck_assert_uint_lt(shelf->n, ARRAY_SIZE(shelf->bytes));
	shelf->bytes[shelf->n] = xcalloc(cap_len, 1);
	memcpy(shelf->bytes[shelf->n], bytes, cap_len);
	shelf->cap[shelf->n] = cap_len;
	shelf->len[shelf->n++] = len;
}

static inline void clear_shelf(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->n; i++)
		free(shelf->bytes[i]);
	shelf->n = 0;
}

/* struct dress - In what a segment is wrapped */
struct dress {
	const char *name;
	int linktype;
	bool ipv6;
	int vlans;
	bool timestamps;
	bool extensions;
	bool has_mac;
};

static const struct dress dresses[] = {
	{ "ethernet", DLT_EN10MB, false, 0, false, false, true },
	{ "vlan", DLT_EN10MB, false, 1, false, false, true },
	{ "four vlans", DLT_EN10MB, true, 4, false, false, true },
	{ "timestamps", DLT_EN10MB, false, 0, true, false, true },
	{ "ipv6", DLT_EN10MB, true, 0, false, false, true },
	{ "extensions", DLT_EN10MB, true, 0, true, true, true },
	{ "sll", DLT_LINUX_SLL, false, 0, false, false, true },
	{ "sll ipv6", DLT_LINUX_SLL, true, 0, true, false, true },
	{ "sll2", DLT_LINUX_SLL2, true, 0, false, false, true },
	{ "raw", DLT_RAW, false, 0, false, false, false },
	{ "raw ipv6", DLT_RAW, true, 0, false, false, false },
	{ "null", DLT_NULL, false, 0, true, false, false },
	{ "null ipv6", DLT_NULL, true, 0, false, false, false },
};

static inline void wear(struct talk *talk, const struct dress *dress,
			struct shelf *shelf)
{
	talk_init(talk, dress->ipv6);
	talk->linktype = dress->linktype;
	talk->vlans = dress->vlans;
	talk->timestamps = dress->timestamps;
	talk->extensions = dress->extensions;
	talk->sink = put_on_shelf;
	talk->ctx = shelf;
}

static inline void decode(const struct talk *talk, const struct shelf *shelf,
			  size_t i, struct wire_packet *ret_packet)
{
	wire_decode(talk->linktype, shelf->bytes[i], shelf->cap[i],
		    shelf->len[i], ret_packet);
}

static inline bool same(const struct wire_addr *a, const struct wire_addr *b)
{
	return memcmp(a->ip, b->ip, 16) == 0 && a->port == b->port;
}

#endif
