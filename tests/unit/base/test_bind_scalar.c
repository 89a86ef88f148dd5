// SPDX-License-Identifier: Apache-2.0
/* test_bind_scalar.c - durations and sizes, both ways */
#include <stdlib.h>

#include "base/bind.h"
#include "base/bind_internal.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define KIB UINT64_C(1024)

static const struct {
	const char *text;
	bool ok;
	uint64_t ns;
} durations[] = {
	{ "0s", true, 0 },
	{ "250ms", true, 250 * NS_PER_MS },
	{ "10s", true, 10 * NS_PER_S },
	{ "2m", true, 120 * NS_PER_S },
	{ "1h", true, 3600 * NS_PER_S },
	{ "2562047h", true, 2562047 * (3600 * NS_PER_S) },
	{ "2562048h", false, 0 },
	{ "99999999999999999999s", false, 0 },
	{ "", false, 0 },
	{ "s", false, 0 },
	{ "10", false, 0 },
	{ "0", false, 0 },
	{ "1.5s", false, 0 },
	{ "-1s", false, 0 },
	{ "+1s", false, 0 },
	{ " 1s", false, 0 },
	{ "1 s", false, 0 },
	{ "1s ", false, 0 },
	{ "01s", false, 0 },
	{ "1S", false, 0 },
	{ "1sec", false, 0 },
	{ "1m30s", false, 0 },
};

START_TEST(durations_have_one_unit)
{
	uint64_t ns = 77;

	ck_assert_msg(bind_parse_duration(durations[_i].text, &ns) ==
			      durations[_i].ok,
		      "'%s'", durations[_i].text);
	ck_assert_uint_eq(ns, durations[_i].ok ? durations[_i].ns : 77);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	uint64_t bytes;
} sizes[] = {
	{ "0K", true, 0 },
	{ "4K", true, 4 * KIB },
	{ "512M", true, 512 * KIB *KIB },
	{ "2G", true, 2 * KIB *KIB *KIB },
	{ "1T", true, KIB *KIB *KIB *KIB },
	{ "8388607T", true, 8388607 * KIB *KIB *KIB *KIB },
	{ "8388608T", false, 0 },
	{ "512", false, 0 },
	{ "512m", false, 0 },
	{ "512MB", false, 0 },
	{ "512MiB", false, 0 },
	{ "0x10K", false, 0 },
	{ "", false, 0 },
};

START_TEST(sizes_have_one_unit)
{
	uint64_t bytes = 77;

	ck_assert_msg(bind_parse_size(sizes[_i].text, &bytes) == sizes[_i].ok,
		      "'%s'", sizes[_i].text);
	ck_assert_uint_eq(bytes, sizes[_i].ok ? sizes[_i].bytes : 77);
}
END_TEST

static const struct {
	uint64_t ns;
	const char *text;
} shown[] = {
	{ 0, "0s" },
	{ 5, "5ns" },
	{ 1500 * NS_PER_MS, "1500ms" },
	{ 90 * NS_PER_S, "90s" },
	{ 120 * NS_PER_S, "2m" },
	{ 7200 * NS_PER_S, "2h" },
};

START_TEST(durations_are_shown_short_and_exact)
{
	char *text CLEANUP_FREE = bind_format_duration(shown[_i].ns);

	ck_assert_str_eq(text, shown[_i].text);
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *text;
} shown_sizes[] = {
	{ 0, "0" },
	{ 1000, "1000" },
	{ 256 * KIB * KIB, "256M" },
	{ 1536 * KIB * KIB, "1536M" },
	{ 64 * KIB * KIB * KIB, "64G" },
};

START_TEST(sizes_are_shown_short_and_exact)
{
	char *text CLEANUP_FREE = bind_format_size(shown_sizes[_i].bytes);

	ck_assert_str_eq(text, shown_sizes[_i].text);
}
END_TEST

static const struct {
	const char *name, *nearest;
} typed[] = {
	{ "sorce", "source" },	{ "source", "source" }, { "trget", "target" },
	{ "soruce", "source" }, { "x", NULL },		{ "", NULL },
	{ "machine", NULL },
};

START_TEST(the_nearest_word_is_found)
{
	static const char *const words[] = { "source", "target", "", "host" };

	ck_assert_pstr_eq(bind_nearest(typed[_i].name, words,
				       ARRAY_SIZE(words)),
			  typed[_i].nearest);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("base/bind_scalar");
	TCase *tcase = tcase_create("bind_scalar");

	tcase_add_loop_test(tcase, durations_have_one_unit, 0,
			    ARRAY_SIZE(durations));
	tcase_add_loop_test(tcase, sizes_have_one_unit, 0, ARRAY_SIZE(sizes));
	tcase_add_loop_test(tcase, durations_are_shown_short_and_exact, 0,
			    ARRAY_SIZE(shown));
	tcase_add_loop_test(tcase, sizes_are_shown_short_and_exact, 0,
			    ARRAY_SIZE(shown_sizes));
	tcase_add_loop_test(tcase, the_nearest_word_is_found, 0,
			    ARRAY_SIZE(typed));
	suite_add_tcase(suite, tcase);
	return suite;
}
