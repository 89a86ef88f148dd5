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

/** What was not measured or never happened, of every figure below. */
#define WIRE_UNKNOWN UINT64_MAX

/** struct wire_addr - IPv4 (in the last 4 bytes, v4-mapped) or IPv6 + port */
struct wire_addr {
	uint8_t ip[16];
	uint16_t port;
};

struct wire_mac {
	uint8_t b[6];
};

/** struct wire_event - A decisive frame; .frame is 1-based, as Wireshark's, 0:
 * there was none */
struct wire_event {
	uint64_t frame;
	uint64_t at_ns;
	struct wire_mac mac; /* its sender */
	bool from_server;
};

/** enum wire_dir - The two sides of a connection */
enum wire_dir { WIRE_CLIENT, WIRE_SERVER };

/**
 * struct wire_side - What one side of a connection sent
 * @frames:	Segments; one that was captured twice counts once
 * @bytes:	Payload seen the first time (no repeats)
 * @syn, @fin, @rst: Segments with that flag
 * @pure_acks:	Segments without payload, SYN, FIN and RST
 * @retransmissions: Segments that repeat payload already seen
 * @repeated_bytes: Payload bytes in them seen before; of these,
 * @damaged:	  those that are not as they were the first time, and
 * @unchecked:	  those whose first copy was not captured or is no longer at hand
 * @out_of_order: Segments that came after one that follows them in the stream,
 *		with payload not seen before
 * @stray:	Segments outside the stream: they or their ACK stand before its
 *		first byte, or beyond every window that TCP can offer
 * @lost_bytes:	Holes in the stream that never were filled, though acknowledged
 *		or passed by
 * @seq_back:	Segments whose sequence number is below what this very side had
 *		seen acknowledged by the other, with nothing fresh, the probes of
 *		repairs and keep-alives (one below) excepted. A move may do so
 *		too: the lock drops the last ACKs before the socket sees them
 * @ack_back:	Segments whose ACK is below one that this side sent before
 * @dup_acks:	Duplicate ACKs (RFC 5681): no payload, same ACK, same window that
 *		is not 0, while data is outstanding
 * @keepalives:	Segments of at most one byte (that was acknowledged), one below
 *		the next sequence number; the probe that ends TCP repair too
 * @challenges:	Pure ACKs that answer a segment outside the stream or a SYN or
 *		RST that does not fit (RFC 5961): they follow it, acknowledge
 *		nothing new, and nothing was outstanding
 * @zero_windows: Segments that offer no window (SYN and RST excepted); the
 *		longest time from such a one to the next that offers some, or to
 *		the connection's end, is @zero_window_ns
 * @window_min, @window_max, @window: Offered (not by SYN and RST), scaled where
 *		both SYNs were seen; smallest, largest, last
 * @window_scale: Shift count of its SYN (RFC 7323), -1: none or SYN not seen
 * @mss:	Of its SYN, 0: none or SYN not seen
 * @sack_permitted: Of its SYN
 * @sacks:	Segments with SACK blocks
 * @timestamps:	Segments with the timestamps option, SYN included
 * @ts_back:	Of these, whose TSval is below that of an earlier segment
 *		(modulo 2^32)
 */
struct wire_side {
	uint64_t frames;
	uint64_t bytes;
	uint64_t syn, fin, rst;
	uint64_t pure_acks;
	uint64_t retransmissions;
	uint64_t repeated_bytes, damaged, unchecked;
	uint64_t out_of_order;
	uint64_t stray;
	uint64_t lost_bytes;
	uint64_t seq_back, ack_back;
	uint64_t dup_acks;
	uint64_t keepalives;
	uint64_t challenges;
	uint64_t zero_windows, zero_window_ns;
	uint64_t window_min, window_max, window;
	int window_scale;
	uint64_t mss;
	bool sack_permitted;
	uint64_t sacks;
	uint64_t timestamps, ts_back;
};

#define WIRE_HOSTS_MAX 4

/**
 * struct wire_host - A host that sent as the server
 * @frames, @bytes: It sent; bytes as of struct wire_side
 * @first_frame, @last_frame, @first_ns, @last_ns: Of these
 * @data_frame, @data_ns: Its first segment with payload not seen before;
 *		0 and WIRE_UNKNOWN without one
 * @with_timestamps, @with_sack: Its segments that have the option
 * @ts_hz:	Ticks a second of its timestamps, measured over its own segments
 *		and taken as the nearest of 100, 250, 300, 1000 and 1000000;
 *		WIRE_UNKNOWN when they span less than 100 ms or fit none within a
 *		third
 * @ts_first, @ts_last: TSval of its first and last segment that has one
 */
struct wire_host {
	struct wire_mac mac;
	uint64_t frames, bytes;
	uint64_t first_frame, last_frame;
	uint64_t first_ns, last_ns;
	uint64_t data_frame, data_ns;
	uint64_t with_timestamps, with_sack;
	uint64_t ts_hz;
	uint64_t ts_first, ts_last;
};

/**
 * struct wire_move - The moment another host took over
 * @blackout_ns: Last segment of the first host to first of the second
 * @probe:	The segment that ends TCP repair: the second host's first, without
 *		payload, below what the client has acknowledged (one below what
 *		the first host's socket knew of that)
 * @asked:	Segments of the client in the blackout that want an answer, see
 *		wire_conn.unanswered
 * @backoff_ns:	The client's timer at that moment: time between its last two
 *		transmissions of the same payload before the second host's first
 *		segment; WIRE_UNKNOWN with fewer than two
 * @answered_ns: First segment of the second host to the client's next one
 * @rate:	Payload bytes a second, both ways, over the last second before the
 *		first host's last segment (or as long before as the connection
 *		began, or its payload is remembered)
 * @tail_ns:	First segment of the second host until as much a second arrives
 *		again for the first time: 90 % of @rate, acknowledged by either
 *		side within a window of 100 ms (what is sent into a lock does not
 *		count);
 *		WIRE_UNKNOWN when it never does or @rate rests on fewer than 10
 *		segments with payload or less than one such window
 */
struct wire_move {
	uint64_t blackout_ns;
	struct wire_event probe;
	uint64_t asked;
	uint64_t backoff_ns;
	uint64_t answered_ns;
	uint64_t rate;
	uint64_t tail_ns;
};

/**
 * struct wire_icmp - Errors about this connection's segments, of any host
 * @count:	How many
 * @first:	The first; its .mac is the sender's
 * @type, @code: Of the first, of ICMP or, with @v6, ICMPv6
 */
struct wire_icmp {
	uint64_t count;
	struct wire_event first;
	uint64_t type, code;
	bool v6;
};

/**
 * struct wire_conn - One 4-tuple as seen on the wire
 * @began_with_syn: Its SYN is in the capture
 * @established: Payload, or the client's ACK of the SYN-ACK, was seen: more than
 *		an attempt
 * @syn_again:	SYNs without ACK of a new incarnation after the first one
 *		(a retransmitted first SYN is not counted)
 * @side:	By enum wire_dir
 * @hosts:	Hosts that sent as the server, in order of appearance; without
 *		link addresses there is none
 * @turns:	How often another host took over as the server; more than one:
 *		they spoke alternately
 * @move:	When there were two hosts; else all of it is WIRE_UNKNOWN
 * @rst_no_socket: The first RST has no ACK flag: a host's answer to a segment
 *		for which it has no socket, not an abort by a program
 * @first_*:	The first frame of each kind, of either side (damaged: repeated
 *		other bytes; lost: passed by a hole; gap: first segment that the
 *		client sent unanswered until the end, see @unanswered)
 * @storm, @first_storm: Longest run of pure ACKs sent in turn by both sides while
 *		nothing new was sent or acknowledged, where it is longer than 9
 *		(keep-alives excepted); its tenth
 * @silence_ns:	Longest time without any frame of the connection, and
 *		@silence_at_ns when it began
 * @server_silence_ns: Longest time without a segment from the server, up to the
 *		connection's last frame
 * @unanswered:	Segments of the client since the server's last one that want an
 *		answer: payload, FIN, keep-alives
 * @unanswered_ns: From the first of them to the connection's last frame
 * @next_frame, @next_client: The same client's next connection to the service
 *		that began (by SYN) after the server's last segment of this one,
 *		or after this one's end; 0 when there is none
 *
 * Frames' numbers and times that never were are 0 and WIRE_UNKNOWN.
 */
struct wire_conn {
	struct wire_addr client;
	struct wire_addr server;
	uint64_t first_frame, last_frame;
	uint64_t first_ns, last_ns;
	bool began_with_syn;
	bool established;
	uint64_t syn_again;
	struct wire_side side[2];
	struct wire_host hosts[WIRE_HOSTS_MAX];
	size_t n_hosts;
	uint64_t turns;
	struct wire_move move;
	struct wire_icmp icmp;
	bool rst_no_socket;
	struct wire_event first_rst;
	struct wire_event first_fin[2];
	struct wire_event first_syn_again;
	struct wire_event first_damaged;
	struct wire_event first_lost;
	struct wire_event first_stray;
	struct wire_event first_seq_back;
	struct wire_event first_ack_back;
	struct wire_event first_ts_back;
	struct wire_event first_zero_window;
	struct wire_event first_challenge;
	struct wire_event first_storm;
	struct wire_event first_unanswered;
	uint64_t storm;
	uint64_t silence_ns, silence_at_ns;
	uint64_t server_silence_ns;
	uint64_t unanswered, unanswered_ns;
	uint64_t next_frame;
	struct wire_addr next_client;
};

/** wire_conn_init() - A connection of which nothing was seen */
void wire_conn_init(struct wire_conn *conn);

/**
 * struct wire_claim - A host said that it has the service's address: ARP of it
 * or an unsolicited neighbour advertisement, asked for or not
 * @event:	The first by this host since another one's
 * @count:	How many, in a row
 * @asked:	The first was an answer
 */
struct wire_claim {
	struct wire_event event;
	uint64_t count;
	bool asked;
};

/** struct wire_phase - A comment in the capture: a phase of the migration */
struct wire_phase {
	char *text; /* owned */
	uint64_t frame;
	uint64_t at_ns;
};

#define WIRE_CLAIMS_MAX 16
#define WIRE_PHASES_MAX 64

/**
 * struct wire_report - All that a capture says about one service
 * @conns:	TCP connections with the service's address and port, in order of
 *		appearance
 * @udp_frames:	UDP datagrams by enum wire_dir
 * @udp_hosts:	Likewise for the service's UDP
 * @arp:	ARP frames (neighbour discovery for IPv6) that announce or ask for
 *		the service's address; @arp_unanswered of them asked, and no host
 *		said within a second that it has it
 * @claims:	Who said so, in order; @n_claims of them
 * @drops:	Frames the capture lost, as told by the caller or the file,
 *		WIRE_UNKNOWN when neither knows: with any, the wire cannot be a
 *		witness
 * @phases:	Owned array
 *
 * Times of what was not seen (no frame, no datagram) are WIRE_UNKNOWN.
 */
struct wire_report {
	struct wire_conn *conns;
	size_t n_conns;
	uint64_t frames;
	uint64_t udp_frames[2];
	struct wire_host udp_hosts[WIRE_HOSTS_MAX];
	size_t n_udp_hosts;
	uint64_t udp_turns;
	uint64_t udp_silence_ns; /* of the server's side */
	uint64_t arp, arp_unanswered;
	struct wire_claim claims[WIRE_CLAIMS_MAX];
	size_t n_claims;
	struct wire_phase *phases;
	size_t n_phases;
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
 * struct wire_frame - One captured frame, borrowed
 * @linktype:	libpcap DLT_ value
 * @iface:	Number of the interface that captured it; a frame that several
 *		captured counts once
 * @at_ns:	Time stamp, ns since the epoch
 * @bytes:	What was captured, @cap_len of @len bytes
 * @comment:	Comment of the frame, NULL when there is none
 */
struct wire_frame {
	int linktype;
	uint32_t iface;
	uint64_t at_ns;
	const uint8_t *bytes;
	uint32_t cap_len;
	uint32_t len;
	const char *comment;
};

/**
 * wire_frame() - Feed one frame, in order of capture
 *
 * Malformed frames are counted as frames and otherwise ignored: any bytes are
 * safe input. TCP and IP checksums are not verified: a sender's own frames do
 * not have them yet.
 */
void wire_frame(struct wire_tracker *tracker, const struct wire_frame *frame);

/**
 * struct wire_segment_seen - A segment and what it was to its connection
 * @event:	The frame
 * @dir:	Its sender
 * @host:	Index of the server's host in wire_conn.hosts, -1: a client's, or
 *		not known
 * @at:		Position of its first byte in its sender's stream: sequence number
 *		less the initial one, continued beyond 2^32; may be negative for
 *		strays
 * @len:	Payload bytes
 * @acked:	Position in the other stream that it acknowledges, -1: none
 * @flags:	TCP's
 * @window:	Scaled where the scale is known
 * @fresh, @repeated, @differing: Of @len
 * @out_of_order, @stray, @keepalive, @probe, @dup_ack, @zero_window: As of
 *		struct wire_side and wire_move
 */
struct wire_segment_seen {
	struct wire_event event;
	enum wire_dir dir;
	int host;
	int64_t at;
	uint32_t len;
	int64_t acked;
	uint8_t flags;
	uint64_t window;
	uint32_t fresh, repeated, differing;
	bool out_of_order, stray, keepalive, probe, dup_ack, zero_window;
};

/**
 * wire_watch() - Also hear of each segment
 * @client:	Of this one's connection alone; NULL: of all
 * @seen:	Called with it; @client and @server are those of its connection
 */
void wire_watch(struct wire_tracker *tracker, const struct wire_addr *client,
		void (*seen)(void *arg, const struct wire_addr *client,
			     const struct wire_addr *server,
			     const struct wire_segment_seen *segment),
		void *arg);

/**
 * wire_each() - Tell of every connection, in order of appearance, one at a time;
 * no frame may follow
 * @conn:	Called with each; borrowed for the call
 * @drops:	As of struct wire_report
 * @ret_report:	All but .conns, which is NULL with .n_conns their number
 */
void wire_each(struct wire_tracker *tracker, uint64_t drops,
	       void (*conn)(void *arg, const struct wire_conn *conn), void *arg,
	       struct wire_report *ret_report);

/** wire_finish() - The report with all connections; ends the tracker, which is
 * freed */
void wire_finish(struct wire_tracker *tracker, uint64_t drops,
		 struct wire_report *ret_report);
void wire_free(struct wire_tracker *tracker);
void wire_report_release(struct wire_report *report);

/**
 * wire_read() - Read a capture file (pcap or pcapng, by capfile) whole
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
 * @restored_ns: When the target's sockets were there, on the capture's clock;
 *		WIRE_UNKNOWN: not known
 * @ret_why:	One sentence with frame numbers when it is bad or absent; owned
 *		by the caller; NULL when ok
 *
 * OK needs: no drops, exactly one connection that began with its SYN, no SYN
 * again, no RST, no FIN before the end from the server, no lost or damaged
 * bytes, and two server MACs, source first. For UDP: datagrams from the
 * source's MAC, then only from the target's. Where both have one MAC, as a
 * machine that was booted again has: that it sent after @restored_ns.
 *
 * What the server does after the client's FIN is the end of the test, not of
 * the connection's life. Connections that were refused before the first one
 * was made (a peer waiting for the service) do not count. Absent: with drops,
 * without any frame, without link addresses.
 */
enum witness wire_judge(const struct wire_report *report, bool tcp,
			const struct wire_mac *source,
			const struct wire_mac *target, uint64_t restored_ns,
			char **ret_why);

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
