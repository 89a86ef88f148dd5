// SPDX-License-Identifier: Apache-2.0
/* test_guest.c - scripts run inside a guest, through its agent */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/guest.h"
#include "tests/lib/fake_agent.h"
#include "tests/lib/testing.h"

#define PATIENCE_NS (20 * NS_PER_S)
#define EXITED(code) ((code) << 8)

static char payload[AGENT_PAYLOAD_MAX + 1];

static struct guest_script script_of(const char *text)
{
	return (struct guest_script){
		.name = "probe",
		.text = text,
		.deadline_ns = clock_now_ns() + PATIENCE_NS,
	};
}

/* Start a script; what the agent hears of it is in @payload. */
static uint16_t start(struct guest *guest, const struct fake_agent *agent,
		      const struct guest_script *script, unsigned *ret_job)
{
	struct err err = ERR_INIT;
	struct agent_frame head;

	ck_assert_ok(guest_start(guest, script, ret_job, &err), &err);
	head = fake_agent_hear(agent, payload);
	ck_assert_uint_eq(head.type, AGENT_RUN);
	return head.job;
}

static uint16_t start_plain(struct guest *guest, const struct fake_agent *agent,
			    unsigned *ret_job)
{
	struct guest_script script = script_of("true");

	return start(guest, agent, &script, ret_job);
}

static void await(struct guest *guest, unsigned job, struct guest_run *ret_run)
{
	struct err err = ERR_INIT;

	ck_assert_ok(guest_wait(guest, job, ret_run, &err), &err);
}

static void end(struct guest *guest, struct fake_agent *agent)
{
	guest_free(guest);
	fake_agent_stop(agent);
}

/* --- Greeting --------------------------------------------------------------- */

START_TEST(hello_brings_time_and_randomness)
{
	struct fake_agent first, second;
	uint64_t now_ns = clock_real_ns();
	struct guest *a = fake_agent_connect(&first, "a");
	struct guest *b = fake_agent_connect(&second, "b");

	ck_assert_uint_ge(first.hello.real_ns, now_ns);
	ck_assert_uint_le(first.hello.real_ns, clock_real_ns());
	ck_assert_int_ne(memcmp(first.hello.seed, second.hello.seed,
				sizeof(first.hello.seed)),
			 0);
	ck_assert_uint_ne(first.hello.cookie, second.hello.cookie);
	end(a, &first);
	end(b, &second);
}
END_TEST

START_TEST(a_welcome_meant_for_another_is_not_believed)
{
	struct fake_agent agent;
	struct guest *guest = NULL;
	struct err err = ERR_INIT;

	fake_agent_start(&agent, "a", GREET_WRONG);
	ck_assert_ok(guest_connect("a", agent.path, agent.console,
				   clock_now_ns() + PATIENCE_NS, &guest, &err),
		     &err);
	fake_agent_greeted(&agent);
	ck_assert_uint_eq(agent.hellos, 2);
	end(guest, &agent);
}
END_TEST

START_TEST(an_agent_that_does_not_answer_is_a_timeout)
{
	struct fake_agent agent;
	struct guest *guest = NULL;
	struct err err = ERR_INIT;

	fake_agent_start(&agent, "a", GREET_NOT);
	ck_assert_int_eq(guest_connect("source", agent.path, agent.console,
				       clock_now_ns(), &guest, &err),
			 -1);
	ck_assert_int_eq(err.domain, ERR_TIMEOUT);
	ck_assert_has(err.msg, "guest source: its agent did not answer");
	ck_assert_ptr_null(guest);
	fake_agent_greeted(&agent);
	fake_agent_stop(&agent);
}
END_TEST

START_TEST(a_guest_that_died_is_told_from_its_console)
{
	CLEANUP_FREE char *console = tmpdir_write(
		"a.console", "[ 1.0] Kernel panic - not syncing: no init\r\n");
	struct fake_agent agent;
	struct guest *guest = NULL;
	struct err err = ERR_INIT;

	fake_agent_start(&agent, "a", GREET_HANG_UP);
	ck_assert_err(guest_connect("target", agent.path, console,
				    clock_now_ns() + PATIENCE_NS, &guest, &err),
		      &err, ERR_GUEST, 0);
	ck_assert_str_eq(err.msg, "guest target: Kernel panic - not syncing: "
				  "no init");
	fake_agent_greeted(&agent);
	fake_agent_stop(&agent);
}
END_TEST

START_TEST(a_port_that_is_not_there_is_named)
{
	CLEANUP_FREE char *path = tmpdir_join("nothing");
	struct guest *guest = NULL;
	struct err err = ERR_INIT;

	ck_assert_err(guest_connect("source", path, path, clock_now_ns(),
				    &guest, &err),
		      &err, ERR_SYS, ENOENT);
	ck_assert_has(err.msg, path);
}
END_TEST

/* --- One script ------------------------------------------------------------- */

START_TEST(a_script_gives_its_output_its_log_and_its_status)
{
	struct guest_run run = { 0 };
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	struct guest_script script = script_of("echo out; echo log >&2");
	unsigned job = 0;
	uint16_t id = start(guest, &agent, &script, &job);

	ck_assert_str_eq(payload, script.text);
	fake_agent_output(&agent, 1, id, "ou");
	fake_agent_output(&agent, 2, id, "log\n");
	fake_agent_output(&agent, 1, id, "t\n");
	fake_agent_exit(&agent, id, EXITED(3));
	await(guest, job, &run);
	ck_assert_str_eq(run.out, "out\n");
	ck_assert_uint_eq(run.out_len, 4);
	ck_assert_str_eq(run.log, "log\n");
	ck_assert_int_eq(run.exit, 3);
	ck_assert_uint_le(run.began_ns, run.ended_ns);
	ck_assert_uint_eq(run.evidence_bytes, 0);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

START_TEST(a_tool_is_called_of_the_agent_itself)
{
	struct guest_run run = { 0 };
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	struct guest_script script = script_of("--profile\n12");
	struct agent_frame head;
	struct err err = ERR_INIT;
	unsigned job = 0;

	script.tool = true;
	ck_assert_ok(guest_start(guest, &script, &job, &err), &err);
	head = fake_agent_hear(&agent, payload);
	ck_assert_uint_eq(head.type, AGENT_CALL);
	ck_assert_str_eq(payload, script.text);
	fake_agent_output(&agent, 1, head.job, "exe=/x\n");
	fake_agent_exit(&agent, head.job, EXITED(0));
	await(guest, job, &run);
	ck_assert_str_eq(run.out, "exe=/x\n");
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

START_TEST(a_script_that_says_nothing_gives_empty_texts)
{
	struct guest_run run = { 0 };
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	unsigned job = 0;
	uint16_t id = start_plain(guest, &agent, &job);

	fake_agent_exit(&agent, id, SIGKILL);
	await(guest, job, &run);
	ck_assert_str_eq(run.out, "");
	ck_assert_str_eq(run.log, "");
	ck_assert_int_eq(run.exit, -SIGKILL - 1);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

static void *say_much(void *arg)
{
	const struct fake_agent *agent = arg;
	static char much[AGENT_PAYLOAD_MAX];

	memset(much, 'x', sizeof(much));
	for (int i = 0; i < 20; i++)
		fake_agent_say(agent, AGENT_OUTPUT, 1, 1, much, sizeof(much));
	fake_agent_exit(agent, 1, 0);
	return NULL;
}

START_TEST(of_much_output_the_first_mebibyte_is_kept)
{
	struct guest_run run = { 0 };
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	pthread_t thread;
	unsigned job = 0;

	ck_assert_uint_eq(start_plain(guest, &agent, &job), 1);
	ck_assert_int_eq(pthread_create(&thread, NULL, say_much, &agent), 0);
	await(guest, job, &run);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(run.out_len, 1U << 20);
	ck_assert_uint_eq(strlen(run.out), run.out_len);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

START_TEST(input_comes_in_pieces_and_has_an_end)
{
	static char input[70000];
	struct guest_run run = { 0 };
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	struct guest_script script = script_of("cat");
	struct agent_frame head;
	size_t heard = 0;
	unsigned job = 0;
	uint16_t id;

	memset(input, 'i', sizeof(input));
	script.input = input;
	script.input_len = sizeof(input);
	id = start(guest, &agent, &script, &job);
	while ((head = fake_agent_hear(&agent, payload)).len > 0) {
		ck_assert_uint_eq(head.type, AGENT_STDIN);
		ck_assert_uint_eq(head.job, id);
		ck_assert_int_eq(memcmp(payload, input, head.len), 0);
		heard += head.len;
	}
	ck_assert_uint_eq(head.type, AGENT_STDIN);
	ck_assert_uint_eq(heard, sizeof(input));
	fake_agent_exit(&agent, id, 0);
	await(guest, job, &run);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

/* --- Evidence and marks ------------------------------------------------------ */

START_TEST(evidence_goes_to_its_file)
{
	static const char bytes[] = "tar\0tar";
	CLEANUP_FREE char *path = tmpdir_join("evidence.tar");
	CLEANUP_FREE char *got = NULL;
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	struct guest_script script = script_of("tar >&4");
	size_t len = 0;
	unsigned job = 0;
	uint16_t id;

	script.evidence = path;
	id = start(guest, &agent, &script, &job);
	ck_assert(!file_exists(path));
	fake_agent_say(&agent, AGENT_OUTPUT, AGENT_FD_EVIDENCE, id, bytes, 5);
	fake_agent_say(&agent, AGENT_OUTPUT, AGENT_FD_EVIDENCE, id, bytes + 5,
		       2);
	fake_agent_exit(&agent, id, 0);
	await(guest, job, &run);
	ck_assert_uint_eq(run.evidence_bytes, 7);
	ck_assert_str_eq(run.out, "");
	ck_assert_ok(file_read(path, 100, &got, &len, &err), &err);
	ck_assert_uint_eq(len, 7);
	ck_assert_int_eq(memcmp(got, bytes, 7), 0);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

START_TEST(evidence_that_cannot_be_written_is_an_error_of_ours)
{
	CLEANUP_FREE char *path = tmpdir_join("no/such/folder");
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	struct guest_script script = script_of("tar >&4");
	unsigned job = 0;
	uint16_t id;

	script.evidence = path;
	id = start(guest, &agent, &script, &job);
	fake_agent_output(&agent, AGENT_FD_EVIDENCE, id, "bytes");
	fake_agent_exit(&agent, id, 0);
	ck_assert_err(guest_wait(guest, job, &run, &err), &err, ERR_SYS,
		      ENOENT);
	ck_assert_has(err.msg, path);
	end(guest, &agent);
}
END_TEST

struct marks {
	char text[200];
	uint64_t at_ns;
};

static void take_mark(void *arg, const char *name, uint64_t at_ns)
{
	struct marks *marks = arg;
	size_t len = strlen(marks->text);

	(void)snprintf(marks->text + len, sizeof(marks->text) - len, "[%s]",
		       name);
	marks->at_ns = at_ns;
}

START_TEST(marks_are_told_in_order_cleaned_and_stamped_here)
{
	struct marks marks = { "", 0 };
	struct guest_run run = { 0 };
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	unsigned job = 0;
	uint16_t id = start_plain(guest, &agent, &job);

	guest_on_mark(guest, take_mark, &marks);
	fake_agent_say(&agent, AGENT_MARK, 0, id, "dump-begin", 10);
	fake_agent_say(&agent, AGENT_MARK, 0, id, "\033[2J", 4);
	fake_agent_exit(&agent, id, 0);
	await(guest, job, &run);
	ck_assert_str_eq(marks.text, "[dump-begin][\xef\xbf\xbd[2J]");
	ck_assert_uint_ge(marks.at_ns, run.began_ns);
	ck_assert_uint_le(marks.at_ns, run.ended_ns);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/guest");
	TCase *tcase = tcase_create("agent");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, hello_brings_time_and_randomness);
	tcase_add_test(tcase, a_welcome_meant_for_another_is_not_believed);
	tcase_add_test(tcase, an_agent_that_does_not_answer_is_a_timeout);
	tcase_add_test(tcase, a_guest_that_died_is_told_from_its_console);
	tcase_add_test(tcase, a_port_that_is_not_there_is_named);
	tcase_add_test(tcase, a_script_gives_its_output_its_log_and_its_status);
	tcase_add_test(tcase, a_tool_is_called_of_the_agent_itself);
	tcase_add_test(tcase, a_script_that_says_nothing_gives_empty_texts);
	tcase_add_test(tcase, of_much_output_the_first_mebibyte_is_kept);
	tcase_add_test(tcase, input_comes_in_pieces_and_has_an_end);
	tcase_add_test(tcase, evidence_goes_to_its_file);
	tcase_add_test(tcase,
		       evidence_that_cannot_be_written_is_an_error_of_ours);
	tcase_add_test(tcase, marks_are_told_in_order_cleaned_and_stamped_here);
	suite_add_tcase(suite, tcase);
	return suite;
}
