// SPDX-License-Identifier: Apache-2.0
/* analysis_frames.c - the moments that decide, and what each shows */
#include "compat/analysis_case.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire_inquest.h"

/* --- Moments that are not events of struct wire_conn ----------------------- */

static struct wire_event first_of(const struct analysis_case *c)
{
	return (struct wire_event){ .frame = c->conn->first_frame,
				    .at_ns = c->conn->first_ns };
}

static struct wire_event last_of(const struct analysis_case *c)
{
	const struct wire_conn *conn = c->conn;
	struct wire_event last = { .frame = conn->last_frame,
				   .at_ns = conn->last_ns };

	for (size_t i = 0; i < conn->n_hosts; i++) {
		if (conn->hosts[i].last_frame != conn->last_frame)
			continue;
		last.mac = conn->hosts[i].mac;
		last.from_server = true;
	}
	return last;
}

static struct wire_event old_last(const struct analysis_case *c)
{
	if (!c->old)
		return (struct wire_event){ 0 };
	return (struct wire_event){ c->old->last_frame, c->old->last_ns,
				    c->old->mac, true };
}

static struct wire_event now_first(const struct analysis_case *c)
{
	if (!c->now || c->conn->move.probe.frame == c->now->first_frame)
		return (struct wire_event){ 0 };
	return (struct wire_event){ c->now->first_frame, c->now->first_ns,
				    c->now->mac, true };
}

static struct wire_event probe(const struct analysis_case *c)
{
	return c->now ? c->conn->move.probe : (struct wire_event){ 0 };
}

static struct wire_event now_data(const struct analysis_case *c)
{
	if (!c->now)
		return (struct wire_event){ 0 };
	return (struct wire_event){ c->now->data_frame, c->now->data_ns,
				    c->now->mac, true };
}

/* The first claim by @mac after that frame. */
static struct wire_event claim_of(const struct analysis_case *c,
				  const struct wire_mac *mac, uint64_t after)
{
	for (size_t i = 0; i < c->report->n_claims; i++) {
		struct wire_event event = c->report->claims[i].event;

		if (event.frame <= after || !wire_mac_equal(&event.mac, mac))
			continue;
		event.from_server = true;
		return event;
	}
	return (struct wire_event){ 0 };
}

static struct wire_event claim(const struct analysis_case *c)
{
	if (!c->scene->has_target)
		return (struct wire_event){ 0 };
	return claim_of(c, &c->scene->target, 0);
}

static struct wire_event claim_back(const struct analysis_case *c)
{
	struct wire_event there = claim(c);

	if (!there.frame || !c->scene->has_source)
		return (struct wire_event){ 0 };
	return claim_of(c, &c->scene->source, there.frame);
}

static struct wire_event takeover(const struct analysis_case *c)
{
	struct wire_event event = c->scene->takeover;

	event.from_server = true;
	return event;
}

static struct wire_event icmp(const struct analysis_case *c)
{
	struct wire_event event = c->conn->icmp.first;

	event.from_server = true; /* told by its link address */
	return event;
}

static struct wire_event next(const struct analysis_case *c)
{
	return (struct wire_event){ .frame = c->conn->next_frame,
				    .at_ns = WIRE_UNKNOWN };
}

/*
 * struct mark - One moment
 * @shows:	What its frame shows
 * @offset:	Of an event in struct wire_conn, or
 * @get:	how to find it
 * @inner:	Not listed unless it proves something
 */
static const struct mark {
	const char *shows;
	size_t offset;
	struct wire_event (*get)(const struct analysis_case *c);
	bool inner;
} marks[] = {
	[MARK_FIRST] = { .shows = "first frame",
			 .get = first_of,
			 .inner = true },
	[MARK_OLD_LAST] = { .shows =
				    "last segment of the host that served first",
			    .get = old_last },
	[MARK_CLAIM] = { .shows = "another host says that it has the address",
			 .get = claim },
	[MARK_CLAIM_BACK] = { .shows =
				      "the first host says that it has the address",
			      .get = claim_back },
	[MARK_TAKEOVER] = { .shows = "first that is seen of the other host",
			    .get = takeover,
			    .inner = true },
	[MARK_NOW_FIRST] = { .shows =
				     "first segment of the host that took over",
			     .get = now_first },
	[MARK_PROBE] = { .shows =
				 "first segment of the host that took over: the "
				 "probe that ends TCP repair",
			 .get = probe },
	[MARK_NOW_DATA] = { .shows = "first payload of the host that took over",
			    .get = now_data },
	[MARK_RST] = { .shows = "RST",
		       .offset = offsetof(struct wire_conn, first_rst) },
	[MARK_CLIENT_FIN] = { .shows = "the client closes",
			      .offset = offsetof(struct wire_conn,
						 first_fin[WIRE_CLIENT]) },
	[MARK_SERVER_FIN] = { .shows = "the service closes",
			      .offset = offsetof(struct wire_conn,
						 first_fin[WIRE_SERVER]) },
	[MARK_SYN_AGAIN] = { .shows = "SYN again on the same ports",
			     .offset = offsetof(struct wire_conn,
						first_syn_again) },
	[MARK_DAMAGED] = { .shows = "repeats bytes that are not as they were",
			   .offset =
				   offsetof(struct wire_conn, first_damaged) },
	[MARK_LOST] = { .shows = "passes by bytes that were never seen",
			.offset = offsetof(struct wire_conn, first_lost) },
	[MARK_STRAY] = { .shows = "sequence number outside the stream",
			 .offset = offsetof(struct wire_conn, first_stray) },
	[MARK_ACK_BACK] = { .shows = "acknowledges less than before",
			    .offset = offsetof(struct wire_conn,
					       first_ack_back) },
	[MARK_TS_BACK] = { .shows = "timestamp before an earlier one",
			   .offset =
				   offsetof(struct wire_conn, first_ts_back) },
	[MARK_ZERO_WINDOW] = { .shows = "offers no window",
			       .offset = offsetof(struct wire_conn,
						  first_zero_window) },
	[MARK_STORM] = { .shows = "both sides begin to repeat ACKs",
			 .offset = offsetof(struct wire_conn, first_storm) },
	[MARK_UNANSWERED] = { .shows = "first question that nobody answers",
			      .offset = offsetof(struct wire_conn,
						 first_unanswered) },
	[MARK_ICMP] = { .shows = "ICMP error about a segment", .get = icmp },
	[MARK_LAST] = { .shows = "last frame", .get = last_of, .inner = true },
	[MARK_NEXT] = { .shows = "the client's next connection begins",
			.get = next,
			.inner = true },
};
static_assert(ARRAY_SIZE(marks) == MARK_COUNT,
	      "marks[] doesn't match enum analysis_mark");
static_assert(MARK_COUNT - 1 <= FINDING_FRAMES_MAX,
	      "a finding may have more frames than it holds");

bool analysis_mark_event(const struct analysis_case *c, enum analysis_mark at,
			 struct wire_event *ret_event)
{
	const struct mark *mark = &marks[at];

	if (mark->get)
		*ret_event = mark->get(c);
	else
		memcpy(ret_event, (const char *)c->conn + mark->offset,
		       sizeof(*ret_event));
	return ret_event->frame > 0;
}

static bool is_among(const enum analysis_mark *proof, enum analysis_mark mark)
{
	for (size_t i = 0; i < RULE_PROOF_MAX && proof[i] != MARK_NONE; i++)
		if (proof[i] == mark)
			return true;
	return false;
}

static int compare_frames(const void *a, const void *b)
{
	const struct finding_frame *left = a, *right = b;

	return (left->event.frame > right->event.frame) -
	       (left->event.frame < right->event.frame);
}

static void add_frame(struct finding *finding,
		      const struct finding_frame *frame)
{
	struct finding_frame *last = finding->frames + finding->n_frames;

	for (struct finding_frame *f = finding->frames; f < last; f++) {
		if (f->event.frame != frame->event.frame)
			continue;
		f->shows = frame->shows;
		f->proves |= frame->proves;
		return;
	}
	finding->frames[finding->n_frames++] = *frame;
}

/* What happened around the connection belongs to it while it lived. */
static bool is_listed(const struct analysis_case *c, enum analysis_mark mark,
		      const struct wire_event *event)
{
	return !marks[mark].inner && event->frame >= c->conn->first_frame &&
	       event->frame <= c->conn->last_frame;
}

void analysis_frames(const struct analysis_case *c,
		     const enum analysis_mark *proof, struct finding *finding)
{
	for (int i = MARK_NONE + 1; i < MARK_COUNT; i++) {
		enum analysis_mark mark = (enum analysis_mark)i;
		struct finding_frame frame = { .shows = marks[mark].shows };

		if (!analysis_mark_event(c, mark, &frame.event))
			continue;
		frame.proves = is_among(proof, mark);
		frame.who = analysis_who_of(c, &frame.event);
		if (frame.proves || is_listed(c, mark, &frame.event))
			add_frame(finding, &frame);
	}
	qsort(finding->frames, finding->n_frames, sizeof(finding->frames[0]),
	      compare_frames);
}
