// SPDX-License-Identifier: Apache-2.0
/* cluster.c - which messages say the same of different things */
#include "compat/cluster.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define WORD_ENDS " \t,;()[]<>\"'"

static bool is_number(const char *s, size_t len)
{
	bool digit = false;

	if (len > 2 && s[0] == '0' && s[1] == 'x')
		return true;
	for (size_t i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return false;
		digit |= isdigit((unsigned char)s[i]);
	}
	return digit;
}

/* A slash within a word, or at its beginning, but not alone. */
static bool is_path(const char *s, size_t len)
{
	return len > 1 && memchr(s, '/', len) != NULL;
}

/* A word of letters and digits that is no number keeps its letters. */
static void put_mixed(FILE *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)s[i]))
			(void)fputc(s[i], out);
		else if (i == 0 || !isdigit((unsigned char)s[i - 1]))
			(void)fputc('#', out);
	}
}

/* Parts of a word that are divided by these are numbers or not by themselves. */
static void put_parts(FILE *out, const char *s, size_t len)
{
	while (len) {
		size_t n = 0;

		while (n < len && !strchr("/:=@-+.#", s[n]))
			n++;
		if (is_number(s, n))
			(void)fputc('#', out);
		else
			put_mixed(out, s, n);
		if (n < len)
			(void)fputc(s[n++], out);
		s += n;
		len -= n;
	}
}

static bool is_fraction(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)s[i]) && s[i] != '/')
			return false;
	}
	return isdigit((unsigned char)s[0]);
}

static void put_word(FILE *out, const char *s, size_t len)
{
	if (is_path(s, len) && !is_fraction(s, len))
		(void)fputc('/', out);
	else
		put_parts(out, s, len);
}

/* The length of what is quoted at @s, quotes included; 0: nothing is. */
static size_t quoted(const char *s)
{
	const char *end = *s == '\'' ? strchr(s + 1, '\'') : NULL;

	return end ? (size_t)(end - s) + 1 : 0;
}

char *cluster_shape(const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	bool begins = true;

	strbuf_open(&buf);
	while (*text) {
		size_t len = begins ? quoted(text) : 0;

		if (len) {
			(void)fputs("''", buf.f);
		} else if (strchr(WORD_ENDS, *text)) {
			len = 1;
			(void)fputc(*text, buf.f);
		} else {
			len = strcspn(text, WORD_ENDS);
			put_word(buf.f, text, len);
		}
		begins = strchr(WORD_ENDS, *text) != NULL;
		text += len;
	}
	return strbuf_take(&buf);
}
