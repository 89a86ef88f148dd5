// SPDX-License-Identifier: Apache-2.0
/* report_table.h - text for terminals: columns, colours, wrapping */
#ifndef COMPAT_REPORT_TABLE_H
#define COMPAT_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "compat/results.h"

/** enum ink - How a piece of text looks where there are colours */
enum ink {
	INK_PLAIN,
	INK_BOLD,
	INK_DIM,
	INK_GREEN,
	INK_YELLOW,
	INK_RED,
	INK_MAGENTA,
	INK_COUNT
};

/** ink_on(), ink_off() - Escape sequences, "" without colours */
const char *ink_on(const struct report_opts *opts, enum ink ink);
const char *ink_off(const struct report_opts *opts, enum ink ink);

/** text_width() - Columns that @text takes: its characters */
size_t text_width(const char *text);

struct table_cell {
	char *text;
	enum ink ink;
};

/**
 * struct table - Rows of cells; all owned
 * @n_cols:	Cells of a row
 * @v, @n:	All cells, row by row; n is a multiple of n_cols when printed
 */
struct table {
	size_t n_cols;
	struct table_cell *v;
	size_t n;
};

void table_release(struct table *table);

/** table_add() - Append a cell; NULL is an empty one */
void table_add(struct table *table, enum ink ink, const char *text);
void table_addf(struct table *table, enum ink ink, const char *fmt, ...)
	PRINTF(3, 4);

/** table_print() - Print columns 0 and [@from, @to), aligned, with two blanks in
 * front and between */
void table_print(const struct table *table, size_t from, size_t to,
		 const struct report_opts *opts, FILE *out);

/** table_fit() - How far columns go that fit: the largest to of [@from, to) whose
 * printed width is within opts->width, but at least one column */
size_t table_fit(const struct table *table, size_t from,
		 const struct report_opts *opts);

/**
 * text_wrap() - Print words in lines that fit
 * @first:	What stands in front of the first line
 * @indent:	Blanks in front of the others; as wide as @first, or not
 */
void text_wrap(const char *first, size_t indent, const char *text,
	       const struct report_opts *opts, FILE *out);

/** text_to_ascii() - In place: each character that is not ASCII becomes '?' */
void text_to_ascii(char *text);

#endif
