// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_wire.c - frames of any bytes: dissection, connections, verdicts, JSON
 *
 * Input: a byte with the link type's index (low 4 bits) and the service's
 * family (bit 4), then frames: length (2 bytes, big-endian; bit 15: captured by
 * another interface, bit 14: has a comment), milliseconds since the one before
 * (1 byte), the frame's bytes.
 */
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis.h"
#include "compat/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = { DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2,
				 DLT_RAW, DLT_NULL };

/* struct heard - What the watcher heard in all */
struct heard {
	uint64_t segments;
	uint64_t fresh[2];
};

/* In a buffer of the exact size, so that a sanitizer sees a read beyond it. */
static void feed_frame(struct wire_tracker *tracker, struct wire_frame frame)
{
	CLEANUP_FREE uint8_t *exact = xcalloc(frame.cap_len, 1);

	if (frame.cap_len > 0)
		memcpy(exact, frame.bytes, frame.cap_len);
	frame.bytes = exact;
	wire_frame(tracker, &frame);
}

static void feed(struct wire_tracker *tracker, int linktype,
		 const uint8_t *data, size_t size)
{
	uint64_t at_ns = 1700000000 * NS_PER_S;

	while (size >= 3) {
		uint32_t len = (uint32_t)(data[0] & 0x3f) << 8 | data[1];
		uint32_t cap = len < size - 3 ? len : (uint32_t)size - 3;

		at_ns += data[2] * NS_PER_MS;
		feed_frame(tracker,
			   (struct wire_frame){
				   .linktype = linktype,
				   .iface = data[0] >> 7,
				   .at_ns = at_ns,
				   .bytes = data + 3,
				   .cap_len = cap,
				   .len = len,
				   .comment = data[0] & 0x40 ? "dump" : NULL });
		data += 3 + cap;
		size -= 3 + cap;
	}
}

static void hear(void *arg, const struct wire_addr *client,
		 const struct wire_addr *server,
		 const struct wire_segment_seen *segment)
{
	struct heard *heard = arg;

	(void)client;
	(void)server;
	heard->segments++;
	heard->fresh[segment->dir] += segment->fresh;
	if ((uint64_t)segment->fresh + segment->repeated > segment->len ||
	    segment->differing > segment->repeated)
		abort();
}

static void agree(uint64_t count, const struct wire_event *first)
{
	if ((count > 0) != (first->frame > 0))
		abort();
}

/* What cannot be, whatever the frames. */
static void check_counts(const struct wire_conn *conn)
{
	const struct wire_side *c = &conn->side[WIRE_CLIENT];
	const struct wire_side *s = &conn->side[WIRE_SERVER];

	agree(c->damaged + s->damaged, &conn->first_damaged);
	agree(c->stray + s->stray, &conn->first_stray);
	agree(c->seq_back + s->seq_back, &conn->first_seq_back);
	agree(c->ack_back + s->ack_back, &conn->first_ack_back);
	agree(c->ts_back + s->ts_back, &conn->first_ts_back);
	agree(c->zero_windows + s->zero_windows, &conn->first_zero_window);
	agree(c->challenges + s->challenges, &conn->first_challenge);
	agree(c->rst + s->rst, &conn->first_rst);
	agree(c->fin, &conn->first_fin[WIRE_CLIENT]);
	agree(s->fin, &conn->first_fin[WIRE_SERVER]);
	agree(conn->syn_again, &conn->first_syn_again);
	agree(conn->storm, &conn->first_storm);
	agree(conn->unanswered, &conn->first_unanswered);
	agree(conn->icmp.count, &conn->icmp.first);
}

static void check_hosts(const struct wire_conn *conn)
{
	uint64_t frames = 0, bytes = 0;

	if (conn->n_hosts > WIRE_HOSTS_MAX)
		abort();
	for (size_t i = 0; i < conn->n_hosts; i++) {
		const struct wire_host *host = &conn->hosts[i];

		frames += host->frames;
		bytes += host->bytes;
		if (host->frames == 0 || host->first_frame > host->last_frame ||
		    host->with_timestamps > host->frames)
			abort();
	}
	if (frames > conn->side[WIRE_SERVER].frames ||
	    bytes > conn->side[WIRE_SERVER].bytes ||
	    (conn->n_hosts > 1) != (conn->move.blackout_ns != WIRE_UNKNOWN))
		abort();
}

static void check_side(const struct wire_side *side)
{
	if (side->damaged + side->unchecked > side->repeated_bytes ||
	    side->pure_acks > side->frames || side->syn > side->frames ||
	    side->timestamps > side->frames || side->rst > side->frames ||
	    (side->window != WIRE_UNKNOWN && side->window_min > side->window))
		abort();
}

static void check(const struct wire_report *report)
{
	for (size_t i = 0; i < report->n_conns; i++) {
		const struct wire_conn *conn = &report->conns[i];

		if (conn->first_ns > conn->last_ns || conn->first_frame == 0 ||
		    conn->silence_ns > conn->last_ns - conn->first_ns ||
		    conn->last_frame > report->frames ||
		    (conn->next_frame && conn->next_frame <= conn->first_frame))
			abort();
		check_counts(conn);
		check_hosts(conn);
		check_side(&conn->side[WIRE_CLIENT]);
		check_side(&conn->side[WIRE_SERVER]);
	}
}

/* The watcher heard of all that is counted. */
static void check_heard(const struct wire_report *report,
			const struct heard *heard)
{
	uint64_t segments = 0, fresh[2] = { 0, 0 };

	for (size_t i = 0; i < report->n_conns; i++) {
		for (int dir = 0; dir < 2; dir++) {
			const struct wire_side *side =
				&report->conns[i].side[dir];

			segments += side->frames;
			fresh[dir] += side->bytes;
		}
	}
	if (segments > heard->segments || /* fragments are heard of too */
	    fresh[0] != heard->fresh[0] || fresh[1] != heard->fresh[1])
		abort();
}

static void ask_witness(const struct wire_report *report, bool tcp)
{
	static const struct wire_mac source = { { 0x52, 0x54, 0, 0x77, 0,
						  10 } };
	static const struct wire_mac target = { { 0x52, 0x54, 0, 0x77, 0,
						  11 } };
	CLEANUP_FREE char *why = NULL;
	enum witness witness;

	witness = wire_judge(report, tcp, &source, &target, WIRE_UNKNOWN, &why);
	if ((witness == WITNESS_OK) != (why == NULL))
		abort();
}

/* Some rule applies, its words are filled in, and a failure has its proof. */
static void check_finding(const struct finding *finding)
{
	bool proven = false;

	for (size_t i = 0; i < finding->n_frames; i++)
		proven |= finding->frames[i].proves &&
			  finding->frames[i].event.frame;
	if (strpbrk(finding->sentence, "{}\n") ||
	    (fate_failed(finding->fate) && !proven))
		abort();
}

static void answer(struct analysis_out *out,
		   const struct analysis_writer *writer)
{
	CLEANUP_FREE char *text = NULL;
	struct analysis_counts counts = { { 0 } };
	struct strbuf buf;

	strbuf_open(&buf);
	out->f = buf.f;
	out->shown = 0;
	writer->begin(out);
	for (size_t i = 0; i < out->report->n_conns; i++) {
		CLEANUP(finding_release) struct finding finding = { 0 };

		analysis_judge(&out->report->conns[i], out->report, out->scene,
			       &finding);
		check_finding(&finding);
		counts.n[finding.fate]++;
		writer->conn(out, &out->report->conns[i], &finding);
	}
	writer->end(out, &counts, NULL);
	text = strbuf_take(&buf);
	if (writer == &analysis_json) {
		json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

		if (!json)
			abort();
		json_decref(json);
	}
}

static void analyze(const struct wire_report *report)
{
	static const char *const captures[] = { "fuzz" };
	struct analysis_scene scene;
	struct analysis_out out = {
		.service = "10.77.0.100:7000",
		.captures = captures,
		.n_captures = 1,
		.report = report,
		.scene = &scene,
		.frames = true,
	};

	analysis_scene_init(&scene, NULL, NULL);
	for (size_t i = 0; i < report->n_conns; i++)
		analysis_scene_see(&scene, &report->conns[i]);
	analysis_scene_finish(&scene, report);
	answer(&out, &analysis_text);
	answer(&out, &analysis_json);
}

static void round_trip(const struct wire_report *report)
{
	CLEANUP(wire_report_release) struct wire_report back = { 0 };
	struct err err = ERR_INIT;
	json_t *json = wire_to_json(report), *again;

	if (wire_from_json(json, &back, &err) < 0)
		abort();
	again = wire_to_json(&back);
	if (!json_equal(json, again))
		abort();
	json_decref(json);
	json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	struct heard heard = { 0 };
	struct wire_tracker *tracker;
	struct err err = ERR_INIT;
	bool ipv6;

	if (size == 0)
		return 0;
	ipv6 = data[0] & 0x10;
	if (wire_new(ipv6 ? "fd77::100" : "10.77.0.100", 7000, &tracker, &err) <
	    0)
		abort();
	wire_watch(tracker, NULL, hear, &heard);
	feed(tracker, linktypes[(data[0] & 0x0f) % ARRAY_SIZE(linktypes)],
	     data + 1, size - 1);
	wire_finish(tracker, 0, &report);
	check(&report);
	check_heard(&report, &heard);
	ask_witness(&report, true);
	ask_witness(&report, false);
	analyze(&report);
	round_trip(&report);
	return 0;
}
