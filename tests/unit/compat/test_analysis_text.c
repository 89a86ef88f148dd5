// SPDX-License-Identifier: Apache-2.0
/* test_analysis_text.c - the answer in its two forms, whatever is in a capture */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis.h"
#include "tests/lib/testing.h"
#include "tests/unit/compat/analysis_bench.h"

/* struct answer - What is written of a bench, once or several times over */
struct answer {
	struct analysis_out out;
	size_t times;
	const char *note;
};

static const char *const captures[] = { "one.pcap", "two.pcap" };

static struct answer plain(void)
{
	return (struct answer){
		.out = { .service = "10.77.0.100:7000",
			 .captures = captures,
			 .n_captures = 1 },
		.times = 1,
	};
}

static char *write_answer(const struct bench *b, struct answer *a,
			  const struct analysis_writer *writer)
{
	CLEANUP(finding_release) struct finding finding = { 0 };
	struct analysis_counts counts = { { 0 } };
	struct analysis_scene scene;
	struct strbuf buf;

	analysis_scene_init(&scene, b->source, b->target);
	analysis_scene_see(&scene, &b->conn);
	analysis_scene_finish(&scene, &b->report);
	analysis_judge(&b->conn, &b->report, &scene, &finding);
	strbuf_open(&buf);
	a->out.f = buf.f;
	a->out.report = &b->report;
	a->out.scene = &scene;
	writer->begin(&a->out);
	for (size_t i = 0; i < a->times; i++) {
		counts.n[finding.fate]++;
		writer->conn(&a->out, &b->conn, &finding);
	}
	writer->end(&a->out, &counts, a->note);
	return strbuf_take(&buf);
}

static json_t *load(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	ck_assert_msg(json != NULL, "line %d: %s", error.line, error.text);
	return json;
}

START_TEST(json_is_one_document_however_many_there_are)
{
	struct answer a = plain();
	CLEANUP_FREE char *text = NULL;
	struct bench b;
	json_t *json;

	bench_init(&b);
	a.times = (size_t)_i;
	text = write_answer(&b, &a, &analysis_json);
	json = load(text);
	ck_assert_uint_eq(json_array_size(json_object_get(json, "connections")),
			  (size_t)_i);
	json_decref(json);
}
END_TEST

/* What a capture and its name may hold that is no text for a terminal. */
static const char hostile[] = "x\x1b[2J\xff\xfe\x7f\nend";

static void make_hostile(struct bench *b, struct answer *a,
			 struct wire_phase *phase)
{
	static const char *const names[] = { hostile };

	bench_init(b);
	*phase = (struct wire_phase){ xstrdup(hostile), 25,
				      BENCH_NS + 25 * NS_PER_S };
	b->report.phases = phase;
	b->report.n_phases = 1;
	a->out.service = hostile;
	a->out.captures = names;
	a->out.frames = true;
	a->note = hostile;
}

START_TEST(no_text_of_a_capture_reaches_the_terminal_as_it_is)
{
	struct answer a = plain();
	CLEANUP_FREE char *text = NULL;
	struct wire_phase phase;
	struct bench b;

	make_hostile(&b, &a, &phase);
	text = write_answer(&b, &a, &analysis_text);
	ck_assert_ptr_null(strpbrk(text, "\x1b\x7f\xff"));
	ck_assert_has(text, "phase");
	ck_assert_has(text, " end");
	free(phase.text);
}
END_TEST

START_TEST(no_text_of_a_capture_breaks_the_json)
{
	struct answer a = plain();
	CLEANUP_FREE char *text = NULL;
	struct wire_phase phase;
	struct bench b;

	make_hostile(&b, &a, &phase);
	text = write_answer(&b, &a, &analysis_json);
	json_decref(load(text));
	free(phase.text);
}
END_TEST

START_TEST(frames_stand_in_order_beside_the_phases)
{
	struct answer a = plain();
	CLEANUP_FREE char *text = NULL;
	struct wire_phase phases[] = {
		{ (char[]){ "before all" }, 0, BENCH_NS },
		{ (char[]){ "dump begins" }, 21, BENCH_NS + 21 * NS_PER_S },
		{ (char[]){ "restore done" }, 30, BENCH_NS + 30 * NS_PER_S },
		{ (char[]){ "after all" }, 99, BENCH_NS + 99 * NS_PER_S },
	};
	const char *dump, *restore, *probe;
	struct bench b;

	bench_init(&b);
	b.report.phases = phases;
	b.report.n_phases = ARRAY_SIZE(phases);
	a.out.frames = true;
	text = write_answer(&b, &a, &analysis_text);
	dump = strstr(text, "dump begins");
	restore = strstr(text, "restore done");
	probe = strstr(text, "the probe that ends");
	ck_assert_msg(dump && restore && probe, "%s", text);
	ck_assert(dump < restore && restore < probe);
	ck_assert_ptr_null(strstr(text, "before all"));
	ck_assert_ptr_null(strstr(text, "after all"));
}
END_TEST

START_TEST(a_capture_without_frames_has_no_instants)
{
	struct answer a = plain();
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *said = NULL;
	struct bench b;
	json_t *json;

	bench_init(&b);
	b.report = (struct wire_report){ .first_ns = WIRE_UNKNOWN,
					 .last_ns = WIRE_UNKNOWN,
					 .udp_silence_ns = WIRE_UNKNOWN,
					 .drops = WIRE_UNKNOWN };
	b.conn.n_hosts = 0;
	a.times = 0;
	said = write_answer(&b, &a, &analysis_text);
	ck_assert_has(said, "no TCP connection");
	text = write_answer(&b, &a, &analysis_json);
	json = load(text);
	ck_assert(json_is_null(json_object_get(json, "takeover")));
	ck_assert(json_is_null(
		json_object_get(json_object_get(json, "capture"), "first_ns")));
	json_decref(json);
}
END_TEST

START_TEST(drops_and_datagrams_are_told)
{
	struct answer a = plain();
	CLEANUP_FREE char *text = NULL;
	struct bench b;

	bench_init(&b);
	b.report.drops = 12;
	b.report.udp_frames[WIRE_SERVER] = 3;
	b.report.n_udp_hosts = 1;
	text = write_answer(&b, &a, &analysis_text);
	ck_assert_has(text, "the capture lost 12 frames");
	ck_assert_has(text, "UDP is not judged: 0 datagrams to the service, 3 "
			    "from it, by 1 host\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("analysis answers");
	TCase *tcase = tcase_create("answers");

	tcase_add_loop_test(tcase, json_is_one_document_however_many_there_are,
			    0, 4);
	tcase_add_test(tcase,
		       no_text_of_a_capture_reaches_the_terminal_as_it_is);
	tcase_add_test(tcase, no_text_of_a_capture_breaks_the_json);
	tcase_add_test(tcase, frames_stand_in_order_beside_the_phases);
	tcase_add_test(tcase, a_capture_without_frames_has_no_instants);
	tcase_add_test(tcase, drops_and_datagrams_are_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
