// SPDX-License-Identifier: Apache-2.0
/* test_clock.c - the one clock of instants */
#include <limits.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

START_TEST(the_clock_never_goes_back)
{
	uint64_t last = clock_now_ns();

	for (int i = 0; i < 10000; i++) {
		uint64_t now = clock_now_ns();

		ck_assert_uint_ge(now, last);
		last = now;
	}
}
END_TEST

START_TEST(what_is_left_is_rounded_up_and_never_negative)
{
	uint64_t now = clock_now_ns();

	ck_assert_int_eq(clock_ms_left(0), 0);
	ck_assert_int_eq(clock_ms_left(now), 0);
	ck_assert_int_ge(clock_ms_left(now + 60 * NS_PER_S), 50000);
	ck_assert_int_le(clock_ms_left(now + 60 * NS_PER_S), 60000);
	ck_assert_int_eq(clock_ms_left(UINT64_MAX), INT_MAX);
}
END_TEST

START_TEST(less_than_a_millisecond_is_one)
{
	/* poll(2) must not spin. Again, when we were held up meanwhile. */
	for (;;) {
		uint64_t deadline = clock_now_ns() + NS_PER_MS - 1;
		int left = clock_ms_left(deadline);

		if (clock_now_ns() >= deadline)
			continue;
		ck_assert_int_eq(left, 1);
		return;
	}
}
END_TEST

static const struct {
	uint64_t ns;
	const char *text;
} instants[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ UINT64_C(1795196520) * NS_PER_S, "2026-11-20T17:42:00Z" },
	{ UINT64_C(951825599) * NS_PER_S + NS_PER_S - 1,
	  "2000-02-29T11:59:59Z" },
};

START_TEST(instants_are_written_in_utc)
{
	char text[21];

	clock_iso8601(instants[_i].ns, text);
	ck_assert_str_eq(text, instants[_i].text);
}
END_TEST

START_TEST(real_time_is_after_this_test_was_written)
{
	ck_assert_uint_gt(clock_real_ns(), UINT64_C(1700000000) * NS_PER_S);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");

	tcase_add_test(tcase, the_clock_never_goes_back);
	tcase_add_test(tcase, what_is_left_is_rounded_up_and_never_negative);
	tcase_add_test(tcase, less_than_a_millisecond_is_one);
	tcase_add_loop_test(tcase, instants_are_written_in_utc, 0,
			    ARRAY_SIZE(instants));
	tcase_add_test(tcase, real_time_is_after_this_test_was_written);
	suite_add_tcase(suite, tcase);
	return suite;
}
