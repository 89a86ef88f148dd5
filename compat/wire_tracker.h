// SPDX-License-Identifier: Apache-2.0
/* wire_tracker.h - a service under observation, inside */
#ifndef COMPAT_WIRE_TRACKER_H
#define COMPAT_WIRE_TRACKER_H

#include "compat/wire.h"
#include "compat/wire_decode.h"
#include "compat/wire_flow.h"
#include "compat/wire_memory.h"

/* Power of 2. */
#define WIRE_RECENT 1024
#define WIRE_FRAGMENTED 64
#define WIRE_ASKS 64

/** struct wire_recent - A frame of late, in the slot of its digest */
struct wire_recent {
	uint64_t digest;
	uint64_t at_ns;
	uint32_t iface;
};

/**
 * struct wire_fragmented - A segment whose later fragments may follow
 * @seq:	Sequence number of its first payload byte
 * @header_len:	TCP header's bytes, which fragment offsets count too
 */
struct wire_fragmented {
	struct wire_addr client, server;
	bool from_server;
	uint32_t ip_id;
	uint32_t seq;
	uint32_t header_len;
	bool fin;
};

/** struct wire_ask - @count times it was asked who has the service's address,
 * the first time at @at_ns, and nobody has said so yet */
struct wire_ask {
	uint64_t at_ns;
	uint64_t count;
};

/** struct wire_watcher - Who also hears of segments; @seen is NULL: nobody */
struct wire_watcher {
	bool of_one;
	struct wire_addr client;
	void (*seen)(void *arg, const struct wire_addr *client,
		     const struct wire_addr *server,
		     const struct wire_segment_seen *segment);
	void *arg;
};

/**
 * struct wire_tracker - Connections under observation
 * @report:	What is counted over all; without the connections
 * @udp_ns:	Last datagram of the service, the first to it without one
 * @udp_host:	As wire_serving.now
 * @asks:	Of the last second, in order, @n_asks of them
 */
struct wire_tracker {
	struct wire_addr service;
	struct wire_report report;
	struct wire_table table;
	struct wire_memory memory;
	struct wire_watcher watcher;
	struct wire_recent recent[WIRE_RECENT];
	struct wire_fragmented fragmented[WIRE_FRAGMENTED];
	size_t next_fragmented;
	uint64_t udp_ns;
	int udp_host;
	struct wire_ask asks[WIRE_ASKS];
	size_t n_asks;
};

/** wire_udp_note() - A datagram to or from the service */
void wire_udp_note(struct wire_tracker *tracker,
		   const struct wire_packet *packet,
		   const struct wire_event *event);

/** wire_claims_note() - ARP or neighbour discovery about the service */
void wire_claims_note(struct wire_tracker *tracker,
		      const struct wire_packet *packet,
		      const struct wire_event *event);

/** wire_claims_until() - Asks that are a second old by now are unanswered */
void wire_claims_until(struct wire_tracker *tracker, uint64_t now_ns);

/** wire_icmp_note() - An error about a segment of the service */
void wire_icmp_note(struct wire_tracker *tracker,
		    const struct wire_packet *packet,
		    const struct wire_event *event);

/** wire_phase_note() - A comment */
void wire_phase_note(struct wire_report *report, const char *comment,
		     uint64_t at_ns);

/** wire_watcher_hears() - The watcher, if any, hears of a segment */
void wire_watcher_hears(const struct wire_tracker *tracker,
			const struct wire_look *look,
			const struct wire_segment *segment);

#endif
