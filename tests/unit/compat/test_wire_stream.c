// SPDX-License-Identifier: Apache-2.0
/* test_wire_stream.c - sequence space: fresh, repeated, missing, foreign */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_stream.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/*
 * struct act - One thing that happens to a stream
 * @kind:	's' SYN, 'd' data, 'f' data and FIN, 'a' acknowledgement
 * @seq:	Relative to the initial sequence number
 * @fresh, @repeated: What it must be; for 'a' @repeated 1: it must be refused
 * @stray:	The segment must be foreign
 */
struct act {
	char kind;
	int64_t seq;
	uint32_t len;
	uint32_t fresh, repeated;
	bool stray;
};

struct script {
	const char *name;
	uint64_t lost;
	uint64_t first_lost; /* number of the act, 1-based */
	struct act acts[10];
};

static const struct script scripts[] = {
	{ "data in order is fresh",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'd', 11, 10, 10, 0, false } } },
	{ "the same data again is repeated",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'd', 1, 10, 0, 10, false } } },
	{ "cut elsewhere, data is fresh and repeated in one segment",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'd', 6, 10, 5, 5, false } } },
	{ "a hole that stays is lost",
	  10,
	  2,
	  { { 's', 0, 0, 0, 0, false }, { 'd', 11, 10, 10, 0, false } } },
	{ "a late segment fills its hole and is fresh",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 11, 10, 10, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'd', 1, 10, 0, 10, false } } },
	{ "a hole is filled from its front, its end and its middle",
	  10,
	  2,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 51, 10, 10, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'd', 41, 10, 10, 0, false },
	    { 'd', 21, 10, 10, 0, false },
	    { 'd', 31, 10, 10, 0, false } } },
	{ "one segment over two holes",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 11, 10, 10, 0, false },
	    { 'd', 31, 10, 10, 0, false },
	    { 'd', 1, 50, 30, 20, false } } },
	{ "what is acknowledged and was never seen is lost",
	  7,
	  3,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'a', 18, 0, 0, 0, false } } },
	{ "an acknowledgement captured before its data",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'a', 11, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false } } },
	{ "an empty segment passes by what was sent before it",
	  10,
	  2,
	  { { 's', 0, 0, 0, 0, false }, { 'd', 11, 0, 0, 0, false } } },
	{ "a FIN takes one position",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'f', 1, 10, 10, 0, false },
	    { 'a', 12, 0, 0, 0, false },
	    { 'f', 1, 10, 0, 10, false } } },
	{ "a FIN that is acknowledged before it is seen",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'a', 12, 0, 0, 0, false },
	    { 'f', 11, 0, 0, 0, false } } },
	{ "the probe that ends TCP repair is nothing",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'a', 11, 0, 0, 0, false },
	    { 'd', 10, 0, 0, 0, false } } },
	{ "a keep-alive with a byte is not a repetition",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'a', 11, 0, 0, 0, false },
	    { 'd', 10, 1, 0, 0, false } } },
	{ "a keep-alive before any data",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'a', 1, 0, 0, 0, false },
	    { 'd', 0, 1, 0, 0, false },
	    { 'd', 1, 1, 1, 0, false } } },
	{ "one byte that was not acknowledged is a repetition",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 1, 1, 0, false },
	    { 'a', 1, 0, 0, 0, false },
	    { 'd', 1, 1, 0, 1, false } } },
	{ "before its SYN a stream has nothing",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1, 10, 10, 0, false },
	    { 'd', -20, 10, 0, 0, true } } },
	{ "beyond every window is not this stream",
	  0,
	  0,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', 1 + (1LL << 30), 1, 0, 0, true },
	    { 'd', 1LL << 31, 0, 0, 0, true },
	    { 'd', -(1LL << 30), 0, 0, 0, true },
	    { 'a', 2 + (1LL << 30), 0, 0, 1, false },
	    { 'a', -5, 0, 0, 1, false },
	    { 'd', 1, 10, 10, 0, false } } },
	{ "at the end of the largest window is",
	  (1ULL << 30) - 10,
	  2,
	  { { 's', 0, 0, 0, 0, false },
	    { 'd', (1LL << 30) - 9, 10, 10, 0, false } } },
	{ "without a SYN the first segment is the beginning",
	  0,
	  0,
	  { { 'd', 100, 10, 10, 0, false }, { 'd', 110, 10, 10, 0, false } } },
	{ "without a SYN there may be data before the first seen",
	  0,
	  0,
	  { { 'd', 100, 10, 10, 0, false },
	    { 'd', 90, 15, 10, 5, false },
	    { 'd', 90, 10, 0, 10, false } } },
	{ "without a SYN an acknowledgement may be the beginning",
	  0,
	  0,
	  { { 'a', 100, 0, 0, 0, false }, { 'd', 100, 10, 10, 0, false } } },
};

/* Initial sequence numbers: scripts must not see where the space wraps. */
static const uint32_t isns[] = { 0,	     1000,	 0x7fffffff, 0xffffffff,
				 0xfffffff5, 0xffffffcf, 0xbfffffff };

/* What a stream has at a position of a script. */
static void fill(uint8_t *bytes, int64_t seq, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)((seq + i) * 7);
}

static void expect(const char *name, uint64_t act, const char *what,
		   uint64_t got, uint64_t wanted)
{
	ck_assert_msg(got == wanted, "%s: act %llu: %s: got %llu, wanted %llu",
		      name, (unsigned long long)act, what,
		      (unsigned long long)got, (unsigned long long)wanted);
}

static void do_act(struct wire_stream *stream, struct wire_memory *memory,
		   const struct script *script, uint32_t isn, uint64_t frame)
{
	const struct act *act = &script->acts[frame - 1];
	struct wire_event event = { .frame = frame };
	uint8_t bytes[100];
	struct wire_segment segment = {
		.seq = isn + (uint32_t)act->seq,
		.len = act->len,
		.captured = act->len,
		.bytes = bytes,
		.fin = act->kind == 'f',
	};
	struct wire_seen seen;

	if (act->kind == 's') {
		wire_stream_syn(stream, isn);
		ck_assert(wire_stream_is_syn(stream, isn));
		ck_assert(!wire_stream_is_syn(stream, isn + 1));
		return;
	}
	if (act->kind == 'a') {
		expect(script->name, frame, "refused",
		       !wire_stream_ack(stream, segment.seq, &event),
		       act->repeated);
		return;
	}
	fill(bytes, act->seq, act->len);
	wire_stream_segment(stream, memory, &segment, &event, &seen);
	expect(script->name, frame, "fresh", seen.fresh, act->fresh);
	expect(script->name, frame, "repeated", seen.repeated, act->repeated);
	expect(script->name, frame, "stray", seen.stray, act->stray);
	expect(script->name, frame, "differing", seen.differing, 0);
	expect(script->name, frame, "unchecked", seen.unchecked, 0);
}

START_TEST(a_script_gives_what_it_says)
{
	const struct script *script = &scripts[_i / (int)ARRAY_SIZE(isns)];
	uint32_t isn = isns[_i % (int)ARRAY_SIZE(isns)];
	struct wire_stream stream = { 0 };
	struct wire_event first = { 0 };
	struct wire_memory memory;

	wire_memory_init(&memory, 4096);
	for (size_t i = 0; script->acts[i].kind; i++)
		do_act(&stream, &memory, script, isn, i + 1);
	expect(script->name, 0, "lost", wire_stream_lost(&stream, &first),
	       script->lost);
	expect(script->name, 0, "first lost", first.frame, script->first_lost);
	wire_stream_release(&stream);
	wire_memory_release(&memory);
}
END_TEST

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
		ck_assert(wire_stream_ack(&stream, seq, &event));
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
	ck_assert_uint_lt(stream.n_holes, 1100);
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
	ck_assert_uint_lt(stream.n_holes, 1100);
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
	Suite *suite = suite_create("wire_stream");
	TCase *tcase = tcase_create("stream");

	tcase_add_loop_test(tcase, a_script_gives_what_it_says, 0,
			    (int)(ARRAY_SIZE(scripts) * ARRAY_SIZE(isns)));
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
