// SPDX-License-Identifier: Apache-2.0
/* wire_flow.h - a connection while frames come in, and the table of them */
#ifndef COMPAT_WIRE_FLOW_H
#define COMPAT_WIRE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/wire.h"
#include "compat/wire_decode.h"
#include "compat/wire_memory.h"
#include "compat/wire_stream.h"

/**
 * DOC: Theory of operation
 *
 * A capture may hold a million connections, most of them with nothing to tell.
 * So a flow is what every connection needs, and small: counts are narrow and go
 * on in the record of what is rare when they overflow, frames are numbered from
 * the flow's first, the one host that serves is that of all segments. When
 * something rare happens, struct wire_rare is added; when the service's side is
 * no longer one host with one habit, struct wire_serving, which starts from what
 * the flow knows of the first. struct wire_conn, all of it spelled out, exists
 * only while it is told (wire_view.c).
 */

/** struct wire_half - What a flow keeps of one side, see struct wire_side
 * @fin_at:	First FIN, as number of the frame in the flow
 * @timestamps, @tsval: Segments that have the option; the highest
 * @window, @window_min, @window_max: As offered; @window_min is the larger of
 *		the two while none was
 * @scale:	Of its newest SYN
 * @syn_seen:	There was one
 * @provoked:	The other side's last segment did not fit
 */
struct wire_half {
	struct wire_stream stream;
	uint64_t bytes;
	uint64_t fin_ns;
	uint32_t fin_at;
	uint32_t frames;
	uint32_t pure_acks;
	uint32_t timestamps;
	uint32_t tsval;
	uint16_t window, window_min, window_max;
	uint16_t mss;
	uint8_t syn, fin, rst;
	signed int scale : 5;
	bool syn_seen : 1;
	bool sack_permitted : 1;
	bool provoked : 1;
};

/**
 * enum wire_mark - Frames that a flow notes by number and time alone
 * Their senders' addresses are those of the side, as long as it has one.
 */
enum wire_mark {
	WIRE_MARK_FIN_CLIENT,
	WIRE_MARK_FIN_SERVER,
	WIRE_MARK_RST,
	WIRE_MARK_UNANSWERED,
	WIRE_MARK_COUNT
};

/** struct wire_losses - What loss on the way makes of a side, see struct
 * wire_side; narrow, see wire_lose() */
struct wire_losses {
	uint32_t repeated_bytes, unchecked;
	uint16_t retransmissions, dup_acks;
	uint8_t out_of_order, seq_back, keepalives, sacks;
};

/** struct wire_short - A time of less than 78 hours, ns: 64 bits less 16 */
struct wire_short {
	uint16_t part[3];
};
#define WIRE_SHORT_MAX ((UINT64_C(1) << 48) - 1)

/** wire_short() - What is longer, as WIRE_UNKNOWN is, becomes WIRE_UNKNOWN */
static inline struct wire_short wire_short(uint64_t ns)
{
	if (ns > WIRE_SHORT_MAX)
		ns = WIRE_SHORT_MAX;
	return (struct wire_short){ { (uint16_t)(ns >> 32),
				      (uint16_t)(ns >> 16), (uint16_t)ns } };
}

static inline uint64_t wire_short_ns(struct wire_short time)
{
	uint64_t ns = (uint64_t)time.part[0] << 32 |
		      (uint64_t)time.part[1] << 16 | time.part[2];

	return ns < WIRE_SHORT_MAX ? ns : WIRE_UNKNOWN;
}

struct wire_rare;

/**
 * struct wire_lossy - What a connection needs on which something was lost
 * @repeat_seq, @repeat_after: The client's last transmission that was repeated:
 *		the position's low bits, and when, since the flow's first segment
 * @backoff:	Between it and the one before, since the server's last segment
 * @rare:	What is rarer still; owned, NULL: nothing
 */
struct wire_lossy {
	struct wire_losses side[2];
	uint32_t repeat_seq;
	struct wire_short repeat_after, backoff;
	struct wire_rare *rare;
};

/**
 * struct wire_rare - What few connections need
 * @side:	Other counts, and what narrow counts cannot hold
 * @macs:	Senders of the marked frames, once a side has had several
 * @several_macs: It has
 * @storm_run:	Length of the run of pure ACKs that goes on, when above 9
 * @no_window_ns: Since when this side offers no window, see flow.closed
 * @isn, @options: Of a SYN that may begin a new incarnation
 * @isn_dir:	Whose, when flow.has_isn
 */
struct wire_rare {
	struct wire_side side[2];
	uint64_t syn_again;
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
	struct wire_event storm_event;
	uint64_t storm, storm_run;
	struct wire_icmp icmp;
	struct wire_mac macs[WIRE_MARK_COUNT];
	bool several_macs;
	uint64_t no_window_ns[2];
	uint32_t isn;
	struct wire_options options;
	enum wire_dir isn_dir;
};

/**
 * struct wire_serving - The hosts of a service that are not one of one habit
 * @now:	Index of the one that serves, -1: not known, WIRE_HOSTS_MAX: one
 *		that is not in @hosts
 * @ts_first_ns, @ts_last_ns: When each host's TSvals were seen
 * @moved:	A second one took over
 * @answer_wanted: The client has not sent since
 * @recovering:	@move.tail_ns is looked for, in windows of which the present one
 *		began at @window_ns and saw @window_bytes
 */
struct wire_serving {
	struct wire_host hosts[WIRE_HOSTS_MAX];
	uint64_t ts_first_ns[WIRE_HOSTS_MAX];
	uint64_t ts_last_ns[WIRE_HOSTS_MAX];
	size_t n;
	int now;
	uint64_t turns;
	struct wire_move move;
	bool moved;
	bool answer_wanted;
	bool recovering;
	uint64_t window_ns;
	uint64_t window_bytes;
};

/**
 * struct wire_flow - A connection while frames come in
 * @half:	By enum wire_dir
 * @server_ns, @server_at: The server's last segment; the flow's first without
 * @server_first_at, @server_first_after: The server's first, while it is one
 *		host
 * @data_at, @data_after: Its first with payload not seen before
 * @stamp_ns:	Its last with timestamps, the first being its first segment
 * @tsval:	Of that first one
 * @rst_ns, @rst_at: The first RST; 0: none
 * @unanswered, @unanswered_ns, @unanswered_at: As of struct wire_conn
 * @mac:	Of each side
 * @run:	Pure ACKs in turn, up to where they are counted in wire_rare
 * @spoke:	The client sent more than SYNs since the last incarnation began
 * @has_mac:	The server's segments have a link address
 * @stamped:	The server's segments have timestamps
 * @run_dir:	Who sent the last of the run
 * @has_isn:	A SYN waits in @rare for its incarnation
 * @repeats:	The client repeats itself: lossy.backoff_ns may be set
 * @closed:	Bit of each side that offers no window, since rare.no_window_ns
 *
 * Fields named _at are numbers of frames in the flow, see wire_flow_at(); those
 * named _after ns after its first. What is too late for them makes @serving.
 */
struct wire_flow {
	struct wire_half half[2];
	struct wire_lossy *lossy;
	struct wire_serving *serving;
	uint64_t first_frame;
	uint64_t first_ns, last_ns;
	uint64_t silence_ns, silence_at_ns;
	uint64_t server_ns, server_silence_ns;
	uint64_t stamp_ns;
	uint64_t rst_ns;
	uint64_t unanswered_ns;
	uint32_t last_at, server_at, server_first_at, data_at, rst_at;
	uint32_t unanswered, unanswered_at;
	uint32_t server_first_after, data_after;
	uint32_t tsval;
	uint8_t client_ip[16];
	uint16_t client_port, server_port;
	struct wire_mac mac[2];
	uint8_t run;
	bool began_with_syn : 1;
	bool established : 1;
	bool spoke : 1;
	bool has_mac : 1;
	bool stamped : 1;
	bool rst_no_socket : 1;
	bool rst_by_server : 1;
	bool run_dir : 1;
	bool has_isn : 1;
	bool repeats : 1;
	unsigned int closed : 2;
};

/** wire_flow_at() - Number of a frame in the flow, 1 is its first; a frame
 * beyond the 2^32nd has the number of that */
uint32_t wire_flow_at(const struct wire_flow *flow, uint64_t frame);

/** wire_flow_lossy() - Its record of losses, made when there is none */
struct wire_lossy *wire_flow_lossy(struct wire_flow *flow);

/** wire_rare_of() - Its record of what is rare; NULL when there is none */
static inline struct wire_rare *wire_rare_of(const struct wire_flow *flow)
{
	return flow->lossy ? flow->lossy->rare : NULL;
}

/** wire_flow_rare() - Its record of what is rare, made when there is none */
struct wire_rare *wire_flow_rare(struct wire_flow *flow);

/** wire_flow_release() - Free what it owns */
void wire_flow_release(struct wire_flow *flow);

/** wire_count() - One more in a narrow count, whose overflow goes to the same
 * member of struct wire_side in the record of what is rare */
#define wire_count(flow, dir, member)                                      \
	do {                                                               \
		if (++(flow)->half[dir].member == 0)                       \
			wire_flow_rare(flow)->side[dir].member +=          \
				UINT64_C(1)                                \
				<< (8 * sizeof((flow)->half[dir].member)); \
	} while (0)

/** wire_lose() - So many more in a narrow count of struct wire_losses; likewise */
#define wire_lose(flow, dir, member, more)                           \
	do {                                                         \
		struct wire_losses *losses_ =                        \
			&wire_flow_lossy(flow)->side[dir];           \
		uint64_t sum_ = (uint64_t)losses_->member + (more);  \
                                                                     \
		losses_->member = (__typeof__(losses_->member))sum_; \
		if (sum_ > losses_->member)                          \
			wire_flow_rare(flow)->side[dir].member +=    \
				sum_ - losses_->member;              \
	} while (0)

/**
 * struct wire_look - A segment of a flow as it is looked at
 * @seen:	What it was to its stream
 * @acked:	What its acknowledgement was to the other
 * @delivered:	Bytes of the other side that were not acknowledged before
 * @pure:	No payload, SYN, FIN or RST
 * @dup_ack, @challenge, @zero_window, @probe: See struct wire_side and wire_move
 * @host:	Index of the server's host, -1: the client's, or not known
 */
struct wire_look {
	struct wire_flow *flow;
	struct wire_memory *memory;
	const struct wire_packet *packet;
	const struct wire_event *event;
	enum wire_dir dir;
	struct wire_seen seen;
	enum wire_ack_kind acked;
	uint64_t delivered;
	bool pure;
	bool dup_ack;
	bool challenge;
	bool zero_window;
	bool probe;
	int host;
};

/** wire_note() - Keep the first of a kind */
static inline void wire_note(struct wire_event *first,
			     const struct wire_event *event)
{
	if (first->frame == 0)
		*first = *event;
}

static inline uint64_t wire_elapsed(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

static inline void wire_keep_max(uint64_t *max, uint64_t value)
{
	if (value > *max)
		*max = value;
}

/** wire_flow_packet() - One TCP segment of the flow
 * @ret_look:	What it was, for a watcher */
void wire_flow_packet(struct wire_flow *flow, struct wire_memory *memory,
		      const struct wire_packet *packet,
		      const struct wire_event *event,
		      struct wire_look *ret_look);

/** wire_flow_fragment() - A later fragment of a segment: its payload and where
 * it stands in the stream */
void wire_flow_fragment(struct wire_flow *flow, struct wire_memory *memory,
			const struct wire_segment *segment,
			const struct wire_event *event,
			struct wire_look *ret_look);

/* The steps of wire_flow_packet(), each in a file of its own. */

/** wire_syn_begins() - Begin the incarnation whose SYN was seen, if it is this
 * segment's; before all else */
void wire_syn_begins(struct wire_look *look);
/** wire_syn_note() - It has SYN */
void wire_syn_note(struct wire_look *look);
/** wire_syn_pending() - Whether such a SYN waits for its incarnation */
bool wire_syn_pending(const struct wire_flow *flow, enum wire_dir dir,
		      uint32_t isn);
/** wire_hosts_note() - Which host of the service sent it; before the side's
 * counts and address have it */
void wire_hosts_note(struct wire_look *look);
/** wire_hosts_probe() - Whether it ends TCP repair; after it went to its
 * stream */
void wire_hosts_probe(struct wire_look *look);
/** wire_hosts_payload() - What its payload means to host and move; after it
 * went to its stream */
void wire_hosts_payload(struct wire_look *look);
/** wire_acks_note() - What its acknowledgement and window mean */
void wire_acks_note(struct wire_look *look);
/** wire_repeats_note() - The client's transmissions of the same payload */
void wire_repeats_note(struct wire_look *look);

/** wire_flow_window() - A window as offered, scaled where the scale is known */
uint64_t wire_flow_window(const struct wire_flow *flow, enum wire_dir dir,
			  uint16_t window);

/** wire_flow_serving() - What the flow knows of its hosts while it is one */
void wire_flow_serving(const struct wire_flow *flow,
		       struct wire_serving *ret_serving);

/** wire_ticks() - Rate of timestamps, see struct wire_host */
uint64_t wire_ticks(uint64_t ts_first, uint64_t ts_last, uint64_t span_ns);

/** wire_half_init() - Nothing was seen of this side */
void wire_half_init(struct wire_half *half);

/** wire_half_offered() - Whether it offered a window */
static inline bool wire_half_offered(const struct wire_half *half)
{
	return half->window_min <= half->window_max;
}

/** wire_flow_view() - Spell it out; all but the next connection */
void wire_flow_view(const struct wire_flow *flow,
		    const struct wire_addr *service,
		    struct wire_conn *ret_conn);

/* --- Hosts ---------------------------------------------------------------- */

/** wire_host_index() - Index of @mac among @hosts, added when there is room,
 * WIRE_HOSTS_MAX otherwise; *@n counts them */
size_t wire_host_index(struct wire_host hosts[WIRE_HOSTS_MAX], size_t *n,
		       const struct wire_mac *mac);
/** wire_host_spoke() - It sent this frame */
void wire_host_spoke(struct wire_host *host, const struct wire_event *event);

/* --- The table ------------------------------------------------------------ */

#define WIRE_CHUNK 1024

/**
 * struct wire_table - All connections, in order of appearance
 * @chunks:	Owned arrays of WIRE_CHUNK flows, so that none ever moves
 * @slots:	Owned hash table: each has the number of a flow plus one and bits
 *		of its hash, see wire_table.c; 0: free
 * @last:	The one that was asked for last
 */
struct wire_table {
	struct wire_flow **chunks;
	size_t n_chunks;
	size_t n;
	uint32_t *slots;
	size_t n_slots;
	struct wire_flow *last;
};

/** wire_table_get() - The flow of these addresses, made when it is new */
struct wire_flow *wire_table_get(struct wire_table *table,
				 const struct wire_addr *client,
				 uint16_t server_port);
/** wire_table_find() - The same, NULL when there is none */
struct wire_flow *wire_table_find(const struct wire_table *table,
				  const struct wire_addr *client,
				  uint16_t server_port);
static inline struct wire_flow *wire_table_at(const struct wire_table *table,
					      size_t i)
{
	return &table->chunks[i / WIRE_CHUNK][i % WIRE_CHUNK];
}
void wire_table_release(struct wire_table *table);

/**
 * wire_table_group() - No more flows: sort those that began by SYN by client
 *
 * The hash table becomes the order; wire_table_next() needs it.
 *
 * Return: how many they are
 */
size_t wire_table_group(struct wire_table *table);

/** wire_table_next() - The next connection that @flow's client began after the
 * server had sent its last or the connection had ended; NULL: there is none */
const struct wire_flow *wire_table_next(const struct wire_table *table,
					size_t n_grouped,
					const struct wire_flow *flow);

#endif
