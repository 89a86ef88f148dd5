// SPDX-License-Identifier: Apache-2.0
/* test_wire_read.c - capture files: every format, cut, and none at all */
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "compat/wire.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

static struct wire_report report;
static char *note;

static void teardown(void)
{
	wire_report_release(&report);
	free(TAKE(note));
}

static int read_it(const char *path, struct err *err)
{
	return wire_read(path, FRAMES_SERVICE, FRAMES_PORT, 0, &report, &note,
			 err);
}

/* --- Writing files in all formats ----------------------------------------- */

/*
 * struct style - How a capture file is written
 * @swapped:	In the other byte order
 * @nano:	Nanoseconds
 * @ng:		pcapng
 */
static const struct style {
	const char *name;
	bool swapped;
	bool nano;
	bool ng;
} styles[] = {
	{ "microseconds", false, false, false },
	{ "nanoseconds", false, true, false },
	{ "microseconds, other order", true, false, false },
	{ "nanoseconds, other order", true, true, false },
	{ "pcapng", false, false, true },
	{ "pcapng, other order", true, false, true },
	{ "pcapng, nanoseconds", false, true, true },
	{ "pcapng, nanoseconds, other order", true, true, true },
};

/* struct writer - A capture file under construction */
struct writer {
	FILE *file;
	const struct style *style;
};

static void w32(const struct writer *w, uint32_t value)
{
	if (w->style->swapped)
		value = __builtin_bswap32(value);
	(void)fwrite(&value, 4, 1, w->file);
}

static void w16(const struct writer *w, uint16_t value)
{
	if (w->style->swapped)
		value = __builtin_bswap16(value);
	(void)fwrite(&value, 2, 1, w->file);
}

/* Section header and one interface (with if_tsresol 9 for nanoseconds). */
static void begin_ng(const struct writer *w, uint32_t linktype)
{
	uint32_t len = w->style->nano ? 32 : 20;

	w32(w, 0x0a0d0d0a);
	w32(w, 28);
	w32(w, 0x1a2b3c4d);
	w16(w, 1);
	w16(w, 0);
	w32(w, 0xffffffff);
	w32(w, 0xffffffff);
	w32(w, 28);
	w32(w, 1);
	w32(w, len);
	w16(w, (uint16_t)linktype);
	w16(w, 0);
	w32(w, 262144);
	if (w->style->nano) {
		w16(w, 9);
		w16(w, 1);
		(void)fwrite("\x09\0\0", 4, 1, w->file);
		w32(w, 0);
	}
	w32(w, len);
}

static void begin_file(const struct writer *w, uint32_t linktype)
{
	if (w->style->ng) {
		begin_ng(w, linktype);
		return;
	}
	w32(w, w->style->nano ? 0xa1b23c4d : 0xa1b2c3d4);
	w16(w, 2);
	w16(w, 4);
	w32(w, 0);
	w32(w, 0);
	w32(w, 262144);
	w32(w, linktype);
}

static void write_frame(void *ctx, int linktype, uint64_t at_ns,
			const uint8_t *bytes, uint32_t cap_len, uint32_t len)
{
	const struct writer *w = ctx;
	uint64_t unit = w->style->nano ? 1 : 1000;
	uint64_t stamp = at_ns / unit;
	uint32_t padded = (cap_len + 3) & ~3U;

	(void)linktype;
	if (w->style->ng) {
		w32(w, 6);
		w32(w, 32 + padded);
		w32(w, 0);
		w32(w, (uint32_t)(stamp >> 32));
		w32(w, (uint32_t)stamp);
	} else {
		w32(w, (uint32_t)(at_ns / NS_PER_S));
		w32(w, (uint32_t)(at_ns % NS_PER_S / unit));
	}
	w32(w, cap_len);
	w32(w, len);
	(void)fwrite(bytes, 1, cap_len, w->file);
	if (w->style->ng) {
		(void)fwrite("\0\0\0", 1, padded - cap_len, w->file);
		w32(w, 32 + padded);
	}
}

/* Three frames of a handshake, three of an exchange; owned by the caller. */
static char *write_capture(const struct style *style, uint32_t linktype)
{
	char *path = tmpdir_join("capture.pcap");
	struct writer w = { fopen(path, "we"), style };
	struct talk talk;

	ck_assert_ptr_nonnull(w.file);
	begin_file(&w, linktype);
	talk_init(&talk, false);
	talk.now_ns += 123456789;
	talk.sink = write_frame;
	talk.ctx = &w;
	talk_open(&talk);
	talk_exchange(&talk, 1);
	ck_assert_int_eq(fclose(w.file), 0);
	return path;
}

/* --- Whole files ---------------------------------------------------------- */

START_TEST(a_capture_is_read_in_every_format)
{
	const struct style *style = &styles[_i];
	CLEANUP_FREE char *path = write_capture(style, 1);
	uint64_t first = 1700000000 * NS_PER_S + 123456789;
	struct err err = ERR_INIT;

	ck_assert_ok(read_it(path, &err), &err);
	ck_assert_uint_eq(report.frames, 6);
	ck_assert_uint_eq(report.n_conns, 1);
	ck_assert_uint_eq(report.conns[0].side[0].bytes, 8);
	ck_assert_uint_eq(report.first_ns,
			  style->nano ? first : first / 1000 * 1000);
	ck_assert_uint_eq(report.last_ns - report.first_ns, 5 * NS_PER_MS);
	ck_assert_ptr_null(note);
}
END_TEST

START_TEST(drops_are_told_as_they_were_given)
{
	CLEANUP_FREE char *path = write_capture(&styles[1], 1);
	struct err err = ERR_INIT;

	ck_assert_ok(wire_read(path, FRAMES_SERVICE, FRAMES_PORT, 42, &report,
			       NULL, &err),
		     &err);
	ck_assert_uint_eq(report.drops, 42);
}
END_TEST

START_TEST(a_pipe_can_be_read)
{
	CLEANUP_FREE char *path = write_capture(&styles[1], 1);
	CLEANUP_FREE char *bytes = NULL;
	CLEANUP_FREE char *pipe_path = NULL;
	struct err err = ERR_INIT;
	size_t len;
	int fds[2];

	ck_assert_ok(file_read(path, 10000, &bytes, &len, &err), &err);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], bytes, len), (ssize_t)len);
	close(fds[1]);
	pipe_path = xasprintf("/proc/self/fd/%d", fds[0]);
	ck_assert_ok(read_it(pipe_path, &err), &err);
	ck_assert_uint_eq(report.frames, 6);
	close(fds[0]);
}
END_TEST

/* --- Cut, damaged, or no captures ----------------------------------------- */

/* Bytes at which frames end in the plain format. */
static size_t frames_in(size_t len)
{
	static const size_t sizes[] = { 54, 54, 54, 62, 64, 54 };
	size_t end = 24, n = 0;

	while (n < ARRAY_SIZE(sizes) && end + 16 + sizes[n] <= len)
		end += 16 + sizes[n++];
	return n;
}

static bool is_at_end(size_t len)
{
	return len == 24 || frames_in(len) != frames_in(len - 1);
}

START_TEST(a_capture_cut_anywhere_is_read_up_to_there)
{
	CLEANUP_FREE char *path = write_capture(&styles[1], 1);
	CLEANUP_FREE char *bytes = NULL;
	struct err err = ERR_INIT;
	size_t len;

	ck_assert_ok(file_read(path, 10000, &bytes, &len, &err), &err);
	ck_assert_uint_eq(frames_in(len), 6);
	for (size_t n = len; n >= 24; n--) {
		ck_assert_int_eq(truncate(path, (off_t)n), 0);
		ck_assert_ok(read_it(path, &err), &err);
		ck_assert_uint_eq(report.frames, frames_in(n));
		ck_assert_msg((note == NULL) == is_at_end(n), "cut at %zu: %s",
			      n, note ? note : "no note");
		if (note)
			ck_assert_has(note, "is cut after frame");
		teardown();
	}
}
END_TEST

START_TEST(what_is_shorter_than_a_header_is_no_capture)
{
	CLEANUP_FREE char *path = write_capture(&styles[1], 1);
	struct err err = ERR_INIT;

	for (off_t n = 23; n >= 0; n--) {
		ck_assert_int_eq(truncate(path, n), 0);
		ck_assert_err(read_it(path, &err), &err, ERR_PCAP, PCAP_ERROR);
		ck_assert_has(err.msg, "is not a capture");
		ck_assert_has(err.msg, path);
	}
}
END_TEST

START_TEST(a_malformed_frame_header_is_an_error)
{
	CLEANUP_FREE char *path = write_capture(&styles[0], 1);
	FILE *file = fopen(path, "r+e");
	struct err err = ERR_INIT;

	ck_assert_int_eq(fseek(file, 24 + 16 + 54 + 8, SEEK_SET), 0);
	(void)fwrite("\xff\xff\xff\x7f", 4, 1, file);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_err(read_it(path, &err), &err, ERR_PCAP, PCAP_ERROR);
	ck_assert_has(err.msg, "after frame 1");
}
END_TEST

START_TEST(text_is_no_capture)
{
	CLEANUP_FREE char *path = tmpdir_write(
		"text", "This is not a capture, it is a piece of prose.\n");
	struct err err = ERR_INIT;

	ck_assert_err(read_it(path, &err), &err, ERR_PCAP, PCAP_ERROR);
}
END_TEST

START_TEST(a_missing_file_is_the_users_mistake)
{
	CLEANUP_FREE char *path = tmpdir_join("missing.pcap");
	struct err err = ERR_INIT;

	ck_assert_err(read_it(path, &err), &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "missing.pcap': No such file");
}
END_TEST

START_TEST(a_folder_is_no_capture)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(read_it(tmpdir_path(), &err), -1);
	ck_assert_int_ne(err.domain, ERR_NONE);
}
END_TEST

START_TEST(a_link_type_that_is_not_known_is_named)
{
	CLEANUP_FREE char *path = write_capture(&styles[0], 127);
	struct err err = ERR_INIT;

	ck_assert_err(read_it(path, &err), &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "link type 127");
}
END_TEST

START_TEST(a_service_that_is_no_address_is_named)
{
	CLEANUP_FREE char *path = write_capture(&styles[0], 1);
	struct err err = ERR_INIT;

	ck_assert_err(wire_read(path, "nowhere", 1, 0, &report, &note, &err),
		      &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "'nowhere'");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_read");
	TCase *tcase = tcase_create("read");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, a_capture_is_read_in_every_format, 0,
			    (int)ARRAY_SIZE(styles));
	tcase_add_test(tcase, drops_are_told_as_they_were_given);
	tcase_add_test(tcase, a_pipe_can_be_read);
	tcase_add_test(tcase, a_capture_cut_anywhere_is_read_up_to_there);
	tcase_add_test(tcase, what_is_shorter_than_a_header_is_no_capture);
	tcase_add_test(tcase, a_malformed_frame_header_is_an_error);
	tcase_add_test(tcase, text_is_no_capture);
	tcase_add_test(tcase, a_missing_file_is_the_users_mistake);
	tcase_add_test(tcase, a_folder_is_no_capture);
	tcase_add_test(tcase, a_link_type_that_is_not_known_is_named);
	tcase_add_test(tcase, a_service_that_is_no_address_is_named);
	suite_add_tcase(suite, tcase);
	return suite;
}
