// SPDX-License-Identifier: Apache-2.0
/* cell_network.c - the service network of a cell: the peer's host, the capture */
#include "base/mem.h"
#include "base/str.h"
#include "compat/pcapng_notes.h"
#include "runner/addresses.h"
#include "runner/cell_internal.h"
#include "runner/evidence.h"

int stage_network(struct cell_run *run, struct err *err)
{
	const char *const ips[] = { addresses_by(FAMILY_IPV4)->peer,
				    addresses_by(FAMILY_IPV6)->peer, NULL };
	const struct net_host_opts opts = { .port = LAB_PEER_PORT,
					    .bridge = LAB_SERVICE_BRIDGE,
					    .mac = LAB_PEER_MAC,
					    .ips = ips };

	return net_host_open(&opts, &run->peer_host, err) ? -1 : CELL_GO_ON;
}

int cell_end_network(struct cell_run *run, struct err *err)
{
	return net_host_close(TAKE(run->peer_host), err);
}

/* Each frame once, where it comes from its host onto the bridge. */
int stage_capture(struct cell_run *run, struct err *err)
{
	const struct capture_device devices[] = {
		{ domain_roles[ROLE_SOURCE].tap[0], role_names[ROLE_SOURCE] },
		{ domain_roles[ROLE_TARGET].tap[0], role_names[ROLE_TARGET] },
		{ LAB_PEER_PORT, "peer" },
	};
	CLEANUP_FREE char *path = NULL;

	if (!run->scenario->workload.port)
		return CELL_GO_ON;
	path = evidence_path(run, EVIDENCE_CAPTURE);
	if (capture_start(devices, ARRAY_SIZE(devices), path, &run->capture,
			  err))
		return -1;
	run->obs->capture = xstrdup(EVIDENCE_CAPTURE);
	return CELL_GO_ON;
}

/* It was begun before the machines came up, which takes longer. */
int stage_capture_sees(struct cell_run *run, struct err *err)
{
	if (!run->capture || !capture_await(run->capture, err))
		return CELL_GO_ON;
	capture_free(TAKE(run->capture));
	return -1;
}

/* --- Marks ---------------------------------------------------------------- */

/* How marks are worded; others as they are. */
static const struct {
	const char *mark;
	const char *words;
} wordings[] = {
	{ "dump-begin", "dump begins" },
	{ "dump-end", "dump ends" },
	{ "transfer-begin", "transfer begins" },
	{ "transfer-end", "image sent" },
	{ "takeover-begin", "takeover begins" },
	{ "address-moved", "address moved" },
	{ "restore-begin", "restore begins" },
	{ "restore-end", "restore done" },
	{ "takeover-end", "takeover done" },
};

static const char *words_of(const char *mark)
{
	for (size_t i = 0; i < ARRAY_SIZE(wordings); i++)
		if (str_eq(wordings[i].mark, mark))
			return wordings[i].words;
	return mark;
}

static int add_marks(const struct cell_run *run, struct err *err)
{
	const struct observation *obs = run->obs;
	CLEANUP_FREE char *path = evidence_path(run, EVIDENCE_CAPTURE);
	CLEANUP(str_list_release) struct str_list texts = { 0 };
	CLEANUP_FREE struct pcapng_note *notes =
		xcalloc(obs->n_marks, sizeof(*notes));

	for (size_t i = 0; i < obs->n_marks; i++)
		str_list_take(&texts,
			      xasprintf("%s: %s", node_names[obs->marks[i].on],
					words_of(obs->marks[i].name)));
	for (size_t i = 0; i < obs->n_marks; i++)
		notes[i] = (struct pcapng_note){ .at_ns = obs->marks[i].at_ns +
							  obs->epoch_ns,
						 .text = texts.v[i] };
	return pcapng_finish(path, notes, obs->n_marks, err);
}

int cell_end_capture(struct cell_run *run, struct err *err)
{
	if (!run->capture)
		return 0;
	if (capture_stop(TAKE(run->capture), &run->obs->capture_drops, err))
		return -1;
	return add_marks(run, err);
}
