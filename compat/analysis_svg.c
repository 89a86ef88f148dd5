// SPDX-License-Identifier: Apache-2.0
/* analysis_svg.c - the time line of one connection, drawn */
#include "compat/analysis_svg.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis_svg_picture.h"
#include "compat/wire_decode.h"

#define FRAME_ROWS_MAX 8
#define PHASE_ROWS_MAX 10
#define MARGIN 20

struct analysis_svg *analysis_svg_new(void)
{
	struct analysis_svg *svg = xnew(struct analysis_svg);

	svg->host = -1;
	for (size_t i = 0; i < SVG_SPEAKERS; i++)
		svg_track_init(&svg->track[i]);
	return svg;
}

void analysis_svg_free(struct analysis_svg *svg)
{
	if (!svg)
		return;
	for (size_t i = 0; i < SVG_SPEAKERS; i++)
		svg_track_release(&svg->track[i]);
	free(svg);
}

/* --- Segments ------------------------------------------------------------- */

static enum svg_speaker speaker_of(const struct wire_segment_seen *segment)
{
	if (segment->dir == WIRE_CLIENT)
		return SVG_CLIENT;
	if (segment->host < 0 || segment->host >= WIRE_HOSTS_MAX)
		return SVG_SERVER;
	return SVG_HOST + segment->host;
}

/* The first of these kinds decides something: detail is kept around it. */
static bool is_first_of_kind(struct analysis_svg *svg,
			     const struct wire_segment_seen *segment)
{
	const bool is[SVG_KIND_COUNT] = {
		[SVG_RST] = segment->flags & WIRE_RST,
		[SVG_FIN] = segment->flags & WIRE_FIN,
		[SVG_DAMAGED] = segment->differing,
		[SVG_STRAY] = segment->stray,
		[SVG_ZERO_WINDOW] = segment->zero_window,
	};
	bool *known = svg->known[segment->dir];
	bool is_first = false;

	for (size_t i = 0; i < SVG_KIND_COUNT; i++) {
		if (is[i] && !known[i])
			is_first = known[i] = true;
	}
	return is_first;
}

/* Another host took over: it, and the last moment of the one before. */
static void note_turn(struct analysis_svg *svg,
		      const struct wire_segment_seen *segment)
{
	if (segment->host < 0 || segment->host == svg->host)
		return;
	if (svg->host >= 0) {
		const struct svg_track *old = &svg->track[SVG_HOST + svg->host];

		svg_foci_add(&svg->foci, old->v[old->n - 1].last_ns);
		svg_foci_add(&svg->foci, segment->event.at_ns);
	}
	svg->host = segment->host;
}

void analysis_svg_segment(void *arg, const struct wire_addr *client,
			  const struct wire_addr *server,
			  const struct wire_segment_seen *segment)
{
	struct analysis_svg *svg = arg;

	(void)client;
	(void)server;
	if (segment->host < WIRE_HOSTS_MAX)
		note_turn(svg, segment);
	if (is_first_of_kind(svg, segment))
		svg_foci_add(&svg->foci, segment->event.at_ns);
	svg_track_add(&svg->track[speaker_of(segment)], &svg->foci, segment);
}

/* --- Picture -------------------------------------------------------------- */

static void prepare(struct svg_picture *p)
{
	struct svg_busy span;

	svg_phases_read(p->report, &p->phases);
	p->is_detail = svg_view_detail(p->conn, &p->phases, &span);
	svg_view_init(&p->view, p->svg, &p->phases, span, true);
	svg_frames_label(p);
	svg_phases_label(p);
	svg_spans_find(p);
}

static void draw_plot(struct svg_picture *p, size_t frame_rows,
		      size_t phase_rows)
{
	p->flags_end = p->y + svg_flags_height(frame_rows);
	p->plot_y = p->flags_end + svg_spans_height(p);
	p->plot_end = p->plot_y + svg_lanes_height(p) + svg_panels_height();
	svg_draw_ground(p);
	svg_draw_frames(p);
	p->y = p->flags_end;
	svg_draw_spans(p);
	svg_draw_lanes(p);
	svg_draw_panels(p);
	svg_draw_time(p);
	svg_draw_phases(p);
	p->y += svg_flags_height(phase_rows);
}

static void draw(struct svg_picture *p, const char *title, const char *sentence)
{
	double left = SVG_PLOT_X, right = SVG_WIDTH - MARGIN / 2.0;
	size_t frame_rows =
		svg_labels_place(&p->frames, left, right, FRAME_ROWS_MAX);
	size_t phase_rows =
		svg_labels_place(&p->phase_labels, left, right, PHASE_ROWS_MAX);

	svg_draw_heading(p, title, sentence);
	draw_plot(p, frame_rows, phase_rows);
	if (p->is_detail)
		svg_draw_overview(p);
	svg_draw_legend(p);
	svg_draw_rest(p, &p->frames);
	svg_draw_rest(p, &p->phase_labels);
	svg_draw_rest(p, &p->beyond);
	p->y += MARGIN;
}

static void release(struct svg_picture *p)
{
	svg_view_release(&p->view);
	svg_labels_release(&p->frames);
	svg_labels_release(&p->phase_labels);
	svg_phases_release(&p->phases);
	svg_labels_release(&p->beyond);
	for (size_t i = 0; i < p->n_spans; i++)
		free(p->spans[i].text);
}

static char *title_of(const struct wire_conn *conn)
{
	char client[64], server[64];

	wire_addr_format(&conn->client, client);
	wire_addr_format(&conn->server, server);
	return xasprintf("%s \xe2\x86\x92 %s", client, server);
}

int analysis_svg_write(const struct analysis_svg *svg,
		       const struct wire_conn *conn,
		       const struct wire_report *report, const char *sentence,
		       FILE *f, struct err *err)
{
	struct svg_picture p = { .svg = svg, .conn = conn, .report = report };
	CLEANUP_FREE char *title = title_of(conn);
	CLEANUP_FREE char *body = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	p.f = buf.f;
	prepare(&p);
	draw(&p, title, sentence);
	body = strbuf_take(&buf);
	svg_head(f, p.y, title, sentence);
	release(&p);
	if (fprintf(f, "%s</svg>\n", body) < 0 || fflush(f) != 0)
		return err_errno(err, "write the picture");
	return 0;
}
