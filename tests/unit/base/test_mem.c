// SPDX-License-Identifier: Apache-2.0
/* test_mem.c - allocation that cannot fail, cleanup at end of scope */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/lib/testing.h"

START_TEST(elements_are_appended_zeroed_and_in_order)
{
	size_t *v = NULL;
	size_t n = 0;

	for (size_t i = 0; i < 1000; i++) {
		size_t *slot = VEC_PUSH(v, n);

		ck_assert_uint_eq(*slot, 0);
		*slot = i;
	}
	ck_assert_uint_eq(n, 1000);
	for (size_t i = 0; i < n; i++)
		/* cppcheck-suppress nullPointer ; VEC_PUSH() has set it */
		ck_assert_uint_eq(v[i], i);
	free(v);
}
END_TEST

START_TEST(taking_empties_the_variable)
{
	char *text = xstrdup("x");
	char *taken = TAKE(text);
	int fd = 7;

	ck_assert_ptr_null(text);
	ck_assert_str_eq(taken, "x");
	ck_assert_int_eq(TAKE_FD(fd), 7);
	ck_assert_int_eq(fd, -1);
	free(taken);
}
END_TEST

static int open_in_a_scope(void)
{
	CLEANUP_FD int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CLEANUP_FREE char *text = xasprintf("%d", fd);
	CLEANUP_FILE FILE *none = NULL;

	ck_assert_int_ge(fd, 0);
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_null(none);
	return fd;
}

START_TEST(the_end_of_a_scope_cleans_up)
{
	int fd = open_in_a_scope();

	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

START_TEST(nothing_is_never_allocated_as_null)
{
	void *a = xcalloc(0, 0);
	char *b = xreallocarray(NULL, 0, 0);
	char *c = xstrndup("abc", 2);

	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	ck_assert_str_eq(c, "ab");
	free(a);
	free(b);
	free(c);
}
END_TEST

/* volatile: a compiler that sees the size refuses it. */
START_TEST(an_impossible_size_ends_the_program)
{
	volatile size_t huge = SIZE_MAX / 2;

	free(xreallocarray(NULL, huge, 4));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("mem");
	TCase *tcase = tcase_create("mem");
	const char *fork_mode = getenv("CK_FORK");

	tcase_add_test(tcase, elements_are_appended_zeroed_and_in_order);
	tcase_add_test(tcase, taking_empties_the_variable);
	tcase_add_test(tcase, the_end_of_a_scope_cleans_up);
	tcase_add_test(tcase, nothing_is_never_allocated_as_null);
	/* Only a process of its own can end. */
	if (!fork_mode || strcmp(fork_mode, "no") != 0)
		tcase_add_exit_test(tcase, an_impossible_size_ends_the_program,
				    3);
	suite_add_tcase(suite, tcase);
	return suite;
}
