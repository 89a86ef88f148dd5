// SPDX-License-Identifier: Apache-2.0
/* test_crunch.c - the long computation: its result is right, however long it is */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/* By another program, in Python, that works it out word for word and round for
 * round. */
static const struct {
	const char *threads, *mib, *rounds, *result;
} known[] = {
	{ "1", "1", "1", "39d623558df848b5\n" },
	{ "1", "1", "3", "3a33fde205559ca5\n" },
	{ "3", "1", "5", "65ebeabae15015fb\n" },
	{ "16", "2", "4", "f48e92fa4252431c\n" },
};

static char *expected(const char *threads, const char *mib, const char *rounds)
{
	CLEANUP_FREE char *path = rig_program_path("crunch");
	const char *argv[] = { path, "--expect", threads, mib, rounds, NULL };
	char *said = NULL;

	ck_assert_int_eq(rig_run(argv, &said), 0);
	return said;
}

START_TEST(what_is_expected_is_what_work_comes_to)
{
	CLEANUP_FREE char *said =
		expected(known[_i].threads, known[_i].mib, known[_i].rounds);

	ck_assert_str_eq(said, known[_i].result);
}
END_TEST

/** struct job - One under way, and what it said last */
struct job {
	pid_t pid;
	FILE *out;
	char *line;
	size_t size;
};

static void start(struct job *job, const char *threads, const char *mib)
{
	CLEANUP_FREE char *path = rig_program_path("crunch");
	const char *argv[] = { path, threads, mib, NULL };
	int fd;

	*job = (struct job){ .pid = rig_spawn(argv, &fd) };
	ck_assert_int_gt(job->pid, 0);
	job->out = fdopen(fd, "r");
	ck_assert_ptr_nonnull(job->out);
}

static const char *await(struct job *job, const char *part)
{
	const char *at;

	do {
		ck_assert_int_gt(getline(&job->line, &job->size, job->out), 0);
		at = strstr(job->line, part);
	} while (!at);
	return at + strlen(part);
}

static void stop(struct job *job)
{
	ck_assert_int_eq(kill(job->pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(job->pid, NULL, 0), job->pid);
	ck_assert_int_eq(fclose(job->out), 0);
	free(job->line);
}

/* The rounds that it says it did, and its result. */
static char *end(struct job *job, char **ret_result)
{
	char *rounds;
	const char *result;

	ck_assert_int_eq(kill(job->pid, SIGUSR1), 0);
	result = await(job, " result=");
	*ret_result = xstrdup(result);
	rounds = strstr(job->line, " rounds=") + strlen(" rounds=");
	return xstrndup(rounds, strcspn(rounds, " "));
}

static const struct {
	const char *threads, *mib, *until;
} jobs[] = {
	{ "1", "1", " rounds=1" },
	{ "2", "1", " rounds=40" },
	{ "16", "4", " rounds=7" },
	{ "7", "3", " rounds=12" },
};

START_TEST(it_ends_when_told_with_the_right_result)
{
	CLEANUP_FREE char *rounds = NULL, *result = NULL, *right = NULL;
	struct job job;

	start(&job, jobs[_i].threads, jobs[_i].mib);
	(void)await(&job, jobs[_i].until);
	rounds = end(&job, &result);
	right = expected(jobs[_i].threads, jobs[_i].mib, rounds);
	ck_assert_str_eq(result, right);
	stop(&job);
}
END_TEST

/* Where its memory is: the only mapping of this size, at the least. */
static unsigned long memory_of(pid_t pid, unsigned long bytes)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/maps", (int)pid);
	CLEANUP_FREE char *maps = NULL;
	char *line, *rest;
	struct err err;

	ck_assert_ok(file_read(path, 1 << 20, &maps, NULL, &err), &err);
	for (line = strtok_r(maps, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *at;
		unsigned long from = strtoul(line, &at, 16);
		unsigned long to = strtoul(at + 1, &at, 16);

		if (str_starts(at, " rw-p") && to - from >= bytes)
			return to - bytes;
	}
	return 0;
}

START_TEST(a_word_that_was_lost_makes_another_result)
{
	CLEANUP_FREE char *rounds = NULL, *result = NULL, *right = NULL;
	CLEANUP_FREE char *path = NULL;
	uint64_t zero = 0;
	struct job job;
	FILE *f;

	start(&job, "1", "16");
	(void)await(&job, " rounds=1");
	path = xasprintf("/proc/%d/mem", (int)job.pid);
	f = fopen(path, "r+e");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, (long)memory_of(job.pid, 16 << 20) + 80000,
			       SEEK_SET),
			 0);
	ck_assert_uint_eq(fwrite(&zero, 1, sizeof(zero), f), sizeof(zero));
	ck_assert_int_eq(fclose(f), 0);
	rounds = end(&job, &result);
	right = expected("1", "16", rounds);
	ck_assert_str_ne(result, right);
	stop(&job);
}
END_TEST

static const char *const bad[][4] = {
	{ "1" },
	{ "0", "1" },
	{ "257", "1" },
	{ "4", "1x" },
	{ "4", "-1" },
	{ "4", "1", "1" },
	{ "--expect", "4", "1", "0" },
};

START_TEST(bad_arguments_are_refused)
{
	CLEANUP_FREE char *path = rig_program_path("crunch");
	const char *argv[6] = { path };
	CLEANUP_FREE char *said = NULL;

	memcpy(argv + 1, bad[_i], sizeof(bad[_i]));
	ck_assert_int_eq(rig_run(argv, &said), 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("scenarios/workloads/crunch");
	TCase *tcase = tcase_create("crunch");

	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, what_is_expected_is_what_work_comes_to, 0,
			    (int)ARRAY_SIZE(known));
	tcase_add_loop_test(tcase, it_ends_when_told_with_the_right_result, 0,
			    (int)ARRAY_SIZE(jobs));
	tcase_add_test(tcase, a_word_that_was_lost_makes_another_result);
	tcase_add_loop_test(tcase, bad_arguments_are_refused, 0,
			    (int)ARRAY_SIZE(bad));
	suite_add_tcase(suite, tcase);
	return suite;
}
