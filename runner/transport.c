// SPDX-License-Identifier: Apache-2.0
/* transport.c - the table of the ways images travel, and the simplest of them */
#include "runner/transport.h"

#include <assert.h>

#include "base/mem.h"
#include "runner/cell_internal.h"
#include "runner/script.h"

/* The target listens before the source sends. */
static int bring_by_stream(struct cell_run *run, size_t round, struct err *err)
{
	uint64_t within_ns = run->scenario->limits.transfer_ns;
	struct deed receive = { .phase = PHASE_TRANSFER,
				.name = "receive round",
				.on = NODE_TARGET,
				.ours = true,
				.script = script_receive_round(),
				.tool = true,
				.within_ns = within_ns };
	struct deed send = { .phase = PHASE_TRANSFER,
			     .name = "send round",
			     .on = NODE_SOURCE,
			     .ours = true,
			     .tool = true,
			     .within_ns = within_ns };
	struct phase_job receiver;
	int rc;

	if (deed_begin(run, &receive, &receiver, err))
		return -1;
	send.script = script_send_round(round);
	rc = deed_do(run, &send, NULL, err);
	return rc == CELL_GO_ON ? deed_end(run, &receiver, NULL, err) : rc;
}

const struct transport_ops transport_stream = { .bring = bring_by_stream };

/* criu connects once and does not wait: this returns when somebody listens. */
static int start_page_server(struct cell_run *run, size_t round,
			     struct err *err)
{
	struct deed deed = { .phase = PHASE_DUMP,
			     .name = "page server",
			     .on = NODE_TARGET,
			     .script = script_page_server(run->scenario, round,
							  run->obs->n_rounds),
			     .within_ns = run->scenario->limits.dump_ns };

	return deed_do(run, &deed, NULL, err);
}

/* What the source keeps of a round only its next dump wants. */
const struct transport_ops transport_page_server = {
	.prepare = start_page_server,
};

/* The target serves before the source mounts. */
static int share(struct cell_run *run, struct err *err)
{
	struct deed deed = { .phase = PHASE_START,
			     .name = "shared file system",
			     .on = NODE_TARGET,
			     .ours = true,
			     .script = script_share_export(),
			     .within_ns = run->scenario->limits.start_ns };
	int rc = deed_do(run, &deed, NULL, err);

	if (rc != CELL_GO_ON)
		return rc;
	deed.on = NODE_SOURCE;
	deed.script = script_share_mount();
	return deed_do(run, &deed, NULL, err);
}

const struct transport_ops transport_shared = { .setup = share };

static const struct transport_ops *const transports[] = {
	[TRANSPORT_STREAM] = &transport_stream,
	[TRANSPORT_PAGE_SERVER] = &transport_page_server,
	[TRANSPORT_SHARED] = &transport_shared,
};
static_assert(ARRAY_SIZE(transports) == TRANSPORT_COUNT,
	      "transports[] doesn't match enum transport");

static const struct transport_ops *transport_of(const struct cell_run *run)
{
	return transports[run->scenario->migration.transport];
}

int transport_setup(struct cell_run *run, struct err *err)
{
	const struct transport_ops *t = transport_of(run);

	return t->setup ? t->setup(run, err) : CELL_GO_ON;
}

int transport_prepare(struct cell_run *run, size_t round, struct err *err)
{
	const struct transport_ops *t = transport_of(run);

	return t->prepare ? t->prepare(run, round, err) : CELL_GO_ON;
}

int transport_bring(struct cell_run *run, size_t round, struct err *err)
{
	const struct transport_ops *t = transport_of(run);

	return t->bring ? t->bring(run, round, err) : CELL_GO_ON;
}
