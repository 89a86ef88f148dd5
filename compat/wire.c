// SPDX-License-Identifier: Apache-2.0
/* wire.c - a service under observation: sorts frames to its connections */
#include "compat/wire.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire_conn.h"
#include "compat/wire_decode.h"

/*
 * DOC: Theory of operation
 *
 * wire_frame() takes a frame apart (wire_decode), drops second captures of the
 * same frame, and hands it to its connection (wire_table, wire_conn), which
 * keeps two streams (wire_stream). Payload is remembered for all of them in one
 * bounded memory (wire_memory). Everything is done in one pass; what is kept is
 * bounded but for the connections themselves.
 */

/* A frame that comes again within this time with equal headers, identification
 * or time stamp included, was captured twice: senders do not repeat so soon. */
#define TWICE_NS NS_PER_MS
#define RECENT 256
#define FRAGMENTED 64

/* struct recent - A frame of late, in the slot of its digest */
struct recent {
	uint64_t digest;
	uint64_t at_ns;
};

/*
 * struct fragmented - A segment whose later fragments may follow
 * @seq:	Sequence number of its first payload byte
 * @header_len:	TCP header's bytes, which fragment offsets count too
 */
struct fragmented {
	struct wire_addr client, server;
	bool from_server;
	uint32_t ip_id;
	uint32_t seq;
	uint32_t header_len;
	bool fin;
};

/*
 * struct wire_tracker - Connections under observation
 * @report:	What is counted over all; without the connections
 * @udp_ns:	Last datagram of the service, the first to it without one
 * @udp_host:	As flow.host
 */
struct wire_tracker {
	struct wire_addr service;
	struct wire_report report;
	struct wire_table table;
	struct wire_memory memory;
	struct recent recent[RECENT];
	struct fragmented fragmented[FRAGMENTED];
	size_t next_fragmented;
	uint64_t udp_ns;
	int udp_host;
};

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
static bool is_twice(struct wire_tracker *tracker, uint64_t digest,
		     uint64_t at_ns)
{
	struct recent *recent = &tracker->recent[digest % RECENT];
	uint64_t apart = at_ns > recent->at_ns ? at_ns - recent->at_ns :
						 recent->at_ns - at_ns;

	if (digest == 0)
		return false;
	if (recent->digest == digest && apart <= TWICE_NS)
		return true;
	*recent = (struct recent){ digest, at_ns };
	return false;
}

/* --- TCP ------------------------------------------------------------------ */

static void remember_fragmented(struct wire_tracker *tracker,
				const struct wire_packet *packet,
				bool from_server)
{
	const struct wire_addr *src = &packet->src, *dst = &packet->dst;
	size_t i = tracker->next_fragmented++ % FRAGMENTED;

	tracker->fragmented[i] = (struct fragmented){
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
		     const struct wire_packet *packet, struct wire_event *event)
{
	bool from_server = is_service(tracker, &packet->src);
	const struct wire_addr *src = &packet->src, *dst = &packet->dst;

	if (from_server == is_service(tracker, dst))
		return; /* not the service's, or it talks to itself */
	if (is_twice(tracker, packet->digest, event->at_ns))
		return;
	event->from_server = from_server;
	wire_flow_packet(wire_table_get(&tracker->table,
					from_server ? dst : src,
					from_server ? src : dst),
			 &tracker->memory, packet, event);
	if (packet->more)
		remember_fragmented(tracker, packet, from_server);
}

static bool same_ip(const struct wire_addr *a, const struct wire_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

static bool continues(const struct fragmented *f,
		      const struct wire_packet *packet)
{
	const struct wire_addr *from = f->from_server ? &f->server : &f->client;
	const struct wire_addr *to = f->from_server ? &f->client : &f->server;

	return f->header_len && f->ip_id == packet->ip_id &&
	       packet->fragment_offset >= f->header_len &&
	       same_ip(from, &packet->src) && same_ip(to, &packet->dst);
}

/* A later fragment belongs to the newest segment that it can continue; one that
 * comes before its first fragment is not understood. */
static void take_fragment(struct wire_tracker *tracker,
			  const struct wire_packet *packet,
			  struct wire_event *event)
{
	for (size_t i = 1; i <= FRAGMENTED; i++) {
		size_t at = (tracker->next_fragmented - i) % FRAGMENTED;
		const struct fragmented *f = &tracker->fragmented[at];
		struct wire_segment segment = {
			.seq = f->seq + packet->fragment_offset - f->header_len,
			.len = packet->payload_len,
			.captured = packet->captured,
			.bytes = packet->payload,
			.fin = f->fin && !packet->more,
		};

		if (!continues(f, packet))
			continue;
		if (is_twice(tracker, packet->digest, event->at_ns))
			return;
		event->from_server = f->from_server;
		wire_flow_payload(wire_table_get(&tracker->table, &f->client,
						 &f->server),
				  &tracker->memory, &segment, event);
		return;
	}
}

/* --- UDP ------------------------------------------------------------------ */

static void note_udp_host(struct wire_tracker *tracker,
			  const struct wire_event *event,
			  const struct wire_packet *packet)
{
	struct wire_report *report = &tracker->report;
	size_t i = wire_host_index(report->udp_hosts, &report->n_udp_hosts,
				   &event->mac);

	if (i < WIRE_HOSTS_MAX) {
		wire_host_spoke(&report->udp_hosts[i], event);
		report->udp_hosts[i].bytes += packet->payload_len;
	}
	if (tracker->udp_host >= 0 && tracker->udp_host != (int)i)
		report->udp_turns++;
	tracker->udp_host = (int)i;
}

static void note_udp_silence(struct wire_tracker *tracker,
			     const struct wire_event *event)
{
	struct wire_report *report = &tracker->report;
	bool is_first = report->udp_frames[0] + report->udp_frames[1] == 0;

	if (is_first)
		tracker->udp_ns = event->at_ns;
	if (event->at_ns < tracker->udp_ns)
		return;
	if (event->at_ns - tracker->udp_ns > report->udp_silence_ns)
		report->udp_silence_ns = event->at_ns - tracker->udp_ns;
	if (event->from_server)
		tracker->udp_ns = event->at_ns;
}

static void take_udp(struct wire_tracker *tracker,
		     const struct wire_packet *packet, struct wire_event *event)
{
	event->from_server = is_service(tracker, &packet->src);
	if (event->from_server == is_service(tracker, &packet->dst))
		return;
	if (is_twice(tracker, packet->digest, event->at_ns))
		return;
	note_udp_silence(tracker, event);
	tracker->report.udp_frames[event->from_server]++;
	if (event->from_server && packet->has_mac)
		note_udp_host(tracker, event, packet);
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

void wire_frame(struct wire_tracker *tracker, const struct wire_frame *frame)
{
	uint64_t at_ns = frame->at_ns;
	struct wire_report *report = &tracker->report;
	struct wire_packet packet;
	struct wire_event event;

	if (at_ns > INT64_MAX) /* no such time: 292 years after the epoch */
		at_ns = INT64_MAX;
	note_frame(report, at_ns);
	wire_decode(frame->linktype, frame->bytes, frame->cap_len, frame->len,
		    &packet);
	event = (struct wire_event){ report->frames, at_ns, packet.mac, false };
	switch (packet.kind) {
	case WIRE_TCP:
		take_tcp(tracker, &packet, &event);
		break;
	case WIRE_FRAGMENT:
		take_fragment(tracker, &packet, &event);
		break;
	case WIRE_UDP:
		take_udp(tracker, &packet, &event);
		break;
	case WIRE_ARP:
	case WIRE_NEIGHBOR:
		report->arp += same_ip(&packet.src, &tracker->service) ||
			       same_ip(&packet.dst, &tracker->service);
		break;
	case WIRE_OTHER:
		break;
	}
}

void wire_each(struct wire_tracker *tracker, uint64_t drops,
	       void (*conn)(void *arg, const struct wire_conn *conn), void *arg,
	       struct wire_report *ret_report)
{
	struct wire_report report = tracker->report;

	if (report.frames == 0)
		report.first_ns = report.last_ns = WIRE_UNKNOWN;
	if (report.udp_frames[0] + report.udp_frames[1] == 0)
		report.udp_silence_ns = WIRE_UNKNOWN;
	report.drops = drops;
	report.n_conns = tracker->table.n;
	for (size_t i = 0; i < report.n_conns; i++) {
		wire_flow_finish(&tracker->table.flows[i]);
		conn(arg, &tracker->table.flows[i].conn);
	}
	*ret_report = report;
}

/* struct conns - Where wire_finish() keeps them */
struct conns {
	struct wire_conn *v;
	size_t n;
};

static void keep_conn(void *arg, const struct wire_conn *conn)
{
	struct conns *conns = arg;

	*VEC_PUSH(conns->v, conns->n) = *conn;
}

void wire_finish(struct wire_tracker *tracker, uint64_t drops,
		 struct wire_report *ret_report)
{
	struct conns conns = { NULL, 0 };

	wire_each(tracker, drops, keep_conn, &conns, ret_report);
	ret_report->conns = conns.v;
	wire_free(tracker);
}

void wire_free(struct wire_tracker *tracker)
{
	if (!tracker)
		return;
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
