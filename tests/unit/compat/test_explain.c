// SPDX-License-Identifier: Apache-2.0
/* test_explain.c - the story of a cell compared whole */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/criustats.h"
#include "compat/results.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define DIR "tests/golden/explain/"

/** struct story_case - What is spoiled, and the file that holds the story */
struct story_case {
	const char *expected;
	void (*spoil)(struct judged *j);
	bool without_observation;
	struct report_opts opts;
};

static void nothing(struct judged *j)
{
	(void)j;
}

static void no_xsave(struct judged *j)
{
	static const char log[] =
		"(00.000020) Version: 4.1.1 (gitid 0)\n"
		"(00.036401)   4242: Error (criu/arch/x86/crtools.c:395): x86: "
		"FPU xsave area present, but host cpu doesn't support it\n";

	judged_fail(j, "restore", 1);
	judged_text(&j->obs.restore_log, "restore.log");
	judged_text(&j->obs.dump_log, "dump.log");
	judged_text(&j->obs.capture, "service.pcap");
	judged_text(&j->obs.steps[j->obs.n_steps - 1].output,
		    "criu restore: status 1\nsee restore.log\n");
	judged_fact(&j->obs.source_facts, "cpu_flags",
		    "avx avx2 fpu sse sse2 xsave xsaveopt");
	judged_fact(&j->obs.source_facts, "xsave_bytes", "832");
	judged_fact(&j->obs.target_facts, "module.tcp_diag", "live");
	judged_expect(j, VERDICT_FAIL, "xsave-missing", "Nehalem has no xsave");
	j->obs.attempt = 2;
	j->logs.restore = log;
}

static void reset(struct judged *j)
{
	struct wire_conn *conn = &j->wire.conns[0];

	conn->side[1].rst = 1;
	conn->rst_no_socket = true;
	conn->first_rst.frame = 205;
	conn->first_rst.from_server = true;
	conn->first_rst.mac = conn->hosts[1].mac;
	conn->first_rst.at_ns = j->obs.epoch_ns + 1500000000;
	j->obs.peer.reconnects = 1;
	judged_text(&j->obs.peer.first_error, "connection reset by peer");
}

static void remark(struct judged *j)
{
	judged_text(&j->obs.capture, "service.pcapng");
	j->wire.conns[0].hosts[0].ts_hz = 1000;
	j->wire.conns[0].hosts[1].ts_hz = 1000000;
}

/* Two rounds; of the second nobody knows what was sent. */
static void rounds(struct judged *j)
{
	static const uint64_t pages[] = { 16408, 700 };

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		struct obs_round *round =
			VEC_PUSH(j->obs.rounds, j->obs.n_rounds);

		round->began_ns = i * NS_PER_S;
		round->ended_ns = round->began_ns + 500 * NS_PER_MS;
		round->sent_bytes = i ? UNMEASURED : pages[i] * 4096;
		criustats_init(&round->criu);
		round->criu.frozen_ns = (i + 1) * 30 * NS_PER_MS;
		round->criu.pages_written = pages[i];
		round->criu.pages_skipped = pages[0] - pages[i];
	}
	j->obs.rounds_end = ROUNDS_PAGES;
}

/* The last one is the dump itself, and nothing was sent meanwhile. */
static void snapshots(struct judged *j)
{
	struct obs_step *step = VEC_PUSH(j->obs.steps, j->obs.n_steps);

	*step = (struct obs_step){ .phase = PHASE_DUMP,
				   .name = xstrdup("snapshot 1"),
				   .ended_ns = 500 * NS_PER_MS };
	rounds(j);
	j->obs.rounds[0].sent_bytes = UNMEASURED;
	j->obs.rounds_end = ROUNDS_GO_ON;
}

static void lazy_pages(struct judged *j)
{
	j->obs.criu.pages_restored = 8;
	j->obs.criu.pages_lazy = 16400;
	j->obs.original.fate = OBS_FATE_KILLED;
}

static const struct story_case cases[] = {
	{ DIR "rounds.txt",
	  rounds,
	  false,
	  { .utf8 = true, .width = 80, .run_dir = "results/one" } },
	{ DIR "snapshots.txt",
	  snapshots,
	  false,
	  { .utf8 = true, .width = 80, .run_dir = "results/one" } },
	{ DIR "lazy.txt",
	  lazy_pages,
	  false,
	  { .utf8 = true, .width = 80, .run_dir = "results/one" } },
	{ DIR "pass.txt",
	  nothing,
	  false,
	  { .utf8 = true, .width = 80, .run_dir = "results/one" } },
	{ DIR "remark.txt",
	  remark,
	  false,
	  { .utf8 = true, .width = 80, .run_dir = "results/one" } },
	{ DIR "restore.txt",
	  no_xsave,
	  false,
	  { .utf8 = true, .width = 80, .run_dir = "results/one" } },
	{ DIR "reset.txt", reset, false, { .width = 60 } },
	{ DIR "reset-color.txt", reset, false, { .color = true } },
	{ DIR "without-observation.txt", no_xsave, true, { .width = 80 } },
};

static char *tell(struct judged *j, const struct story_case *c)
{
	struct results results = { .cells = &j->result, .n_cells = 1 };
	struct strbuf buf;

	strbuf_open(&buf);
	explain_cell(&results, &j->result,
		     c->without_observation ? NULL : &j->obs, &c->opts, buf.f);
	return strbuf_take(&buf);
}

START_TEST(a_story_is_told_as_it_was)
{
	const struct story_case *c = &cases[_i];
	struct judged j;
	char *got;

	judged_init(&j);
	c->spoil(&j);
	(void)judged_run(&j);
	judged_text(&j.result.dir, "cells/counter.old.new");
	got = tell(&j, c);
	golden_check(c->expected, got);
	free(got);
	judged_release(&j);
}
END_TEST

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		n++;
	return n;
}

START_TEST(of_many_connections_some_are_told)
{
	struct wire_conn one;
	struct judged j;
	char *got;

	judged_init(&j);
	one = j.wire.conns[0];
	while (j.wire.n_conns < 1000)
		*VEC_PUSH(j.wire.conns, j.wire.n_conns) = one;
	(void)judged_run(&j);
	judged_text(&j.result.dir, "cells/counter.old.new");
	got = tell(&j, &cases[0]);
	ck_assert_uint_eq(count_of(got, "\n  TCP "), 10);
	ck_assert_has(got, "990 connections more are in results.json");
	free(got);
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/explain");
	TCase *tcase = tcase_create("stories");

	tcase_add_loop_test(tcase, a_story_is_told_as_it_was, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, of_many_connections_some_are_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
