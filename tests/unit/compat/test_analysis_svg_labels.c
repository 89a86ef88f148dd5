// SPDX-License-Identifier: Apache-2.0
/* test_analysis_svg_labels.c - labels placed so that none overlaps */
#include "compat/analysis_svg_labels.h"

#include "base/mem.h"
#include "compat/analysis_svg_text.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

static void add(struct svg_labels *labels, double x, const char *text)
{
	svg_labels_add(labels, (uint64_t)(x * 1000), x, xstrdup(text));
}

/* Of the text proper, which stands a little apart from its pole. */
static double left_of(const struct svg_label *label)
{
	return label->is_left ?
		       label->x - 3 - svg_width(label->text, SVG_LABEL_PX) :
		       label->x + 3;
}

static bool over_each_other(const struct svg_label *a,
			    const struct svg_label *b)
{
	double width = svg_width(b->text, SVG_LABEL_PX);

	return a->row == b->row && left_of(a) >= left_of(b) &&
	       left_of(a) < left_of(b) + width;
}

static bool pole_in_text(const struct svg_label *pole,
			 const struct svg_label *text)
{
	double left = left_of(text);
	double right = left + svg_width(text->text, SVG_LABEL_PX);

	return pole->row > text->row && pole->x > left && pole->x < right;
}

static void check_apart(const struct svg_labels *labels)
{
	for (size_t i = 0; i < labels->n; i++)
		for (size_t j = 0; j < labels->n; j++) {
			const struct svg_label *a = &labels->v[i];
			const struct svg_label *b = &labels->v[j];

			if (i == j || a->row < 0 || b->row < 0)
				continue;
			ck_assert_msg(!over_each_other(a, b), "%s over %s",
				      a->text, b->text);
			ck_assert_msg(b->is_crossed || !pole_in_text(a, b),
				      "%s through %s", a->text, b->text);
		}
}

START_TEST(labels_far_apart_share_a_row)
{
	CLEANUP(svg_labels_release) struct svg_labels labels = { 0 };

	add(&labels, 100, "one");
	add(&labels, 400, "two");
	ck_assert_uint_eq(svg_labels_place(&labels, 0, 1000, 5), 1);
	ck_assert_int_eq(labels.v[0].row, 0);
	ck_assert(!labels.v[0].is_left);
	ck_assert_int_eq(labels.v[1].row, 0);
}
END_TEST

START_TEST(of_close_labels_the_first_stands_highest)
{
	CLEANUP(svg_labels_release) struct svg_labels labels = { 0 };

	add(&labels, 120, "image written");
	add(&labels, 100, "dump begins");
	add(&labels, 140, "address moved");
	ck_assert_uint_eq(svg_labels_place(&labels, 0, 1000, 5), 3);
	ck_assert_str_eq(labels.v[0].text, "dump begins");
	ck_assert_int_eq(labels.v[0].row, 2);
	ck_assert_int_eq(labels.v[1].row, 1);
	ck_assert_int_eq(labels.v[2].row, 0);
	check_apart(&labels);
}
END_TEST

/* On its left is another's pole, on its right the edge. */
START_TEST(a_pole_goes_through_a_text_that_has_no_other_room)
{
	CLEANUP(svg_labels_release) struct svg_labels labels = { 0 };

	add(&labels, 900, "#1 a label that is long enough");
	add(&labels, 960, "#2 too long for the edge");
	ck_assert_uint_eq(svg_labels_place(&labels, 0, 1100, 5), 2);
	ck_assert(labels.v[0].row >= 0 && labels.v[1].row >= 0);
	ck_assert(!labels.v[0].is_crossed);
	ck_assert(labels.v[1].is_crossed);
}
END_TEST

START_TEST(a_label_at_the_right_edge_stands_left)
{
	CLEANUP(svg_labels_release) struct svg_labels labels = { 0 };

	add(&labels, 990, "client's FIN");
	ck_assert_uint_eq(svg_labels_place(&labels, 0, 1000, 5), 1);
	ck_assert(labels.v[0].is_left);
}
END_TEST

START_TEST(labels_of_one_instant_stand_on_each_other)
{
	CLEANUP(svg_labels_release) struct svg_labels labels = { 0 };

	for (int i = 0; i < 4; i++)
		add(&labels, 500, "at once");
	ck_assert_uint_eq(svg_labels_place(&labels, 0, 1000, 5), 4);
	check_apart(&labels);
}
END_TEST

START_TEST(a_label_without_room_has_no_row)
{
	CLEANUP(svg_labels_release) struct svg_labels labels = { 0 };

	for (int i = 0; i < 4; i++)
		add(&labels, 500, "at once");
	add(&labels, 100, "much too long for a picture of fifty pixels");
	ck_assert_uint_eq(svg_labels_place(&labels, 480, 560, 3), 3);
	ck_assert_int_eq(labels.v[0].row, -1);
	for (size_t i = 1, without = 0; i < 5; i++) {
		without += labels.v[i].row < 0;
		ck_assert_uint_le(without, 1);
	}
}
END_TEST

START_TEST(no_labels_need_no_rows)
{
	struct svg_labels labels = { 0 };

	ck_assert_uint_eq(svg_labels_place(&labels, 0, 1000, 5), 0);
}
END_TEST

START_TEST(no_crowd_overlaps)
{
	CLEANUP(svg_labels_release) struct svg_labels labels = { 0 };
	uint64_t random = (uint64_t)_i + 1;

	for (int i = 0; i < 40; i++) {
		CLEANUP_FREE char *text =
			xasprintf("%.*s", (int)(frames_random(&random) % 30),
				  "#12345 new host's first, probe");

		add(&labels, frames_random(&random) % 1000, text);
	}
	(void)svg_labels_place(&labels, 0, 1000, 8);
	check_apart(&labels);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/analysis_svg_labels");
	TCase *tcase = tcase_create("labels");

	tcase_add_test(tcase, labels_far_apart_share_a_row);
	tcase_add_test(tcase, of_close_labels_the_first_stands_highest);
	tcase_add_test(tcase,
		       a_pole_goes_through_a_text_that_has_no_other_room);
	tcase_add_test(tcase, a_label_at_the_right_edge_stands_left);
	tcase_add_test(tcase, labels_of_one_instant_stand_on_each_other);
	tcase_add_test(tcase, a_label_without_room_has_no_row);
	tcase_add_test(tcase, no_labels_need_no_rows);
	tcase_add_loop_test(tcase, no_crowd_overlaps, 0, 50);
	suite_add_tcase(suite, tcase);
	return suite;
}
