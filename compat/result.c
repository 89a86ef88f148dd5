// SPDX-License-Identifier: Apache-2.0
/* result.c - what is said of one cell: its members in results.json */
#include "compat/results_internal.h"

#include <string.h>

#include "base/mem.h"

static const struct shape_member host_members[] = {
	SHAPE_MEMBER(struct host_facts, kernel, SHAPE_TEXT),
	SHAPE_MEMBER(struct host_facts, cpu, SHAPE_TEXT),
	SHAPE_MEMBER(struct host_facts, accel, SHAPE_TEXT),
	SHAPE_MEMBER(struct host_facts, qemu, SHAPE_TEXT),
	SHAPE_MEMBER(struct host_facts, libvirt, SHAPE_TEXT),
};
const struct shape host_shape = SHAPE_OF(struct host_facts, host_members);

static const struct shape_member cause_members[] = {
	SHAPE_MEMBER(struct cause, mode, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct cause, title, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct cause, line, SHAPE_TEXT),
	SHAPE_MEMBER(struct cause, file, SHAPE_TEXT),
	SHAPE_MEMBER(struct cause, fix, SHAPE_TEXT),
	SHAPE_MEMBER(struct cause, known, SHAPE_TEXT),
	SHAPE_MEMBER(struct cause, sure, SHAPE_NAME, .names = sure_names,
		     .nullable = true, .null_value = SURE_NONE),
};
static const struct shape cause_shape = SHAPE_OF(struct cause, cause_members);

#define WITNESS .names = witness_names, .required = true

static const struct shape_member witness_members[] = {
	SHAPE_MEMBER(struct result, workload, SHAPE_NAME, WITNESS),
	SHAPE_MEMBER(struct result, peer, SHAPE_NAME, WITNESS),
	SHAPE_MEMBER(struct result, wire, SHAPE_NAME, WITNESS),
};
static const struct shape witness_shape =
	SHAPE_OF(struct result, witness_members);

static const struct shape_member why_members[] = {
	SHAPE_KEY("workload", struct result, workload_why, SHAPE_TEXT),
	SHAPE_KEY("peer", struct result, peer_why, SHAPE_TEXT),
	SHAPE_KEY("wire", struct result, wire_why, SHAPE_TEXT),
};
static const struct shape why_shape = SHAPE_OF(struct result, why_members);

#define PART(key_, part_) \
	SHAPE_KEY(key_, struct result, split.ns[part_], SHAPE_MS)

static const struct shape_member split_members[] = {
	PART("before_ms", DOWNTIME_BEFORE),
	PART("freeze_ms", DOWNTIME_FREEZE),
	PART("handover_ms", DOWNTIME_HANDOVER),
	PART("transfer_ms", DOWNTIME_TRANSFER),
	PART("takeover_ms", DOWNTIME_TAKEOVER),
	PART("restore_ms", DOWNTIME_RESTORE),
	PART("release_ms", DOWNTIME_RELEASE),
	PART("tail_ms", DOWNTIME_TAIL),
	SHAPE_KEY("missing_ms", struct result, split.missing_ns, SHAPE_MS),
};
static_assert(ARRAY_SIZE(split_members) == DOWNTIME_PARTS + 1,
	      "split_members[] doesn't match enum downtime_part");
static const struct shape split_shape = SHAPE_OF(struct result, split_members);

#define INSIDE(key_, shape_)                                            \
	{                                                               \
		.key = (key_), .kind = SHAPE_STRUCT, .shape = &(shape_) \
	}

static const struct shape_member downtime_members[] = {
	SHAPE_KEY("service_ms", struct result, service_ns, SHAPE_MS),
	SHAPE_KEY("wire_ms", struct result, wire_ns, SHAPE_MS),
	SHAPE_KEY("freeze_ms", struct result, freeze_ns, SHAPE_MS),
	SHAPE_KEY("dump_ms", struct result, dump_ns, SHAPE_MS),
	SHAPE_KEY("transfer_ms", struct result, transfer_ns, SHAPE_MS),
	SHAPE_KEY("restore_ms", struct result, restore_ns, SHAPE_MS),
	SHAPE_KEY("takeover_ms", struct result, takeover_ns, SHAPE_MS),
	SHAPE_KEY("tcp_tail_ms", struct result, tcp_tail_ns, SHAPE_MS),
	INSIDE("split", split_shape),
};
static const struct shape downtime_shape =
	SHAPE_OF(struct result, downtime_members);

static const struct shape_member flow_members[] = {
	SHAPE_KEY("stall_ms", struct result, stall_ns, SHAPE_MS),
	SHAPE_MEMBER(struct result, late, SHAPE_COUNT),
};
static const struct shape flow_shape = SHAPE_OF(struct result, flow_members);

static const struct shape_member bytes_members[] = {
	SHAPE_KEY("image", struct result, image_bytes, SHAPE_COUNT),
	SHAPE_KEY("sent", struct result, sent_bytes, SHAPE_COUNT),
	SHAPE_KEY("memory", struct result, memory_bytes, SHAPE_COUNT),
};
static const struct shape bytes_shape = SHAPE_OF(struct result, bytes_members);

static const struct shape_member evidence_members[] = {
	SHAPE_MEMBER(struct result, dir, SHAPE_TEXT),
};
static const struct shape evidence_shape =
	SHAPE_OF(struct result, evidence_members);

/* "continuity" comes before the member at this place, see result_to_json(). */
#define BEFORE_CONTINUITY 16

static const struct shape_member members[] = {
	SHAPE_MEMBER(struct result, id, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct result, scenario, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct result, source, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct result, target, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct result, verdict, SHAPE_NAME, .names = verdict_names,
		     .required = true),
	SHAPE_MEMBER(struct result, attempts, SHAPE_COUNT, .required = true),
	SHAPE_MEMBER(struct result, phase, SHAPE_NAME, .names = phase_names,
		     .nullable = true, .null_value = PHASE_NONE),
	SHAPE_MEMBER(struct result, rule, SHAPE_TEXT),
	SHAPE_MEMBER(struct result, reason, SHAPE_TEXT),
	SHAPE_MEMBER(struct result, expected, SHAPE_TEXT),
	SHAPE_MEMBER(struct result, link, SHAPE_TEXT),
	SHAPE_MEMBER(struct result, cause, SHAPE_POINTER,
		     .shape = &cause_shape),
	SHAPE_MEMBER(struct result, remarks, SHAPE_STRUCTS,
		     .count_offset = offsetof(struct result, n_remarks),
		     .shape = &cause_shape),
	SHAPE_MEMBER(struct result, prediction, SHAPE_POINTER,
		     .shape = &prediction_shape),
	{ .key = "witnesses",
	  .kind = SHAPE_STRUCT,
	  .required = true,
	  .shape = &witness_shape },
	INSIDE("witness_reasons", why_shape),
	INSIDE("downtime", downtime_shape),
	INSIDE("flow", flow_shape),
	INSIDE("bytes", bytes_shape),
	SHAPE_KEY("wall_ms", struct result, wall_ns, SHAPE_MS),
	INSIDE("evidence", evidence_shape),
	SHAPE_MEMBER(struct result, control_of, SHAPE_TEXT),
	SHAPE_MEMBER(struct result, host, SHAPE_POINTER, .shape = &host_shape),
};

/* Members of few cells, which the others go without. */
static const char *const rare[] = { "control_of", "host" };

const struct shape result_shape = SHAPE_OF(struct result, members);

static const struct shape head = {
	.size = sizeof(struct result),
	.members = members,
	.n = BEFORE_CONTINUITY,
};

static const struct shape tail = {
	.size = sizeof(struct result),
	.members = members + BEFORE_CONTINUITY,
	.n = ARRAY_SIZE(members) - BEFORE_CONTINUITY,
};

json_t *result_to_json(const struct result *result)
{
	json_t *json = shape_write(&head, result);
	json_t *rest = shape_write(&tail, result);

	(void)json_object_set_new(json, "continuity",
				  continuity_to_json(result));
	(void)json_object_update(json, rest);
	json_decref(rest);
	for (size_t i = 0; i < ARRAY_SIZE(rare); i++) {
		if (json_is_null(json_object_get(json, rare[i])))
			(void)json_object_del(json, rare[i]);
	}
	return json;
}

void result_blank(struct result *ret_result)
{
	shape_init(&result_shape, ret_result);
	ret_result->verdict = VERDICT_NOTRUN;
	ret_result->phase = PHASE_NONE;
	ret_result->attempts = 0;
	ret_result->workload = WITNESS_ABSENT;
	ret_result->peer = WITNESS_ABSENT;
	ret_result->wire = WITNESS_ABSENT;
}

void result_init(const struct cell *cell, struct result *ret_result)
{
	result_blank(ret_result);
	ret_result->id = xstrdup(cell->id);
	ret_result->scenario = xstrdup(cell->scenario->name);
	ret_result->source = xstrdup(cell->source->name);
	ret_result->target = xstrdup(cell->target->name);
	if (cell->scenario->control_of)
		ret_result->control_of = xstrdup(cell->scenario->control_of);
}

void result_drop_wire(struct result *result)
{
	if (!result->wire_report)
		return;
	wire_report_release(result->wire_report);
	free(result->wire_report);
	result->wire_report = NULL;
	free(result->blame);
	result->blame = NULL;
}

void result_release(struct result *result)
{
	result_drop_wire(result);
	free(result->blame);
	result->blame = NULL;
	shape_release(&result_shape, result);
}
