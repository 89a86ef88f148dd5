// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_axes.c - the time line's axis of time, its flags and spans */
#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/analysis_svg_picture.h"
#include "compat/analysis_svg_text.h"

#define ROW_PX 15
#define SPAN_PX 20
#define TICK_APART_PX 90
#define TIME_PX 32

static double relative_ns(const struct svg_picture *p, uint64_t at_ns)
{
	return (double)at_ns - (double)p->conn->first_ns;
}

/* --- Flags ---------------------------------------------------------------- */

/**
 * struct flags - Labels beside the plot
 * @y:		Base line of row 0
 * @row_px:	From each row to the next, negative: upwards
 * @end:	Where the poles end
 */
struct flags {
	const struct svg_labels *labels;
	double y, row_px, end;
	const char *pole_style;
};

static void draw_flags(struct svg_picture *p, const struct flags *flags)
{
	for (size_t i = 0; i < flags->labels->n; i++) {
		const struct svg_label *label = &flags->labels->v[i];
		double y = flags->y + flags->row_px * label->row - ROW_PX / 2.0;

		if (label->row >= 0)
			svg_line(p, label->x, y, label->x, flags->end,
				 flags->pole_style);
	}
	for (size_t i = 0; i < flags->labels->n; i++) {
		const struct svg_label *label = &flags->labels->v[i];
		double y = flags->y + flags->row_px * label->row;
		double x = label->x + (label->is_left ? -3 : 3);
		const char *style = label->is_left ? "end" : "";

		if (label->row < 0)
			continue;
		if (label->is_crossed)
			svg_text_over(p, x, y, style, label->text);
		else
			svg_text(p, x, y, style, label->text);
	}
}

double svg_flags_height(size_t rows)
{
	return (double)rows * ROW_PX + 4;
}

void svg_draw_frames(struct svg_picture *p)
{
	const struct flags flags = {
		.labels = &p->frames,
		.y = p->flags_end - 4,
		.row_px = -ROW_PX,
		.end = p->plot_end,
		.pole_style = "pole",
	};

	draw_flags(p, &flags);
}

void svg_draw_phases(struct svg_picture *p)
{
	const struct flags flags = {
		.labels = &p->phase_labels,
		.y = p->y + ROW_PX * 0.75,
		.row_px = ROW_PX,
		.end = p->plot_y,
		.pole_style = "phase",
	};

	draw_flags(p, &flags);
}

void svg_draw_beyond(struct svg_picture *p, double top)
{
	const struct flags flags = {
		.labels = &p->beyond,
		.y = p->y + ROW_PX * 0.75,
		.row_px = ROW_PX,
		.end = top,
		.pole_style = "pole",
	};

	draw_flags(p, &flags);
}

/* --- Spans ---------------------------------------------------------------- */

/* Its arrow, and its words in it, or behind it where it is too narrow. */
static void draw_span(struct svg_picture *p, const struct svg_span *span)
{
	double from = svg_axis_x(&p->view.axis, span->time.from_ns);
	double to = svg_axis_x(&p->view.axis, span->time.to_ns);
	double y = p->y + SPAN_PX - 5;
	double width = svg_width(span->text, 13) * 1.1;

	svg_put(p,
		"<path class=\"span\" d=\"M%.1f %.1fv10M%.1f %.1fv10M%.1f "
		"%.1fH%.1f\"/>\n",
		from, y - 5, to, y - 5, from, y, to);
	if (width + 8 < to - from)
		svg_text_over(p, (from + to) / 2, y - 4, "big mid", span->text);
	else if (to + width + 6 < SVG_WIDTH)
		svg_text_over(p, to + 6, y + 4, "big", span->text);
	else
		svg_text_over(p, from - 6, y + 4, "big end", span->text);
}

double svg_spans_height(const struct svg_picture *p)
{
	return (double)p->n_spans * SPAN_PX;
}

void svg_draw_spans(struct svg_picture *p)
{
	for (size_t i = 0; i < p->n_spans; i++) {
		draw_span(p, &p->spans[i]);
		p->y += SPAN_PX;
	}
}

/* --- Behind all ----------------------------------------------------------- */

void svg_draw_ground(struct svg_picture *p)
{
	const struct svg_axis *axis = &p->view.axis;

	for (size_t i = 0; i < p->n_spans; i++) {
		double from = svg_axis_x(axis, p->spans[i].time.from_ns);
		double to = svg_axis_x(axis, p->spans[i].time.to_ns);

		if (p->spans[i].is_silent)
			svg_put(p,
				"<rect fill=\"url(#silent)\" x=\"%.1f\" "
				"y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
				from, p->plot_y, to - from,
				p->plot_end - p->plot_y);
	}
	for (size_t i = 0; i < axis->n; i++)
		if (axis->v[i].is_cut)
			svg_put(p,
				"<rect class=\"cut\" x=\"%.1f\" y=\"%.1f\" "
				"width=\"%.1f\" height=\"%.1f\"/>\n",
				axis->v[i].x, p->plot_y, axis->v[i].width,
				p->plot_end - p->plot_y);
}

/* --- The axis ------------------------------------------------------------- */

static void draw_tick(struct svg_picture *p, double x, double value,
		      const struct svg_scale *scale)
{
	CLEANUP_FREE char *text = xasprintf("%.*f %s", scale->decimals,
					    value / scale->unit_ns,
					    scale->unit);

	svg_line(p, x, p->y, x, p->y + 5, "axis");
	svg_text(p, x, p->y + 16, "mid", text);
}

/* @taken: to where the text before reaches */
static void draw_ticks(struct svg_picture *p, const struct svg_stretch *s,
		       double step, const struct svg_scale *scale,
		       double *taken)
{
	double from = relative_ns(p, s->from_ns);
	double to = relative_ns(p, s->to_ns);
	int64_t last = (int64_t)floor(to / step);

	for (int64_t i = (int64_t)ceil(from / step); i <= last; i++) {
		double at = (double)i * step;
		double x = s->x + (at - from) / (to - from) * s->width;

		if (x < *taken)
			continue;
		draw_tick(p, x, at, scale);
		*taken = x + TICK_APART_PX * 0.6;
	}
}

/* Two slanting strokes, and how much is left out. */
static void draw_cut(struct svg_picture *p, const struct svg_stretch *s,
		     double *taken)
{
	CLEANUP_FREE char *text = svg_duration(s->to_ns - s->from_ns);
	double x = s->x + s->width / 2;

	svg_put(p,
		"<path class=\"span\" d=\"M%.1f %.1fl6-10M%.1f %.1fl6-10\"/>\n",
		x - 6, p->y + 5, x, p->y + 5);
	svg_text(p, x, p->y + 16, "mid name", text);
	svg_text(p, x, p->y + 27, "mid small", "cut out");
	*taken = s->x + s->width + TICK_APART_PX * 0.3;
}

void svg_draw_time(struct svg_picture *p)
{
	const struct svg_axis *axis = &p->view.axis;
	double step = svg_step(svg_axis_ns_per_px(axis) * TICK_APART_PX);
	struct svg_scale scale =
		svg_scale_of(step, relative_ns(p, axis->v[axis->n - 1].to_ns));
	double taken = 0;

	for (size_t i = 0; i < axis->n; i++) {
		const struct svg_stretch *s = &axis->v[i];

		if (s->is_cut) {
			draw_cut(p, s, &taken);
			continue;
		}
		svg_line(p, s->x, p->y, s->x + s->width, p->y, "axis");
		if (s->width > 0)
			draw_ticks(p, s, step, &scale, &taken);
	}
	svg_text(p, SVG_PLOT_X - 8, p->y + 28, "small end",
		 "since its first frame");
	p->y += TIME_PX;
}
