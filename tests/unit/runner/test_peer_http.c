// SPDX-License-Identifier: Apache-2.0
/* test_peer_http.c - what the HTTP client believes, and what it reports */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/peer_client.h"
#include "tests/lib/fake_http.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/* The fourth request is for the page /1 again, the client's third "send". */
static const struct {
	const char *name;
	int exit;
	const char *reported;
	bool ends; /* by itself */
} faults[] = {
	[HTTP_NONE] = { "none", PEER_EXIT_RIGHT, " done", false },
	[HTTP_WRONG_BYTE] = { "a wrong byte", PEER_EXIT_WRONG,
			      "error 3 page 1: byte 1 is wrong", false },
	[HTTP_SHORT] = { "a short page", PEER_EXIT_WRONG,
			 "error 3 page 1: it ends after 1 bytes", false },
	[HTTP_LONG] = { "a long page", PEER_EXIT_WRONG,
			"error 3 page 1: byte 2 is wrong", false },
	[HTTP_CUT] = { "half a page", PEER_EXIT_WRONG, "close ", true },
	[HTTP_MISSING] = { "a missing page", PEER_EXIT_WRONG,
			   "error 3 page 1: HTTP 404", false },
	[HTTP_CLOSES] = { "a connection per answer", PEER_EXIT_WRONG,
			  "error 4 another connection: from port ", false },
	[HTTP_RST] = { "a reset", PEER_EXIT_WRONG,
		       "error 3 another connection: from port ", false },
	[HTTP_MUTE] = { "no answer", PEER_EXIT_WRONG,
			"error 3 not answered within 300 ms after the stop",
			false },
	[HTTP_OTHER] = { "other pages", PEER_EXIT_NOT_STARTED,
			 "has not the pages that are asked for", true },
};
static_assert(ARRAY_SIZE(faults) == HTTP_COUNT,
	      "faults[] doesn't match enum http_fault");

START_TEST(a_fault_is_reported)
{
	struct fake_http fake;
	struct peer_rig rig;

	fake_http_start(&fake, (enum http_fault)_i);
	rig_start_short(&rig, PEER_HTTP, fake.port, 2);
	if (_i == HTTP_MUTE)
		rig_await(&rig, " send 3\n");
	else if (!faults[_i].ends)
		rig_await(&rig, " answer 6\n");
	if (!faults[_i].ends)
		rig_stop(&rig);
	rig_join(&rig);
	ck_assert_msg(strstr(rig.text, faults[_i].reported) != NULL,
		      "%s: '%s' is not in:\n%s", faults[_i].name,
		      faults[_i].reported, rig_tail(&rig));
	ck_assert_msg(rig.exit == faults[_i].exit, "%s: exit %d\n%s",
		      faults[_i].name, rig.exit, rig_tail(&rig));
	ck_assert_uint_eq(rig_count(&rig, "done"),
			  faults[_i].exit == PEER_EXIT_RIGHT);
	fake_http_stop(&fake);
	rig_release(&rig);
}
END_TEST

/* Each is told, for the observation counts them. */
START_TEST(another_connection_is_another_connect)
{
	struct fake_http fake;
	struct peer_rig rig;

	fake_http_start(&fake, HTTP_CLOSES);
	rig_start(&rig, PEER_HTTP, fake.port, 2);
	rig_await(&rig, " answer 6\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_uint_eq(rig_count(&rig, "connect"), 2);
	ck_assert_uint_eq(rig_count(&rig, "error"), 1);
	fake_http_stop(&fake);
	rig_release(&rig);
}
END_TEST

/* Of many requests, all over one connection, each is answered. */
START_TEST(all_pages_are_asked_for_in_turn)
{
	struct fake_http fake;
	struct peer_rig rig;

	fake_http_start(&fake, HTTP_NONE);
	rig_start(&rig, PEER_HTTP, fake.port, 1);
	rig_await(&rig, " answer 30\n");
	rig_stop(&rig);
	rig_join(&rig);
	ck_assert_int_eq(rig.exit, PEER_EXIT_RIGHT);
	ck_assert_uint_eq(rig_count(&rig, "connect"), 1);
	ck_assert_uint_eq(rig_count(&rig, "send"), rig_count(&rig, "answer"));
	ck_assert_uint_eq(rig_count(&rig, "send") + 1, fake.requests);
	fake_http_stop(&fake);
	rig_release(&rig);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/peer_http");
	TCase *tcase = tcase_create("client");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, a_fault_is_reported, 0,
			    (int)ARRAY_SIZE(faults));
	tcase_add_test(tcase, another_connection_is_another_connect);
	tcase_add_test(tcase, all_pages_are_asked_for_in_turn);
	suite_add_tcase(suite, tcase);
	return suite;
}
