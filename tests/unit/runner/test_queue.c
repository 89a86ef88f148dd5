// SPDX-License-Identifier: Apache-2.0
/* test_queue.c - what is left to do of a run, and what may be done now */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/observation.h"
#include "runner/jsonfile.h"
#include "runner/pool.h"
#include "runner/queue.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define CELL "counter.old.new"

static struct judged j;
static struct rundir *run;
static struct queue *queue;

static void setup(void)
{
	CLEANUP_FREE char *path = NULL;
	struct err err = ERR_INIT;

	tmpdir_setup();
	judged_init(&j);
	path = tmpdir_join("run");
	ck_assert_ok(rundir_create(path, &j.plan, &run, &err), &err);
	queue = queue_new(&j.plan, run);
}

static void teardown(void)
{
	queue_free(queue);
	rundir_close(run);
	judged_release(&j);
	tmpdir_teardown();
}

static void boot_both(void)
{
	struct task *old = queue_next(queue);
	struct task *new = queue_next(queue);

	ck_assert(old && new);
	queue_booted(queue, old);
	queue_booted(queue, new);
}

START_TEST(machines_are_booted_before_their_cells_are_run)
{
	struct task *old, *new, *cell;

	ck_assert_uint_eq(queue_ready(queue), 2);
	old = queue_next(queue);
	new = queue_next(queue);
	ck_assert_int_eq(old->kind, TASK_BOOT);
	ck_assert_str_eq(old->label, "boot old");
	ck_assert_str_eq(new->outfit->label, "new");
	ck_assert_ptr_null(queue_next(queue));
	queue_booted(queue, old);
	ck_assert_uint_eq(queue_ready(queue), 0);
	ck_assert_ptr_null(queue_next(queue));
	queue_booted(queue, new);
	ck_assert_uint_eq(queue_ready(queue), 1);
	cell = queue_next(queue);
	ck_assert_int_eq(cell->kind, TASK_CELL);
	ck_assert_str_eq(cell->cell->id, CELL);
	ck_assert_str_eq(cell->label, "counter old -> new");
	ck_assert_uint_eq(cell->attempt, 1);
	ck_assert_uint_eq(queue_cells_left(queue), 1);
	queue_done(queue, cell, false);
	ck_assert_uint_eq(queue_cells_left(queue), 0);
	ck_assert_ptr_null(queue_next(queue));
}
END_TEST

START_TEST(a_cell_that_is_to_be_run_again_comes_again)
{
	struct task *cell;

	boot_both();
	cell = queue_next(queue);
	cell->dir = xstrdup("attempt-1");
	queue_done(queue, cell, true);
	ck_assert_ptr_null(cell->dir);
	ck_assert_uint_eq(queue_cells_left(queue), 1);
	ck_assert_ptr_eq(queue_next(queue), cell);
	ck_assert_uint_eq(cell->attempt, 2);
}
END_TEST

START_TEST(a_machine_that_does_not_boot_is_tried_and_then_given_up)
{
	struct task *cell;

	queue_booted(queue, queue_next(queue));
	for (uint64_t n = 1; n <= POOL_ATTEMPTS; n++) {
		struct task *boot = queue_next(queue);

		ck_assert(boot && boot->kind == TASK_BOOT);
		ck_assert_uint_eq(boot->attempt, n);
		ck_assert_ptr_null(queue_next_unbootable(queue));
		queue_boot_failed(queue, boot,
				  n == POOL_ATTEMPTS ? "last" : "first");
	}
	ck_assert_uint_eq(queue_ready(queue), 0);
	ck_assert_ptr_null(queue_next(queue));
	cell = queue_next_unbootable(queue);
	ck_assert_ptr_nonnull(cell);
	ck_assert_str_eq(cell->cell->id, CELL);
	ck_assert_str_eq(cell->why, "last");
	ck_assert_uint_eq(cell->attempt, POOL_ATTEMPTS);
	ck_assert_ptr_null(queue_next_unbootable(queue));
	queue_done(queue, cell, false);
	ck_assert_uint_eq(queue_cells_left(queue), 0);
}
END_TEST

START_TEST(a_loss_is_an_observation_that_says_so)
{
	struct observation obs = { 0 };
	CLEANUP_FREE char *path = tmpdir_join("observation.json");
	struct err err = ERR_INIT;
	json_t *json = NULL;
	struct task *cell;

	boot_both();
	cell = queue_next(queue);
	cell->dir = xstrdup(tmpdir_path());
	ck_assert_ok(queue_write_loss(cell, "its worker died", &err), &err);
	ck_assert_ok(jsonfile_read(path, &json, &err), &err);
	ck_assert_ok(observation_from_json(json, &obs, &err), &err);
	ck_assert_str_eq(obs.cell, CELL);
	ck_assert_str_eq(obs.broken, "its worker died");
	ck_assert_uint_eq(obs.attempt, 1);
	ck_assert_uint_eq(obs.image_bytes, UNMEASURED);
	json_decref(json);
	observation_release(&obs);
}
END_TEST

START_TEST(what_was_observed_after_all_is_not_a_loss)
{
	CLEANUP_FREE char *path = tmpdir_write("observation.json", "kept");
	CLEANUP_FREE char *text = NULL;
	struct err err = ERR_INIT;
	struct task *cell;

	boot_both();
	cell = queue_next(queue);
	cell->dir = xstrdup(tmpdir_path());
	ck_assert_ok(queue_write_loss(cell, "its worker died", &err), &err);
	ck_assert_ok(file_read(path, 10, &text, NULL, &err), &err);
	ck_assert_str_eq(text, "kept");
}
END_TEST

/* Go on with the run as another process would. */
static void reopen(struct plan *ret_plan)
{
	CLEANUP_FREE char *path = xstrdup(rundir_path(run));
	struct err err = ERR_INIT;

	queue_free(queue);
	rundir_close(run);
	ck_assert_ok(rundir_open(path, &run, ret_plan, &err), &err);
	queue = queue_new(ret_plan, run);
}

START_TEST(a_resumed_run_leaves_finished_cells_and_their_machines_alone)
{
	struct plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_journal(run, json_pack("{s:s}", "finished", CELL),
				    true, &err),
		     &err);
	reopen(&plan);
	ck_assert_uint_eq(queue_cells_left(queue), 0);
	ck_assert_uint_eq(queue_ready(queue), 0);
	ck_assert_ptr_null(queue_next(queue));
	plan_release(&plan);
}
END_TEST

START_TEST(a_resumed_run_goes_on_with_the_next_attempt)
{
	struct plan plan = { 0 };
	struct err err = ERR_INIT;
	struct task *cell;

	boot_both();
	cell = queue_next(queue);
	ck_assert_ok(rundir_attempt_dir(run, CELL, 1, &cell->dir, &err), &err);
	ck_assert_ok(queue_write_loss(cell, "its worker died", &err), &err);
	reopen(&plan);
	ck_assert_uint_eq(queue_cells_left(queue), 1);
	boot_both();
	ck_assert_uint_eq(queue_next(queue)->attempt, 2);
	plan_release(&plan);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/queue");
	TCase *tcase = tcase_create("tasks");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, machines_are_booted_before_their_cells_are_run);
	tcase_add_test(tcase, a_cell_that_is_to_be_run_again_comes_again);
	tcase_add_test(tcase,
		       a_machine_that_does_not_boot_is_tried_and_then_given_up);
	tcase_add_test(tcase, a_loss_is_an_observation_that_says_so);
	tcase_add_test(tcase, what_was_observed_after_all_is_not_a_loss);
	tcase_add_test(
		tcase,
		a_resumed_run_leaves_finished_cells_and_their_machines_alone);
	tcase_add_test(tcase, a_resumed_run_goes_on_with_the_next_attempt);
	suite_add_tcase(suite, tcase);
	return suite;
}
