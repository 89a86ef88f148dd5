// SPDX-License-Identifier: Apache-2.0
/* test_witness.c - what each witness sees of a spoiled cell, and what it means */
#include <string.h>

#include "base/mem.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

static struct wire_conn *conn_of(struct judged *j)
{
	return &j->wire.conns[0];
}

static void nonce_changed(struct judged *j)
{
	judged_probe(j, PROBE_RESTORE, "nonce", "beef");
	judged_probe(j, PROBE_END, "nonce", "beef");
}

static void nonce_changed_at_the_end(struct judged *j)
{
	judged_probe(j, PROBE_END, "nonce", "beef");
}

static void nonce_changed_before(struct judged *j)
{
	judged_probe(j, PROBE_DUMP, "nonce", "beef");
}

static void nonce_never_told(struct judged *j)
{
	judged_probe(j, PROBE_READY, "nonce", NULL);
}

static void nonce_no_more_told(struct judged *j)
{
	judged_probe(j, PROBE_RESTORE, "nonce", NULL);
}

static void count_went_back(struct judged *j)
{
	judged_probe(j, PROBE_RESTORE, "count", "39");
}

static void count_of_more_digits_is_more(struct judged *j)
{
	judged_probe(j, PROBE_RESTORE, "count", "100");
	judged_probe(j, PROBE_END, "count", "1000");
}

static void count_stands_still(struct judged *j)
{
	judged_probe(j, PROBE_RESTORE, "count", "40");
	judged_probe(j, PROBE_END, "count", "40");
}

static void count_stands_still_after_a_jump(struct judged *j)
{
	judged_probe(j, PROBE_RESTORE, "count", "60");
	judged_probe(j, PROBE_END, "count", "60");
}

static void count_was_never_a_number(struct judged *j)
{
	judged_probe(j, PROBE_READY, "count", "many");
}

static void count_is_no_number_any_more(struct judged *j)
{
	judged_probe(j, PROBE_END, "count", "99999999999999999999");
}

static void probe_did_not_run(struct judged *j)
{
	judged_probe(j, PROBE_END, "nonce", NULL);
	judged_probe(j, PROBE_END, "count", NULL);
}

static void verify_did_not_run(struct judged *j)
{
	judged_keep_steps(j, j->obs.n_steps - 1);
}

static void peer_saw_errors(struct judged *j)
{
	j->obs.peer.errors = 2;
	judged_text(&j->obs.peer.first_error, "answer 2 came twice");
	j->obs.peer.exit = 1;
}

static void peer_reconnected(struct judged *j)
{
	j->obs.peer.reconnects = 1;
}

static void peer_heard_nothing(struct judged *j)
{
	j->obs.peer.first_after_ns = UNMEASURED;
}

static void peer_was_answered_too_early(struct judged *j)
{
	j->obs.peer.first_after_ns = 1100 * UINT64_C(1000000);
}

static void peer_exited_badly(struct judged *j)
{
	j->obs.peer.exit = 1;
}

static void peer_hung(struct judged *j)
{
	j->obs.peer.exit = -1;
}

static void peer_did_not_start(struct judged *j)
{
	j->obs.peer.exit = 2;
	j->obs.peer.answers = 0;
}

static void peer_was_absent(struct judged *j)
{
	j->obs.peer.present = false;
}

static void capture_lost_frames(struct judged *j)
{
	j->wire.drops = 3;
}

static void no_capture(struct judged *j)
{
	j->has_wire = false;
}

static void no_macs(struct judged *j)
{
	judged_text(&j->obs.target_mac, "nonsense");
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

static void target_reset_after_the_restore(struct judged *j)
{
	reset_by(j, 1, false, 1900);
}

static void target_reset_no_clock(struct judged *j)
{
	reset_by(j, 1, false, 1900);
	conn_of(j)->first_rst.frame = 210;
	j->obs.epoch_ns = UNMEASURED;
}

static void source_reset(struct judged *j)
{
	reset_by(j, 0, false, 1100);
}

static void target_aborted(struct judged *j)
{
	reset_by(j, 1, true, 1900);
}

static void client_reset(struct judged *j)
{
	reset_by(j, 0, true, 1900);
	conn_of(j)->side[0].rst = 1;
	conn_of(j)->side[1].rst = 0;
	conn_of(j)->first_rst.from_server = false;
}

static void bytes_were_lost(struct judged *j)
{
	conn_of(j)->side[1].lost_bytes = 64;
	conn_of(j)->first_lost.frame = 300;
}

static void client_connected_anew_and_was_refused(struct judged *j)
{
	struct wire_conn *first,
		*again = VEC_PUSH(j->wire.conns, j->wire.n_conns);

	first = conn_of(j);
	again->client = first->client;
	again->client.port++;
	again->server = first->server;
	again->began_with_syn = true;
	again->first_frame = 300;
	again->side[0].frames = 1;
	again->side[1].frames = 1;
	again->side[1].rst = 1;
	again->first_rst.frame = 301;
	again->first_rst.from_server = true;
	again->first_rst.mac = first->hosts[1].mac;
}

static void target_never_spoke(struct judged *j)
{
	conn_of(j)->n_hosts = 1;
	conn_of(j)->turns = 0;
}

static void both_spoke(struct judged *j)
{
	conn_of(j)->turns = 3;
	conn_of(j)->hosts[0].last_ns = conn_of(j)->hosts[1].first_ns + 5;
	conn_of(j)->hosts[0].last_frame = 300;
}

#define PASS VERDICT_PASS
#define FAIL VERDICT_FAIL
#define BROKEN VERDICT_BROKEN
#define RESTARTED "restarted-not-restored"

static const struct judge_case cases[] = {
	{ "the nonce is another", nonce_changed, FAIL, "witness-bad",
	  PHASE_RESUME, RESTARTED, "the workload disagrees: nonce was f00d" },
	{ "the nonce is another at the end", nonce_changed_at_the_end, FAIL,
	  "witness-bad", PHASE_VERIFY, RESTARTED, "at the end" },
	{ "the nonce changes by itself", nonce_changed_before, FAIL,
	  "witness-bad", PHASE_START, "probe-unsteady", "before the dump" },
	{ "the probe never told the nonce", nonce_never_told, BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL, "does not tell 'nonce'" },
	{ "the probe no more tells the nonce", nonce_no_more_told, FAIL,
	  "witness-bad", PHASE_RESUME, "unknown", "any more" },
	{ "the count went back", count_went_back, FAIL, "witness-bad",
	  PHASE_RESUME, "counter-went-back", "back from 40 to 39" },
	{ "1000 is more than 90", count_of_more_digits_is_more, PASS,
	  "all-agree", PHASE_NONE, NULL, "agree" },
	{ "the count stands still", count_stands_still, FAIL, "witness-bad",
	  PHASE_VERIFY, "stands-still", "stands still at 40" },
	{ "the count stands still after a jump",
	  count_stands_still_after_a_jump, FAIL, "witness-bad", PHASE_VERIFY,
	  "stands-still", "stands still at 60" },
	{ "the count was never a number", count_was_never_a_number, BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL, "'many'" },
	{ "the count is too large", count_is_no_number_any_more, FAIL,
	  "witness-bad", PHASE_VERIFY, "unknown", "no number" },
	{ "a probe did not run", probe_did_not_run, BROKEN, "witness-absent",
	  PHASE_VERIFY, NULL, "did not run at the end" },
	{ "the verify did not run", verify_did_not_run, BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL, "verify did not run" },
	{ "wrong answers", peer_saw_errors, FAIL, "witness-bad", PHASE_VERIFY,
	  "wrong-answers", "2 wrong answers, the first: answer 2 came" },
	{ "the peer reconnected", peer_reconnected, FAIL, "witness-bad",
	  PHASE_RESUME, "connection-replaced",
	  "lost its connection, and connected anew: 1" },
	{ "no answer after the restore", peer_heard_nothing, FAIL,
	  "witness-bad", PHASE_RESUME, "target-silent", "no answer after" },
	{ "an answer before the restore", peer_was_answered_too_early, FAIL,
	  "witness-bad", PHASE_RESUME, "target-silent", "no answer after" },
	{ "the peer ended badly", peer_exited_badly, FAIL, "witness-bad",
	  PHASE_VERIFY, "unknown", "status 1" },
	{ "the peer hung", peer_hung, FAIL, "witness-bad", PHASE_VERIFY,
	  "unknown", "did not end by itself" },
	{ "the peer could not start", peer_did_not_start, BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL, "could not start" },
	{ "there was no peer", peer_was_absent, BROKEN, "witness-absent",
	  PHASE_VERIFY, NULL, "no peer was running" },
	{ "lost frames prove nothing", capture_lost_frames, BROKEN,
	  "witness-absent", PHASE_VERIFY, NULL,
	  "lost 3 frames: cannot prove a pass" },
	{ "there is no capture", no_capture, BROKEN, "witness-absent",
	  PHASE_VERIFY, NULL, "no capture" },
	{ "MACs are unknown", no_macs, BROKEN, "witness-absent", PHASE_VERIFY,
	  NULL, "MAC" },
	{ "the target reset in the gap", target_reset_before_the_restore, FAIL,
	  "witness-bad", PHASE_RESUME, "rst-unlocked", "the wire disagrees" },
	{ "the target reset later", target_reset_after_the_restore, FAIL,
	  "witness-bad", PHASE_RESUME, "socket-vanished", "the wire" },
	{ "the target's first frame is a RST", target_reset_no_clock, FAIL,
	  "witness-bad", PHASE_RESUME, "rst-unlocked", "the wire" },
	{ "the source reset", source_reset, FAIL, "witness-bad", PHASE_RESUME,
	  "rst-unlocked", "the wire" },
	{ "the workload aborted", target_aborted, FAIL, "witness-bad",
	  PHASE_RESUME, "connection-aborted", "the wire" },
	{ "the client reset", client_reset, FAIL, "witness-bad", PHASE_RESUME,
	  "client-reset", "the wire" },
	{ "bytes were lost", bytes_were_lost, FAIL, "witness-bad", PHASE_RESUME,
	  "stream-damaged", "64 were lost" },
	{ "a second connection was refused",
	  client_connected_anew_and_was_refused, FAIL, "witness-bad",
	  PHASE_RESUME, "connection-replaced", "connected anew" },
	{ "the target never spoke", target_never_spoke, FAIL, "witness-bad",
	  PHASE_RESUME, "target-silent", "never sent" },
	{ "both spoke", both_spoke, FAIL, "witness-bad", PHASE_RESUME,
	  "two-servers", "both were alive" },
};

START_TEST(a_witness_says_what_it_saw)
{
	judged_check(&cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/witness");
	TCase *tcase = tcase_create("witnesses");

	tcase_add_loop_test(tcase, a_witness_says_what_it_saw, 0,
			    ARRAY_SIZE(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
