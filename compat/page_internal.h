// SPDX-License-Identifier: Apache-2.0
/* page_internal.h - what the files that write the page share */
#ifndef COMPAT_PAGE_INTERNAL_H
#define COMPAT_PAGE_INTERNAL_H

#include <jansson.h>

#include "compat/compare.h"
#include "compat/page.h"
#include "compat/report_view.h"

/** struct page_change - How the page tells a change between two runs */
struct page_change {
	const char *title;
	const char *meaning;
};
extern const struct page_change page_changes[CHANGE_COUNT];

/** Of the file; what does not fit is left out, and the page says so */
#define PAGE_BYTES_MAX (9500UL << 10)
/** Of texts that cells share, and of one of them */
#define PAGE_TEXTS_MAX (2500UL << 10)
#define PAGE_TEXT_MAX 2000

/* --- page_put.c: how strangers' strings get into HTML ---------------------- */

/** page_text() - Any bytes as text of an element or of a quoted attribute */
void page_text(FILE *f, const char *text);
void page_textf(FILE *f, const char *fmt, ...) PRINTF(2, 3);
/** page_link() - A link when it is https or http, else its text */
void page_link(FILE *f, const char *url);
/** page_json() - A data block: nothing in it can end its element */
void page_json(FILE *f, const char *id, const json_t *json);
/** page_json_size() - Bytes that page_json() takes */
size_t page_json_size(const json_t *json);
/** page_hash() - What a Content-Security-Policy calls a script or style; owned */
char *page_hash(const char *begin, const char *end);
/** page_base64() - Owned */
char *page_base64(const void *bytes, size_t len);

/* --- page_texts.c: texts that are told once and named by their number ------ */

/**
 * struct page_texts - Numbered texts
 * @n_out:	Texts for which there was no room
 */
struct page_texts {
	json_t *numbers;
	json_t *list;
	size_t bytes;
	size_t n_out;
};
void page_texts_init(struct page_texts *texts);
void page_texts_release(struct page_texts *texts);
/** page_texts_id() - Its number; null for NULL, or when it is left out. New
 * reference */
json_t *page_texts_id(struct page_texts *texts, const char *text);

/* --- The parts ------------------------------------------------------------- */

/** page_plain() - All of it as tables, for browsers without script */
void page_plain(const struct view *view, const struct report_opts *opts,
		const struct comparison *against, FILE *f);

/** page_data() - The results for the scripts; new reference */
json_t *page_data(const struct view *view, const struct report_opts *opts,
		  const struct comparison *against);

/** page_cells() - "columns" and "cells" of page_data() */
void page_cells(const struct view *view, struct page_texts *texts,
		json_t *data);

/** page_history() - How cells fared over time; null when not asked for */
json_t *page_history(const struct history *history, struct page_texts *texts);

/** struct page_left - What was left out of the stories */
struct page_left {
	size_t n_stories, n_pictures, n_drawings;
};

/** page_stories() - A data block for each cell of which there is more to tell
 * @room:	Bytes that they may take */
void page_stories(const struct view *view, const struct report_opts *opts,
		  size_t room, FILE *f, struct page_left *ret_left);

/** page_excerpts() - Of a cell's logs: around the line that is its cause, else
 * their ends; new reference */
json_t *page_excerpts(const struct result *cell,
		      const struct page_evidence *evidence);

#endif
