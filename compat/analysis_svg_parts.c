// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_parts.c - heading, overview and legend of the time line */
#include "base/clock.h"
#include "base/mem.h"
#include "compat/analysis_svg_picture.h"
#include "compat/analysis_svg_text.h"

#define MARGIN 20
#define SENTENCE_COLUMNS 140
#define SENTENCE_LINES 3
#define OVERVIEW_ROW_PX 12
#define SIGN_PX 12
#define LEGEND_ROW_PX 18
#define BEYOND_ROWS_MAX 4

void svg_draw_heading(struct svg_picture *p, const char *title,
		      const char *sentence)
{
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	CLEANUP_FREE char *figures = svg_figures(p->conn);
	CLEANUP_FREE char *begin = NULL;
	char when[21];

	clock_iso8601(p->conn->first_ns, when);
	begin = xasprintf("first frame #%llu, %s",
			  (unsigned long long)p->conn->first_frame, when);
	p->y += 28;
	svg_text(p, MARGIN, p->y, "title", title);
	svg_text(p, SVG_WIDTH - MARGIN - 10, p->y, "figures end", begin);
	svg_wrap(sentence, SENTENCE_COLUMNS, SENTENCE_LINES, &lines);
	for (size_t i = 0; i < lines.n; i++)
		svg_text(p, MARGIN, p->y += 20, "sentence", lines.v[i]);
	if (figures)
		svg_text(p, MARGIN, p->y += 19, "figures", figures);
	p->y += 14;
}

/* --- Overview ------------------------------------------------------------- */

static void draw_row(struct svg_picture *p, const struct svg_cell *columns,
		     const char *name)
{
	svg_text(p, SVG_PLOT_X - 8, p->y + 9, "small end", name);
	svg_put(p, "<path class=\"tick\" d=\"");
	for (size_t i = 0; i < SVG_COLUMNS; i++)
		if (columns[i].frames > 0)
			svg_put(p, "M%.1f %.1fv8", SVG_PLOT_X + (double)i + 0.5,
				p->y + 2);
	svg_put(p, "\"/>\n");
	for (int kind = SVG_STRAY; kind < SVG_KIND_COUNT; kind++)
		for (size_t i = 0; i < SVG_COLUMNS; i++)
			if (columns[i].heap[kind].n > 0) {
				svg_mark(p, kind, SVG_PLOT_X + (double)i + 0.5,
					 p->y + 6);
				i += SIGN_PX;
			}
	p->y += OVERVIEW_ROW_PX;
}

static void draw_window(struct svg_picture *p, const struct svg_axis *whole,
			double top)
{
	const struct svg_axis *part = &p->view.axis;
	double from = svg_axis_x(whole, part->v[0].from_ns);
	double to = svg_axis_x(whole, part->v[part->n - 1].to_ns);

	svg_put(p,
		"<rect class=\"window\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%.1f\"/>\n",
		from - 1, top, to - from + 2, p->y - top + 2);
}

/* What happened beyond the plot, where there is room below the overview. */
static void draw_beyond(struct svg_picture *p, const struct svg_axis *whole,
			double top)
{
	size_t rows;

	for (size_t i = 0; i < p->beyond.n; i++)
		p->beyond.v[i].x = svg_axis_x(whole, p->beyond.v[i].at_ns);
	rows = svg_labels_place(&p->beyond, SVG_PLOT_X,
				SVG_WIDTH - MARGIN / 2.0, BEYOND_ROWS_MAX);
	p->y += 4;
	svg_draw_beyond(p, top);
	p->y += svg_flags_height(rows);
}

void svg_draw_overview(struct svg_picture *p)
{
	struct svg_view whole;
	struct svg_busy span;
	CLEANUP_FREE char *length = NULL;
	CLEANUP_FREE char *text = NULL;
	double top = p->y + 20;

	svg_view_whole(p->conn, &p->phases, &span);
	svg_view_init(&whole, p->svg, &p->phases, span, false);
	length = svg_duration(span.to_ns - span.from_ns);
	text = xasprintf("all of the connection, %s; the frame is what is "
			 "drawn above",
			 length);
	svg_text(p, SVG_PLOT_X, p->y + 14, "name", text);
	p->y = top;
	for (int i = 0; i < SVG_SPEAKERS; i++) {
		CLEANUP_FREE char *name = svg_speaker_name(p->conn, i);

		if (whole.columns[i])
			draw_row(p, whole.columns[i], name);
	}
	draw_window(p, &whole.axis, top);
	draw_beyond(p, &whole.axis, top);
	svg_view_release(&whole);
}

/* --- Legend --------------------------------------------------------------- */

/* Place of the next entry, for one of that text. */
static double entry_x(struct svg_picture *p, double *x, const char *text)
{
	double width = 40 + svg_width(text, SVG_LABEL_PX);
	double at;

	if (*x + width > SVG_WIDTH - MARGIN && *x > SVG_PLOT_X) {
		*x = SVG_PLOT_X;
		p->y += LEGEND_ROW_PX;
	}
	at = *x;
	*x += width;
	return at;
}

/* struct line_sample - A line or area of the legend, at 0,0 and 20 wide;
 * @is_drawn: whether the picture has any, NULL: always */
struct line_sample {
	const char *shape;
	const char *meaning;
	bool (*is_drawn)(const struct svg_picture *p);
};

static bool has_times(const struct svg_picture *p)
{
	return p->drawn[SVG_REPEATED] || p->drawn[SVG_KEEPALIVE];
}

static bool has_silence(const struct svg_picture *p)
{
	for (size_t i = 0; i < p->n_spans; i++)
		if (p->spans[i].is_silent)
			return true;
	return false;
}

static bool has_phases(const struct svg_picture *p)
{
	return p->phase_labels.n > 0;
}

static const struct line_sample samples[] = {
	{ "<path class=\"tick\" d=\"M4 5v-12M8 5v-6M12 5v-12M16 5v-6\"/>",
	  "segments, half as high: without payload", NULL },
	{ "<path class=\"data\" d=\"M10-6V5\"/>"
	  "<path class=\"level\" d=\"M0 5H10V-6H20\"/>",
	  "bytes sent the first time", NULL },
	{ "<path class=\"acked\" d=\"M0 0H20\"/>",
	  "acknowledged by the other side", NULL },
	{ "<rect fill=\"url(#silent)\" x=\"0\" y=\"-7\" width=\"20\" "
	  "height=\"13\"/>",
	  "no answer from the server", has_silence },
	{ "<path class=\"time\" d=\"M1-3v6M19-3v6M1 0H19\"/>",
	  "since the client sent the same before", has_times },
	{ "<path class=\"pole\" d=\"M10-8V6\"/>",
	  "#: frame, as Wireshark counts", NULL },
	{ "<path class=\"phase\" d=\"M10-8V6\"/>", "phase of the migration",
	  has_phases },
};

void svg_draw_legend(struct svg_picture *p)
{
	double x = SVG_PLOT_X;

	p->y += 14;
	svg_text(p, SVG_PLOT_X - 8, p->y + 4, "name end", "legend");
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		double at;

		if (samples[i].is_drawn && !samples[i].is_drawn(p))
			continue;
		at = entry_x(p, &x, samples[i].meaning);
		svg_put(p, "<g transform=\"translate(%.1f %.1f)\">%s</g>\n", at,
			p->y, samples[i].shape);
		svg_text(p, at + 25, p->y + 4, "", samples[i].meaning);
	}
	for (int kind = 0; kind < SVG_KIND_COUNT; kind++) {
		const char *meaning = svg_mark_meaning(kind);
		double at;

		if (!meaning || !p->drawn[kind])
			continue;
		at = entry_x(p, &x, meaning);
		svg_mark(p, kind, at + 10, p->y);
		svg_text(p, at + 25, p->y + 4, "", meaning);
	}
	p->y += LEGEND_ROW_PX;
}

/* --- What had no room ----------------------------------------------------- */

void svg_draw_rest(struct svg_picture *p, const struct svg_labels *labels)
{
	for (size_t i = 0; i < labels->n; i++) {
		const struct svg_label *label = &labels->v[i];
		double ns = (double)label->at_ns - (double)p->conn->first_ns;
		CLEANUP_FREE char *text = NULL;

		if (label->row >= 0)
			continue;
		text = xasprintf("at %.6f s: %s", ns / NS_PER_S, label->text);
		p->y += LEGEND_ROW_PX - 3;
		svg_text(p, SVG_PLOT_X, p->y, "", text);
	}
}
