// SPDX-License-Identifier: Apache-2.0
/* test_wire_memory.c - remembering payload, and forgetting it in order */
#include <string.h>

#include "compat/wire.h"
#include "compat/wire_memory.h"
#include "tests/lib/testing.h"

static const uint8_t alphabet[] = "abcdefghijklmnopqrstuvwxyz";

static uint64_t keep_bytes(struct wire_memory *memory, uint64_t previous,
			   uint64_t from, uint64_t top, const uint8_t *bytes,
			   uint32_t len)
{
	struct wire_stretch stretch = { .from = from,
					.top = top,
					.at_ns = from,
					.len = len,
					.captured = len,
					.bytes = bytes };

	return wire_memory_keep(memory, previous, &stretch);
}

/* Keep the alphabet's [from, from + len) at position 100 + from. */
static uint64_t keep(struct wire_memory *memory, uint64_t previous,
		     uint32_t from, uint32_t len)
{
	return keep_bytes(memory, previous, 100 + from, 100 + from + len,
			  alphabet + from, len);
}

/* Two records: positions 100 to 109 and 110 to 119. */
static uint64_t two_records(struct wire_memory *memory)
{
	wire_memory_init(memory, 4096);
	return keep(memory, keep(memory, 0, 0, 10), 10, 10);
}

START_TEST(what_was_kept_is_found_equal)
{
	struct wire_memory memory;
	uint64_t newest = two_records(&memory);
	struct wire_compared sum =
		wire_memory_compare(&memory, newest, 105, alphabet + 5, 10);

	ck_assert_uint_eq(sum.found, 10);
	ck_assert_uint_eq(sum.differing, 0);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(each_differing_byte_counts)
{
	struct wire_memory memory;
	uint64_t newest = two_records(&memory);
	struct wire_compared sum = wire_memory_compare(
		&memory, newest, 108, (const uint8_t *)"iXkY", 4);

	ck_assert_uint_eq(sum.found, 4);
	ck_assert_uint_eq(sum.differing, 2);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(bytes_that_were_never_kept_are_not_found)
{
	struct wire_memory memory;
	uint64_t newest = two_records(&memory);
	struct wire_compared sum =
		wire_memory_compare(&memory, newest, 115, alphabet + 15, 11);

	ck_assert_uint_eq(sum.found, 5);
	sum = wire_memory_compare(&memory, newest, 90, alphabet, 5);
	ck_assert_uint_eq(sum.found, 0);
	sum = wire_memory_compare(&memory, 0, 100, alphabet, 5);
	ck_assert_uint_eq(sum.found, 0);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(a_late_record_below_the_top_is_found)
{
	struct wire_memory memory;
	uint64_t newest;
	struct wire_compared sum;

	wire_memory_init(&memory, 4096);
	newest = keep(&memory, 0, 0, 5);
	newest = keep(&memory, newest, 20, 5);
	newest = keep_bytes(&memory, newest, 105, 125, alphabet + 5, 15);
	sum = wire_memory_compare(&memory, newest, 100, alphabet, 25);
	ck_assert_uint_eq(sum.found, 25);
	ck_assert_uint_eq(sum.differing, 0);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(streams_do_not_see_each_other)
{
	struct wire_memory memory;
	struct wire_compared sum;
	uint64_t one, two;

	wire_memory_init(&memory, 4096);
	one = keep(&memory, 0, 0, 5);
	two = keep_bytes(&memory, 0, 100, 105, (const uint8_t *)"ABCDE", 5);
	sum = wire_memory_compare(&memory, one, 100, alphabet, 5);
	ck_assert_uint_eq(sum.differing, 0);
	sum = wire_memory_compare(&memory, two, 100, alphabet, 5);
	ck_assert_uint_eq(sum.differing, 5);
	wire_memory_release(&memory);
}
END_TEST

/* Far more than the ring holds: the newest are found right, the oldest are not
 * found, and nothing that is found is wrong. */
START_TEST(the_oldest_is_forgotten_first)
{
	struct wire_memory memory;
	uint64_t newest = 0;
	uint32_t found_late = 0;
	const uint32_t n = 1000;

	wire_memory_init(&memory, 1000);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t bytes[13];

		memset(bytes, (int)i, sizeof(bytes));
		newest = keep_bytes(&memory, newest, 13ULL * i, 13ULL * (i + 1),
				    bytes, 1 + i % sizeof(bytes));
	}
	for (uint32_t i = 0; i < n; i++) {
		struct wire_compared sum;
		uint8_t byte = (uint8_t)i;

		sum = wire_memory_compare(&memory, newest, 13ULL * i, &byte, 1);
		ck_assert_uint_eq(sum.differing, 0);
		ck_assert_msg(sum.found || found_late == 0,
			      "record %u is forgotten, an older is not", i);
		found_late += sum.found;
	}
	ck_assert_uint_ge(found_late, 15);
	ck_assert_uint_le(found_late, 1000 / 40);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(what_is_larger_than_the_memory_is_not_kept)
{
	static const uint8_t large[2000];
	struct wire_memory memory;
	uint64_t place;

	wire_memory_init(&memory, 1000);
	place = keep(&memory, 0, 0, 5);
	ck_assert_uint_eq(keep_bytes(&memory, place, 105, 2105, large,
				     sizeof(large)),
			  place);
	ck_assert_uint_eq(keep_bytes(&memory, place, 105, 105, large, 0),
			  place);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(the_search_is_bounded)
{
	struct wire_memory memory;
	struct wire_compared sum;
	uint64_t newest = 0;

	wire_memory_init(&memory, (size_t)1 << 20);
	for (uint32_t i = 0; i <= WIRE_MEMORY_STEPS; i++)
		newest = keep_bytes(&memory, newest, i, i + 1, alphabet, 1);
	sum = wire_memory_compare(&memory, newest, 1, alphabet, 1);
	ck_assert_uint_eq(sum.found, 1);
	sum = wire_memory_compare(&memory, newest, 0, alphabet, 1);
	ck_assert_uint_eq(sum.found, 0);
	wire_memory_release(&memory);
}
END_TEST

/* --- When and how much ---------------------------------------------------- */

START_TEST(when_a_byte_was_seen_is_known_while_it_is_kept)
{
	struct wire_memory memory;
	uint64_t newest = two_records(&memory);

	ck_assert_uint_eq(wire_memory_seen_ns(&memory, newest, 105), 100);
	ck_assert_uint_eq(wire_memory_seen_ns(&memory, newest, 110), 110);
	ck_assert_uint_eq(wire_memory_seen_ns(&memory, newest, 120),
			  WIRE_UNKNOWN);
	ck_assert_uint_eq(wire_memory_seen_ns(&memory, 0, 105), WIRE_UNKNOWN);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(what_flowed_in_a_time_is_added_up)
{
	struct wire_memory memory;
	uint64_t newest = two_records(&memory);
	struct wire_flowed sum;

	sum = wire_memory_flowed(&memory, newest, 100, 110);
	ck_assert_uint_eq(sum.bytes, 20);
	ck_assert_uint_eq(sum.segments, 2);
	ck_assert_uint_eq(sum.from_ns, 100);
	sum = wire_memory_flowed(&memory, newest, 101, 200);
	ck_assert_uint_eq(sum.bytes, 10);
	sum = wire_memory_flowed(&memory, newest, 0, 109);
	ck_assert_uint_eq(sum.bytes, 10);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(what_is_forgotten_shortens_the_time)
{
	struct wire_memory memory;
	struct wire_flowed sum;
	uint64_t newest = 0;

	wire_memory_init(&memory, 1000);
	for (uint32_t i = 0; i < 100; i++)
		newest = keep_bytes(&memory, newest, i, i + 1, alphabet, 1);
	sum = wire_memory_flowed(&memory, newest, 0, 99);
	ck_assert_uint_lt(sum.segments, 30);
	ck_assert_uint_eq(sum.from_ns, 100 - sum.segments);
	wire_memory_release(&memory);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_memory");
	TCase *tcase = tcase_create("memory");

	tcase_add_test(tcase, what_was_kept_is_found_equal);
	tcase_add_test(tcase, each_differing_byte_counts);
	tcase_add_test(tcase, bytes_that_were_never_kept_are_not_found);
	tcase_add_test(tcase, a_late_record_below_the_top_is_found);
	tcase_add_test(tcase, streams_do_not_see_each_other);
	tcase_add_test(tcase, the_oldest_is_forgotten_first);
	tcase_add_test(tcase, what_is_larger_than_the_memory_is_not_kept);
	tcase_add_test(tcase, the_search_is_bounded);
	tcase_add_test(tcase, when_a_byte_was_seen_is_known_while_it_is_kept);
	tcase_add_test(tcase, what_flowed_in_a_time_is_added_up);
	tcase_add_test(tcase, what_is_forgotten_shortens_the_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
