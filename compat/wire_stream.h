// SPDX-License-Identifier: Apache-2.0
/* wire_stream.h - one direction of a connection: what of its bytes was seen */
#ifndef COMPAT_WIRE_STREAM_H
#define COMPAT_WIRE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/wire.h"
#include "compat/wire_memory.h"

/** struct wire_hole - Bytes [from, to) not seen, passed by in frame @event */
struct wire_hole {
	uint64_t from;
	uint64_t to;
	struct wire_event event;
};

/**
 * struct wire_holes - Those of a stream, while it has any
 * @v:		Owned, in order
 * @given_up:	Bytes of holes no longer watched, because there were too many
 * @top:	One past the highest position of the segments seen: what was
 *		acknowledged beyond was passed by, but not by a segment
 */
struct wire_holes {
	struct wire_hole *v;
	size_t n;
	uint64_t given_up;
	uint64_t top;
};

/**
 * struct wire_stream - What one side sent
 * @low:	First position of the stream
 * @next:	One past the highest position known to have been sent
 * @acked:	What the other side acknowledged; below it all has arrived
 * @kept:	Newest of its payload in the memory, see wire_memory_keep()
 * @holes:	Owned, NULL when there is none
 * @isn:	Sequence number that is position 0 to the user
 * @known:	A first segment was seen, so the positions mean something
 * @by_syn:	It was the SYN: nothing comes before @low
 * @is_acked:	@acked is filled
 *
 * Positions are sequence numbers continued to 64 bits: their low 32 bits are
 * what the segment says. They begin above 2^32, so that none is ever below 0.
 */
struct wire_stream {
	uint64_t low;
	uint64_t next;
	uint64_t acked;
	uint64_t kept;
	struct wire_holes *holes;
	uint32_t isn;
	bool known;
	bool by_syn;
	bool is_acked;
};

/**
 * struct wire_seen - What one segment was to its stream
 * @at:		Position of its first byte
 * @fresh:	Bytes seen the first time
 * @repeated:	Bytes seen before
 * @differing:	Of these, that are not as they were
 * @unchecked:	Of these, whose first copy is not at hand
 * @stray:	The segment is not of this stream; besides @at all else is 0
 * @probe:	It stands on the last byte that was acknowledged, which means
 *		nothing: a keep-alive, or what ends TCP repair
 * @keepalive:	It stands on the last byte that was sent: a keep-alive
 * @back:	It stands below what was acknowledged, has nothing fresh and is no
 *		probe
 * @out_of_order: Something fresh, and a segment seen before follows it
 */
struct wire_seen {
	uint64_t at;
	uint32_t fresh;
	uint32_t repeated;
	uint32_t differing;
	uint32_t unchecked;
	bool stray;
	bool probe;
	bool keepalive;
	bool back;
	bool out_of_order;
};

/**
 * struct wire_segment - A stretch of sequence space with its bytes
 * @seq:	Sequence number of the first payload byte
 * @len:	Payload bytes
 * @bytes:	The first @captured of them
 * @fin:	A FIN follows the payload
 */
struct wire_segment {
	uint32_t seq;
	uint32_t len;
	uint32_t captured;
	const uint8_t *bytes;
	bool fin;
};

/** wire_stream_syn() - A SYN with this sequence number begins the stream; what
 * was known of an earlier one is dropped, see wire_stream_lost() */
void wire_stream_syn(struct wire_stream *stream, uint32_t isn);

/** wire_stream_is_syn() - Whether the stream began with this SYN */
bool wire_stream_is_syn(const struct wire_stream *stream, uint32_t isn);

/**
 * wire_stream_segment() - Its sender sent a segment (no SYN, no RST)
 * @memory:	Remembers fresh payload, compares what is repeated
 * @event:	The frame, noted in a hole that it opens
 */
void wire_stream_segment(struct wire_stream *stream, struct wire_memory *memory,
			 const struct wire_segment *segment,
			 const struct wire_event *event,
			 struct wire_seen *ret_seen);

/**
 * enum wire_ack_kind - What an acknowledgement was
 * @WIRE_ACK_STRAY: Of no such stream; nothing is changed then
 */
enum wire_ack_kind {
	WIRE_ACK_NONE,
	WIRE_ACK_NEW,
	WIRE_ACK_SAME,
	WIRE_ACK_BACK,
	WIRE_ACK_STRAY
};

/** wire_stream_ack() - The other side acknowledged all before @ack */
enum wire_ack_kind wire_stream_ack(struct wire_stream *stream, uint32_t ack,
				   const struct wire_event *event);

/** wire_stream_place() - What @seq is to the user: less the initial one */
int64_t wire_stream_place(const struct wire_stream *stream, uint32_t seq);

/**
 * wire_stream_lost() - Bytes in holes not filled so far
 * @ret_first:	Frame that opened the first such hole; filled when not 0
 */
uint64_t wire_stream_lost(const struct wire_stream *stream,
			  struct wire_event *ret_first);

void wire_stream_release(struct wire_stream *stream);

#endif
