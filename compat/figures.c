// SPDX-License-Identifier: Apache-2.0
/* figures.c - durations and sizes of a cell */
#include "compat/figures.h"

#include <string.h>

#include "base/mem.h"
#include "compat/stamp.h"

#define PAGE_BYTES 4096 /* of an x86-64 guest */

static struct wire_report *wire_copy(const struct wire_report *wire)
{
	struct wire_report *copy;

	if (!wire)
		return NULL;
	copy = xnew(struct wire_report);
	*copy = *wire;
	copy->conns = xcalloc(wire->n_conns, sizeof(*copy->conns));
	if (wire->n_conns)
		memcpy(copy->conns, wire->conns,
		       wire->n_conns * sizeof(*copy->conns));
	copy->phases = xcalloc(wire->n_phases, sizeof(*copy->phases));
	for (size_t i = 0; i < wire->n_phases; i++) {
		copy->phases[i] = wire->phases[i];
		copy->phases[i].text = xstrdup(wire->phases[i].text);
	}
	return copy;
}

/* The connection that two hosts served, in order of appearance. */
static const struct wire_conn *moved_conn(const struct wire_report *wire)
{
	for (size_t i = 0; wire && i < wire->n_conns; i++) {
		if (wire->conns[i].n_hosts > 1)
			return &wire->conns[i];
	}
	return NULL;
}

/* The capture's clock counts from the epoch, the peer's from the boot. */
static uint64_t tail_ns(const struct observation *obs,
			const struct wire_conn *conn)
{
	if (!conn || obs->epoch_ns == UNMEASURED ||
	    obs->peer.first_after_ns == UNMEASURED)
		return UNMEASURED;
	return stamp_span(conn->hosts[1].first_ns,
			  obs->peer.first_after_ns + obs->epoch_ns);
}

static uint64_t span(const struct observation *obs, const char *from,
		     const char *to)
{
	return stamp_span(stamp_of(obs, from), stamp_of(obs, to));
}

/* The address comes before the restore and is let in after it: what lies between
 * is not the takeover's. */
static uint64_t takeover_ns(const struct observation *obs)
{
	uint64_t whole_ns = span(obs, "takeover-begin", "takeover-end");
	uint64_t let_in_ns = span(obs, "restore-end", "takeover-end");
	uint64_t comes_ns = span(obs, "takeover-begin", "restore-begin");

	if (whole_ns == UNMEASURED || let_in_ns == UNMEASURED ||
	    comes_ns == UNMEASURED)
		return whole_ns;
	return comes_ns + let_in_ns;
}

/* Of what came back criu counts all pages; else those it wrote and those it left to
 * the dump before. */
static uint64_t memory_bytes(const struct obs_criu *criu)
{
	uint64_t pages = criu->pages_restored;
	uint64_t more = criu->pages_lazy;

	if (pages == UNMEASURED) {
		pages = criu->pages_written;
		more = criu->pages_skipped;
	}
	if (pages == UNMEASURED)
		return UNMEASURED;
	return (pages + (more == UNMEASURED ? 0 : more)) * PAGE_BYTES;
}

void figures_fill(const struct observation *obs, const struct wire_report *wire,
		  struct result *result)
{
	const struct wire_conn *conn = moved_conn(wire);

	result->service_ns =
		stamp_span(obs->peer.last_before_ns, obs->peer.first_after_ns);
	result->wire_ns = conn ? conn->move.blackout_ns : UNMEASURED;
	result->freeze_ns = obs->criu.frozen_ns;
	result->dump_ns = span(obs, "dump-begin", "dump-end");
	result->transfer_ns = span(obs, "transfer-begin", "transfer-end");
	result->restore_ns = span(obs, "restore-begin", "restore-end");
	result->takeover_ns = takeover_ns(obs);
	result->tcp_tail_ns = tail_ns(obs, conn);
	downtime_split(obs, &result->split);
	result->stall_ns = obs->peer.stall_ns;
	result->late = obs->peer.late;
	result->image_bytes = obs->image_bytes;
	result->sent_bytes = obs->sent_bytes;
	result->memory_bytes = memory_bytes(&obs->criu);
	result->wall_ns = stamp_span(obs->began_ns, obs->ended_ns);
	result->wire_report = wire_copy(wire);
}
