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
		       wire_stream_ack(stream, segment.seq, &event) ==
			       WIRE_ACK_STRAY,
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

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_stream");
	TCase *tcase = tcase_create("stream");

	tcase_add_loop_test(tcase, a_script_gives_what_it_says, 0,
			    (int)(ARRAY_SIZE(scripts) * ARRAY_SIZE(isns)));
	suite_add_tcase(suite, tcase);
	return suite;
}
