// SPDX-License-Identifier: Apache-2.0
/* analysis_draw.c - which connection of a capture is drawn, and its drawing */
#include "compat/analysis_draw.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/analysis_svg.h"
#include "compat/capfile.h"

/* What makes a connection worth a picture, best first. */
enum { RANK_MOVED, RANK_BROKE, RANK_ANY };

static int rank_of(const struct wire_conn *conn, bool broke)
{
	if (conn->n_hosts > 1)
		return RANK_MOVED;
	return broke ? RANK_BROKE : RANK_ANY;
}

void analysis_pick_see(struct analysis_pick *pick, const struct wire_conn *conn,
		       bool broke, const char *sentence)
{
	int rank = rank_of(conn, broke);

	if (pick->found && rank >= pick->rank)
		return;
	free(pick->sentence);
	*pick = (struct analysis_pick){
		.found = true,
		.rank = rank,
		.conn = *conn,
		.sentence = xstrdup(sentence),
	};
}

void analysis_pick_release(struct analysis_pick *pick)
{
	free(pick->sentence);
	*pick = (struct analysis_pick){ .found = false };
}

int analysis_source_twice(const struct analysis_source *source, struct err *err)
{
	for (size_t i = 0; i < source->n_captures; i++)
		if (!file_regular(source->captures[i]))
			return err_set(err, ERR_INPUT, 0,
				       "captures are read twice for the time "
				       "line, and '%s' is no regular file",
				       source->captures[i]);
	return 0;
}

/* CLEANUP: needs a pointer to the variable. */
static void capmerge_closep(struct capmerge **merge)
{
	capmerge_close(*merge);
}

static void tracker_freep(struct wire_tracker **tracker)
{
	wire_free(*tracker);
}

static void svg_freep(struct analysis_svg **svg)
{
	analysis_svg_free(*svg);
}

/* Return: 0 with the frames' number, or -1. */
static int feed(struct capmerge *merge, struct wire_tracker *tracker,
		uint64_t *ret_frames, struct err *err)
{
	struct capframe frame;
	uint64_t frames = 0;
	int more;

	while ((more = capmerge_next(merge, &frame, err)) == 1) {
		wire_frame(tracker,
			   &(struct wire_frame){ .linktype = frame.linktype,
						 .iface = frame.interface,
						 .at_ns = frame.at_ns,
						 .bytes = frame.bytes,
						 .cap_len = frame.cap_len,
						 .len = frame.len,
						 .comment = frame.comment });
		frames++;
	}
	*ret_frames = frames;
	return more;
}

int analysis_draw(const struct analysis_pick *pick,
		  const struct analysis_source *source,
		  const struct wire_report *report, FILE *f, struct err *err)
{
	CLEANUP(svg_freep) struct analysis_svg *svg = analysis_svg_new();
	CLEANUP(capmerge_closep) struct capmerge *merge = NULL;
	CLEANUP(tracker_freep) struct wire_tracker *tracker = NULL;
	uint64_t frames;

	if (analysis_source_twice(source, err) ||
	    wire_new(source->service, source->port, &tracker, err) ||
	    capmerge_open(source->captures, source->n_captures, &merge, err))
		return err_wrap(err, "the time line");
	wire_watch(tracker, &pick->conn.client, analysis_svg_segment, svg);
	if (feed(merge, tracker, &frames, err) < 0)
		return err_wrap(err, "the time line");
	if (frames < pick->conn.last_frame)
		return err_set(err, ERR_INPUT, 0,
			       "the time line: the captures have become "
			       "shorter");
	return analysis_svg_write(svg, &pick->conn, report, pick->sentence, f,
				  err);
}
