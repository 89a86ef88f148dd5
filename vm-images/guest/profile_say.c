// SPDX-License-Identifier: Apache-2.0
/* profile_say.c - facts as lines, and texts as words in them */
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "vm-images/guest/profile_tree.h"

#define LIST_BYTES_MAX 15000 /* of a fact that its reader takes */

void profile_say(const char *key, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *clean = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	clean = str_utf8_clean(text, strlen(text));
	for (char *c = clean; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	(void)printf("%s=%s\n", key, clean);
}

void profile_say_list(const char *key, const struct str_list *list)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	CLEANUP_FREE char *left_out = xasprintf("%s_left_out", key);
	CLEANUP_FREE char *text = NULL;
	size_t bytes = 0, n = 0;

	if (!list->n)
		return;
	strbuf_open(&buf);
	for (; n < list->n; n++) {
		bytes += strlen(list->v[n]) + 1;
		if (bytes > LIST_BYTES_MAX)
			break;
		(void)fprintf(buf.f, "%s%s", n ? " " : "", list->v[n]);
	}
	text = strbuf_take(&buf);
	profile_say(key, "%s", text);
	if (n < list->n)
		profile_say(left_out, "%zu", list->n - n);
}

char *profile_escape(const char *text)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };

	strbuf_open(&buf);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c >= 0x7f || c == '\\')
			(void)fprintf(buf.f, "\\%03o", c);
		else
			(void)fputc(c, buf.f);
	}
	return strbuf_take(&buf);
}

static bool is_octal(const char *digits)
{
	for (int i = 0; i < 3; i++)
		if (digits[i] < '0' || digits[i] > '7')
			return false;
	return true;
}

char *profile_unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (*from == '\\' && is_octal(from + 1)) {
			*to = (char)((from[1] - '0') * 64 +
				     (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return text;
}
