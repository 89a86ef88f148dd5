// SPDX-License-Identifier: Apache-2.0
/* test_options.c - command lines by tables */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/log.h"
#include "runner/options.h"
#include "tests/lib/testing.h"

struct args {
	const char *out;
	bool json;
	uint64_t jobs;
	struct str_list machines;
	int accel;
};

static const char *const accels[] = { "auto", "kvm", "tcg", NULL };

static const struct option_def defs[] = {
	{ "out", 'o', OPTION_STR, offsetof(struct args, out), .arg = "DIR",
	  .help = "folder of the run" },
	{ "json", 0, OPTION_FLAG, offsetof(struct args, json),
	  .help = "print JSON" },
	{ "jobs", 'j', OPTION_UINT, offsetof(struct args, jobs), .arg = "N",
	  .help = "labs at a time", .min = 1, .max = 64 },
	{ "machine", 'm', OPTION_LIST, offsetof(struct args, machines),
	  .arg = "A,B",
	  .help = "machines to take; a long text that says much more than fits "
		  "on one line of a terminal, so that it is broken" },
	{ "accel", 0, OPTION_ENUM, offsetof(struct args, accel),
	  .help = "how to run guests", .names = accels },
};

static const struct options options = {
	.command = "run",
	.summary = "Run cells.",
	.operands = "RUN [CELL]",
	.min_operands = 1,
	.max_operands = 2,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "One example.",
};

/* The words of the last line read: what a test got from them is borrowed. */
static struct str_list words;

static void forget_words(void)
{
	str_list_release(&words);
}

/* options_read() on a line of words between blanks. */
static int read_line(const char *line, struct args *args,
		     struct operands *ret_operands, bool *ret_help,
		     struct err *err)
{
	size_t argc;

	forget_words();
	str_list_split(&words, line, " ");
	argc = words.n;
	*VEC_PUSH(words.v, words.n) = NULL;
	return options_read(&options, (int)argc, words.v, args, ret_operands,
			    ret_help, err);
}

START_TEST(every_type_is_taken)
{
	struct args args = { .jobs = 2 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	bool help = true;

	ck_assert_ok(read_line("run -o dir --json --jobs=7 first "
			       "--machine a,b -m c --accel tcg",
			       &args, &operands, &help, &err),
		     &err);
	ck_assert_str_eq(args.out, "dir");
	ck_assert(args.json);
	ck_assert_uint_eq(args.jobs, 7);
	ck_assert_uint_eq(args.machines.n, 3);
	ck_assert_str_eq(args.machines.v[2], "c");
	ck_assert_int_eq(args.accel, 2);
	ck_assert_uint_eq(operands.n, 1);
	ck_assert_str_eq(operands.v[0], "first");
	ck_assert(!help);
	options_release(&options, &args);
}
END_TEST

START_TEST(what_is_not_given_keeps_its_default)
{
	struct args args = { .out = "default", .jobs = 2 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	bool help;

	ck_assert_ok(read_line("run x", &args, &operands, &help, &err), &err);
	ck_assert_str_eq(args.out, "default");
	ck_assert_uint_eq(args.jobs, 2);
	ck_assert(!args.json);
}
END_TEST

START_TEST(after_two_dashes_all_are_operands)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	bool help;

	ck_assert_ok(read_line("run -- --json", &args, &operands, &help, &err),
		     &err);
	ck_assert(!args.json);
	ck_assert_str_eq(operands.v[0], "--json");
}
END_TEST

static const struct {
	const char *line;
	const char *msg;
} wrong[] = {
	{ "run --jsno x", "unknown option '--jsno' (did you mean '--json'?)" },
	{ "run --macine=a x",
	  "unknown option '--macine' (did you mean '--machine'?)" },
	{ "run --qqqqqqq x", "unknown option '--qqqqqqq'" },
	{ "run -x", "unknown option '-x'" },
	{ "run x --out", "'--out' wants a value" },
	{ "run x -o", "'-o' wants a value" },
	{ "run --json=yes x", "'--json=yes' takes no value" },
	{ "run --jobs 0 x", "--jobs: 0 is not within 1 and 64" },
	{ "run --jobs 65 x", "--jobs: 65 is not within 1 and 64" },
	{ "run --jobs -1 x", "--jobs: '-1' is not a number" },
	{ "run --jobs 2x x", "--jobs: '2x' is not a number" },
	{ "run --jobs 99999999999999999999 x", "is not within 1 and 64" },
	{ "run --accel hvf x", "--accel: 'hvf' is none of: auto, kvm, tcg" },
	{ "run", "expected RUN [CELL]" },
	{ "run a b c", "'c' is one too many" },
};

START_TEST(wrong_lines_are_refused_with_the_reason)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	bool help;

	ck_assert_err(read_line(wrong[_i].line, &args, &operands, &help, &err),
		      &err, ERR_INPUT, 0);
	ck_assert_msg(testing_contains(err.msg, wrong[_i].msg),
		      "'%s': got '%s', wanted '%s'", wrong[_i].line, err.msg,
		      wrong[_i].msg);
}
END_TEST

START_TEST(help_needs_no_operands)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	bool help = false;

	ck_assert_ok(read_line("run -h", &args, &operands, &help, &err), &err);
	ck_assert(help);
}
END_TEST

START_TEST(verbose_and_quiet_set_the_log_level)
{
	struct args args = { 0 };
	struct operands operands = { 0 };
	struct err err = ERR_INIT;
	bool help;

	ck_assert_ok(read_line("run -v x", &args, &operands, &help, &err),
		     &err);
	ck_assert_int_eq(log_get_level(), LOG_LEVEL_DEBUG);
	ck_assert_ok(read_line("run --quiet x", &args, &operands, &help, &err),
		     &err);
	ck_assert_int_eq(log_get_level(), LOG_LEVEL_WARN);
}
END_TEST

START_TEST(help_is_made_from_the_table)
{
	struct strbuf buf;
	CLEANUP_FREE char *text = NULL;

	strbuf_open(&buf);
	options_help(&options, buf.f);
	text = strbuf_take(&buf);
	ck_assert_str_eq(
		text,
		"Usage: crmatrix run [OPTION]... RUN [CELL]\n"
		"\n"
		"Run cells.\n"
		"\n"
		"Options:\n"
		"  -o, --out DIR             folder of the run\n"
		"      --json                print JSON\n"
		"  -j, --jobs N              labs at a time\n"
		"  -m, --machine A,B         machines to take; a long text that "
		"says much more\n"
		"                            than fits on one line of a terminal, "
		"so that it is\n"
		"                            broken\n"
		"      --accel auto|kvm|tcg  how to run guests\n"
		"  -v, --verbose             say every step\n"
		"  -q, --quiet               say warnings and errors only\n"
		"  -h, --help                show this and end\n"
		"\n"
		"One example.\n");
}
END_TEST

START_TEST(options_parse_ends_a_command_that_was_asked_for_help)
{
	char *argv[] = { xstrdup("run"), xstrdup("--help"), NULL };
	struct args args = { 0 };
	struct operands operands = { 0 };
	int status = -1;

	ck_assert(!options_parse(&options, 2, argv, &args, &operands, &status));
	ck_assert_int_eq(status, 0);
	free(argv[0]);
	free(argv[1]);
}
END_TEST

START_TEST(options_parse_ends_a_command_on_a_usage_error)
{
	char *argv[] = { xstrdup("run"), NULL };
	struct args args = { 0 };
	struct operands operands = { 0 };
	int status = -1;

	ck_assert(!options_parse(&options, 1, argv, &args, &operands, &status));
	ck_assert_int_eq(status, 2);
	free(argv[0]);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("options");

	tcase_add_checked_fixture(tcase, NULL, forget_words);
	tcase_add_test(tcase, every_type_is_taken);
	tcase_add_test(tcase, what_is_not_given_keeps_its_default);
	tcase_add_test(tcase, after_two_dashes_all_are_operands);
	tcase_add_loop_test(tcase, wrong_lines_are_refused_with_the_reason, 0,
			    ARRAY_SIZE(wrong));
	tcase_add_test(tcase, help_needs_no_operands);
	tcase_add_test(tcase, verbose_and_quiet_set_the_log_level);
	tcase_add_test(tcase, help_is_made_from_the_table);
	tcase_add_test(tcase,
		       options_parse_ends_a_command_that_was_asked_for_help);
	tcase_add_test(tcase, options_parse_ends_a_command_on_a_usage_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
