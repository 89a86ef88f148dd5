// SPDX-License-Identifier: Apache-2.0
/* test_mpegts.c - a transport stream taken apart, whole and damaged */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/mpegts.h"
#include "tests/lib/testing.h"

#define VIDEO 0x101
#define PICTURE 300 /* bytes, of which the last packet holds few */

/** struct seen - What a stream was found to be */
struct seen {
	unsigned int pictures, right;
	struct str_list faults;
};

static struct seen seen;
static struct mpegts ts;

static void on_picture(void *arg, const uint8_t *bytes, size_t len)
{
	struct seen *s = arg;
	bool right = len == PICTURE;

	for (size_t i = 0; right && i < len; i++)
		right = bytes[i] == (uint8_t)(i + s->pictures);
	s->pictures++;
	s->right += right;
}

static void on_fault(void *arg, const char *what)
{
	struct seen *s = arg;

	str_list_add(&s->faults, what);
}

static void setup(void)
{
	seen = (struct seen){ 0 };
	ts = (struct mpegts){ .on_picture = on_picture,
			      .on_fault = on_fault,
			      .arg = &seen };
}

static void teardown(void)
{
	mpegts_release(&ts);
	str_list_release(&seen.faults);
}

/** struct packet - One to be made; @fill: of the adaptation field, 0: without */
struct packet {
	unsigned int pid, counter;
	bool starts, excused;
	const uint8_t *bytes;
	size_t len;
};

static void feed(const struct packet *packet)
{
	uint8_t bytes[MPEGTS_PACKET] = { 0x47 };
	size_t field = MPEGTS_PACKET - 4 - packet->len;

	bytes[1] = (uint8_t)((packet->starts ? 0x40 : 0) | packet->pid >> 8);
	bytes[2] = (uint8_t)packet->pid;
	bytes[3] = (uint8_t)((packet->len ? 0x10 : 0) | (field ? 0x20 : 0) |
			     (packet->counter & 15));
	if (field)
		bytes[4] = (uint8_t)(field - 1);
	if (field > 1)
		bytes[5] = packet->excused ? 0x80 : 0;
	if (packet->len)
		memcpy(bytes + 4 + field, packet->bytes, packet->len);
	mpegts_feed(&ts, bytes, sizeof(bytes));
}

/* In two packets; @told: with its length in its header. */
static void feed_picture(unsigned int *counter, unsigned int n, bool told)
{
	uint8_t pes[9 + PICTURE] = { 0, 0, 1, 0xe0 };
	struct packet packet = { .pid = VIDEO, .starts = true, .bytes = pes };

	pes[4] = told ? (PICTURE + 3) >> 8 : 0;
	pes[5] = told ? (PICTURE + 3) & 0xff : 0;
	pes[6] = 0x80;
	for (size_t i = 0; i < PICTURE; i++)
		pes[9 + i] = (uint8_t)(i + n);
	packet.len = 184;
	packet.counter = (*counter)++;
	feed(&packet);
	packet.starts = false;
	packet.bytes += 184;
	packet.len = sizeof(pes) - 184;
	packet.counter = (*counter)++;
	feed(&packet);
}

static void check(unsigned int pictures, const char *fault)
{
	CLEANUP_FREE char *faults = str_list_join(&seen.faults, "; ");

	ck_assert_str_eq(faults, fault);
	ck_assert_uint_eq(seen.pictures, pictures);
	ck_assert_uint_eq(seen.right, pictures);
}

START_TEST(pictures_come_whole_and_in_order)
{
	unsigned int counter = 9;

	for (unsigned int n = 0; n < 20; n++)
		feed_picture(&counter, n, true);
	check(20, "");
}
END_TEST

START_TEST(one_without_a_length_ends_where_the_next_begins)
{
	unsigned int counter = 0;

	for (unsigned int n = 0; n < 3; n++)
		feed_picture(&counter, n, false);
	check(2, "");
}
END_TEST

START_TEST(a_stream_may_begin_in_the_middle)
{
	uint8_t rest[50] = { 0 };
	unsigned int counter = 4;

	feed(&(struct packet){ .pid = VIDEO,
			       .counter = counter,
			       .bytes = rest,
			       .len = sizeof(rest) });
	counter++;
	feed_picture(&counter, 0, true);
	check(1, "");
}
END_TEST

START_TEST(a_counter_that_skips_is_told)
{
	unsigned int counter = 14;

	feed_picture(&counter, 0, true);
	counter += 2;
	feed_picture(&counter, 1, true);
	check(2, "continuity counter of PID 257 is 2 after 15");
}
END_TEST

START_TEST(a_skip_that_is_announced_is_none)
{
	uint8_t table[10] = { 0 };
	struct packet packet = { .pid = 0, .bytes = table, .len = 10 };

	feed(&packet);
	packet.counter = 7;
	packet.excused = true;
	feed(&packet);
	check(0, "");
}
END_TEST

START_TEST(packets_without_payload_are_not_counted)
{
	unsigned int counter = 0;

	feed_picture(&counter, 0, true);
	feed(&(struct packet){ .pid = VIDEO, .counter = counter - 1 });
	feed_picture(&counter, 1, true);
	check(2, "");
}
END_TEST

START_TEST(a_lost_sync_is_told_once)
{
	unsigned int counter = 0;
	uint8_t noise[100] = { 0 };

	mpegts_feed(&ts, noise, sizeof(noise));
	feed_picture(&counter, 0, true);
	check(1, "no packet begins where one must");
}
END_TEST

START_TEST(a_picture_without_end_is_too_large)
{
	uint8_t bytes[184] = { 0, 0, 1, 0xe0 };
	struct packet packet = { .pid = VIDEO,
				 .starts = true,
				 .bytes = bytes,
				 .len = sizeof(bytes) };

	for (size_t at = 0; at <= MPEGTS_UNIT_MAX; at += sizeof(bytes)) {
		feed(&packet);
		packet.starts = false;
		packet.counter++;
	}
	check(0, "a picture larger than 256 KiB");
}
END_TEST

START_TEST(a_length_beyond_the_packet_is_told)
{
	uint8_t bytes[MPEGTS_PACKET] = { 0x47, 0x41, 1, 0x30, 184 };

	mpegts_feed(&ts, bytes, sizeof(bytes));
	check(0, "an adaptation field longer than its packet");
}
END_TEST

/* Tables have PID 0. */
START_TEST(what_comes_before_the_video_is_none)
{
	uint8_t table[] = { 0, 0, 0xb0, 13 };
	unsigned int counter = 0;

	feed(&(struct packet){
		.starts = true, .bytes = table, .len = sizeof(table) });
	feed_picture(&counter, 0, true);
	check(1, "");
}
END_TEST

START_TEST(any_bytes_are_safe)
{
	uint64_t x = 1;

	for (unsigned int i = 0; i < 200000; i++) {
		uint8_t byte;

		x = x * UINT64_C(6364136223846793005) + 1;
		byte = i % MPEGTS_PACKET ? (uint8_t)(x >> 56) : 0x47;
		mpegts_feed(&ts, &byte, 1);
	}
	ck_assert_uint_eq(seen.right, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/mpegts");
	TCase *tcase = tcase_create("stream");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, pictures_come_whole_and_in_order);
	tcase_add_test(tcase, one_without_a_length_ends_where_the_next_begins);
	tcase_add_test(tcase, a_stream_may_begin_in_the_middle);
	tcase_add_test(tcase, a_counter_that_skips_is_told);
	tcase_add_test(tcase, a_skip_that_is_announced_is_none);
	tcase_add_test(tcase, packets_without_payload_are_not_counted);
	tcase_add_test(tcase, a_lost_sync_is_told_once);
	tcase_add_test(tcase, a_picture_without_end_is_too_large);
	tcase_add_test(tcase, a_length_beyond_the_packet_is_told);
	tcase_add_test(tcase, what_comes_before_the_video_is_none);
	tcase_add_test(tcase, any_bytes_are_safe);
	suite_add_tcase(suite, tcase);
	return suite;
}
