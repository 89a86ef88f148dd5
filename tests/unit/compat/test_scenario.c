// SPDX-License-Identifier: Apache-2.0
/* test_scenario.c - scenario and matrix files: defaults, rules, round trips */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/scenario.h"
#include "tests/lib/testing.h"

#define SMALL "title: t\nworkload: {command: sleep 1, port: 80}\n"

static int read_scenario(const char *text, struct scenario *scenario,
			 struct bind_diags *diags, struct err *err)
{
	return bind_text("s.yaml", text, strlen(text), &scenario_table,
			 scenario, diags, err);
}

static struct scenario scenario_of(const char *text)
{
	struct bind_diags diags = { 0 };
	struct scenario scenario = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(read_scenario(text, &scenario, &diags, &err), &err);
	bind_diags_release(&diags);
	return scenario;
}

START_TEST(a_scenario_needs_little)
{
	struct scenario s =
		scenario_of("title: t\nworkload: {command: sleep 1}\n");

	ck_assert(!s.cold_boot);
	ck_assert_uint_eq(s.needs.packages.n, 0);
	ck_assert_uint_eq(s.needs.memory_bytes, 0);
	ck_assert_uint_eq(s.needs.vcpus, 0);
	ck_assert_ptr_null(s.control_of);
	ck_assert_ptr_null(s.control);
	ck_assert_int_eq(s.peer.kind, PEER_NONE);
	ck_assert_uint_eq(s.peer.before_ns, 300 * NS_PER_MS);
	ck_assert_uint_eq(s.peer.after_ns, 500 * NS_PER_MS);
	ck_assert_uint_eq(s.peer.interval_ns, 5 * NS_PER_MS);
	ck_assert_int_eq(s.workload.network, NET_HOST);
	ck_assert_int_eq(s.workload.family, FAMILY_IPV4);
	ck_assert_uint_eq(s.workload.port, 0);
	ck_assert_uint_eq(s.workload.ready_within_ns, s.limits.start_ns);
	ck_assert_int_eq(s.migration.mode, MODE_STOP_COPY);
	ck_assert_int_eq(s.migration.transport, TRANSPORT_STREAM);
	ck_assert_int_eq(s.migration.takeover, TAKEOVER_GUARDED);
	ck_assert_uint_eq(s.limits.boot_ns, 120 * NS_PER_S);
	ck_assert_uint_eq(s.limits.start_ns, 60 * NS_PER_S);
	ck_assert_uint_eq(s.limits.dump_ns, 60 * NS_PER_S);
	ck_assert_uint_eq(s.limits.transfer_ns, 120 * NS_PER_S);
	ck_assert_uint_eq(s.limits.restore_ns, 60 * NS_PER_S);
	ck_assert_uint_eq(s.limits.resume_ns, 30 * NS_PER_S);
	ck_assert_uint_eq(s.limits.verify_ns, 60 * NS_PER_S);
	ck_assert_uint_eq(s.workload.pos.line, 2);
	scenario_release(&s);
}
END_TEST

START_TEST(steps_and_rules_arrive)
{
	struct scenario s = scenario_of(
		SMALL
		"cold-boot: true\n"
		"needs: {packages: [vlc-bin, g++], memory: 1G, vcpus: 2}\n"
		"peer: redis\n"
		"requires:\n"
		"  - {run: command -v x, message: no x}\n"
		"  - {on: target, run: 'true', message: no y}\n"
		"  - {on: host, run: 'true', message: no z}\n"
		"steps:\n"
		"  - {at: after-dump, on: target, assert: ls}\n"
		"  - {at: at-end, on: host, wait: ls, within: 2s}\n"
		"limits: {start: 3m, dump: 5m}\n"
		"expect:\n"
		"  - {verdict: skip, reason: because}\n"
		"  - {verdict: fail, when: {criu: <4}, reason: r, "
		"cause: pid-taken, link: 'http://x'}\n");

	ck_assert(s.cold_boot);
	ck_assert_uint_eq(s.needs.packages.n, 2);
	ck_assert_uint_eq(s.needs.memory_bytes, UINT64_C(1) << 30);
	ck_assert_uint_eq(s.needs.vcpus, 2);
	ck_assert_int_eq(s.peer.kind, PEER_REDIS);
	ck_assert_int_eq(s.requires_[0].on, NODE_COUNT);
	ck_assert_int_eq(s.requires_[1].on, NODE_TARGET);
	ck_assert_int_eq(s.requires_[2].on, NODE_HOST);
	ck_assert_int_eq(s.steps[0].at, STAGE_AFTER_DUMP);
	ck_assert_str_eq(s.steps[0].assert_, "ls");
	ck_assert_uint_eq(s.steps[0].within_ns, 30 * NS_PER_S);
	ck_assert_int_eq(s.steps[1].on, NODE_HOST);
	ck_assert_uint_eq(s.steps[1].within_ns, 2 * NS_PER_S);
	ck_assert_uint_eq(s.workload.ready_within_ns, 180 * NS_PER_S);
	ck_assert_uint_eq(s.limits.dump_ns, 300 * NS_PER_S);
	ck_assert_uint_eq(s.limits.boot_ns, 120 * NS_PER_S);
	ck_assert_uint_eq(s.expect.n, 2);
	ck_assert_int_eq(s.expect.v[0].verdict, VERDICT_SKIP);
	ck_assert_int_eq(s.expect.v[1].verdict, VERDICT_FAIL);
	ck_assert_str_eq(bind_map_get(&s.expect.v[1].when, "criu"), "<4");
	scenario_release(&s);
}
END_TEST

static const struct {
	const char *text, *says;
	unsigned line, col;
} bad[] = {
	{ SMALL "steps:\n  - {at: at-end, on: host}\n",
	  "'step' needs one of 'run', 'wait', 'assert'", 4, 5 },
	{ SMALL "steps:\n  - {at: at-end, on: host, run: a, assert: b}\n",
	  "'assert' and 'run' exclude each other in 'step'", 4, 44 },
	{ SMALL "steps:\n  - {on: host, run: a}\n", "'at' is missing in 'step'",
	  4, 5 },
	{ "title: t\nworkload: {command: c, same: [pid], grows: n}\n",
	  "'same' needs 'probe', whose keys it names", 2, 30 },
	{ "title: t\nworkload: {command: c}\nmigration:\n"
	  "  mode: reboot\n  original: stopped\n",
	  "'original' is not for mode 'reboot'", 5, 13 },
	{ "title: t\nworkload: {command: c, ready-within: 1s}\n",
	  "'ready-within' needs 'ready'", 2, 38 },
	{ "title: t\nworkload: {command: c}\npeer:\n  use: redis\n",
	  "a peer needs the port of the service", 4, 3 },
	{ "title: t\nworkload: {command: c, port: 7}\npeer:\n  use: redis\n"
	  "migration: {mode: archive}\n",
	  "with mode 'archive' no client can follow the workload", 4, 3 },
	{ SMALL "migration:\n  mode: snapshots\n",
	  "'snapshots' and 'mode: snapshots' need each other", 4, 9 },
	{ SMALL "migration:\n  mode: snapshots\n"
		"  snapshots: {count: 2, back-to: 3}\n",
	  "'back-to' must be one of the 'count' snapshots", 5, 34 },
	{ SMALL "migration:\n  mode: snapshots\n  snapshots: {count: 2}\n",
	  "'back-to' must be one of the 'count' snapshots", 5, 14 },
	{ SMALL "peer: {use: command}\n", "'use: command' needs 'command'", 3,
	  13 },
	{ SMALL "peer: {use: redis, command: x}\n",
	  "'command' is for 'use: command' alone", 3, 29 },
	{ SMALL "peer: {use: redis, keepalive: 2s}\n",
	  "'keepalive' is for 'use: tcp-stream' alone", 3, 31 },
	{ SMALL "peer: {use: tcp-stream, keepalive: 2500ms}\n",
	  "'keepalive' must be whole seconds", 3, 36 },
	{ SMALL "requires: [{on: peer, run: x, message: y}]\n",
	  "'on' must be one of source, target, host, both, not 'peer'", 3, 17 },
	{ SMALL "expect: [{verdict: xfail, reason: r}]\n",
	  "'verdict' must be one of pass, fail, skip, not 'xfail'", 3, 20 },
	{ SMALL "expect: [{verdict: fail}]\n",
	  "'reason' is missing in 'expect'", 3, 10 },
	{ SMALL "expect: [{verdict: fail, reason: r, when: {crui: '4'}}]\n",
	  "condition on 'crui': unknown fact", 3, 50 },
	{ SMALL "expect: [{verdict: fail, reason: r, when: {criu: '<'}}]\n",
	  "condition on 'criu': there is nothing to compare with", 3, 50 },
	{ SMALL "expect: [{verdict: fail, reason: r, cause: pid-takne}]\n",
	  "no failure mode is called 'pid-takne'", 3, 44 },
	{ SMALL "control-of: a.b\n",
	  "'a.b' is not a valid 'control-of': must match ^[a-z0-9][a-z0-9-]*$",
	  3, 13 },
	{ SMALL "needs: {packages: [ok, Not]}\n",
	  "'Not' is not a valid 'packages': must match "
	  "^[a-z0-9][a-z0-9.+-]+$",
	  3, 24 },
	{ SMALL "needs: {memory: 65G}\n", "'memory' must be 0 to 64G, not 65G",
	  3, 17 },
	{ SMALL "needs: {cpus: 2}\n", "unknown key 'cpus' in 'needs'", 3, 9 },
	{ SMALL "limits: {dump: 0s}\n", "'dump' must be 1ms to 24h, not 0s", 3,
	  16 },
};

START_TEST(a_bad_scenario_is_refused_at_its_place)
{
	struct bind_diags diags = { 0 };
	struct scenario scenario = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(read_scenario(bad[_i].text, &scenario, &diags, &err),
		      &err, ERR_INPUT, bad[_i].line);
	ck_assert_str_eq(diags.v[0].msg, bad[_i].says);
	ck_assert_uint_eq(diags.v[0].pos.line, bad[_i].line);
	ck_assert_uint_eq(diags.v[0].pos.col, bad[_i].col);
	scenario_release(&scenario);
	bind_diags_release(&diags);
}
END_TEST

START_TEST(a_scenario_survives_json)
{
	struct scenario s = scenario_of(
		SMALL "peer: redis\n"
		      "requires: [{run: a, message: b}]\n"
		      "steps: [{at: at-end, on: source, wait: x}]\n"
		      "expect: [{verdict: fail, reason: r, when: {criu: '1'}}]"
		      "\n");
	struct scenario again = { 0 };
	struct err err = ERR_INIT;
	json_t *json = bind_to_json(&scenario_table, &s);
	json_t *second;

	ck_assert_ok(bind_from_json(&scenario_table, json, &again, &err), &err);
	second = bind_to_json(&scenario_table, &again);
	ck_assert(json_equal(json, second));
	ck_assert_int_eq(again.requires_[0].on, NODE_COUNT);
	json_decref(json);
	json_decref(second);
	scenario_release(&s);
	scenario_release(&again);
}
END_TEST

START_TEST(a_file_gives_its_name)
{
	char *path = tmpdir_write("tcp-move.yaml", SMALL);
	struct bind_diags diags = { 0 };
	struct scenario s = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(scenario_load(path, &s, &diags, &err), &err);
	ck_assert_str_eq(s.name, "tcp-move");
	ck_assert_str_eq(s.path, path);
	scenario_release(&s);
	ck_assert_ptr_null(s.name);
	bind_diags_release(&diags);
	free(path);
}
END_TEST

static const char *const bad_files[] = { "Move.yaml", "a b.yaml", "a.b.yaml",
					 "move.yml" };

START_TEST(a_file_with_a_name_that_is_none_is_refused)
{
	char *path = tmpdir_write(bad_files[_i], SMALL);
	struct scenario s = { .cold_boot = true };
	struct bind_diags diags = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(scenario_load(path, &s, &diags, &err), &err, ERR_INPUT,
		      0);
	ck_assert_has(diags.v[0].msg, "the file's name is the scenario's");
	ck_assert(s.cold_boot && !s.title);
	bind_diags_release(&diags);
	free(path);
}
END_TEST

static const struct bind_table *const tables[] = {
	&scenario_table,
	&machines_table,
	&matrix_table,
};

/* Every key needs a sentence: they are the documentation. */
static void check_help(const struct bind_table *table)
{
	ck_assert_msg(table->help != NULL, "%s", table->name);
	for (size_t i = 0; i < table->n; i++) {
		const struct bind_field *field = &table->fields[i];

		ck_assert_msg(field->help && strlen(field->help) > 4 &&
				      field->help[strlen(field->help) - 1] ==
					      '.',
			      "%s: %s", table->name, field->key);
		if (field->table)
			check_help(field->table);
	}
}

START_TEST(every_key_has_its_sentence)
{
	check_help(tables[_i]);
}
END_TEST

START_TEST(commands_of_ones_own_arrive)
{
	struct scenario s = scenario_of(
		SMALL "migration:\n"
		      "  mode: commands\n"
		      "  commands: {dump: a, restore: b, pid: c, logs: d}\n");

	ck_assert_int_eq(s.migration.mode, MODE_COMMANDS);
	ck_assert_str_eq(s.migration.commands.dump, "a");
	ck_assert_str_eq(s.migration.commands.restore, "b");
	ck_assert_str_eq(s.migration.commands.pid, "c");
	ck_assert_uint_eq(s.migration.commands.logs.n, 1);
	scenario_release(&s);
}
END_TEST

START_TEST(rounds_may_be_a_number_alone)
{
	static const char text[] = SMALL
		"migration: {pre-dump: 3, transport: shared}\n";
	struct bind_diags diags = { 0 };
	struct scenario s = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(read_scenario(text, &s, &diags, &err), &err);
	ck_assert_uint_eq(s.migration.pre_dump.rounds, 3);
	ck_assert_uint_eq(s.migration.pre_dump.until_pages, 0);
	ck_assert_int_eq(s.migration.transport, TRANSPORT_SHARED);
	ck_assert_int_eq(s.migration.original, ORIGINAL_KILLED);
	scenario_release(&s);
}
END_TEST

static const struct {
	const char *name;
	const char *migration;
	unsigned line;
	const char *said;
} misplaced[] = {
	{ "without their mode", "{commands: {dump: a, restore: b}}", 3,
	  "'commands' needs 'mode: commands'" },
	{ "the mode alone", "{mode: commands}", 3,
	  "mode 'commands' needs 'commands'" },
	{ "with options of criu",
	  "{mode: commands, dump: [-v], commands: {dump: a, restore: b}}", 3,
	  "'dump' are options of criu" },
	{ "without restore", "{mode: commands, commands: {dump: a}}", 3,
	  "restore" },
	{ "rounds before lazy pages", "{mode: lazy-pages, pre-dump: 3}", 3,
	  "'pre-dump' goes with mode 'stop-copy'" },
	{ "an original of lazy pages", "{mode: lazy-pages, original: stopped}",
	  3, "'original' goes with mode 'stop-copy'" },
	{ "a transport of nothing", "{mode: restart, transport: shared}", 3,
	  "'transport' goes with mode 'stop-copy'" },
	{ "TLS for what is no page server", "{tls: /run/tls}", 3,
	  "'tls' goes with transport 'page-server' or mode 'lazy-pages'" },
	{ "no cork where no pages are sent", "{uncork: true}", 3,
	  "'uncork' goes with transport 'page-server'" },
	{ "TLS on a connection that criu is given",
	  "{transport: page-server, tls: /run/tls, uncork: true}", 3,
	  "'uncork' does not go with 'tls'" },
};

START_TEST(what_belongs_to_a_mode_goes_with_it)
{
	CLEANUP_FREE char *text =
		xasprintf(SMALL "migration: %s\n", misplaced[_i].migration);
	struct bind_diags diags = { 0 };
	struct scenario scenario = { 0 };
	struct err err = ERR_INIT;

	ck_assert_msg(read_scenario(text, &scenario, &diags, &err) == -1, "%s",
		      misplaced[_i].name);
	ck_assert_uint_eq(diags.n, 1);
	ck_assert_uint_eq(diags.v[0].pos.line, misplaced[_i].line);
	ck_assert_has(diags.v[0].msg, misplaced[_i].said);
	bind_diags_release(&diags);
	scenario_release(&scenario);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/scenario");
	TCase *tcase = tcase_create("scenario");

	tcase_add_checked_fixture(tcase, tmpdir_setup, tmpdir_teardown);
	tcase_add_test(tcase, a_scenario_needs_little);
	tcase_add_test(tcase, steps_and_rules_arrive);
	tcase_add_test(tcase, commands_of_ones_own_arrive);
	tcase_add_test(tcase, rounds_may_be_a_number_alone);
	tcase_add_loop_test(tcase, what_belongs_to_a_mode_goes_with_it, 0,
			    ARRAY_SIZE(misplaced));
	tcase_add_loop_test(tcase, a_bad_scenario_is_refused_at_its_place, 0,
			    ARRAY_SIZE(bad));
	tcase_add_test(tcase, a_scenario_survives_json);
	tcase_add_test(tcase, a_file_gives_its_name);
	tcase_add_loop_test(tcase, a_file_with_a_name_that_is_none_is_refused,
			    0, ARRAY_SIZE(bad_files));
	tcase_add_loop_test(tcase, every_key_has_its_sentence, 0,
			    ARRAY_SIZE(tables));
	suite_add_tcase(suite, tcase);
	return suite;
}
