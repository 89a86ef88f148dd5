// SPDX-License-Identifier: Apache-2.0
/* output.c - what a step printed: the line that says what is wrong */
#include "compat/output.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define LINE_LEN_MAX 200

bool output_is_wrong(const char *line)
{
	return str_starts(line, "wrong");
}

static char *copy_line(const char *line)
{
	size_t len = strcspn(line, "\n");
	char *copy =
		str_utf8_clean(line, len < LINE_LEN_MAX ? len : LINE_LEN_MAX);

	return str_trim(copy);
}

char *output_line(const char *output)
{
	const char *best = NULL;
	const char *line = output ? output : "";

	while (*line) {
		size_t len = strcspn(line, "\n");

		if (strspn(line, " \t\r") < len)
			best = line;
		if (output_is_wrong(line))
			break;
		line += len + (line[len] == '\n');
	}
	return best ? copy_line(best) : NULL;
}
