// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_lanes.c - who spoke when: a lane for the client and each host */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/analysis_svg_picture.h"
#include "compat/analysis_svg_text.h"

/* A lane: rows of signs above a bar of ticks, and room for the times between
 * what the client sent in a silence. */
#define ROWS 3
#define ROW_PX 11
#define BAR_PX 13
#define LANE_PX (ROWS * ROW_PX + BAR_PX + 8)
#define TIMES_PX 11
/* Signs nearer than that are one, with their number. */
#define SIGN_PX 11
#define TIMES_MAX 64
#define SMALL_PX 9.5

/* struct sign - One or several segments of a kind, in a row of a lane */
struct sign {
	enum svg_kind kind;
	double x;
	size_t row;
	uint64_t n;
};

/**
 * struct signs - Of one lane
 * @free_from:	By row: where it was taken last, by column
 */
struct signs {
	struct sign *v;
	size_t n;
	bool taken[ROWS][SVG_COLUMNS];
};

double svg_lanes_height(const struct svg_picture *p)
{
	double height = TIMES_PX;

	for (size_t i = 0; i < SVG_SPEAKERS; i++)
		if (p->view.columns[i])
			height += LANE_PX;
	return height;
}

static void clamp(size_t *from, size_t *to)
{
	if (*to > SVG_COLUMNS)
		*to = SVG_COLUMNS;
	if (*from > *to)
		*from = *to;
}

static bool is_free(const struct signs *signs, size_t row, size_t from,
		    size_t to)
{
	clamp(&from, &to);
	for (size_t i = from; i < to; i++)
		if (signs->taken[row][i])
			return false;
	return true;
}

static char *number(uint64_t n)
{
	return xasprintf("\xc3\x97%llu", (unsigned long long)n);
}

static size_t sign_width(uint64_t n)
{
	CLEANUP_FREE char *text = n > 1 ? number(n) : xstrdup("");

	return SIGN_PX + (size_t)svg_width(text, SMALL_PX);
}

/* Into the lowest row with room; when there is none, where the least is lost:
 * those that say more are placed first, and drawn last. */
static void add_sign(struct signs *signs, enum svg_kind kind, size_t from,
		     size_t to, uint64_t n)
{
	size_t middle = (from + to) / 2;
	size_t begin = middle > SIGN_PX / 2 ? middle - SIGN_PX / 2 : 0;
	size_t end = begin + sign_width(n);
	size_t row = 0;

	while (row < ROWS - 1 && !is_free(signs, row, begin, end))
		row++;
	clamp(&begin, &end);
	memset(&signs->taken[row][begin], true, end - begin);
	*VEC_PUSH(signs->v, signs->n) = (struct sign){
		.kind = kind,
		.x = SVG_PLOT_X + (double)middle + 0.5,
		.row = row,
		.n = n,
	};
}

static void gather(const struct svg_cell *columns, enum svg_kind kind,
		   struct signs *signs)
{
	for (size_t i = 0; i < SVG_COLUMNS;) {
		size_t from = i, to = i;
		uint64_t n = 0;

		if (columns[i].heap[kind].n == 0) {
			i++;
			continue;
		}
		for (; i < SVG_COLUMNS && i < from + SIGN_PX; i++) {
			n += columns[i].heap[kind].n;
			if (columns[i].heap[kind].n)
				to = i;
		}
		add_sign(signs, kind, from, to, n);
	}
}

static void draw_signs(struct svg_picture *p, const struct svg_cell *columns,
		       double bar_y)
{
	struct signs *signs = xnew(struct signs);

	for (size_t kind = SVG_KIND_COUNT; kind-- > 0;)
		if (svg_mark_meaning((enum svg_kind)kind))
			gather(columns, (enum svg_kind)kind, signs);
	for (size_t i = signs->n; i-- > 0;) {
		const struct sign *sign = &signs->v[i];
		double y = bar_y - 2 - ROW_PX * ((double)sign->row + 0.5);
		CLEANUP_FREE char *text = number(sign->n);

		svg_mark(p, sign->kind, sign->x, y);
		if (sign->n > 1)
			svg_text_over(p, sign->x + SIGN_PX / 2.0 + 1, y + 3.5,
				      "small", text);
	}
	free(signs->v);
	free(signs);
}

/* Full height for payload, half for empty segments. */
static void draw_ticks(struct svg_picture *p, const struct svg_cell *columns,
		       double bar_y)
{
	svg_put(p, "<path class=\"tick\" d=\"");
	for (size_t i = 0; i < SVG_COLUMNS; i++) {
		const struct svg_cell *c = &columns[i];
		bool has_payload = c->heap[SVG_DATA].n ||
				   c->heap[SVG_REPEATED].n;

		if (c->frames > 0)
			svg_put(p, "M%.1f %.1fv%d",
				SVG_PLOT_X + (double)i + 0.5, bar_y + BAR_PX,
				has_payload ? -BAR_PX : -BAR_PX / 2);
	}
	svg_put(p, "\"/>\n");
}

/* From the first to the last that this one sent. */
static void draw_bar(struct svg_picture *p, enum svg_speaker speaker,
		     double bar_y)
{
	const struct svg_track *track = &p->svg->track[speaker];
	double from = svg_axis_x(&p->view.axis, track->v[0].first_ns);
	double to = svg_axis_x(&p->view.axis, track->v[track->n - 1].last_ns);

	svg_put(p,
		"<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%d\"/>\n",
		from, bar_y, to - from, BAR_PX);
}

static void draw_name(struct svg_picture *p, enum svg_speaker speaker, double y)
{
	CLEANUP_FREE char *name = svg_speaker_name(p->conn, speaker);
	char mac[18];

	svg_text(p, SVG_PLOT_X - 8, y + LANE_PX - BAR_PX - 8, "name end", name);
	if (speaker < SVG_HOST)
		return;
	wire_mac_format(&p->conn->hosts[speaker - SVG_HOST].mac, mac);
	svg_text(p, SVG_PLOT_X - 8, y + LANE_PX - BAR_PX + 5, "small end", mac);
}

/* --- Times between transmissions of the same ------------------------------- */

static bool holds(const struct svg_cell *cell, enum svg_kind kind, int64_t at)
{
	const struct svg_heap *heap = &cell->heap[kind];

	return heap->n > 0 && at >= heap->low && at <= heap->high;
}

/* When what this cell repeats was sent before; 0: not known */
static uint64_t sent_before(const struct svg_track *track, size_t i,
			    enum svg_kind kind)
{
	int64_t at = track->v[i].heap[kind].low;

	while (i-- > 0)
		if (holds(&track->v[i], SVG_DATA, at) ||
		    holds(&track->v[i], kind, at))
			return track->v[i].last_ns;
	return 0;
}

/* An arrow with the time, where there is room for that. */
static bool draw_time(struct svg_picture *p, uint64_t from_ns, uint64_t to_ns,
		      double y)
{
	double from = svg_axis_x(&p->view.axis, from_ns);
	double to = svg_axis_x(&p->view.axis, to_ns);
	CLEANUP_FREE char *text = svg_duration(to_ns - from_ns);
	double width = svg_width(text, SMALL_PX);

	if (width + 8 > to - from)
		return false;
	svg_put(p,
		"<path class=\"time\" d=\"M%.1f %.1fv6M%.1f %.1fv6M%.1f "
		"%.1fH%.1f\"/>\n",
		from, y - 3, to, y - 3, from, y, to);
	svg_text_over(p, (from + to) / 2, y + 3.5, "small mid", text);
	return true;
}

/* They double while TCP backs off. */
static void draw_times(struct svg_picture *p, const struct svg_track *track,
		       double y)
{
	static const enum svg_kind kinds[] = { SVG_REPEATED, SVG_KEEPALIVE };
	size_t drawn = 0;

	for (size_t i = 0; i < track->n && drawn < TIMES_MAX; i++)
		for (size_t j = 0; j < ARRAY_SIZE(kinds); j++) {
			const struct svg_cell *cell = &track->v[i];
			uint64_t before;

			if (cell->heap[kinds[j]].n == 0 ||
			    !svg_axis_has(&p->view.axis, cell->first_ns))
				continue;
			before = sent_before(track, i, kinds[j]);
			if (before && svg_axis_has(&p->view.axis, before))
				drawn +=
					draw_time(p, before, cell->first_ns, y);
		}
}

void svg_draw_lanes(struct svg_picture *p)
{
	for (int i = 0; i < SVG_SPEAKERS; i++) {
		double bar_y = p->y + LANE_PX - BAR_PX - 4;

		if (!p->view.columns[i])
			continue;
		draw_name(p, i, p->y);
		draw_bar(p, i, bar_y);
		draw_ticks(p, p->view.columns[i], bar_y);
		draw_signs(p, p->view.columns[i], bar_y);
		p->y += LANE_PX;
		if (i != SVG_CLIENT)
			continue;
		draw_times(p, &p->svg->track[i], p->y + 1);
		p->y += TIMES_PX;
	}
	if (!p->view.columns[SVG_CLIENT])
		p->y += TIMES_PX;
}
