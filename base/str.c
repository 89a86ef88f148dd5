// SPDX-License-Identifier: Apache-2.0
/* str.c - strings and lists of strings */
#include "base/str.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* Longest word str_distance() measures, in bytes. */
#define STR_WORD_MAX 64

void str_list_add(struct str_list *list, const char *s)
{
	str_list_take(list, xstrdup(s));
}

void str_list_take(struct str_list *list, char *s)
{
	char **slot = VEC_PUSH(list->v, list->n);

	*slot = s;
}

bool str_list_has(const struct str_list *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], s))
			return true;
	return false;
}

char *str_list_join(const struct str_list *list, const char *sep)
{
	struct strbuf buf;

	strbuf_open(&buf);
	for (size_t i = 0; i < list->n; i++)
		(void)fprintf(buf.f, "%s%s", i ? sep : "", list->v[i]);
	return strbuf_take(&buf);
}

void str_list_split(struct str_list *list, const char *s, const char *seps)
{
	for (;;) {
		size_t len;

		s += strspn(s, seps);
		if (!*s)
			return;
		len = strcspn(s, seps);
		str_list_take(list, xstrndup(s, len));
		s += len;
	}
}

void str_list_copy(struct str_list *to, const struct str_list *from)
{
	size_t n = from->n; /* @to may be @from */

	for (size_t i = 0; i < n; i++)
		str_list_add(to, from->v[i]);
}

void str_list_release(struct str_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct str_list){ 0 };
}

bool str_eq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t s_len = strlen(s);
	size_t suffix_len = strlen(suffix);

	return s_len >= suffix_len &&
	       strcmp(s + s_len - suffix_len, suffix) == 0;
}

char *str_trim(char *s)
{
	size_t start = 0;
	size_t end = strlen(s);

	while (end > 0 && isspace((unsigned char)s[end - 1]))
		end--;
	while (start < end && isspace((unsigned char)s[start]))
		start++;
	memmove(s, s + start, end - start);
	s[end - start] = '\0';
	return s;
}

bool str_take_u64(const char **text, unsigned base, uint64_t *ret_value)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = *text;
	const char *digit;
	uint64_t value = 0;

	while (*at && (digit = strchr(digits, *at)) &&
	       (unsigned)(digit - digits) < base) {
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(digit - digits),
					   &value))
			return false;
		at++;
	}
	if (at == *text)
		return false;
	*text = at;
	*ret_value = value;
	return true;
}

bool str_u64(const char *text, uint64_t *ret_value)
{
	uint64_t value;

	if (!text || !str_take_u64(&text, 10, &value) || *text)
		return false;
	*ret_value = value;
	return true;
}

void strbuf_open(struct strbuf *buf)
{
	*buf = (struct strbuf){ 0 };
	buf->f = open_memstream(&buf->text, &buf->len);
	if (!buf->f)
		mem_exhausted();
}

char *strbuf_take(struct strbuf *buf)
{
	FILE *f = TAKE(buf->f);

	/* A memory stream fails for one reason only. */
	if (fclose(f) != 0)
		mem_exhausted();
	return TAKE(buf->text);
}

void strbuf_release(struct strbuf *buf)
{
	if (buf->f)
		(void)fclose(buf->f);
	free(buf->text);
	*buf = (struct strbuf){ 0 };
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t str_distance(const char *a, const char *b)
{
	/* The last three rows of the table of prefix distances, in turn. */
	size_t rows[3][STR_WORD_MAX + 1] = { { 0 } };
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	if (a_len > STR_WORD_MAX || b_len > STR_WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *last = rows[(i - 1) % 3];
		const size_t *before = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

			best = min_size(best, last[j] + 1);
			best = min_size(best, row[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				best = min_size(best, before[j - 2] + 1);
			row[j] = best;
		}
	}
	return rows[a_len % 3][b_len];
}

static size_t run_len(const char *s)
{
	size_t len = 1;

	if (!*s)
		return 0;
	while (s[len] &&
	       !isdigit((unsigned char)s[len]) == !isdigit((unsigned char)s[0]))
		len++;
	return len;
}

static int cmp_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int cmp_numbers(const char *a, size_t a_len, const char *b, size_t b_len)
{
	for (; a_len > 1 && *a == '0'; a_len--)
		a++;
	for (; b_len > 1 && *b == '0'; b_len--)
		b++;
	return a_len == b_len ? memcmp(a, b, a_len) : cmp_size(a_len, b_len);
}

static int cmp_texts(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, min_size(a_len, b_len));

	return order ? order : cmp_size(a_len, b_len);
}

int str_version_cmp(const char *a, const char *b)
{
	while (*a && *b) {
		size_t a_len = run_len(a);
		size_t b_len = run_len(b);
		bool numbers = isdigit((unsigned char)*a) &&
			       isdigit((unsigned char)*b);
		int order = numbers ? cmp_numbers(a, a_len, b, b_len) :
				      cmp_texts(a, a_len, b, b_len);

		if (order)
			return order;
		a += a_len;
		b += b_len;
	}
	return (*a != '\0') - (*b != '\0');
}

/* Smallest code point that a sequence of this many bytes may carry. */
static const uint32_t utf8_least[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t utf8_claimed_len(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/* Bytes of the valid sequence at @s, 0 when there is none. */
static size_t utf8_decode(const unsigned char *s, size_t n, uint32_t *ret_code)
{
	size_t len = utf8_claimed_len(s[0]);
	uint32_t code = s[0];

	if (len == 0 || len > n)
		return 0;
	if (len > 1)
		code &= 0x7fU >> len;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0U) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3fU);
	}
	if (code < utf8_least[len] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return len;
}

static bool is_control(uint32_t code)
{
	if (code == '\t' || code == '\n')
		return false;
	/* Those that turn text around make it say what it does not. */
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) ||
	       /* No characters: neither XML nor YAML takes them. */
	       (code & 0xfffeU) == 0xfffe;
}

char *str_utf8_clean(const char *bytes, size_t n)
{
	static const char replacement[] = { '\xef', '\xbf',
					    '\xbd' }; /* U+FFFD */
	const unsigned char *s = (const unsigned char *)bytes;
	/* Worst case: each byte becomes a replacement of three. */
	char *out = xcalloc(n + 1, sizeof(replacement));
	size_t out_len = 0;

	for (size_t i = 0; i < n;) {
		uint32_t code = 0;
		size_t len = utf8_decode(s + i, n - i, &code);

		if (len == 0 || is_control(code)) {
			memcpy(out + out_len, replacement, sizeof(replacement));
			out_len += sizeof(replacement);
			i += len ? len : 1;
			continue;
		}
		memcpy(out + out_len, s + i, len);
		out_len += len;
		i += len;
	}
	return xreallocarray(out, out_len + 1, 1);
}

char *str_shell_quote(const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+:,./-";
	struct strbuf buf;

	if (*s && s[strspn(s, plain)] == '\0')
		return xstrdup(s);
	strbuf_open(&buf);
	(void)fputc('\'', buf.f);
	for (; *s; s++) {
		if (*s == '\'')
			(void)fputs("'\\''", buf.f);
		else
			(void)fputc(*s, buf.f);
	}
	(void)fputc('\'', buf.f);
	return strbuf_take(&buf);
}
