// SPDX-License-Identifier: Apache-2.0
/* str.h - strings and lists of strings */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct str_list - Strings in order
 * @v:	Owned array of owned strings, NULL when empty
 * @n:	How many
 */
struct str_list {
	char **v;
	size_t n;
};

/** str_list_add() - Append a copy of @s */
void str_list_add(struct str_list *list, const char *s);
/** str_list_take() - Append @s itself, which the list then owns */
void str_list_take(struct str_list *list, char *s);
bool str_list_has(const struct str_list *list, const char *s);
/** str_list_join() - All strings with @sep between them, owned by the caller */
char *str_list_join(const struct str_list *list, const char *sep);
/** str_list_split() - Add the non-empty parts of @s between chars of @seps */
void str_list_split(struct str_list *list, const char *s, const char *seps);
void str_list_copy(struct str_list *to, const struct str_list *from);
void str_list_release(struct str_list *list);

bool str_eq(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/** str_trim() - Cut blanks and newlines off both ends in place; returns @s */
char *str_trim(char *s);

/**
 * str_u64() - Read a decimal number
 * @text:	Digits and nothing else; NULL is no number
 *
 * Return: whether it was one that 64 bits hold
 */
bool str_u64(const char *text, uint64_t *ret_value);

/**
 * str_take_u64() - Read the number at the beginning of a text
 * @text:	Digits (lower case) of @base, and more; moved behind them on success
 * @base:	2 to 16
 *
 * Return: as str_u64()
 */
bool str_take_u64(const char **text, unsigned base, uint64_t *ret_value);

/**
 * struct strbuf - Text under construction, over open_memstream(3)
 * @f:		Write here with fprintf()
 *
 * strbuf_open(), write to @f, then strbuf_take() for the text (owned by the
 * caller) or strbuf_release() to throw it away.
 */
struct strbuf {
	FILE *f;
	char *text;
	size_t len;
};

void strbuf_open(struct strbuf *buf);
char *strbuf_take(struct strbuf *buf);
void strbuf_release(struct strbuf *buf);

/**
 * str_distance() - Edit distance (insert, delete, replace, swap) of two words
 *
 * For "did you mean" suggestions; words over 64 bytes count as very far.
 */
size_t str_distance(const char *a, const char *b);

/**
 * str_version_cmp() - Compare versions part by part, numbers as numbers
 *
 * "6.1" < "6.12", "6.1" < "6.1.0-55", "3.17.1" > "3.9". Digits are compared as
 * numbers, other runs as text, a missing part is the smaller.
 *
 * Return: <0, 0, >0
 */
int str_version_cmp(const char *a, const char *b);

/**
 * str_utf8_clean() - Copy of @n bytes in which invalid UTF-8, NUL and control
 *		      characters but \t and \n, those that change the direction
 *		      of text, and U+FFFE and U+FFFF are replaced by U+FFFD
 */
char *str_utf8_clean(const char *bytes, size_t n);

/** str_shell_quote() - @s as one word for sh(1), owned by the caller */
char *str_shell_quote(const char *s);

#endif
