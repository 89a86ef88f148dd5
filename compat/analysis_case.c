// SPDX-License-Identifier: Apache-2.0
/* analysis_case.c - a connection before the rules: what its facts amount to */
#include "compat/analysis_case.h"

#include "base/clock.h"
#include "compat/wire_inquest.h"

/*
 * How long questions must go unanswered to the end of the capture before that is
 * taken for a verdict. A host that is there acknowledges within half a second
 * (RFC 1122, 4.2.3.2); one whose restore is under way is silent for as long as
 * that takes, and a capture that ends meanwhile proves nothing.
 */
#define SILENCE_NS (5 * NS_PER_S)
/* A question that was repeated so often found nobody (R1 of RFC 1122,
 * 4.2.3.5): the first one and three repetitions. */
#define ASKED_IN_VAIN 4

static uint64_t frame_or_never(const struct wire_event *event)
{
	return event->frame ? event->frame : NEVER;
}

static uint64_t min_frame(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* --- Hosts ---------------------------------------------------------------- */

static void find_hosts(struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;

	c->links = conn->n_hosts > 0;
	c->old = c->links ? &conn->hosts[0] : NULL;
	c->now = conn->n_hosts > 1 ? &conn->hosts[conn->n_hosts - 1] : NULL;
}

/* The host's last segment after the next one's first is the RST of a host that
 * has the address but no socket, and nothing else. */
static bool is_rst_alone(const struct analysis_case *c,
			 const struct wire_host *host)
{
	return c->conn->first_rst.frame == host->last_frame &&
	       c->conn->turns <= c->conn->n_hosts + 1;
}

static void find_overlap(struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;

	for (size_t i = 0; i + 1 < conn->n_hosts; i++)
		if (conn->hosts[i].last_frame >
			    conn->hosts[i + 1].first_frame &&
		    !is_rst_alone(c, &conn->hosts[i]))
			c->overlap = true;
}

/* Moved there and back: the first host says that it has the address again, and
 * from then on it alone speaks. */
static void find_return(struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;
	struct wire_event back;

	if (!c->overlap || conn->n_hosts != 2 || conn->turns != 2 ||
	    !analysis_mark_event(c, MARK_CLAIM_BACK, &back))
		return;
	c->returned = back.frame > conn->hosts[1].first_frame &&
		      back.frame < conn->hosts[0].last_frame &&
		      conn->hosts[1].last_frame < conn->hosts[0].last_frame;
}

/* --- Endings -------------------------------------------------------------- */

/* After the client's FIN a RST is the end that the client wanted, unless its FIN
 * itself met a host without the socket. */
static uint64_t rst_frame(const struct analysis_case *c)
{
	const struct wire_event *rst = &c->conn->first_rst;
	uint64_t frame = frame_or_never(rst);
	uint64_t server_fin = frame_or_never(&c->conn->first_fin[WIRE_SERVER]);
	bool served = c->now && c->now->first_frame < frame;

	if (frame < c->client_fin)
		return frame;
	if (rst->from_server && c->conn->rst_no_socket && !served &&
	    server_fin > frame)
		return frame;
	return NEVER;
}

/* The service may close its half before the move and go on listening: then
 * nothing new comes from the host that took over. */
static uint64_t fin_frame(const struct analysis_case *c)
{
	uint64_t frame = frame_or_never(&c->conn->first_fin[WIRE_SERVER]);
	bool half = c->now && frame < c->now->first_frame &&
		    !c->now->data_frame;

	return frame > c->client_fin || half ? NEVER : frame;
}

/* A SYN that a living socket answers by a challenge ACK was nobody's: the
 * connection goes on. */
static bool began_anew(const struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;
	uint64_t spoke = 0;

	if (conn->side[WIRE_SERVER].syn > conn->began_with_syn)
		return true;
	for (size_t i = 0; i < conn->n_hosts; i++)
		if (conn->hosts[i].last_frame > spoke)
			spoke = conn->hosts[i].last_frame;
	return c->links && spoke < conn->first_syn_again.frame;
}

static uint64_t syn_frame(const struct analysis_case *c)
{
	uint64_t frame = frame_or_never(&c->conn->first_syn_again);

	return frame > c->client_fin || !began_anew(c) ? NEVER : frame;
}

static void find_endings(struct analysis_case *c)
{
	c->client_fin = frame_or_never(&c->conn->first_fin[WIRE_CLIENT]);
	c->rst = rst_frame(c);
	c->fin = fin_frame(c);
	c->syn = syn_frame(c);
	c->ended = min_frame(c->rst, min_frame(c->fin, c->syn));
}

/* --- Silence -------------------------------------------------------------- */

static uint64_t elapsed(uint64_t from_ns, uint64_t to_ns)
{
	if (from_ns == WIRE_UNKNOWN || to_ns == WIRE_UNKNOWN || to_ns < from_ns)
		return 0;
	return to_ns - from_ns;
}

/*
 * With doubling intervals the last of two or more questions comes after at most
 * two thirds of the time since the first one. So when the target has been there
 * for longer than that, an earlier one was asked while it was.
 */
static bool asked_twice_of_target(const struct analysis_case *c)
{
	uint64_t there = elapsed(c->scene->takeover.at_ns, c->conn->last_ns);
	uint64_t since =
		elapsed(c->conn->first_unanswered.at_ns, c->conn->last_ns);

	return there >= SILENCE_NS && there / 2 >= since / 3;
}

static bool is_hung(const struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;
	uint64_t rest = elapsed(conn->last_ns, c->report->last_ns);

	if (conn->unanswered < 2 || c->waited_ns < SILENCE_NS)
		return false;
	if (c->now)
		return true;
	if (c->asked_target && (c->asked_twice || rest >= SILENCE_NS))
		return true;
	return !c->scene->takeover.frame && conn->unanswered >= ASKED_IN_VAIN;
}

static void find_silence(struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;
	const struct wire_event *takeover = &c->scene->takeover;

	c->both_ways = conn->side[WIRE_CLIENT].frames > 0 &&
		       conn->side[WIRE_SERVER].frames > 0;
	if (!conn->unanswered || !c->both_ways)
		return;
	c->waited_ns =
		elapsed(conn->first_unanswered.at_ns, c->report->last_ns);
	c->asked_target = c->now || (takeover->frame &&
				     takeover->frame < conn->last_frame);
	c->asked_twice = c->asked_target && conn->unanswered > 1 &&
			 asked_twice_of_target(c);
	c->hung = c->ended == NEVER && is_hung(c);
}

void analysis_case_init(struct analysis_case *c, const struct wire_conn *conn,
			const struct wire_report *report,
			const struct analysis_scene *scene)
{
	*c = (struct analysis_case){
		.conn = conn,
		.report = report,
		.scene = scene,
	};
	find_hosts(c);
	find_overlap(c);
	find_return(c);
	find_endings(c);
	find_silence(c);
}

/* A host that took part in a longer journey is what it was in this connection,
 * unless the caller has said who is who. */
static enum analysis_who who_by_turn(const struct analysis_case *c,
				     const struct wire_mac *mac)
{
	if (c->scene->given || !c->now)
		return WHO_OTHER;
	if (wire_mac_equal(mac, &c->now->mac))
		return WHO_TARGET;
	return wire_mac_equal(mac, &c->old->mac) ? WHO_SOURCE : WHO_OTHER;
}

enum analysis_who analysis_who_of(const struct analysis_case *c,
				  const struct wire_event *event)
{
	const struct analysis_scene *scene = c->scene;
	static const struct wire_mac none;

	if (!event->from_server)
		return WHO_CLIENT;
	if (wire_mac_equal(&event->mac, &none))
		return WHO_SERVICE;
	if (scene->has_source && wire_mac_equal(&event->mac, &scene->source))
		return WHO_SOURCE;
	if (scene->has_target && wire_mac_equal(&event->mac, &scene->target))
		return WHO_TARGET;
	return who_by_turn(c, &event->mac);
}

bool analysis_before_takeover(const struct analysis_case *c, uint64_t frame)
{
	return !c->now && frame < c->scene->takeover.frame;
}

bool analysis_served_on(const struct analysis_case *c, uint64_t at_ns)
{
	const struct analysis_scene *scene = c->scene;

	for (size_t i = 0; i < scene->n_hosts; i++)
		if (wire_mac_equal(&scene->hosts[i].mac, &scene->source) &&
		    scene->hosts[i].last_ns >= at_ns &&
		    scene->hosts[i].last_ns - at_ns >= NS_PER_S)
			return true;
	return false;
}
