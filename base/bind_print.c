// SPDX-License-Identifier: Apache-2.0
/* bind_print.c - shows the errors of a file to people */
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/bind.h"
#include "base/mem.h"

#define TAB_STOP 8
#define WINDOW 72  /* columns of a source line that are shown */
#define CONTEXT 16 /* of these, at least that many after the caret */

struct palette {
	const char *bold, *red, *green, *dim, *off;
};

static const struct palette palettes[] = {
	[false] = { "", "", "", "", "" },
	[true] = { "\033[1m", "\033[1;31m", "\033[1;32m", "\033[2m",
		   "\033[0m" },
};

struct range {
	uint32_t first, last;
};

/* wcwidth(3) would depend on the locale; these few ranges do for a caret. */
static const struct range no_width[] = {
	{ 0x0300, 0x036f }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
	{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
};

static const struct range double_width[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
	{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
	{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static bool in_ranges(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Reads one character of what str_utf8_clean() made; its length in bytes. */
static size_t decode(const char *s, uint32_t *ret_c)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = u[0] < 0xc0 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? u[0] : u[0] & (0x7fU >> n);

	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80) {
			*ret_c = u[0];
			return 1;
		}
		c = c << 6 | (u[i] & 0x3f);
	}
	*ret_c = c;
	return n;
}

static unsigned width(uint32_t c, unsigned column)
{
	if (c == '\t')
		return TAB_STOP - column % TAB_STOP;
	if (in_ranges(no_width, ARRAY_SIZE(no_width), c))
		return 0;
	if (in_ranges(double_width, ARRAY_SIZE(double_width), c))
		return 2;
	return 1;
}

/* Screen column of the @col-th character, both counted from 0, or the end's. */
static unsigned screen_column(const char *line, unsigned col)
{
	unsigned column = 0;
	uint32_t c;

	for (; *line && col > 0; col--) {
		line += decode(line, &c);
		column += width(c, column);
	}
	return column;
}

/* Prints the part of @line that lies in screen columns @from to @to - 1. */
static void print_columns(FILE *out, const char *line, unsigned from,
			  unsigned to)
{
	unsigned column = 0;

	while (*line) {
		uint32_t c;
		size_t n = decode(line, &c);
		unsigned next = column + width(c, column);

		if (next > to)
			break;
		if (c == '\t')
			for (unsigned i = column; i < next; i++)
				(void)fputs(i >= from ? " " : "", out);
		else if (column >= from)
			(void)fwrite(line, 1, n, out);
		else
			(void)fprintf(out, "%*s", next > from ? 1 : 0, "");
		column = next;
		line += n;
	}
}

/* A line too long for the screen is shown around the caret. */
static unsigned window_start(unsigned caret, unsigned end)
{
	unsigned from;

	if (end <= WINDOW || caret + CONTEXT <= WINDOW)
		return 0;
	from = caret + CONTEXT - WINDOW;
	return from < end - WINDOW ? from : end - WINDOW;
}

static void print_source(FILE *out, const struct bind_diag *diag,
			 const struct palette *p)
{
	unsigned caret = screen_column(diag->source, diag->pos.col - 1);
	unsigned end = screen_column(diag->source, UINT_MAX);
	unsigned from = window_start(caret, end);
	const char *dots = from ? "..." : "";

	(void)fprintf(out, "%s%5u |%s %s", p->dim, diag->pos.line, p->off,
		      dots);
	print_columns(out, diag->source, from, from + WINDOW);
	(void)fprintf(out, "%s\n%s      |%s %*s%s^%s\n",
		      end > from + WINDOW ? "..." : "", p->dim, p->off,
		      (int)(caret - from + strlen(dots)), "", p->green, p->off);
}

static void print_diag(FILE *out, const char *file,
		       const struct bind_diag *diag, const struct palette *p)
{
	(void)fprintf(out, "%s%s:", p->bold, file);
	if (diag->pos.line)
		(void)fprintf(out, "%u:%u:", diag->pos.line, diag->pos.col);
	(void)fprintf(out, "%s %serror:%s %s", p->off, p->red, p->off,
		      diag->msg);
	if (diag->suggestion)
		(void)fprintf(out, " (%s)", diag->suggestion);
	(void)fputc('\n', out);
	if (diag->source && diag->pos.line && diag->pos.col)
		print_source(out, diag, p);
}

void bind_diags_print(const struct bind_diags *diags, FILE *out, bool color)
{
	const char *file = diags->file ? diags->file : "?";

	for (size_t i = 0; i < diags->n; i++)
		print_diag(out, file, &diags->v[i], &palettes[color]);
	if (diags->cut)
		(void)fprintf(out, "%s: there are more errors than these %zu\n",
			      file, diags->n);
}
