// SPDX-License-Identifier: Apache-2.0
/* test_history_db.c - an index of runs: kept, replaced, made anew, damaged */
#include "runner/history_db.h"

#include <sqlite3.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

static void make_run(struct results *run, const char *id, const char *started,
		     size_t cells)
{
	memset(run, 0, sizeof(*run));
	run->id = xstrdup(id);
	run->started = xstrdup(started);
	for (size_t i = 0; i < cells; i++) {
		struct result *r = VEC_PUSH(run->cells, run->n_cells);

		result_blank(r);
		r->id = xasprintf("counter.a.b#%zu", i);
		r->scenario = xstrdup("counter");
		r->source = xstrdup("a");
		r->target = xstrdup("b'; DROP TABLE runs; --");
		r->verdict = i ? VERDICT_FAIL : VERDICT_PASS;
		r->phase = i ? PHASE_RESTORE : PHASE_NONE;
		r->service_ns = i ? UNMEASURED : 812000000;
		if (!i)
			continue;
		r->cause = xnew(struct cause);
		r->cause->mode = xstrdup("pid-taken");
		r->cause->title = xstrdup("the pid is taken");
	}
}

static void add(struct history_db *db, const char *id, const char *started,
		size_t cells)
{
	struct err err = ERR_INIT;
	struct results run;

	make_run(&run, id, started, cells);
	ck_assert_ok(history_db_add(db, &run, "/somewhere", &err), &err);
	results_release(&run);
}

/* Ids of the runs, with how many cells each has: "b:2 a:1"; owned. */
static char *load(struct history_db *db, uint64_t last, const char *before)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };
	struct results *runs = NULL;
	struct err err = ERR_INIT;
	size_t n = 0;

	ck_assert_ok(history_db_load(db, last, before, &runs, &n, &err), &err);
	for (size_t i = 0; i < n; i++) {
		str_list_take(&list,
			      xasprintf("%s:%zu", runs[i].id, runs[i].n_cells));
		results_release(&runs[i]);
	}
	free(runs);
	return str_list_join(&list, " ");
}

static void assert_holds(struct history_db *db, uint64_t last,
			 const char *before, const char *wanted)
{
	CLEANUP_FREE char *got = load(db, last, before);

	ck_assert_str_eq(got, wanted);
}

static struct history_db *open_db(bool create, bool anew)
{
	CLEANUP_FREE char *path = tmpdir_join("index");
	struct history_db *db = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(history_db_open(path, create, anew, &db, &err), &err);
	return db;
}

START_TEST(runs_are_kept_in_order_of_time)
{
	struct history_db *db = open_db(true, false);

	add(db, "b", "2026-11-21T00:00:00Z", 2);
	add(db, "a", "2026-11-20T00:00:00Z", 1);
	add(db, "c", "2026-11-22T00:00:00Z", 0);
	assert_holds(db, 0, NULL, "a:1 b:2 c:0");
	history_db_close(db);
	db = open_db(false, false);
	assert_holds(db, 2, NULL, "b:2 c:0");
	assert_holds(db, 1, "2026-11-22T00:00:00Z", "b:2");
	history_db_close(db);
}
END_TEST

START_TEST(a_run_that_is_there_is_replaced)
{
	struct history_db *db = open_db(true, false);

	add(db, "a", "2026-11-20T00:00:00Z", 5);
	add(db, "a", "2026-11-20T00:00:00Z", 3);
	assert_holds(db, 0, NULL, "a:3");
	history_db_close(db);
}
END_TEST

START_TEST(a_cell_is_read_as_it_was_written)
{
	struct history_db *db = open_db(true, false);
	struct results *runs = NULL;
	struct err err = ERR_INIT;
	size_t n = 0;

	add(db, "a", "2026-11-20T00:00:00Z", 2);
	ck_assert_ok(history_db_load(db, 0, NULL, &runs, &n, &err), &err);
	ck_assert_uint_eq(runs[0].cells[0].service_ns, 812000000);
	ck_assert_int_eq(runs[0].cells[0].phase, PHASE_NONE);
	ck_assert_ptr_null(runs[0].cells[0].cause);
	ck_assert_str_eq(runs[0].cells[0].target, "b'; DROP TABLE runs; --");
	ck_assert_int_eq(runs[0].cells[1].verdict, VERDICT_FAIL);
	ck_assert_int_eq(runs[0].cells[1].phase, PHASE_RESTORE);
	ck_assert_uint_eq(runs[0].cells[1].service_ns, UNMEASURED);
	ck_assert_str_eq(runs[0].cells[1].cause->mode, "pid-taken");
	results_release(&runs[0]);
	free(runs);
	history_db_close(db);
}
END_TEST

START_TEST(a_run_with_a_cell_twice_is_not_taken_at_all)
{
	struct history_db *db = open_db(true, false);
	struct err err = ERR_INIT;
	struct results run;

	add(db, "a", "2026-11-20T00:00:00Z", 1);
	make_run(&run, "a", "2026-11-20T00:00:00Z", 2);
	free(run.cells[1].id);
	run.cells[1].id = xstrdup(run.cells[0].id);
	ck_assert_int_eq(history_db_add(db, &run, "/x", &err), -1);
	results_release(&run);
	assert_holds(db, 0, NULL, "a:1");
	history_db_close(db);
}
END_TEST

START_TEST(an_index_made_anew_is_empty)
{
	struct history_db *db = open_db(true, false);

	add(db, "a", "2026-11-20T00:00:00Z", 1);
	history_db_close(db);
	db = open_db(true, true);
	assert_holds(db, 0, NULL, "");
	history_db_close(db);
}
END_TEST

START_TEST(without_an_index_there_is_no_history)
{
	CLEANUP_FREE char *path = tmpdir_join("index");
	struct history_db *db = NULL;
	struct err err = ERR_INIT;

	ck_assert_err(history_db_open(path, false, false, &db, &err), &err,
		      ERR_INPUT, 0);
	ck_assert(!file_exists(path));
}
END_TEST

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *sqlite = NULL;

	ck_assert_int_eq(sqlite3_open(path, &sqlite), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sqlite);
}

/* @sql: makes an index that does not fit, or NULL: it is text. An old one can be made
 * anew; what may be somebody else's is left alone. */
static const struct {
	const char *name;
	const char *sql;
	const char *message;
	bool foreign;
} unfit[] = {
	{ "damaged", NULL, "or damaged", true },
	{ "of another version",
	  "PRAGMA application_id = 1668443512; PRAGMA user_version = 9;"
	  "CREATE TABLE runs (x)",
	  "version 9", false },
	{ "somebody else's", "CREATE TABLE photos (x)", "something else",
	  true },
};

START_TEST(what_is_no_index_is_told)
{
	CLEANUP_FREE char *path =
		unfit[_i].sql ? tmpdir_join("index") :
				tmpdir_write("index", "once upon a time, in "
						      "a land of no tables");
	struct history_db *db = NULL;
	struct err err = ERR_INIT;

	if (unfit[_i].sql)
		run_sql(path, unfit[_i].sql);
	ck_assert_err(history_db_open(path, true, false, &db, &err), &err,
		      ERR_INPUT, 0);
	ck_assert_has(err.msg, unfit[_i].message);
	if (unfit[_i].foreign) {
		ck_assert_err(history_db_open(path, true, true, &db, &err),
			      &err, ERR_INPUT, 0);
		return;
	}
	db = open_db(true, true);
	assert_holds(db, 0, NULL, "");
	history_db_close(db);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/history_db");
	TCase *tcase = tcase_create("index");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, runs_are_kept_in_order_of_time);
	tcase_add_test(tcase, a_run_that_is_there_is_replaced);
	tcase_add_test(tcase, a_cell_is_read_as_it_was_written);
	tcase_add_test(tcase, a_run_with_a_cell_twice_is_not_taken_at_all);
	tcase_add_test(tcase, an_index_made_anew_is_empty);
	tcase_add_test(tcase, without_an_index_there_is_no_history);
	tcase_add_loop_test(tcase, what_is_no_index_is_told, 0,
			    ARRAY_SIZE(unfit));
	suite_add_tcase(suite, tcase);
	return suite;
}
