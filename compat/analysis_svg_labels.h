// SPDX-License-Identifier: Apache-2.0
/* analysis_svg_labels.h - labels of instants, placed so that none overlaps */
#ifndef COMPAT_ANALYSIS_SVG_LABELS_H
#define COMPAT_ANALYSIS_SVG_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SVG_LABEL_PX 11

/**
 * struct svg_label - A flag at an instant
 * @at_ns:	The instant
 * @x:		Its pole
 * @text:	Owned
 * @row:	0 is next to the plot; -1: no room for it
 * @is_left:	The text stands left of the pole
 * @is_crossed:	Another's pole goes through the text
 */
struct svg_label {
	uint64_t at_ns;
	double x;
	char *text;
	int row;
	bool is_left, is_crossed;
};

/** struct svg_labels - Owned, in any order at first, then by time */
struct svg_labels {
	struct svg_label *v;
	size_t n;
};

/** svg_labels_add() - @text is then owned by the list */
void svg_labels_add(struct svg_labels *labels, uint64_t at_ns, double x,
		    char *text);

/**
 * svg_labels_place() - Choose a row and a side for each
 * @left, @right: Between which texts may stand, in pixels
 * @rows_max:	What does not fit into so many has no row
 *
 * No text overlaps another; a pole goes through a text only where there is no
 * other room.
 *
 * Return: how many rows are used
 */
size_t svg_labels_place(struct svg_labels *labels, double left, double right,
			size_t rows_max);

void svg_labels_release(struct svg_labels *labels);

#endif
