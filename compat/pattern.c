// SPDX-License-Identifier: Apache-2.0
/* pattern.c - the small patterns in which known log lines are written down */
#include "compat/pattern.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

static bool match_here(const char *pattern, const char *text,
		       struct pattern_match *match);

/* The rest after a wildcard that stood for @len bytes. */
static bool match_rest(const char *pattern, const char *text, size_t len,
		       struct pattern_match *match)
{
	size_t slot = match->n;

	assert(slot < PATTERN_PARTS_MAX);
	match->part[match->n++] = (struct pattern_part){ text, len };
	if (match_here(pattern, text + len, match))
		return true;
	match->n = slot;
	return false;
}

static bool match_run(const char *pattern, const char *text,
		      struct pattern_match *match)
{
	size_t len = strlen(text);

	if (!*pattern)
		return match_rest(pattern, text, len, match);
	for (size_t i = 0; i <= len; i++) {
		if (match_rest(pattern, text, i, match))
			return true;
	}
	return false;
}

static bool match_number(const char *pattern, const char *text,
			 struct pattern_match *match)
{
	size_t len = *text == '-' ? 1 : 0;

	if (!isdigit((unsigned char)text[len]))
		return false;
	while (isdigit((unsigned char)text[len]))
		len++;
	return match_rest(pattern, text, len, match);
}

static bool match_here(const char *pattern, const char *text,
		       struct pattern_match *match)
{
	while (*pattern) {
		if (*pattern == '*')
			return match_run(pattern + 1, text, match);
		if (*pattern == '#')
			return match_number(pattern + 1, text, match);
		if (*pattern == '$' && !pattern[1])
			return !*text;
		if (*pattern != *text)
			return false;
		pattern++;
		text++;
	}
	return true;
}

bool pattern_match(const char *pattern, const char *text,
		   struct pattern_match *ret_match)
{
	struct pattern_match match = { .n = 0 };
	bool found = false;

	if (*pattern == '^')
		found = match_here(pattern + 1, text, &match);
	else
		for (; !found; text++) {
			found = match_here(pattern, text, &match);
			if (!*text)
				break;
		}
	if (found && ret_match)
		*ret_match = match;
	return found;
}
