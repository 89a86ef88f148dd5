// SPDX-License-Identifier: Apache-2.0
/* merge_files.h - what merge takes over from the folders of shards */
#ifndef RUNNER_MERGE_FILES_H
#define RUNNER_MERGE_FILES_H

#include "base/err.h"
#include "base/str.h"

/** merge_copy_cells() - All that is there of these cells; only folders and regular
 * files are taken, as the folder may be a stranger's */
WARN_UNUSED
int merge_copy_cells(const char *from, const struct str_list *cells,
		     const char *to, struct err *err);

/** merge_copy_machines() - Facts of machines; those that are there already stay,
 * and a warning says in what they differ */
WARN_UNUSED
int merge_copy_machines(const char *from, const char *to, struct err *err);

/** merge_journals() - The lines of all journals, by time */
WARN_UNUSED
int merge_journals(const struct str_list *from, const char *to,
		   struct err *err);

#endif
