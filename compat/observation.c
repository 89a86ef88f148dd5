// SPDX-License-Identifier: Apache-2.0
/* observation.c - the file observation.json */
#include "compat/observation.h"

#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"

#define OBSERVATION_SCHEMA "crmatrix/observation/1"

static_assert(UNMEASURED == SHAPE_NULL, "both are null in JSON");

#define PHASE_INIT \
	.names = phase_names, .nullable = true, .null_value = PHASE_NONE

static const struct shape_member step_members[] = {
	SHAPE_MEMBER(struct obs_step, phase, SHAPE_NAME, PHASE_INIT),
	SHAPE_MEMBER(struct obs_step, name, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct obs_step, on, SHAPE_NAME, .names = node_names,
		     .required = true),
	SHAPE_MEMBER(struct obs_step, ours, SHAPE_BOOL),
	SHAPE_MEMBER(struct obs_step, began_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_step, ended_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_step, exit, SHAPE_INT, .required = true),
	SHAPE_MEMBER(struct obs_step, trouble, SHAPE_TEXT),
	SHAPE_MEMBER(struct obs_step, output, SHAPE_TEXT),
};
static const struct shape step_shape = SHAPE_OF(struct obs_step, step_members);

static const struct shape_member mark_members[] = {
	SHAPE_MEMBER(struct obs_mark, name, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct obs_mark, on, SHAPE_NAME, .names = node_names,
		     .required = true),
	SHAPE_MEMBER(struct obs_mark, at_ns, SHAPE_COUNT, .required = true),
};
static const struct shape mark_shape = SHAPE_OF(struct obs_mark, mark_members);

static const struct shape_member peer_members[] = {
	SHAPE_MEMBER(struct obs_peer, present, SHAPE_BOOL),
	SHAPE_MEMBER(struct obs_peer, requests, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, answers, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, errors, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, reconnects, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, first_error, SHAPE_TEXT),
	SHAPE_MEMBER(struct obs_peer, late, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, stall_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, last_before_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, first_after_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_peer, exit, SHAPE_INT),
};
static const struct shape peer_shape = SHAPE_OF(struct obs_peer, peer_members);

const char *const obs_fate_names[] = {
	[OBS_FATE_KILLED] = "killed",
	[OBS_FATE_STOPPED] = "stopped",
	[OBS_FATE_CONTINUED] = "continued",
	[OBS_FATE_LOST] = "lost",
	[OBS_FATE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(obs_fate_names) == OBS_FATE_COUNT + 1,
	      "obs_fate_names[] doesn't match enum obs_fate");

static const struct shape_member original_members[] = {
	SHAPE_MEMBER(struct obs_original, fate, SHAPE_NAME,
		     .names = obs_fate_names, .nullable = true,
		     .null_value = OBS_FATE_NONE),
	SHAPE_MEMBER(struct obs_original, at_ns, SHAPE_COUNT),
};
static const struct shape original_shape =
	SHAPE_OF(struct obs_original, original_members);

static const struct shape_member criu_members[] = {
	SHAPE_MEMBER(struct obs_criu, freezing_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, frozen_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, memdump_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, memwrite_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, pages_written, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, pages_skipped, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, forking_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, restore_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, pages_restored, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_criu, pages_lazy, SHAPE_COUNT),
};
static const struct shape criu_shape = SHAPE_OF(struct obs_criu, criu_members);

const char *const rounds_end_names[] = {
	[ROUNDS_ALL] = "rounds",
	[ROUNDS_PAGES] = "pages",
	[ROUNDS_PROGRESS] = "progress",
	[ROUNDS_END_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(rounds_end_names) == ROUNDS_END_COUNT + 1,
	      "rounds_end_names[] doesn't match enum rounds_end");

static const struct shape_member round_members[] = {
	SHAPE_MEMBER(struct obs_round, began_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_round, ended_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct obs_round, criu, SHAPE_STRUCT,
		     .shape = &criu_shape),
	SHAPE_MEMBER(struct obs_round, sent_bytes, SHAPE_COUNT),
};
static const struct shape round_shape =
	SHAPE_OF(struct obs_round, round_members);

static const struct shape_member probe_members[] = {
	SHAPE_KEY("ready", struct observation, probes[PROBE_READY], SHAPE_MAP),
	SHAPE_KEY("dump", struct observation, probes[PROBE_DUMP], SHAPE_MAP),
	SHAPE_KEY("restore", struct observation, probes[PROBE_RESTORE],
		  SHAPE_MAP),
	SHAPE_KEY("end", struct observation, probes[PROBE_END], SHAPE_MAP),
};
static_assert(ARRAY_SIZE(probe_members) == PROBE_COUNT,
	      "probe_members[] doesn't match enum probe_point");
static const struct shape probe_shape =
	SHAPE_OF(struct observation, probe_members);

static const struct shape_member members[] = {
	SHAPE_MEMBER(struct observation, cell, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct observation, attempt, SHAPE_COUNT,
		     .required = true),
	SHAPE_MEMBER(struct observation, broken, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, broken_phase, SHAPE_NAME, PHASE_INIT),
	SHAPE_MEMBER(struct observation, skip, SHAPE_TEXT),
	SHAPE_KEY("source_facts", struct observation, source_facts.map,
		  SHAPE_MAP),
	SHAPE_KEY("target_facts", struct observation, target_facts.map,
		  SHAPE_MAP),
	SHAPE_KEY("workload_facts", struct observation, workload_facts.map,
		  SHAPE_MAP),
	SHAPE_KEY("counterpart_facts", struct observation,
		  counterpart_facts.map, SHAPE_MAP),
	SHAPE_MEMBER(struct observation, steps, SHAPE_STRUCTS,
		     .count_offset = offsetof(struct observation, n_steps),
		     .shape = &step_shape, .required = true),
	SHAPE_MEMBER(struct observation, marks, SHAPE_STRUCTS,
		     .count_offset = offsetof(struct observation, n_marks),
		     .shape = &mark_shape),
	{ .key = "probes", .kind = SHAPE_STRUCT, .shape = &probe_shape },
	SHAPE_MEMBER(struct observation, verify_output, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, peer, SHAPE_STRUCT,
		     .shape = &peer_shape),
	SHAPE_MEMBER(struct observation, original, SHAPE_STRUCT,
		     .shape = &original_shape),
	SHAPE_MEMBER(struct observation, rounds, SHAPE_STRUCTS,
		     .count_offset = offsetof(struct observation, n_rounds),
		     .shape = &round_shape),
	SHAPE_MEMBER(struct observation, rounds_end, SHAPE_NAME,
		     .names = rounds_end_names, .nullable = true,
		     .null_value = ROUNDS_GO_ON),
	SHAPE_MEMBER(struct observation, criu, SHAPE_STRUCT,
		     .shape = &criu_shape),
	SHAPE_MEMBER(struct observation, capture_drops, SHAPE_COUNT),
	SHAPE_MEMBER(struct observation, capture, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, dump_log, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, restore_log, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, source_mac, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, target_mac, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, service, SHAPE_TEXT),
	SHAPE_MEMBER(struct observation, port, SHAPE_COUNT),
	SHAPE_MEMBER(struct observation, image_bytes, SHAPE_COUNT),
	SHAPE_MEMBER(struct observation, sent_bytes, SHAPE_COUNT),
	SHAPE_MEMBER(struct observation, epoch_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct observation, began_ns, SHAPE_COUNT),
	SHAPE_MEMBER(struct observation, ended_ns, SHAPE_COUNT),
};
static const struct shape shape = SHAPE_OF(struct observation, members);

void observation_init(struct observation *obs)
{
	shape_init(&shape, obs);
	obs->peer.exit = -1;
	obs->port = 0;
}

json_t *observation_to_json(const struct observation *obs)
{
	json_t *json = json_pack("{ss}", "schema", OBSERVATION_SCHEMA);
	json_t *rest = shape_write(&shape, obs);

	(void)json_object_update(json, rest);
	json_decref(rest);
	return json;
}

int observation_from_json(const json_t *json, struct observation *ret_obs,
			  struct err *err)
{
	const char *schema = json_string_value(json_object_get(json, "schema"));

	if (!str_eq(schema, OBSERVATION_SCHEMA))
		return err_set(err, ERR_PARSE, 0, "schema: not '%s'",
			       OBSERVATION_SCHEMA);
	return shape_read(&shape, json, ret_obs, err);
}

void observation_release(struct observation *obs)
{
	shape_release(&shape, obs);
}
