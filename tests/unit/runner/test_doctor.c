// SPDX-License-Identifier: Apache-2.0
/* test_doctor.c - what the host lacks, told in two ways */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/doctor.h"
#include "tests/lib/testing.h"

static const struct doctor_check *check_named(const char *name)
{
	size_t n;
	const struct doctor_check *checks = doctor_checks(&n);

	for (size_t i = 0; i < n; i++)
		if (str_eq(checks[i].name, name))
			return &checks[i];
	ck_abort_msg("no check '%s'", name);
	return NULL;
}

START_TEST(every_check_has_a_name_of_its_own_and_a_reason)
{
	size_t n;
	const struct doctor_check *checks = doctor_checks(&n);

	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_nonnull(checks[i].probe);
		ck_assert_ptr_nonnull(checks[i].why);
		ck_assert_ptr_eq(check_named(checks[i].name), &checks[i]);
	}
}
END_TEST

START_TEST(every_probe_says_what_it_found)
{
	struct doctor_report report;

	doctor_examine(&report);
	ck_assert_uint_gt(report.n, 5);
	for (size_t i = 0; i < report.n; i++)
		ck_assert_msg(report.v[i].found && *report.v[i].found,
			      "%s says nothing", report.v[i].check->name);
	doctor_report_release(&report);
}
END_TEST

static const struct {
	const char *name;
	const char *script; /* the program; NULL: none */
	enum doctor_status status;
	const char *found;
} qemus[] = {
	{ "a new one is fine", "echo 'QEMU emulator version 10.0.2 (Debian)'",
	  DOCTOR_OK, "QEMU 10.0.2" },
	{ "the least is fine", "echo 'QEMU emulator version 8.0.0'", DOCTOR_OK,
	  "QEMU 8.0.0" },
	{ "an old one is not", "echo 'QEMU emulator version 7.2.22 (Debian)'",
	  DOCTOR_MISSING, "QEMU 7.2.22" },
	{ "one that fails is not", "echo 'no library' >&2; exit 127",
	  DOCTOR_MISSING, "no library" },
	{ "one that says nothing is not", "true", DOCTOR_MISSING,
	  "does not say its version" },
	{ "none is not", NULL, DOCTOR_MISSING, "no program" },
};

START_TEST(qemu_must_be_recent)
{
	const char *script = qemus[_i].script;
	CLEANUP_FREE char *text =
		xasprintf("#!/bin/sh\n%s\n", script ? script : "");
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *found = NULL;
	enum doctor_status status;

	if (script) {
		path = tmpdir_write("qemu-system-x86_64", text);
		ck_assert_int_eq(chmod(path, 0755), 0);
	}
	(void)setenv("PATH", tmpdir_path(), 1);
	status = check_named("qemu")->probe(&found);
	ck_assert_msg(status == qemus[_i].status &&
			      testing_contains(found, qemus[_i].found),
		      "%s: got %d, '%s'", qemus[_i].name, (int)status, found);
}
END_TEST

START_TEST(missing_image_tools_are_all_named)
{
	CLEANUP_FREE char *path = tmpdir_write("mmdebstrap", "#!/bin/sh\n");
	CLEANUP_FREE char *found = NULL;

	ck_assert_int_eq(chmod(path, 0755), 0);
	(void)setenv("PATH", tmpdir_path(), 1);
	ck_assert_int_eq(check_named("image tools")->probe(&found),
			 DOCTOR_MISSING);
	ck_assert_has(found, "mksquashfs");
	ck_assert_has(found, "cpio");
	ck_assert(!testing_contains(found, "mmdebstrap"));
}
END_TEST

static enum doctor_status never_probed(char **ret_found)
{
	*ret_found = NULL;
	return DOCTOR_OK;
}

static const struct doctor_check example = { "example", never_probed,
					     "being an example",
					     "do something" };

static struct doctor_report report_of(enum doctor_status status)
{
	struct doctor_report report = { 0 };

	*VEC_PUSH(report.v, report.n) =
		(struct doctor_finding){ &example, status,
					 xstrdup("it's here") };
	return report;
}

START_TEST(what_is_missing_is_told_with_reason_and_command)
{
	struct doctor_report report = report_of(DOCTOR_MISSING);
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	ck_assert(!doctor_healthy(&report));
	strbuf_open(&buf);
	doctor_print(&report, buf.f, false);
	text = strbuf_take(&buf);
	ck_assert_str_eq(text, "MISSING  example          it's here\n"
			       "         needed for: being an example\n"
			       "         to mend it: do something\n"
			       "\n"
			       "Something is missing: see above.\n");
	doctor_report_release(&report);
}
END_TEST

START_TEST(what_is_fine_takes_one_line)
{
	struct doctor_report report = report_of(DOCTOR_OK);
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	ck_assert(doctor_healthy(&report));
	strbuf_open(&buf);
	doctor_print(&report, buf.f, false);
	text = strbuf_take(&buf);
	ck_assert_str_eq(text, "ok       example          it's here\n"
			       "\n"
			       "This host has all it needs.\n");
	doctor_report_release(&report);
}
END_TEST

START_TEST(json_holds_the_same)
{
	struct doctor_report report = report_of(DOCTOR_MISSING);
	json_t *json = doctor_to_json(&report);
	json_t *want = json_pack("{s:s, s:b, s:[{s:s, s:s, s:s, s:s, s:s}]}",
				 "schema", "crmatrix/doctor/1", "healthy", 0,
				 "checks", "name", "example", "status",
				 "missing", "found", "it's here", "why",
				 "being an example", "mend", "do something");

	ck_assert(json_equal(json, want));
	json_decref(json);
	json_decref(want);
	doctor_report_release(&report);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("doctor");
	TCase *probes = tcase_create("probes");
	TCase *telling = tcase_create("telling");

	tcase_add_checked_fixture(probes, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(probes, every_check_has_a_name_of_its_own_and_a_reason);
	tcase_add_test(probes, every_probe_says_what_it_found);
	tcase_add_loop_test(probes, qemu_must_be_recent, 0, ARRAY_SIZE(qemus));
	tcase_add_test(probes, missing_image_tools_are_all_named);
	suite_add_tcase(suite, probes);
	tcase_add_test(telling,
		       what_is_missing_is_told_with_reason_and_command);
	tcase_add_test(telling, what_is_fine_takes_one_line);
	tcase_add_test(telling, json_holds_the_same);
	suite_add_tcase(suite, telling);
	return suite;
}
