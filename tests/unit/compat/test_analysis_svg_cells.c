// SPDX-License-Identifier: Apache-2.0
/* test_analysis_svg_cells.c - segments put together by time */
#include "compat/analysis_svg_cells.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire_decode.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

static const struct svg_foci nowhere = { .n = 0 };

static void add(struct svg_track *track, const struct svg_foci *foci,
		uint64_t at_ns, struct wire_segment_seen segment)
{
	segment.event.at_ns = at_ns;
	svg_track_add(track, foci, &segment);
}

static const struct wire_segment_seen data = {
	.at = 100,
	.len = 50,
	.fresh = 50,
	.acked = 7,
};

/* struct kind_case - What a segment is, and as what it is drawn */
struct kind_case {
	const char *name;
	struct wire_segment_seen segment;
	unsigned kinds;
};

static const struct kind_case kind_cases[] = {
	{ "empty", { .acked = 1 }, 0 },
	{ "data", { .len = 5, .fresh = 5 }, 1U << SVG_DATA },
	{ "half repeated",
	  { .len = 5, .fresh = 2, .repeated = 3 },
	  1U << SVG_DATA | 1U << SVG_REPEATED },
	{ "damaged",
	  { .len = 5, .repeated = 5, .differing = 1 },
	  1U << SVG_REPEATED | 1U << SVG_DAMAGED },
	{ "stray data",
	  { .len = 5, .fresh = 5, .stray = true },
	  1U << SVG_STRAY },
	{ "keep-alive with a byte",
	  { .len = 1, .repeated = 1, .keepalive = true },
	  1U << SVG_KEEPALIVE },
	{ "probe", { .probe = true }, 1U << SVG_PROBE },
	{ "duplicate ACK", { .dup_ack = true }, 1U << SVG_DUP_ACK },
	{ "no window", { .zero_window = true }, 1U << SVG_ZERO_WINDOW },
	{ "out of order",
	  { .len = 1, .fresh = 1, .out_of_order = true },
	  1U << SVG_DATA | 1U << SVG_OUT_OF_ORDER },
	{ "flags",
	  { .flags = WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK },
	  1U << SVG_SYN | 1U << SVG_FIN | 1U << SVG_RST },
};

START_TEST(a_segment_is_what_it_is)
{
	const struct kind_case *c = &kind_cases[_i];
	struct svg_track track;

	svg_track_init(&track);
	add(&track, &nowhere, 5, c->segment);
	ck_assert_uint_eq(track.n, 1);
	for (unsigned i = 0; i < SVG_KIND_COUNT; i++)
		ck_assert_msg(track.v[0].heap[i].n == (c->kinds >> i & 1),
			      "%s: kind %u", c->name, i);
	svg_track_release(&track);
}
END_TEST

START_TEST(a_segment_keeps_its_place)
{
	struct svg_track track;

	svg_track_init(&track);
	add(&track, &nowhere, 5, data);
	ck_assert_uint_eq(track.v[0].first_ns, 5);
	ck_assert_uint_eq(track.v[0].last_ns, 5);
	ck_assert_int_eq(track.v[0].heap[SVG_DATA].low, 100);
	ck_assert_int_eq(track.v[0].heap[SVG_DATA].high, 150);
	ck_assert_int_eq(track.v[0].acked.high, 7);
	svg_track_release(&track);
}
END_TEST

START_TEST(no_ack_is_none)
{
	struct svg_track track;

	svg_track_init(&track);
	add(&track, &nowhere, 5, (struct wire_segment_seen){ .acked = -1 });
	ck_assert_uint_eq(track.v[0].acked.n, 0);
	svg_track_release(&track);
}
END_TEST

START_TEST(a_segment_back_in_time_is_noted_at_the_one_before)
{
	struct svg_track track;

	svg_track_init(&track);
	add(&track, &nowhere, 50, data);
	add(&track, &nowhere, 20, data);
	ck_assert_uint_eq(track.n, 2);
	ck_assert_uint_eq(track.v[1].first_ns, 50);
	svg_track_release(&track);
}
END_TEST

static void sum(const struct svg_track *track, struct svg_cell *ret_sum)
{
	*ret_sum = (struct svg_cell){ .frames = 0 };
	for (size_t i = 0; i < track->n; i++) {
		ck_assert_uint_ge(track->v[i].first_ns, ret_sum->last_ns);
		svg_cell_merge(ret_sum, &track->v[i]);
	}
}

START_TEST(nothing_is_lost_when_cells_are_merged)
{
	struct svg_foci foci = { .n = 0 };
	struct svg_track track;
	struct svg_cell all;
	uint64_t random = 1, at_ns = 0, repeated = 0;

	svg_track_init(&track);
	svg_foci_add(&foci, 3 * NS_PER_S);
	for (int i = 0; i < 300000; i++) {
		struct wire_segment_seen segment = data;

		at_ns += frames_random(&random) % 50000;
		segment.at = i;
		segment.repeated = i % 1000 == 0;
		repeated += segment.repeated;
		if (i == 123456)
			segment.flags = WIRE_RST;
		add(&track, &foci, at_ns, segment);
		ck_assert_uint_le(track.n, SVG_CELLS_MAX);
	}
	sum(&track, &all);
	ck_assert_uint_eq(all.frames, 300000);
	ck_assert_uint_eq(all.last_ns, at_ns);
	ck_assert_uint_eq(all.heap[SVG_DATA].n, 300000);
	ck_assert_int_eq(all.heap[SVG_DATA].low, 0);
	ck_assert_int_eq(all.heap[SVG_DATA].high, 300000 - 1 + 50);
	ck_assert_uint_eq(all.heap[SVG_REPEATED].n, repeated);
	ck_assert_uint_eq(all.heap[SVG_RST].n, 1);
	ck_assert_int_eq(all.heap[SVG_RST].low, 123456);
	svg_track_release(&track);
}
END_TEST

/* Length of the cell in which an instant lies. */
static uint64_t cell_length(const struct svg_track *track, uint64_t at_ns)
{
	size_t i = 0;

	while (i + 1 < track->n && track->v[i + 1].first_ns <= at_ns)
		i++;
	return track->v[i].last_ns - track->v[i].first_ns;
}

START_TEST(detail_is_kept_around_a_focus)
{
	struct svg_foci foci = { .n = 0 };
	struct svg_track track;
	uint64_t focus_ns = 50 * NS_PER_S;

	svg_track_init(&track);
	for (uint64_t ms = 0; ms < 100000; ms++) {
		if (ms == 50000)
			svg_foci_add(&foci, focus_ns);
		add(&track, &foci, ms * NS_PER_MS, data);
	}
	ck_assert_uint_le(cell_length(&track, focus_ns - 5 * NS_PER_MS),
			  NS_PER_MS);
	ck_assert_uint_le(cell_length(&track, focus_ns + 5 * NS_PER_MS),
			  NS_PER_MS);
	/* And elsewhere no cell is longer than a pixel. */
	for (size_t i = 0; i < track.n; i++)
		ck_assert_uint_le(track.v[i].last_ns - track.v[i].first_ns,
				  100 * NS_PER_S / 1000);
	svg_track_release(&track);
}
END_TEST

START_TEST(segments_of_one_instant_need_no_room)
{
	struct svg_track track;

	svg_track_init(&track);
	for (int i = 0; i < 3 * SVG_CELLS_MAX; i++)
		add(&track, &nowhere, 42, data);
	ck_assert_uint_le(track.n, SVG_CELLS_MAX);
	svg_track_release(&track);
}
END_TEST

START_TEST(an_idle_stretch_costs_nothing)
{
	struct svg_track track;

	svg_track_init(&track);
	for (uint64_t i = 0; i < SVG_CELLS_MAX; i++)
		add(&track, &nowhere, i < 100 ? i : 3600 * NS_PER_S + i, data);
	ck_assert_uint_eq(track.n, SVG_CELLS_MAX);
	svg_track_release(&track);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/analysis_svg_cells");
	TCase *tcase = tcase_create("cells");

	tcase_add_loop_test(tcase, a_segment_is_what_it_is, 0,
			    ARRAY_SIZE(kind_cases));
	tcase_add_test(tcase, a_segment_keeps_its_place);
	tcase_add_test(tcase, no_ack_is_none);
	tcase_add_test(tcase,
		       a_segment_back_in_time_is_noted_at_the_one_before);
	tcase_add_test(tcase, nothing_is_lost_when_cells_are_merged);
	tcase_add_test(tcase, detail_is_kept_around_a_focus);
	tcase_add_test(tcase, segments_of_one_instant_need_no_room);
	tcase_add_test(tcase, an_idle_stretch_costs_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
