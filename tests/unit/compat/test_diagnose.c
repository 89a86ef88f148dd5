// SPDX-License-Identifier: Apache-2.0
/* test_diagnose.c - which of several clues names the cause */
#include <string.h>

#include "base/mem.h"
#include "compat/diagnosis.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"

#define E(text) "(00.1) Error (criu/x.c:1): " text "\n"

/**
 * struct clue_case - What was left behind, and the mode it means
 * @symptoms:	Joined by '|', or NULL
 * @mode:	"" when there is nothing to go by
 */
struct clue_case {
	const char *name;
	enum phase phase;
	struct criu_logs logs;
	const char *symptoms;
	const char *output;
	const char *mode;
	const char *title;
	const char *file;
};

static const struct clue_case cases[] = {
	{ "nothing at all", PHASE_DUMP, { 0 }, NULL, NULL, "", NULL, NULL },
	{ "an error that no rule knows",
	  PHASE_DUMP,
	  { .dump = E("exited, status=1") E("odd") E("odder") },
	  NULL,
	  NULL,
	  "unknown",
	  "criu's first error: odd",
	  "dump.log:2" },
	{ "a known error after one that no rule knows",
	  PHASE_RESTORE,
	  { .restore = E("odd") E("Can't fork for 7: File exists") },
	  NULL,
	  NULL,
	  "pid-taken",
	  "pid 7",
	  "restore.log:2" },
	{ "of two known errors the first",
	  PHASE_RESTORE,
	  { .restore = E("File a has bad size 1 (expect 2)")
		    E("Can't fork for 7: File exists") },
	  NULL,
	  NULL,
	  "file-differs",
	  "a has 1 bytes",
	  "restore.log:1" },
	{ "what the page server knows and the dump does not",
	  PHASE_DUMP,
	  { .dump = E("page-xfer: The page server doesn't answer: No such file "
		      "or directory"),
	    .page_server = E("tls: TLS handshake failed: x") },
	  NULL,
	  NULL,
	  "tls-refused",
	  "did not come together by TLS",
	  "page-server.log:1" },
	{ "a module of the kernel that is not there, and an error of its own",
	  PHASE_DUMP,
	  { .dump = "(00.1) sockets: Sockects collect procedure family AF_INET "
		    "proto IPPROTO_UDPLITE: -2\n" E("odd") },
	  NULL,
	  NULL,
	  "unknown",
	  "odd",
	  "dump.log:2" },
	{ "a module of the kernel that is not there, and nothing else",
	  PHASE_DUMP,
	  { .dump = "(00.1) sockets: Sockects collect procedure family AF_INET "
		    "proto IPPROTO_UDPLITE: -2\n" E("Dumping FAILED.") },
	  NULL,
	  NULL,
	  "udplite-missing",
	  "UDP-Lite",
	  "dump.log:1" },
	{ "a hint before an error",
	  PHASE_DUMP,
	  { .dump = "(00.1) Warn  (criu/x.c:1): Unable to interrupt task: 7 "
		    "(Operation not permitted)\n" E(
			    "Zombies with threads are not supported") },
	  NULL,
	  NULL,
	  "leaderless-threads",
	  "first thread",
	  "dump.log:2" },
	{ "a hint and nothing but consequences",
	  PHASE_DUMP,
	  { .dump = "(00.1) Warn  (criu/x.c:1): Unable to interrupt task: 7 "
		    "(Operation not permitted)\n" E(
			    "Unable to detach from 7: No such process") },
	  NULL,
	  NULL,
	  "traced",
	  "process 7",
	  "dump.log:1" },
	{ "an image that is not there, after a restore that went well",
	  PHASE_VERIFY,
	  { .restore = "(00.1)  7: No fdinfo-2.img image\n" },
	  "still n at 4",
	  NULL,
	  "image-missing",
	  "fdinfo-2.img",
	  "restore.log:1" },
	{ "images that may be absent",
	  PHASE_VERIFY,
	  { .restore = "(00.1)  7: No tty-info.img image\n" },
	  "still n at 4",
	  NULL,
	  "stands-still",
	  "stays at 4",
	  NULL },
	{ "a kill after another error is no cause",
	  PHASE_RESTORE,
	  { .restore = E("odd") E("7 killed by signal 11: Segv") },
	  NULL,
	  NULL,
	  "unknown",
	  "odd",
	  "restore.log:1" },
	{ "only a generic error",
	  PHASE_RESTORE,
	  { .restore = E("Restoring FAILED.") },
	  NULL,
	  NULL,
	  "unknown",
	  "Restoring FAILED.",
	  "restore.log:1" },
	{ "the dump's log in a restore",
	  PHASE_RESTORE,
	  { .dump = E("odd") },
	  NULL,
	  NULL,
	  "",
	  NULL,
	  NULL },
	{ "the restore's log after the restore",
	  PHASE_RESUME,
	  { .restore = E("odd") },
	  "silent peer",
	  NULL,
	  "target-silent",
	  "not heard",
	  NULL },
	{ "the console comes before symptoms",
	  PHASE_RESUME,
	  { .target_kernel = "boot\ntraps: app[7] trap invalid opcode ip:0\n" },
	  "silent peer",
	  NULL,
	  "crash-after-restore",
	  "a program crashed",
	  "console-target.log:2" },
	{ "the source's console in a restore",
	  PHASE_RESTORE,
	  { .source_kernel = "Out of memory: Killed process 7 (app) x\n" },
	  NULL,
	  NULL,
	  "",
	  NULL,
	  NULL },
	{ "a killer explains a kill",
	  PHASE_RESTORE,
	  { .restore = E("7 killed by signal 9: Killed"),
	    .target_kernel = "Out of memory: Killed process 7 (app) x\n" },
	  NULL,
	  NULL,
	  "memory-full",
	  "killed app",
	  "console-target.log:1" },
	{ "symptoms count in the catalogue's order",
	  PHASE_RESUME,
	  { 0 },
	  "silent peer|wrong x|rst target 12",
	  NULL,
	  "rst-unlocked",
	  "frame 12",
	  NULL },
	{ "what the failed step printed before symptoms",
	  PHASE_RESUME,
	  { 0 },
	  "silent peer|abort client 12",
	  "x\ntcp timestamps count microseconds\n",
	  "timestamp-unit",
	  "in microseconds",
	  "dump:2" },
	{ "a restart comes before its RST",
	  PHASE_RESUME,
	  { 0 },
	  "rst target 12|changed nonce from a to b",
	  NULL,
	  "restarted-not-restored",
	  "was a and is b",
	  NULL },
	{ "the last line that was printed",
	  PHASE_START,
	  { 0 },
	  NULL,
	  "one\n\ntwo\n",
	  "unknown",
	  "two",
	  "dump:3" },
	{ "the line of a failed check",
	  PHASE_START,
	  { 0 },
	  NULL,
	  "ok: a\nwrong: b\nok: c\n",
	  "unknown",
	  "wrong: b",
	  "dump:2" },
	{ "CRIU's own words before what was printed",
	  PHASE_DUMP,
	  { .dump = E("odd") },
	  NULL,
	  "printed",
	  "unknown",
	  "odd",
	  "dump.log:1" },
};

START_TEST(the_clue_that_says_most_names_the_cause)
{
	const struct clue_case *c = &cases[_i];
	CLEANUP(str_list_release) struct str_list symptoms = { 0 };
	struct cause cause = { 0 };
	struct judged j;
	bool found;

	judged_init(&j);
	str_list_split(&symptoms, c->symptoms ? c->symptoms : "", "|");
	if (c->output) {
		judged_fail(&j, "dump", 1);
		judged_text(&j.obs.steps[j.obs.n_steps - 1].output, c->output);
	}
	found = diagnose_symptoms(&j.plan.cells[0], &j.obs, c->phase, &c->logs,
				  &symptoms, &cause);
	ck_assert_msg(found == (*c->mode != '\0'), "%s: %s", c->name,
		      found ? cause.title : "nothing");
	if (found) {
		ck_assert_msg(strcmp(cause.mode, c->mode) == 0,
			      "%s: got %s, wanted %s", c->name, cause.mode,
			      c->mode);
		ck_assert_has(cause.title, c->title);
		ck_assert_pstr_eq(cause.file, c->file);
	}
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

START_TEST(a_log_is_cited_by_the_name_of_its_file)
{
	struct criu_logs logs = { .dump = E("odd") };
	struct cause cause;
	struct judged j;

	judged_init(&j);
	judged_text(&j.obs.dump_log, "dump-2.log");
	ck_assert(
		diagnose(&j.plan.cells[0], &j.obs, PHASE_DUMP, &logs, &cause));
	ck_assert_str_eq(cause.file, "dump-2.log:1");
	ck_assert_str_eq(cause.line, "(00.1) Error (criu/x.c:1): odd");
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

START_TEST(a_step_that_did_not_end_tells_why)
{
	struct cause cause;
	struct judged j;

	judged_init(&j);
	judged_fail(&j, "restore", -1);
	judged_text(&j.obs.steps[j.obs.n_steps - 1].trouble, "timeout");
	ck_assert(diagnose(&j.plan.cells[0], &j.obs, PHASE_RESTORE, NULL,
			   &cause));
	ck_assert_str_eq(cause.mode, "unknown");
	ck_assert_str_eq(cause.title, "restore: timeout");
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

/** struct tell_case - A template and what becomes of it */
struct tell_case {
	const char *template;
	const char *told;
};

static const struct tell_case tell_cases[] = {
	{ "plain", "plain" },
	{ "", "" },
	{ "{source.machine} to {target.machine}", "old to new" },
	{ "{source.criu}, {target.criu}", "3.17.1, 4.1.1" },
	{ "{side.machine}", "new" },
	{ "{source.nothing}", "unknown" },
	{ "{moon}", "unknown" },
	{ "{1} and {2}", "77 and " },
	{ "open {source.criu", "open {source.criu" },
};

START_TEST(a_template_is_filled_with_facts_and_parts)
{
	const struct tell_case *c = &tell_cases[_i];
	struct pattern_match match;
	struct judged j;
	struct scene scene = { .obs = &j.obs, .phase = PHASE_RESTORE };
	char *told;

	judged_init(&j);
	scene.cell = &j.plan.cells[0];
	ck_assert(pattern_match("#", "pid 77", &match));
	told = scene_tell(&scene, c->template, &match);
	ck_assert_str_eq(told, c->told);
	free(told);
	judged_release(&j);
}
END_TEST

START_TEST(a_line_of_a_serial_console_ends_without_its_return)
{
	struct criu_logs logs = { .target_kernel =
					  "app[7]: segfault at 0 ip\r\n" };
	struct cause cause = { 0 };
	struct judged j;

	judged_init(&j);
	ck_assert(diagnose(&j.plan.cells[0], &j.obs, PHASE_RESUME, &logs,
			   &cause));
	ck_assert_str_eq(cause.line, "app[7]: segfault at 0 ip");
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/diagnose");
	TCase *tcase = tcase_create("causes");

	tcase_add_loop_test(tcase, the_clue_that_says_most_names_the_cause, 0,
			    ARRAY_SIZE(cases));
	tcase_add_test(tcase, a_log_is_cited_by_the_name_of_its_file);
	tcase_add_test(tcase, a_step_that_did_not_end_tells_why);
	tcase_add_loop_test(tcase, a_template_is_filled_with_facts_and_parts, 0,
			    ARRAY_SIZE(tell_cases));
	tcase_add_test(tcase,
		       a_line_of_a_serial_console_ends_without_its_return);
	suite_add_tcase(suite, tcase);
	return suite;
}
