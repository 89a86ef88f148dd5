// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_picture.h - the parts of the time line, from top to bottom */
#ifndef COMPAT_ANALYSIS_SVG_PICTURE_H
#define COMPAT_ANALYSIS_SVG_PICTURE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "compat/analysis_svg_labels.h"
#include "compat/analysis_svg_view.h"
#include "compat/wire.h"

/**
 * struct svg_span - A time worth a name
 * @text:	Owned
 * @is_silent:	No server answered in it: hatched
 */
struct svg_span {
	struct svg_busy time;
	char *text;
	bool is_silent;
};

#define SVG_SPANS_MAX 2

/**
 * struct svg_picture - A picture being drawn
 * @f:		Where to
 * @phases:	Of the migration, as @report has them
 * @view:	What is drawn large
 * @is_detail:	That is a part of the connection
 * @frames:	Labels of the decisive frames, above the plot
 * @phase_labels: Labels of the phases, below it
 * @beyond:	Labels of what is not in the plot, below the overview
 * @y:		Where the next part begins
 * @flags_end:	Below the lowest row of @frames
 * @plot_y, @plot_end: Lanes and panels, which share the axis of time
 * @drawn:	Kinds that the legend must explain
 */
struct svg_picture {
	FILE *f;
	const struct analysis_svg *svg;
	const struct wire_conn *conn;
	const struct wire_report *report;
	struct svg_phases phases;
	struct svg_view view;
	bool is_detail;
	struct svg_labels frames;
	struct svg_labels phase_labels;
	struct svg_labels beyond;
	struct svg_span spans[SVG_SPANS_MAX];
	size_t n_spans;
	double y;
	double flags_end;
	double plot_y, plot_end;
	bool drawn[SVG_KIND_COUNT];
};

/* --- analysis_svg_put.c: elements ----------------------------------------- */

void svg_put(struct svg_picture *p, const char *fmt, ...) PRINTF(2, 3);

/** svg_text() - @classes: names of classes of the style sheet */
void svg_text(struct svg_picture *p, double x, double y, const char *classes,
	      const char *text);
/** svg_text_over() - The same, legible over lines: on white as wide as its
 * letters (SVG 1.1 has no paint-order) */
void svg_text_over(struct svg_picture *p, double x, double y,
		   const char *classes, const char *text);
void svg_line(struct svg_picture *p, double x1, double y1, double x2, double y2,
	      const char *classes);
/** svg_mark() - A segment's sign, centred; the legend will explain it */
void svg_mark(struct svg_picture *p, enum svg_kind kind, double x, double y);

/** svg_head() - All before the parts, once the height is known */
void svg_head(FILE *f, double height, const char *title, const char *sentence);

/** svg_mark_meaning() - For the legend; NULL: the kind has no sign */
const char *svg_mark_meaning(enum svg_kind kind);

/* --- What is to be said --------------------------------------------------- */

/** svg_speaker_name() - "old host"; owned by the caller */
char *svg_speaker_name(const struct wire_conn *conn, enum svg_speaker speaker);

/** svg_frames_label() - Label the decisive frames of the connection */
void svg_frames_label(struct svg_picture *p);
/** svg_phases_label() - Label the phases of the migration */
void svg_phases_label(struct svg_picture *p);
/** svg_spans_find() - Blackout and recovery, or the silence */
void svg_spans_find(struct svg_picture *p);
/** svg_figures() - The move in figures, one line; owned, NULL: none known */
char *svg_figures(const struct wire_conn *conn);

/* --- Parts: each draws at p->y and moves it ------------------------------- */

void svg_draw_heading(struct svg_picture *p, const char *title,
		      const char *sentence);
/** svg_flags_height() - Of so many rows of labels */
double svg_flags_height(size_t rows);
/** svg_draw_frames(), svg_draw_phases() - Labels above and below the plot, and
 * their poles through it; p->y stays */
void svg_draw_frames(struct svg_picture *p);
void svg_draw_phases(struct svg_picture *p);
/** svg_draw_beyond() - Labels below the overview that begins at @top */
void svg_draw_beyond(struct svg_picture *p, double top);
double svg_spans_height(const struct svg_picture *p);
void svg_draw_spans(struct svg_picture *p);
/** svg_draw_ground() - Behind lanes and panels: silence and cuts */
void svg_draw_ground(struct svg_picture *p);
/** svg_lanes_height() - Of what svg_draw_lanes() draws: who spoke when */
double svg_lanes_height(const struct svg_picture *p);
void svg_draw_lanes(struct svg_picture *p);
/** svg_panels_height() - Of what svg_draw_panels() draws: both streams */
double svg_panels_height(void);
void svg_draw_panels(struct svg_picture *p);
void svg_draw_time(struct svg_picture *p);
void svg_draw_overview(struct svg_picture *p);
void svg_draw_legend(struct svg_picture *p);
/** svg_draw_rest() - Labels for which there was no room, as text */
void svg_draw_rest(struct svg_picture *p, const struct svg_labels *labels);

#endif
