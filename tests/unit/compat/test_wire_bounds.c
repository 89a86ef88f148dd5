// SPDX-License-Identifier: Apache-2.0
/* test_wire_bounds.c - what many connections take, and long ones */
#include <malloc.h>

#include "compat/wire_flow.h"
#include "tests/unit/compat/wire_listen.h"

/* What was promised, the hash table included. */
#define BYTES_EACH 400

static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* A short conversation, which all connections have, frame by frame. */
#define SHORT 10
static uint8_t frames[SHORT][100];
static uint32_t lens[SHORT];
static size_t n_frames;

static void keep_frame(void *ctx, int linktype, uint64_t at_ns,
		       const uint8_t *bytes, uint32_t cap_len, uint32_t len)
{
	(void)ctx;
	(void)linktype;
	(void)at_ns;
	(void)len;
	ck_assert_uint_lt(n_frames, SHORT);
	ck_assert_uint_le(cap_len, sizeof(frames[0]));
	memcpy(frames[n_frames], bytes, cap_len);
	lens[n_frames++] = cap_len;
}

static void make_short(void)
{
	n_frames = 0;
	t.sink = keep_frame;
	talk_open(&t);
	talk_exchange(&t, 1);
	talk_close(&t, CLIENT);
}

/* The same of the @i-th client: its address and port are put in. */
static void feed_short(uint32_t i)
{
	static uint64_t at_ns = 1700000000 * NS_PER_S;

	for (size_t k = 0; k < n_frames; k++) {
		bool by_server = frames[k][29] == 100; /* 10.77.0.100 */
		uint8_t *ip = frames[k] + (by_server ? 30 : 26);
		uint8_t *port = frames[k] + (by_server ? 36 : 34);

		ip[1] = (uint8_t)(i >> 20);
		ip[2] = (uint8_t)(i >> 12);
		port[0] = (uint8_t)(0x10 | (i >> 8 & 0xf));
		port[1] = (uint8_t)i;
		wire_frame(tracker, &(struct wire_frame){ .linktype = 1,
							  .at_ns = at_ns,
							  .bytes = frames[k],
							  .cap_len = lens[k],
							  .len = lens[k] });
		at_ns += 1000;
	}
}

/* How many are told, with what all of them have. */
static void count(void *arg, const struct wire_conn *told)
{
	size_t *n = arg;

	ck_assert_uint_eq(told->side[WIRE_CLIENT].frames, 6);
	ck_assert_uint_eq(told->side[WIRE_SERVER].bytes, 10);
	ck_assert_uint_eq(told->n_hosts, 1);
	(*n)++;
}

START_TEST(a_connection_takes_few_bytes)
{
	const uint32_t n = 200000;
	size_t before, took, n_told = 0;

	make_short();
	feed_short(0); /* what the first allocates is not a connection's */
	before = allocated();
	for (uint32_t i = 1; i <= n; i++)
		feed_short(i);
	took = allocated() - before;
	wire_each(tracker, 0, count, &n_told, &report);
	ck_assert_uint_eq(n_told, n + 1);
	ck_assert_uint_eq(report.n_conns, n + 1);
	ck_assert_ptr_null(report.conns);
	if (took == 0)
		return; /* a sanitizer's allocator does not count */
	took -= took < WIRE_MEMORY_BYTES ? 0 : WIRE_MEMORY_BYTES;
	ck_assert_msg(took / n <= BYTES_EACH, "%zu bytes a connection",
		      took / n);
}
END_TEST

/* One connection for as long as one likes. */
START_TEST(a_long_connection_takes_no_more)
{
	size_t before;

	listen_to_questions(10);
	before = allocated();
	for (int i = 0; i < 3000; i++) {
		talk_exchange(&t, 1);
		talk_again(&t, SERVER, 0, "the answer", 10);
	}
	ck_assert_uint_le(allocated() - before,
			  WIRE_MEMORY_BYTES + sizeof(struct wire_lossy) + 1000);
}
END_TEST

START_TEST(counts_that_overflow_go_on)
{
	struct segment fin = { .from = CLIENT, .flags = FIN | ACK };

	t.step_ns = 2 * NS_PER_MS;
	listen_to_questions(1);
	fin.seq = t.next[CLIENT];
	fin.ack = t.ack[CLIENT];
	for (int i = 0; i < 1000; i++)
		talk_segment(&t, &fin);
	for (int i = 0; i < 600; i++)
		talk_reset(&t, SERVER, false);
	listen_end();
	ck_assert_uint_eq(client->fin, 1000);
	ck_assert_uint_eq(server->rst, 600);
	ck_assert_uint_eq(client->syn, 1);
	ck_assert_uint_eq(conn->first_fin[WIRE_CLIENT].frame, 7);
}
END_TEST

/* What loss counts is narrower still. */
START_TEST(losses_that_overflow_go_on)
{
	t.step_ns = NS_PER_MS;
	listen_to_questions(1);
	talk_lose(&t, SERVER, 5);
	talk_text(&t, SERVER, "after a hole");
	for (int i = 0; i < 70000; i++)
		talk_sack(&t, CLIENT, 5, 12);
	for (int i = 0; i < 300; i++)
		talk_again(&t, SERVER, 0, "after a hole", 12);
	listen_end();
	ck_assert_uint_eq(client->sacks, 70000);
	ck_assert_uint_eq(client->dup_acks, 70000);
	ck_assert_uint_eq(server->retransmissions, 300);
	ck_assert_uint_eq(server->repeated_bytes, 3600);
}
END_TEST

/* The client's timer is known for as long as a long silence, and no longer. */
START_TEST(short_times_are_kept_for_days)
{
	const uint64_t day_ns = 86400 * NS_PER_S;

	ck_assert_uint_eq(wire_short_ns(wire_short(0)), 0);
	ck_assert_uint_eq(wire_short_ns(wire_short(3 * day_ns + 1)),
			  3 * day_ns + 1);
	ck_assert_uint_eq(wire_short_ns(wire_short(4 * day_ns)), WIRE_UNKNOWN);
	ck_assert_uint_eq(wire_short_ns(wire_short(WIRE_UNKNOWN)),
			  WIRE_UNKNOWN);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire, bounds");
	TCase *tcase = tcase_create("bounds");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, listen_begin, listen_teardown);
	tcase_add_test(tcase, a_connection_takes_few_bytes);
	tcase_add_test(tcase, a_long_connection_takes_no_more);
	tcase_add_test(tcase, counts_that_overflow_go_on);
	tcase_add_test(tcase, losses_that_overflow_go_on);
	tcase_add_test(tcase, short_times_are_kept_for_days);
	suite_add_tcase(suite, tcase);
	return suite;
}
