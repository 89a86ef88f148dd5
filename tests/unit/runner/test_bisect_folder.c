// SPDX-License-Identifier: Apache-2.0
/* test_bisect_folder.c - which kernels a folder holds, and in which order */
#include "runner/bisect_row.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

static void put(const char *name)
{
	CLEANUP_FREE char *path = tmpdir_join(name);
	char *slash = strrchr(path, '/');
	struct err err = ERR_INIT;

	*slash = '\0';
	ck_assert_ok(file_mkdirs(path, &err), &err);
	*slash = '/';
	ck_assert_ok(file_write(path, "", 0, &err), &err);
}

static size_t length_of(const struct bisection *b, size_t i, const char *key)
{
	return json_array_size(json_object_get(b->v[i].value, key));
}

static const char *text_of(const struct bisection *b, size_t i, const char *key)
{
	return json_string_value(json_object_get(b->v[i].value, key));
}

START_TEST(packages_of_a_version_are_one_kernel)
{
	struct bisection b CLEANUP(bisection_release) = { 0 };
	struct err err = ERR_INIT;

	put("linux-image-6.12.9-amd64_6.12.9-1_amd64.deb");
	put("linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb");
	put("linux-image-6.1.0-9-cloud-amd64_6.1.27-1_amd64.deb");
	put("linux-binary-7.2.1-amd64_7.2.1-1_amd64.deb");
	put("linux-modules-7.2.1-amd64_7.2.1-1_amd64.deb");
	put("linux-image-7.2.1-amd64_7.2.1-1_amd64.deb");
	put("linux-image-6.1.0-9-amd64-dbg_6.1.27-1_amd64.deb");
	put("linux-headers-6.1.0-9-amd64_6.1.27-1_amd64.deb");
	put("linux-modules-9.9.9-amd64_9.9.9-1_amd64.deb");
	put("README");
	ck_assert_ok(bisect_kernels_from(tmpdir_path(), &b, &err), &err);
	ck_assert_uint_eq(b.n, 4);
	ck_assert_str_eq(b.v[0].label, "6.1.0-9-cloud-amd64");
	ck_assert_str_eq(b.v[1].label, "6.1.0-56-cloud-amd64");
	ck_assert_str_eq(b.v[2].label, "6.12.9-amd64");
	ck_assert_str_eq(b.v[3].label, "7.2.1-amd64");
	ck_assert_uint_eq(length_of(&b, 3, "debs"), 3);
	ck_assert_uint_eq(length_of(&b, 0, "debs"), 1);
}
END_TEST

START_TEST(images_have_the_modules_of_their_version)
{
	struct bisection b CLEANUP(bisection_release) = { 0 };
	struct err err = ERR_INIT;

	put("vmlinuz-6.19.0");
	put("bzImage-6.18.0");
	put("vmlinuz-6.17.0");
	put("lib/modules/6.19.0/modules.order");
	put("modules-6.18.0/modules.order");
	ck_assert_ok(bisect_kernels_from(tmpdir_path(), &b, &err), &err);
	ck_assert_uint_eq(b.n, 3);
	ck_assert_ptr_null(text_of(&b, 0, "modules"));
	ck_assert(str_ends(text_of(&b, 1, "image"), "/bzImage-6.18.0"));
	ck_assert(str_ends(text_of(&b, 1, "modules"), "/modules-6.18.0"));
	ck_assert(str_ends(text_of(&b, 2, "modules"), "/lib/modules/6.19.0"));
}
END_TEST

START_TEST(a_folder_below_is_a_kernel)
{
	struct bisection b CLEANUP(bisection_release) = { 0 };
	struct err err = ERR_INIT;

	put("v2/bzImage");
	put("v2/modules/modules.order");
	put("v10/linux-image-6.1.0_1_amd64.deb");
	put("empty/README");
	ck_assert_ok(bisect_kernels_from(tmpdir_path(), &b, &err), &err);
	ck_assert_uint_eq(b.n, 2);
	ck_assert_str_eq(b.v[0].label, "v2");
	ck_assert(str_ends(text_of(&b, 0, "modules"), "/v2/modules"));
	ck_assert_str_eq(b.v[1].label, "v10");
}
END_TEST

START_TEST(a_folder_below_with_two_is_an_error)
{
	struct bisection b CLEANUP(bisection_release) = { 0 };
	struct err err = ERR_INIT;

	put("v2/vmlinuz-1");
	put("v2/vmlinuz-2");
	ck_assert_err(bisect_kernels_from(tmpdir_path(), &b, &err), &err,
		      ERR_INPUT, 0);
}
END_TEST

START_TEST(what_is_no_folder_is_an_error)
{
	struct bisection b CLEANUP(bisection_release) = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(bisect_kernels_from("/nowhere", &b, &err), -1);
	ck_assert_int_eq(err.domain, ERR_INPUT);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("bisect_folder");
	TCase *tcase = tcase_create("folders");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, packages_of_a_version_are_one_kernel);
	tcase_add_test(tcase, images_have_the_modules_of_their_version);
	tcase_add_test(tcase, a_folder_below_is_a_kernel);
	tcase_add_test(tcase, a_folder_below_with_two_is_an_error);
	tcase_add_test(tcase, what_is_no_folder_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
