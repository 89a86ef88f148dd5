// SPDX-License-Identifier: Apache-2.0
/* bind_diag.c - collects the errors of a file */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind.h"
#include "base/bind_internal.h"
#include "base/file.h"
#include "base/mem.h"

#define KEPT 20
#define COLLECTED 200

/* What libyaml takes as the end of a line; its length, or 0. */
static size_t line_break(const char *s, size_t left)
{
	static const struct {
		const char *bytes;
		size_t len;
	} breaks[] = {
		{ "\r\n", 2 },	   { "\n", 1 },		  { "\r", 1 },
		{ "\xc2\x85", 2 }, { "\xe2\x80\xa8", 3 }, { "\xe2\x80\xa9", 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(breaks); i++)
		if (left >= breaks[i].len &&
		    !memcmp(s, breaks[i].bytes, breaks[i].len))
			return breaks[i].len;
	return 0;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

struct bind_pos bind_pos_at_byte(const char *text, size_t len, size_t offset)
{
	struct bind_pos pos = { .line = 1, .col = 1 };
	size_t i = 0;

	while (i < len && i < offset) {
		size_t eol = line_break(text + i, len - i);

		if (eol) {
			pos.line++;
			pos.col = 1;
			i += eol;
		} else {
			pos.col += !is_continuation(text[i++]);
		}
	}
	return pos;
}

/**
 * struct lines - Walks forward through a text
 * @line:	1-based number of the line at @at
 */
struct lines {
	const char *text;
	size_t len;
	size_t at;
	unsigned line;
};

/* Leaves @lines at the beginning of the line; false when there is none. */
static bool lines_seek(struct lines *lines, unsigned line)
{
	while (lines->line < line && lines->at < lines->len) {
		size_t eol = line_break(lines->text + lines->at,
					lines->len - lines->at);

		lines->at += eol ? eol : 1;
		lines->line += eol > 0;
	}
	return lines->line == line;
}

static char *lines_copy(const struct lines *lines)
{
	size_t end = lines->at;

	while (end < lines->len &&
	       !line_break(lines->text + end, lines->len - end))
		end++;
	return str_utf8_clean(lines->text + lines->at, end - lines->at);
}

/* libyaml may take the end of the text for one line more. */
static void clamp(struct bind_diag *diag, struct lines *lines)
{
	*lines = (struct lines){ .text = lines->text,
				 .len = lines->len,
				 .line = 1 };
	diag->pos = bind_pos_at_byte(lines->text, lines->len, lines->len);
	(void)lines_seek(lines, diag->pos.line);
}

static void attach_sources(struct bind_diags *diags, const char *text,
			   size_t len)
{
	size_t bom = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
	struct lines lines = { .text = text + bom,
			       .len = len - bom,
			       .line = 1 };

	for (size_t i = 0; i < diags->n; i++) {
		struct bind_diag *diag = &diags->v[i];

		if (!diag->pos.line || diag->source)
			continue;
		if (!lines_seek(&lines, diag->pos.line))
			clamp(diag, &lines);
		diag->source = lines_copy(&lines);
	}
}

/* Text of the file in messages must not reach terminals as control codes. */
static char *one_line(const char *s)
{
	char *clean = str_utf8_clean(s, strlen(s));

	for (char *c = clean; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return clean;
}

static void diag_release(struct bind_diag *diag)
{
	free(diag->msg);
	free(diag->suggestion);
	free(diag->source);
}

static bool is_after(struct bind_pos a, struct bind_pos b)
{
	return a.line != b.line ? a.line > b.line : a.col > b.col;
}

/* By insertion: short, nearly sorted, and equal places keep their order. */
static void sort_and_cut(struct bind_diags *diags)
{
	for (size_t i = 1; i < diags->n; i++) {
		struct bind_diag diag = diags->v[i];
		size_t to = i;

		for (; to > 0 && is_after(diags->v[to - 1].pos, diag.pos); to--)
			diags->v[to] = diags->v[to - 1];
		diags->v[to] = diag;
	}
	while (diags->n > KEPT) {
		diag_release(&diags->v[--diags->n]);
		diags->cut = true;
	}
}

/* Once cut, the first KEPT were in order when the last cut was made. */
bool bind_diags_wants(const struct bind_diags *diags, struct bind_pos pos)
{
	return !diags->cut || is_after(diags->v[KEPT - 1].pos, pos);
}

void bind_diags_vadd(struct bind_diags *diags, struct bind_pos pos,
		     const char *suggestion, const char *fmt, va_list ap)
{
	struct bind_diag *diag;
	char *msg CLEANUP_FREE = NULL;

	if (!bind_diags_wants(diags, pos))
		return;
	if (diags->n >= COLLECTED)
		sort_and_cut(diags);
	msg = xvasprintf(fmt, ap);
	diag = VEC_PUSH(diags->v, diags->n);
	diag->pos = pos;
	diag->msg = one_line(msg);
	if (suggestion)
		diag->suggestion = one_line(suggestion);
}

void bind_diags_add(struct bind_diags *diags, struct bind_pos pos,
		    const char *suggestion, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	bind_diags_vadd(diags, pos, suggestion, fmt, ap);
	va_end(ap);
}

void bind_diags_finish(struct bind_diags *diags, const char *text, size_t len)
{
	sort_and_cut(diags);
	attach_sources(diags, text, len);
}

void bind_diags_release(struct bind_diags *diags)
{
	for (size_t i = 0; i < diags->n; i++)
		diag_release(&diags->v[i]);
	free(diags->v);
	free(diags->file);
	*diags = (struct bind_diags){ 0 };
}

/* One step of a JSON Pointer; scalars stand for lists and short forms too. */
static const struct ynode *descend(const struct ynode *node, const char *token)
{
	uint64_t index;

	if (node->kind == YNODE_MAP)
		return ynode_get(node, token);
	if (node->kind == YNODE_LIST && str_u64(token, &index) &&
	    index < node->n)
		return node->items[index].value;
	return NULL;
}

static struct bind_pos locate(const struct ytree *tree, const char *where)
{
	struct str_list tokens CLEANUP(str_list_release) = { 0 };
	const struct ynode *node = tree->root;

	if (!node)
		return (struct bind_pos){ 0 };
	str_list_split(&tokens, where, "/");
	for (size_t i = 0; i < tokens.n; i++) {
		const struct ynode *next = descend(node, tokens.v[i]);

		if (!next)
			break;
		node = next;
	}
	return node->pos;
}

void bind_diags_at(struct bind_diags *diags, const char *path,
		   const char *where, const char *suggestion, const char *fmt,
		   ...)
{
	struct bind_diags ignored CLEANUP(bind_diags_release) = { 0 };
	struct ytree tree CLEANUP(ytree_release) = { 0 };
	struct bind_pos pos = { 0 };
	char *text CLEANUP_FREE = NULL;
	struct err err = ERR_INIT;
	size_t len = 0;
	va_list ap;

	if (!file_read(path, BIND_FILE_MAX, &text, &len, &err) &&
	    ytree_parse(&tree, text, len, &ignored))
		pos = locate(&tree, where);
	va_start(ap, fmt);
	bind_diags_vadd(diags, pos, suggestion, fmt, ap);
	va_end(ap);
	if (!diags->file)
		diags->file = xstrdup(path);
	bind_diags_finish(diags, text ? text : "", len);
}
