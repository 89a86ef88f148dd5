// SPDX-License-Identifier: Apache-2.0
/*
 * test_judge_golden.c - recorded cells judged whole: tests/golden/judge/CASE
 *
 * README says what a case is and where its logs come from. plan.json,
 * observation.json, wire.json and the logs are what judge() gets (a log that is
 * not there was not made); expected.json is what results.json then says of it.
 */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/results_internal.h"
#include "tests/lib/testing.h"

#define CASES "tests/golden/judge"
#define FILE_MAX ((size_t)1024 * 1024)

/** struct recorded - The files of one case */
struct recorded {
	struct plan plan;
	struct observation obs;
	struct wire_report wire;
	bool has_wire;
	char *dump, *restore, *source, *target;
};

static void recorded_release(struct recorded *r)
{
	plan_release(&r->plan);
	observation_release(&r->obs);
	if (r->has_wire)
		wire_report_release(&r->wire);
	free(r->dump);
	free(r->restore);
	free(r->source);
	free(r->target);
}

/* A file's text, NULL when it is not there. */
static char *read_text(const char *name, const char *file)
{
	CLEANUP_FREE char *relative = xasprintf(CASES "/%s/%s", name, file);
	CLEANUP_FREE char *path = source_path(relative);
	struct err err = ERR_INIT;
	char *text = NULL;

	if (file_exists(path))
		ck_assert_ok(file_read(path, FILE_MAX, &text, NULL, &err),
			     &err);
	return text;
}

static json_t *read_json(const char *name, const char *file)
{
	CLEANUP_FREE char *text = read_text(name, file);
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;

	ck_assert_msg(json || !text, "%s/%s is no JSON", name, file);
	return json;
}

static void read_case(const char *name, struct recorded *r)
{
	json_t *plan = read_json(name, "plan.json");
	json_t *obs = read_json(name, "observation.json");
	json_t *wire = read_json(name, "wire.json");
	struct err err = ERR_INIT;

	ck_assert_msg(plan && obs, "%s: not complete", name);
	ck_assert_ok(plan_from_json(plan, &r->plan, &err), &err);
	ck_assert_ok(observation_from_json(obs, &r->obs, &err), &err);
	if (wire)
		ck_assert_ok(wire_from_json(wire, &r->wire, &err), &err);
	r->has_wire = wire != NULL;
	r->dump = read_text(name, "dump.log");
	r->restore = read_text(name, "restore.log");
	r->source = read_text(name, "console-source.log");
	r->target = read_text(name, "console-target.log");
	json_decref(plan);
	json_decref(obs);
	json_decref(wire);
}

static char *judge_case(const char *name)
{
	struct recorded r = { .has_wire = false };
	struct criu_logs logs;
	struct result result;
	char *text, *line;
	json_t *json;

	read_case(name, &r);
	logs = (struct criu_logs){ .dump = r.dump,
				   .restore = r.restore,
				   .source_kernel = r.source,
				   .target_kernel = r.target };
	judge(&r.plan, &r.plan.cells[0], &r.obs, r.has_wire ? &r.wire : NULL,
	      &logs, &result);
	json = result_to_json(&result);
	text = json_dumps(json, RESULTS_JSON_FLAGS);
	line = xasprintf("%s\n", text);
	free(text);
	json_decref(json);
	result_release(&result);
	recorded_release(&r);
	return line;
}

START_TEST(a_recorded_cell_is_judged_as_before)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP_FREE char *dir = source_path(CASES);
	struct err err = ERR_INIT;

	ck_assert_ok(file_list(dir, &names, &err), &err);
	ck_assert_uint_ge(names.n, 10);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP_FREE char *got = judge_case(names.v[i]);
		CLEANUP_FREE char *expected =
			xasprintf(CASES "/%s/expected.json", names.v[i]);

		golden_check(expected, got);
	}
}
END_TEST

/* Folders that are called by the cause which is to be found in them. */
static const char *const modes[] = {
	"vdso-layout",	   "rseq-not-dumpable",	    "xsave-missing",
	"pid-taken",	   "file-differs",	    "file-missing",
	"address-missing", "image-newer-than-criu", "socket-options",
	"socket-buf-lock", "rst-unlocked",	    "crash-after-restore",
	"socket-queue",	   "in-flight-connection",  "lock-too-many",
	"client-gave-up",  "tcp-options-changed",   "timestamp-unit",
	"socket-changed",
};

START_TEST(a_recorded_cell_is_for_its_cause)
{
	const char *mode = modes[_i];
	CLEANUP_FREE char *got = judge_case(mode);
	CLEANUP_FREE char *wanted = xasprintf("\"mode\": \"%s\"", mode);

	ck_assert_has(got, wanted);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/judge_golden");
	TCase *tcase = tcase_create("recorded");

	tcase_add_test(tcase, a_recorded_cell_is_judged_as_before);
	tcase_add_loop_test(tcase, a_recorded_cell_is_for_its_cause, 0,
			    ARRAY_SIZE(modes));
	suite_add_tcase(suite, tcase);
	return suite;
}
