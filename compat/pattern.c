// SPDX-License-Identifier: Apache-2.0
/* pattern.c - the small patterns in which known log lines are written down */
#include "compat/pattern.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

/**
 * struct cursor - Where a match stands, and where it can go on from when stuck
 * @pattern, @text: What is to be matched next
 * @retry:	Pattern after the last run, tried again one byte later; NULL when
 *		there was none
 * @from:	Where that was last tried
 * @kept:	Parts up to and with that run
 *
 * Going back to the last run alone is enough: what came before it matched as
 * early as it can.
 */
struct cursor {
	const char *pattern;
	const char *text;
	const char *retry;
	const char *from;
	size_t kept;
	struct pattern_match match;
};

static void add_part(struct cursor *c, const char *text, size_t len)
{
	assert(c->match.n < PATTERN_PARTS_MAX);
	c->match.part[c->match.n++] = (struct pattern_part){ text, len };
}

/* A run begins: empty at first, all the rest when nothing follows it. */
static void begin_run(struct cursor *c)
{
	c->pattern++;
	add_part(c, c->text, *c->pattern ? 0 : strlen(c->text));
	c->retry = c->pattern;
	c->from = c->text;
	c->kept = c->match.n;
}

static bool take_number(struct cursor *c)
{
	const char *end = c->text + (*c->text == '-');

	if (!isdigit((unsigned char)*end))
		return false;
	while (isdigit((unsigned char)*end))
		end++;
	add_part(c, c->text, (size_t)(end - c->text));
	c->pattern++;
	c->text = end;
	return true;
}

/* Match one token; false: it does not fit here. */
static bool step(struct cursor *c)
{
	if (*c->pattern == '*') {
		begin_run(c);
		return true;
	}
	if (*c->pattern == '#')
		return take_number(c);
	if (*c->pattern == '$' && !c->pattern[1]) {
		c->pattern += !*c->text;
		return !*c->text;
	}
	if (!*c->text || *c->pattern != *c->text)
		return false;
	c->pattern++;
	c->text++;
	return true;
}

/* Let the last run be one byte longer; false: it cannot be. */
static bool go_back(struct cursor *c)
{
	if (!c->retry || !*c->from)
		return false;
	c->text = ++c->from;
	c->pattern = c->retry;
	c->match.n = c->kept;
	if (c->kept)
		c->match.part[c->kept - 1].len++;
	return true;
}

bool pattern_match(const char *pattern, const char *text,
		   struct pattern_match *ret_match)
{
	struct cursor c = { .pattern = pattern, .text = text };

	if (*pattern == '^') {
		c.pattern++;
	} else {
		c.retry = pattern;
		c.from = text;
	}
	while (*c.pattern) {
		if (!step(&c) && !go_back(&c))
			return false;
	}
	if (ret_match)
		*ret_match = c.match;
	return true;
}
