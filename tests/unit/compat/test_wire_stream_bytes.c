// SPDX-License-Identifier: Apache-2.0
/* test_wire_stream_bytes.c - repeated bytes compared; long and wild streams */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_stream.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/* --- What is remembered --------------------------------------------------- */

static struct wire_seen see(struct wire_stream *stream,
			    struct wire_memory *memory, uint32_t seq,
			    const char *bytes, uint32_t len, uint32_t captured)
{
	static const struct wire_event event = { .frame = 1 };
	struct wire_segment segment = { .seq = seq,
					.len = len,
					.captured = captured,
					.bytes = (const uint8_t *)bytes };
	struct wire_seen seen;

	wire_stream_segment(stream, memory, &segment, &event, &seen);
	return seen;
}

START_TEST(repeated_bytes_that_differ_are_counted)
{
	struct wire_stream stream = { 0 };
	struct wire_memory memory;
	struct wire_seen seen;

	wire_memory_init(&memory, 4096);
	(void)see(&stream, &memory, 10, "hello ", 6, 6);
	(void)see(&stream, &memory, 16, "world!", 6, 6);
	seen = see(&stream, &memory, 14, "o_WORLD", 7, 7);
	ck_assert_uint_eq(seen.repeated, 7);
	ck_assert_uint_eq(seen.differing, 6);
	ck_assert_uint_eq(seen.unchecked, 0);
	wire_stream_release(&stream);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(what_was_not_captured_is_not_checked)
{
	struct wire_stream stream = { 0 };
	struct wire_memory memory;
	struct wire_seen seen;

	wire_memory_init(&memory, 4096);
	(void)see(&stream, &memory, 10, "hell", 10, 4);
	seen = see(&stream, &memory, 10, "hello worl", 10, 10);
	ck_assert_uint_eq(seen.repeated, 10);
	ck_assert_uint_eq(seen.unchecked, 6);
	seen = see(&stream, &memory, 10, "he", 10, 2);
	ck_assert_uint_eq(seen.unchecked, 8);
	ck_assert_uint_eq(seen.differing, 0);
	wire_stream_release(&stream);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(what_was_forgotten_is_not_checked)
{
	static const char other[900];
	struct wire_stream stream = { 0 }, busy = { 0 };
	struct wire_memory memory;
	struct wire_seen seen;

	wire_memory_init(&memory, 1000);
	(void)see(&stream, &memory, 10, "hello", 5, 5);
	(void)see(&busy, &memory, 1, other, 900, 900);
	(void)see(&busy, &memory, 901, other, 900, 900);
	seen = see(&stream, &memory, 10, "HELLO", 5, 5);
	ck_assert_uint_eq(seen.repeated, 5);
	ck_assert_uint_eq(seen.unchecked, 5);
	ck_assert_uint_eq(seen.differing, 0);
	wire_stream_release(&stream);
	wire_stream_release(&busy);
	wire_memory_release(&memory);
}
END_TEST

/* --- Long and wild streams ------------------------------------------------ */

START_TEST(ten_gigabytes_wrap_twice_without_a_loss)
{
	struct wire_stream stream = { 0 };
	struct wire_memory memory;
	struct wire_event event = { .frame = 1 };
	const uint32_t step = 1 << 20;
	uint32_t seq = 0xfffff000;

	wire_memory_init(&memory, 4096);
	wire_stream_syn(&stream, seq - 1);
	for (int i = 0; i < 10240; i++) {
		struct wire_seen seen =
			see(&stream, &memory, seq, NULL, step, 0);

		ck_assert_uint_eq(seen.fresh, step);
		seq += step;
		ck_assert_int_eq(wire_stream_ack(&stream, seq, &event),
				 WIRE_ACK_NEW);
	}
	ck_assert_uint_eq(stream.next - stream.low, 10240ULL * step);
	ck_assert_uint_eq(wire_stream_lost(&stream, &event), 0);
	wire_stream_release(&stream);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(holes_without_number_are_bounded_and_all_counted)
{
	struct wire_stream stream = { 0 };
	struct wire_memory memory;
	struct wire_event event = { 0 };
	const uint32_t n = 5000;

	wire_memory_init(&memory, 4096);
	wire_stream_syn(&stream, 0);
	for (uint32_t i = 0; i < n; i++)
		(void)see(&stream, &memory, 4 + 4 * i, "x", 1, 1);
	ck_assert_uint_eq(wire_stream_lost(&stream, &event), 3ULL * n);
	ck_assert_uint_lt(stream.holes->n, 1100);
	wire_stream_release(&stream);
	wire_memory_release(&memory);
}
END_TEST

START_TEST(splits_without_number_are_bounded)
{
	struct wire_stream stream = { 0 };
	struct wire_memory memory;
	struct wire_event event = { 0 };
	const uint32_t n = 5000;

	wire_memory_init(&memory, 4096);
	wire_stream_syn(&stream, 0);
	(void)see(&stream, &memory, 1 + 4 * n, "x", 1, 1);
	for (uint32_t i = n - 1; i > 0; i--)
		(void)see(&stream, &memory, 1 + 4 * i, "x", 1, 1);
	ck_assert_uint_lt(stream.holes->n, 1100);
	ck_assert_uint_ge(wire_stream_lost(&stream, &event), 3ULL * n);
	wire_stream_release(&stream);
	wire_memory_release(&memory);
}
END_TEST

/*
 * Random segments over a small space against a model that has a flag for each
 * position.
 */
START_TEST(random_segments_agree_with_a_simple_model)
{
	enum { SPACE = 300 };
	bool seen_at[SPACE] = { false };
	uint64_t state = (uint64_t)_i;
	struct wire_stream stream = { 0 };
	struct wire_memory memory;
	struct wire_event event = { 0 };
	uint32_t isn = (uint32_t)_i * 0x01234567 - 100;
	uint64_t lost = 0;
	size_t top = 0;

	wire_memory_init(&memory, (size_t)1 << 16);
	wire_stream_syn(&stream, isn);
	for (int i = 0; i < 200; i++) {
		uint32_t at = frames_random(&state) % (SPACE - 40);
		uint32_t len = frames_random(&state) % 40, fresh = 0;
		uint8_t bytes[40];
		struct wire_seen seen;

		for (uint32_t k = 0; k < len; k++) {
			bytes[k] = (uint8_t)((at + k) * 7);
			fresh += !seen_at[at + k];
			seen_at[at + k] = true;
		}
		top = at + len > top ? at + len : top;
		seen = see(&stream, &memory, isn + 1 + at, (char *)bytes, len,
			   len);
		ck_assert_uint_eq(seen.fresh, fresh);
		ck_assert_uint_eq(seen.repeated, len - fresh);
		ck_assert_uint_eq(seen.differing + seen.unchecked, 0);
	}
	for (size_t i = 0; i < top; i++)
		lost += !seen_at[i];
	ck_assert_uint_eq(wire_stream_lost(&stream, &event), lost);
	wire_stream_release(&stream);
	wire_memory_release(&memory);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_stream, bytes");
	TCase *tcase = tcase_create("stream");

	tcase_add_test(tcase, repeated_bytes_that_differ_are_counted);
	tcase_add_test(tcase, what_was_not_captured_is_not_checked);
	tcase_add_test(tcase, what_was_forgotten_is_not_checked);
	tcase_add_test(tcase, ten_gigabytes_wrap_twice_without_a_loss);
	tcase_add_test(tcase, holes_without_number_are_bounded_and_all_counted);
	tcase_add_test(tcase, splits_without_number_are_bounded);
	tcase_add_loop_test(tcase, random_segments_agree_with_a_simple_model, 0,
			    30);
	suite_add_tcase(suite, tcase);
	return suite;
}
