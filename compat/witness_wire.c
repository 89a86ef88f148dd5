// SPDX-License-Identifier: Apache-2.0
/* witness_wire.c - what the wire says, and who was to blame */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "compat/stamp.h"
#include "compat/witness_wire_internal.h"

static bool same_mac(const struct wire_mac *a, const struct wire_mac *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* A machine that was booted again has one address for both. */
static bool is_one(const struct ends *ends)
{
	return same_mac(&ends->source, &ends->target);
}

static const char *who(const struct wire_event *event, const struct ends *ends)
{
	if (!event->from_server)
		return "client";
	if (is_one(ends))
		return event->at_ns > ends->arrived_ns ? "target" : "source";
	return same_mac(&event->mac, &ends->source) ? "source" : "target";
}

static void saw_frame(struct testimony *t, const char *flag,
		      const struct wire_event *event, const struct ends *ends)
{
	const char *name = who(event, ends);

	testimony_saw(t, "%s %s %" PRIu64, flag, name, event->frame);
	if (!t->blame)
		t->blame = name;
}

static bool heard_both(const struct wire_conn *conn, const struct ends *ends,
		       size_t *ret_source, size_t *ret_target)
{
	bool source = false, target = false;

	for (size_t i = 0; i < conn->n_hosts; i++) {
		if (same_mac(&conn->hosts[i].mac, &ends->source)) {
			*ret_source = i;
			source = true;
		} else if (same_mac(&conn->hosts[i].mac, &ends->target)) {
			*ret_target = i;
			target = true;
		}
	}
	return source && target;
}

static void saw_servers(const struct wire_conn *conn, const struct ends *ends,
			struct testimony *t)
{
	size_t source = 0, target = 0;

	if (is_one(ends) && conn->n_hosts == 1 &&
	    conn->hosts[0].last_ns > ends->restored_ns)
		return;
	if (!heard_both(conn, ends, &source, &target)) {
		testimony_saw(t, "silent target");
		if (!t->blame)
			t->blame = "target";
	} else if (conn->hosts[source].last_ns > conn->hosts[target].first_ns) {
		testimony_saw(t, "two servers");
		if (!t->blame)
			t->blame = "source";
	}
}

/* Whether the target's sockets were there already when it sent this RST: by the
 * clock, or, where clocks cannot be compared, by its having spoken before. */
static bool was_restored(const struct wire_conn *conn, const struct ends *ends)
{
	size_t source = 0, target = 0;

	if (ends->restored_ns != WIRE_UNKNOWN)
		return conn->first_rst.at_ns > ends->restored_ns;
	return heard_both(conn, ends, &source, &target) &&
	       conn->hosts[target].first_frame < conn->first_rst.frame;
}

static void saw_rst(const struct wire_conn *conn, const struct ends *ends,
		    struct testimony *t)
{
	const char *flag = "rst";

	if (!conn->rst_no_socket)
		flag = "abort";
	else if (str_eq(who(&conn->first_rst, ends), "target") &&
		 was_restored(conn, ends))
		flag = "gone";
	saw_frame(t, flag, &conn->first_rst, ends);
}

/* Whether the service closed, and before the client did. */
static bool closed_first(const struct wire_conn *conn)
{
	uint64_t client = conn->first_fin[WIRE_CLIENT].frame;
	uint64_t server = conn->first_fin[WIRE_SERVER].frame;

	return server && (!client || server < client);
}

static void saw_conn(const struct wire_conn *conn, const struct ends *ends,
		     struct testimony *t)
{
	const struct wire_side *client = &conn->side[WIRE_CLIENT];
	const struct wire_side *server = &conn->side[WIRE_SERVER];
	uint64_t lost = client->lost_bytes + server->lost_bytes;
	uint64_t damaged = client->damaged + server->damaged;

	if (client->rst + server->rst)
		saw_rst(conn, ends, t);
	if (conn->syn_again)
		testimony_saw(t, "syn again %" PRIu64,
			      conn->first_syn_again.frame);
	if (closed_first(conn))
		saw_frame(t, "fin", &conn->first_fin[WIRE_SERVER], ends);
	if (lost)
		testimony_saw(t, "lost %" PRIu64, lost);
	if (damaged)
		testimony_saw(t, "damaged %" PRIu64, damaged);
	if (server->stray)
		testimony_saw(t, "stray %" PRIu64, server->stray);
	saw_servers(conn, ends, t);
}

/* The connection that was to live on is the first; what came after it is the
 * client connecting anew, and how that went tells nothing more. */
static void saw_conns(const struct wire_report *wire, const struct ends *ends,
		      struct testimony *t)
{
	const struct wire_conn *next;
	const struct wire_conn *conn = wire_subject(wire, &next);

	if (!conn) {
		testimony_saw(t, "silent target");
		return;
	}
	saw_conn(conn, ends, t);
	if (next)
		testimony_saw(t, "syn again %" PRIu64, next->first_frame);
}

/* A peer of the user's own is taken for what it was heard to speak, unless it is to
 * have connections. */
static bool is_tcp(const struct cell *cell, const struct wire_report *wire)
{
	static const bool tcp[PEER_COUNT] = {
		[PEER_TCP_STREAM] = true,
		[PEER_REDIS] = true,
		[PEER_HTTP] = true,
		[PEER_MPEGTS] = true,
		[PEER_TCP_CONNECTIONS] = true,
	};

	if (cell->scenario->peer.kind == PEER_COMMAND)
		return cell->scenario->peer.connections > 0 ||
		       wire->n_conns > 0;
	return tcp[cell->scenario->peer.kind];
}

void witness_wire_report(const struct whose *w, const struct wire_report *wire,
			 const char *name, struct testimony *t)
{
	CLEANUP_FREE char *why = NULL;
	bool tcp = is_tcp(w->cell, wire);
	enum witness says = wire_judge(wire, tcp, &w->ends->source,
				       &w->ends->target, w->ends->restored_ns,
				       &why);

	if (says == WITNESS_OK) {
		witness_remark(w->obs, wire, &w->ends->source, &w->ends->target,
			       name, t);
		return;
	}
	if (says == WITNESS_ABSENT) {
		testimony_absent(t, "%s%s", name, why ? why : "it cannot tell");
		return;
	}
	testimony_bad(t, PHASE_RESUME, "%s%s", name,
		      why ? why : "it cannot agree");
	if (tcp)
		saw_conns(wire, w->ends, t);
	else if (wire->n_udp_hosts < 2)
		testimony_saw(t, "silent target");
}

static uint64_t captured_ns(const struct observation *obs, const char *mark)
{
	uint64_t at_ns = stamp_of(obs, mark);

	if (at_ns == UNMEASURED || obs->epoch_ns == UNMEASURED)
		return WIRE_UNKNOWN;
	return at_ns + obs->epoch_ns;
}

void witness_wire(const struct cell *cell, const struct observation *obs,
		  const struct wire_report *wire,
		  struct testimony *ret_testimony)
{
	struct testimony *t = ret_testimony;
	struct ends ends = { .dump_ns = captured_ns(obs, "dump-begin"),
			     .arrived_ns = captured_ns(obs, "transfer-end"),
			     .restored_ns = captured_ns(obs, "restore-end") };
	struct whose w = { cell, obs, &ends };

	*t = (struct testimony){ .says = WITNESS_OK };
	t->needed = cell->scenario->workload.port &&
		    cell->scenario->peer.kind != PEER_NONE;
	if (!t->needed)
		testimony_absent(t,
				 "the scenario serves nobody on the network");
	else if (!wire)
		testimony_absent(t, "there is no capture");
	else if (!obs->source_mac || !obs->target_mac ||
		 !wire_mac_parse(obs->source_mac, &ends.source) ||
		 !wire_mac_parse(obs->target_mac, &ends.target))
		testimony_absent(t, "the machines' MAC addresses are unknown");
	else if (cell->scenario->peer.kind == PEER_TCP_CONNECTIONS)
		witness_wire_roles(&w, wire, t);
	else if (cell->scenario->peer.connections > 0)
		witness_wire_through(&w, wire, t);
	else
		witness_wire_report(&w, wire, "", t);
}
