// SPDX-License-Identifier: Apache-2.0
/* wire.h - what a capture says about the service's connections */
#ifndef COMPAT_WIRE_H
#define COMPAT_WIRE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "compat/verdict.h"

/** struct wire_addr - IPv4 (in the last 4 bytes, v4-mapped) or IPv6 + port */
struct wire_addr {
	uint8_t ip[16];
	uint16_t port;
};

struct wire_mac {
	uint8_t b[6];
};

/** struct wire_event - A decisive frame; .frame is 1-based, as Wireshark's */
struct wire_event {
	uint64_t frame;
	uint64_t at_ns;
	struct wire_mac mac; /* its sender */
	bool from_server;
};

#define WIRE_MACS_MAX 4

/**
 * struct wire_conn - One 4-tuple as seen on the wire
 * @first_frame:	Its first frame
 * @began_with_syn:	Its SYN is in the capture
 * @syn:		SYNs without ACK of a new incarnation after the first one
 *			(a retransmitted first SYN is not counted)
 * @rst, @fin:		Frames with that flag; .first_* tell the first of each
 * @rst_no_socket:	The first RST has no ACK flag: a host's answer to a segment
 *			for which it has no socket, not an abort by a program
 * @server_macs:	Hosts that sent as the server, in order of appearance
 * @mac_first_ns, @mac_first_frame: First frame of each of those
 * @mac_last_ns, @mac_last_frame: Last frame of each of those
 * @server_turns:	How often another host took over as the server; more than
 *			one: they spoke alternately
 * @frames:		[0] from client, [1] from server; a frame that was captured
 *			twice counts once
 * @bytes:		Payload bytes seen the first time (no repeats), likewise
 * @retransmissions:	Segments that repeat payload already seen, likewise
 * @stray:		Segments outside the stream: before its first byte, or
 *			beyond every window that TCP can offer, likewise
 * @damaged:		Repeated bytes that differ from the first time;
 *			.first_damaged is the first frame that has such
 * @unchecked:		Repeated bytes whose first copy was not captured or is
 *			no longer remembered: not compared, so not in @damaged
 * @lost_bytes:		Holes in the stream never filled though acknowledged
 *			or passed by at the end; .first_lost is the frame that
 *			passed by the first of them
 * @silence_ns:		Longest time without any frame of the connection, and
 *			@silence_at_ns when it began
 * @server_silence_ns:	Longest time without a frame from the server
 * @blackout_ns:	Last frame of the first server MAC to the first frame of
 *			the second; UINT64_MAX when there was only one
 */
struct wire_conn {
	struct wire_addr client;
	struct wire_addr server;
	uint64_t first_frame;
	bool began_with_syn;
	uint64_t syn;
	uint64_t rst[2];
	uint64_t fin[2];
	struct wire_event first_rst;
	struct wire_event first_fin;
	struct wire_event first_syn_again;
	struct wire_event first_damaged;
	struct wire_event first_lost;
	bool rst_no_socket;
	struct wire_mac server_macs[WIRE_MACS_MAX];
	uint64_t mac_first_ns[WIRE_MACS_MAX];
	uint64_t mac_first_frame[WIRE_MACS_MAX];
	uint64_t mac_last_ns[WIRE_MACS_MAX];
	uint64_t mac_last_frame[WIRE_MACS_MAX];
	size_t n_server_macs;
	uint64_t server_turns;
	uint64_t frames[2];
	uint64_t bytes[2];
	uint64_t retransmissions[2];
	uint64_t stray[2];
	uint64_t damaged;
	uint64_t unchecked;
	uint64_t lost_bytes;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t silence_ns;
	uint64_t silence_at_ns;
	uint64_t server_silence_ns;
	uint64_t blackout_ns;
};

/**
 * struct wire_report - All that a capture says about one service
 * @conns:	TCP connections with the service's address and port
 * @udp_frames:	UDP datagrams [0] to and [1] from the service
 * @udp_*:	Likewise for the service's UDP; @udp_mac_first_frame and
 *		@udp_mac_last_frame are each host's first and last datagram
 * @arp:	ARP frames (neighbour discovery for IPv6) that announce or ask for
 *		the service's address
 * @drops:	Frames the capture lost, as told by the caller, UINT64_MAX when
 *		it does not know: with any, the wire cannot be a witness
 *
 * Times of what was not seen (no frame, no datagram) are UINT64_MAX.
 */
struct wire_report {
	struct wire_conn *conns;
	size_t n_conns;
	uint64_t frames;
	uint64_t udp_frames[2];
	struct wire_mac udp_server_macs[WIRE_MACS_MAX];
	uint64_t udp_mac_first_frame[WIRE_MACS_MAX];
	uint64_t udp_mac_last_frame[WIRE_MACS_MAX];
	size_t n_udp_server_macs;
	uint64_t udp_server_turns;
	uint64_t udp_silence_ns; /* of the server's side */
	uint64_t arp;
	uint64_t drops;
	uint64_t first_ns;
	uint64_t last_ns;
};

/** struct wire_tracker - Connections under observation; opaque */
struct wire_tracker;

/**
 * wire_new() - Begin to watch a service
 * @service:	"10.77.0.100" or an IPv6 address
 * @port:	Its port, 0: all
 */
WARN_UNUSED
int wire_new(const char *service, uint16_t port,
	     struct wire_tracker **ret_tracker, struct err *err);

/**
 * wire_frame() - Feed one frame, in order of capture
 * @linktype:	libpcap DLT_ value
 * @at_ns:	Time stamp, ns since the epoch
 * @bytes:	What was captured, @cap_len of @len bytes
 *
 * Malformed frames are counted as frames and otherwise ignored: any bytes are
 * safe input. TCP and IP checksums are not verified: a sender's own frames do
 * not have them yet.
 */
void wire_frame(struct wire_tracker *tracker, int linktype, uint64_t at_ns,
		const uint8_t *bytes, uint32_t cap_len, uint32_t len);

/** wire_finish() - The report; ends the tracker, which is freed */
void wire_finish(struct wire_tracker *tracker, uint64_t drops,
		 struct wire_report *ret_report);
void wire_free(struct wire_tracker *tracker);
void wire_report_release(struct wire_report *report);

/**
 * wire_read() - Read a capture file (pcap or pcapng, by libpcap) whole
 *
 * Return: 0, or -1 with @err ERR_PCAP (not a capture, or malformed) or
 * ERR_INPUT (cannot be opened, link type not known); a file cut in the middle
 * of a frame is read up to there and said in @ret_note (may be NULL), which is
 * NULL otherwise
 */
WARN_UNUSED
int wire_read(const char *path, const char *service, uint16_t port,
	      uint64_t drops, struct wire_report *ret_report, char **ret_note,
	      struct err *err);

/**
 * wire_judge() - The wire's witness
 * @tcp:	The peer kept a TCP connection which must have survived
 * @ret_why:	One sentence with frame numbers when it is bad or absent; owned
 *		by the caller; NULL when ok
 *
 * OK needs: no drops, exactly one connection that began with its SYN, no SYN
 * again, no RST, no FIN before the end from the server, no lost or damaged
 * bytes, and two server MACs, source first. For UDP: datagrams from the
 * source's MAC, then only from the target's.
 *
 * What the server does after the client's FIN is the end of the test, not of
 * the connection's life. Connections that were refused before the first one
 * was made (a peer waiting for the service) do not count. Absent: with drops,
 * without any frame, without link addresses.
 */
enum witness wire_judge(const struct wire_report *report, bool tcp,
			const struct wire_mac *source,
			const struct wire_mac *target, char **ret_why);

/**
 * wire_subject() - The connection that had to survive
 * @ret_next:	The next one that the client began, NULL when there is none
 *
 * The first that was made while the capture ran. A segment of a connection that
 * was there before, such as a late keep-alive of an earlier client, makes none.
 *
 * Return: borrowed, NULL when no connection was made
 */
const struct wire_conn *wire_subject(const struct wire_report *report,
				     const struct wire_conn **ret_next);

/** wire_to_json() - For observation files; wire_from_json() reads it back */
json_t *wire_to_json(const struct wire_report *report);
WARN_UNUSED
int wire_from_json(const json_t *json, struct wire_report *ret_report,
		   struct err *err);

void wire_mac_format(const struct wire_mac *mac, char out[18]);
bool wire_mac_parse(const char *text, struct wire_mac *ret_mac);
/** wire_addr_format() - "10.77.0.100:80" or "[fd00::1]:80" */
void wire_addr_format(const struct wire_addr *addr, char out[64]);
/** wire_addr_parse() - Reads back what wire_addr_format() wrote; false and
 * @ret_addr as it was when malformed */
bool wire_addr_parse(const char *text, struct wire_addr *ret_addr);

#endif
