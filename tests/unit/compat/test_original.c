// SPDX-License-Identifier: Apache-2.0
/* test_original.c - what became of a workload that the source had kept */
#include "compat/original.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define AT_NS (5 * NS_PER_S)

struct kept {
	const char *name;
	enum obs_fate fate;
	struct obs_peer peer;
	bool lost;
	const char *says; /* part of it, NULL: nothing */
};

#define AGAIN_NS (AT_NS + 700 * NS_PER_MS)
#define PEER(first, ...)                                 \
	{                                                \
		.present = true, .last_before_ns = 1,    \
		.first_after_ns = (first), ##__VA_ARGS__ \
	}

static char closed[] = "close reset";

static const struct kept cases[] = {
	{ "nothing kept", OBS_FATE_NONE, PEER(AGAIN_NS), false, NULL },
	{ "killed in the end", OBS_FATE_KILLED, PEER(AGAIN_NS), false,
	  "killed when" },
	{ "not proven", OBS_FATE_STOPPED, PEER(AGAIN_NS), false,
	  "still stopped" },
	{ "went on", OBS_FATE_CONTINUED, PEER(AGAIN_NS), false,
	  "after 700 ms" },
	{ "nobody asks",
	  OBS_FATE_CONTINUED,
	  { .present = false },
	  false,
	  "no peer proves" },
	{ "gone", OBS_FATE_LOST, PEER(AGAIN_NS), true, "lost: " },
	{ "silent", OBS_FATE_CONTINUED, PEER(UNMEASURED), true,
	  "but the peer got no answer" },
	{ "answered by another before", OBS_FATE_CONTINUED, PEER(AT_NS - 1),
	  true, "no answer" },
	{ "broken connection", OBS_FATE_CONTINUED,
	  PEER(AGAIN_NS, .errors = 1, .first_error = closed), true,
	  "but close reset" },
	{ "connected anew", OBS_FATE_CONTINUED, PEER(AGAIN_NS, .reconnects = 1),
	  true, "lost its connection" },
	{ "bytes missing", OBS_FATE_CONTINUED, PEER(AGAIN_NS, .exit = 1), true,
	  "status 1" },
};

START_TEST(the_peer_says_whether_the_original_went_on)
{
	const struct kept *c = &cases[_i];
	struct observation obs;
	CLEANUP_FREE char *says = NULL;

	observation_init(&obs);
	obs.original = (struct obs_original){ (int)c->fate, AT_NS };
	obs.peer = c->peer;
	says = original_tell(&obs);
	ck_assert_msg(original_lost(&obs) == c->lost, "%s: %s", c->name, says);
	if (c->says)
		ck_assert_has(says, c->says);
	else
		ck_assert_ptr_null(says);
}
END_TEST

/* The pair has failed either way; the loss is the worse of the two. */
START_TEST(a_lost_original_is_the_cause)
{
	struct judged j;
	const struct result *result;

	judged_init(&j);
	judged_fail(&j, "restore", 1);
	j.obs.original = (struct obs_original){ OBS_FATE_LOST, AT_NS };
	result = judged_run(&j);
	ck_assert_int_eq(result->verdict, VERDICT_FAIL);
	ck_assert_int_eq(result->phase, PHASE_RESTORE);
	ck_assert_str_eq(result->cause->mode, "original-lost");
	j.obs.original.fate = OBS_FATE_CONTINUED;
	j.obs.peer.first_after_ns = AT_NS * 1000;
	result = judged_run(&j);
	ck_assert_int_eq(result->verdict, VERDICT_FAIL);
	ck_assert_str_ne(result->cause->mode, "original-lost");
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/original");
	TCase *tc = tcase_create("fates");

	tcase_add_loop_test(tc, the_peer_says_whether_the_original_went_on, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tc, a_lost_original_is_the_cause);
	suite_add_tcase(suite, tc);
	return suite;
}
