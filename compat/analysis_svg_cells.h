// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_cells.h - segments put together by time, in bounded memory */
#ifndef COMPAT_ANALYSIS_SVG_CELLS_H
#define COMPAT_ANALYSIS_SVG_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "compat/wire.h"

/** enum svg_kind - What a segment is drawn as; it can be several. Those that say
 * more come later. */
enum svg_kind {
	SVG_DATA,
	SVG_DUP_ACK,
	SVG_OUT_OF_ORDER,
	SVG_ZERO_WINDOW,
	SVG_KEEPALIVE,
	SVG_REPEATED,
	SVG_PROBE,
	SVG_SYN,
	SVG_FIN,
	SVG_STRAY,
	SVG_DAMAGED,
	SVG_RST,
	SVG_KIND_COUNT
};

/** struct svg_heap - Some segments: how many, and between which positions */
struct svg_heap {
	uint64_t n;
	int64_t low, high;
};

/**
 * struct svg_cell - Segments of one sender that followed each other
 * @acked:	Positions of the other stream that they acknowledge
 * @heap:	By kind
 */
struct svg_cell {
	uint64_t first_ns, last_ns;
	uint64_t frames;
	struct svg_heap acked;
	struct svg_heap heap[SVG_KIND_COUNT];
};

#define SVG_FOCI_MAX 16

/** struct svg_foci - Moments around which detail is kept, as far as known */
struct svg_foci {
	uint64_t at_ns[SVG_FOCI_MAX];
	size_t n;
};

#define SVG_CELLS_MAX 8192

/**
 * struct svg_track - All segments of one sender
 * @v:		Owned, in order of time, never more than SVG_CELLS_MAX
 * @shift:	A cell is at most 2^-@shift as long as its distance from the next
 *		focus, but may always be
 * @least_ns:	This long
 */
struct svg_track {
	struct svg_cell *v;
	size_t n;
	unsigned shift;
	uint64_t least_ns;
};

void svg_foci_add(struct svg_foci *foci, uint64_t at_ns);

void svg_track_init(struct svg_track *track);
/** svg_track_add() - One more segment; one that goes back in time is noted at
 * the moment of the one before */
void svg_track_add(struct svg_track *track, const struct svg_foci *foci,
		   const struct wire_segment_seen *segment);
void svg_track_release(struct svg_track *track);

/** svg_cell_merge() - All of @from into @into, which may be empty */
void svg_cell_merge(struct svg_cell *into, const struct svg_cell *from);

#endif
