// SPDX-License-Identifier: Apache-2.0
/* test_stream.c - blocks sent are blocks received, and nothing else is */
#include "scenarios/workloads/stream.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

static struct stream ours, theirs;

static void setup(void)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ours = (struct stream){ .fd = ends[0],
				.out_at = STREAM_BLOCK,
				.out_seed = 1,
				.in_seed = 2 };
	theirs = (struct stream){ .fd = ends[1],
				  .out_at = STREAM_BLOCK,
				  .out_seed = 2,
				  .in_seed = 1 };
}

static void teardown(void)
{
	close(ours.fd);
	close(theirs.fd);
}

static void send_data(void)
{
	stream_put(&ours, STREAM_DATA, NULL, 0);
	ck_assert_int_eq(stream_flush(&ours), 1);
}

START_TEST(what_is_sent_is_what_was_expected)
{
	uint64_t at;
	int i;

	for (i = 0; i < 3; i++) {
		send_data();
		ck_assert_int_eq(stream_pull(&theirs), 1);
		ck_assert_uint_eq(stream_kind(&theirs), STREAM_DATA);
		ck_assert(!stream_wrong(&theirs, 0, &at));
	}
	ck_assert_uint_eq(stream_bytes_out(&ours), 3 * STREAM_BLOCK);
	ck_assert_uint_eq(stream_bytes_in(&theirs), 3 * STREAM_BLOCK);
	ck_assert_int_eq(stream_pull(&theirs), 0);
}
END_TEST

START_TEST(words_with_a_meaning_arrive)
{
	uint64_t named[] = { 5, UINT64_MAX };
	uint64_t at;

	stream_put(&ours, STREAM_HELLO, named, ARRAY_SIZE(named));
	ck_assert_int_eq(stream_flush(&ours), 1);
	ck_assert_int_eq(stream_pull(&theirs), 1);
	ck_assert_uint_eq(stream_named(&theirs, 0), 5);
	ck_assert_uint_eq(stream_named(&theirs, 1), UINT64_MAX);
	ck_assert(!stream_wrong(&theirs, 2, &at));
	ck_assert(stream_wrong(&theirs, 0, &at));
}
END_TEST

/* Each byte behind the kind is known to the receiver. */
START_TEST(no_byte_can_differ_unnoticed)
{
	char *bytes = (char *)&theirs.in;
	uint64_t at, previous = 0;
	size_t i;

	send_data();
	ck_assert_int_eq(stream_pull(&theirs), 1);
	for (i = sizeof(uint64_t); i < STREAM_BLOCK; i++) {
		bytes[i] ^= 1;
		ck_assert_msg(stream_wrong(&theirs, 0, &at), "byte %zu", i);
		ck_assert_uint_eq(at, i & ~(size_t)7);
		ck_assert_uint_ge(at, previous);
		previous = at;
		bytes[i] ^= 1;
	}
	ck_assert(!stream_wrong(&theirs, 0, &at));
}
END_TEST

START_TEST(a_block_of_another_place_is_wrong)
{
	uint64_t at;

	ours.out_blocks = 1;
	send_data();
	ck_assert_int_eq(stream_pull(&theirs), 1);
	ck_assert(stream_wrong(&theirs, 0, &at));
	ck_assert_uint_eq(at, offsetof(struct stream_block, index));
}
END_TEST

START_TEST(a_block_of_the_other_direction_is_wrong)
{
	uint64_t at;

	ours.out_seed = ours.in_seed;
	send_data();
	ck_assert_int_eq(stream_pull(&theirs), 1);
	ck_assert(stream_wrong(&theirs, 0, &at));
}
END_TEST

START_TEST(a_block_may_come_in_pieces)
{
	uint64_t at;

	stream_put(&ours, STREAM_DATA, NULL, 0);
	ck_assert_int_eq(send(ours.fd, &ours.out, 1000, 0), 1000);
	ours.out_at = 1000;
	ck_assert_int_eq(stream_pull(&theirs), 0);
	ck_assert_uint_eq(stream_bytes_in(&theirs), 1000);
	ck_assert_uint_eq(stream_bytes_out(&ours), 1000);
	ck_assert_int_eq(stream_flush(&ours), 1);
	ck_assert_int_eq(stream_pull(&theirs), 1);
	ck_assert(!stream_wrong(&theirs, 0, &at));
}
END_TEST

START_TEST(a_full_socket_is_waited_for)
{
	int status = 1;

	while (status > 0) {
		if (stream_idle(&ours))
			stream_put(&ours, STREAM_DATA, NULL, 0);
		status = stream_flush(&ours);
	}
	ck_assert_int_eq(status, 0);
	ck_assert(!stream_idle(&ours));
	ck_assert_int_eq(stream_pull(&theirs), 1);
}
END_TEST

START_TEST(the_end_of_file_is_told_from_errors)
{
	ck_assert_int_eq(shutdown(ours.fd, SHUT_WR), 0);
	errno = EIO;
	ck_assert_int_eq(stream_pull(&theirs), -1);
	ck_assert_int_eq(errno, 0);
	ck_assert_int_eq(shutdown(theirs.fd, SHUT_RD), 0);
	ours.out_at = 0;
	ck_assert_int_eq(stream_flush(&ours), -1);
	ck_assert_int_eq(errno, EPIPE);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/stream");
	TCase *tcase = tcase_create("blocks");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_is_sent_is_what_was_expected);
	tcase_add_test(tcase, words_with_a_meaning_arrive);
	tcase_add_test(tcase, no_byte_can_differ_unnoticed);
	tcase_add_test(tcase, a_block_of_another_place_is_wrong);
	tcase_add_test(tcase, a_block_of_the_other_direction_is_wrong);
	tcase_add_test(tcase, a_block_may_come_in_pieces);
	tcase_add_test(tcase, a_full_socket_is_waited_for);
	tcase_add_test(tcase, the_end_of_file_is_told_from_errors);
	suite_add_tcase(suite, tcase);
	return suite;
}
