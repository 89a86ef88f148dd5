// SPDX-License-Identifier: Apache-2.0
/* frames.h - frames of a service and its client, built in memory */
#ifndef TESTS_LIB_FRAMES_H
#define TESTS_LIB_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/wire.h"

#define FRAMES_SERVICE "10.77.0.100"
#define FRAMES_SERVICE6 "fd77::100"
#define FRAMES_PORT 7000
#define FRAMES_PAYLOAD_MAX 100000

/* The hosts that all conversations are between. */
extern const struct wire_mac frames_client;
extern const struct wire_mac frames_source;
extern const struct wire_mac frames_target;

enum { CLIENT, SERVER };

/* TCP flags */
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/**
 * struct talk - A conversation of a client and a service, frame by frame
 * @sink:	Takes each frame
 * @ctx:	Handed to it
 * @linktype:	DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW or DLT_NULL
 * @ipv6:	Addresses are IPv6
 * @vlans:	Tags before the IP header
 * @timestamps:	Segments have the TCP timestamps option
 * @ts_hz, @ts_ahead: Its ticks a second, and what each side adds to them
 * @options:	SYNs have MSS 1460, SACK permitted and window scale @scale
 * @window:	What each side offers
 * @extensions:	IPv6 headers between IP and TCP: hop-by-hop, routing,
 *		destination options and authentication
 * @snap:	Frames are cut to this length, 0: never
 * @mac:	Of the client, and of the host that is the service now
 * @addr:	Of the client and of the service
 * @next:	Next sequence number of each
 * @ack:	What each acknowledges
 * @ip_id:	Next identification of each; 0 stays 0
 * @now_ns:	Time of the next frame
 * @step_ns:	By which it grows with each frame
 * @frames:	Count of frames so far
 */
struct talk {
	void (*sink)(void *ctx, int linktype, uint64_t at_ns,
		     const uint8_t *bytes, uint32_t cap_len, uint32_t len);
	void *ctx;
	int linktype;
	bool ipv6;
	int vlans;
	bool timestamps;
	uint32_t ts_hz[2];
	uint32_t ts_ahead[2];
	bool options;
	uint8_t scale[2];
	uint16_t window[2];
	bool extensions;
	uint32_t snap;
	struct wire_mac mac[2];
	struct wire_addr addr[2];
	uint32_t next[2];
	uint32_t ack[2];
	uint16_t ip_id[2];
	uint64_t now_ns;
	uint64_t step_ns;
	uint64_t frames;
};

/** talk_init() - From 10.77.0.1:40000 (or fd77::1) to the service on the source
 * over Ethernet, 1 ms between frames, sequence numbers 1000 and 500000 */
void talk_init(struct talk *talk, bool ipv6);

/** struct segment - One TCP segment; all else comes from the talk */
struct segment {
	int from;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	const void *bytes;
	size_t len;
	bool no_checksum; /* leave it wrong, as offloads do */
	uint32_t sack[2]; /* from and to of a SACK block; equal: none */
};

/** talk_segment() - Exactly this segment; the talk's positions stay */
void talk_segment(struct talk *talk, const struct segment *segment);

void talk_wait(struct talk *talk, uint64_t ms);
/** talk_open() - The three segments of a handshake */
void talk_open(struct talk *talk);
/** talk_data() - Payload, which the other side has not acknowledged yet */
void talk_data(struct talk *talk, int from, const void *bytes, size_t len);
/** talk_text() - The same of a string */
void talk_text(struct talk *talk, int from, const char *text);
/** talk_ack() - Acknowledge all that the other side sent */
void talk_ack(struct talk *talk, int from);
/** talk_exchange() - @n questions of the client, each answered and acked */
void talk_exchange(struct talk *talk, int n);
/** talk_again() - Payload that ended @back bytes before the next position */
void talk_again(struct talk *talk, int from, uint32_t back, const void *bytes,
		size_t len);
/** talk_fin() - A FIN with ACK */
void talk_fin(struct talk *talk, int from);
/** talk_close() - FIN by @first, FIN by the other, ACK */
void talk_close(struct talk *talk, int first);
/** talk_move() - The target is the service from now on */
void talk_move(struct talk *talk);
/** talk_probe() - The empty segment at una - 1 that ends TCP repair */
void talk_probe(struct talk *talk);
/** talk_reset() - An RST: bare (no socket), or with ACK (abort) */
void talk_reset(struct talk *talk, int from, bool bare);
/** talk_lose() - The next @n bytes of this side are sent but never seen */
void talk_lose(struct talk *talk, int from, uint32_t n);

void talk_udp(struct talk *talk, int from, const void *bytes, size_t len);
/** talk_sack() - A duplicate ACK with a block of the next @n bytes after a hole
 * of @hole */
void talk_sack(struct talk *talk, int from, uint32_t hole, uint32_t n);

/** talk_answer() - ARP (neighbour discovery): the service is here */
void talk_answer(struct talk *talk);
/** talk_solicit() - The client asks who has the service's address (IPv6) */
void talk_solicit(struct talk *talk);
/** talk_icmp() - The service's host sends an error about the client's last
 * segment */
void talk_icmp(struct talk *talk, uint8_t type, uint8_t code);

/** talk_arp() - "who has @of": from a host, or gratuitous of the service */
void talk_arp(struct talk *talk, int from);
/** talk_neighbor() - Neighbour advertisement of the service (IPv6) */
void talk_neighbor(struct talk *talk);
/** talk_raw() - Any bytes as a frame */
void talk_raw(struct talk *talk, const void *bytes, size_t len);

/**
 * talk_fragments() - One segment in IP fragments
 * @first:	Payload bytes (and TCP header) in the first; a multiple of 8
 */
void talk_fragments(struct talk *talk, const struct segment *segment,
		    size_t first);

/** frames_random() - The next of a sequence that is the same for each seed */
uint32_t frames_random(uint64_t *state);

/** frames_to_tracker() - A talk's sink: feeds the tracker that ctx is */
void frames_to_tracker(void *ctx, int linktype, uint64_t at_ns,
		       const uint8_t *bytes, uint32_t cap_len, uint32_t len);

#endif
