// SPDX-License-Identifier: Apache-2.0
/* test_pcapng_write.c - what is written is read back */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/capfile.h"
#include "compat/pcapng_write.h"
#include "tests/lib/testing.h"

#define AT (UINT64_C(1700000000) * NS_PER_S + 123456789)

static const uint8_t bytes[] = "a frame of some bytes, of any length";
static char *path;
static FILE *out;

static void setup(void)
{
	tmpdir_setup();
	path = tmpdir_join("written.pcapng");
	out = fopen(path, "we");
	ck_assert_ptr_nonnull(out);
	pcapng_section(out, "a test");
	pcapng_interface(out, 1, 262144, "src-svc", "source");
	pcapng_interface(out, 113, 0, NULL, NULL);
}

static void teardown(void)
{
	free(TAKE(path));
	tmpdir_teardown();
}

static struct capfile *read_back(void)
{
	struct capfile *file;
	struct err err = ERR_INIT;

	ck_assert_int_eq(fclose(TAKE(out)), 0);
	ck_assert_ok(capfile_open(path, &file, &err), &err);
	return file;
}

static void check_end(struct capfile *file)
{
	CLEANUP_FREE char *note = capfile_note(file);
	struct capframe frame;
	struct err err = ERR_INIT;

	ck_assert_ok(capfile_next(file, &frame, &err), &err);
	ck_assert_ptr_null(note);
}

START_TEST(frames_of_every_length_come_back)
{
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;

	for (uint32_t n = 0; n < sizeof(bytes); n++)
		pcapng_frame(out, &(struct pcapng_frame){ .interface = n % 2,
							  .at_ns = AT + n,
							  .bytes = bytes,
							  .cap_len = n,
							  .len = n + 100 });
	file = read_back();
	for (uint32_t n = 0; n < sizeof(bytes); n++) {
		ck_assert_int_eq(capfile_next(file, &frame, &err), 1);
		ck_assert_uint_eq(frame.number, n + 1);
		ck_assert_uint_eq(frame.at_ns, AT + n);
		ck_assert_uint_eq(frame.interface, n % 2);
		ck_assert_int_eq(frame.linktype, n % 2 ? 113 : 1);
		ck_assert_uint_eq(frame.cap_len, n);
		ck_assert_uint_eq(frame.len, n + 100);
		ck_assert_mem_eq(frame.bytes, bytes, n);
		ck_assert_ptr_null(frame.comment);
	}
	check_end(file);
	capfile_close(file);
}
END_TEST

START_TEST(comments_come_back)
{
	static const char *const comments[] = { "dump begins", "a", "\u00e4" };
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;

	pcapng_frame(out, &(struct pcapng_frame){ .bytes = bytes,
						  .cap_len = 7,
						  .len = 7,
						  .comments = comments,
						  .n_comments = 3 });
	pcapng_frame(out, &(struct pcapng_frame){ .bytes = bytes });
	file = read_back();
	ck_assert_int_eq(capfile_next(file, &frame, &err), 1);
	ck_assert_str_eq(frame.comment, "dump begins\na\n\u00e4");
	ck_assert_int_eq(capfile_next(file, &frame, &err), 1);
	ck_assert_ptr_null(frame.comment);
	check_end(file);
	capfile_close(file);
}
END_TEST

START_TEST(a_comment_longer_than_an_option_is_cut)
{
	CLEANUP_FREE char *text = xcalloc(70000, 1);
	const char *comments[] = { text };
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;

	memset(text, 'x', 69999);
	pcapng_frame(out, &(struct pcapng_frame){ .bytes = bytes,
						  .comments = comments,
						  .n_comments = 1 });
	file = read_back();
	ck_assert_int_eq(capfile_next(file, &frame, &err), 1);
	ck_assert_uint_eq(strlen(frame.comment), 65535);
	check_end(file);
	capfile_close(file);
}
END_TEST

START_TEST(interfaces_and_statistics_come_back)
{
	const struct capfile_interface *iface;
	struct capfile *file;

	pcapng_statistics(out, &(struct pcapng_statistics){ .interface = 0,
							    .at_ns = AT,
							    .received = 100,
							    .if_drops = 1,
							    .os_drops = 2 });
	pcapng_statistics(out, &(struct pcapng_statistics){ .interface = 1 });
	file = read_back();
	check_end(file);
	ck_assert_uint_eq(capfile_n_interfaces(file), 2);
	iface = capfile_interface(file, 0);
	ck_assert_str_eq(iface->name, "src-svc");
	ck_assert_str_eq(iface->description, "source");
	ck_assert_uint_eq(iface->snaplen, 262144);
	ck_assert_uint_eq(iface->received, 100);
	ck_assert_uint_eq(iface->if_drops, 1);
	ck_assert_uint_eq(iface->os_drops, 2);
	iface = capfile_interface(file, 1);
	ck_assert_ptr_null(iface->name);
	ck_assert_uint_eq(iface->os_drops, 0);
	ck_assert_uint_eq(capfile_drops(file), 3);
	capfile_close(file);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("pcapng_write");
	TCase *tcase = tcase_create("write");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, frames_of_every_length_come_back);
	tcase_add_test(tcase, comments_come_back);
	tcase_add_test(tcase, a_comment_longer_than_an_option_is_cut);
	tcase_add_test(tcase, interfaces_and_statistics_come_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
