// SPDX-License-Identifier: Apache-2.0
/* report_table.c - text for terminals: columns, colours, wrapping */
#include "compat/report_table.h"

#include <string.h>

#include "base/mem.h"

#define MARGIN 2
#define GAP 2

static const char *const codes[] = {
	[INK_PLAIN] = "",
	[INK_BOLD] = "\033[1m",
	[INK_DIM] = "\033[2m",
	[INK_GREEN] = "\033[32m",
	[INK_YELLOW] = "\033[33m",
	[INK_RED] = "\033[1;31m",
	[INK_MAGENTA] = "\033[1;35m",
};
static_assert(ARRAY_SIZE(codes) == INK_COUNT, "codes[] doesn't match enum ink");

const char *ink_on(const struct report_opts *opts, enum ink ink)
{
	return opts->color ? codes[ink] : "";
}

const char *ink_off(const struct report_opts *opts, enum ink ink)
{
	return opts->color && ink != INK_PLAIN ? "\033[0m" : "";
}

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t width_of(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += begins_character(text[i]);
	return n;
}

size_t text_width(const char *text)
{
	return width_of(text, strlen(text));
}

void table_release(struct table *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->v[i].text);
	free(table->v);
	*table = (struct table){ .n_cols = table->n_cols };
}

/* A cell is one line, whatever a guest or a file of others says. */
static void keep_on_line(char *text)
{
	while (*(text += strcspn(text, "\n\t")))
		*text = ' ';
}

void table_add(struct table *table, enum ink ink, const char *text)
{
	struct table_cell *cell = VEC_PUSH(table->v, table->n);

	cell->text = xstrdup(text ? text : "");
	keep_on_line(cell->text);
	cell->ink = ink;
}

void table_addf(struct table *table, enum ink ink, const char *fmt, ...)
{
	struct table_cell *cell = VEC_PUSH(table->v, table->n);
	va_list ap;

	va_start(ap, fmt);
	cell->text = xvasprintf(fmt, ap);
	va_end(ap);
	keep_on_line(cell->text);
	cell->ink = ink;
}

static size_t column_width(const struct table *table, size_t col)
{
	size_t widest = 0;

	for (size_t i = col; i < table->n; i += table->n_cols) {
		size_t width = text_width(table->v[i].text);

		if (width > widest)
			widest = width;
	}
	return widest;
}

static void print_cell(const struct table_cell *cell,
		       const struct report_opts *opts, FILE *out)
{
	(void)fprintf(out, "%s%s%s", ink_on(opts, cell->ink), cell->text,
		      ink_off(opts, cell->ink));
}

/* Blanks are owed until something follows them: no line ends in blanks. */
static size_t print_padded(const struct table_cell *cell, size_t width,
			   size_t owed, const struct report_opts *opts,
			   FILE *out)
{
	if (!*cell->text)
		return owed + width + GAP;
	(void)fprintf(out, "%*s", (int)owed, "");
	print_cell(cell, opts, out);
	return width - text_width(cell->text) + GAP;
}

void table_print(const struct table *table, size_t from, size_t to,
		 const struct report_opts *opts, FILE *out)
{
	CLEANUP_FREE size_t *widths = xcalloc(table->n_cols, sizeof(*widths));

	for (size_t col = 0; col < table->n_cols; col++)
		widths[col] = column_width(table, col);
	for (size_t row = 0; row < table->n; row += table->n_cols) {
		size_t owed = print_padded(&table->v[row], widths[0], MARGIN,
					   opts, out);

		for (size_t col = from; col < to; col++)
			owed = print_padded(&table->v[row + col], widths[col],
					    owed, opts, out);
		(void)fputc('\n', out);
	}
}

size_t table_fit(const struct table *table, size_t from,
		 const struct report_opts *opts)
{
	size_t width = MARGIN + column_width(table, 0);
	size_t to = from;

	while (to < table->n_cols) {
		width += GAP + column_width(table, to);
		if (opts->width > 0 && width > (size_t)opts->width && to > from)
			break;
		to++;
	}
	return to;
}

void text_wrap(const char *first, size_t indent, const char *text,
	       const struct report_opts *opts, FILE *out)
{
	size_t room = opts->width > 0 ? (size_t)opts->width : SIZE_MAX;
	size_t used = text_width(first);
	bool fresh = true;

	(void)fputs(first, out);
	while (*(text += strspn(text, " \n\t"))) {
		size_t len = strcspn(text, " \n\t");
		size_t width = width_of(text, len);

		if (!fresh && used + 1 + width > room) {
			(void)fprintf(out, "\n%*s", (int)indent, "");
			used = indent;
			fresh = true;
		}
		(void)fprintf(out, "%s%.*s", fresh ? "" : " ", (int)len, text);
		used += width + !fresh;
		fresh = false;
		text += len;
	}
	(void)fputc('\n', out);
}

void text_to_ascii(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (begins_character(*from))
			*to++ = (unsigned char)*from < 0x80 ? *from : '?';
	}
	*to = '\0';
}
