// SPDX-License-Identifier: Apache-2.0
/* wire_stream.c - one direction of a connection: what of its bytes was seen */
#include "compat/wire_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * DOC: Theory of operation
 *
 * A stream is an interval [low, next) of positions, less its holes. Each
 * segment is cut into pieces that are fresh (beyond next, in a hole, or before
 * the low end of a stream whose beginning was not captured) or repeated. A
 * position that is passed by, be it by a segment or by the other side's
 * acknowledgement, opens a hole, and a late segment closes it again: frames may
 * be captured out of order. What is still open at the end was lost.
 */

/* No window is larger (RFC 7323: 65535 << 14); what is farther away from the
 * stream's end is not of this stream. */
#define WINDOW_MAX (UINT64_C(1) << 30)

/* Low enough for the first sequence number, high enough for what is before. */
#define BEGIN (UINT64_C(1) << 32)

/* Open holes of one stream; with more, the first counts as never filled. */
#define HOLES_MAX 1024

/* The position nearest to the stream's end that has this sequence number. */
static uint64_t position(const struct wire_stream *stream, uint32_t seq)
{
	int32_t distance = (int32_t)(seq - (uint32_t)stream->next);

	return stream->next + (uint64_t)(int64_t)distance;
}

static void begin(struct wire_stream *stream, uint32_t seq)
{
	wire_stream_release(stream);
	stream->low = BEGIN + seq;
	stream->next = stream->low;
	stream->isn = seq;
	stream->known = true;
}

void wire_stream_syn(struct wire_stream *stream, uint32_t isn)
{
	begin(stream, isn);
	stream->low++;
	stream->next++;
	stream->by_syn = true;
}

bool wire_stream_is_syn(const struct wire_stream *stream, uint32_t isn)
{
	return stream->by_syn && (uint32_t)stream->low == isn + 1;
}

int64_t wire_stream_place(const struct wire_stream *stream, uint32_t seq)
{
	if (!stream->known)
		return 0;
	return (int64_t)(position(stream, seq) - BEGIN - stream->isn);
}

void wire_stream_release(struct wire_stream *stream)
{
	if (stream->holes)
		free(stream->holes->v);
	free(stream->holes);
	memset(stream, 0, sizeof(*stream));
}

/* --- Holes ---------------------------------------------------------------- */

static struct wire_holes *holes_of(struct wire_stream *stream)
{
	if (!stream->holes) {
		stream->holes = xnew(struct wire_holes);
		stream->holes->top = stream->next;
	}
	return stream->holes;
}

static void remove_hole(struct wire_holes *holes, size_t i)
{
	holes->n--;
	memmove(&holes->v[i], &holes->v[i + 1],
		(holes->n - i) * sizeof(holes->v[0]));
}

/* Keep the number of holes in bounds. */
static void make_room(struct wire_holes *holes)
{
	if (holes->n < HOLES_MAX)
		return;
	holes->given_up += holes->v[0].to - holes->v[0].from;
	remove_hole(holes, 0);
}

/* All up to @to has been sent, of which the part from the end on was not seen. */
static void pass_by(struct wire_stream *stream, uint64_t to,
		    const struct wire_event *event)
{
	struct wire_hole hole = { stream->next, to, *event };
	struct wire_holes *holes;

	if (to <= stream->next)
		return;
	holes = holes_of(stream);
	make_room(holes);
	*VEC_PUSH(holes->v, holes->n) = hole;
	stream->next = to;
}

/* First hole that ends after @at, their number when there is none. */
static size_t find_hole(const struct wire_holes *holes, uint64_t at)
{
	size_t low = 0, high = holes->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (holes->v[middle].to > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* [from, to) is inside the hole: leave what is before and after it open. */
static void split_hole(struct wire_holes *holes, size_t i, uint64_t from,
		       uint64_t to)
{
	struct wire_hole after = holes->v[i];
	size_t behind = holes->n - i - 1;

	holes->v[i].to = from;
	after.from = to;
	(void)VEC_PUSH(holes->v, holes->n);
	memmove(&holes->v[i + 2], &holes->v[i + 1],
		behind * sizeof(holes->v[0]));
	holes->v[i + 1] = after;
}

static void fill_holes(struct wire_holes *holes, uint64_t from, uint64_t to)
{
	size_t i;

	make_room(holes); /* for what a split adds */
	i = find_hole(holes, from);
	while (i < holes->n && holes->v[i].from < to) {
		struct wire_hole *hole = &holes->v[i];

		if (hole->from < from && hole->to > to) {
			split_hole(holes, i, from, to);
			return;
		}
		if (hole->from >= from && hole->to <= to) {
			remove_hole(holes, i);
			continue;
		}
		if (hole->from < from)
			hole->to = from;
		else
			hole->from = to;
		i++;
	}
}

/* The segment [from, to) was seen. */
static void close_holes(struct wire_stream *stream, uint64_t from, uint64_t to)
{
	struct wire_holes *holes = stream->holes;

	if (!holes)
		return;
	fill_holes(holes, from, to);
	if (to > holes->top)
		holes->top = to;
	if (holes->n > 0 || holes->given_up > 0)
		return;
	free(holes->v);
	free(TAKE(stream->holes));
}

/* --- Segments ------------------------------------------------------------- */

/* Where the piece that begins at @at ends, and whether it is fresh. */
static uint64_t piece_end(const struct wire_stream *stream, uint64_t at,
			  uint64_t end, bool *ret_fresh)
{
	const struct wire_holes *holes = stream->holes;
	const struct wire_hole *hole = NULL;
	uint64_t limit = end < stream->next ? end : stream->next;
	size_t i;

	*ret_fresh = true;
	if (at >= stream->next)
		return end;
	if (at < stream->low)
		return end < stream->low ? end : stream->low;
	if (holes) {
		i = find_hole(holes, at);
		hole = i < holes->n ? &holes->v[i] : NULL;
	}
	if (hole && hole->from <= at)
		return hole->to < limit ? hole->to : limit;
	*ret_fresh = false;
	return hole && hole->from < limit ? hole->from : limit;
}

/* struct piece - A part of a segment that is all fresh or all repeated */
struct piece {
	uint64_t at;
	uint32_t len;
	const uint8_t *bytes;
	uint32_t captured;
};

static void take_fresh(struct wire_stream *stream, struct wire_memory *memory,
		       const struct piece *piece, uint64_t at_ns,
		       struct wire_seen *seen)
{
	uint64_t end = piece->at + piece->len;
	struct wire_stretch stretch = {
		.from = piece->at,
		.top = end > stream->next ? end : stream->next,
		.at_ns = at_ns,
		.len = piece->len,
		.captured = piece->captured,
		.bytes = piece->bytes,
	};

	seen->fresh += piece->len;
	stream->kept = wire_memory_keep(memory, stream->kept, &stretch);
}

static void take_repeated(const struct wire_stream *stream,
			  const struct wire_memory *memory,
			  const struct piece *piece, struct wire_seen *seen)
{
	struct wire_compared sum = { 0, 0 };

	if (piece->captured)
		sum = wire_memory_compare(memory, stream->kept, piece->at,
					  piece->bytes, piece->captured);
	seen->repeated += piece->len;
	seen->differing += sum.differing;
	seen->unchecked += piece->len - sum.found;
}

/* Sort the segment's payload at @start into pieces; the stream itself changes
 * only in what is remembered of its payload. */
static void look_at(struct wire_stream *stream, struct wire_memory *memory,
		    const struct wire_segment *segment, uint64_t at_ns,
		    struct wire_seen *seen)
{
	uint64_t start = seen->at, end = start + segment->len;

	for (uint64_t at = start, to; at < end; at = to) {
		uint32_t skip = (uint32_t)(at - start);
		struct piece piece = { .at = at };
		bool fresh;

		to = piece_end(stream, at, end, &fresh);
		piece.len = (uint32_t)(to - at);
		if (skip < segment->captured) {
			piece.bytes = segment->bytes + skip;
			piece.captured = segment->captured - skip;
		}
		if (piece.captured > piece.len)
			piece.captured = piece.len;
		if (fresh)
			take_fresh(stream, memory, &piece, at_ns, seen);
		else
			take_repeated(stream, memory, &piece, seen);
	}
}

/* A keep-alive, or the probe that ends TCP repair: it stands on the last byte
 * that was acknowledged, and its own byte, if any, means nothing. */
static void look_for_probe(const struct wire_stream *stream,
			   const struct wire_segment *segment,
			   struct wire_seen *seen)
{
	if (segment->len > 1 || segment->fin)
		return;
	seen->probe = stream->is_acked && seen->at + 1 == stream->acked;
	seen->keepalive = seen->at + 1 == stream->next &&
			  (segment->len == 0 || seen->probe);
}

static bool is_stray(const struct wire_stream *stream,
		     const struct wire_segment *segment, uint64_t start)
{
	if (start + segment->len > stream->next + WINDOW_MAX ||
	    start + WINDOW_MAX < stream->next)
		return true;
	return stream->by_syn && segment->len > 0 && start < stream->low;
}

/* Before the stream takes it: does a segment seen before follow it? */
static bool is_late(const struct wire_stream *stream, uint64_t start)
{
	return start < (stream->holes ? stream->holes->top : stream->next);
}

void wire_stream_segment(struct wire_stream *stream, struct wire_memory *memory,
			 const struct wire_segment *segment,
			 const struct wire_event *event,
			 struct wire_seen *ret_seen)
{
	uint64_t start, end;
	bool late;

	*ret_seen = (struct wire_seen){ 0 };
	if (!stream->known)
		begin(stream, segment->seq);
	ret_seen->at = start = position(stream, segment->seq);
	end = start + segment->len + segment->fin;
	look_for_probe(stream, segment, ret_seen);
	if (ret_seen->probe)
		return;
	ret_seen->stray = is_stray(stream, segment, start);
	if (ret_seen->stray) {
		ret_seen->keepalive = false;
		return;
	}
	pass_by(stream, start, event);
	late = is_late(stream, start);
	look_at(stream, memory, segment, event->at_ns, ret_seen);
	ret_seen->out_of_order = late && ret_seen->fresh > 0 &&
				 start + ret_seen->repeated < stream->next;
	ret_seen->back = stream->is_acked && start < stream->acked &&
			 ret_seen->fresh == 0;
	close_holes(stream, start, end);
	if (start < stream->low && segment->len > 0)
		stream->low = start;
	if (end > stream->next)
		stream->next = end;
}

enum wire_ack_kind wire_stream_ack(struct wire_stream *stream, uint32_t ack,
				   const struct wire_event *event)
{
	uint64_t at;

	if (!stream->known)
		begin(stream, ack);
	at = position(stream, ack);
	if (at > stream->next + WINDOW_MAX || at + WINDOW_MAX < stream->next ||
	    (stream->by_syn && at < stream->low))
		return WIRE_ACK_STRAY;
	pass_by(stream, at, event);
	if (stream->is_acked && at <= stream->acked)
		return at == stream->acked ? WIRE_ACK_SAME : WIRE_ACK_BACK;
	stream->acked = at;
	stream->is_acked = true;
	return WIRE_ACK_NEW;
}

uint64_t wire_stream_lost(const struct wire_stream *stream,
			  struct wire_event *ret_first)
{
	const struct wire_holes *holes = stream->holes;
	uint64_t sum;

	if (!holes)
		return 0;
	sum = holes->given_up;
	for (size_t i = 0; i < holes->n; i++)
		sum += holes->v[i].to - holes->v[i].from;
	if (holes->n > 0)
		*ret_first = holes->v[0].event;
	return sum;
}
