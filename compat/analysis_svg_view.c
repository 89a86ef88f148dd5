// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_view.c - what of a connection is drawn, by columns of a pixel */
#include "compat/analysis_svg_view.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* Below this share of the whole time the decisive part is drawn alone. */
#define DETAIL_BELOW 0.2
/* Around the blackout so many times its length are drawn, */
#define AROUND 2
/* and all phases and the recovery within so many. */
#define REACH 10
#define BLACKOUT_LEAST_NS (10 * NS_PER_MS)
#define BLACKOUT_MOST_NS (INT64_MAX / REACH / 2)

static void extend(struct svg_busy *span, uint64_t at_ns)
{
	if (at_ns < span->from_ns)
		span->from_ns = at_ns;
	if (at_ns > span->to_ns)
		span->to_ns = at_ns;
}

void svg_view_whole(const struct wire_conn *conn,
		    const struct svg_phases *phases, struct svg_busy *ret_span)
{
	struct svg_busy span = { conn->first_ns, conn->last_ns };
	struct svg_busy all;

	if (span.to_ns <= span.from_ns)
		span.to_ns = span.from_ns + NS_PER_MS;
	all = span;
	for (size_t i = 0; i < phases->n; i++)
		extend(&all, phases->v[i].at_ns);
	/* Phases of another time would leave no room for the connection. */
	if ((all.to_ns - all.from_ns) / 2 < span.to_ns - span.from_ns)
		span = all;
	*ret_span = span;
}

static uint64_t before(uint64_t at_ns, uint64_t by_ns)
{
	return at_ns > by_ns ? at_ns - by_ns : 0;
}

/* By what the surroundings of a blackout are measured; REACH of them are no
 * overflow, whatever a capture says. */
static uint64_t unit_of(uint64_t blackout_ns)
{
	if (blackout_ns < BLACKOUT_LEAST_NS)
		return BLACKOUT_LEAST_NS;
	return blackout_ns < BLACKOUT_MOST_NS ? blackout_ns : BLACKOUT_MOST_NS;
}

/* The blackout, with what belongs to it, within the whole. */
static void detail_of_move(const struct wire_conn *conn,
			   const struct svg_phases *phases,
			   const struct svg_busy *whole, struct svg_busy *span)
{
	uint64_t black = conn->move.blackout_ns;
	uint64_t start = conn->hosts[1].first_ns;
	uint64_t stop = before(start, black);
	uint64_t unit = unit_of(black);
	struct svg_busy reach = { before(stop, REACH * unit),
				  start + REACH * unit };
	uint64_t tail = conn->move.tail_ns;

	*span = (struct svg_busy){ stop, start };
	if (tail < REACH * unit)
		extend(span, start + tail);
	for (size_t i = 0; i < phases->n; i++) {
		uint64_t at = phases->v[i].at_ns;

		if (at >= reach.from_ns && at <= reach.to_ns)
			extend(span, at);
	}
	span->from_ns = before(span->from_ns, AROUND * unit);
	span->to_ns += AROUND * unit;
	if (span->from_ns < whole->from_ns)
		span->from_ns = whole->from_ns;
	if (span->to_ns > whole->to_ns)
		span->to_ns = whole->to_ns;
}

bool svg_view_detail(const struct wire_conn *conn,
		     const struct svg_phases *phases, struct svg_busy *ret_span)
{
	struct svg_busy whole, part;

	svg_view_whole(conn, phases, &whole);
	*ret_span = whole;
	if (conn->n_hosts < 2 || conn->move.blackout_ns == WIRE_UNKNOWN)
		return false;
	detail_of_move(conn, phases, &whole, &part);
	if ((double)(part.to_ns - part.from_ns) >
	    DETAIL_BELOW * (double)(whole.to_ns - whole.from_ns))
		return false;
	*ret_span = part;
	return true;
}

static size_t column_of(const struct svg_axis *axis, uint64_t at_ns)
{
	double x = svg_axis_x(axis, at_ns) - SVG_PLOT_X;

	if (x < 0)
		return 0;
	return x < SVG_COLUMNS ? (size_t)x : SVG_COLUMNS - 1;
}

/* A cell wider than a column is seen in all of them, and its marks in the
 * first; one of few segments only where it begins and ends. */
static void spread(struct svg_cell *columns, const struct svg_axis *axis,
		   const struct svg_cell *cell)
{
	size_t first = column_of(axis, cell->first_ns);
	size_t last = column_of(axis, cell->last_ns);
	struct svg_cell plain = {
		.first_ns = cell->first_ns,
		.last_ns = cell->last_ns,
		.frames = cell->frames,
		.acked = cell->acked,
		.heap[SVG_DATA] = cell->heap[SVG_DATA],
	};

	svg_cell_merge(&columns[first], cell);
	for (size_t i = first + 1; i <= last; i++)
		if (i == last || cell->frames > last - first)
			svg_cell_merge(&columns[i], &plain);
}

static struct svg_cell *columns_of(const struct svg_axis *axis,
				   const struct svg_track *track)
{
	struct svg_cell *columns = xcalloc(SVG_COLUMNS, sizeof(*columns));

	for (size_t i = 0; i < track->n; i++)
		if (svg_axis_has(axis, track->v[i].last_ns) ||
		    svg_axis_has(axis, track->v[i].first_ns))
			spread(columns, axis, &track->v[i]);
	return columns;
}

static size_t list_busy(const struct analysis_svg *svg,
			const struct svg_phases *phases,
			struct svg_busy **ret_busy)
{
	struct svg_busy *busy = NULL;
	size_t n = 0;

	for (size_t i = 0; i < SVG_SPEAKERS; i++)
		for (size_t j = 0; j < svg->track[i].n; j++)
			*VEC_PUSH(busy, n) = (struct svg_busy){
				svg->track[i].v[j].first_ns,
				svg->track[i].v[j].last_ns,
			};
	for (size_t i = 0; i < phases->n; i++)
		*VEC_PUSH(busy, n) = (struct svg_busy){
			phases->v[i].at_ns,
			phases->v[i].at_ns,
		};
	*ret_busy = busy;
	return n;
}

void svg_view_init(struct svg_view *view, const struct analysis_svg *svg,
		   const struct svg_phases *phases, struct svg_busy span,
		   bool may_cut)
{
	CLEANUP_FREE struct svg_busy *busy = NULL;
	size_t n = list_busy(svg, phases, &busy);

	*view = (struct svg_view){ .axis.n = 0 };
	if (!may_cut) { /* all of it is busy */
		n = 1;
		busy = xreallocarray(busy, n, sizeof(*busy));
		busy[0] = span;
	}
	svg_axis_init(&view->axis, span.from_ns, span.to_ns,
		      SVG_PLOT_X + SVG_EDGE_PX, SVG_COLUMNS - 2 * SVG_EDGE_PX,
		      busy, n);
	for (size_t i = 0; i < SVG_SPEAKERS; i++)
		if (svg->track[i].n > 0)
			view->columns[i] =
				columns_of(&view->axis, &svg->track[i]);
}

void svg_view_release(struct svg_view *view)
{
	for (size_t i = 0; i < SVG_SPEAKERS; i++)
		free(view->columns[i]);
	*view = (struct svg_view){ .axis.n = 0 };
}
