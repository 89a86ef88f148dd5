// SPDX-License-Identifier: Apache-2.0
/* test_script_commands.c - a scenario's own commands, as text for a guest's shell */
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/script.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

#define LIFT "--lift $SERVICE"

static char command[] = "engine run";

/* The shell itself says whether it can read a script. */
static void check_syntax(const char *name, const char *text)
{
	const char *argv[] = { "sh", "-n", "-c", text, NULL };
	CLEANUP_FREE char *output = NULL;

	ck_assert_msg(rig_run(argv, &output) == 0, "%s: %s\n%s", name, output,
		      text);
}

static size_t place(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	ck_assert_msg(at != NULL, "'%s' is not in:\n%s", part, text);
	return (size_t)(at - text);
}

static char own_dump[] = "engine checkpoint 'a b'";
static char own_restore[] = "engine restore";
static char own_pid[] = "engine pid";
static char log_pattern[] = "/run/*/no-such-criu";
static char log_folder[] = "$IMAGES/x/dumped";
static char *own_logs[] = { log_pattern, log_folder };

static struct scenario by_commands(void)
{
	return (struct scenario){
		.workload = { .command = command, .port = 7 },
		.migration = { .takeover = TAKEOVER_GUARDED,
			       .mode = MODE_COMMANDS,
			       .commands = {
				       .pid = own_pid,
				       .dump = own_dump,
				       .restore = own_restore,
				       .logs = { .v = own_logs,
						 .n = ARRAY_SIZE(own_logs) },
			       } },
	};
}

START_TEST(own_commands_are_run_between_the_marks)
{
	struct scenario s = by_commands();
	CLEANUP_FREE char *dump = script_commands_dump(&s);
	CLEANUP_FREE char *restore = script_commands_restore(&s);

	ck_assert_uint_lt(place(dump, "dump-begin"),
			  place(dump, "engine checkpoint"));
	ck_assert_uint_lt(place(dump, "engine checkpoint"),
			  place(dump, "dump-end"));
	ck_assert_uint_lt(place(restore, "restore-begin"),
			  place(restore, "engine restore"));
	ck_assert_uint_lt(place(restore, "engine restore"),
			  place(restore, "restore-end"));
	ck_assert_uint_lt(place(restore, "restore-end"), place(restore, LIFT));
	check_syntax("dump", dump);
	check_syntax("restore", restore);
}
END_TEST

/* A container's pid on the target is another one. */
START_TEST(the_pid_is_asked_for_on_each_side)
{
	struct scenario s = by_commands();
	CLEANUP_FREE char *start = script_start(&s, ROLE_SOURCE);
	CLEANUP_FREE char *restore = script_commands_restore(&s);

	ck_assert_has(start, "pid=$(sh -c 'engine pid'");
	ck_assert(!testing_contains(start, "--session"));
	ck_assert_has(restore, "echo pid $pid >&3");
	check_syntax("start", start);
}
END_TEST

START_TEST(without_a_pid_the_command_is_the_workload)
{
	struct scenario s = by_commands();
	CLEANUP_FREE char *start = NULL;
	CLEANUP_FREE char *restore = NULL;

	s.migration.commands.pid = NULL;
	start = script_start(&s, ROLE_SOURCE);
	restore = script_commands_restore(&s);
	ck_assert_has(start, "--session");
	ck_assert(!testing_contains(restore, "echo pid"));
}
END_TEST

/**
 * struct log_case - What lies where, and what becomes evidence of it
 * @files:	Below the folder of images, in the order of the patterns
 * @wanted:	Files of the evidence, sorted
 */
static const struct log_case {
	const char *name;
	const char *files[4];
	const char *wanted;
} log_cases[] = {
	{ "beside the images",
	  { "dump.log", "stats-dump" },
	  "dump.log\nstats-dump\n" },
	{ "in a work folder",
	  { "x/dumped/criu-dump.log", "x/dumped/stats-restore" },
	  "dump.log\nstats-restore\n" },
	{ "what is no log stays",
	  { "pages-1.img", "x/dumped/log", "x/dumped/restore.log" },
	  "restore.log\n" },
	{ "nothing", { NULL }, "" },
};

/* The shell finds them, as in a guest. */
static void find_logs(const struct scenario *s, char **ret_found)
{
	CLEANUP_FREE char *find = script_commands_find(s);
	CLEANUP_FREE char *script = xasprintf(
		"exec 2>/dev/null 3>&2; IMAGES=%s; %s\ncd $LOGS && ls && rm -r $LOGS",
		tmpdir_path(), find);
	const char *argv[] = { "sh", "-c", script, NULL };

	ck_assert_int_eq(rig_run(argv, ret_found), 0);
}

START_TEST(logs_are_found_where_the_scenario_says)
{
	const struct log_case *c = &log_cases[_i];
	struct scenario s = by_commands();
	CLEANUP_FREE char *work = tmpdir_join("x/dumped");
	CLEANUP_FREE char *x = tmpdir_join("x");
	CLEANUP_FREE char *found = NULL;

	ck_assert_int_eq(mkdir(x, 0755), 0);
	ck_assert_int_eq(mkdir(work, 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(c->files) && c->files[i]; i++)
		free(tmpdir_write(c->files[i], ""));
	find_logs(&s, &found);
	ck_assert_msg(str_eq(found, c->wanted), "%s: '%s', not '%s'", c->name,
		      found, c->wanted);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/script_commands");
	TCase *texts = tcase_create("texts");
	TCase *runs = tcase_create("runs");

	tcase_add_test(texts, own_commands_are_run_between_the_marks);
	tcase_add_test(texts, the_pid_is_asked_for_on_each_side);
	tcase_add_test(texts, without_a_pid_the_command_is_the_workload);
	suite_add_tcase(suite, texts);
	tcase_add_checked_fixture(runs, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(runs, logs_are_found_where_the_scenario_says, 0,
			    ARRAY_SIZE(log_cases));
	suite_add_tcase(suite, runs);
	return suite;
}
