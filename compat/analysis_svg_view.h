// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_view.h - what of a connection is drawn, by columns of a pixel */
#ifndef COMPAT_ANALYSIS_SVG_VIEW_H
#define COMPAT_ANALYSIS_SVG_VIEW_H

#include <stdbool.h>

#include "compat/analysis_svg_axis.h"
#include "compat/analysis_svg_cells.h"
#include "compat/analysis_svg_phases.h"
#include "compat/wire.h"

/** enum svg_speaker - Who sends: the client, a server of which no host is known,
 * or one of the hosts */
enum svg_speaker {
	SVG_CLIENT,
	SVG_SERVER,
	SVG_HOST,
	SVG_SPEAKERS = SVG_HOST + WIRE_HOSTS_MAX
};

#define SVG_WIDTH 1200
#define SVG_PLOT_X 150
#define SVG_COLUMNS 1020
/* Marks at the ends of the axis stay within the plot. */
#define SVG_EDGE_PX 8

/**
 * struct analysis_svg - See analysis_svg.h
 * @host:	That spoke last, -1: none yet
 * @known:	Kinds seen so far, by sender's side: the first of some is a focus
 */
struct analysis_svg {
	struct svg_track track[SVG_SPEAKERS];
	struct svg_foci foci;
	int host;
	bool known[2][SVG_KIND_COUNT];
};

/**
 * struct svg_view - Part of a connection, ready to be drawn
 * @columns:	By speaker, owned, SVG_COLUMNS each; NULL: never spoke at all
 */
struct svg_view {
	struct svg_axis axis;
	struct svg_cell *columns[SVG_SPEAKERS];
};

/** svg_view_whole() - All of the connection */
void svg_view_whole(const struct wire_conn *conn,
		    const struct svg_phases *phases, struct svg_busy *ret_span);

/**
 * svg_view_detail() - The part that decides
 *
 * Return: whether it is so short that it deserves the picture, and all of the
 * connection is an overview; false: @ret_span is all of it
 */
bool svg_view_detail(const struct wire_conn *conn,
		     const struct svg_phases *phases,
		     struct svg_busy *ret_span);

/** svg_view_init() - Put the cells of @span into columns; @may_cut: idle
 * stretches may be cut out */
void svg_view_init(struct svg_view *view, const struct analysis_svg *svg,
		   const struct svg_phases *phases, struct svg_busy span,
		   bool may_cut);
void svg_view_release(struct svg_view *view);

#endif
