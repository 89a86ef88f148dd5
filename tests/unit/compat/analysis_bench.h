// SPDX-License-Identifier: Apache-2.0
/* analysis_bench.h - a connection that was kept, for tests to spoil */
#ifndef TESTS_UNIT_COMPAT_ANALYSIS_BENCH_H
#define TESTS_UNIT_COMPAT_ANALYSIS_BENCH_H

#include <string.h>

#include "base/clock.h"
#include "compat/analysis.h"
#include "tests/lib/frames.h"

#define BENCH_NS (1000 * NS_PER_S) /* time of frame 0 */

/**
 * struct bench - A capture of one connection, kept
 *
 * A frame a second: handshake 1 to 3, questions and answers of the source until
 * 20, the target's claim in 29 and its probe in 30, questions and answers until
 * 47, FIN of both in 48 and 49. The capture ends with frame 100.
 */
struct bench {
	struct wire_report report;
	struct wire_conn conn;
	struct wire_conn other; /* judged by nobody, but seen; unless .n is 1 */
	size_t n;
	const struct wire_mac *source, *target;
};

static inline struct wire_event bench_event(uint64_t frame, bool from_server,
					    const struct wire_mac *mac)
{
	return (struct wire_event){ frame, BENCH_NS + frame * NS_PER_S, *mac,
				    from_server };
}

static inline struct wire_host bench_host(const struct wire_mac *mac,
					  uint64_t first, uint64_t last)
{
	return (struct wire_host){
		.mac = *mac,
		.frames = last - first + 1,
		.bytes = 100,
		.first_frame = first,
		.last_frame = last,
		.first_ns = BENCH_NS + first * NS_PER_S,
		.last_ns = BENCH_NS + last * NS_PER_S,
		.data_frame = first + 2,
		.data_ns = BENCH_NS + (first + 2) * NS_PER_S,
		.ts_hz = WIRE_UNKNOWN,
	};
}

static inline void bench_conn(struct wire_conn *conn)
{
	wire_conn_init(conn);
	(void)wire_addr_parse("10.77.0.1:40000", &conn->client);
	(void)wire_addr_parse("10.77.0.100:7000", &conn->server);
	conn->first_frame = 1;
	conn->last_frame = 49;
	conn->first_ns = BENCH_NS + NS_PER_S;
	conn->last_ns = BENCH_NS + 49 * NS_PER_S;
	conn->began_with_syn = conn->established = true;
	conn->side[WIRE_CLIENT].frames = 25;
	conn->side[WIRE_SERVER].frames = 22;
	conn->side[WIRE_CLIENT].window = 64000;
	conn->side[WIRE_SERVER].window = 64000;
	conn->hosts[0] = bench_host(&frames_source, 2, 20);
	conn->hosts[1] = bench_host(&frames_target, 30, 49);
	conn->n_hosts = 2;
	conn->turns = 1;
	conn->move = (struct wire_move){
		.blackout_ns = 10 * NS_PER_S,
		.probe = bench_event(30, true, &frames_target),
		.backoff_ns = WIRE_UNKNOWN,
		.answered_ns = NS_PER_S,
		.tail_ns = 2 * NS_PER_S,
	};
	conn->first_fin[WIRE_CLIENT] = bench_event(48, false, &frames_client);
	conn->first_fin[WIRE_SERVER] = bench_event(49, true, &frames_target);
	conn->side[WIRE_CLIENT].fin = conn->side[WIRE_SERVER].fin = 1;
}

static inline void bench_init(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	b->n = 1;
	bench_conn(&b->conn);
	bench_conn(&b->other);
	b->report = (struct wire_report){
		.n_conns = 1,
		.frames = 100,
		.first_ns = BENCH_NS + NS_PER_S,
		.last_ns = BENCH_NS + 100 * NS_PER_S,
		.drops = WIRE_UNKNOWN,
		.claims[0] = { bench_event(29, false, &frames_target), 1,
			       false },
		.n_claims = 1,
	};
}

static inline void bench_judge(const struct bench *b, struct finding *finding)
{
	struct analysis_scene scene;

	analysis_scene_init(&scene, b->source, b->target);
	analysis_scene_see(&scene, &b->conn);
	if (b->n > 1)
		analysis_scene_see(&scene, &b->other);
	analysis_scene_finish(&scene, &b->report);
	analysis_judge(&b->conn, &b->report, &scene, finding);
}

#endif
