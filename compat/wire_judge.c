// SPDX-License-Identifier: Apache-2.0
/* wire_judge.c - the wire's witness: rules, first match, one sentence */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_inquest.h"

/*
 * struct rule - One reason why the wire is not content
 * @witness:	What it makes of the witness
 * @says:	Return: its sentence, owned by the caller, NULL: does not apply
 */
struct rule {
	enum witness witness;
	char *(*says)(const struct inquest *q);
};

/* --- No witness at all ---------------------------------------------------- */

static char *says_drops(const struct inquest *q)
{
	if (q->report->drops == 0)
		return NULL;
	if (q->report->drops == UINT64_MAX)
		return xstrdup(
			"it is not known whether the capture lost frames");
	return xasprintf("the capture lost %" PRIu64 " frame%s",
			 q->report->drops, q->report->drops == 1 ? "" : "s");
}

static char *says_empty(const struct inquest *q)
{
	return q->report->frames ? NULL : xstrdup("the capture has no frame");
}

/* --- TCP: what was in it ---------------------------------------------------- */

static char *says_no_conn(const struct inquest *q)
{
	const struct wire_report *report = q->report;

	if (q->conn)
		return NULL;
	if (report->n_conns == 0)
		return xstrdup("no TCP connection to the service was seen");
	return xasprintf("no connection was made: the first of %zu attempts, "
			 "frame %" PRIu64 ", was %s",
			 report->n_conns, report->conns[0].first_frame,
			 report->conns[0].side[WIRE_SERVER].rst ?
				 "refused" :
				 "not answered");
}

static char *says_damaged(const struct inquest *q)
{
	const struct wire_event *event = &q->conn->first_damaged;
	uint64_t damaged = q->conn->side[WIRE_CLIENT].damaged +
			   q->conn->side[WIRE_SERVER].damaged;
	CLEANUP_FREE char *sender = NULL;

	if (damaged == 0)
		return NULL;
	sender = wire_sender_name(q, event);
	return xasprintf("frame %" PRIu64 ": %s repeated bytes that are not as "
			 "they were: %" PRIu64 " differ",
			 event->frame, sender, damaged);
}

static char *says_lost(const struct inquest *q)
{
	uint64_t lost = q->conn->side[WIRE_CLIENT].lost_bytes +
			q->conn->side[WIRE_SERVER].lost_bytes;

	if (lost == 0)
		return NULL;
	return xasprintf("frame %" PRIu64 " passes by bytes that were never "
			 "seen: %" PRIu64 " were lost",
			 q->conn->first_lost.frame, lost);
}

static char *says_stray(const struct inquest *q)
{
	const struct wire_conn *conn = q->conn;

	if (conn->side[WIRE_SERVER].stray == 0)
		return NULL;
	return xasprintf("%" PRIu64 " segments of the service are outside the "
			 "stream: its sequence numbers were not continued",
			 conn->side[WIRE_SERVER].stray);
}

static char *says_no_syn(const struct inquest *q)
{
	if (q->conn->began_with_syn)
		return NULL;
	return xasprintf("the connection of frame %" PRIu64 " began before the "
			 "capture: whether it is the first cannot be told",
			 q->conn->first_frame);
}

/* --- Which hosts served --------------------------------------------------- */

/*
 * struct hosts - Who spoke as the service, of TCP or UDP alike
 * @what:	What they sent
 * @sent:	How many of these in all
 */
struct hosts {
	const char *what;
	uint64_t sent;
	const struct wire_host *v;
	size_t n;
	uint64_t turns;
};

static struct hosts tcp_hosts(const struct inquest *q)
{
	const struct wire_conn *conn = q->conn;

	return (struct hosts){ "segments", conn->side[WIRE_SERVER].frames,
			       conn->hosts, conn->n_hosts, conn->turns };
}

static struct hosts udp_hosts(const struct inquest *q)
{
	const struct wire_report *report = q->report;

	return (struct hosts){ "datagrams", report->udp_frames[WIRE_SERVER],
			       report->udp_hosts, report->n_udp_hosts,
			       report->udp_turns };
}

static char *no_macs(const struct hosts *hosts)
{
	if (hosts->n > 0 || hosts->sent == 0)
		return NULL;
	return xstrdup("the capture has no link addresses: which host sent "
		       "cannot be told");
}

/* A host that is neither, or the target before the source. */
static char *describe_order(const struct inquest *q, const struct hosts *hosts)
{
	const struct wire_mac *want[] = { q->source, q->target };

	for (size_t i = 0; i < hosts->n; i++) {
		CLEANUP_FREE char *name = NULL;

		if (i < ARRAY_SIZE(want) &&
		    wire_mac_equal(&hosts->v[i].mac, want[i]))
			continue;
		name = wire_host_name(q, &hosts->v[i].mac);
		return xasprintf("frame %" PRIu64 ": %s spoke as the service%s",
				 hosts->v[i].first_frame, name,
				 i == 0 ? " before the source did" : "");
	}
	return NULL;
}

/* One host, before and after it was booted again. */
static char *stayed_silent(const struct inquest *q,
			   const struct wire_host *host)
{
	if (q->restored_ns != WIRE_UNKNOWN && host->last_ns > q->restored_ns)
		return NULL;
	return xasprintf("the machine was not heard again after the restore: "
			 "the last it sent as the service is frame %" PRIu64,
			 host->last_frame);
}

static char *wrong_hosts(const struct inquest *q, const struct hosts *hosts)
{
	char *order = describe_order(q, hosts);
	char text[18];

	wire_mac_format(q->source, text);
	if (order)
		return order;
	if (hosts->n == 1 && wire_mac_equal(q->source, q->target))
		return stayed_silent(q, &hosts->v[0]);
	if (hosts->n == 0)
		return xasprintf("the service sent no %s", hosts->what);
	if (hosts->n == 1)
		return xasprintf("the target never sent: all %" PRIu64 " %s of "
				 "the service are the source's (%s), the last "
				 "is frame %" PRIu64,
				 hosts->sent, hosts->what, text,
				 hosts->v[0].last_frame);
	if (hosts->turns > 1)
		return xasprintf("frame %" PRIu64 ": the source's host (%s) "
				 "spoke as the service after the target had, "
				 "from frame %" PRIu64 " on: both were alive",
				 hosts->v[0].last_frame, text,
				 hosts->v[1].first_frame);
	return NULL;
}

static char *says_tcp_no_macs(const struct inquest *q)
{
	struct hosts hosts = tcp_hosts(q);

	return no_macs(&hosts);
}

static char *says_tcp_hosts(const struct inquest *q)
{
	struct hosts hosts = tcp_hosts(q);

	return wrong_hosts(q, &hosts);
}

static void find(const struct inquest *q, struct finding *ret_finding)
{
	struct analysis_scene scene;

	analysis_scene_init(&scene, q->source, q->target);
	for (size_t i = 0; i < q->report->n_conns; i++)
		analysis_scene_see(&scene, &q->report->conns[i]);
	analysis_scene_finish(&scene, q->report);
	analysis_judge(q->conn, q->report, &scene, ret_finding);
}

/* What 'crmatrix analyze' would say of it, beyond the rules above. Damage is told
 * by those; what may only come of it later, as timestamps that tick in another
 * unit, does not fail a cell whose peer lost nothing: it is a remark. */
static char *says_finding(const struct inquest *q)
{
	CLEANUP(finding_release) struct finding finding = { 0 };

	find(q, &finding);
	if (!fate_failed(finding.fate) || finding.fate == FATE_DAMAGED)
		return NULL;
	return TAKE(finding.sentence);
}

bool wire_damage(const struct wire_report *report,
		 const struct wire_mac *source, const struct wire_mac *target,
		 struct finding *ret_finding)
{
	struct inquest q = { .report = report,
			     .source = source,
			     .target = target,
			     .restored_ns = WIRE_UNKNOWN };
	struct finding finding;

	q.conn = wire_subject(report, &q.next);
	if (!q.conn)
		return false;
	find(&q, &finding);
	if (finding.fate != FATE_DAMAGED) {
		finding_release(&finding);
		return false;
	}
	*ret_finding = finding;
	return true;
}

static char *says_udp_no_macs(const struct inquest *q)
{
	struct hosts hosts = udp_hosts(q);

	return no_macs(&hosts);
}

static char *says_udp_hosts(const struct inquest *q)
{
	struct hosts hosts = udp_hosts(q);

	return wrong_hosts(q, &hosts);
}

static char *says_udp_unasked(const struct inquest *q)
{
	return q->report->udp_frames[0] ?
		       NULL :
		       xstrdup("no datagram was sent to the service");
}

/* --- The witness ---------------------------------------------------------- */

static const struct rule tcp_rules[] = {
	{ WITNESS_ABSENT, says_drops },	      { WITNESS_ABSENT, says_empty },
	{ WITNESS_BAD, says_no_conn }, /* the rules below need a connection */
	{ WITNESS_BAD, wire_says_ended },     { WITNESS_BAD, says_damaged },
	{ WITNESS_BAD, says_lost },	      { WITNESS_BAD, says_stray },
	{ WITNESS_ABSENT, says_tcp_no_macs }, { WITNESS_BAD, says_tcp_hosts },
	{ WITNESS_BAD, says_finding },	      { WITNESS_ABSENT, says_no_syn },
};

static const struct rule udp_rules[] = {
	{ WITNESS_ABSENT, says_drops },	   { WITNESS_ABSENT, says_empty },
	{ WITNESS_BAD, says_udp_unasked }, { WITNESS_ABSENT, says_udp_no_macs },
	{ WITNESS_BAD, says_udp_hosts },
};

/* Whether the service ever answered but by refusing. */
static bool was_made(const struct wire_conn *conn)
{
	const struct wire_side *server = &conn->side[WIRE_SERVER];

	return server->frames > server->rst || !conn->began_with_syn;
}

/* The first that fits, from @at on; NULL when there is none. */
static const struct wire_conn *find_made(const struct wire_report *report,
					 size_t at, bool with_syn)
{
	for (size_t i = at; i < report->n_conns; i++) {
		const struct wire_conn *conn = &report->conns[i];

		if (was_made(conn) && (conn->began_with_syn || !with_syn))
			return conn;
	}
	return NULL;
}

/* A new attempt counts although it was refused. */
static const struct wire_conn *find_next(const struct wire_report *report,
					 const struct wire_conn *conn)
{
	size_t i = (size_t)(conn - report->conns) + 1;

	while (i < report->n_conns && !report->conns[i].began_with_syn)
		i++;
	return i < report->n_conns ? &report->conns[i] : NULL;
}

const struct wire_conn *wire_subject(const struct wire_report *report,
				     const struct wire_conn **ret_next)
{
	const struct wire_conn *conn = find_made(report, 0, true);

	if (!conn)
		conn = find_made(report, 0, false);
	*ret_next = conn ? find_next(report, conn) : NULL;
	return conn;
}

enum witness wire_judge(const struct wire_report *report, bool tcp,
			const struct wire_mac *source,
			const struct wire_mac *target, uint64_t restored_ns,
			char **ret_why)
{
	const struct rule *rules = tcp ? tcp_rules : udp_rules;
	size_t n = tcp ? ARRAY_SIZE(tcp_rules) : ARRAY_SIZE(udp_rules);
	struct inquest q = { .report = report,
			     .source = source,
			     .target = target,
			     .restored_ns = restored_ns };

	q.conn = wire_subject(report, &q.next);
	for (size_t i = 0; i < n; i++) {
		*ret_why = rules[i].says(&q);
		if (*ret_why)
			return rules[i].witness;
	}
	return WITNESS_OK;
}
