// SPDX-License-Identifier: Apache-2.0
/* test_err.c - filling and wrapping of errors */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

START_TEST(a_set_error_holds_what_was_said)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(err_set(&err, ERR_PARSE, 7, "bad '%s'", "x"), -1);
	ck_assert_int_eq(err.domain, ERR_PARSE);
	ck_assert_int_eq(err.code, 7);
	ck_assert_str_eq(err.msg, "bad 'x'");
}
END_TEST

START_TEST(errno_is_the_code_and_its_text_is_added)
{
	struct err err = ERR_INIT;

	errno = ENOENT;
	ck_assert_int_eq(err_errno(&err, "open '%s'", "f"), -1);
	ck_assert_int_eq(err.domain, ERR_SYS);
	ck_assert_int_eq(err.code, ENOENT);
	ck_assert_str_eq(err.msg, "open 'f': No such file or directory");
	ck_assert_int_eq(errno, ENOENT);
	errno = 99999;
	ck_assert_int_eq(err_errno(&err, "x"), -1);
	ck_assert_str_eq(err.msg, "x: unknown error");
}
END_TEST

START_TEST(context_comes_before_and_changes_nothing_else)
{
	struct err err = ERR_INIT;

	(void)err_set(&err, ERR_GUEST, 3, "it died");
	ck_assert_int_eq(err_wrap(&err, "cell %d", 5), -1);
	ck_assert_int_eq(err_wrap(&err, "run"), -1);
	ck_assert_str_eq(err.msg, "run: cell 5: it died");
	ck_assert_int_eq(err.domain, ERR_GUEST);
	ck_assert_int_eq(err.code, 3);
}
END_TEST

/* Lengths of message and context around the room there is. */
START_TEST(what_is_too_long_is_cut_at_the_end)
{
	static const size_t lengths[] = { 0,	1,    500,  1020, 1021,
					  1022, 1023, 1024, 1025, 3000 };
	char text[3001];
	struct err err = ERR_INIT;

	memset(text, 'm', sizeof(text));
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		for (size_t j = 0; j < ARRAY_SIZE(lengths); j++) {
			(void)err_set(&err, ERR_SYS, 1, "%.*s", (int)lengths[i],
				      text);
			(void)err_wrap(&err, "%.*s", (int)lengths[j], text);
			ck_assert_uint_lt(strlen(err.msg), sizeof(err.msg));
			ck_assert_uint_ge(strlen(err.msg), lengths[j] > 1021 ?
								   1021 :
								   lengths[j]);
		}
	(void)err_set(&err, ERR_SYS, 1, "end");
	(void)err_wrap(&err, "%.*s", 1020, text);
	ck_assert_str_eq(err.msg + 1020, ": e");
}
END_TEST

START_TEST(every_domain_has_a_name_of_its_own)
{
	for (int a = 0; a < ERR_COUNT; a++) {
		ck_assert_ptr_nonnull(err_domain_name((enum err_domain)a));
		for (int b = 0; b < a; b++)
			ck_assert_str_ne(err_domain_name((enum err_domain)a),
					 err_domain_name((enum err_domain)b));
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("err");
	TCase *tcase = tcase_create("err");

	tcase_add_test(tcase, a_set_error_holds_what_was_said);
	tcase_add_test(tcase, errno_is_the_code_and_its_text_is_added);
	tcase_add_test(tcase, context_comes_before_and_changes_nothing_else);
	tcase_add_test(tcase, what_is_too_long_is_cut_at_the_end);
	tcase_add_test(tcase, every_domain_has_a_name_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite;
}
