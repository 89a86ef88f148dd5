// SPDX-License-Identifier: Apache-2.0
/* testing.h - what unit tests share: fixtures, assertions, golden files */
#ifndef TESTS_LIB_TESTING_H
#define TESTS_LIB_TESTING_H

#include <check.h>
#include <stddef.h>

#include "base/err.h"

/** test_suite() - Each test binary defines it; tests/lib/main.c runs it */
Suite *test_suite(void);

/* Assert that a fallible call succeeds, printing its message when it does not:
 *	ck_assert_ok(file_read(path, 100, &text, NULL, &err), &err); */
#define ck_assert_ok(call, errp)                                              \
	do {                                                                  \
		int ok_status_ = (call);                                      \
		ck_assert_msg(ok_status_ == 0, "%s: %s", #call, (errp)->msg); \
	} while (0)

/* Assert that a fallible call fails with this domain and code. */
#define ck_assert_err(call, errp, want_domain, want_code)                    \
	do {                                                                 \
		int err_status_ = (call);                                    \
		ck_assert_msg(err_status_ == -1, "%s: succeeded", #call);    \
		ck_assert_msg((errp)->domain == (want_domain) &&             \
				      (errp)->code == (long)(want_code),     \
			      "%s: got %s %ld (%s), wanted %s %ld", #call,   \
			      err_domain_name((errp)->domain), (errp)->code, \
			      (errp)->msg, err_domain_name(want_domain),     \
			      (long)(want_code));                            \
	} while (0)

/* Assert that @text contains @part. */
#define ck_assert_has(text, part)                                          \
	do {                                                               \
		const char *has_text_ = (text);                            \
		const char *has_part_ = (part);                            \
		ck_assert_msg(testing_contains(has_text_, has_part_),      \
			      "'%s' is not in: %s", has_part_, has_text_); \
	} while (0)

int testing_contains(const char *text, const char *part);

/**
 * tmpdir_setup(), tmpdir_teardown() - Checked fixture: a directory per test
 *
 *	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
 *
 * Made under $TMPDIR or /tmp before each test, removed with all in it after.
 */
void tmpdir_setup(void);
void tmpdir_teardown(void);

/** tmpdir_path() - Path of the directory itself; borrowed */
const char *tmpdir_path(void);

/** tmpdir_join() - Path of a name in it; owned by the caller */
char *tmpdir_join(const char *name);

/** tmpdir_write() - Make a file in it, and return its path (caller owns) */
char *tmpdir_write(const char *name, const char *text);

/**
 * source_path() - A file of the source tree; owned by the caller
 * @relative:	As "tests/golden/one/input.json"
 *
 * From $CRMATRIX_SOURCE, else the nearest parent of the working directory that
 * holds tests/lib/testing.h.
 */
char *source_path(const char *relative);

/** golden_capture() - capture.pcap or capture.pcapng of a folder, owned by the
 * caller; NULL when there is none */
char *golden_capture(const char *folder);

/**
 * golden_check() - Assert that text is what a golden file holds
 * @relative:	The golden file, as "tests/golden/one/expected.txt"
 * @got:	What the code under test made
 *
 * Prints a unified diff and fails the test when they differ. With
 * UPDATE_GOLDEN=1 in the environment it rewrites the file instead.
 */
void golden_check(const char *relative, const char *got);

#endif
