// SPDX-License-Identifier: Apache-2.0
/* test_wire_decode.c - frames of every kind, whole, cut and damaged */
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

static void put_on_shelf(void *ctx, int linktype, uint64_t at_ns,
			 const uint8_t *bytes, uint32_t cap_len, uint32_t len)
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

static void clear_shelf(struct shelf *shelf)
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

static void wear(struct talk *talk, const struct dress *dress,
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

static void decode(const struct talk *talk, const struct shelf *shelf, size_t i,
		   struct wire_packet *ret_packet)
{
	wire_decode(talk->linktype, shelf->bytes[i], shelf->cap[i],
		    shelf->len[i], ret_packet);
}

static bool same(const struct wire_addr *a, const struct wire_addr *b)
{
	return memcmp(a->ip, b->ip, 16) == 0 && a->port == b->port;
}

/* --- Whole frames --------------------------------------------------------- */

START_TEST(a_segment_is_understood_in_every_dress)
{
	const struct dress *dress = &dresses[_i];
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, dress, &shelf);
	talk.next[SERVER] = 0xfedcba98;
	talk.ack[SERVER] = 0x01234567;
	talk_text(&talk, SERVER, "payload");
	decode(&talk, &shelf, 0, &packet);
	ck_assert_msg(packet.kind == WIRE_TCP, "%s: kind %d", dress->name,
		      packet.kind);
	ck_assert(same(&packet.src, &talk.addr[SERVER]));
	ck_assert(same(&packet.dst, &talk.addr[CLIENT]));
	ck_assert_int_eq(packet.has_mac, dress->has_mac);
	if (dress->has_mac)
		ck_assert_mem_eq(&packet.mac, &frames_source, 6);
	ck_assert_uint_eq(packet.seq, 0xfedcba98);
	ck_assert_uint_eq(packet.ack, 0x01234567);
	ck_assert_uint_eq(packet.flags, PSH | ACK);
	ck_assert_int_eq(packet.has_timestamp, dress->timestamps);
	ck_assert_uint_eq(packet.payload_len, 7);
	ck_assert_uint_eq(packet.captured, 7);
	ck_assert_mem_eq(packet.payload, "payload", 7);
	ck_assert_uint_eq(packet.fragment_offset, 0);
	ck_assert(!packet.more);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(a_datagram_is_understood_in_every_dress)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[_i], &shelf);
	talk_udp(&talk, CLIENT, "ping!", 5);
	decode(&talk, &shelf, 0, &packet);
	ck_assert_msg(packet.kind == WIRE_UDP, "%s: kind %d", dresses[_i].name,
		      packet.kind);
	ck_assert(same(&packet.src, &talk.addr[CLIENT]));
	ck_assert(same(&packet.dst, &talk.addr[SERVER]));
	ck_assert_uint_eq(packet.payload_len, 5);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(arp_tells_who_asks_for_whom)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[0], &shelf);
	talk_arp(&talk, CLIENT);
	decode(&talk, &shelf, 0, &packet);
	ck_assert_int_eq(packet.kind, WIRE_ARP);
	ck_assert_mem_eq(packet.src.ip, talk.addr[CLIENT].ip, 16);
	ck_assert_mem_eq(packet.dst.ip, talk.addr[SERVER].ip, 16);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(a_neighbor_advertisement_tells_its_target)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[4], &shelf);
	talk_neighbor(&talk);
	decode(&talk, &shelf, 0, &packet);
	ck_assert_int_eq(packet.kind, WIRE_NEIGHBOR);
	ck_assert_mem_eq(packet.dst.ip, talk.addr[SERVER].ip, 16);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(fragments_are_noted)
{
	struct segment segment = { .from = SERVER,
				   .flags = ACK,
				   .bytes = "0123456789abcdefghijklmnop",
				   .len = 26 };
	uint32_t header_len = dresses[_i].timestamps ? 32 : 20;
	uint32_t cut = 40 - header_len; /* payload in the first */
	struct shelf shelf = { .n = 0 };
	struct wire_packet first, second;
	struct talk talk;

	wear(&talk, &dresses[_i], &shelf);
	talk_fragments(&talk, &segment, 40);
	decode(&talk, &shelf, 0, &first);
	decode(&talk, &shelf, 1, &second);
	ck_assert_int_eq(first.kind, WIRE_TCP);
	ck_assert(first.more);
	ck_assert_uint_eq(first.header_len, header_len);
	ck_assert_uint_eq(first.payload_len, cut);
	ck_assert_int_eq(second.kind, WIRE_FRAGMENT);
	ck_assert(!second.more);
	ck_assert_uint_eq(second.fragment_offset, 40);
	ck_assert_uint_eq(second.ip_id, first.ip_id);
	ck_assert_uint_eq(second.payload_len, 26 - cut);
	ck_assert_mem_eq(second.payload, (const char *)segment.bytes + cut,
			 26 - cut);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(a_segment_over_64_kib_takes_its_length_from_the_frame)
{
	static uint8_t large[FRAMES_PAYLOAD_MAX];
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[_i], &shelf);
	talk_data(&talk, CLIENT, large, sizeof(large));
	decode(&talk, &shelf, 0, &packet);
	ck_assert_int_eq(packet.kind, WIRE_TCP);
	ck_assert_uint_eq(packet.payload_len, sizeof(large));
	clear_shelf(&shelf);
}
END_TEST

START_TEST(padding_is_not_payload)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	uint8_t padded[60] = { 0 };
	struct talk talk;

	wear(&talk, &dresses[0], &shelf);
	talk_ack(&talk, CLIENT);
	memcpy(padded, shelf.bytes[0], shelf.len[0]);
	wire_decode(DLT_EN10MB, padded, 60, 60, &packet);
	ck_assert_int_eq(packet.kind, WIRE_TCP);
	ck_assert_uint_eq(packet.payload_len, 0);
	clear_shelf(&shelf);
}
END_TEST

/* --- The digest ----------------------------------------------------------- */

START_TEST(two_captures_of_a_frame_are_alike_and_a_repetition_is_not)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet one, two, again;
	struct talk talk;

	wear(&talk, &dresses[0], &shelf);
	talk_text(&talk, CLIENT, "text");
	talk_again(&talk, CLIENT, 0, "text", 4);
	decode(&talk, &shelf, 0, &one);
	decode(&talk, &shelf, 0, &two);
	decode(&talk, &shelf, 1, &again);
	ck_assert_uint_ne(one.digest, 0);
	ck_assert_uint_eq(one.digest, two.digest);
	ck_assert_uint_ne(one.digest, again.digest);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(without_identification_or_time_stamp_there_is_no_digest)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[4], &shelf);
	talk_text(&talk, CLIENT, "text");
	decode(&talk, &shelf, 0, &packet);
	ck_assert_uint_eq(packet.digest, 0);
	clear_shelf(&shelf);
}
END_TEST

/* --- Cut and damaged frames ----------------------------------------------- */

/* Of a frame cut at @n the decoder may say less, but nothing else. The buffer
 * is exact, so that a sanitizer sees a read beyond it. */
static void check_cut(const struct talk *talk, const uint8_t *bytes, uint32_t n,
		      uint32_t len)
{
	CLEANUP_FREE uint8_t *exact = xcalloc(n, 1);
	struct wire_packet packet;

	memcpy(exact, bytes, n);
	wire_decode(talk->linktype, exact, n, len, &packet);
	if (packet.kind == WIRE_TCP) {
		ck_assert(same(&packet.src, &talk->addr[CLIENT]));
		ck_assert_uint_eq(packet.seq, 1000);
		ck_assert_uint_le(packet.captured, packet.payload_len);
	} else {
		ck_assert_int_eq(packet.kind, WIRE_OTHER);
	}
}

START_TEST(every_snap_length_is_safe_and_says_nothing_false)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet whole, cut;
	struct talk talk;
	uint32_t len;

	wear(&talk, &dresses[_i], &shelf);
	talk_text(&talk, CLIENT, "some payload");
	len = shelf.len[0];
	for (uint32_t n = 0; n <= len; n++)
		check_cut(&talk, shelf.bytes[0], n, len);
	decode(&talk, &shelf, 0, &whole);
	wire_decode(talk.linktype, shelf.bytes[0], len - 5, len, &cut);
	ck_assert_int_eq(cut.kind, WIRE_TCP);
	ck_assert_uint_eq(cut.payload_len, whole.payload_len);
	ck_assert_uint_eq(cut.captured, whole.captured - 5);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(every_length_on_the_wire_is_safe_and_a_short_one_is_malformed)
{
	struct shelf shelf = { .n = 0 };
	struct talk talk;

	wear(&talk, &dresses[_i], &shelf);
	talk_text(&talk, CLIENT, "some payload");
	for (uint32_t n = 0; n < shelf.len[0]; n++) {
		struct wire_packet packet;

		check_cut(&talk, shelf.bytes[0], n, n);
		wire_decode(talk.linktype, shelf.bytes[0], n, n, &packet);
		ck_assert_int_eq(packet.kind, WIRE_OTHER);
	}
	clear_shelf(&shelf);
}
END_TEST

START_TEST(every_damaged_byte_is_safe)
{
	struct shelf shelf = { .n = 0 };
	struct talk talk;
	uint32_t len;

	wear(&talk, &dresses[_i], &shelf);
	talk_text(&talk, CLIENT, "some payload");
	len = shelf.len[0];
	for (uint32_t i = 0; i < len; i++) {
		uint8_t *byte = &shelf.bytes[0][i], was = *byte;

		for (int value = 0; value < 256; value++) {
			struct wire_packet packet;

			*byte = (uint8_t)value;
			decode(&talk, &shelf, 0, &packet);
			ck_assert_uint_le(packet.captured, packet.payload_len);
			ck_assert_uint_le(packet.payload_len, len);
		}
		*byte = was;
	}
	clear_shelf(&shelf);
}
END_TEST

/* struct damage - One byte, and what it makes of an Ethernet and IPv4 frame */
static const struct damage {
	const char *name;
	size_t at;
	uint8_t value;
} damages[] = {
	{ "an EtherType of no interest", 12, 0x88 },
	{ "IP version 5", 14, 0x55 },
	{ "an IP header of 16 bytes", 14, 0x44 },
	{ "an IP header longer than the datagram", 14, 0x4f },
	{ "a length of less than the header", 17, 19 },
	{ "a length of more than the frame", 16, 0x40 },
	{ "a protocol of no interest", 23, 47 },
	{ "a TCP header of 16 bytes", 46, 0x40 },
	{ "a TCP header longer than the segment", 46, 0xf0 },
};

START_TEST(a_malformed_frame_is_nothing)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[0], &shelf);
	talk_text(&talk, CLIENT, "some payload");
	shelf.bytes[0][damages[_i].at] = damages[_i].value;
	decode(&talk, &shelf, 0, &packet);
	ck_assert_msg(packet.kind == WIRE_OTHER, "%s: kind %d",
		      damages[_i].name, packet.kind);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(no_bytes_at_all_are_safe)
{
	struct wire_packet packet;

	wire_decode(DLT_EN10MB, NULL, 0, 0, &packet);
	ck_assert_int_eq(packet.kind, WIRE_OTHER);
	wire_decode(DLT_RAW, NULL, 0, 1500, &packet);
	ck_assert_int_eq(packet.kind, WIRE_OTHER);
	wire_decode(-1, NULL, 0, 0, &packet);
	ck_assert_int_eq(packet.kind, WIRE_OTHER);
}
END_TEST

START_TEST(extension_headers_without_end_are_given_up)
{
	uint8_t bytes[40 + 100 * 8] = { 0x60 };
	struct wire_packet packet;

	bytes[4] = (100 * 8) >> 8;
	bytes[5] = (100 * 8) & 0xff;
	bytes[6] = 0; /* hop-by-hop, followed by more of these */
	wire_decode(DLT_RAW, bytes, sizeof(bytes), sizeof(bytes), &packet);
	ck_assert_int_eq(packet.kind, WIRE_OTHER);
}
END_TEST

/* TCP options that are longer than the header, or of length 0. */
START_TEST(wild_options_are_safe)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[3], &shelf);
	talk_ack(&talk, CLIENT);
	for (int kind = 0; kind < 256; kind++)
		for (int len = 0; len < 256; len += 5) {
			shelf.bytes[0][54] = (uint8_t)kind;
			shelf.bytes[0][55] = (uint8_t)len;
			decode(&talk, &shelf, 0, &packet);
			ck_assert_int_eq(packet.kind, WIRE_TCP);
		}
	clear_shelf(&shelf);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_decode");
	TCase *tcase = tcase_create("decode");
	const int n = (int)ARRAY_SIZE(dresses);

	tcase_add_loop_test(tcase, a_segment_is_understood_in_every_dress, 0,
			    n);
	tcase_add_loop_test(tcase, a_datagram_is_understood_in_every_dress, 0,
			    n);
	tcase_add_test(tcase, arp_tells_who_asks_for_whom);
	tcase_add_test(tcase, a_neighbor_advertisement_tells_its_target);
	tcase_add_loop_test(tcase, fragments_are_noted, 0, n);
	tcase_add_loop_test(
		tcase, a_segment_over_64_kib_takes_its_length_from_the_frame, 0,
		n);
	tcase_add_test(tcase, padding_is_not_payload);
	tcase_add_test(
		tcase,
		two_captures_of_a_frame_are_alike_and_a_repetition_is_not);
	tcase_add_test(tcase,
		       without_identification_or_time_stamp_there_is_no_digest);
	tcase_add_loop_test(
		tcase, every_snap_length_is_safe_and_says_nothing_false, 0, n);
	tcase_add_loop_test(
		tcase,
		every_length_on_the_wire_is_safe_and_a_short_one_is_malformed,
		0, n);
	tcase_add_loop_test(tcase, every_damaged_byte_is_safe, 0, n);
	tcase_add_loop_test(tcase, a_malformed_frame_is_nothing, 0,
			    (int)ARRAY_SIZE(damages));
	tcase_add_test(tcase, no_bytes_at_all_are_safe);
	tcase_add_test(tcase, extension_headers_without_end_are_given_up);
	tcase_add_test(tcase, wild_options_are_safe);
	suite_add_tcase(suite, tcase);
	return suite;
}
