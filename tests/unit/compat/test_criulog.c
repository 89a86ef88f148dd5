// SPDX-License-Identifier: Apache-2.0
/* test_criulog.c - complaints in CRIU's logs, and which of them came first */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/criulog.h"
#include "tests/lib/testing.h"

/** struct line_case - One line; @text NULL: it is no complaint */
struct line_case {
	const char *line;
	const char *text;
	enum criu_level level;
	enum criu_weight weight;
};

static const struct line_case lines[] = {
	{ "(00.015620) Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area "
	  "bounds",
	  "vdso: Unexpected rt vDSO area bounds", CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.007011)     17: Error (criu/files-reg.c:2175): File x has bad "
	  "size 11 (expect 6)",
	  "File x has bad size 11 (expect 6)", CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.093395) pie: 601: Error (criu/pie/util-vdso.c:117): vdso: ELF "
	  "header magic mismatch",
	  "vdso: ELF header magic mismatch", CRIU_ERROR, CRIU_CAUSAL },
	{ "(101.01562) Error (criu/x.c:1): late", "late", CRIU_ERROR,
	  CRIU_CAUSAL },
	{ "Error (criu/cr-dump.c:2111): Dumping FAILED.", "Dumping FAILED.",
	  CRIU_ERROR, CRIU_GENERIC },
	{ "(00.1) Warn  (compel/arch/x86/src/lib/infect.c:418): Will restore "
	  "17 with interrupted system call",
	  "Will restore 17 with interrupted system call", CRIU_WARN,
	  CRIU_CAUSAL },
	{ "(00.1) Error (soccr/soccr.c:499): Can't bind inet socket back: x",
	  "Can't bind inet socket back: x", CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.002438) Error (criu/util.c:642): exited, status=1",
	  "exited, status=1", CRIU_ERROR, CRIU_BENIGN },
	{ "(00.002438) Error (criu/cr-restore.c:1258): 601 exited, status=1",
	  "601 exited, status=1", CRIU_ERROR, CRIU_GENERIC },
	{ "(00.1) Error (criu/netfilter.c:105): Iptables configuration failed",
	  "Iptables configuration failed", CRIU_ERROR, CRIU_BENIGN },
	{ "(00.1) Error (criu/tun.c:85): tun: Unable to create tun: No such "
	  "file or directory",
	  "tun: Unable to create tun: No such file or directory", CRIU_ERROR,
	  CRIU_BENIGN },
	{ "(00.1) Error (criu/tun.c:85): tun: Unable to create tun: Device or "
	  "resource busy",
	  "tun: Unable to create tun: Device or resource busy", CRIU_ERROR,
	  CRIU_CAUSAL },
	{ "(00.1) Error (criu/cr-restore.c:1269): 302 killed by signal 9: "
	  "Killed",
	  "302 killed by signal 9: Killed", CRIU_ERROR, CRIU_GENERIC },
	{ "(00.4) Error (criu/irmap.c:104): irmap: Can't stat "
	  "/no-such-path: No such file or directory",
	  "irmap: Can't stat /no-such-path: No such file or directory",
	  CRIU_ERROR, CRIU_BENIGN },
	{ "(00.2) Error (criu/proc_parse.c:114): handle_device_vma plugin "
	  "failed: No such file or directory",
	  "handle_device_vma plugin failed: No such file or directory",
	  CRIU_ERROR, CRIU_GENERIC },
	/* No errors to criu; of what may be absent it says the same. */
	{ "(00.137085)  20274: No mm-20274.img image", "No mm-20274.img image",
	  CRIU_ERROR, CRIU_TELLING },
	{ "(00.092148) No pstree.img image", "No pstree.img image", CRIU_ERROR,
	  CRIU_TELLING },
	{ "(00.3) Warn  (compel/src/lib/infect.c:127): Unable to interrupt "
	  "task: 7 (Operation not permitted)",
	  "Unable to interrupt task: 7 (Operation not permitted)", CRIU_ERROR,
	  CRIU_HINT },
	{ "(00.080000) No memfd.img image", NULL, CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.080000) No core-x.img image", NULL, CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.1) Version: 4.1.1 (gitid 0)", NULL, CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.1) tells of an Error (criu/x.c:1): x", NULL, CRIU_ERROR,
	  CRIU_CAUSAL },
	{ "Error: Could not process rule: No such file or directory", NULL,
	  CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.1) Error (criu/x.c:1)", NULL, CRIU_ERROR, CRIU_CAUSAL },
	{ "(00.1 Error (criu/x.c:1): x", NULL, CRIU_ERROR, CRIU_CAUSAL },
	{ "", NULL, CRIU_ERROR, CRIU_CAUSAL },
};

START_TEST(a_line_is_a_complaint_by_its_form)
{
	const struct line_case *c = &lines[_i];
	struct criu_log log;

	criu_log_parse(c->line, strlen(c->line), &log);
	ck_assert_msg(log.n == (c->text ? 1 : 0), "%s", c->line);
	if (c->text) {
		ck_assert_str_eq(log.v[0].text, c->text);
		ck_assert_str_eq(log.v[0].line, c->line);
		ck_assert_int_eq(log.v[0].level, c->level);
		ck_assert_int_eq(log.v[0].weight, c->weight);
		ck_assert_uint_eq(log.v[0].number, 1);
	}
	criu_log_release(&log);
}
END_TEST

/** struct log_case - The line that tells why; 0: none does */
struct log_case {
	const char *name;
	const char *text;
	size_t causal;
};

#define E(text) "(00.1) Error (criu/x.c:1): " text "\n"

static const struct log_case logs[] = {
	{ "an empty log", "", 0 },
	{ "only noise", "(00.1) all is well\n" E("exited, status=1"), 0 },
	{ "warnings are not errors", "(00.1) Warn  (criu/x.c:1): careful\n",
	  0 },
	{ "noise comes first",
	  E("exited, status=1") E("the cause") E("Dumping FAILED."), 2 },
	{ "the first of several", E("one") E("two"), 1 },
	{ "the generic one where nothing else is",
	  E("exited, status=1") E("Restoring FAILED."), 2 },
	{ "a cause after a generic one", E("7 exited, status=1") E("x"), 2 },
	{ "no newline at the end", "(00.1) x\nError (criu/x.c:1): y", 2 },
	{ "empty lines count", "\n\n" E("x"), 3 },
	{ "CR at the end of lines", "x\r\nError (criu/x.c:1): y\r\n", 2 },
};

START_TEST(the_causal_line_is_the_first_that_is_not_noise)
{
	const struct log_case *c = &logs[_i];
	const struct criu_line *line;
	struct criu_log log;

	criu_log_parse(c->text, strlen(c->text), &log);
	line = criu_log_causal(&log);
	ck_assert_msg((line ? line->number : 0) == c->causal,
		      "%s: got %zu, wanted %zu", c->name,
		      line ? line->number : 0, c->causal);
	criu_log_release(&log);
}
END_TEST

START_TEST(a_real_log_of_3_17_1_tells_of_the_vdso)
{
	char *path = source_path("tests/golden/judge/vdso-layout/dump.log");
	const struct criu_line *line;
	struct err err = ERR_INIT;
	struct criu_log log;
	size_t len;
	char *text;

	ck_assert_ok(file_read(path, 100000, &text, &len, &err), &err);
	criu_log_parse(text, len, &log);
	line = criu_log_causal(&log);
	ck_assert_str_eq(line->text, "vdso: Unexpected rt vDSO area bounds");
	criu_log_release(&log);
	free(text);
	free(path);
}
END_TEST

static void fill(struct strbuf *buf, size_t n, const char *level)
{
	for (size_t i = 0; i < n; i++)
		(void)fprintf(buf->f, "(00.1) %s(criu/x.c:1): line %zu\n",
			      level, i);
}

START_TEST(many_warnings_leave_room_for_the_error_after_them)
{
	struct strbuf buf;
	struct criu_log log;
	char *text;

	strbuf_open(&buf);
	fill(&buf, 1000, "Warn  ");
	fill(&buf, 1, "Error ");
	text = strbuf_take(&buf);
	criu_log_parse(text, strlen(text), &log);
	ck_assert_uint_eq(log.n, CRIU_WARNINGS_MAX + 1);
	ck_assert(log.cut);
	ck_assert_uint_eq(criu_log_causal(&log)->number, 1001);
	criu_log_release(&log);
	free(text);
}
END_TEST

START_TEST(of_many_errors_the_first_are_kept)
{
	struct strbuf buf;
	struct criu_log log;
	char *text;

	strbuf_open(&buf);
	fill(&buf, CRIU_ERRORS_MAX + 5, "Error ");
	text = strbuf_take(&buf);
	criu_log_parse(text, strlen(text), &log);
	ck_assert_uint_eq(log.n, CRIU_ERRORS_MAX);
	ck_assert_str_eq(log.v[0].text, "line 0");
	ck_assert(log.cut);
	criu_log_release(&log);
	free(text);
}
END_TEST

START_TEST(a_long_line_of_any_bytes_is_cut_and_cleaned)
{
	static const char head[] = "Error (criu/x.c:1): \033[31m\0";
	char bytes[5000];
	struct criu_log log;

	memset(bytes, 0xff, sizeof(bytes));
	memcpy(bytes, head, sizeof(head));
	criu_log_parse(bytes, sizeof(bytes), &log);
	ck_assert_uint_eq(log.n, 1);
	ck_assert(!strchr(log.v[0].line, '\033'));
	ck_assert_uint_le(strlen(log.v[0].line), (size_t)3 * CRIU_LINE_MAX);
	ck_assert(!log.cut);
	criu_log_release(&log);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/criulog");
	TCase *tcase = tcase_create("logs");

	tcase_add_loop_test(tcase, a_line_is_a_complaint_by_its_form, 0,
			    ARRAY_SIZE(lines));
	tcase_add_loop_test(tcase,
			    the_causal_line_is_the_first_that_is_not_noise, 0,
			    ARRAY_SIZE(logs));
	tcase_add_test(tcase, a_real_log_of_3_17_1_tells_of_the_vdso);
	tcase_add_test(tcase,
		       many_warnings_leave_room_for_the_error_after_them);
	tcase_add_test(tcase, of_many_errors_the_first_are_kept);
	tcase_add_test(tcase, a_long_line_of_any_bytes_is_cut_and_cleaned);
	suite_add_tcase(suite, tcase);
	return suite;
}
