// SPDX-License-Identifier: Apache-2.0
/* history_db.h - an index of runs in SQLite: a copy, made anew from folders at any
 * time */
#ifndef RUNNER_HISTORY_DB_H
#define RUNNER_HISTORY_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/results.h"

/** struct history_db - An open index; opaque */
struct history_db;

/** history_db_path() - @index, or where the index is when nobody says: in the cache;
 * owned */
WARN_UNUSED
int history_db_path(const char *index, char **ret_path, struct err *err);

/**
 * history_db_open() - Open an index
 * @path:	The file
 * @create:	Make it when there is none; else that is ERR_INPUT
 * @anew:	Throw away what is in it
 * @err:	ERR_INPUT when the file is something else, or of another version
 */
WARN_UNUSED
int history_db_open(const char *path, bool create, bool anew,
		    struct history_db **ret_db, struct err *err);
void history_db_close(struct history_db *db);

/** history_db_add() - Take a run in, in place of what is there by its id; all of it
 * or nothing */
WARN_UNUSED
int history_db_add(struct history_db *db, const struct results *results,
		   const char *path, struct err *err);

/**
 * history_db_load() - Runs, the oldest first
 * @last:	The newest so many, 0: all
 * @before:	Only such as began before that time; NULL: all
 * @ret_runs:	What the index keeps of each: id, when begun, host, cells with
 *		verdict, cause and figures; owned
 */
WARN_UNUSED
int history_db_load(struct history_db *db, uint64_t last, const char *before,
		    struct results **ret_runs, size_t *ret_n, struct err *err);

#endif
