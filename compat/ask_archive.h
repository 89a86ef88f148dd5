// SPDX-License-Identifier: Apache-2.0
/* ask_archive.h - where may a checkpoint archive be restored? */
#ifndef COMPAT_ASK_ARCHIVE_H
#define COMPAT_ASK_ARCHIVE_H

#include "compat/ask.h"
#include "compat/checkpoint.h"

#define ASK_ARCHIVE_SCHEMA "crmatrix/ask-archive/1"

/**
 * struct archive_answers - What a run says of an archive
 * @checkpoint:	Borrowed
 * @v:		One for each machine of the run that is like where it was made
 */
struct archive_answers {
	const struct checkpoint *checkpoint;
	const struct results *results;
	struct answers *v;
	size_t n;
};

/**
 * ask_archive() - Where may it be restored?
 * @question:	.from: where it was made; NULL: all machines like that
 *
 * Return: 0, or -1 as ask()
 */
WARN_UNUSED
int ask_archive(const struct checkpoint *checkpoint,
		const struct results *results, const struct question *question,
		struct archive_answers *ret_answers, struct err *err);
void archive_answers_release(struct archive_answers *answers);

/** archive_answers_sum() - With a target asked for: as answers_sum() over all;
 * without one: yes when it may be restored somewhere, whichever of the machines it
 * was made on */
enum answer archive_answers_sum(const struct archive_answers *answers);

/** archive_answers_print() - For people */
void archive_answers_print(const struct archive_answers *answers,
			   const struct report_opts *opts, FILE *out);
/** archive_answers_json() - For programs; a new reference */
json_t *archive_answers_json(const struct archive_answers *answers);

#endif
