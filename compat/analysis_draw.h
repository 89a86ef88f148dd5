// SPDX-License-Identifier: Apache-2.0
/* analysis_draw.h - which connection of a capture is drawn, and its drawing */
#ifndef COMPAT_ANALYSIS_DRAW_H
#define COMPAT_ANALYSIS_DRAW_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "compat/wire.h"

/**
 * struct analysis_pick - The connection that is worth a picture
 * @found:	There is one
 * @rank:	Of it; the least is drawn
 * @conn:	A copy
 * @sentence:	The verdict's, owned
 */
struct analysis_pick {
	bool found;
	int rank;
	struct wire_conn conn;
	char *sentence;
};

/**
 * analysis_pick_see() - Consider one connection, in order of appearance
 * @broke:	It did not survive as it should
 * @sentence:	The verdict's
 *
 * The first that two hosts served is drawn, else the first that broke, else the
 * first.
 */
void analysis_pick_see(struct analysis_pick *pick, const struct wire_conn *conn,
		       bool broke, const char *sentence);
void analysis_pick_release(struct analysis_pick *pick);

/** struct analysis_source - Whence the connections came; all borrowed */
struct analysis_source {
	const char *const *captures;
	size_t n_captures;
	const char *service;
	uint16_t port;
};

/** analysis_source_twice() - Whether all captures can be read twice: files, but
 * no pipes; ERR_INPUT when not */
WARN_UNUSED
int analysis_source_twice(const struct analysis_source *source,
			  struct err *err);

/**
 * analysis_draw() - Read the captures once more, and draw the time line
 * @pick:	Has found one
 * @report:	Of the captures
 * @err:	ERR_INPUT: they cannot be read twice, or have become shorter; else
 *		what reading and writing say
 */
WARN_UNUSED
int analysis_draw(const struct analysis_pick *pick,
		  const struct analysis_source *source,
		  const struct wire_report *report, FILE *f, struct err *err);

#endif
