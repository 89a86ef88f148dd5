// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_labels.c - labels of instants, placed so that none overlaps */
#include "compat/analysis_svg_labels.h"

#include <stdlib.h>

#include "base/mem.h"
#include "compat/analysis_svg_text.h"

/* Between a pole and its text, and between texts. */
#define APART_PX 3
#define GAP_PX 6

void svg_labels_add(struct svg_labels *labels, uint64_t at_ns, double x,
		    char *text)
{
	struct svg_label *label = VEC_PUSH(labels->v, labels->n);

	label->at_ns = at_ns;
	label->x = x;
	label->text = text;
	label->row = -1;
}

static int by_time(const void *a, const void *b)
{
	const struct svg_label *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

/* struct extent - Of a label's text */
struct extent {
	double left, right;
};

static struct extent extent_of(const struct svg_label *label)
{
	double width = svg_width(label->text, SVG_LABEL_PX);
	double left = label->is_left ? label->x - APART_PX - width :
				       label->x + APART_PX;

	return (struct extent){ left, left + width };
}

static bool pole_crosses(const struct svg_label *pole,
			 const struct svg_label *text)
{
	struct extent extent = extent_of(text);

	return pole->row > text->row && pole->x > extent.left - 1 &&
	       pole->x < extent.right + 1;
}

static bool overlap(const struct svg_label *a, const struct svg_label *b)
{
	struct extent x = extent_of(a), y = extent_of(b);

	return a->row == b->row && x.left < y.right + GAP_PX &&
	       y.left < x.right + GAP_PX;
}

/* Whether the label has room beside those that have a row. */
static bool fits(const struct svg_labels *labels, const struct svg_label *label,
		 double left, double right)
{
	struct extent extent = extent_of(label);

	if (extent.left < left || extent.right > right)
		return false;
	for (size_t i = 0; i < labels->n; i++) {
		const struct svg_label *other = &labels->v[i];

		if (other == label || other->row < 0)
			continue;
		if (overlap(label, other) || pole_crosses(label, other) ||
		    pole_crosses(other, label))
			return false;
	}
	return true;
}

/* The lowest row with room; left of the pole only at the right edge, as texts
 * on either side soon stand in each other's way. */
static void place(const struct svg_labels *labels, struct svg_label *label,
		  double left, double right, size_t rows_max)
{
	for (int side = 0; side < 2; side++) {
		label->is_left = side == 1;
		for (label->row = 0; label->row < (int)rows_max; label->row++)
			if (fits(labels, label, left, right))
				return;
	}
	label->row = -1;
}

/* How many got no room. */
static size_t place_all(const struct svg_labels *labels, bool from_right,
			double left, double right, size_t rows_max)
{
	size_t without = 0;

	for (size_t i = 0; i < labels->n; i++)
		labels->v[i].row = -1;
	for (size_t i = 0; i < labels->n; i++) {
		size_t at = from_right ? labels->n - 1 - i : i;

		place(labels, &labels->v[at], left, right, rows_max);
		without += labels->v[at].row < 0;
	}
	return without;
}

/* From the right those before stand above, and no pole is in the way of a
 * text; only at the right edge it is the other way round. */
size_t svg_labels_place(struct svg_labels *labels, double left, double right,
			size_t rows_max)
{
	size_t without, rows = 0;

	if (labels->n > 0)
		qsort(labels->v, labels->n, sizeof(*labels->v), by_time);
	without = place_all(labels, true, left, right, rows_max);
	if (without &&
	    place_all(labels, false, left, right, rows_max) > without)
		(void)place_all(labels, true, left, right, rows_max);
	for (size_t i = 0; i < labels->n; i++)
		if (labels->v[i].row >= (int)rows)
			rows = (size_t)labels->v[i].row + 1;
	return rows;
}

void svg_labels_release(struct svg_labels *labels)
{
	for (size_t i = 0; i < labels->n; i++)
		free(labels->v[i].text);
	free(labels->v);
	*labels = (struct svg_labels){ 0 };
}
