// SPDX-License-Identifier: Apache-2.0
/* page_texts.c - texts of the page's data: each once, in bounds */
#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/page_internal.h"

void page_texts_init(struct page_texts *texts)
{
	*texts = (struct page_texts){ .numbers = json_object(),
				      .list = json_array() };
}

void page_texts_release(struct page_texts *texts)
{
	json_decref(texts->numbers);
	json_decref(texts->list);
}

static json_t *cut(const char *text)
{
	CLEANUP_FREE char *begin = NULL;
	CLEANUP_FREE char *all = NULL;

	if (strlen(text) <= PAGE_TEXT_MAX)
		return shape_text(text);
	begin = xstrndup(text, PAGE_TEXT_MAX);
	all = xasprintf("%s … (%zu bytes in all)", begin, strlen(text));
	return shape_text(all);
}

json_t *page_texts_id(struct page_texts *texts, const char *text)
{
	json_t *clean, *number;

	if (!text)
		return json_null();
	clean = cut(text);
	number = json_object_get(texts->numbers, json_string_value(clean));
	if (!number && texts->bytes > PAGE_TEXTS_MAX) {
		texts->n_out++;
		json_decref(clean);
		return json_null();
	}
	if (!number) {
		texts->bytes += json_string_length(clean) + 4;
		number = json_integer((json_int_t)json_array_size(texts->list));
		(void)json_object_set_new(texts->numbers,
					  json_string_value(clean), number);
		(void)json_array_append(texts->list, clean);
	}
	json_decref(clean);
	return json_incref(number);
}
