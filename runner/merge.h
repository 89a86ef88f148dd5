// SPDX-License-Identifier: Apache-2.0
/* merge.h - run folders of shards joined into one */
#ifndef RUNNER_MERGE_H
#define RUNNER_MERGE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/**
 * merge_runs() - Make a run folder of several, made on any hosts
 * @runs:	Their folders; they stay as they are
 * @out:	A new or empty folder; made whole or not at all
 * @partial:	Shards may be missing
 *
 * Each cell keeps its evidence and the host it was run on (results.json: "host").
 *
 * Return: 0, or -1 with ERR_INPUT when they do not belong together, see
 * plans_merge()
 */
WARN_UNUSED
int merge_runs(const struct str_list *runs, const char *out, bool partial,
	       struct err *err);

#endif
