// SPDX-License-Identifier: Apache-2.0
/* test_observation.c - observation.json written and read */
#include <string.h>

#include "base/mem.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

START_TEST(what_was_seen_is_the_same_after_writing_and_reading)
{
	struct observation again;
	struct err err = ERR_INIT;
	json_t *json, *second;
	struct judged j;

	judged_init(&j);
	j.obs.peer.last_before_ns = UINT64_C(9007199254740993);
	j.obs.steps[2].exit = -10;
	judged_text(&j.obs.steps[2].trouble, "a \"quoted\"\nline");
	judged_text(&j.obs.skip, "");
	json = observation_to_json(&j.obs);
	ck_assert_ok(observation_from_json(json, &again, &err), &err);
	second = observation_to_json(&again);
	ck_assert(json_equal(json, second));
	ck_assert_uint_eq(again.peer.last_before_ns,
			  UINT64_C(9007199254740993));
	ck_assert_int_eq(again.steps[2].exit, -10);
	ck_assert_str_eq(again.skip, "");
	ck_assert_str_eq(bind_map_get(&again.probes[PROBE_END], "count"), "90");
	json_decref(json);
	json_decref(second);
	observation_release(&again);
	judged_release(&j);
}
END_TEST

START_TEST(an_observation_of_nothing_has_no_zeros)
{
	struct observation obs, again;
	struct err err = ERR_INIT;
	json_t *json;

	observation_init(&obs);
	ck_assert_uint_eq(obs.image_bytes, UNMEASURED);
	ck_assert_uint_eq(obs.capture_drops, UNMEASURED);
	ck_assert_uint_eq(obs.peer.first_after_ns, UNMEASURED);
	ck_assert_uint_eq(obs.criu.frozen_ns, UNMEASURED);
	ck_assert_int_eq(obs.peer.exit, -1);
	ck_assert_int_eq(obs.broken_phase, PHASE_NONE);
	obs.cell = xstrdup("a");
	obs.attempt = 1;
	json = observation_to_json(&obs);
	ck_assert(json_is_null(json_object_get(json, "image_bytes")));
	ck_assert(json_is_null(json_object_get(json, "broken_phase")));
	ck_assert_ok(observation_from_json(json, &again, &err), &err);
	ck_assert_uint_eq(again.image_bytes, UNMEASURED);
	json_decref(json);
	observation_release(&obs);
	observation_release(&again);
}
END_TEST

/** struct bad_case - A member spoiled (JSON text), and what is said of it */
struct bad_case {
	const char *key;
	const char *value;
	const char *message;
};

static const struct bad_case bad_cases[] = {
	{ "schema", "\"crmatrix/observation/2\"", "schema: not" },
	{ "schema", "1", "schema: not" },
	{ "cell", "null", "cell: null" },
	{ "attempt", "\"1\"", "attempt: not a whole number" },
	{ "broken_phase", "\"lunch\"", "broken_phase: not one of" },
	{ "source_facts", "{\"kernel\": 6}", "source_facts: not an object" },
	{ "steps", "{}", "steps: not an array" },
	{ "steps", "[{\"name\": \"x\", \"exit\": 0}]", "steps[0].on: missing" },
	{ "steps", "[{\"name\": \"x\", \"on\": \"moon\", \"exit\": 0}]",
	  "steps[0].on: not one of" },
	{ "marks", "[{\"name\": \"x\", \"on\": \"host\"}]",
	  "marks[0].at_ns: missing" },
	{ "probes", "{\"end\": [1]}", "probes.end: not an object" },
	{ "peer", "{\"exit\": 1.5}", "peer.exit: not a whole number" },
	{ "criu", "7", "criu: not an object" },
};

START_TEST(what_is_wrong_is_told_with_its_place)
{
	const struct bad_case *c = &bad_cases[_i];
	struct observation obs;
	struct err err = ERR_INIT;
	struct judged j;
	json_t *json;

	judged_init(&j);
	json = observation_to_json(&j.obs);
	(void)json_object_set_new(json, c->key,
				  json_loads(c->value, JSON_DECODE_ANY, NULL));
	ck_assert_err(observation_from_json(json, &obs, &err), &err, ERR_PARSE,
		      0);
	ck_assert_has(err.msg, c->message);
	json_decref(json);
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/observation");
	TCase *tcase = tcase_create("json");

	tcase_add_test(tcase,
		       what_was_seen_is_the_same_after_writing_and_reading);
	tcase_add_test(tcase, an_observation_of_nothing_has_no_zeros);
	tcase_add_loop_test(tcase, what_is_wrong_is_told_with_its_place, 0,
			    ARRAY_SIZE(bad_cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
