// SPDX-License-Identifier: Apache-2.0
/* analysis_text.c - the answer for people */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/analysis.h"
#include "compat/report_table.h"

static const struct look {
	const char *title;
	const char *symbol; /* UTF-8, with a blank */
	enum ink ink;
} looks[] = {
	[FATE_KEPT] = { "kept", "✓ ", INK_GREEN },
	[FATE_DAMAGED] = { "kept but damaged", "✗ ", INK_RED },
	[FATE_RESET] = { "reset", "✗ ", INK_RED },
	[FATE_CLOSED] = { "closed", "✗ ", INK_RED },
	[FATE_RECONNECTED] = { "reconnected", "✗ ", INK_RED },
	[FATE_HUNG] = { "hung", "✗ ", INK_RED },
	[FATE_SPLIT] = { "split between two hosts", "✗ ", INK_RED },
	[FATE_UNDECIDABLE] = { "undecidable", "? ", INK_YELLOW },
	[FATE_NOT_CONCERNED] = { "not concerned", "· ", INK_DIM },
};
static_assert(ARRAY_SIZE(looks) == FATE_COUNT,
	      "looks[] doesn't match enum fate");

static const char *const blamed[] = {
	[BLAME_NONE] = "",
	[BLAME_SOURCE] = ", by the source",
	[BLAME_TARGET] = ", by the target",
	[BLAME_PEER] = ", by the peer",
	[BLAME_NETWORK] = ", by the network",
	[BLAME_ORDER] = ", by the order of the takeover",
	[BLAME_UNKNOWN] = ", by whom cannot be told",
};
static_assert(ARRAY_SIZE(blamed) == BLAME_COUNT,
	      "blamed[] doesn't match enum blame");

/* Names of files and what people wrote may hold anything. */
static void put_clean(FILE *f, const char *text)
{
	CLEANUP_FREE char *clean = str_utf8_clean(text, strlen(text));

	for (char *c = clean; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	(void)fputs(clean, f);
}

static void text_begin(struct analysis_out *out)
{
	const struct wire_report *report = out->report;

	(void)fputs("service ", out->f);
	put_clean(out->f, out->service);
	(void)fprintf(out->f,
		      " in %zu capture%s: %" PRIu64 " frames, %zu "
		      "connection%s\n",
		      out->n_captures, out->n_captures == 1 ? "" : "s",
		      report->frames, report->n_conns,
		      report->n_conns == 1 ? "" : "s");
	if (report->drops != WIRE_UNKNOWN && report->drops)
		(void)fprintf(out->f,
			      "the capture lost %" PRIu64 " frames: nothing "
			      "is proven kept\n",
			      report->drops);
}

/* --- Frames and phases ------------------------------------------------------ */

/* Seconds since the capture's first frame. */
static void put_time(const struct analysis_out *out, uint64_t at_ns)
{
	uint64_t first_ns = out->report->first_ns;

	if (at_ns == WIRE_UNKNOWN || at_ns < first_ns)
		(void)fprintf(out->f, "%14s", "");
	else
		(void)fprintf(out->f, "%12.6f s",
			      (double)(at_ns - first_ns) / NS_PER_S);
}

static void put_row(const struct analysis_out *out, uint64_t frame,
		    uint64_t at_ns, const char *who, const char *text)
{
	(void)fprintf(out->f, "    %10" PRIu64 " ", frame);
	put_time(out, at_ns);
	(void)fprintf(out->f, "  %-7s  ", who);
	put_clean(out->f, text);
	(void)fputc('\n', out->f);
}

/* Phases up to that frame, from @at on; within the connection's time alone. */
static size_t put_phases(const struct analysis_out *out,
			 const struct wire_conn *conn, size_t at,
			 uint64_t until_frame)
{
	const struct wire_report *report = out->report;

	for (; at < report->n_phases; at++) {
		const struct wire_phase *phase = &report->phases[at];

		if (phase->frame > until_frame)
			break;
		if (phase->frame >= conn->first_frame)
			put_row(out, phase->frame, phase->at_ns, "phase",
				phase->text);
	}
	return at;
}

static void put_frames(const struct analysis_out *out,
		       const struct wire_conn *conn,
		       const struct finding *finding)
{
	size_t phase = 0;

	for (size_t i = 0; i < finding->n_frames; i++) {
		const struct finding_frame *frame = &finding->frames[i];
		CLEANUP_FREE char *text = xasprintf("%s%s", frame->shows,
						    frame->proves ? " *" : "");

		phase = put_phases(out, conn, phase, frame->event.frame);
		put_row(out, frame->event.frame, frame->event.at_ns,
			analysis_who_names[frame->who], text);
	}
	(void)put_phases(out, conn, phase, conn->last_frame);
}

/* --- A connection ----------------------------------------------------------- */

static void text_conn(struct analysis_out *out, const struct wire_conn *conn,
		      const struct finding *finding)
{
	const struct look *look = &looks[finding->fate];
	const struct report_opts *opts = &out->opts;
	char client[64], server[64];

	wire_addr_format(&conn->client, client);
	wire_addr_format(&conn->server, server);
	(void)fprintf(out->f, "%s%s%s - %s: %s%s%s%s", ink_on(opts, look->ink),
		      opts->utf8 ? look->symbol : "", client, server,
		      look->title, blamed[finding->blame],
		      finding->signature ? " " : "", ink_off(opts, look->ink));
	if (finding->signature)
		(void)fprintf(out->f, "(%s)", finding->signature);
	(void)fputc('\n', out->f);
	text_wrap("    ", 4, finding->sentence, opts, out->f);
	if (finding->advice)
		text_wrap("    do: ", 8, finding->advice, opts, out->f);
	if (out->frames)
		put_frames(out, conn, finding);
	out->shown++;
}

/* --- The whole -------------------------------------------------------------- */

static void put_host(const struct analysis_out *out, const char *role,
		     bool known, const struct wire_mac *mac)
{
	char text[18];

	wire_mac_format(mac, text);
	(void)fprintf(out->f, "%s %s", role, known ? text : "not known");
}

static void put_hosts(const struct analysis_out *out)
{
	const struct analysis_scene *scene = out->scene;

	put_host(out, "source", scene->has_source, &scene->source);
	put_host(out, ", target", scene->has_target, &scene->target);
	if (scene->takeover.frame)
		(void)fprintf(out->f,
			      ", first seen of it in frame %" PRIu64
			      " (%.6f s)",
			      scene->takeover.frame,
			      (double)(scene->takeover.at_ns -
				       out->report->first_ns) /
				      NS_PER_S);
	(void)fputc('\n', out->f);
}

/* What the table does not have, where it is not to be wondered at. */
static void put_absence(const struct analysis_out *out,
			const struct analysis_counts *counts)
{
	const struct wire_report *report = out->report;
	uint64_t judged = 0;

	for (int fate = 0; fate < FATE_COUNT; fate++)
		judged += counts->n[fate];
	if (report->n_conns == 0)
		(void)fputs("no TCP connection to the service\n", out->f);
	else if (!judged)
		(void)fputs("no such connection to the service\n", out->f);
	if (report->udp_frames[WIRE_CLIENT] + report->udp_frames[WIRE_SERVER])
		(void)fprintf(out->f,
			      "UDP is not judged: %" PRIu64
			      " datagrams to the service, %" PRIu64
			      " from it, by %zu host%s\n",
			      report->udp_frames[WIRE_CLIENT],
			      report->udp_frames[WIRE_SERVER],
			      report->n_udp_hosts,
			      report->n_udp_hosts == 1 ? "" : "s");
}

static void text_end(struct analysis_out *out,
		     const struct analysis_counts *counts, const char *note)
{
	const struct report_opts *opts = &out->opts;

	if (out->shown)
		(void)fputc('\n', out->f);
	put_hosts(out);
	for (int fate = 0; fate < FATE_COUNT; fate++) {
		const struct look *look = &looks[fate];

		if (!counts->n[fate])
			continue;
		(void)fprintf(out->f, "%10" PRIu64 "  %s%s%s%s\n",
			      counts->n[fate], ink_on(opts, look->ink),
			      opts->utf8 ? look->symbol : "", look->title,
			      ink_off(opts, look->ink));
	}
	put_absence(out, counts);
	if (!note)
		return;
	(void)fputs("note: ", out->f);
	put_clean(out->f, note);
	(void)fputc('\n', out->f);
}

const struct analysis_writer analysis_text = { text_begin, text_conn,
					       text_end };
