// SPDX-License-Identifier: Apache-2.0
/* test_accel.c - what is decided of acceleration, from a kept answer */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/accel.h"
#include "tests/lib/testing.h"

#define NO_KERNEL "/nonexistent/vmlinuz"

/* As if a kernel had been booted with KVM on this host: the answer is kept. */
static void keep_answer(const char *answer)
{
	CLEANUP_FREE char *boot_id = NULL;
	CLEANUP_FREE char *name = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_read("/proc/sys/kernel/random/boot_id", 256, &boot_id,
			       NULL, &err),
		     &err);
	name = xasprintf("kvm-%s-%u", str_trim(boot_id), geteuid());
	free(tmpdir_write(name, answer));
}

/* Without the device nothing is asked, so nothing kept is read. */
static bool has_device(void)
{
	if (!access("/dev/kvm", R_OK | W_OK))
		return true;
	(void)printf("skipped: /dev/kvm cannot be opened here\n");
	return false;
}

START_TEST(emulation_asked_for_is_not_probed)
{
	struct err err = ERR_INIT;
	char *note = NULL;
	bool kvm = true;

	ck_assert_ok(accel_decide(ACCEL_TCG, NO_KERNEL, NO_KERNEL,
				  "/nonexistent", &kvm, &note, &err),
		     &err);
	ck_assert(!kvm);
	ck_assert_ptr_null(note);
}
END_TEST

static const struct {
	const char *name;
	const char *answer;
	enum accel asked;
	int rc;
	bool kvm;
	bool noted;
} decisions[] = {
	{ "auto, works", "yes\n", ACCEL_AUTO, 0, true, false },
	{ "auto, boots nothing", "no\n", ACCEL_AUTO, 0, false, true },
	{ "kvm, works", "yes\n", ACCEL_KVM, 0, true, false },
	{ "kvm, boots nothing", "no\n", ACCEL_KVM, -1, false, false },
};

START_TEST(the_kept_answer_decides)
{
	CLEANUP_FREE char *note = NULL;
	struct err err = ERR_INIT;
	bool kvm = false;
	int rc;

	if (!has_device())
		return;
	keep_answer(decisions[_i].answer);
	rc = accel_decide(decisions[_i].asked, NO_KERNEL, NO_KERNEL,
			  tmpdir_path(), &kvm, &note, &err);
	ck_assert_msg(rc == decisions[_i].rc && kvm == decisions[_i].kvm &&
			      !note == !decisions[_i].noted,
		      "%s: got %d, kvm %d, '%s'", decisions[_i].name, rc, kvm,
		      note ? note : "");
	if (rc) {
		ck_assert_int_eq(err.domain, ERR_MISSING);
		ck_assert_has(err.msg, "did not reach its first process");
		ck_assert_has(err.msg, "--accel tcg");
	}
	if (note)
		ck_assert_has(note, "the CPUs are emulated");
}
END_TEST

START_TEST(without_the_device_the_reason_is_told)
{
	CLEANUP_FREE char *why = NULL;
	struct err err = ERR_INIT;
	bool works = true;

	if (!access("/dev/kvm", R_OK | W_OK)) {
		(void)printf("skipped: /dev/kvm can be opened here\n");
		return;
	}
	ck_assert_ok(accel_probe_kvm(NO_KERNEL, NO_KERNEL, tmpdir_path(),
				     &works, &why, &err),
		     &err);
	ck_assert(!works);
	ck_assert_has(why, "/dev/kvm");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/accel");
	TCase *tcase = tcase_create("decisions");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, emulation_asked_for_is_not_probed);
	tcase_add_loop_test(tcase, the_kept_answer_decides, 0,
			    ARRAY_SIZE(decisions));
	tcase_add_test(tcase, without_the_device_the_reason_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
