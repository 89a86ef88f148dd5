// SPDX-License-Identifier: Apache-2.0
/* test_judge.c - each rule of the judge: a cell it is for, and one it is not */
#include <string.h>

#include "base/mem.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

static struct wire_conn *conn_of(struct judged *j)
{
	return &j->wire.conns[0];
}

static void nothing(struct judged *j)
{
	(void)j;
}

static void broken(struct judged *j)
{
	judged_text(&j->obs.broken, "the target's kernel panicked");
	j->obs.broken_phase = PHASE_RESTORE;
	judged_fail(j, "restore", 1);
}

static void broken_in_a_restore_that_was_fine(struct judged *j)
{
	judged_text(&j->obs.broken, "QEMU died");
	j->obs.broken_phase = PHASE_VERIFY;
}

static void skipped(struct judged *j)
{
	judged_text(&j->obs.skip, "no AVX on the target");
	judged_keep_steps(j, 0);
}

static void our_transfer_failed(struct judged *j)
{
	judged_fail(j, "transfer", 1);
}

static void our_verify_would_be_theirs(struct judged *j)
{
	judged_fail(j, "verify", 3);
}

static void dump_failed(struct judged *j)
{
	judged_fail(j, "dump", 1);
}

static void dump_filled_the_disk(struct judged *j)
{
	judged_fail(j, "dump", 1);
	j->logs.dump = "(00.1) Error (criu/image.c:1): Can't write img file: "
		       "No space left on device\n"
		       "(00.2) Error (criu/cr-dump.c:2): Dumping FAILED.\n";
}

static void dump_timed_out(struct judged *j)
{
	judged_fail(j, "dump", -1);
	judged_text(&j->obs.steps[j->obs.n_steps - 1].trouble,
		    "timeout after 60 s");
}

static void dump_was_killed(struct judged *j)
{
	judged_fail(j, "dump", -10);
}

static void nothing_was_done(struct judged *j)
{
	judged_keep_steps(j, 0);
}

static void record_ends_early(struct judged *j)
{
	judged_fail(j, "transfer", 0);
}

static void nonce_changed(struct judged *j)
{
	judged_probe(j, PROBE_RESTORE, "nonce", "beef");
	judged_probe(j, PROBE_END, "nonce", "beef");
}

static void probe_after_restore_failed(struct judged *j)
{
	judged_fail(j, "restore", 0);
	*VEC_PUSH(j->obs.steps, j->obs.n_steps) = (struct obs_step){
		.phase = PHASE_RESUME,
		.name = xstrdup("probe"),
		.on = NODE_TARGET,
		.exit = 1,
	};
}

static void peer_saw_errors(struct judged *j)
{
	j->obs.peer.errors = 2;
	judged_text(&j->obs.peer.first_error, "answer 2 came twice");
	j->obs.peer.exit = 1;
}

static void capture_lost_frames(struct judged *j)
{
	j->wire.drops = 3;
}

static void reset_by(struct judged *j, size_t server, bool has_socket,
		     uint64_t at_ms)
{
	struct wire_conn *conn = conn_of(j);

	conn->side[1].rst = 1;
	conn->rst_no_socket = !has_socket;
	conn->first_rst.frame = 205;
	conn->first_rst.from_server = true;
	conn->first_rst.mac = conn->hosts[server].mac;
	conn->first_rst.at_ns = j->obs.epoch_ns + at_ms * 1000000;
}

static void target_reset_before_the_restore(struct judged *j)
{
	reset_by(j, 1, false, 1500);
}

static void source_reset(struct judged *j)
{
	reset_by(j, 0, false, 1100);
}

static void bad_peer_and_lost_frames(struct judged *j)
{
	peer_saw_errors(j);
	capture_lost_frames(j);
}

static void restarted_and_reset(struct judged *j)
{
	nonce_changed(j);
	target_reset_before_the_restore(j);
}

static void no_peer_and_no_capture(struct judged *j)
{
	j->plan.scenarios[0].peer.kind = PEER_NONE;
	j->obs.peer.present = false;
	j->has_wire = false;
}

static void no_port_and_no_capture(struct judged *j)
{
	j->plan.scenarios[0].workload.port = 0;
	j->has_wire = false;
}

static void nobody_watches(struct judged *j)
{
	no_peer_and_no_capture(j);
	judged_text(&j->plan.scenarios[0].workload.probe, NULL);
	judged_text(&j->plan.scenarios[0].workload.verify, NULL);
}

static void expected_fail(struct judged *j)
{
	dump_failed(j);
	judged_expect(j, VERDICT_FAIL, NULL, "known");
}

static void expected_cause(struct judged *j)
{
	nonce_changed(j);
	judged_expect(j, VERDICT_FAIL, "restarted-not-restored", "known");
}

static void expected_other_cause(struct judged *j)
{
	nonce_changed(j);
	judged_expect(j, VERDICT_FAIL, "pid-taken", "known");
}

static void expected_fail_but_passed(struct judged *j)
{
	judged_expect(j, VERDICT_FAIL, NULL, "known");
}

static void expected_fail_but_broken(struct judged *j)
{
	broken(j);
	judged_expect(j, VERDICT_FAIL, NULL, "known");
}

static void expected_skip(struct judged *j)
{
	skipped(j);
	judged_expect(j, VERDICT_SKIP, NULL, "known");
}

static void expected_skip_but_failed(struct judged *j)
{
	dump_failed(j);
	judged_expect(j, VERDICT_SKIP, NULL, "known");
}

static void revoked_expectation(struct judged *j)
{
	judged_expect(j, VERDICT_PASS, NULL, "mended");
	judged_expect(j, VERDICT_FAIL, NULL, "known");
}

#define PASS VERDICT_PASS
#define FAIL VERDICT_FAIL
#define BROKEN VERDICT_BROKEN
#define RESTARTED "restarted-not-restored"

static const struct judge_case cases[] = {
	{ "all is well", nothing, PASS, "all-agree", PHASE_NONE, NULL,
	  "workload, wire, peer" },
	{ "broken comes before all", broken, BROKEN, "broken", PHASE_RESTORE,
	  NULL, "panicked" },
	{ "broken though all passed", broken_in_a_restore_that_was_fine, BROKEN,
	  "broken", PHASE_VERIFY, NULL, "QEMU died" },
	{ "a requirement is unmet", skipped, VERDICT_SKIP, "skipped",
	  PHASE_NONE, NULL, "no AVX" },
	{ "a step of ours failed", our_transfer_failed, BROKEN,
	  "our-step-failed", PHASE_TRANSFER, NULL,
	  "'transfer' on the source ended with status 1" },
	{ "the verify failed", our_verify_would_be_theirs, FAIL, "step-failed",
	  PHASE_VERIFY, "wrong-answers", "'verify' on the target" },
	{ "the dump failed", dump_failed, FAIL, "step-failed", PHASE_DUMP,
	  "unknown", "status 1" },
	{ "the dump filled the disk", dump_filled_the_disk, BROKEN,
	  "ours-exhausted", PHASE_DUMP, "disk-full",
	  "No space left on device" },
	{ "the dump took too long", dump_timed_out, FAIL, "step-failed",
	  PHASE_DUMP, "unknown", "timeout after 60 s" },
	{ "the dump was killed", dump_was_killed, FAIL, "step-failed",
	  PHASE_DUMP, "unknown", "killed by signal 9" },
	{ "nothing was done", nothing_was_done, BROKEN, "incomplete",
	  PHASE_NONE, NULL, "nothing was done" },
	{ "no restore was tried", record_ends_early, BROKEN, "incomplete",
	  PHASE_NONE, NULL, "ends with 'transfer'" },
	{ "the workload is dead", probe_after_restore_failed, FAIL,
	  "step-failed", PHASE_RESUME, "died-after-restore", "'probe'" },
	{ "wrong answers are proof without a wire", bad_peer_and_lost_frames,
	  FAIL, "witness-bad", PHASE_VERIFY, "wrong-answers", "the peer" },
	{ "a restart explains its RST", restarted_and_reset, FAIL,
	  "witness-bad", PHASE_RESUME, RESTARTED, "the workload" },
	{ "no peer, no need of one", no_peer_and_no_capture, PASS, "all-agree",
	  PHASE_NONE, NULL, "agree: workload" },
	{ "no port, no need of a wire", no_port_and_no_capture, PASS,
	  "all-agree", PHASE_NONE, NULL, "agree: workload, peer" },
	{ "no witness is asked for", nobody_watches, PASS, "all-agree",
	  PHASE_NONE, NULL, "no witness" },
	{ "a fail was expected", expected_fail, VERDICT_XFAIL, "step-failed",
	  PHASE_DUMP, "unknown", "status 1" },
	{ "its cause was expected", expected_cause, VERDICT_XFAIL,
	  "witness-bad", PHASE_RESUME, RESTARTED, "nonce" },
	{ "another cause was expected", expected_other_cause, FAIL,
	  "witness-bad", PHASE_RESUME, RESTARTED,
	  "expected was 'pid-taken', this is '" RESTARTED "'" },
	{ "it passes against expectation", expected_fail_but_passed,
	  VERDICT_XPASS, "all-agree", PHASE_NONE, NULL, "expected was a fail" },
	{ "broken is not what was expected", expected_fail_but_broken, BROKEN,
	  "broken", PHASE_RESTORE, NULL, "panicked" },
	{ "a skip was expected", expected_skip, VERDICT_SKIP, "skipped",
	  PHASE_NONE, NULL, "no AVX" },
	{ "a skip was expected, it failed", expected_skip_but_failed, FAIL,
	  "step-failed", PHASE_DUMP, "unknown", "expected was 'skip'" },
	{ "an expectation is revoked", revoked_expectation, PASS, "all-agree",
	  PHASE_NONE, NULL, "agree" },
};

START_TEST(a_cell_is_judged_by_the_first_rule_that_fits)
{
	judged_check(&cases[_i]);
}
END_TEST

START_TEST(figures_come_from_the_stamps_of_one_clock)
{
	const struct result *r;
	struct judged j;

	judged_init(&j);
	r = judged_run(&j);
	ck_assert_uint_eq(r->service_ns, UINT64_C(812000000));
	ck_assert_uint_eq(r->wire_ns, UINT64_C(795000000));
	ck_assert_uint_eq(r->freeze_ns, UINT64_C(160000000));
	ck_assert_uint_eq(r->dump_ns, UINT64_C(230000000));
	ck_assert_uint_eq(r->transfer_ns, UINT64_C(150000000));
	ck_assert_uint_eq(r->restore_ns, UINT64_C(180000000));
	ck_assert_uint_eq(r->takeover_ns, UINT64_C(50000000));
	ck_assert_uint_eq(r->tcp_tail_ns, UINT64_C(10000000));
	ck_assert_uint_eq(r->wall_ns, UINT64_C(2300000000));
	ck_assert_uint_eq(r->image_bytes, 500000);
	ck_assert_uint_eq(r->memory_bytes, UNMEASURED);
	ck_assert_uint_eq(r->attempts, 1);
	judged_release(&j);
}
END_TEST

/* What came back counts, and before that what was dumped. */
START_TEST(memory_is_what_criu_counts)
{
	struct judged j;

	judged_init(&j);
	j.obs.criu.pages_written = 3;
	j.obs.criu.pages_skipped = 4;
	ck_assert_uint_eq(judged_run(&j)->memory_bytes, 7UL * 4096);
	j.obs.criu.pages_restored = 8;
	ck_assert_uint_eq(judged_run(&j)->memory_bytes, 8UL * 4096);
	j.obs.criu.pages_lazy = 2;
	ck_assert_uint_eq(judged_run(&j)->memory_bytes, 10UL * 4096);
	judged_release(&j);
}
END_TEST

START_TEST(figures_that_were_not_measured_are_not_zero)
{
	const struct result *r;
	struct judged j;

	judged_init(&j);
	dump_failed(&j);
	j.has_wire = false;
	while (j.obs.n_marks > 0)
		free(j.obs.marks[--j.obs.n_marks].name);
	j.obs.peer.first_after_ns = UNMEASURED;
	r = judged_run(&j);
	ck_assert_uint_eq(r->service_ns, UNMEASURED);
	ck_assert_uint_eq(r->wire_ns, UNMEASURED);
	ck_assert_uint_eq(r->restore_ns, UNMEASURED);
	ck_assert_uint_eq(r->tcp_tail_ns, UNMEASURED);
	ck_assert_uint_eq(r->dump_ns, UINT64_C(250000000));
	ck_assert_int_eq(r->workload, WITNESS_ABSENT);
	ck_assert_has(r->workload_why, "did not reach");
	judged_release(&j);
}
END_TEST

START_TEST(the_dissenting_witness_is_named_and_the_others_are_kept)
{
	const struct result *r;
	struct judged j;

	judged_init(&j);
	source_reset(&j);
	r = judged_run(&j);
	ck_assert_int_eq(r->wire, WITNESS_BAD);
	ck_assert_int_eq(r->workload, WITNESS_OK);
	ck_assert_int_eq(r->peer, WITNESS_OK);
	ck_assert_ptr_null(r->peer_why);
	ck_assert_str_eq(r->blame, "source");
	ck_assert_uint_eq(r->wire_report->n_conns, 1);
	judged_release(&j);
}
END_TEST

START_TEST(an_expectation_leaves_its_reason_and_link)
{
	const struct result *r;
	struct judged j;

	judged_init(&j);
	expected_cause(&j);
	r = judged_run(&j);
	ck_assert_str_eq(r->expected, "known");
	ck_assert_str_eq(r->link, "https://example.org/why");
	judged_release(&j);
}
END_TEST

START_TEST(an_expectation_holds_only_where_its_facts_do)
{
	struct expect *expect;
	struct judged j;

	judged_init(&j);
	expected_fail(&j);
	expect = &j.plan.scenarios[0].expect.v[0];
	*VEC_PUSH(expect->when.v, expect->when.n) = (struct bind_pair){
		.key = xstrdup("source.kernel_version"),
		.value = xstrdup("<5.13"),
	};
	ck_assert_int_eq(judged_run(&j)->verdict, VERDICT_FAIL);
	ck_assert_ptr_null(j.result.expected);
	judged_fact(&j.obs.source_facts, "kernel_version", "5.10.223");
	ck_assert_int_eq(judged_run(&j)->verdict, VERDICT_XFAIL);
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/judge");
	TCase *rules = tcase_create("rules");
	TCase *rest = tcase_create("rest");

	tcase_add_loop_test(rules, a_cell_is_judged_by_the_first_rule_that_fits,
			    0, ARRAY_SIZE(cases));
	suite_add_tcase(suite, rules);
	tcase_add_test(rest, figures_come_from_the_stamps_of_one_clock);
	tcase_add_test(rest, figures_that_were_not_measured_are_not_zero);
	tcase_add_test(rest, memory_is_what_criu_counts);
	tcase_add_test(rest,
		       the_dissenting_witness_is_named_and_the_others_are_kept);
	tcase_add_test(rest, an_expectation_leaves_its_reason_and_link);
	tcase_add_test(rest, an_expectation_holds_only_where_its_facts_do);
	suite_add_tcase(suite, rest);
	return suite;
}
