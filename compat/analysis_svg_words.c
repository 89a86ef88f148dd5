// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_words.c - what the time line says of the decisive moments */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/analysis_svg_picture.h"
#include "compat/analysis_svg_text.h"

#define LABEL_COLUMNS 48
/* A silence shorter than this share of the connection needs no name. */
#define SILENCE_WORTH 10

/* struct moment - A decisive frame */
struct moment {
	uint64_t frame;
	uint64_t at_ns;
	char *text; /* owned */
};

struct moments {
	struct moment *v;
	size_t n;
};

/* Events of a connection that have a label, where they happened. */
static const struct {
	size_t offset;
	const char *text;
} events[] = {
#define EVENT(member, words)                              \
	{                                                 \
		offsetof(struct wire_conn, member), words \
	}
	EVENT(move.probe, "probe ends TCP repair"),
	EVENT(first_rst, "RST"),
	EVENT(first_fin[WIRE_CLIENT], "client's FIN"),
	EVENT(first_fin[WIRE_SERVER], "server's FIN"),
	EVENT(first_syn_again, "SYN again"),
	EVENT(first_damaged, "repeats other bytes"),
	EVENT(first_lost, "bytes before it are lost"),
	EVENT(first_stray, "outside the stream"),
	EVENT(first_seq_back, "sequence goes back"),
	EVENT(first_ack_back, "ACK goes back"),
	EVENT(first_ts_back, "timestamp goes back"),
	EVENT(first_zero_window, "no window"),
	EVENT(first_challenge, "challenge ACK"),
	EVENT(first_storm, "ACK storm begins"),
	EVENT(first_unanswered, "first without answer"),
	EVENT(icmp.first, "ICMP error"),
#undef EVENT
};

char *svg_speaker_name(const struct wire_conn *conn, enum svg_speaker speaker)
{
	static const char *const of_two[] = { "old host", "new host" };

	if (speaker == SVG_CLIENT)
		return xstrdup("client");
	if (speaker == SVG_SERVER || conn->n_hosts == 1)
		return xstrdup("server");
	if (conn->n_hosts == 2)
		return xstrdup(of_two[(speaker - SVG_HOST) & 1]);
	return xasprintf("host %d", (int)(speaker - SVG_HOST) + 1);
}

/* --- Decisive frames ------------------------------------------------------ */

static void add_moment(struct moments *moments, uint64_t frame, uint64_t at_ns,
		       char *text)
{
	struct moment *moment = VEC_PUSH(moments->v, moments->n);

	moment->frame = frame;
	moment->at_ns = at_ns;
	moment->text = text;
}

static void add_hosts(const struct wire_conn *conn, struct moments *moments)
{
	for (size_t i = 0; i < conn->n_hosts; i++) {
		const struct wire_host *host = &conn->hosts[i];
		CLEANUP_FREE char *name =
			svg_speaker_name(conn, SVG_HOST + (int)i);

		if (i > 0)
			add_moment(moments, host->first_frame, host->first_ns,
				   xasprintf("%s's first", name));
		if (i > 0 && host->data_frame)
			add_moment(moments, host->data_frame, host->data_ns,
				   xasprintf("%s's first data", name));
		if (i + 1 < conn->n_hosts)
			add_moment(moments, host->last_frame, host->last_ns,
				   xasprintf("%s's last", name));
	}
}

static void add_events(const struct wire_conn *conn, struct moments *moments)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		const struct wire_event *event =
			(const void *)((const char *)conn + events[i].offset);

		if (event->frame)
			add_moment(moments, event->frame, event->at_ns,
				   xstrdup(events[i].text));
	}
}

static bool same_mac(const struct wire_mac *a, const struct wire_mac *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Who said that the service's address is his: a host by its name. */
static char *claim_text(const struct wire_conn *conn,
			const struct wire_claim *claim)
{
	CLEANUP_FREE char *name = NULL;
	char mac[18];

	wire_mac_format(&claim->event.mac, mac);
	for (size_t i = 0; i < conn->n_hosts && !name; i++)
		if (same_mac(&conn->hosts[i].mac, &claim->event.mac))
			name = svg_speaker_name(conn, SVG_HOST + (int)i);
	return xasprintf("address claimed by %s", name ? name : mac);
}

/* But for the first host's while it was alone. */
static void add_claims(const struct svg_picture *p, struct moments *moments)
{
	for (size_t i = 0; i < p->report->n_claims; i++) {
		const struct wire_claim *claim = &p->report->claims[i];

		if (i == 0 && p->conn->n_hosts > 0 &&
		    same_mac(&p->conn->hosts[0].mac, &claim->event.mac))
			continue;
		add_moment(moments, claim->event.frame, claim->event.at_ns,
			   claim_text(p->conn, claim));
	}
}

static int by_frame(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;
	int order = (x->frame > y->frame) - (x->frame < y->frame);

	return order ? order : strcmp(x->text, y->text);
}

/* "#23 new host's first, probe ends TCP repair": all that one frame is. */
static char *join_moments(const struct moment *v, size_t n)
{
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f, "#%llu ", (unsigned long long)v->frame);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(buf.f, "%s%s", i ? ", " : "", v[i].text);
	return strbuf_take(&buf);
}

static void add_label(struct svg_picture *p, struct svg_labels *labels,
		      uint64_t at_ns, char *text)
{
	if (!svg_axis_has(&p->view.axis, at_ns))
		labels = &p->beyond;
	svg_labels_add(labels, at_ns, svg_axis_x(&p->view.axis, at_ns), text);
}

void svg_frames_label(struct svg_picture *p)
{
	struct moments moments = { .n = 0 };
	size_t same;

	add_hosts(p->conn, &moments);
	add_events(p->conn, &moments);
	add_claims(p, &moments);
	if (moments.n > 0)
		qsort(moments.v, moments.n, sizeof(*moments.v), by_frame);
	for (size_t i = 0; i < moments.n; i += same) {
		const struct moment *m = &moments.v[i];

		for (same = 1;
		     i + same < moments.n && m[same].frame == m->frame; same++)
			;
		add_label(p, &p->frames, m->at_ns, join_moments(m, same));
	}
	for (size_t i = 0; i < moments.n; i++)
		free(moments.v[i].text);
	free(moments.v);
}

void svg_phases_label(struct svg_picture *p)
{
	for (size_t i = 0; i < p->phases.n; i++) {
		const struct svg_phase *phase = &p->phases.v[i];

		add_label(p, &p->phase_labels, phase->at_ns,
			  svg_cut(phase->text, LABEL_COLUMNS));
	}
}

/* --- Spans ---------------------------------------------------------------- */

static bool is_some(uint64_t figure)
{
	return figure != 0 && figure != WIRE_UNKNOWN;
}

static char *milliseconds(const char *what, uint64_t ns)
{
	double ms = (double)ns / NS_PER_MS;

	int decimals = ms < 0.9995 ? 3 : ms < 99.95 ? 1 : 0;

	return xasprintf("%s %.*f ms", what, decimals, ms);
}

static void add_span(struct svg_picture *p, uint64_t from_ns, uint64_t to_ns,
		     bool is_silent, char *text)
{
	struct svg_span *span = &p->spans[p->n_spans++];

	span->time = (struct svg_busy){ from_ns, to_ns };
	span->is_silent = is_silent;
	span->text = text;
}

static void add_move(struct svg_picture *p)
{
	const struct wire_move *move = &p->conn->move;
	uint64_t start = p->conn->hosts[1].first_ns;

	add_span(p, start - move->blackout_ns, start, true,
		 milliseconds("blackout", move->blackout_ns));
	if (is_some(move->tail_ns))
		add_span(p, start, start + move->tail_ns, false,
			 milliseconds("recovery", move->tail_ns));
}

static void add_silence(struct svg_picture *p)
{
	const struct wire_conn *conn = p->conn;
	uint64_t all = conn->last_ns - conn->first_ns;

	if (is_some(conn->unanswered) && is_some(conn->unanswered_ns))
		add_span(p, conn->first_unanswered.at_ns, conn->last_ns, true,
			 milliseconds("no answer for", conn->unanswered_ns));
	else if (is_some(conn->silence_ns) &&
		 conn->silence_ns > all / SILENCE_WORTH)
		add_span(p, conn->silence_at_ns,
			 conn->silence_at_ns + conn->silence_ns, true,
			 milliseconds("silence", conn->silence_ns));
}

void svg_spans_find(struct svg_picture *p)
{
	if (p->conn->n_hosts > 1 && p->conn->move.blackout_ns != WIRE_UNKNOWN)
		add_move(p);
	else
		add_silence(p);
}

/* --- Figures -------------------------------------------------------------- */

static void add_duration(struct str_list *parts, const char *what, uint64_t ns)
{
	CLEANUP_FREE char *text = NULL;

	if (ns == WIRE_UNKNOWN)
		return;
	text = svg_duration(ns);
	str_list_take(parts, xasprintf("%s %s", what, text));
}

static void add_count(struct str_list *parts, const char *what, uint64_t n)
{
	if (is_some(n))
		str_list_take(parts, xasprintf("%s %llu", what,
					       (unsigned long long)n));
}

char *svg_figures(const struct wire_conn *conn)
{
	const struct wire_side *client = &conn->side[WIRE_CLIENT];
	const struct wire_side *server = &conn->side[WIRE_SERVER];
	CLEANUP(str_list_release) struct str_list parts = { 0 };
	bool moved = conn->n_hosts > 1;

	if (moved) {
		add_duration(&parts, "blackout", conn->move.blackout_ns);
		add_count(&parts, "asked meanwhile", conn->move.asked);
		add_duration(&parts, "client's timer", conn->move.backoff_ns);
		add_duration(&parts, "client spoke again after",
			     conn->move.answered_ns);
		add_duration(&parts, "old rate after", conn->move.tail_ns);
	}
	add_count(&parts, "retransmissions by client", client->retransmissions);
	add_count(&parts, "by server", server->retransmissions);
	add_count(&parts, "damaged bytes", client->damaged + server->damaged);
	add_count(&parts, "lost bytes",
		  client->lost_bytes + server->lost_bytes);
	return parts.n ? str_list_join(&parts, " \xc2\xb7 ") : NULL;
}
