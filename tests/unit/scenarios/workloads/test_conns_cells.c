// SPDX-License-Identifier: Apache-2.0
/* test_conns_cells.c - conns.h: cells sent are cells received, nothing else is */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "scenarios/workloads/conns.h"
#include "tests/lib/testing.h"

static struct conns_flow out, in;
static int ends[2];

static void setup(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	out = (struct conns_flow){ .seed = 7, .at = CONNS_CELL };
	in = (struct conns_flow){ .seed = 7 };
}

static void teardown(void)
{
	close(ends[0]);
	close(ends[1]);
}

/* Take what there is, all of which must be right; how many cells it was. */
static size_t take_all(void)
{
	struct conns_cell cells[CONNS_BATCH];
	size_t taken = 0;
	uint64_t at;
	ssize_t i, n;

	while ((n = conns_pull(ends[1], &in, cells, CONNS_BATCH)) >= 0)
		for (i = 0; i < n; i++, taken++)
			ck_assert_msg(conns_take(&in, &cells[i], &at),
				      "byte %lu is wrong", (unsigned long)at);
	ck_assert_int_eq(errno, EAGAIN);
	return taken;
}

static void expect_agreement(void)
{
	ck_assert_uint_eq(in.cells, out.cells);
	ck_assert_uint_eq(in.hash, out.hash);
	ck_assert_uint_eq(in.at, 0);
}

START_TEST(what_is_sent_is_what_was_expected)
{
	uint64_t named[] = { 5, UINT64_MAX };

	conns_put(&out, CONNS_WELCOME, named, 1);
	ck_assert_int_eq(conns_flush(ends[0], &out), 1);
	ck_assert_int_eq(conns_pour(ends[0], &out, 100), 100);
	conns_put(&out, CONNS_ASK, NULL, 0);
	ck_assert_int_eq(conns_flush(ends[0], &out), 1);
	ck_assert_uint_eq(take_all(), 102);
	expect_agreement();
}
END_TEST

/* Of such a socket a call takes pieces of this size less 64 bytes. */
#define ODD_SIZE 5001

START_TEST(a_full_socket_takes_cells_in_part_and_loses_none)
{
	size_t sent = 0, taken = 0, parts = 0;
	int i, size = ODD_SIZE;
	ssize_t n;

	ck_assert_int_eq(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size,
				    sizeof(size)),
			 0);
	for (i = 0; i < 200; i++) {
		while (conns_flush(ends[0], &out) == 1 &&
		       (n = conns_pour(ends[0], &out, CONNS_BATCH)) > 0)
			sent += (size_t)n;
		parts += out.at > 0 && !conns_idle(&out);
		taken += take_all();
	}
	ck_assert_int_eq(conns_flush(ends[0], &out), 1);
	taken += take_all();
	ck_assert_uint_eq(taken, sent);
	ck_assert_uint_gt(parts, 0);
	expect_agreement();
}
END_TEST

START_TEST(bytes_that_come_one_by_one_are_cells_too)
{
	const char *bytes = (const char *)&out.cell;
	struct conns_cell cell;
	uint64_t at;
	size_t i;

	conns_put(&out, CONNS_DATA, NULL, 0);
	for (i = 0; i < CONNS_CELL; i++) {
		ck_assert_int_eq(send(ends[0], bytes + i, 1, 0), 1);
		ck_assert_int_eq(conns_pull(ends[1], &in, &cell, 1),
				 i + 1 == CONNS_CELL);
	}
	ck_assert(conns_take(&in, &cell, &at));
	expect_agreement();
}
END_TEST

START_TEST(no_more_is_pulled_than_asked_for)
{
	struct conns_cell cells[2];
	int left = 0;

	ck_assert_int_eq(conns_pour(ends[0], &out, 3), 3);
	ck_assert_int_eq(conns_pull(ends[1], &in, cells, 1), 1);
	ck_assert_int_eq(conns_pull(ends[1], &in, cells, 2), 2);
	ck_assert_int_eq(recv(ends[1], &left, 1, MSG_DONTWAIT), -1);
}
END_TEST

START_TEST(the_end_of_file_is_told_apart)
{
	struct conns_cell cell;

	ck_assert_int_eq(shutdown(ends[0], SHUT_WR), 0);
	ck_assert_int_eq(conns_pull(ends[1], &in, &cell, 1), -1);
	ck_assert_int_eq(errno, 0);
}
END_TEST

/* Every byte of a cell of data is known to the receiver. */
START_TEST(no_byte_can_differ_unnoticed)
{
	size_t i;

	for (i = 0; i < CONNS_CELL; i++) {
		struct conns_flow from = { .seed = 7, .at = CONNS_CELL };
		struct conns_flow to = { .seed = 7 };
		uint64_t at = 0;

		conns_put(&from, CONNS_DATA, NULL, 0);
		((char *)&from.cell)[i] ^= 64;
		ck_assert_msg(!conns_take(&to, &from.cell, &at), "byte %zu", i);
		ck_assert_uint_eq(at, i / sizeof(uint64_t) * sizeof(uint64_t));
		ck_assert_uint_ne(to.hash, from.hash);
	}
}
END_TEST

/* Of words with a meaning nobody knows the value, but the hash has them. */
START_TEST(a_word_with_a_meaning_is_in_the_hash)
{
	uint64_t named[] = { 1, 2, 3, 4 }, at;

	conns_put(&out, CONNS_END, named, ARRAY_SIZE(named));
	out.cell.words[CONNS_GOT] ^= 1;
	ck_assert(conns_take(&in, &out.cell, &at));
	ck_assert_uint_ne(in.hash, out.hash);
}
END_TEST

START_TEST(a_cell_left_out_or_repeated_is_noticed)
{
	struct conns_cell first;
	uint64_t at;

	conns_put(&out, CONNS_DATA, NULL, 0);
	first = out.cell;
	ck_assert(conns_take(&in, &first, &at));
	ck_assert(!conns_take(&in, &first, &at));
	ck_assert_uint_eq(at, CONNS_CELL + CONNS_INDEX * sizeof(uint64_t));
	conns_put(&out, CONNS_DATA, NULL, 0);
	ck_assert(!conns_take(&in, &out.cell, &at));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/conns.h");
	TCase *tcase = tcase_create("cells");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_is_sent_is_what_was_expected);
	tcase_add_test(tcase, a_full_socket_takes_cells_in_part_and_loses_none);
	tcase_add_test(tcase, bytes_that_come_one_by_one_are_cells_too);
	tcase_add_test(tcase, no_more_is_pulled_than_asked_for);
	tcase_add_test(tcase, the_end_of_file_is_told_apart);
	tcase_add_test(tcase, no_byte_can_differ_unnoticed);
	tcase_add_test(tcase, a_word_with_a_meaning_is_in_the_hash);
	tcase_add_test(tcase, a_cell_left_out_or_repeated_is_noticed);
	suite_add_tcase(suite, tcase);
	return suite;
}
