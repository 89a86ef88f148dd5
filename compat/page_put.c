// SPDX-License-Identifier: Apache-2.0
/* page_put.c - strings into HTML, so that they stay strings */
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <string.h>

#include "base/mem.h"
#include "compat/analysis_svg_text.h"
#include "compat/page_internal.h"

void page_text(FILE *f, const char *text)
{
	if (text)
		svg_escape(f, text);
}

void page_textf(FILE *f, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	page_text(f, text);
}

void page_link(FILE *f, const char *url)
{
	if (!str_starts(url, "https://") && !str_starts(url, "http://")) {
		page_text(f, url);
		return;
	}
	(void)fputs("<a rel=\"noopener noreferrer\" href=\"", f);
	page_text(f, url);
	(void)fputs("\">", f);
	page_text(f, url);
	(void)fputs("</a>", f);
}

static bool is_markup(char c)
{
	return c == '<' || c == '>' || c == '&';
}

/* What HTML could take for markup appears in strings alone, as \u003c. All that
 * is not ASCII is escaped by jansson: U+2028 too. */
static int put_json(const char *bytes, size_t len, void *arg)
{
	FILE *f = arg;
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_markup(bytes[i]))
			continue;
		(void)fwrite(bytes + from, 1, i - from, f);
		(void)fprintf(f, "\\u%04x", (unsigned)bytes[i]);
		from = i + 1;
	}
	(void)fwrite(bytes + from, 1, len - from, f);
	return 0;
}

static int count_json(const char *bytes, size_t len, void *arg)
{
	size_t *size = arg;

	*size += len;
	for (size_t i = 0; i < len; i++)
		*size += is_markup(bytes[i]) ? sizeof("u003c") - 1 : 0;
	return 0;
}

#define JSON_FLAGS (JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12))

void page_json(FILE *f, const char *id, const json_t *json)
{
	(void)fputs("<script type=\"application/json\" id=\"", f);
	page_text(f, id);
	(void)fputs("\">", f);
	(void)json_dump_callback(json, put_json, f, JSON_FLAGS);
	(void)fputs("</script>\n", f);
}

size_t page_json_size(const json_t *json)
{
	size_t size = sizeof("<script type=\"application/json\" "
			     "id=\"story-123456\"></script>\n");

	(void)json_dump_callback(json, count_json, &size, JSON_FLAGS);
	return size;
}

char *page_base64(const void *bytes, size_t len)
{
	char *text = xcalloc(BASE64_ENCODE_RAW_LENGTH(len) + 1, 1);

	base64_encode_raw(text, len, bytes);
	return text;
}

char *page_hash(const char *begin, const char *end)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;
	CLEANUP_FREE char *text = NULL;

	sha256_init(&ctx);
	sha256_update(&ctx, (size_t)(end - begin), (const uint8_t *)begin);
	sha256_digest(&ctx, sizeof(digest), digest);
	text = page_base64(digest, sizeof(digest));
	return xasprintf("'sha256-%s'", text);
}
