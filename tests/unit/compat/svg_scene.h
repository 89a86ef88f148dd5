// SPDX-License-Identifier: Apache-2.0
/* svg_scene.h - a connection made up for the time line, segment by segment */
#ifndef TESTS_UNIT_COMPAT_SVG_SCENE_H
#define TESTS_UNIT_COMPAT_SVG_SCENE_H

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis_svg.h"
#include "compat/wire_decode.h"
#include "tests/lib/testing.h"

/* 2026-11-20T18:42:24Z */
#define SCENE_BEGIN_NS (UINT64_C(1795200144) * NS_PER_S)

/**
 * struct scene - What the segments' tracker would know
 * @next:	Next position of each side
 * @host:	That serves now
 */
struct scene {
	struct analysis_svg *svg;
	struct wire_conn conn;
	struct wire_report report;
	struct wire_phase phases[WIRE_PHASES_MAX];
	uint64_t now_ns;
	uint64_t frame;
	int64_t next[2];
	int host;
};

static inline void scene_init(struct scene *s)
{
	*s = (struct scene){ .svg = analysis_svg_new(),
			     .now_ns = SCENE_BEGIN_NS };
	wire_conn_init(&s->conn);
	ck_assert(wire_addr_parse("10.77.0.1:40000", &s->conn.client));
	ck_assert(wire_addr_parse("10.77.0.100:7000", &s->conn.server));
	s->conn.first_frame = 1;
	s->conn.first_ns = s->now_ns;
	s->report.phases = s->phases;
}

static inline void scene_release(struct scene *s)
{
	analysis_svg_free(s->svg);
	for (size_t i = 0; i < s->report.n_phases; i++)
		free(s->phases[i].text);
}

static inline void scene_wait(struct scene *s, uint64_t us)
{
	s->now_ns += us * 1000;
}

static inline void scene_phase(struct scene *s, const char *text)
{
	s->phases[s->report.n_phases++] = (struct wire_phase){
		.text = xstrdup(text),
		.frame = s->frame,
		.at_ns = s->now_ns,
	};
}

/* The event of the frame that was noted last. */
static inline struct wire_event scene_event(const struct scene *s)
{
	return (struct wire_event){ .frame = s->frame, .at_ns = s->now_ns };
}

static inline void note_host(struct scene *s)
{
	struct wire_host *host = &s->conn.hosts[s->host];

	if (s->host >= (int)s->conn.n_hosts) {
		s->conn.n_hosts = (size_t)s->host + 1;
		*host = (struct wire_host){
			.mac = { { 0x52, 0x54, 0, 0x77, 0,
				   (uint8_t)(0xa + s->host) } },
			.first_frame = s->frame,
			.first_ns = s->now_ns,
		};
	}
	host->last_frame = s->frame;
	host->last_ns = s->now_ns;
}

/* One segment, 20 us later; @segment says what it is beside its event. */
static inline void scene_note(struct scene *s, enum wire_dir dir,
			      struct wire_segment_seen segment)
{
	scene_wait(s, 20);
	s->frame++;
	segment.event = scene_event(s);
	segment.event.from_server = dir == WIRE_SERVER;
	segment.dir = dir;
	segment.host = dir == WIRE_SERVER ? s->host : -1;
	segment.acked = s->next[!dir];
	analysis_svg_segment(s->svg, &s->conn.client, &s->conn.server,
			     &segment);
	if (dir == WIRE_SERVER)
		note_host(s);
	s->conn.last_frame = s->frame;
	s->conn.last_ns = s->now_ns;
}

static inline void scene_say(struct scene *s, enum wire_dir dir, uint32_t len)
{
	scene_note(s, dir,
		   (struct wire_segment_seen){ .at = s->next[dir],
					       .len = len,
					       .fresh = len,
					       .flags = WIRE_ACK });
	s->next[dir] += len;
}

/* The last @len bytes again. */
static inline void scene_repeat(struct scene *s, enum wire_dir dir,
				uint32_t len, uint32_t differing)
{
	scene_note(s, dir,
		   (struct wire_segment_seen){ .at = s->next[dir] - len,
					       .len = len,
					       .repeated = len,
					       .differing = differing,
					       .flags = WIRE_ACK });
	s->conn.side[dir].retransmissions++;
}

static inline void scene_flag(struct scene *s, enum wire_dir dir, uint8_t flags)
{
	scene_note(s, dir,
		   (struct wire_segment_seen){ .at = s->next[dir],
					       .flags = flags });
	s->next[dir] += !!(flags & (WIRE_SYN | WIRE_FIN));
}

static inline void scene_open(struct scene *s)
{
	scene_flag(s, WIRE_CLIENT, WIRE_SYN);
	scene_flag(s, WIRE_SERVER, WIRE_SYN | WIRE_ACK);
	scene_flag(s, WIRE_CLIENT, WIRE_ACK);
}

/* Questions of 100 bytes and answers of 400, 5 ms apart. */
static inline void scene_talk(struct scene *s, int n)
{
	for (int i = 0; i < n; i++) {
		scene_wait(s, 5000);
		scene_say(s, WIRE_CLIENT, 100);
		scene_say(s, WIRE_SERVER, 400);
		scene_flag(s, WIRE_CLIENT, WIRE_ACK);
	}
}

/* Unanswered: a question, and again after 210, 420, 840 ... ms. */
static inline void scene_ask_in_vain(struct scene *s, int times)
{
	uint64_t us = 210000;

	scene_say(s, WIRE_CLIENT, 100);
	s->conn.unanswered = 1;
	s->conn.first_unanswered = scene_event(s);
	for (int i = 0; i < times; i++) {
		scene_wait(s, us);
		scene_repeat(s, WIRE_CLIENT, 100, 0);
		s->conn.unanswered++;
		us *= 2;
	}
	s->conn.unanswered_ns = s->now_ns - s->conn.first_unanswered.at_ns;
}

/* The other host's first frame is the probe that ends TCP repair. */
static inline void scene_take_over(struct scene *s)
{
	const struct wire_host *old = &s->conn.hosts[s->host];

	s->host++;
	scene_note(s, WIRE_SERVER,
		   (struct wire_segment_seen){ .at = s->next[WIRE_SERVER] - 1,
					       .probe = true,
					       .flags = WIRE_ACK });
	s->conn.move.probe = scene_event(s);
	s->conn.move.asked = s->conn.unanswered;
	s->conn.move.blackout_ns = s->now_ns - old->last_ns;
	s->conn.unanswered = 0;
	s->conn.unanswered_ns = WIRE_UNKNOWN;
	s->conn.first_unanswered = (struct wire_event){ 0 };
}

/* The picture; owned by the caller. */
static inline char *scene_draw(const struct scene *s, const char *sentence)
{
	struct err err = ERR_INIT;
	struct strbuf buf;

	strbuf_open(&buf);
	ck_assert_ok(analysis_svg_write(s->svg, &s->conn, &s->report, sentence,
					buf.f, &err),
		     &err);
	return strbuf_take(&buf);
}

#endif
