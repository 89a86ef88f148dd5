// SPDX-License-Identifier: Apache-2.0
/* test_wire_decode.c - frames of every kind, in every wrapping */
#include "tests/unit/compat/wire_dress.h"

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
	ck_assert_int_eq(packet.options.timestamps, dress->timestamps);
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
	ck_assert(one.is_unique);
	ck_assert_uint_eq(one.digest, two.digest);
	ck_assert_uint_ne(one.digest, again.digest);
	clear_shelf(&shelf);
}
END_TEST

START_TEST(without_identification_or_time_stamp_a_digest_is_not_unique)
{
	struct shelf shelf = { .n = 0 };
	struct wire_packet packet;
	struct talk talk;

	wear(&talk, &dresses[4], &shelf);
	talk_text(&talk, CLIENT, "text");
	decode(&talk, &shelf, 0, &packet);
	ck_assert(!packet.is_unique);
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
	tcase_add_test(
		tcase,
		without_identification_or_time_stamp_a_digest_is_not_unique);
	suite_add_tcase(suite, tcase);
	return suite;
}
