// SPDX-License-Identifier: Apache-2.0
/* test_capfile.c - captures from pipes and standard input, long and hostile */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/capfile.h"
#include "compat/pcapng_write.h"
#include "tests/lib/testing.h"

#define AT (UINT64_C(1700000000) * NS_PER_S)

static uint8_t payload[CAPFILE_FRAME_MAX + 1];
static struct strbuf made;

static void setup(void)
{
	tmpdir_setup();
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * 7);
	strbuf_open(&made);
	pcapng_section(made.f, "a test");
	pcapng_interface(made.f, 1, 0, "a", NULL);
}

static void teardown(void)
{
	strbuf_release(&made);
	tmpdir_teardown();
}

static void put_frame(uint32_t len)
{
	pcapng_frame(made.f, &(struct pcapng_frame){ .at_ns = AT,
						     .bytes = payload,
						     .cap_len = len,
						     .len = len });
}

/* A block of no interest: type, length, zeros, length. */
static void put_block(uint32_t type, uint32_t len)
{
	CLEANUP_FREE uint8_t *block = xcalloc(len, 1);

	memcpy(block, &type, 4);
	memcpy(block + 4, &len, 4);
	memcpy(block + len - 4, &len, 4);
	(void)fwrite(block, 1, len, made.f);
}

static char *write_made(void)
{
	CLEANUP_FREE char *path = tmpdir_join("made.pcapng");
	struct err err = ERR_INIT;

	ck_assert_int_eq(fflush(made.f), 0);
	ck_assert_ok(file_write(path, made.text, made.len, &err), &err);
	return TAKE(path);
}

/* Frames of @path, whose lengths are those of @lens. */
static void check_frames(const char *path, const uint32_t *lens, size_t n)
{
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;

	ck_assert_ok(capfile_open(path, &file, &err), &err);
	for (size_t i = 0; i < n; i++) {
		ck_assert_msg(capfile_next(file, &frame, &err) == 1,
			      "frame %zu: %s", i, err.msg);
		ck_assert_uint_eq(frame.cap_len, lens[i]);
		ck_assert_mem_eq(frame.bytes, payload, lens[i]);
	}
	ck_assert_ok(capfile_next(file, &frame, &err), &err);
	capfile_close(file);
}

/* Frames and what is between them are longer than the buffer, and not. */
static const uint32_t lens[] = { 60,	 CAPFILE_FRAME_MAX, 1,	 0,
				 200000, CAPFILE_FRAME_MAX, 1514 };

static void put_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lens); i++) {
		put_frame(lens[i]);
		put_block(0xbad, i % 2 ? 12 : 3 * CAPFILE_RECORD_MAX);
	}
}

START_TEST(frames_longer_than_the_buffer_are_read)
{
	CLEANUP_FREE char *path = NULL;

	put_all();
	path = write_made();
	check_frames(path, lens, ARRAY_SIZE(lens));
}
END_TEST

/* struct feeder - A thread that writes what was made, a few bytes at a time */
struct feeder {
	int fd;
	size_t step;
};

static void *feed(void *arg)
{
	const struct feeder *feeder = arg;

	for (size_t at = 0; at < made.len; at += feeder->step) {
		size_t left = made.len - at;
		size_t n = left < feeder->step ? left : feeder->step;
		struct err err;

		if (fd_write_all(feeder->fd, made.text + at, n, &err))
			break;
	}
	close(feeder->fd);
	return NULL;
}

START_TEST(a_pipe_is_read_however_it_comes)
{
	static const size_t steps[] = { 1, 7, 4096, 1 << 20 };
	struct feeder feeder = { .step = steps[_i] };
	CLEANUP_FREE char *path = NULL;
	pthread_t thread;
	int ends[2];

	if (feeder.step > 100)
		put_all();
	else
		put_frame(60);
	(void)fflush(made.f);
	ck_assert_int_eq(pipe(ends), 0);
	feeder.fd = ends[1];
	ck_assert_int_eq(pthread_create(&thread, NULL, feed, &feeder), 0);
	path = xasprintf("/proc/self/fd/%d", ends[0]);
	check_frames(path, lens, feeder.step > 100 ? ARRAY_SIZE(lens) : 1);
	pthread_join(thread, NULL);
	close(ends[0]);
}
END_TEST

START_TEST(standard_input_is_a_dash)
{
	CLEANUP_FREE char *path = NULL;
	int fd;

	put_all();
	path = write_made();
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	check_frames("-", lens, ARRAY_SIZE(lens));
	/* It is not ours to close. */
	ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0);
}
END_TEST

/* --- Hostile files -------------------------------------------------------- */

static void check_refused(const char *part)
{
	CLEANUP_FREE char *path = write_made();
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;
	int rc;

	ck_assert_ok(capfile_open(path, &file, &err), &err);
	while ((rc = capfile_next(file, &frame, &err)) == 1)
		;
	ck_assert_err(rc, &err, ERR_PCAP, -1);
	ck_assert_has(err.msg, part);
	ck_assert_has(err.msg, path);
	capfile_close(file);
}

START_TEST(a_frame_longer_than_any_is_refused)
{
	put_frame(60);
	put_frame(CAPFILE_FRAME_MAX + 1);
	check_refused("a frame of 262145 bytes");
}
END_TEST

START_TEST(a_record_longer_than_any_is_refused)
{
	put_frame(60);
	put_block(6, CAPFILE_RECORD_MAX + 4);
	check_refused("after frame 1, at byte ");
}
END_TEST

START_TEST(more_interfaces_than_any_capture_has_are_refused)
{
	for (size_t i = 0; i < CAPFILE_INTERFACES_MAX; i++)
		pcapng_interface(made.f, 1, 0, NULL, NULL);
	check_refused("more than 65536 interfaces");
}
END_TEST

START_TEST(names_are_cut_and_cleaned)
{
	CLEANUP_FREE char *path = NULL;
	char name[1001] = "\33[2J\xff";
	const struct capfile_interface *iface;
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;

	memset(name + strlen(name), 'x', 1000 - strlen(name));
	pcapng_interface(made.f, 1, 0, name, NULL);
	path = write_made();
	ck_assert_ok(capfile_open(path, &file, &err), &err);
	ck_assert_ok(capfile_next(file, &frame, &err), &err);
	iface = capfile_interface(file, 1);
	ck_assert_uint_lt(strlen(iface->name), 300);
	ck_assert_ptr_null(strchr(iface->name, '\33'));
	capfile_close(file);
}
END_TEST

/* --- Merges --------------------------------------------------------------- */

START_TEST(a_missing_file_of_a_merge_is_named)
{
	CLEANUP_FREE char *path = write_made();
	CLEANUP_FREE char *missing = tmpdir_join("missing.pcap");
	const char *const paths[] = { path, missing };
	struct capmerge *merge;
	struct err err = ERR_INIT;

	ck_assert_err(capmerge_open(paths, 2, &merge, &err), &err, ERR_INPUT,
		      0);
	ck_assert_has(err.msg, "missing.pcap");
}
END_TEST

START_TEST(a_damaged_file_of_a_merge_ends_it)
{
	CLEANUP_FREE char *good = NULL;
	CLEANUP_FREE char *bad = tmpdir_join("bad.pcapng");
	const char *paths[] = { bad, NULL };
	struct capmerge *merge;
	struct capframe frame;
	struct err err = ERR_INIT;

	put_frame(60);
	good = write_made();
	put_block(6, CAPFILE_RECORD_MAX + 4);
	(void)fflush(made.f);
	ck_assert_ok(file_write(bad, made.text, made.len, &err), &err);
	paths[1] = good;
	ck_assert_ok(capmerge_open(paths, 2, &merge, &err), &err);
	ck_assert_int_eq(capmerge_next(merge, &frame, &err), 1);
	ck_assert_int_eq(capmerge_next(merge, &frame, &err), 1);
	ck_assert_err(capmerge_next(merge, &frame, &err), &err, ERR_PCAP, -1);
	ck_assert_has(err.msg, "bad.pcapng");
	capmerge_close(merge);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("capfile");
	TCase *tcase = tcase_create("read");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, frames_longer_than_the_buffer_are_read);
	tcase_add_loop_test(tcase, a_pipe_is_read_however_it_comes, 0, 4);
	tcase_add_test(tcase, standard_input_is_a_dash);
	tcase_add_test(tcase, a_frame_longer_than_any_is_refused);
	tcase_add_test(tcase, a_record_longer_than_any_is_refused);
	tcase_add_test(tcase, more_interfaces_than_any_capture_has_are_refused);
	tcase_add_test(tcase, names_are_cut_and_cleaned);
	tcase_add_test(tcase, a_missing_file_of_a_merge_is_named);
	tcase_add_test(tcase, a_damaged_file_of_a_merge_ends_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
