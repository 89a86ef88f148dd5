// SPDX-License-Identifier: Apache-2.0
/* test_loaded.c - functions of a library that is loaded when it is wanted */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "runner/loaded.h"
#include "runner/virt_api.h"
#include "tests/lib/testing.h"

#define MATHS_API(FN) \
	FN(cbrt)      \
	FN(hypot)

struct maths {
	MATHS_API(LOADED_MEMBER)
};

static const struct loaded_function functions[] = {
#define FUNCTION(name) LOADED_FUNCTION(struct maths, name)
	MATHS_API(FUNCTION)
};

static int fill(const char *const *names, const struct loaded_function *of,
		size_t n, struct maths *maths, struct err *err)
{
	struct loaded_library library = {
		.names = names,
		.package = "libc6",
		.functions = of,
		.n_functions = n,
	};

	return loaded_fill(&library, maths, err);
}

START_TEST(the_first_name_that_is_there_is_taken)
{
	const char *const names[] = { "libnot-there.so.1", "libm.so.6", NULL };
	struct maths maths = { 0 };
	struct err err;

	ck_assert_int_eq(fill(names, functions, 2, &maths, &err), 0);
	ck_assert_double_eq(maths.hypot(3, 4), 5);
	ck_assert_double_eq(maths.cbrt(8), 2);
}
END_TEST

START_TEST(what_is_missing_is_said)
{
	const char *const none[] = { "libnot-there.so.1", NULL };
	const char *const maths_lib[] = { "libm.so.6", NULL };
	const struct loaded_function unknown = { "crmatrix_of_no_library", 0 };
	struct maths maths = { 0 };
	struct err err;

	ck_assert_int_eq(fill(none, functions, 2, &maths, &err), -1);
	ck_assert_int_eq(err.domain, ERR_MISSING);
	ck_assert_has(err.msg, "libnot-there.so.1");
	ck_assert_has(err.msg, "install package libc6");
	ck_assert_int_eq(fill(maths_lib, &unknown, 1, &maths, &err), -1);
	ck_assert_int_eq(err.domain, ERR_MISSING);
	ck_assert_has(err.msg, "crmatrix_of_no_library");
}
END_TEST

/* All that is called is there in the libvirt of this host. */
START_TEST(libvirt_has_all_that_is_called)
{
	const struct virt_api *lib;
	unsigned long version = 0;
	struct err err;

	ck_assert_msg(virt_api_load(&lib, &err) == 0, "%s", err.msg);
	ck_assert_int_eq(lib->virInitialize(), 0);
	ck_assert_int_eq(lib->virConnectGetLibVersion(NULL, &version), -1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/loaded");
	TCase *loads = tcase_create("loads");

	tcase_add_test(loads, the_first_name_that_is_there_is_taken);
	tcase_add_test(loads, what_is_missing_is_said);
	tcase_add_test(loads, libvirt_has_all_that_is_called);
	suite_add_tcase(suite, loads);
	return suite;
}
