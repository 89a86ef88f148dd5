// SPDX-License-Identifier: Apache-2.0
/* test_guest_trouble.c - agents that lie, hang or die, and several at a time */
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/guest.h"
#include "tests/lib/fake_agent.h"
#include "tests/lib/testing.h"

#define PATIENCE_NS (20 * NS_PER_S)
#define EXITED(code) ((code) << 8)

static char payload[AGENT_PAYLOAD_MAX + 1];

static uint16_t start_within(struct guest *guest,
			     const struct fake_agent *agent, uint64_t within_ns,
			     unsigned *ret_job)
{
	struct guest_script script = { .name = "dump",
				       .text = "true",
				       .deadline_ns =
					       clock_now_ns() + within_ns };
	struct err err = ERR_INIT;

	ck_assert_ok(guest_start(guest, &script, ret_job, &err), &err);
	return fake_agent_hear(agent, payload).job;
}

static uint16_t start(struct guest *guest, const struct fake_agent *agent,
		      unsigned *ret_job)
{
	return start_within(guest, agent, PATIENCE_NS, ret_job);
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

/* --- Nonsense ---------------------------------------------------------------- */

START_TEST(a_frame_that_is_too_long_ends_it)
{
	struct agent_frame head = { .len = AGENT_PAYLOAD_MAX + 1,
				    .type = AGENT_OUTPUT,
				    .stream = 1 };
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "source");
	unsigned job = 0;

	head.job = start(guest, &agent, &job);
	ck_assert_ok(fd_write_all(agent.fd, &head, sizeof(head), &err), &err);
	ck_assert_err(guest_wait(guest, job, &run, &err), &err, ERR_GUEST, 0);
	ck_assert_has(err.msg, "guest source");
	ck_assert_has(err.msg, "65537 bytes");
	end(guest, &agent);
}
END_TEST

START_TEST(frames_may_come_byte_by_byte)
{
	static const char out[] = { 'a', 'b', 'c' };
	struct agent_frame head = { .len = 3,
				    .type = AGENT_OUTPUT,
				    .stream = 1 };
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	char bytes[sizeof(head) + 3];
	unsigned job = 0;
	uint16_t id = start(guest, &agent, &job);

	head.job = id;
	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), out, sizeof(out));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		ck_assert_ok(fd_write_all(agent.fd, bytes + i, 1, &err), &err);
		ck_assert_int_eq(guest_serve(&guest, 1, -1, 0, &err), 0);
	}
	fake_agent_exit(&agent, id, 0);
	await(guest, job, &run);
	ck_assert_str_eq(run.out, "abc");
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

/* A whole frame, and the beginning of the next, in one read. */
START_TEST(a_frame_may_come_with_a_part_of_the_next)
{
	struct {
		struct agent_frame head;
		char text[3];
	} __attribute__((packed)) frames[2];
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	unsigned job = 0;
	uint16_t id = start(guest, &agent, &job);
	size_t cut = sizeof(frames) - 5;

	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		frames[i].head =
			(struct agent_frame){ .len = 3,
					      .type = AGENT_OUTPUT,
					      .stream = (uint8_t)(i + 1),
					      .job = id };
		memset(frames[i].text, 'a' + (int)i, 3);
	}
	ck_assert_ok(fd_write_all(agent.fd, frames, cut, &err), &err);
	ck_assert_int_eq(guest_serve(&guest, 1, -1, 0, &err), 0);
	ck_assert_ok(fd_write_all(agent.fd, (const char *)frames + cut, 5,
				  &err),
		     &err);
	fake_agent_exit(&agent, id, 0);
	await(guest, job, &run);
	ck_assert_str_eq(run.out, "aaa");
	ck_assert_str_eq(run.log, "bbb");
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

START_TEST(what_is_not_understood_is_passed_over)
{
	static const char text[] = "lies";
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	unsigned job = 0;
	uint16_t id = start(guest, &agent, &job);

	fake_agent_say(&agent, (enum agent_type)99, 0, id, text, 4);
	fake_agent_say(&agent, AGENT_HELLO, 0, id, text, 4);
	fake_agent_output(&agent, 1, (uint16_t)(id + 1), text);
	fake_agent_exit(&agent, (uint16_t)(id + 1), EXITED(1));
	fake_agent_say(&agent, AGENT_EXIT, 0, id, text, 3);
	fake_agent_output(&agent, AGENT_FD_EVIDENCE, id, text);
	fake_agent_say(&agent, AGENT_MARK, 0, id, text, 4);
	ck_assert_int_eq(guest_serve(&guest, 1, -1, 0, &err), 0);
	fake_agent_output(&agent, 1, id, "truth");
	fake_agent_exit(&agent, id, EXITED(7));
	await(guest, job, &run);
	ck_assert_str_eq(run.out, "truth");
	ck_assert_int_eq(run.exit, 7);
	ck_assert_uint_eq(run.evidence_bytes, 0);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

/* --- The end of a guest, and of patience -------------------------------------- */

START_TEST(a_guest_that_goes_away_is_noticed)
{
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "source");
	unsigned job = 0;

	(void)start(guest, &agent, &job);
	fake_agent_hang_up(&agent);
	ck_assert_err(guest_wait(guest, job, &run, &err), &err, ERR_GUEST, 0);
	ck_assert_has(err.msg, "guest source: its QEMU ended");
	end(guest, &agent);
}
END_TEST

START_TEST(a_script_for_a_guest_that_is_gone_is_not_started)
{
	struct guest_script script = { .name = "x", .text = "true" };
	CLEANUP_FREE char *console = tmpdir_write(
		"source.console", "Kernel panic - not syncing: Oh\n");
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "source");
	unsigned job = 4711;

	(void)signal(SIGPIPE, SIG_IGN); /* as the tool has it */
	fake_agent_hang_up(&agent);
	ck_assert_err(guest_start(guest, &script, &job, &err), &err, ERR_GUEST,
		      0);
	ck_assert_has(err.msg, "Kernel panic - not syncing: Oh");
	ck_assert_uint_eq(job, 4711);
	end(guest, &agent);
}
END_TEST

START_TEST(a_script_is_killed_at_its_deadline_and_forgotten)
{
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "target");
	struct agent_frame head;
	unsigned job = 0;
	uint16_t late = start_within(guest, &agent, 30 * NS_PER_MS, &job);
	uint16_t next;

	ck_assert_int_eq(guest_wait(guest, job, &run, &err), -1);
	ck_assert_int_eq(err.domain, ERR_TIMEOUT);
	ck_assert_int_le(err.code, 30);
	ck_assert_has(err.msg, "dump on target did not end within ");
	head = fake_agent_hear(&agent, payload);
	ck_assert_uint_eq(head.type, AGENT_KILL);
	ck_assert_uint_eq(head.job, late);
	next = start(guest, &agent, &job);
	ck_assert_uint_ne(next, late);
	fake_agent_output(&agent, 1, late, "too late");
	fake_agent_exit(&agent, late, EXITED(1));
	fake_agent_exit(&agent, next, 0);
	await(guest, job, &run);
	ck_assert_str_eq(run.out, "");
	ck_assert_int_eq(run.exit, 0);
	guest_run_release(&run);
	end(guest, &agent);
}
END_TEST

/* --- Several at a time --------------------------------------------------------- */

START_TEST(jobs_side_by_side_keep_their_output_apart)
{
	struct guest_run runs[AGENT_JOBS_MAX] = { { 0 } };
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	unsigned jobs[AGENT_JOBS_MAX];
	uint16_t ids[AGENT_JOBS_MAX];

	for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
		ids[i] = start(guest, &agent, &jobs[i]);
	for (size_t i = AGENT_JOBS_MAX; i-- > 0;) {
		char text[2] = { (char)('a' + i), '\0' };

		fake_agent_output(&agent, 1, ids[i], text);
		fake_agent_exit(&agent, ids[i], EXITED((int32_t)i));
	}
	for (size_t i = 0; i < AGENT_JOBS_MAX; i++) {
		await(guest, jobs[i], &runs[i]);
		ck_assert_uint_eq(runs[i].out_len, 1);
		ck_assert_int_eq(runs[i].out[0], 'a' + (int)i);
		ck_assert_int_eq(runs[i].exit, (int)i);
		guest_run_release(&runs[i]);
	}
	end(guest, &agent);
}
END_TEST

static void count_mark(void *arg, const char *name, uint64_t at_ns)
{
	(void)at_ns;
	ck_assert_str_eq(name, "restore-begin");
	++*(int *)arg;
}

START_TEST(waiting_on_one_of_a_pair_serves_the_other)
{
	struct guest_run run = { 0 };
	struct fake_agent source, target;
	struct guest *a = fake_agent_connect(&source, "source");
	struct guest *b = fake_agent_connect(&target, "target");
	int marks = 0;
	unsigned job = 0;
	uint16_t id = start(a, &source, &job);

	guest_pair(a, b);
	guest_on_mark(b, count_mark, &marks);
	fake_agent_say(&target, AGENT_MARK, 0, 1, "restore-begin", 13);
	fake_agent_exit(&source, id, 0);
	await(a, job, &run);
	ck_assert_int_eq(marks, 1);
	guest_run_release(&run);
	end(a, &source);
	end(b, &target);
}
END_TEST

START_TEST(waiting_on_one_of_a_pair_notices_the_others_end)
{
	struct guest_run run = { 0 };
	struct err err = ERR_INIT;
	struct fake_agent source, target;
	struct guest *a = fake_agent_connect(&source, "source");
	struct guest *b = fake_agent_connect(&target, "target");
	unsigned job = 0;

	guest_pair(a, b);
	(void)start(a, &source, &job);
	fake_agent_hang_up(&target);
	ck_assert_err(guest_wait(a, job, &run, &err), &err, ERR_GUEST, 0);
	ck_assert_has(err.msg, "guest target");
	end(a, &source);
	end(b, &target);
}
END_TEST

START_TEST(serving_lasts_until_the_descriptor_or_the_time)
{
	struct err err = ERR_INIT;
	struct fake_agent agent;
	struct guest *guest = fake_agent_connect(&agent, "a");
	int fd = eventfd(0, EFD_CLOEXEC);
	uint64_t until_ns = clock_now_ns() + 20 * NS_PER_MS;

	ck_assert_int_eq(guest_serve(&guest, 1, fd, until_ns, &err), 0);
	ck_assert_uint_ge(clock_now_ns(), until_ns);
	ck_assert_int_eq(eventfd_write(fd, 1), 0);
	ck_assert_int_eq(guest_serve(&guest, 1, fd,
				     clock_now_ns() + PATIENCE_NS, &err),
			 1);
	fake_agent_hang_up(&agent);
	ck_assert_err(guest_serve(&guest, 1, -1, clock_now_ns() + PATIENCE_NS,
				  &err),
		      &err, ERR_GUEST, 0);
	close(fd);
	end(guest, &agent);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/guest: trouble");
	TCase *tcase = tcase_create("agent");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, a_frame_that_is_too_long_ends_it);
	tcase_add_test(tcase, frames_may_come_byte_by_byte);
	tcase_add_test(tcase, a_frame_may_come_with_a_part_of_the_next);
	tcase_add_test(tcase, what_is_not_understood_is_passed_over);
	tcase_add_test(tcase, a_guest_that_goes_away_is_noticed);
	tcase_add_test(tcase, a_script_for_a_guest_that_is_gone_is_not_started);
	tcase_add_test(tcase, a_script_is_killed_at_its_deadline_and_forgotten);
	tcase_add_test(tcase, jobs_side_by_side_keep_their_output_apart);
	tcase_add_test(tcase, waiting_on_one_of_a_pair_serves_the_other);
	tcase_add_test(tcase, waiting_on_one_of_a_pair_notices_the_others_end);
	tcase_add_test(tcase, serving_lasts_until_the_descriptor_or_the_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
