// SPDX-License-Identifier: Apache-2.0
/* test_witness_remark.c - what the wire lets pass is told all the same */
#include <string.h>

#include "base/mem.h"
#include "compat/wire_inquest.h"
#include "compat/witness.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define MS_HZ 1000
#define US_HZ 1000000

static struct wire_host *hosts_of(struct judged *j)
{
	return j->wire.conns[0].hosts;
}

static void flip(struct judged *j)
{
	hosts_of(j)[0].ts_hz = MS_HZ;
	hosts_of(j)[1].ts_hz = US_HZ;
}

START_TEST(a_connection_as_it_was_has_no_remark)
{
	const struct result *result;
	struct judged j;

	judged_init(&j);
	result = judged_run(&j);
	ck_assert_int_eq(result->verdict, VERDICT_PASS);
	ck_assert_uint_eq(result->n_remarks, 0);
	judged_release(&j);
}
END_TEST

START_TEST(timestamps_in_another_unit_pass_with_a_remark)
{
	const struct result *result;
	const struct cause *remark;
	struct judged j;

	judged_init(&j);
	flip(&j);
	judged_text(&j.obs.capture, "service.pcapng");
	result = judged_run(&j);
	ck_assert_int_eq(result->verdict, VERDICT_PASS);
	ck_assert_int_eq(result->wire, WITNESS_OK);
	ck_assert_ptr_null(result->cause);
	ck_assert_uint_eq(result->n_remarks, 1);
	remark = &result->remarks[0];
	ck_assert_str_eq(remark->mode, "timestamp-unit");
	ck_assert_has(remark->title, "1000000 instead of 1000");
	ck_assert_has(remark->fix, "tcp_timestamps");
	ck_assert_has(remark->known, "https://");
	ck_assert(strncmp(remark->file, "service.pcapng:", 15) == 0);
	judged_release(&j);
}
END_TEST

START_TEST(a_connection_that_broke_has_none)
{
	const struct result *result;
	struct judged j;

	judged_init(&j);
	flip(&j);
	j.wire.conns[0].side[WIRE_SERVER].damaged = 3;
	result = judged_run(&j);
	ck_assert_int_eq(result->verdict, VERDICT_FAIL);
	ck_assert_uint_eq(result->n_remarks, 0);
	judged_release(&j);
}
END_TEST

START_TEST(each_mode_is_told_once_of_many_connections)
{
	struct testimony t = { .says = WITNESS_OK };
	const struct wire_host *hosts;
	struct judged j;

	judged_init(&j);
	flip(&j);
	hosts = hosts_of(&j);
	witness_remark(&j.obs, &j.wire, &hosts[0].mac, &hosts[1].mac,
		       "connection 3 (talk): ", &t);
	witness_remark(&j.obs, &j.wire, &hosts[0].mac, &hosts[1].mac,
		       "connection 4 (talk): ", &t);
	ck_assert_uint_eq(t.n_remarks, 1);
	ck_assert(strncmp(t.remarks[0].title, "connection 3 (talk): ", 21) ==
		  0);
	testimony_release(&t);
	judged_release(&j);
}
END_TEST

START_TEST(without_a_connection_there_is_nothing_to_say)
{
	struct wire_report none = { .frames = 3 };
	struct testimony t = { .says = WITNESS_OK };
	struct judged j;

	judged_init(&j);
	witness_remark(&j.obs, &none, &hosts_of(&j)[0].mac,
		       &hosts_of(&j)[1].mac, "", &t);
	ck_assert_uint_eq(t.n_remarks, 0);
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/witness_remark");
	TCase *tcase = tcase_create("remarks");

	tcase_add_test(tcase, a_connection_as_it_was_has_no_remark);
	tcase_add_test(tcase, timestamps_in_another_unit_pass_with_a_remark);
	tcase_add_test(tcase, a_connection_that_broke_has_none);
	tcase_add_test(tcase, each_mode_is_told_once_of_many_connections);
	tcase_add_test(tcase, without_a_connection_there_is_nothing_to_say);
	suite_add_tcase(suite, tcase);
	return suite;
}
