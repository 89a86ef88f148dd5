// SPDX-License-Identifier: Apache-2.0
/* test_capfile_golden.c - what is read of each golden capture, whole and cut */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/capfile.h"
#include "tests/lib/testing.h"

#define GOLDEN "tests/golden/captures"
#define CAPTURE_MAX 100000

static char *old_dir;

/* Names, not paths, are in messages. */
static void enter(void)
{
	CLEANUP_FREE char *dir = source_path(GOLDEN);

	old_dir = getcwd(NULL, 0);
	ck_assert_int_eq(chdir(dir), 0);
}

static void leave(void)
{
	ck_assert_int_eq(chdir(old_dir), 0);
	free(TAKE(old_dir));
}

static void show_frame(const struct capframe *frame, FILE *f)
{
	(void)fprintf(f, "frame %" PRIu64 " at ", frame->number);
	if (frame->has_time)
		(void)fprintf(f, "%" PRIu64 ".%09" PRIu64,
			      frame->at_ns / NS_PER_S, frame->at_ns % NS_PER_S);
	else
		(void)fputc('-', f);
	(void)fprintf(f,
		      " %u of %u link %d interface %u byte %" PRIu64 "%s%s\n",
		      frame->cap_len, frame->len, frame->linktype,
		      frame->interface, frame->offset,
		      frame->comment ? ": " : "",
		      frame->comment ? frame->comment : "");
}

static void show_figure(const char *name, uint64_t figure, FILE *f)
{
	if (figure != CAPFILE_UNKNOWN)
		(void)fprintf(f, " %s %" PRIu64, name, figure);
}

static void show_interface(size_t i, const struct capfile_interface *iface,
			   FILE *f)
{
	(void)fprintf(f, "interface %zu link %d snap %u frames %" PRIu64, i,
		      iface->linktype, iface->snaplen, iface->frames);
	if (iface->name)
		(void)fprintf(f, " name '%s'", iface->name);
	if (iface->description)
		(void)fprintf(f, " description '%s'", iface->description);
	show_figure("received", iface->received, f);
	show_figure("accepted", iface->accepted, f);
	show_figure("if_drops", iface->if_drops, f);
	show_figure("os_drops", iface->os_drops, f);
	show_figure("between_drops", iface->between_drops, f);
	(void)fputc('\n', f);
}

static void show_drops(uint64_t drops, FILE *f)
{
	if (drops == CAPFILE_UNKNOWN)
		(void)fputs("drops unknown\n", f);
	else
		(void)fprintf(f, "drops %" PRIu64 "\n", drops);
}

static void show_end(const struct capfile *file, FILE *f)
{
	CLEANUP_FREE char *note = capfile_note(file);

	for (size_t i = 0; i < capfile_n_interfaces(file); i++)
		show_interface(i, capfile_interface(file, i), f);
	show_drops(capfile_drops(file), f);
	if (note)
		(void)fprintf(f, "note: %s\n", note);
}

static void show_error(const struct err *err, FILE *f)
{
	(void)fprintf(f, "error %s: %s\n", err_domain_name(err->domain),
		      err->msg);
}

/* All that is said of a capture; owned by the caller. */
static char *show(const char *path)
{
	struct capfile *file = NULL;
	struct capframe frame;
	struct err err = ERR_INIT;
	struct strbuf buf;
	int rc;

	strbuf_open(&buf);
	if (capfile_open(path, &file, &err)) {
		show_error(&err, buf.f);
		return strbuf_take(&buf);
	}
	while ((rc = capfile_next(file, &frame, &err)) == 1)
		show_frame(&frame, buf.f);
	if (rc < 0)
		show_error(&err, buf.f);
	else
		show_end(file, buf.f);
	ck_assert_int_eq(capfile_next(file, &frame, &err), 0);
	capfile_close(file);
	return strbuf_take(&buf);
}

static void check_golden(const char *name)
{
	CLEANUP_FREE char *expected = xasprintf(GOLDEN "/%.*s.expected",
						(int)(strlen(name) - 4), name);
	CLEANUP_FREE char *got = NULL;

	enter();
	got = show(name);
	leave();
	golden_check(expected, got);
}

/* The lines of frames in @text; the note and the statistics come after. */
static size_t frames_len(const char *text)
{
	const char *end = text;

	while (str_starts(end, "frame "))
		end = strchr(end, '\n') + 1;
	return (size_t)(end - text);
}

static void check_cuts(const char *name)
{
	CLEANUP_FREE char *relative = xasprintf(GOLDEN "/%s", name);
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP_FREE char *cut = tmpdir_join("cut");
	CLEANUP_FREE char *bytes = NULL;
	CLEANUP_FREE char *whole = show(path);
	struct err err = ERR_INIT;
	size_t len;

	ck_assert_ok(file_read(path, CAPTURE_MAX, &bytes, &len, &err), &err);
	ck_assert_ok(file_write(cut, bytes, len, &err), &err);
	while (len-- > 0) {
		CLEANUP_FREE char *got = NULL;

		ck_assert_int_eq(truncate(cut, (off_t)len), 0);
		got = show(cut);
		ck_assert_msg(strncmp(got, whole, frames_len(got)) == 0,
			      "%s cut at %zu: %s", name, len, got);
	}
}

/* Return: how many there are */
static size_t each_capture(void (*check)(const char *name))
{
	CLEANUP_FREE char *dir = source_path(GOLDEN);
	CLEANUP(str_list_release) struct str_list names = { 0 };
	struct err err = ERR_INIT;
	size_t n = 0;

	ck_assert_ok(file_list(dir, &names, &err), &err);
	for (size_t i = 0; i < names.n; i++) {
		if (!str_ends(names.v[i], ".cap"))
			continue;
		check(names.v[i]);
		n++;
	}
	return n;
}

START_TEST(golden_captures_are_read_as_expected)
{
	ck_assert_uint_ge(each_capture(check_golden), 40);
}
END_TEST

START_TEST(a_cut_capture_has_the_frames_before_the_cut)
{
	ck_assert_uint_ge(each_capture(check_cuts), 40);
}
END_TEST

/* --- Merges --------------------------------------------------------------- */

/* All that is said of captures read as one; owned by the caller. */
static char *show_merge(const struct str_list *paths)
{
	CLEANUP_FREE const char **names = xcalloc(paths->n, sizeof(*names));
	CLEANUP_FREE char *note = NULL;
	struct capmerge *merge = NULL;
	struct capframe frame;
	struct err err = ERR_INIT;
	struct strbuf buf;
	int rc;

	for (size_t i = 0; i < paths->n; i++)
		names[i] = paths->v[i];
	strbuf_open(&buf);
	ck_assert_ok(capmerge_open(names, paths->n, &merge, &err), &err);
	while ((rc = capmerge_next(merge, &frame, &err)) == 1)
		show_frame(&frame, buf.f);
	ck_assert_ok(rc, &err);
	for (size_t i = 0; i < capmerge_n_interfaces(merge); i++) {
		const char *path;
		const struct capfile_interface *iface =
			capmerge_interface(merge, i, &path);

		show_interface(i, iface, buf.f);
		(void)fprintf(buf.f, "interface %zu of %s\n", i, path);
	}
	show_drops(capmerge_drops(merge), buf.f);
	note = capmerge_note(merge);
	if (note)
		(void)fprintf(buf.f, "note: %s\n", note);
	capmerge_close(merge);
	return strbuf_take(&buf);
}

START_TEST(golden_captures_are_merged_as_expected)
{
	CLEANUP_FREE char *path = source_path(GOLDEN "/merges");
	CLEANUP_FREE char *text = NULL;
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(file_read(path, 10000, &text, NULL, &err), &err);
	str_list_split(&lines, text, "\n");
	ck_assert_uint_ge(lines.n, 5);
	for (size_t i = 0; i < lines.n; i++) {
		CLEANUP(str_list_release) struct str_list words = { 0 };
		CLEANUP_FREE char *expected = NULL;
		CLEANUP_FREE char *name = NULL;
		CLEANUP_FREE char *got = NULL;

		str_list_split(&words, lines.v[i], " ");
		name = words.v[0];
		words.n--;
		memmove(words.v, words.v + 1, words.n * sizeof(*words.v));
		expected = xasprintf(GOLDEN "/merged-%s.expected", name);
		enter();
		got = show_merge(&words);
		leave();
		golden_check(expected, got);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("capfile goldens");
	TCase *tcase = tcase_create("goldens");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, golden_captures_are_read_as_expected);
	tcase_add_test(tcase, golden_captures_are_merged_as_expected);
	tcase_add_test(tcase, a_cut_capture_has_the_frames_before_the_cut);
	suite_add_tcase(suite, tcase);
	return suite;
}
