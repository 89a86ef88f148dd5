// SPDX-License-Identifier: Apache-2.0
/* test_criustats.c - CRIU's statistics images, whole and damaged */
#include <string.h>

#include "base/mem.h"
#include "compat/criustats.h"
#include "tests/lib/testing.h"

#define MAGICS 8
#define HEAD 12
#define US(us) (UINT64_C(us) * 1000)

/* Written by CRIU 3.17.1 on Linux 6.1 when it moved a process with a socket. */
static const unsigned char dump_bytes[] = {
	0x40, 0x59, 0x10, 0x55, 0x06, 0x33, 0x09, 0x57, 0x25, 0x00,
	0x00, 0x00, 0x0a, 0x23, 0x08, 0xf3, 0x80, 0x01, 0x10, 0xf4,
	0xf5, 0x18, 0x18, 0x97, 0x79, 0x20, 0x9c, 0x1d, 0x28, 0xfb,
	0x01, 0x30, 0x00, 0x38, 0x11, 0x40, 0x00, 0x48, 0x00, 0x50,
	0x03, 0x58, 0x03, 0x60, 0x00, 0x68, 0x00, 0x70, 0x00,
};
static const unsigned char restore_bytes[] = {
	0x40, 0x59, 0x10, 0x55, 0x06, 0x33, 0x09, 0x57, 0x0f,
	0x00, 0x00, 0x00, 0x12, 0x0d, 0x08, 0x00, 0x10, 0x00,
	0x18, 0xb5, 0x01, 0x20, 0xef, 0xf0, 0x0d, 0x28, 0x11,
};

static struct obs_criu nothing(void)
{
	struct obs_criu criu;

	memset(&criu, 0xff, sizeof(criu));
	ck_assert_uint_eq(criu.frozen_ns, UNMEASURED);
	return criu;
}

static void check_nothing(const struct obs_criu *criu, const char *name)
{
	struct obs_criu none = nothing();

	ck_assert_msg(memcmp(criu, &none, sizeof(none)) == 0,
		      "%s: figures were taken", name);
}

START_TEST(a_dump_gives_its_figures)
{
	struct obs_criu criu = nothing();

	ck_assert(criustats_read(dump_bytes, sizeof(dump_bytes), &criu));
	ck_assert_uint_eq(criu.freezing_ns, US(16499));
	ck_assert_uint_eq(criu.frozen_ns, US(408308));
	ck_assert_uint_eq(criu.memdump_ns, US(15511));
	ck_assert_uint_eq(criu.memwrite_ns, US(3740));
	ck_assert_uint_eq(criu.pages_written, 17);
	ck_assert_uint_eq(criu.forking_ns, UNMEASURED);
	ck_assert_uint_eq(criu.restore_ns, UNMEASURED);
}
END_TEST

START_TEST(a_restore_adds_its_figures)
{
	struct obs_criu criu = nothing();

	ck_assert(criustats_read(dump_bytes, sizeof(dump_bytes), &criu));
	ck_assert(criustats_read(restore_bytes, sizeof(restore_bytes), &criu));
	ck_assert_uint_eq(criu.forking_ns, US(181));
	ck_assert_uint_eq(criu.restore_ns, US(227439));
	ck_assert_uint_eq(criu.frozen_ns, US(408308));
}
END_TEST

START_TEST(an_image_cut_short_gives_nothing)
{
	for (size_t len = 0; len < sizeof(dump_bytes); len++) {
		CLEANUP_FREE unsigned char *cut = xcalloc(len + 1, 1);
		struct obs_criu criu = nothing();

		memcpy(cut, dump_bytes, len);
		ck_assert_msg(!criustats_read(cut, len, &criu), "%zu bytes",
			      len);
		check_nothing(&criu, "cut");
	}
}
END_TEST

/* Also when the sizes that it states fit: the entry ends within a number. */
START_TEST(a_number_without_end_gives_nothing)
{
	unsigned char bytes[sizeof(dump_bytes)];
	struct obs_criu criu = nothing();

	memcpy(bytes, dump_bytes, sizeof(bytes));
	bytes[sizeof(bytes) - 1] = 0x80;
	ck_assert(!criustats_read(bytes, sizeof(bytes), &criu));
	check_nothing(&criu, "no end");
}
END_TEST

START_TEST(any_byte_may_be_wrong)
{
	for (size_t i = 0; i < sizeof(dump_bytes) * 256; i++) {
		CLEANUP_FREE unsigned char *bytes =
			xcalloc(sizeof(dump_bytes), 1);
		struct obs_criu criu = nothing();

		memcpy(bytes, dump_bytes, sizeof(dump_bytes));
		bytes[i / 256] = (unsigned char)i;
		if (!criustats_read(bytes, sizeof(dump_bytes), &criu))
			check_nothing(&criu, "wrong byte");
		else if (i / 256 < MAGICS)
			ck_assert_uint_eq(criu.frozen_ns, US(408308));
	}
}
END_TEST

/** struct odd - A body after the two magics and its size, and what comes of it */
struct odd {
	const char *name;
	const char *body;
	size_t len;
	bool good;
	uint64_t frozen_ns;
};

#define BODY(s) s, sizeof(s) - 1

static const struct odd odds[] = {
	{ "nothing in it", BODY(""), true, UNMEASURED },
	{ "a field to come", BODY("\x0a\x05\xf8\x01\x07\x10\x02"), true,
	  US(2) },
	{ "a text to come", BODY("\x0a\x07\x82\x01\x02hi\x10\x02"), true,
	  US(2) },
	{ "an entry to come", BODY("\x1a\x02\x10\x02"), true, UNMEASURED },
	{ "a text that is longer than all", BODY("\x0a\x04\x10\x02"), false,
	  UNMEASURED },
	{ "a type that is none", BODY("\x0a\x02\x15\x02"), false, UNMEASURED },
	{ "a number of eleven bytes",
	  BODY("\x0a\x0c\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	  false, UNMEASURED },
	{ "microseconds that do not fit as nanoseconds",
	  BODY("\x0a\x0b\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), false,
	  UNMEASURED },
};

START_TEST(odd_entries_are_told_from_bad_ones)
{
	const struct odd *odd = &odds[_i];
	/* This would do, but is not its. */
	static const unsigned char behind[] = { 0x10, 0x02 };
	CLEANUP_FREE unsigned char *bytes =
		xcalloc(HEAD + odd->len + sizeof(behind), 1);
	struct obs_criu criu = nothing();

	memcpy(bytes, dump_bytes, HEAD);
	bytes[8] = (unsigned char)odd->len;
	memcpy(bytes + HEAD, odd->body, odd->len);
	memcpy(bytes + HEAD + odd->len, behind, sizeof(behind));
	ck_assert_msg(criustats_read(bytes, HEAD + odd->len, &criu) ==
			      odd->good,
		      "%s", odd->name);
	ck_assert_msg(criu.frozen_ns == odd->frozen_ns, "%s: %llu", odd->name,
		      (unsigned long long)criu.frozen_ns);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/criustats");
	TCase *tcase = tcase_create("images");

	tcase_add_test(tcase, a_dump_gives_its_figures);
	tcase_add_test(tcase, a_restore_adds_its_figures);
	tcase_add_test(tcase, an_image_cut_short_gives_nothing);
	tcase_add_test(tcase, a_number_without_end_gives_nothing);
	tcase_add_test(tcase, any_byte_may_be_wrong);
	tcase_add_loop_test(tcase, odd_entries_are_told_from_bad_ones, 0,
			    ARRAY_SIZE(odds));
	suite_add_tcase(suite, tcase);
	return suite;
}
