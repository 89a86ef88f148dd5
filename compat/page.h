// SPDX-License-Identifier: Apache-2.0
/* page.h - the page: what it shows besides the results, and who gives it */
#ifndef COMPAT_PAGE_H
#define COMPAT_PAGE_H

#include "compat/history.h"
#include "compat/results.h"

/** enum page_log - Texts of a cell's folder that excerpts are taken from */
enum page_log {
	PAGE_DUMP,
	PAGE_RESTORE,
	PAGE_CONSOLE_SOURCE,
	PAGE_CONSOLE_TARGET,
	PAGE_TRANSCRIPT,
	PAGE_PEER,
	PAGE_LOG_COUNT
};
extern const char *const page_log_names[PAGE_LOG_COUNT];

/** struct page_picture - An image file that a scenario kept */
struct page_picture {
	char *name;
	unsigned char *bytes;
	size_t len;
};

/** Of one cell at most so many pictures, and none larger */
#define PAGE_PICTURES_MAX 4
#define PAGE_PICTURE_BYTES_MAX (256UL << 10)

/**
 * struct page_evidence - What a cell's folder holds; all owned
 * @has_obs:	There was an observation that could be read
 * @logs:	By enum page_log; NULL: not there
 * @svg:	Time line of a connection, NULL: none was drawn
 * @files:	Names of all files
 * @n_pictures_out: Pictures that were too many or too large
 */
struct page_evidence {
	bool has_obs;
	struct observation obs;
	char *logs[PAGE_LOG_COUNT];
	char *svg;
	struct page_picture *pictures;
	size_t n_pictures;
	size_t n_pictures_out;
	struct str_list files;
};
void page_evidence_release(struct page_evidence *evidence);

/**
 * struct page_source - Whatever the page shows besides results; all borrowed
 * @plan:	What was asked of machines and scenarios, NULL: not known
 * @against:	An older run, NULL: none
 * @against_dir: Its folder, as the user gave it
 * @history:	Runs over time, NULL: not asked for
 * @href:	The run's folder as seen from where the page will lie, for links
 *		to files; NULL: no links
 * @evidence:	Reads a cell's folder: false when there is nothing; NULL: there
 *		are results alone
 */
struct page_source {
	const struct plan *plan;
	const struct results *against;
	const char *against_dir;
	const struct history *history;
	const char *href;
	bool (*evidence)(void *arg, const struct result *cell,
			 struct page_evidence *ret_evidence);
	void *arg;
};

#endif
