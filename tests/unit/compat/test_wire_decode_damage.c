// SPDX-License-Identifier: Apache-2.0
/* test_wire_decode_damage.c - frames that are cut, malformed or wild */
#include "tests/unit/compat/wire_dress.h"

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
	Suite *suite = suite_create("wire_decode, damage");
	TCase *tcase = tcase_create("decode");
	const int n = (int)ARRAY_SIZE(dresses);

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
