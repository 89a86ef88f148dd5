// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_cells.c - segments put together by time, in bounded memory */
#include "compat/analysis_svg_cells.h"

#include <stdlib.h>

#include "base/mem.h"
#include "compat/wire_decode.h"

/*
 * DOC: Theory of operation
 *
 * How long a capture lasts is known at its end, and which of its moments decide
 * when they are over. So each segment is a cell of its own at first. When there
 * are too many, neighbours are merged where their joint length is small against
 * their distance from the next focus; the present is one too, as what comes next
 * may decide. Detail then falls off with the distance, but never below a fixed
 * share of the whole time, which is finer than a pixel. An idle stretch costs
 * nothing.
 */

#define SHIFT_MOST 9
#define SHIFT_LEAST 4
#define LEAST_NS_FIRST 1000
/* A cell is at most 1/1024 of the whole time: about a pixel. */
#define SPAN_SHIFT 10
/* So many are left at most after merging, so that it is seldom done. */
#define CELLS_LEFT ((size_t)SVG_CELLS_MAX / 4 * 3)

void svg_foci_add(struct svg_foci *foci, uint64_t at_ns)
{
	if (foci->n < SVG_FOCI_MAX)
		foci->at_ns[foci->n++] = at_ns;
}

void svg_track_init(struct svg_track *track)
{
	*track = (struct svg_track){ .shift = SHIFT_MOST,
				     .least_ns = LEAST_NS_FIRST };
}

static void heap_add(struct svg_heap *heap, uint64_t n, int64_t low,
		     int64_t high)
{
	if (n == 0)
		return;
	if (heap->n == 0 || low < heap->low)
		heap->low = low;
	if (heap->n == 0 || high > heap->high)
		heap->high = high;
	heap->n += n;
}

void svg_cell_merge(struct svg_cell *into, const struct svg_cell *from)
{
	if (from->frames == 0)
		return;
	if (into->frames == 0 || from->first_ns < into->first_ns)
		into->first_ns = from->first_ns;
	if (into->frames == 0 || from->last_ns > into->last_ns)
		into->last_ns = from->last_ns;
	into->frames += from->frames;
	heap_add(&into->acked, from->acked.n, from->acked.low,
		 from->acked.high);
	for (size_t i = 0; i < SVG_KIND_COUNT; i++)
		heap_add(&into->heap[i], from->heap[i].n, from->heap[i].low,
			 from->heap[i].high);
}

static void cell_of(const struct wire_segment_seen *s, uint64_t at_ns,
		    struct svg_cell *ret_cell)
{
	const bool is[SVG_KIND_COUNT] = {
		[SVG_DATA] = s->fresh && !s->stray,
		[SVG_DUP_ACK] = s->dup_ack,
		[SVG_OUT_OF_ORDER] = s->out_of_order,
		[SVG_ZERO_WINDOW] = s->zero_window,
		[SVG_KEEPALIVE] = s->keepalive && !s->probe,
		[SVG_REPEATED] = s->repeated && !s->keepalive,
		[SVG_PROBE] = s->probe,
		[SVG_SYN] = s->flags & WIRE_SYN,
		[SVG_FIN] = s->flags & WIRE_FIN,
		[SVG_STRAY] = s->stray,
		[SVG_DAMAGED] = s->differing,
		[SVG_RST] = s->flags & WIRE_RST,
	};

	*ret_cell = (struct svg_cell){
		.first_ns = at_ns,
		.last_ns = at_ns,
		.frames = 1,
	};
	if (s->acked >= 0)
		heap_add(&ret_cell->acked, 1, s->acked, s->acked);
	for (size_t i = 0; i < SVG_KIND_COUNT; i++)
		if (is[i])
			heap_add(&ret_cell->heap[i], 1, s->at, s->at + s->len);
}

static uint64_t distance(uint64_t focus, uint64_t from, uint64_t to)
{
	if (focus < from)
		return from - focus;
	return focus > to ? focus - to : 0;
}

/* How long a cell between these two may be. */
static uint64_t allowed_ns(const struct svg_track *track,
			   const struct svg_foci *foci, uint64_t from,
			   uint64_t to)
{
	uint64_t now = track->v[track->n - 1].last_ns;
	uint64_t most = (now - track->v[0].first_ns) >> SPAN_SHIFT;
	uint64_t near = distance(now, from, to);

	for (size_t i = 0; i < foci->n; i++) {
		uint64_t away = distance(foci->at_ns[i], from, to);

		if (away < near)
			near = away;
	}
	near >>= track->shift;
	if (near < most)
		most = near;
	return most > track->least_ns ? most : track->least_ns;
}

static void merge_neighbours(struct svg_track *track,
			     const struct svg_foci *foci)
{
	size_t n = 1;

	for (size_t i = 1; i < track->n; i++) {
		struct svg_cell *before = &track->v[n - 1];
		const struct svg_cell *cell = &track->v[i];

		if (cell->last_ns - before->first_ns <=
		    allowed_ns(track, foci, before->first_ns, cell->last_ns))
			svg_cell_merge(before, cell);
		else
			track->v[n++] = *cell;
	}
	track->n = n;
}

/* Ends: @least_ns grows beyond any time. */
static void make_room(struct svg_track *track, const struct svg_foci *foci)
{
	merge_neighbours(track, foci);
	while (track->n > CELLS_LEFT) {
		if (track->shift > SHIFT_LEAST)
			track->shift--;
		track->least_ns *= 2;
		merge_neighbours(track, foci);
	}
}

void svg_track_add(struct svg_track *track, const struct svg_foci *foci,
		   const struct wire_segment_seen *segment)
{
	uint64_t at_ns = segment->event.at_ns;
	struct svg_cell cell;

	if (track->n > 0 && at_ns < track->v[track->n - 1].last_ns)
		at_ns = track->v[track->n - 1].last_ns;
	cell_of(segment, at_ns, &cell);
	if (track->n == SVG_CELLS_MAX)
		make_room(track, foci);
	*VEC_PUSH(track->v, track->n) = cell;
}

void svg_track_release(struct svg_track *track)
{
	free(track->v);
	*track = (struct svg_track){ 0 };
}
