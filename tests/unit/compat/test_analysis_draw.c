// SPDX-License-Identifier: Apache-2.0
/* test_analysis_draw.c - which connection is drawn, and its drawing */
#include "compat/analysis_draw.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

#define CAPTURES "tests/golden/wire"

/** struct pick_case - Connections as "moved", "broken", "plain"; the index of
 * the one that is drawn */
struct pick_case {
	const char *conns[4];
	uint16_t drawn;
};

static const struct pick_case pick_cases[] = {
	{ { "plain" }, 0 },
	{ { "plain", "plain" }, 0 },
	{ { "plain", "broken", "broken" }, 1 },
	{ { "broken", "plain", "moved", "moved" }, 2 },
	{ { "moved", "broken" }, 0 },
};

START_TEST(the_one_that_is_worth_it_is_picked)
{
	const struct pick_case *c = &pick_cases[_i];
	CLEANUP(analysis_pick_release) struct analysis_pick pick = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(c->conns) && c->conns[i]; i++) {
		struct wire_conn conn;

		wire_conn_init(&conn);
		conn.client.port = (uint16_t)i;
		conn.n_hosts = str_eq(c->conns[i], "moved") ? 2 : 1;
		analysis_pick_see(&pick, &conn, str_eq(c->conns[i], "broken"),
				  c->conns[i]);
	}
	ck_assert(pick.found);
	ck_assert_uint_eq(pick.conn.client.port, c->drawn);
	ck_assert_str_eq(pick.sentence, c->conns[c->drawn]);
}
END_TEST

/* Pick the one connection of a golden capture, and draw it from @again. */
static int draw(const char *name, const char *again, struct strbuf *buf,
		struct err *err)
{
	CLEANUP_FREE char *relative =
		xasprintf(CAPTURES "/%s/capture.pcap", name);
	CLEANUP_FREE char *path = source_path(relative);
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	CLEANUP(analysis_pick_release) struct analysis_pick pick = { 0 };
	const char *const captures[] = { again ? again : path };
	const struct analysis_source source = {
		.captures = captures,
		.n_captures = 1,
		.service = "10.77.0.100",
		.port = 7000,
	};

	ck_assert_ok(wire_read(path, source.service, source.port, 0, &report,
			       NULL, err),
		     err);
	analysis_pick_see(&pick, &report.conns[0], false, name);
	return analysis_draw(&pick, &source, &report, buf->f, err);
}

static const char *const drawn[] = { "real-kept", "real-queues",
				     "real-rst-target", "real-restarted" };

START_TEST(a_capture_is_read_again_and_drawn)
{
	CLEANUP_FREE char *golden =
		xasprintf("tests/golden/svg/%s.svg", drawn[_i]);
	CLEANUP_FREE char *got = NULL;
	struct err err = ERR_INIT;
	struct strbuf buf;

	strbuf_open(&buf);
	ck_assert_ok(draw(drawn[_i], NULL, &buf, &err), &err);
	got = strbuf_take(&buf);
	golden_check(golden, got);
}
END_TEST

START_TEST(a_capture_that_has_less_the_second_time_is_an_error)
{
	/* A pcap file's header alone. */
	static const char header[] =
		"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0";
	CLEANUP_FREE char *path = tmpdir_join("pipe");
	CLEANUP(strbuf_release) struct strbuf buf;
	struct err err = ERR_INIT;
	FILE *f = fopen(path, "we");

	strbuf_open(&buf);
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(header, 1, sizeof(header), f), 24);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_err(draw("real-kept", path, &buf, &err), &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "shorter");
}
END_TEST

START_TEST(standard_input_cannot_be_read_twice)
{
	static const char *const paths[] = { "/dev/null", "-" };
	struct err err = ERR_INIT;

	ck_assert_err(analysis_source_twice(
			      &(struct analysis_source){ .captures = &paths[_i],
							 .n_captures = 1 },
			      &err),
		      &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "twice");
}
END_TEST

START_TEST(a_capture_that_is_gone_is_an_error)
{
	CLEANUP_FREE char *path = tmpdir_join("none");
	CLEANUP(strbuf_release) struct strbuf buf;
	struct err err = ERR_INIT;

	strbuf_open(&buf);
	ck_assert_err(draw("real-kept", path, &buf, &err), &err, ERR_INPUT, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/analysis_draw");
	TCase *tcase = tcase_create("drawing");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tcase, the_one_that_is_worth_it_is_picked, 0,
			    ARRAY_SIZE(pick_cases));
	tcase_add_loop_test(tcase, a_capture_is_read_again_and_drawn, 0,
			    ARRAY_SIZE(drawn));
	tcase_add_test(tcase,
		       a_capture_that_has_less_the_second_time_is_an_error);
	tcase_add_loop_test(tcase, standard_input_cannot_be_read_twice, 0, 2);
	tcase_add_test(tcase, a_capture_that_is_gone_is_an_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
