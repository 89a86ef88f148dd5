// SPDX-License-Identifier: Apache-2.0
/* test_pcapng_notes.c - sorted, with notes, and nothing lost */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/capfile.h"
#include "compat/pcapng_notes.h"
#include "compat/pcapng_write.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

#define T0 (UINT64_C(1700000000) * NS_PER_S)

static char *path;

static void setup(void)
{
	tmpdir_setup();
	path = tmpdir_join("live.pcapng");
}

static void teardown(void)
{
	free(TAKE(path));
	tmpdir_teardown();
}

/* A capture whose frame i is at @ms[i] after T0, and is i bytes long. */
static void write_live(const uint32_t *ms, size_t n)
{
	static const uint8_t bytes[4096] = "bytes";
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	pcapng_section(f, "a test");
	pcapng_interface(f, 1, 0, "one", NULL);
	pcapng_interface(f, 1, 0, "two", NULL);
	for (size_t i = 0; i < n; i++)
		pcapng_frame(f, &(struct pcapng_frame){
					.interface = i % 2,
					.at_ns = T0 + ms[i] * NS_PER_MS,
					.bytes = bytes,
					.cap_len = (uint32_t)i,
					.len = (uint32_t)i + 1 });
	pcapng_statistics(f, &(struct pcapng_statistics){ .interface = 1,
							  .os_drops = 3 });
	ck_assert_int_eq(fclose(f), 0);
}

/* "ms:length comment" of each frame, by spaces; owned. */
static char *read_finished(void)
{
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;
	struct strbuf buf;
	int rc;

	strbuf_open(&buf);
	ck_assert_ok(capfile_open(path, &file, &err), &err);
	while ((rc = capfile_next(file, &frame, &err)) == 1) {
		ck_assert_uint_eq(frame.len, frame.cap_len + 1);
		ck_assert_uint_eq(frame.interface, frame.cap_len % 2);
		(void)fprintf(buf.f, " %u:%u%s%s",
			      (unsigned)((frame.at_ns - T0) / NS_PER_MS),
			      frame.cap_len, frame.comment ? " " : "",
			      frame.comment ? frame.comment : "");
	}
	ck_assert_ok(rc, &err);
	ck_assert_uint_eq(capfile_drops(file), 3);
	capfile_close(file);
	return strbuf_take(&buf);
}

static void check(const struct pcapng_note *notes, size_t n, const char *want)
{
	CLEANUP_FREE char *got = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(pcapng_finish(path, notes, n, &err), &err);
	got = read_finished();
	ck_assert_str_eq(got, want);
}

START_TEST(frames_are_sorted_and_equal_ones_stay)
{
	static const uint32_t ms[] = { 5, 3, 5, 1, 3, 9 };

	write_live(ms, ARRAY_SIZE(ms));
	check(NULL, 0, " 1:3 3:1 3:4 5:0 5:2 9:5");
}
END_TEST

START_TEST(notes_are_on_the_frames_that_come_next)
{
	static const uint32_t ms[] = { 20, 10, 30 };
	const struct pcapng_note notes[] = {
		{ T0 + 25 * NS_PER_MS, "later" },
		{ T0 + 10 * NS_PER_MS, "at it" },
		{ T0 + 21 * NS_PER_MS + 999, "just" },
		{ T0 + 31 * NS_PER_MS, "after all" },
		{ T0 - 2 * NS_PER_S, "long before" },
	};

	write_live(ms, ARRAY_SIZE(ms));
	check(notes, ARRAY_SIZE(notes),
	      " 10:1 long before (2010.000 ms before this frame)\n"
	      "at it (0.000 ms before this frame)"
	      " 20:0"
	      " 30:2 just (8.999 ms before this frame)\n"
	      "later (5.000 ms before this frame)\n"
	      "after all (1.000 ms after this frame)");
}
END_TEST

START_TEST(without_frames_there_are_no_notes)
{
	const struct pcapng_note note = { T0, "nobody hears" };

	write_live(NULL, 0);
	check(&note, 1, "");
}
END_TEST

START_TEST(a_capture_in_order_is_left_alone)
{
	static const uint32_t ms[] = { 1, 2, 2 };
	CLEANUP_FREE char *before = NULL;
	CLEANUP_FREE char *after = NULL;
	struct err err = ERR_INIT;
	size_t len, again;

	write_live(ms, ARRAY_SIZE(ms));
	ck_assert_ok(file_read(path, 10000, &before, &len, &err), &err);
	check(NULL, 0, " 1:0 2:1 2:2");
	ck_assert_ok(file_read(path, 10000, &after, &again, &err), &err);
	ck_assert_uint_eq(len, again);
	ck_assert_mem_eq(before, after, len);
}
END_TEST

START_TEST(many_frames_are_all_there_afterwards)
{
	enum { N = 4000 };
	static uint32_t ms[N];
	static bool seen[N];
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;
	uint64_t state = 1, last_ns = 0;
	size_t n = 0;

	for (size_t i = 0; i < N; i++)
		ms[i] = frames_random(&state) % 100;
	write_live(ms, N);
	ck_assert_ok(pcapng_finish(path, NULL, 0, &err), &err);
	ck_assert_ok(capfile_open(path, &file, &err), &err);
	for (; capfile_next(file, &frame, &err) == 1; n++) {
		ck_assert_uint_ge(frame.at_ns, last_ns);
		ck_assert(!seen[frame.cap_len]);
		ck_assert_uint_eq(frame.at_ns,
				  T0 + ms[frame.cap_len] * NS_PER_MS);
		seen[frame.cap_len] = true;
		last_ns = frame.at_ns;
	}
	ck_assert_uint_eq(n, N);
	capfile_close(file);
}
END_TEST

START_TEST(what_is_no_capture_stays_as_it_is)
{
	const struct pcapng_note note = { T0, "a note" };
	CLEANUP_FREE char *other = tmpdir_write("text", "no capture at all, "
							"but long enough\n");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_err(pcapng_finish(other, &note, 1, &err), &err, ERR_PCAP, -1);
	ck_assert_ok(file_read(other, 1000, &text, NULL, &err), &err);
	ck_assert_str_eq(text, "no capture at all, but long enough\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("pcapng_notes");
	TCase *tcase = tcase_create("finish");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, frames_are_sorted_and_equal_ones_stay);
	tcase_add_test(tcase, notes_are_on_the_frames_that_come_next);
	tcase_add_test(tcase, without_frames_there_are_no_notes);
	tcase_add_test(tcase, a_capture_in_order_is_left_alone);
	tcase_add_test(tcase, many_frames_are_all_there_afterwards);
	tcase_add_test(tcase, what_is_no_capture_stays_as_it_is);
	suite_add_tcase(suite, tcase);
	return suite;
}
