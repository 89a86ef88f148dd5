// SPDX-License-Identifier: Apache-2.0
/* test_results.c - results.json: the fixed names, errors, the exit status */
#include <string.h>

#include "base/mem.h"
#include "compat/results.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

/* What others rely on, to the letter. */
static const char *const top_keys[] = { "schema", "run", "machines", "cells" };
static const char *const run_keys[] = { "id", "started", "finished", "tool",
					"host" };
static const char *const host_keys[] = { "kernel", "cpu", "accel", "qemu",
					 "libvirt" };
static const char *const machine_keys[] = { "kernel", "cpu",   "userland",
					    "criu",   "glibc", "facts" };
static const char *const cell_keys[] = {
	"id",	    "scenario", "source",  "target",	"verdict",
	"attempts", "phase",	"cause",   "witnesses", "continuity",
	"downtime", "bytes",	"wall_ms", "evidence",
};
static const char *const cause_keys[] = { "mode", "title", "line",
					  "file", "fix",   "known" };
static const char *const witness_keys[] = { "workload", "peer", "wire" };
static const char *const continuity_keys[] = { "verdict", "blame",
					       "connections" };
static const char *const connection_keys[] = {
	"client",     "server",	     "rst",
	"fin",	      "syn_again",   "retransmissions",
	"lost_bytes", "blackout_ms", "server_macs",
};
static const char *const downtime_keys[] = {
	"service_ms",  "wire_ms",    "freeze_ms",   "dump_ms",
	"transfer_ms", "restore_ms", "takeover_ms", "tcp_tail_ms",
};
static const char *const bytes_keys[] = { "image", "sent", "memory" };
static const char *const evidence_keys[] = { "dir" };

/** struct part - An object of results.json by the path of its keys */
struct part {
	const char *path;
	const char *const *keys;
	size_t n;
};

#define PART(path, keys)                     \
	{                                    \
		path, keys, ARRAY_SIZE(keys) \
	}

static const struct part parts[] = {
	PART("", top_keys),
	PART("run", run_keys),
	PART("run host", host_keys),
	PART("machines old", machine_keys),
	PART("cells 0", cell_keys),
	PART("cells 0 cause", cause_keys),
	PART("cells 0 witnesses", witness_keys),
	PART("cells 0 continuity", continuity_keys),
	PART("cells 0 continuity connections 0", connection_keys),
	PART("cells 0 downtime", downtime_keys),
	PART("cells 0 bytes", bytes_keys),
	PART("cells 0 evidence", evidence_keys),
};

static json_t *walk(json_t *json, const char *path)
{
	CLEANUP(str_list_release) struct str_list keys = { 0 };

	str_list_split(&keys, path, " ");
	for (size_t i = 0; i < keys.n; i++)
		json = json_is_array(json) ?
			       json_array_get(json,
					      strtoul(keys.v[i], NULL, 10)) :
			       json_object_get(json, keys.v[i]);
	return json;
}

static void make_results(struct judged *j, struct results *results)
{
	struct machine_result *machine;

	judged_init(j);
	judged_probe(j, PROBE_RESTORE, "nonce", "beef");
	(void)judged_run(j);
	*results = (struct results){ .cells = &j->result, .n_cells = 1 };
	results->id = xstrdup("one");
	machine = VEC_PUSH(results->machines, results->n_machines);
	machine->name = xstrdup("old");
}

static void drop_results(struct judged *j, struct results *results)
{
	free(results->id);
	free(results->machines[0].name);
	free(results->machines);
	judged_release(j);
}

START_TEST(the_fixed_members_are_there_by_name)
{
	const struct part *part = &parts[_i];
	struct results results;
	struct judged j;
	json_t *json, *object;

	make_results(&j, &results);
	json = results_to_json(&results);
	object = walk(json, part->path);
	for (size_t i = 0; i < part->n; i++)
		ck_assert_msg(json_object_get(object, part->keys[i]) != NULL,
			      "no '%s' in '%s'", part->keys[i], part->path);
	json_decref(json);
	drop_results(&j, &results);
}
END_TEST

START_TEST(the_fixed_words_are_as_they_were)
{
	static const char *const verdicts[] = { "pass",	 "fail", "xfail",
						"xpass", "skip", "broken",
						"notrun" };
	static const char *const phases[] = { "boot",	  "start",   "dump",
					      "transfer", "restore", "resume",
					      "verify" };
	static const char *const words[] = { "ok", "bad", "absent" };

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		ck_assert_str_eq(verdict_names[i], verdicts[i]);
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++)
		ck_assert_str_eq(phase_names[i], phases[i]);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		ck_assert_str_eq(witness_names[i], words[i]);
}
END_TEST

START_TEST(a_pass_has_no_phase_and_no_cause)
{
	struct results results;
	struct judged j;
	json_t *json;

	make_results(&j, &results);
	judged_probe(&j, PROBE_RESTORE, "nonce", "f00d");
	(void)judged_run(&j);
	json = results_to_json(&results);
	ck_assert(json_is_null(walk(json, "cells 0 phase")));
	ck_assert(json_is_null(walk(json, "cells 0 cause")));
	ck_assert(json_is_null(walk(json, "run finished")));
	ck_assert_double_eq(json_real_value(walk(json, "cells 0 downtime "
						       "service_ms")),
			    812.0);
	json_decref(json);
	drop_results(&j, &results);
}
END_TEST

START_TEST(a_cell_that_was_not_run_has_no_figures)
{
	struct results results = { .n_cells = 1 };
	struct result result;
	struct judged j;
	json_t *json;

	judged_init(&j);
	result_init(&j.plan.cells[0], &result);
	results.cells = &result;
	json = results_to_json(&results);
	ck_assert_str_eq(json_string_value(walk(json, "cells 0 verdict")),
			 "notrun");
	ck_assert(json_is_null(walk(json, "cells 0 downtime dump_ms")));
	ck_assert(json_is_null(walk(json, "cells 0 bytes image")));
	ck_assert(json_is_null(walk(json, "cells 0 continuity")));
	ck_assert_int_eq(json_integer_value(walk(json, "cells 0 attempts")), 0);
	json_decref(json);
	result_release(&result);
	judged_release(&j);
}
END_TEST

/** struct bad_case - An object and its member spoiled, and what is said */
struct bad_case {
	const char *path;
	const char *key;
	const char *value;
	const char *message;
};

static const struct bad_case bad_cases[] = {
	{ "", "schema", "\"crmatrix/results/2\"", "schema: not" },
	{ "", "run", "null", "run: null" },
	{ "", "cells", "{}", "cells: not an array" },
	{ "", "machines", "[]", "machines: not an object" },
	{ "run", "id", "1", "run.id: not a string" },
	{ "machines", "old", "3", "machines.old: not an object" },
	{ "cells 0", "verdict", "\"great\"", "cells[0].verdict: not one of" },
	{ "cells 0", "phase", "\"none\"", "cells[0].phase: not one of" },
	{ "cells 0", "cause", "{\"mode\": \"x\"}",
	  "cells[0].cause.title: missing" },
	{ "cells 0", "wall_ms", "\"1\"", "cells[0].wall_ms: not a number" },
	{ "cells 0 witnesses", "wire", "null",
	  "cells[0].witnesses.wire: null" },
	{ "cells 0", "continuity", "{}", "cells[0]: continuity: verdict" },
	{ "cells 0 continuity connections 0", "client", "\"nowhere\"",
	  "connections[0]: client: not an address" },
	{ "cells 0 continuity connections 0", "server_macs", "[\"zz\"]",
	  "server_macs[0]: not a MAC" },
	{ "cells 0 continuity connections 0", "server_macs",
	  "[\"\", \"\", \"\", \"\", \"\"]", "server_macs: too many" },
	{ "cells 0 continuity connections 0", "rst", "-1",
	  "continuity: connections[0].rst: not a whole number" },
};

START_TEST(what_is_wrong_is_told_with_its_place)
{
	const struct bad_case *c = &bad_cases[_i];
	struct results results, read;
	struct err err = ERR_INIT;
	struct judged j;
	json_t *json;

	make_results(&j, &results);
	json = results_to_json(&results);
	(void)json_object_set_new(walk(json, c->path), c->key,
				  json_loads(c->value, JSON_DECODE_ANY, NULL));
	ck_assert_err(results_from_json(json, &read, &err), &err, ERR_PARSE, 0);
	ck_assert_has(err.msg, c->message);
	json_decref(json);
	drop_results(&j, &results);
}
END_TEST

START_TEST(unknown_members_are_ignored)
{
	struct results results, read;
	struct err err = ERR_INIT;
	struct judged j;
	json_t *json;

	make_results(&j, &results);
	json = results_to_json(&results);
	(void)json_object_set_new(walk(json, "cells 0"), "mood",
				  json_string("fine"));
	(void)json_object_del(walk(json, "cells 0"), "rule");
	(void)json_object_del(walk(json, "cells 0"), "witness_reasons");
	ck_assert_ok(results_from_json(json, &read, &err), &err);
	ck_assert_ptr_null(read.cells[0].rule);
	ck_assert_uint_eq(
		read.cells[0].wire_report->conns[0].side[0].retransmissions, 3);
	results_release(&read);
	json_decref(json);
	drop_results(&j, &results);
}
END_TEST

/** struct exit_case - Verdicts of a run, and the status it ends with */
struct exit_case {
	enum verdict verdicts[3];
	size_t n;
	int status;
};

static const struct exit_case exit_cases[] = {
	{ { VERDICT_PASS, VERDICT_XFAIL, VERDICT_SKIP }, 3, 0 },
	{ { VERDICT_PASS, VERDICT_FAIL }, 2, 1 },
	{ { VERDICT_XPASS }, 1, 1 },
	{ { VERDICT_PASS, VERDICT_BROKEN }, 2, 3 },
	{ { VERDICT_NOTRUN }, 1, 3 },
	{ { VERDICT_BROKEN, VERDICT_FAIL, VERDICT_NOTRUN }, 3, 1 },
	{ { VERDICT_PASS }, 0, 3 },
};

START_TEST(the_exit_status_is_that_of_the_worst_cell)
{
	const struct exit_case *c = &exit_cases[_i];
	struct result cells[3];
	struct results results = { .cells = cells, .n_cells = c->n };

	for (size_t i = 0; i < c->n; i++)
		cells[i].verdict = c->verdicts[i];
	ck_assert_int_eq(results_exit(&results), c->status);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/results");
	TCase *tcase = tcase_create("results");

	tcase_add_loop_test(tcase, the_fixed_members_are_there_by_name, 0,
			    ARRAY_SIZE(parts));
	tcase_add_test(tcase, the_fixed_words_are_as_they_were);
	tcase_add_test(tcase, a_pass_has_no_phase_and_no_cause);
	tcase_add_test(tcase, a_cell_that_was_not_run_has_no_figures);
	tcase_add_loop_test(tcase, what_is_wrong_is_told_with_its_place, 0,
			    ARRAY_SIZE(bad_cases));
	tcase_add_test(tcase, unknown_members_are_ignored);
	tcase_add_loop_test(tcase, the_exit_status_is_that_of_the_worst_cell, 0,
			    ARRAY_SIZE(exit_cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
