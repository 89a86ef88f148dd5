// SPDX-License-Identifier: Apache-2.0
/* pattern.h - the small patterns in which known log lines are written down */
#ifndef COMPAT_PATTERN_H
#define COMPAT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_PARTS_MAX 3

/** struct pattern_part - What a wildcard stood for; borrowed from the text */
struct pattern_part {
	const char *text;
	size_t len;
};

/** struct pattern_match - The parts in order of the wildcards */
struct pattern_match {
	struct pattern_part part[PATTERN_PARTS_MAX];
	size_t n;
};

/**
 * pattern_match() - Whether a pattern occurs anywhere in a text
 * @pattern:	Literal text, in which `*` is any run of bytes, the shortest that
 *		fits, `#` a decimal number with an optional minus, `^` at the
 *		front the text's beginning and `$` at the end its end. At most
 *		PATTERN_PARTS_MAX wildcards
 * @text:	One line
 * @ret_match:	What the wildcards stood for, may be NULL
 */
bool pattern_match(const char *pattern, const char *text,
		   struct pattern_match *ret_match);

#endif
