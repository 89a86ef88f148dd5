// SPDX-License-Identifier: Apache-2.0
/* analysis_svg.h - the time line of one connection, drawn */
#ifndef COMPAT_ANALYSIS_SVG_H
#define COMPAT_ANALYSIS_SVG_H

#include <stdio.h>

#include "base/err.h"
#include "compat/wire.h"

/** struct analysis_svg - What a connection's segments were, bounded; opaque */
struct analysis_svg;

struct analysis_svg *analysis_svg_new(void);

/**
 * analysis_svg_segment() - Note one segment, in order of capture
 * @arg:	A struct analysis_svg; made for wire_watch() of one client
 *
 * What is kept is bounded, however many come: segments far from the moments
 * that decide (another host takes over, the first RST ...) are put together the
 * sooner, and what was special about any of them stays visible.
 */
void analysis_svg_segment(void *arg, const struct wire_addr *client,
			  const struct wire_addr *server,
			  const struct wire_segment_seen *segment);

/**
 * analysis_svg_write() - The picture, as SVG 1.1 without script or outside fonts
 * @conn:	The connection whose segments were noted
 * @report:	Whose phases are marked
 * @sentence:	The verdict's
 *
 * Return: 0, or -1 with @err ERR_SYS when @f takes no more
 */
WARN_UNUSED
int analysis_svg_write(const struct analysis_svg *svg,
		       const struct wire_conn *conn,
		       const struct wire_report *report, const char *sentence,
		       FILE *f, struct err *err);

void analysis_svg_free(struct analysis_svg *svg);

#endif
