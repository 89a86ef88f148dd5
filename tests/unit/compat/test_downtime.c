// SPDX-License-Identifier: Apache-2.0
/* test_downtime.c - the time without service, cut at the marks */
#include <string.h>

#include "base/mem.h"
#include "compat/downtime.h"
#include "compat/observation.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

#define MS UINT64_C(1000000)
#define N UNMEASURED

/* The marks of a migration in order, and when the peer had answers. */
enum { LAST, BEGIN, END, SEND, SENT, RESTORE, RESTORED, OPEN, FIRST, INSTANTS };
static const char *const names[INSTANTS] = {
	[BEGIN] = "dump-begin",	     [END] = "dump-end",
	[SEND] = "transfer-begin",   [SENT] = "transfer-end",
	[RESTORE] = "restore-begin", [RESTORED] = "restore-end",
	[OPEN] = "takeover-end",
};

/**
 * struct split_case - Instants in ms, N: never; parts and what is missing in ms
 * @freezing, @frozen: As criu says
 * @criu_end: When criu itself had ended, 0: as whoever called it
 */
static const struct split_case {
	const char *name;
	uint64_t at[INSTANTS];
	uint64_t freezing, frozen;
	uint64_t parts[DOWNTIME_PARTS];
	uint64_t missing;
	uint64_t criu_end;
} cases[] = {
	{ "all is measured",
	  { 100, 90, 200, 210, 250, 270, 400, 420, 450 },
	  5,
	  75,
	  { 20, 80, 10, 40, 20, 130, 20, 30 },
	  0,
	  0 },
	{ "the last answer comes while criu freezes",
	  { 130, 90, 200, 210, 250, 270, 400, 420, 450 },
	  5,
	  75,
	  { 0, 70, 10, 40, 20, 130, 20, 30 },
	  0,
	  0 },
	{ "the workload answers before criu has ended",
	  { 100, 90, 200, 210, 250, 270, 400, 420, 380 },
	  5,
	  75,
	  { 20, 80, 10, 40, 20, 110, 0, 0 },
	  0,
	  0 },
	{ "an engine goes on after criu",
	  { 100, 90, 200, 210, 250, 270, 400, 420, 450 },
	  5,
	  75,
	  { 10, 80, 20, 40, 20, 130, 20, 30 },
	  0,
	  190 },
	{ "criu tells no freeze",
	  { 100, 90, 200, 210, 250, 270, 400, 420, 450 },
	  N,
	  N,
	  { N, N, 10, 40, 20, 130, 20, 30 },
	  100,
	  0 },
	{ "a freeze longer than the dump is no freeze",
	  { 100, 90, 200, 210, 250, 270, 400, 420, 450 },
	  0,
	  111,
	  { N, N, 10, 40, 20, 130, 20, 30 },
	  100,
	  0 },
	{ "one mark never came",
	  { 100, 90, 200, 210, 250, N, 400, 420, 450 },
	  5,
	  75,
	  { 20, 80, 10, 40, N, N, 20, 30 },
	  150,
	  0 },
	{ "no answer after",
	  { 100, 90, 200, 210, 250, 270, 400, 420, N },
	  5,
	  75,
	  { N, N, N, N, N, N, N, N },
	  N,
	  0 },
	{ "no answer before",
	  { N, 90, 200, 210, 250, 270, 400, 420, 450 },
	  5,
	  75,
	  { N, N, N, N, N, N, N, N },
	  N,
	  0 },
};

static uint64_t ns(uint64_t ms)
{
	return ms == N ? N : ms * MS;
}

static void observe(const uint64_t at_ns[INSTANTS], struct observation *obs)
{
	observation_init(obs);
	obs->peer.last_before_ns = at_ns[LAST];
	obs->peer.first_after_ns = at_ns[FIRST];
	for (int i = BEGIN; i < FIRST; i++) {
		if (at_ns[i] == N)
			continue;
		*VEC_PUSH(obs->marks, obs->n_marks) =
			(struct obs_mark){ .name = xstrdup(names[i]),
					   .at_ns = at_ns[i] };
	}
}

START_TEST(parts_are_cut_at_the_marks)
{
	const struct split_case *c = &cases[_i];
	CLEANUP(observation_release) struct observation obs;
	struct downtime split;
	uint64_t at_ns[INSTANTS];

	for (int i = 0; i < INSTANTS; i++)
		at_ns[i] = ns(c->at[i]);
	observe(at_ns, &obs);
	if (c->criu_end)
		*VEC_PUSH(obs.marks, obs.n_marks) =
			(struct obs_mark){ .name = xstrdup("criu-dump-end"),
					   .at_ns = ns(c->criu_end) };
	obs.criu.freezing_ns = ns(c->freezing);
	obs.criu.frozen_ns = ns(c->frozen);
	downtime_split(&obs, &split);
	for (int i = 0; i < DOWNTIME_PARTS; i++)
		ck_assert_msg(split.ns[i] == ns(c->parts[i]),
			      "%s: %s is %g ms, not %g", c->name,
			      downtime_names[i], (double)split.ns[i] / MS,
			      (double)c->parts[i]);
	ck_assert_msg(split.missing_ns == ns(c->missing),
		      "%s: %g ms are missing, not %g", c->name,
		      (double)split.missing_ns / MS, (double)c->missing);
}
END_TEST

/* Whatever marks came, and in whatever order. */
START_TEST(parts_and_what_is_missing_add_up_to_the_whole)
{
	uint64_t state = (uint64_t)_i + 1;
	CLEANUP(observation_release) struct observation obs;
	struct downtime split;
	uint64_t at_ns[INSTANTS], sum_ns = 0;

	for (int i = 0; i < INSTANTS; i++)
		at_ns[i] = frames_random(&state) % 8 ?
				   frames_random(&state) % 1000 :
				   N;
	at_ns[LAST] = frames_random(&state) % 1000;
	at_ns[FIRST] = at_ns[LAST] + frames_random(&state) % 1000;
	observe(at_ns, &obs);
	obs.criu.freezing_ns = frames_random(&state) % 100;
	obs.criu.frozen_ns = frames_random(&state) % 1000;
	downtime_split(&obs, &split);
	for (int i = 0; i < DOWNTIME_PARTS; i++)
		sum_ns += split.ns[i] == N ? 0 : split.ns[i];
	ck_assert_uint_eq(sum_ns + split.missing_ns,
			  at_ns[FIRST] - at_ns[LAST]);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/downtime");
	TCase *tcase = tcase_create("split");

	tcase_add_loop_test(tcase, parts_are_cut_at_the_marks, 0,
			    ARRAY_SIZE(cases));
	tcase_add_loop_test(
		tcase, parts_and_what_is_missing_add_up_to_the_whole, 0, 200);
	suite_add_tcase(suite, tcase);
	return suite;
}
