// SPDX-License-Identifier: Apache-2.0
/* wire.c - a service under observation: sorts frames to its connections */
#include "compat/wire.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire_tracker.h"

/*
 * DOC: Theory of operation
 *
 * wire_frame() takes a frame apart (wire_decode), drops second captures of the
 * same frame, and hands it to its connection (wire_table, wire_conn), which
 * keeps two streams (wire_stream), windows (wire_acks) and hosts (wire_hosts).
 * Payload is remembered for all of them in one bounded memory (wire_memory).
 * Everything is done in one pass; what is kept is bounded but for the
 * connections themselves, see wire_flow.h.
 */

/* A frame that comes again within this time with equal headers, identification
 * or time stamp included, was captured twice: senders do not repeat so soon.
 * One that has neither may be equal to the next; then only another interface's
 * copy is known to be one. */
#define TWICE_NS NS_PER_MS

static bool parse_ip(const char *text, uint8_t ip[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET6, text, ip) == 1)
		return true;
	if (inet_pton(AF_INET, text, ip + 12) != 1)
		return false;
	memcpy(ip, mapped, sizeof(mapped));
	return true;
}

int wire_new(const char *service, uint16_t port,
	     struct wire_tracker **ret_tracker, struct err *err)
{
	struct wire_addr addr = { .port = port };
	struct wire_tracker *tracker;

	if (!parse_ip(service, addr.ip))
		return err_set(err, ERR_INPUT, 0, "'%s' is not an IP address",
			       service);
	tracker = xnew(struct wire_tracker);
	tracker->service = addr;
	tracker->udp_host = -1;
	wire_memory_init(&tracker->memory, WIRE_MEMORY_BYTES);
	*ret_tracker = tracker;
	return 0;
}

static bool is_service(const struct wire_tracker *tracker,
		       const struct wire_addr *addr)
{
	const struct wire_addr *service = &tracker->service;

	if (service->port && service->port != addr->port)
		return false;
	return memcmp(service->ip, addr->ip, sizeof(addr->ip)) == 0;
}

/* Whether this frame was captured before, just now. */
static bool is_twice(struct wire_tracker *tracker,
		     const struct wire_packet *packet,
		     const struct wire_frame *frame, uint64_t at_ns)
{
	struct wire_recent *recent =
		&tracker->recent[packet->digest % WIRE_RECENT];
	uint64_t apart = at_ns > recent->at_ns ? at_ns - recent->at_ns :
						 recent->at_ns - at_ns;

	if (recent->digest == packet->digest && apart <= TWICE_NS &&
	    (packet->is_unique || recent->iface != frame->iface))
		return true;
	*recent = (struct wire_recent){ packet->digest, at_ns, frame->iface };
	return false;
}

/* --- TCP ------------------------------------------------------------------ */

static bool same_ip(const struct wire_addr *a, const struct wire_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

static void remember_fragmented(struct wire_tracker *tracker,
				const struct wire_packet *packet,
				bool from_server)
{
	const struct wire_addr *src = &packet->src, *dst = &packet->dst;
	size_t i = tracker->next_fragmented++ % WIRE_FRAGMENTED;

	tracker->fragmented[i] = (struct wire_fragmented){
		.client = from_server ? *dst : *src,
		.server = from_server ? *src : *dst,
		.from_server = from_server,
		.ip_id = packet->ip_id,
		.seq = packet->seq + !!(packet->flags & WIRE_SYN),
		.header_len = packet->header_len,
		.fin = packet->flags & WIRE_FIN,
	};
}

static void take_tcp(struct wire_tracker *tracker,
		     const struct wire_packet *packet,
		     const struct wire_event *event)
{
	const struct wire_addr *src = &packet->src, *dst = &packet->dst;
	const struct wire_addr *client = event->from_server ? dst : src;
	const struct wire_addr *server = event->from_server ? src : dst;
	struct wire_segment segment = { .seq = packet->seq,
					.len = packet->payload_len };
	struct wire_look look;

	wire_flow_packet(wire_table_get(&tracker->table, client, server->port),
			 &tracker->memory, packet, event, &look);
	if (tracker->watcher.seen)
		wire_watcher_hears(tracker, &look, &segment);
	if (packet->more)
		remember_fragmented(tracker, packet, event->from_server);
}

static bool continues(const struct wire_fragmented *f,
		      const struct wire_packet *packet)
{
	const struct wire_addr *from = f->from_server ? &f->server : &f->client;
	const struct wire_addr *to = f->from_server ? &f->client : &f->server;

	return f->header_len && f->ip_id == packet->ip_id &&
	       packet->fragment_offset >= f->header_len &&
	       same_ip(from, &packet->src) && same_ip(to, &packet->dst);
}

/* The newest segment that it can continue; NULL when there is none. */
static const struct wire_fragmented *
find_fragmented(const struct wire_tracker *tracker,
		const struct wire_packet *packet)
{
	for (size_t i = 1; i <= WIRE_FRAGMENTED; i++) {
		size_t at = (tracker->next_fragmented - i) % WIRE_FRAGMENTED;

		if (continues(&tracker->fragmented[at], packet))
			return &tracker->fragmented[at];
	}
	return NULL;
}

/* A later fragment that comes before its first one is not understood. */
static void take_fragment(struct wire_tracker *tracker,
			  const struct wire_packet *packet,
			  struct wire_event *event)
{
	const struct wire_fragmented *f = find_fragmented(tracker, packet);
	struct wire_segment segment;
	struct wire_look look;

	if (!f)
		return;
	segment = (struct wire_segment){
		.seq = f->seq + packet->fragment_offset - f->header_len,
		.len = packet->payload_len,
		.captured = packet->captured,
		.bytes = packet->payload,
		.fin = f->fin && !packet->more,
	};
	event->from_server = f->from_server;
	wire_flow_fragment(wire_table_get(&tracker->table, &f->client,
					  f->server.port),
			   &tracker->memory, &segment, event, &look);
	if (tracker->watcher.seen)
		wire_watcher_hears(tracker, &look, &segment);
}

/* --- All frames ----------------------------------------------------------- */

static void note_frame(struct wire_report *report, uint64_t at_ns)
{
	if (report->frames == 0 || at_ns < report->first_ns)
		report->first_ns = at_ns;
	if (at_ns > report->last_ns)
		report->last_ns = at_ns;
	report->frames++;
}

/* Between the service and somebody else: not another's, nor to itself. */
static bool is_of_service(const struct wire_tracker *tracker,
			  const struct wire_packet *packet, bool *ret_server)
{
	*ret_server = is_service(tracker, &packet->src);
	return *ret_server != is_service(tracker, &packet->dst);
}

static void take_packet(struct wire_tracker *tracker,
			const struct wire_packet *packet,
			struct wire_event *event)
{
	switch (packet->kind) {
	case WIRE_TCP:
		take_tcp(tracker, packet, event);
		break;
	case WIRE_FRAGMENT:
		take_fragment(tracker, packet, event);
		break;
	case WIRE_UDP:
		wire_udp_note(tracker, packet, event);
		break;
	case WIRE_ARP:
	case WIRE_NEIGHBOR:
		wire_claims_note(tracker, packet, event);
		break;
	case WIRE_ICMP:
		wire_icmp_note(tracker, packet, event);
		break;
	case WIRE_OTHER:
		break;
	}
}

void wire_frame(struct wire_tracker *tracker, const struct wire_frame *frame)
{
	struct wire_report *report = &tracker->report;
	struct wire_packet packet;
	struct wire_event event = { .at_ns = frame->at_ns };

	if (event.at_ns > INT64_MAX) /* no such time: 292 years on */
		event.at_ns = INT64_MAX;
	note_frame(report, event.at_ns);
	event.frame = report->frames;
	if (frame->comment)
		wire_phase_note(report, frame->comment, event.at_ns);
	wire_decode(frame->linktype, frame->bytes, frame->cap_len, frame->len,
		    &packet);
	if (packet.kind == WIRE_OTHER)
		return;
	if ((packet.kind == WIRE_TCP || packet.kind == WIRE_UDP) &&
	    !is_of_service(tracker, &packet, &event.from_server))
		return;
	if (is_twice(tracker, &packet, frame, event.at_ns))
		return;
	event.mac = packet.mac;
	take_packet(tracker, &packet, &event);
}

/* --- The end -------------------------------------------------------------- */

static void tell_conns(struct wire_tracker *tracker,
		       void (*told)(void *arg, const struct wire_conn *conn),
		       void *arg)
{
	const struct wire_table *table = &tracker->table;
	size_t n_grouped = wire_table_group(&tracker->table);

	for (size_t i = 0; i < table->n; i++) {
		const struct wire_flow *flow = wire_table_at(table, i);
		const struct wire_flow *next =
			wire_table_next(table, n_grouped, flow);
		struct wire_conn conn;

		wire_flow_view(flow, &tracker->service, &conn);
		if (next) {
			conn.next_frame = next->first_frame;
			conn.next_client.port = next->client_port;
			memcpy(conn.next_client.ip, next->client_ip,
			       sizeof(conn.next_client.ip));
		}
		told(arg, &conn);
	}
}

void wire_each(struct wire_tracker *tracker, uint64_t drops,
	       void (*conn)(void *arg, const struct wire_conn *conn), void *arg,
	       struct wire_report *ret_report)
{
	struct wire_report report;

	wire_claims_until(tracker, tracker->report.last_ns);
	report = tracker->report;
	if (report.frames == 0)
		report.first_ns = report.last_ns = WIRE_UNKNOWN;
	if (report.udp_frames[0] + report.udp_frames[1] == 0)
		report.udp_silence_ns = WIRE_UNKNOWN;
	report.drops = drops;
	report.n_conns = tracker->table.n;
	tell_conns(tracker, conn, arg);
	tracker->report.phases = NULL; /* the report's now */
	tracker->report.n_phases = 0;
	*ret_report = report;
}

static void keep_conn(void *arg, const struct wire_conn *conn)
{
	struct wire_report *all = arg;

	*VEC_PUSH(all->conns, all->n_conns) = *conn;
}

void wire_finish(struct wire_tracker *tracker, uint64_t drops,
		 struct wire_report *ret_report)
{
	struct wire_report all = { 0 };

	wire_each(tracker, drops, keep_conn, &all, ret_report);
	ret_report->conns = all.conns;
	wire_free(tracker);
}

void wire_free(struct wire_tracker *tracker)
{
	if (!tracker)
		return;
	wire_report_release(&tracker->report);
	wire_table_release(&tracker->table);
	wire_memory_release(&tracker->memory);
	free(tracker);
}

void wire_report_release(struct wire_report *report)
{
	free(report->conns);
	for (size_t i = 0; i < report->n_phases; i++)
		free(report->phases[i].text);
	free(report->phases);
	*report = (struct wire_report){ 0 };
}
