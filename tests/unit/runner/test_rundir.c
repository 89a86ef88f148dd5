// SPDX-License-Identifier: Apache-2.0
/* test_rundir.c - a run's folder: made, refused, locked, journalled */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/rundir.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define CELL "counter.old.new"

static struct judged j;
static char *path;

static void setup(void)
{
	tmpdir_setup();
	judged_init(&j);
	path = tmpdir_join("a/run");
}

static void teardown(void)
{
	free(path);
	judged_release(&j);
	tmpdir_teardown();
}

static struct rundir *create(void)
{
	struct rundir *run = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_create(path, &j.plan, &run, &err), &err);
	return run;
}

static struct rundir *reopen(struct rundir *run, struct plan *ret_plan)
{
	struct err err = ERR_INIT;

	rundir_close(run);
	ck_assert_ok(rundir_open(path, &run, ret_plan, &err), &err);
	return run;
}

static void put(const char *name, const char *text)
{
	CLEANUP_FREE char *file = xasprintf("%s/%s", path, name);
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(file, text, strlen(text), &err), &err);
}

static char *get(const char *name)
{
	CLEANUP_FREE char *file = xasprintf("%s/%s", path, name);
	struct err err = ERR_INIT;
	char *text = NULL;

	ck_assert_ok(file_read(file, 1 << 20, &text, NULL, &err), &err);
	return text;
}

/* --- Made and refused ------------------------------------------------------- */

START_TEST(a_new_run_can_be_opened_again)
{
	struct rundir *run = create();
	CLEANUP_FREE char *id = NULL;
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_assert_str_eq(rundir_path(run), path);
	id = xstrdup(rundir_info(run)->id);
	rundir_info(run)->accel = xstrdup("tcg");
	rundir_info(run)->host.qemu = xstrdup("10.0.2");
	ck_assert_ok(rundir_save_info(run, &err), &err);
	run = reopen(run, &plan);
	ck_assert_str_eq(rundir_info(run)->id, id);
	ck_assert_str_eq(rundir_info(run)->accel, "tcg");
	ck_assert_str_eq(rundir_info(run)->host.qemu, "10.0.2");
	ck_assert_ptr_null(rundir_info(run)->host.cpu);
	ck_assert_ptr_nonnull(rundir_info(run)->started);
	ck_assert_uint_eq(plan.n_cells, 1);
	ck_assert_str_eq(plan.cells[0].id, CELL);
	plan_release(&plan);
	rundir_close(run);
}
END_TEST

START_TEST(a_folder_that_holds_a_run_is_refused_with_the_way_on)
{
	struct rundir *run = create();
	CLEANUP_FREE char *before = NULL;
	CLEANUP_FREE char *after = NULL;
	struct err err = ERR_INIT;

	rundir_close(run);
	before = get("run.json");
	ck_assert_err(rundir_create(path, &j.plan, &run, &err), &err, ERR_INPUT,
		      0);
	ck_assert_has(err.msg, "holds a run already");
	ck_assert_has(err.msg, "resume");
	after = get("run.json");
	ck_assert_str_eq(before, after);
	err = (struct err)ERR_INIT;
	ck_assert_err(rundir_check(path, &err), &err, ERR_INPUT, 0);
}
END_TEST

START_TEST(a_folder_that_holds_something_else_is_left_alone)
{
	CLEANUP_FREE char *plan = xasprintf("%s/plan.json", path);
	struct rundir *run = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(path, &err), &err);
	ck_assert_ok(rundir_check(path, &err), &err);
	put("letter.txt", "dear");
	ck_assert_err(rundir_check(path, &err), &err, ERR_INPUT, 0);
	ck_assert_err(rundir_create(path, &j.plan, &run, &err), &err, ERR_INPUT,
		      0);
	ck_assert_has(err.msg, "is not empty");
	ck_assert(!file_exists(plan));
}
END_TEST

START_TEST(an_empty_folder_will_do)
{
	struct err err = ERR_INIT;

	ck_assert_ok(file_mkdirs(path, &err), &err);
	rundir_close(create());
}
END_TEST

START_TEST(a_file_is_no_folder_for_a_run)
{
	CLEANUP_FREE char *file = tmpdir_write("a", "a file");
	struct rundir *run = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(rundir_create(path, &j.plan, &run, &err), -1);
	ck_assert_int_eq(err.domain, ERR_INPUT);
	ck_assert_has(err.msg, file);
	ck_assert_ptr_null(run);
}
END_TEST

START_TEST(what_is_no_run_is_not_opened)
{
	struct rundir *run = NULL;
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(rundir_open(path, &run, &plan, &err), &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "is no run");
	ck_assert(!file_exists(path));
}
END_TEST

START_TEST(a_plan_that_is_damaged_is_said_so)
{
	struct rundir *run = create();
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	rundir_close(run);
	run = NULL;
	put("plan.json", "{\n\"schema\": ");
	ck_assert_int_eq(rundir_open(path, &run, &plan, &err), -1);
	ck_assert_int_eq(err.domain, ERR_PARSE);
	ck_assert_has(err.msg, "plan.json:2:");
	ck_assert_ptr_null(run);
}
END_TEST

/* --- Locked ------------------------------------------------------------------ */

START_TEST(a_run_under_way_is_nobody_elses)
{
	struct rundir *run = create();
	struct rundir *other = NULL;
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(rundir_open(path, &other, &plan, &err), &err, ERR_INPUT,
		      0);
	ck_assert_has(err.msg, "another process runs in");
	ck_assert_err(rundir_create(path, &j.plan, &other, &err), &err,
		      ERR_INPUT, 0);
	ck_assert_ptr_null(other);
	run = reopen(run, &plan); /* the lock went with its process */
	plan_release(&plan);
	rundir_close(run);
}
END_TEST

/* --- The journal -------------------------------------------------------------- */

static void finish(struct rundir *run, const char *cell)
{
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_journal(run, json_pack("{s:s}", "finished", cell),
				    false, &err),
		     &err);
}

START_TEST(finished_cells_are_those_of_the_journal)
{
	struct rundir *run = create();
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_journal(run,
				    json_pack("{s:s, s:s}", "cell", "begun",
					      "state", "begin"),
				    true, &err),
		     &err);
	finish(run, "one");
	finish(run, "two");
	run = reopen(run, &plan);
	ck_assert(rundir_finished(run, "one"));
	ck_assert(rundir_finished(run, "two"));
	ck_assert(!rundir_finished(run, "begun"));
	plan_release(&plan);
	rundir_close(run);
}
END_TEST

/* A power cut tears the last line; what is written after that must count. */
START_TEST(a_torn_last_line_costs_itself_alone)
{
	struct rundir *run = create();
	CLEANUP_FREE char *file = xasprintf("%s/journal.jsonl", path);
	struct plan plan = { 0 };
	int fd;

	finish(run, "before");
	fd = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_eq(write(fd, "{\"finished\": \"to", 16), 16);
	close(fd);
	run = reopen(run, &plan);
	plan_release(&plan);
	ck_assert(rundir_finished(run, "before"));
	ck_assert(!rundir_finished(run, "to"));
	finish(run, "after");
	run = reopen(run, &plan);
	plan_release(&plan);
	ck_assert(rundir_finished(run, "before"));
	ck_assert(rundir_finished(run, "after"));
	rundir_close(run);
}
END_TEST

START_TEST(a_journal_of_anything_is_read)
{
	struct rundir *run = create();
	struct plan plan = { 0 };

	rundir_close(run);
	put("journal.jsonl", "[]\n7\n\n{\"finished\": 7}\n{\"finished\":null}\n"
			     "\xff\xfe\n{\"finished\":\"one\"}\n");
	run = reopen(NULL, &plan);
	ck_assert(rundir_finished(run, "one"));
	plan_release(&plan);
	rundir_close(run);
}
END_TEST

START_TEST(each_line_has_its_time)
{
	struct rundir *run = create();
	CLEANUP_FREE char *text = NULL;

	finish(run, "one");
	text = get("journal.jsonl");
	ck_assert_has(text, "\"finished\":\"one\",\"at_ns\":1");
	ck_assert(str_ends(text, "}\n"));
	rundir_close(run);
}
END_TEST

/* --- Attempts ------------------------------------------------------------------ */

START_TEST(attempts_that_were_observed_count)
{
	struct rundir *run = create();
	CLEANUP_FREE char *first = NULL;
	CLEANUP_FREE char *second = NULL;
	struct err err = ERR_INIT;

	ck_assert_uint_eq(rundir_attempts(run, CELL), 0);
	ck_assert_ok(rundir_attempt_dir(run, CELL, 1, &first, &err), &err);
	ck_assert(str_ends(first, "/cells/" CELL "/attempt-1"));
	ck_assert_uint_eq(rundir_attempts(run, CELL), 0);
	put("cells/" CELL "/attempt-1/observation.json", "{}");
	ck_assert_uint_eq(rundir_attempts(run, CELL), 1);
	ck_assert_ok(rundir_attempt_dir(run, CELL, 2, &second, &err), &err);
	ck_assert_uint_eq(rundir_attempts(run, CELL), 1);
	rundir_close(run);
}
END_TEST

START_TEST(an_attempt_begins_with_an_empty_folder)
{
	struct rundir *run = create();
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *again = NULL;
	struct str_list names = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_attempt_dir(run, CELL, 1, &dir, &err), &err);
	put("cells/" CELL "/attempt-1/dump.log", "of the one before");
	ck_assert_ok(rundir_attempt_dir(run, CELL, 1, &again, &err), &err);
	ck_assert_ok(file_list(again, &names, &err), &err);
	ck_assert_uint_eq(names.n, 0);
	rundir_close(run);
}
END_TEST

START_TEST(facts_of_a_machine_are_kept_under_its_name)
{
	struct rundir *run = create();
	json_t *facts = json_pack("{s:s}", "kernel", "6.1.0");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_machine(run, "old", facts, &err), &err);
	text = get("machines/old.json");
	ck_assert_has(text, "\"kernel\": \"6.1.0\"");
	ck_assert_str_eq(json_string_value(json_object_get(facts, "kernel")),
			 "6.1.0"); /* still the caller's */
	json_decref(facts);
	rundir_close(run);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/rundir");
	TCase *made = tcase_create("made and locked");
	TCase *kept = tcase_create("journal and attempts");

	tcase_add_checked_fixture(made, setup, teardown);
	tcase_add_test(made, a_new_run_can_be_opened_again);
	tcase_add_test(made,
		       a_folder_that_holds_a_run_is_refused_with_the_way_on);
	tcase_add_test(made, a_folder_that_holds_something_else_is_left_alone);
	tcase_add_test(made, an_empty_folder_will_do);
	tcase_add_test(made, a_file_is_no_folder_for_a_run);
	tcase_add_test(made, what_is_no_run_is_not_opened);
	tcase_add_test(made, a_plan_that_is_damaged_is_said_so);
	tcase_add_test(made, a_run_under_way_is_nobody_elses);
	suite_add_tcase(suite, made);
	tcase_add_checked_fixture(kept, setup, teardown);
	tcase_add_test(kept, finished_cells_are_those_of_the_journal);
	tcase_add_test(kept, a_torn_last_line_costs_itself_alone);
	tcase_add_test(kept, a_journal_of_anything_is_read);
	tcase_add_test(kept, each_line_has_its_time);
	tcase_add_test(kept, attempts_that_were_observed_count);
	tcase_add_test(kept, an_attempt_begins_with_an_empty_folder);
	tcase_add_test(kept, facts_of_a_machine_are_kept_under_its_name);
	suite_add_tcase(suite, kept);
	return suite;
}
