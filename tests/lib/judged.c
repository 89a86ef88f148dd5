// SPDX-License-Identifier: Apache-2.0
/* judged.c - a cell that passes, for tests that spoil it and look what is said */
#include "tests/lib/judged.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define EPOCH_NS UINT64_C(1700000000000000000)
#define AT_MS(ms) ((uint64_t)(ms)*NS_PER_MS)
#define SOURCE_MAC "52:54:00:00:00:01"
#define TARGET_MAC "52:54:00:00:00:02"

void judged_text(char **member, const char *text)
{
	free(*member);
	*member = text ? xstrdup(text) : NULL;
}

static void map_set(struct bind_map *map, const char *key, const char *value)
{
	size_t i = 0;

	while (i < map->n && strcmp(map->v[i].key, key) != 0)
		i++;
	if (i == map->n) {
		if (!value)
			return;
		(void)VEC_PUSH(map->v, map->n);
		map->v[i].key = xstrdup(key);
	}
	judged_text(&map->v[i].value, value);
	if (value)
		return;
	free(map->v[i].key);
	map->n--;
	memmove(&map->v[i], &map->v[i + 1], (map->n - i) * sizeof(map->v[i]));
}

void judged_fact(struct facts *facts, const char *key, const char *value)
{
	map_set(&facts->map, key, value);
}

void judged_probe(struct judged *judged, enum probe_point point,
		  const char *key, const char *value)
{
	map_set(&judged->obs.probes[point], key, value);
}

static void add_machine(struct plan *plan, const char *name)
{
	struct machine *machine = VEC_PUSH(plan->machines, plan->n_machines);

	machine->name = xstrdup(name);
	machine->kernel.name = xstrdup("6.1");
	machine->cpu = xstrdup("Nehalem");
	machine->userland = xstrdup("bookworm");
	machine->memory_bytes = UINT64_C(512) << 20;
	machine->vcpus = 1;
}

static void add_scenario(struct plan *plan)
{
	struct scenario *s = VEC_PUSH(plan->scenarios, plan->n_scenarios);

	s->name = xstrdup("counter");
	s->title = xstrdup("a counter that lives in memory alone");
	s->workload.command = xstrdup("exec ./counter");
	s->workload.ready = xstrdup("test -s state");
	s->workload.port = 7000;
	s->workload.probe = xstrdup("cat state");
	s->workload.verify = xstrdup("./counter --verify");
	str_list_add(&s->workload.same, "nonce");
	str_list_add(&s->workload.grows, "count");
	s->peer.kind = PEER_TCP_STREAM;
	s->workload.ready_within_ns = AT_MS(10000);
	s->peer.before_ns = AT_MS(300);
	s->peer.after_ns = AT_MS(500);
	s->peer.interval_ns = AT_MS(10);
	s->limits = (struct limits){ AT_MS(60000), AT_MS(30000), AT_MS(60000),
				     AT_MS(60000), AT_MS(60000), AT_MS(10000),
				     AT_MS(10000) };
}

static void make_plan(struct plan *plan)
{
	struct plan_filter filter = { .self = false };
	struct err err = ERR_INIT;

	add_machine(plan, "old");
	add_machine(plan, "new");
	add_scenario(plan);
	str_list_add(&filter.sources, "old");
	str_list_add(&filter.targets, "new");
	if (plan_expand(plan, &filter, &err))
		abort();
	str_list_release(&filter.sources);
	str_list_release(&filter.targets);
}

/** struct step_row - A step of the cell that passes; ms since it began */
struct step_row {
	enum phase phase;
	const char *name;
	enum node on;
	bool ours;
	unsigned began_ms, ended_ms;
};

static const struct step_row step_rows[] = {
	{ PHASE_BOOT, "boot", NODE_HOST, true, 0, 400 },
	{ PHASE_START, "start", NODE_SOURCE, true, 400, 500 },
	{ PHASE_START, "probe", NODE_SOURCE, false, 500, 520 },
	{ PHASE_START, "peer", NODE_HOST, true, 520, 900 },
	{ PHASE_START, "probe", NODE_SOURCE, false, 900, 930 },
	{ PHASE_DUMP, "dump", NODE_SOURCE, false, 1000, 1250 },
	{ PHASE_TRANSFER, "transfer", NODE_SOURCE, true, 1250, 1400 },
	{ PHASE_RESTORE, "takeover", NODE_TARGET, true, 1400, 1450 },
	{ PHASE_RESTORE, "restore", NODE_TARGET, false, 1450, 1650 },
	{ PHASE_RESUME, "probe", NODE_TARGET, false, 1650, 1680 },
	{ PHASE_RESUME, "peer", NODE_HOST, false, 1680, 2200 },
	{ PHASE_VERIFY, "probe", NODE_TARGET, false, 2200, 2230 },
	{ PHASE_VERIFY, "verify", NODE_TARGET, false, 2230, 2260 },
};

static void add_steps(struct observation *obs)
{
	for (size_t i = 0; i < ARRAY_SIZE(step_rows); i++) {
		const struct step_row *row = &step_rows[i];
		struct obs_step *step = VEC_PUSH(obs->steps, obs->n_steps);

		step->phase = (int)row->phase;
		step->name = xstrdup(row->name);
		step->on = (int)row->on;
		step->ours = row->ours;
		step->began_ns = AT_MS(row->began_ms);
		step->ended_ns = AT_MS(row->ended_ms);
	}
}

static void add_mark(struct observation *obs, const char *name, enum node on,
		     unsigned at_ms)
{
	struct obs_mark *mark = VEC_PUSH(obs->marks, obs->n_marks);

	mark->name = xstrdup(name);
	mark->on = (int)on;
	mark->at_ns = AT_MS(at_ms);
}

static void add_peer(struct obs_peer *peer)
{
	peer->present = true;
	peer->requests = 100;
	peer->answers = 100;
	peer->errors = 0;
	peer->reconnects = 0;
	peer->last_before_ns = AT_MS(998);
	peer->first_after_ns = AT_MS(1810);
	peer->exit = 0;
}

static void add_facts(struct facts *facts, const char *kernel,
		      const char *version, const char *criu, const char *glibc)
{
	judged_fact(facts, "kernel", kernel);
	judged_fact(facts, "kernel_version", version);
	judged_fact(facts, "criu", criu);
	judged_fact(facts, "glibc", glibc);
	judged_fact(facts, "arch", "x86_64");
	judged_fact(facts, "cpu_model", "Intel Core i7 9xx (Nehalem)");
	judged_fact(facts, "cpu_flags", "fpu sse sse2");
	judged_fact(facts, "xsave_bytes", "0");
	judged_fact(facts, "memory_kib", "488000");
}

static void make_observation(struct judged *judged)
{
	struct observation *obs = &judged->obs;
	static const char *const counts[PROBE_COUNT] = { "1", "40", "41",
							 "90" };

	observation_init(obs);
	obs->cell = xstrdup(judged->plan.cells[0].id);
	obs->attempt = 1;
	add_facts(&obs->source_facts, "6.1.0-40-cloud-amd64", "6.1.153",
		  "3.17.1", "2.36");
	add_facts(&obs->target_facts, "6.12.48-cloud-amd64", "6.12.48", "4.1.1",
		  "2.41");
	add_steps(obs);
	add_mark(obs, "dump-begin", NODE_SOURCE, 1010);
	add_mark(obs, "dump-end", NODE_SOURCE, 1240);
	add_mark(obs, "restore-begin", NODE_TARGET, 1460);
	add_mark(obs, "restore-end", NODE_TARGET, 1640);
	for (int p = 0; p < PROBE_COUNT; p++) {
		judged_probe(judged, p, "nonce", "f00d");
		judged_probe(judged, p, "count", counts[p]);
	}
	add_peer(&obs->peer);
	obs->criu.frozen_ns = AT_MS(160);
	obs->capture_drops = 0;
	obs->source_mac = xstrdup(SOURCE_MAC);
	obs->target_mac = xstrdup(TARGET_MAC);
	obs->service = xstrdup("10.77.0.100");
	obs->port = 7000;
	obs->image_bytes = 500000;
	obs->sent_bytes = 510000;
	obs->epoch_ns = EPOCH_NS;
	obs->began_ns = 0;
	obs->ended_ns = AT_MS(2300);
}

static void serve(struct wire_conn *conn, const char *mac, unsigned first_ms,
		  unsigned last_ms, uint64_t first_frame, uint64_t last_frame)
{
	struct wire_host *host = &conn->hosts[conn->n_hosts++];

	(void)wire_mac_parse(mac, &host->mac);
	host->first_ns = EPOCH_NS + AT_MS(first_ms);
	host->last_ns = EPOCH_NS + AT_MS(last_ms);
	host->first_frame = first_frame;
	host->last_frame = last_frame;
	host->ts_hz = WIRE_UNKNOWN;
	host->ts_first = WIRE_UNKNOWN;
	host->ts_last = WIRE_UNKNOWN;
}

static void make_wire(struct wire_report *wire)
{
	struct wire_conn *conn = VEC_PUSH(wire->conns, wire->n_conns);

	wire_conn_init(conn);
	(void)wire_addr_parse("10.77.0.1:40000", &conn->client);
	(void)wire_addr_parse("10.77.0.100:7000", &conn->server);
	conn->first_frame = 3;
	conn->last_frame = 410;
	conn->began_with_syn = true;
	conn->established = true;
	serve(conn, SOURCE_MAC, 530, 1005, 4, 200);
	serve(conn, TARGET_MAC, 1800, 2200, 210, 400);
	conn->turns = 1;
	for (int dir = 0; dir < 2; dir++) {
		conn->side[dir].frames = 200;
		conn->side[dir].bytes = 6400;
	}
	conn->side[WIRE_CLIENT].retransmissions = 3;
	conn->first_ns = EPOCH_NS + AT_MS(529);
	conn->last_ns = EPOCH_NS + AT_MS(2210);
	conn->move.blackout_ns = AT_MS(795);
	wire->frames = 410;
	wire->first_ns = conn->first_ns;
	wire->last_ns = conn->last_ns;
}

void judged_init(struct judged *judged)
{
	memset(judged, 0, sizeof(*judged));
	make_plan(&judged->plan);
	make_observation(judged);
	make_wire(&judged->wire);
	judged->has_wire = true;
}

void judged_release(struct judged *judged)
{
	result_release(&judged->result);
	observation_release(&judged->obs);
	wire_report_release(&judged->wire);
	plan_release(&judged->plan);
}

const struct result *judged_run(struct judged *judged)
{
	result_release(&judged->result);
	judge(&judged->plan, &judged->plan.cells[0], &judged->obs,
	      judged->has_wire ? &judged->wire : NULL, &judged->logs,
	      &judged->result);
	return &judged->result;
}

void judged_keep_steps(struct judged *judged, size_t n)
{
	struct observation *obs = &judged->obs;

	while (obs->n_steps > n) {
		struct obs_step *step = &obs->steps[--obs->n_steps];

		free(step->name);
		free(step->trouble);
		free(step->output);
	}
	while (n == 0 && obs->n_marks > 0)
		free(obs->marks[--obs->n_marks].name);
}

void judged_fail(struct judged *judged, const char *step, int exit)
{
	struct observation *obs = &judged->obs;
	size_t i = 0;

	while (strcmp(obs->steps[i].name, step) != 0)
		i++;
	obs->steps[i].exit = exit;
	judged_keep_steps(judged, i + 1);
}

void judged_expect(struct judged *judged, enum verdict verdict,
		   const char *cause, const char *reason)
{
	struct expects *expects = &judged->plan.scenarios[0].expect;
	struct expect *expect = VEC_PUSH(expects->v, expects->n);

	expect->verdict = (int)verdict;
	expect->cause = cause ? xstrdup(cause) : NULL;
	expect->reason = xstrdup(reason);
	expect->link = xstrdup("https://example.org/why");
}

void judged_check(const struct judge_case *c)
{
	const struct result *result;
	struct judged j;

	judged_init(&j);
	c->spoil(&j);
	result = judged_run(&j);
	ck_assert_msg(result->verdict == c->verdict,
		      "%s: got %s (%s), wanted %s", c->name,
		      verdict_names[result->verdict], result->reason,
		      verdict_names[c->verdict]);
	ck_assert_msg(strcmp(result->rule, c->rule) == 0,
		      "%s: got rule %s, wanted %s", c->name, result->rule,
		      c->rule);
	ck_assert_msg(result->phase == c->phase, "%s: got phase %s, wanted %s",
		      c->name, phase_names[result->phase],
		      phase_names[c->phase]);
	ck_assert_msg(!result->cause == !c->mode, "%s: cause", c->name);
	if (c->mode)
		ck_assert_msg(strcmp(result->cause->mode, c->mode) == 0,
			      "%s: got %s (%s), wanted %s", c->name,
			      result->cause->mode, result->cause->title,
			      c->mode);
	ck_assert_has(result->reason, c->part);
	judged_release(&j);
}
