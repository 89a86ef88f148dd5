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

/* struct room - Where texts may stand */
struct room {
	double left, right;
	size_t rows;
};

/* Whether the label has room beside those that have a row. */
static bool fits(const struct svg_labels *labels, const struct svg_label *label,
		 const struct room *room, bool may_cross)
{
	struct extent extent = extent_of(label);

	if (extent.left < room->left || extent.right > room->right)
		return false;
	for (size_t i = 0; i < labels->n; i++) {
		const struct svg_label *other = &labels->v[i];

		if (other == label || other->row < 0)
			continue;
		if (overlap(label, other))
			return false;
		if (!may_cross &&
		    (pole_crosses(label, other) || pole_crosses(other, label)))
			return false;
	}
	return true;
}

/* The lowest row with room; left of the pole only at the right edge, as texts
 * on either side soon stand in each other's way. */
static void place(const struct svg_labels *labels, struct svg_label *label,
		  const struct room *room, bool may_cross)
{
	for (int side = 0; side < 2; side++) {
		label->is_left = side == 1;
		for (label->row = 0; label->row < (int)room->rows; label->row++)
			if (fits(labels, label, room, may_cross))
				return;
	}
	label->row = -1;
}

static bool is_crossed(const struct svg_labels *labels,
		       const struct svg_label *label)
{
	for (size_t i = 0; i < labels->n; i++)
		if (&labels->v[i] != label && labels->v[i].row >= 0 &&
		    pole_crosses(&labels->v[i], label))
			return true;
	return false;
}

/* From the right those before stand above, and no pole is in the way of a text;
 * what then has no room gets it where poles may go through. */
size_t svg_labels_place(struct svg_labels *labels, double left, double right,
			size_t rows_max)
{
	const struct room room = { left, right, rows_max };
	size_t rows = 0;

	if (labels->n > 0)
		qsort(labels->v, labels->n, sizeof(*labels->v), by_time);
	for (size_t i = labels->n; i-- > 0;)
		place(labels, &labels->v[i], &room, false);
	for (size_t i = labels->n; i-- > 0;)
		if (labels->v[i].row < 0)
			place(labels, &labels->v[i], &room, true);
	for (size_t i = 0; i < labels->n; i++) {
		struct svg_label *label = &labels->v[i];

		label->is_crossed = is_crossed(labels, label);
		if (label->row >= (int)rows)
			rows = (size_t)label->row + 1;
	}
	return rows;
}

void svg_labels_release(struct svg_labels *labels)
{
	for (size_t i = 0; i < labels->n; i++)
		free(labels->v[i].text);
	free(labels->v);
	*labels = (struct svg_labels){ 0 };
}
