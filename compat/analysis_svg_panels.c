// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_panels.c - the two streams: positions over time */
#include <math.h>

#include "base/mem.h"
#include "compat/analysis_svg_picture.h"
#include "compat/analysis_svg_text.h"

#define TITLE_PX 18
#define PANEL_PX 140
#define TICKS 6
/* Signs nearer than that are one. */
#define SIGN_PX 9

/**
 * struct panel - One side's stream
 * @low, @high:	Positions at its edges
 */
struct panel {
	enum wire_dir dir;
	double y;
	double low, high;
};

double svg_panels_height(void)
{
	return 2 * (TITLE_PX + PANEL_PX);
}

static bool is_of(enum svg_speaker speaker, enum wire_dir dir)
{
	return (speaker == SVG_CLIENT) == (dir == WIRE_CLIENT);
}

static double panel_y(const struct panel *panel, double at)
{
	double part = (at - panel->low) / (panel->high - panel->low);

	if (part < 0)
		part = 0;
	if (part > 1)
		part = 1;
	return panel->y + PANEL_PX * (1 - part);
}

static void widen(struct svg_heap *range, const struct svg_heap *by)
{
	if (by->n == 0)
		return;
	if (range->n == 0 || by->low < range->low)
		range->low = by->low;
	if (range->n == 0 || by->high > range->high)
		range->high = by->high;
	range->n = 1;
}

/* What the panel must show; strays are left at its edges. */
static void find_range(const struct svg_view *view, struct panel *panel)
{
	struct svg_heap range = { .n = 0 };
	double margin;

	for (int i = 0; i < SVG_SPEAKERS; i++) {
		const struct svg_cell *columns = view->columns[i];

		for (size_t j = 0; columns && j < SVG_COLUMNS; j++) {
			if (!is_of(i, panel->dir)) {
				widen(&range, &columns[j].acked);
				continue;
			}
			widen(&range, &columns[j].heap[SVG_DATA]);
			if (columns[j].heap[SVG_STRAY].n == 0)
				widen(&range, &columns[j].heap[SVG_REPEATED]);
		}
	}
	margin = ((double)range.high - (double)range.low) / 14;
	panel->low = (double)range.low - (margin > 1 ? margin : 1);
	panel->high = (double)range.high + (margin > 1 ? margin : 1);
}

static void draw_scale(struct svg_picture *p, const struct panel *panel)
{
	double step = svg_step((panel->high - panel->low) / TICKS);
	int64_t last;

	if (step < 1)
		step = 1;
	last = (int64_t)floor(panel->high / step);
	for (int64_t i = (int64_t)ceil(panel->low / step); i <= last; i++) {
		double at = (double)i * step;
		CLEANUP_FREE char *text = svg_bytes(at, step, panel->high);
		double y = panel_y(panel, at);

		svg_line(p, SVG_PLOT_X, y, SVG_PLOT_X + SVG_COLUMNS, y, "grid");
		svg_text(p, SVG_PLOT_X - 6, y + 3.5, "small end", text);
	}
}

/* The highest position so far, as steps; flat where nothing comes. */
static void draw_steps(struct svg_picture *p, const struct panel *panel,
		       const char *style, const struct svg_heap *heaps)
{
	bool began = false;
	int64_t high = 0;
	size_t end = 0;

	svg_put(p, "<path class=\"%s\" d=\"", style);
	for (size_t i = 0; i < SVG_COLUMNS; i++) {
		double x = SVG_PLOT_X + (double)i + 0.5;

		if (heaps[i].n == 0)
			continue;
		end = i;
		if (began && heaps[i].high <= high)
			continue;
		high = heaps[i].high;
		if (began)
			svg_put(p, "H%.1fV%.1f", x,
				panel_y(panel, (double)high));
		else
			svg_put(p, "M%.1f %.1f", x,
				panel_y(panel, (double)high));
		began = true;
	}
	if (began)
		svg_put(p, "H%.1f", SVG_PLOT_X + (double)end + 0.5);
	svg_put(p, "\"/>\n");
}

static void draw_bytes(struct svg_picture *p, const struct panel *panel,
		       const struct svg_heap *heaps)
{
	svg_put(p, "<path class=\"data\" d=\"");
	for (size_t i = 0; i < SVG_COLUMNS; i++) {
		double low, high;

		if (heaps[i].n == 0)
			continue;
		low = panel_y(panel, (double)heaps[i].low);
		high = panel_y(panel, (double)heaps[i].high);
		if (low - high < 2)
			high = low - 2;
		svg_put(p, "M%.1f %.1fV%.1f", SVG_PLOT_X + (double)i + 0.5, low,
			high);
	}
	svg_put(p, "\"/>\n");
}

static void draw_kind(struct svg_picture *p, const struct panel *panel,
		      const struct svg_cell *columns, enum svg_kind kind)
{
	for (size_t i = 0; i < SVG_COLUMNS;) {
		const struct svg_heap *heap = &columns[i].heap[kind];
		double middle = (double)heap->low / 2 + (double)heap->high / 2;

		if (heap->n == 0) {
			i++;
			continue;
		}
		svg_mark(p, kind, SVG_PLOT_X + (double)i + 0.5,
			 panel_y(panel, middle));
		i += SIGN_PX;
	}
}

/* What a panel puts together of several speakers, by column. */
static void gather(const struct svg_view *view, enum wire_dir dir,
		   struct svg_heap *sent, struct svg_heap *acked)
{
	for (int i = 0; i < SVG_SPEAKERS; i++) {
		const struct svg_cell *columns = view->columns[i];

		for (size_t j = 0; columns && j < SVG_COLUMNS; j++) {
			if (is_of(i, dir))
				widen(&sent[j], &columns[j].heap[SVG_DATA]);
			else
				widen(&acked[j], &columns[j].acked);
		}
	}
}

static void draw_stream(struct svg_picture *p, const struct panel *panel)
{
	CLEANUP_FREE struct svg_heap *sent =
		xcalloc(SVG_COLUMNS, sizeof(*sent));
	CLEANUP_FREE struct svg_heap *acked =
		xcalloc(SVG_COLUMNS, sizeof(*acked));

	gather(&p->view, panel->dir, sent, acked);
	draw_steps(p, panel, "level", sent);
	draw_steps(p, panel, "acked", acked);
	draw_bytes(p, panel, sent);
	for (int kind = SVG_DATA + 1; kind < SVG_KIND_COUNT; kind++)
		for (int i = 0; i < SVG_SPEAKERS; i++)
			if (kind != SVG_DUP_ACK && is_of(i, panel->dir) &&
			    p->view.columns[i])
				draw_kind(p, panel, p->view.columns[i], kind);
}

static void draw_panel(struct svg_picture *p, enum wire_dir dir)
{
	static const char *const names[] = {
		[WIRE_CLIENT] = "client \xe2\x86\x92 server: position in its "
				"stream",
		[WIRE_SERVER] = "server \xe2\x86\x92 client: position in its "
				"stream",
	};
	struct panel panel = { .dir = dir, .y = p->y + TITLE_PX };

	svg_text_over(p, SVG_PLOT_X, p->y + TITLE_PX - 5, "name", names[dir]);
	find_range(&p->view, &panel);
	draw_scale(p, &panel);
	svg_put(p,
		"<rect class=\"frame\" x=\"%d\" y=\"%.1f\" width=\"%d\" "
		"height=\"%d\"/>\n",
		SVG_PLOT_X, panel.y, SVG_COLUMNS, PANEL_PX);
	draw_stream(p, &panel);
	p->y += TITLE_PX + PANEL_PX;
}

void svg_draw_panels(struct svg_picture *p)
{
	draw_panel(p, WIRE_CLIENT);
	draw_panel(p, WIRE_SERVER);
}
