// SPDX-License-Identifier: Apache-2.0
/* test_wire_link.c - link layers: which are known, and whom they name */
#include <pcap/dlt.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_cursor.h"
#include "compat/wire_decode.h"
#include "tests/lib/testing.h"

/* struct header - A link header, and what it says */
static const struct header {
	const char *name;
	int linktype;
	uint8_t bytes[24];
	uint32_t len;
	uint16_t proto;
	bool has_mac;
} headers[] = {
	{ "ethernet",
	  DLT_EN10MB,
	  { 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0 },
	  14,
	  0x0800,
	  true },
	{ "ethernet of a loopback device has no sender",
	  DLT_EN10MB,
	  { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x86, 0xdd },
	  14,
	  0x86dd,
	  false },
	{ "cooked",
	  DLT_LINUX_SLL,
	  { 0, 0, 0, 1, 0, 6, 2, 3, 4, 5, 6, 7, 0, 0, 8, 6 },
	  16,
	  0x0806,
	  true },
	{ "cooked, of a device without addresses",
	  DLT_LINUX_SLL,
	  { 0, 0, 0xff, 0xfe, 0, 0, 2, 3, 4, 5, 6, 7, 0, 0, 8, 0 },
	  16,
	  0x0800,
	  false },
	{ "cooked, second version",
	  DLT_LINUX_SLL2,
	  { 8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 3, 4, 5, 6, 7, 0, 0 },
	  20,
	  0x0800,
	  true },
	{ "cooked, second version, without addresses",
	  DLT_LINUX_SLL2,
	  { 8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 3, 4, 5, 6, 7, 0, 0 },
	  20,
	  0x0800,
	  false },
	{ "raw IPv4", DLT_RAW, { 0x45 }, 0, 0x0800, false },
	{ "raw IPv6", DLT_RAW, { 0x60 }, 0, 0x86dd, false },
	{ "raw IP by its number in files", 101, { 0x60 }, 0, 0x86dd, false },
	{ "IPv4", DLT_IPV4, { 0x45 }, 0, 0x0800, false },
	{ "IPv6", DLT_IPV6, { 0x60 }, 0, 0x86dd, false },
	{ "BSD loopback", DLT_NULL, { 2, 0, 0, 0, 0x45 }, 4, 0x0800, false },
	{ "BSD loopback, other order",
	  DLT_LOOP,
	  { 0, 0, 0, 30, 0x60 },
	  4,
	  0x86dd,
	  false },
};

START_TEST(a_link_header_says_who_sent_what)
{
	static const uint8_t sender[6] = { 2, 3, 4, 5, 6, 7 };
	const struct header *header = &headers[_i];
	struct wire_packet packet = { .kind = WIRE_OTHER };
	struct cursor c = { header->bytes, 24, 100 };
	uint16_t proto = wire_link_strip(header->linktype, &c, &packet);

	ck_assert_msg(proto == header->proto, "%s: got 0x%04x", header->name,
		      proto);
	ck_assert_int_eq(packet.has_mac, header->has_mac);
	if (header->has_mac)
		ck_assert_mem_eq(packet.mac.b, sender, 6);
	ck_assert_ptr_eq(c.at, header->bytes + header->len);
	ck_assert_uint_eq(c.cap, 24 - header->len);
	ck_assert_uint_eq(c.len, 100 - header->len);
	ck_assert(wire_linktype_known(header->linktype));
}
END_TEST

START_TEST(an_unknown_link_type_is_nothing)
{
	struct wire_packet packet = { .kind = WIRE_OTHER };
	struct cursor c = { headers[0].bytes, 24, 24 };

	ck_assert(!wire_linktype_known(DLT_IEEE802_11_RADIO));
	ck_assert(!wire_linktype_known(-1));
	ck_assert_uint_eq(wire_link_strip(DLT_IEEE802_11_RADIO, &c, &packet),
			  0);
}
END_TEST

START_TEST(a_cut_header_is_safe)
{
	const struct header *header = &headers[_i];

	for (uint32_t n = 0; n < header->len; n++) {
		struct wire_packet packet = { .kind = WIRE_OTHER };
		CLEANUP_FREE uint8_t *exact = xcalloc(n, 1);
		struct cursor c = { exact, n, n };

		memcpy(exact, header->bytes, n);
		(void)wire_link_strip(header->linktype, &c, &packet);
		ck_assert_uint_eq(c.cap, 0);
		ck_assert_uint_eq(c.len, 0);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_link");
	TCase *tcase = tcase_create("link");

	tcase_add_loop_test(tcase, a_link_header_says_who_sent_what, 0,
			    (int)ARRAY_SIZE(headers));
	tcase_add_test(tcase, an_unknown_link_type_is_nothing);
	tcase_add_loop_test(tcase, a_cut_header_is_safe, 0,
			    (int)ARRAY_SIZE(headers));
	suite_add_tcase(suite, tcase);
	return suite;
}
