// SPDX-License-Identifier: Apache-2.0
/* wire_endings.c - how a connection ended that should have lived, by whom */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire_inquest.h"

bool wire_mac_equal(const struct wire_mac *a, const struct wire_mac *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

char *wire_host_name(const struct inquest *q, const struct wire_mac *mac)
{
	char text[18];

	wire_mac_format(mac, text);
	if (wire_mac_equal(mac, q->source))
		return xasprintf("the source's host (%s)", text);
	if (wire_mac_equal(mac, q->target))
		return xasprintf("the target's host (%s)", text);
	return xasprintf("a third host (%s)", text);
}

char *wire_sender_name(const struct inquest *q, const struct wire_event *event)
{
	static const struct wire_mac none;

	if (!event->from_server)
		return xstrdup("the client");
	if (wire_mac_equal(&event->mac, &none))
		return xstrdup("the service");
	return wire_host_name(q, &event->mac);
}

/* Who closed first; frame 0 when nobody did. */
static const struct wire_event *first_fin(const struct wire_conn *conn)
{
	const struct wire_event *client = &conn->first_fin[WIRE_CLIENT];
	const struct wire_event *server = &conn->first_fin[WIRE_SERVER];

	if (!client->frame)
		return server;
	return server->frame && server->frame < client->frame ? server : client;
}

/* Whether the client had closed before this frame: then all was over. */
static bool is_after_end(const struct wire_conn *conn, uint64_t frame)
{
	const struct wire_event *fin = first_fin(conn);

	return fin->frame && !fin->from_server && fin->frame < frame;
}

static uint64_t frame_or_never(bool happened, uint64_t frame)
{
	return happened ? frame : UINT64_MAX;
}

static uint64_t rst_frame(const struct inquest *q)
{
	uint64_t frame = q->conn->first_rst.frame;

	return frame_or_never(frame && !is_after_end(q->conn, frame), frame);
}

static uint64_t fin_frame(const struct inquest *q)
{
	const struct wire_event *fin = first_fin(q->conn);

	return frame_or_never(fin->frame && fin->from_server, fin->frame);
}

static uint64_t syn_frame(const struct inquest *q)
{
	return frame_or_never(q->conn->syn_again > 0,
			      q->conn->first_syn_again.frame);
}

static uint64_t next_frame(const struct inquest *q)
{
	return q->next ? q->next->first_frame : UINT64_MAX;
}

/* "1.203 s after the last segment of the source's host", or "". */
static char *after_source(const struct inquest *q,
			  const struct wire_event *event)
{
	const struct wire_conn *conn = q->conn;

	for (size_t i = 0; i < conn->n_hosts; i++) {
		const struct wire_host *host = &conn->hosts[i];

		if (!wire_mac_equal(&host->mac, q->source) ||
		    host->last_frame >= event->frame ||
		    host->last_ns > event->at_ns)
			continue;
		return xasprintf(" %.3f s after the last segment of the source",
				 (double)(event->at_ns - host->last_ns) /
					 NS_PER_S);
	}
	return xstrdup("");
}

static const char *rst_meaning(const struct wire_conn *conn)
{
	if (!conn->first_rst.from_server)
		return "the client gave the connection up";
	if (conn->rst_no_socket)
		return "a segment met a host that owns the address but has no "
		       "socket";
	return "the program or its kernel aborted the connection";
}

static char *describe_rst(const struct inquest *q)
{
	const struct wire_event *rst = &q->conn->first_rst;
	CLEANUP_FREE char *sender = wire_sender_name(q, rst);
	CLEANUP_FREE char *after = after_source(q, rst);

	return xasprintf("frame %" PRIu64 ": RST from %s%s: %s", rst->frame,
			 sender, after, rst_meaning(q->conn));
}

static char *describe_fin(const struct inquest *q)
{
	const struct wire_event *fin = first_fin(q->conn);
	CLEANUP_FREE char *sender = wire_sender_name(q, fin);
	CLEANUP_FREE char *after = after_source(q, fin);

	return xasprintf("frame %" PRIu64 ": FIN from %s%s, before the client "
			 "closed: the service ended the connection",
			 fin->frame, sender, after);
}

static char *describe_syn(const struct inquest *q)
{
	return xasprintf("frame %" PRIu64 ": SYN again on the same ports: the "
			 "client connected anew",
			 q->conn->first_syn_again.frame);
}

static char *describe_next(const struct inquest *q)
{
	char client[64];

	wire_addr_format(&q->next->client, client);
	return xasprintf("frame %" PRIu64
			 ": a second connection (of %zu), from "
			 "%s: the client connected anew",
			 q->next->first_frame, q->report->n_conns, client);
}

/* Of the ways in which a connection ends, the one that came first is told: the
 * others follow from it. */
static const struct ending {
	uint64_t (*frame)(const struct inquest *q);
	char *(*describe)(const struct inquest *q);
} endings[] = {
	{ rst_frame, describe_rst },
	{ fin_frame, describe_fin },
	{ syn_frame, describe_syn },
	{ next_frame, describe_next },
};

char *wire_says_ended(const struct inquest *q)
{
	const struct ending *first = NULL;
	uint64_t first_frame = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		uint64_t frame = endings[i].frame(q);

		if (frame >= first_frame)
			continue;
		first_frame = frame;
		first = &endings[i];
	}
	return first ? first->describe(q) : NULL;
}
