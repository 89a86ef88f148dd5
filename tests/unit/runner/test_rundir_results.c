// SPDX-License-Identifier: Apache-2.0
/* test_rundir_results.c - a run's folder judged: observations to results */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/jsonfile.h"
#include "runner/rundir.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define CELL "counter.old.new"
#define FIRST "cells/" CELL "/attempt-1"
#define SECOND "cells/" CELL "/attempt-2"

static struct judged j;
static struct rundir *run;
static struct results results;

static void setup(void)
{
	CLEANUP_FREE char *path = NULL;
	struct err err = ERR_INIT;

	tmpdir_setup();
	judged_init(&j);
	/* A workload that serves nobody: only itself is a witness. */
	j.plan.scenarios[0].peer.kind = PEER_NONE;
	j.plan.scenarios[0].workload.port = 0;
	j.obs.peer.present = false;
	j.obs.port = 0;
	path = tmpdir_join("run");
	ck_assert_ok(rundir_create(path, &j.plan, &run, &err), &err);
	results = (struct results){ 0 };
}

static void teardown(void)
{
	results_release(&results);
	rundir_close(run);
	judged_release(&j);
	tmpdir_teardown();
}

static void put(const char *dir, const char *name, const char *text)
{
	CLEANUP_FREE char *path =
		xasprintf("%s/%s/%s", rundir_path(run), dir, name);
	struct err err = ERR_INIT;

	ck_assert_ok(file_write(path, text, strlen(text), &err), &err);
}

static void make_attempt(uint64_t attempt)
{
	CLEANUP_FREE char *dir = NULL;
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_attempt_dir(run, CELL, attempt, &dir, &err), &err);
}

static void observe(uint64_t attempt)
{
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *path = NULL;
	struct err err = ERR_INIT;

	j.obs.attempt = attempt;
	ck_assert_ok(rundir_attempt_dir(run, CELL, attempt, &dir, &err), &err);
	path = xasprintf("%s/observation.json", dir);
	ck_assert_ok(jsonfile_write(path, observation_to_json(&j.obs), &err),
		     &err);
}

/* The one cell of the run, judged. */
static const struct result *judged(void)
{
	struct err err = ERR_INIT;

	results_release(&results);
	ck_assert_ok(rundir_results(rundir_path(run), &j.plan, NULL, &results,
				    &err),
		     &err);
	ck_assert_uint_eq(results.n_cells, 1);
	return &results.cells[0];
}

static void check_broken(const char *part)
{
	const struct result *cell = judged();

	ck_assert_str_eq(verdict_names[cell->verdict], "broken");
	ck_assert_has(cell->reason, part);
}

START_TEST(a_cell_that_nobody_saw_was_not_run)
{
	const struct result *cell = judged();

	ck_assert_int_eq(cell->verdict, VERDICT_NOTRUN);
	ck_assert_str_eq(cell->id, CELL);
	ck_assert_ptr_null(cell->dir);
	ck_assert_uint_eq(cell->dump_ns, UNMEASURED);
	ck_assert_uint_eq(cell->wall_ns, UNMEASURED);
	ck_assert_int_eq(results_exit(&results), 3);
	make_attempt(1); /* begun, but nothing was written */
	ck_assert_int_eq(judged()->verdict, VERDICT_NOTRUN);
}
END_TEST

START_TEST(a_cell_that_was_seen_is_judged)
{
	const struct result *cell;

	observe(1);
	cell = judged();
	ck_assert_msg(cell->verdict == VERDICT_PASS, "%s: %s",
		      verdict_names[cell->verdict], cell->reason);
	ck_assert_str_eq(cell->dir, FIRST);
	ck_assert_uint_eq(cell->attempts, 1);
	ck_assert_int_eq(cell->workload, WITNESS_OK);
	ck_assert_int_eq(cell->wire, WITNESS_ABSENT);
	ck_assert_ptr_null(results.finished);
}
END_TEST

START_TEST(the_last_attempt_that_was_seen_counts)
{
	judged_text(&j.obs.broken, "the guest panicked");
	observe(1);
	check_broken("the guest panicked");
	judged_text(&j.obs.broken, NULL);
	observe(2);
	make_attempt(3);
	ck_assert_int_eq(judged()->verdict, VERDICT_PASS);
	ck_assert_str_eq(results.cells[0].dir, SECOND);
	ck_assert_uint_eq(results.cells[0].attempts, 2);
}
END_TEST

START_TEST(logs_beside_the_observation_tell_the_cause)
{
	const struct result *cell;

	judged_fail(&j, "dump", 1);
	judged_text(&j.obs.dump_log, "dump.log");
	observe(1);
	put(FIRST, "dump.log",
	    "(00.010000) Error (criu/odd.c:77): odd: a thing nobody knows\n");
	cell = judged();
	ck_assert_int_eq(cell->verdict, VERDICT_FAIL);
	ck_assert_int_eq(cell->phase, PHASE_DUMP);
	ck_assert_ptr_nonnull(cell->cause);
	ck_assert_has(cell->cause->line, "a thing nobody knows");
}
END_TEST

/* --- What cannot be read ------------------------------------------------------ */

START_TEST(an_observation_that_is_damaged_breaks_its_cell_alone)
{
	observe(1);
	put(FIRST, "observation.json", "{\"cell\": ");
	check_broken("observation.json");
	ck_assert_int_eq(results_exit(&results), 3);
}
END_TEST

START_TEST(an_observation_of_another_cell_breaks_it)
{
	judged_text(&j.obs.cell, "counter.new.old");
	observe(1);
	check_broken("cell: not '" CELL "'");
}
END_TEST

START_TEST(evidence_outside_the_folder_is_not_read)
{
	judged_text(&j.obs.dump_log, "../../../../secret");
	observe(1);
	check_broken("'../../../../secret' is not a file beside it");
}
END_TEST

START_TEST(a_capture_that_cannot_be_read_proves_nothing)
{
	judged_text(&j.obs.capture, "service.pcap");
	observe(1);
	check_broken("the capture cannot be read");
	put(FIRST, "service.pcap", "this is no capture");
	check_broken("the capture cannot be read");
}
END_TEST

/* --- Machines ------------------------------------------------------------------ */

static void attest(const char *name, const char *flags)
{
	json_t *facts = json_pack("{s:s, s:s, s:s, s:s, s:s}", "kernel",
				  "6.1.0-40-cloud-amd64", "criu", "3.17.1",
				  "cpu_flags", flags, "xsave_bytes", "0",
				  "xcr0", "0");
	struct err err = ERR_INIT;

	ck_assert_ok(rundir_machine(run, name, facts, &err), &err);
	json_decref(facts);
}

START_TEST(machines_are_as_they_were_found)
{
	attest("old", "fpu sse");
	(void)judged();
	ck_assert_uint_eq(results.n_machines, 2);
	ck_assert_str_eq(results.machines[0].kernel, "6.1.0-40-cloud-amd64");
	ck_assert_str_eq(results.machines[0].criu, "3.17.1");
	ck_assert_ptr_null(results.machines[0].glibc);
	ck_assert_str_eq(results.machines[1].name, "new");
	ck_assert_ptr_null(results.machines[1].kernel);
}
END_TEST

START_TEST(machines_that_turned_out_the_same_cpu_are_marked)
{
	attest("old", "fpu sse");
	attest("new", "fpu sse");
	(void)judged();
	ck_assert_ptr_null(results.machines[0].same_cpu_as);
	ck_assert_str_eq(results.machines[1].same_cpu_as, "old");
	attest("new", "fpu sse sse2");
	(void)judged();
	ck_assert_ptr_null(results.machines[1].same_cpu_as);
}
END_TEST

/* --- results.json --------------------------------------------------------------- */

START_TEST(results_are_read_as_they_were_written)
{
	struct results again = { 0 };
	struct err err = ERR_INIT;
	json_t *wrote, *got;

	observe(1);
	(void)judged();
	ck_assert_ok(rundir_write_results(rundir_path(run), &results, &err),
		     &err);
	ck_assert_ok(rundir_read_results(rundir_path(run), &again, &err), &err);
	wrote = results_to_json(&results);
	got = results_to_json(&again);
	ck_assert(json_equal(wrote, got));
	json_decref(wrote);
	json_decref(got);
	results_release(&again);
}
END_TEST

START_TEST(without_results_a_run_is_judged_anew)
{
	struct err err = ERR_INIT;

	observe(1);
	ck_assert_ok(rundir_read_results(rundir_path(run), &results, &err),
		     &err);
	ck_assert_uint_eq(results.n_cells, 1);
	ck_assert_int_eq(results.cells[0].verdict, VERDICT_PASS);
}
END_TEST

START_TEST(damaged_results_are_told_with_the_way_out)
{
	struct err err = ERR_INIT;

	put(".", "results.json", "{");
	ck_assert_int_eq(rundir_read_results(rundir_path(run), &results, &err),
			 -1);
	ck_assert_int_eq(err.domain, ERR_PARSE);
	ck_assert_has(err.msg, "results.json:1:");
	ck_assert_has(err.msg, "without that file it is made anew");
}
END_TEST

START_TEST(a_folder_without_a_run_has_no_results)
{
	struct err err = ERR_INIT;

	ck_assert_err(rundir_read_results(tmpdir_path(), &results, &err), &err,
		      ERR_INPUT, 0);
	ck_assert_has(err.msg, "is no run");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/rundir_results");
	TCase *tcase = tcase_create("results");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_cell_that_nobody_saw_was_not_run);
	tcase_add_test(tcase, a_cell_that_was_seen_is_judged);
	tcase_add_test(tcase, the_last_attempt_that_was_seen_counts);
	tcase_add_test(tcase, logs_beside_the_observation_tell_the_cause);
	tcase_add_test(tcase,
		       an_observation_that_is_damaged_breaks_its_cell_alone);
	tcase_add_test(tcase, an_observation_of_another_cell_breaks_it);
	tcase_add_test(tcase, evidence_outside_the_folder_is_not_read);
	tcase_add_test(tcase, a_capture_that_cannot_be_read_proves_nothing);
	tcase_add_test(tcase, machines_are_as_they_were_found);
	tcase_add_test(tcase, machines_that_turned_out_the_same_cpu_are_marked);
	tcase_add_test(tcase, results_are_read_as_they_were_written);
	tcase_add_test(tcase, without_results_a_run_is_judged_anew);
	tcase_add_test(tcase, damaged_results_are_told_with_the_way_out);
	tcase_add_test(tcase, a_folder_without_a_run_has_no_results);
	suite_add_tcase(suite, tcase);
	return suite;
}
