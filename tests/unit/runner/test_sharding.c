// SPDX-License-Identifier: Apache-2.0
/* test_sharding.c - which shard this is, by its name or by the environment */
#include "runner/sharding.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

#define VARIABLES 4

/** struct shard_case - @environment: "NAME=VALUE"; the shard, or the @message */
struct shard_case {
	const char *text;
	const char *environment[VARIABLES];
	uint64_t index, of;
	const char *message;
};

static const struct shard_case cases[] = {
	{ "1/1", { NULL }, 1, 1, NULL },
	{ "3/8", { NULL }, 3, 8, NULL },
	{ "10000/10000", { NULL }, 10000, 10000, NULL },
	{ "0/8", { NULL }, 0, 0, "is not I/N" },
	{ "9/8", { NULL }, 0, 0, "is not I/N" },
	{ "1/10001", { NULL }, 0, 0, "is not I/N" },
	{ "1", { NULL }, 0, 0, "is not I/N" },
	{ "1/", { NULL }, 0, 0, "is not I/N" },
	{ "/2", { NULL }, 0, 0, "is not I/N" },
	{ "1/2 ", { NULL }, 0, 0, "is not I/N" },
	{ "-1/2", { NULL }, 0, 0, "is not I/N" },
	{ "autos", { NULL }, 0, 0, "is not I/N" },
	{ "auto/0", { NULL }, 0, 0, "is not I/N" },
	{ "", { NULL }, 0, 0, "is not I/N" },
	{ "auto", { NULL }, 0, 0, "no variable of Slurm" },
	{ "auto",
	  { "SLURM_ARRAY_TASK_ID=0", "SLURM_ARRAY_TASK_COUNT=4",
	    "SLURM_ARRAY_TASK_MIN=0" },
	  1,
	  4,
	  NULL },
	{ "auto",
	  { "SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_COUNT=4",
	    "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_STEP=2" },
	  4,
	  4,
	  NULL },
	{ "auto",
	  { "SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_COUNT=2",
	    "SLURM_ARRAY_TASK_MIN=3" },
	  0,
	  0,
	  "is not I/N" },
	{ "auto",
	  { "SLURM_ARRAY_TASK_ID=4", "SLURM_ARRAY_TASK_COUNT=4",
	    "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_STEP=2" },
	  0,
	  0,
	  "is none of the array" },
	{ "auto", { "SLURM_ARRAY_TASK_ID=2" }, 0, 0, "COUNT is not set" },
	{ "auto", { "JOB_COMPLETION_INDEX=0" }, 0, 0, "use auto/N" },
	{ "auto/8", { "JOB_COMPLETION_INDEX=0" }, 1, 8, NULL },
	{ "auto/8", { "JOB_COMPLETION_INDEX=7" }, 8, 8, NULL },
	{ "auto/8", { "JOB_COMPLETION_INDEX=8" }, 0, 0, "is not I/N" },
	{ "auto/8", { "JOB_COMPLETION_INDEX=x" }, 0, 0, "is no number" },
	{ "auto", { "CI_NODE_INDEX=3", "CI_NODE_TOTAL=5" }, 3, 5, NULL },
	{ "auto",
	  { "BUILDKITE_PARALLEL_JOB=3", "BUILDKITE_PARALLEL_JOB_COUNT=5" },
	  4,
	  5,
	  NULL },
	{ "auto", { "CIRCLE_NODE_INDEX=0", "CIRCLE_NODE_TOTAL=2" }, 1, 2, NULL },
};

static const struct shard_case *current;

static char *get(const char *name)
{
	size_t len = strlen(name);
	static char value[64];

	for (size_t i = 0; i < VARIABLES && current->environment[i]; i++) {
		const char *variable = current->environment[i];

		if (!str_starts(variable, name) || variable[len] != '=')
			continue;
		(void)snprintf(value, sizeof(value), "%s", variable + len + 1);
		return value;
	}
	return NULL;
}

START_TEST(a_shard_is_told_by_name_or_environment)
{
	struct shard_ref ref = { 0 };
	struct err err = ERR_INIT;

	current = &cases[_i];
	if (current->message) {
		ck_assert_err(sharding_parse(current->text, get, &ref, &err),
			      &err, ERR_INPUT, 0);
		ck_assert_has(err.msg, current->message);
		return;
	}
	ck_assert_ok(sharding_parse(current->text, get, &ref, &err), &err);
	ck_assert_uint_eq(ref.index, current->index);
	ck_assert_uint_eq(ref.of, current->of);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/sharding");
	TCase *tcase = tcase_create("sharding");

	tcase_add_loop_test(tcase, a_shard_is_told_by_name_or_environment, 0,
			    ARRAY_SIZE(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
