// SPDX-License-Identifier: Apache-2.0
/* witness_many.c - what the wire says of a client with many connections */
#include <inttypes.h>

#include "base/mem.h"
#include "compat/witness_wire_internal.h"

/* What was only tried, before the service was there, is none; nor is what an
 * earlier client left behind. */
static bool was_made(const struct wire_conn *conn)
{
	struct wire_conn copy = *conn;
	struct wire_report alone = { .conns = &copy, .n_conns = 1 };
	const struct wire_conn *next;

	return conn->began_with_syn && wire_subject(&alone, &next);
}

/* As if there were no other. */
static void judge_alone(const struct whose *w, const struct wire_report *wire,
			struct wire_conn conn, const char *name,
			struct testimony *t)
{
	struct wire_report alone = *wire;

	alone.conns = &conn;
	alone.n_conns = 1;
	witness_wire_report(w, &alone, name, t);
}

/* --- By their roles --------------------------------------------------------- */

/* Nobody accepted it before the dump: where it was left behind, that is told
 * before what follows from it. */
static void saw_queued(const struct wire_conn *conn, enum peer_role role,
		       struct testimony *t)
{
	if ((role == PEER_ROLE_QUEUED || role == PEER_ROLE_QUEUED_DATA) &&
	    conn->side[WIRE_SERVER].rst)
		testimony_saw(t, "not accepted %" PRIu64,
			      conn->first_rst.frame);
}

static void judge_one_of_many(const struct whose *w,
			      const struct wire_report *wire,
			      const struct wire_conn *conn, size_t number,
			      enum peer_role role, struct testimony *t)
{
	CLEANUP_FREE char *name = xasprintf("connection %zu (%s): ", number,
					    peer_role_names[role]);
	struct wire_conn copy = *conn;

	/* It was asked to close its direction. */
	if (role == PEER_ROLE_HALF_CLOSED_SERVER)
		copy.first_fin[WIRE_SERVER].frame = 0;
	judge_alone(w, wire, copy, name, t);
	if (t->says == WITNESS_BAD)
		saw_queued(conn, role, t);
}

/* The order on the wire is that of connecting; the first bad one is told. */
void witness_wire_roles(const struct whose *w, const struct wire_report *wire,
			struct testimony *t)
{
	const struct peer *peer = &w->cell->scenario->peer;
	size_t i, made = 0, n = peer->connections;
	CLEANUP_FREE enum peer_role *roles = peer_deal(&peer->roles, n);

	for (i = 0; i < wire->n_conns && t->says == WITNESS_OK; i++) {
		const struct wire_conn *conn = &wire->conns[i];

		if (!was_made(conn))
			continue;
		if (made < n) {
			judge_one_of_many(w, wire, conn, made, roles[made], t);
			made++;
			continue;
		}
		testimony_bad(t, PHASE_RESUME,
			      "frame %" PRIu64 ": more than %zu connections: "
			      "the client connected anew",
			      conn->first_frame, n);
		testimony_saw(t, "syn again %" PRIu64, conn->first_frame);
	}
	if (t->says == WITNESS_OK && made < n)
		testimony_bad(t, PHASE_RESUME,
			      "%zu of %zu connections were seen", made, n);
}

/* --- Of a client of the user's own ------------------------------------------ */

/** struct tally - What became of them
 * @went:	So many were there from before the dump until after the restore
 * @ended:	The first that was closed in between, NULL: none
 * @anew:	The first that was begun since the dump, likewise
 */
struct tally {
	size_t went;
	const struct wire_conn *ended;
	const struct wire_conn *anew;
};

static bool is_before(const struct wire_event *event, uint64_t at_ns)
{
	return event->frame && event->at_ns < at_ns;
}

/* The service's RST is no end that anybody wanted. */
static bool was_closed(const struct wire_conn *conn, uint64_t at_ns)
{
	return is_before(&conn->first_fin[WIRE_CLIENT], at_ns) ||
	       is_before(&conn->first_fin[WIRE_SERVER], at_ns) ||
	       (!conn->first_rst.from_server &&
		is_before(&conn->first_rst, at_ns));
}

static bool was_over(const struct wire_conn *conn, uint64_t at_ns)
{
	return was_closed(conn, at_ns) || is_before(&conn->first_rst, at_ns);
}

/* Of what is begun just then the answer tells whose it is. */
static bool began_since(const struct wire_conn *conn, uint64_t at_ns)
{
	return (conn->n_hosts ? conn->hosts[0].first_ns : conn->first_ns) >=
	       at_ns;
}

static void count(const struct whose *w, const struct wire_report *wire,
		  const struct wire_conn *conn, struct tally *tally,
		  struct testimony *t)
{
	CLEANUP_FREE char *name = xasprintf("connection %zu: ", tally->went);

	if (began_since(conn, w->ends->dump_ns)) {
		if (!tally->anew)
			tally->anew = conn;
	} else if (!was_made(conn) || was_over(conn, w->ends->dump_ns)) {
		return;
	} else if (was_closed(conn, w->ends->restored_ns)) {
		if (!tally->ended)
			tally->ended = conn;
	} else {
		judge_alone(w, wire, *conn, name, t);
		tally->went++;
	}
}

/* What ended one of them in between is told, where the wire knows it. */
static void tell_missing(const struct whose *w, const struct wire_report *wire,
			 const struct tally *tally, struct testimony *t)
{
	const uint64_t n = w->cell->scenario->peer.connections;

	if (tally->ended)
		judge_alone(w, wire, *tally->ended,
			    "a connection did not go through: ", t);
	if (t->says == WITNESS_OK)
		testimony_bad(t, PHASE_RESUME,
			      "%zu of %" PRIu64 " connections were there from "
			      "before the dump until after the restore",
			      tally->went, n);
	if (t->says == WITNESS_BAD && tally->anew)
		testimony_saw(t, "syn again %" PRIu64,
			      tally->anew->first_frame);
}

void witness_wire_through(const struct whose *w, const struct wire_report *wire,
			  struct testimony *t)
{
	struct tally tally = { 0 };

	if (w->ends->dump_ns == WIRE_UNKNOWN ||
	    w->ends->restored_ns == WIRE_UNKNOWN) {
		testimony_absent(t, "when dump and restore were is not known: "
				    "which connections were there cannot be "
				    "told");
		return;
	}
	if (wire->n_conns == 0 || wire->drops) {
		witness_wire_report(w, wire, "", t);
		return;
	}
	for (size_t i = 0; i < wire->n_conns && t->says == WITNESS_OK; i++)
		count(w, wire, &wire->conns[i], &tally, t);
	if (t->says == WITNESS_OK &&
	    tally.went < w->cell->scenario->peer.connections)
		tell_missing(w, wire, &tally, t);
}
