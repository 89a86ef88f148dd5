// SPDX-License-Identifier: Apache-2.0
/* history_db.c - an index of runs in SQLite */
#include "runner/history_db.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/verdict.h"
#include "runner/cache.h"

/* Another layout is another number: the index is made anew then. */
#define VERSION 1
#define APPLICATION_ID 0x63726d78 /* "crmx" */
#define BUSY_MS 10000

static const char layout[] =
	"CREATE TABLE IF NOT EXISTS runs ("
	" id TEXT PRIMARY KEY, started TEXT, finished TEXT, tool TEXT,"
	" host_kernel TEXT, host_cpu TEXT, accel TEXT, path TEXT);"
	"CREATE TABLE IF NOT EXISTS cells ("
	" run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,"
	" id TEXT NOT NULL, scenario TEXT NOT NULL, source TEXT NOT NULL,"
	" target TEXT NOT NULL, verdict TEXT NOT NULL, attempts INTEGER,"
	" phase TEXT, cause TEXT, title TEXT, service_ns INTEGER,"
	" wall_ns INTEGER, control_of TEXT, PRIMARY KEY (run, id));"
	"CREATE INDEX IF NOT EXISTS cells_by_pair"
	" ON cells (scenario, source, target);"
	"PRAGMA application_id = 1668443512;"
	"PRAGMA user_version = 1;";

struct history_db {
	sqlite3 *sqlite;
	char *path;
};

int history_db_path(const char *index, char **ret_path, struct err *err)
{
	struct cache cache CLEANUP(cache_release) = { 0 };

	if (index) {
		*ret_path = xstrdup(index);
		return 0;
	}
	if (cache_open(NULL, &cache, err))
		return -1;
	*ret_path = xasprintf("%s/history.sqlite", cache.dir);
	return 0;
}

static int fail(const struct history_db *db, const char *what, struct err *err)
{
	int code = sqlite3_errcode(db->sqlite);

	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no index of runs, or damaged: without "
			       "it 'history import RUNS' makes it anew",
			       db->path);
	return err_set(err, ERR_SYS, EIO, "%s '%s': %s", what, db->path,
		       sqlite3_errmsg(db->sqlite));
}

static int execute(struct history_db *db, const char *sql, struct err *err)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ?
		       0 :
		       fail(db, "write", err);
}

static int read_pragma(struct history_db *db, const char *sql, int *ret_value,
		       struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = 0;

	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		rc = fail(db, "read", err);
	else
		*ret_value = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return rc;
}

/* A database of somebody else is left alone. */
static int check_ours(struct history_db *db, struct err *err)
{
	int application, version, tables;

	if (read_pragma(db, "PRAGMA application_id", &application, err) ||
	    read_pragma(db, "PRAGMA user_version", &version, err) ||
	    read_pragma(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
		return -1;
	if (!tables || (application == APPLICATION_ID && version == VERSION))
		return 0;
	if (application == APPLICATION_ID)
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is an index of version %d, not %d; "
			       "'history import --rebuild RUNS' makes it anew",
			       db->path, version, VERSION);
	return err_set(err, ERR_INPUT, 0,
		       "'%s' is a database of something else", db->path);
}

static int set_up(struct history_db *db, bool anew, struct err *err)
{
	(void)sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	if (check_ours(db, err) ||
	    execute(db, "PRAGMA foreign_keys = ON;", err) ||
	    execute(db, layout, err))
		return -1;
	return anew ? execute(db, "DELETE FROM runs;", err) : 0;
}

/* One of ours of another version goes when it is to be made anew, and nothing
 * else: a file that was named by mistake is somebody's. */
static int remove_old(const char *path, struct err *err)
{
	struct history_db db = { .path = xstrdup(path) };
	int application = 0, version = VERSION;
	struct err why;
	bool old;

	old = sqlite3_open_v2(path, &db.sqlite, SQLITE_OPEN_READWRITE, NULL) ==
		      SQLITE_OK &&
	      !read_pragma(&db, "PRAGMA application_id", &application, &why) &&
	      !read_pragma(&db, "PRAGMA user_version", &version, &why) &&
	      application == APPLICATION_ID && version != VERSION;
	sqlite3_close(db.sqlite);
	free(db.path);
	return old ? file_rmtree(path, err) : 0;
}

int history_db_open(const char *path, bool create, bool anew,
		    struct history_db **ret_db, struct err *err)
{
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
	struct history_db *db;

	if (!create && !file_exists(path))
		return err_set(err, ERR_INPUT, 0,
			       "there is no index '%s' yet: 'history import "
			       "RUNS' makes it",
			       path);
	if (anew && file_exists(path) && remove_old(path, err))
		return -1;
	db = xnew(struct history_db);
	db->path = xstrdup(path);
	if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK) {
		(void)err_set(err, ERR_SYS, EIO, "open '%s': %s", path,
			      sqlite3_errmsg(db->sqlite));
		history_db_close(db);
		return -1;
	}
	if (set_up(db, anew, err)) {
		history_db_close(db);
		return -1;
	}
	*ret_db = db;
	return 0;
}

void history_db_close(struct history_db *db)
{
	if (!db)
		return;
	sqlite3_close(db->sqlite);
	free(db->path);
	free(db);
}

/* --- Adding --------------------------------------------------------------------- */

static void put_text(sqlite3_stmt *stmt, int i, const char *text)
{
	/* Bound texts outlive the statement's step. */
	(void)sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
}

static void put_figure(sqlite3_stmt *stmt, int i, uint64_t value)
{
	if (value == UNMEASURED)
		(void)sqlite3_bind_null(stmt, i);
	else
		(void)sqlite3_bind_int64(stmt, i, (sqlite3_int64)value);
}

static int finish(struct history_db *db, sqlite3_stmt *stmt, struct err *err)
{
	int rc = sqlite3_step(stmt) == SQLITE_DONE ? 0 : fail(db, "write", err);

	(void)sqlite3_reset(stmt);
	return rc;
}

static int prepare(struct history_db *db, const char *sql,
		   sqlite3_stmt **ret_stmt, struct err *err)
{
	return sqlite3_prepare_v2(db->sqlite, sql, -1, ret_stmt, NULL) ==
			       SQLITE_OK ?
		       0 :
		       fail(db, "read", err);
}

static int add_run(struct history_db *db, const struct results *results,
		   const char *path, struct err *err)
{
	const char *const values[] = { results->id,	     results->started,
				       results->finished,    results->tool,
				       results->host.kernel, results->host.cpu,
				       results->host.accel,  path };
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (prepare(db, "DELETE FROM runs WHERE id = ?", &stmt, err))
		return -1;
	put_text(stmt, 1, results->id);
	rc = finish(db, stmt, err);
	sqlite3_finalize(stmt);
	if (rc || prepare(db, "INSERT INTO runs VALUES (?,?,?,?,?,?,?,?)",
			  &stmt, err))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		put_text(stmt, (int)i + 1, values[i]);
	rc = finish(db, stmt, err);
	sqlite3_finalize(stmt);
	return rc;
}

static int add_cell(struct history_db *db, sqlite3_stmt *stmt, const char *run,
		    const struct result *r, struct err *err)
{
	put_text(stmt, 1, run);
	put_text(stmt, 2, r->id);
	put_text(stmt, 3, r->scenario);
	put_text(stmt, 4, r->source);
	put_text(stmt, 5, r->target);
	put_text(stmt, 6, verdict_names[r->verdict]);
	put_figure(stmt, 7, r->attempts);
	put_text(stmt, 8,
		 r->phase == PHASE_NONE ? NULL : phase_names[r->phase]);
	put_text(stmt, 9, r->cause ? r->cause->mode : NULL);
	put_text(stmt, 10, r->cause ? r->cause->title : NULL);
	put_figure(stmt, 11, r->service_ns);
	put_figure(stmt, 12, r->wall_ns);
	put_text(stmt, 13, r->control_of);
	return finish(db, stmt, err);
}

static int add_cells(struct history_db *db, const struct results *results,
		     struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = prepare(db,
			 "INSERT INTO cells VALUES "
			 "(?,?,?,?,?,?,?,?,?,?,?,?,?)",
			 &stmt, err);

	for (size_t i = 0; !rc && i < results->n_cells; i++)
		rc = add_cell(db, stmt, results->id, &results->cells[i], err);
	sqlite3_finalize(stmt);
	return rc;
}

int history_db_add(struct history_db *db, const struct results *results,
		   const char *path, struct err *err)
{
	if (execute(db, "BEGIN IMMEDIATE", err))
		return -1;
	if (add_run(db, results, path, err) || add_cells(db, results, err) ||
	    execute(db, "COMMIT", err)) {
		/* Its own failure would add nothing to the first one. */
		(void)sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	return 0;
}

/* --- Loading -------------------------------------------------------------------- */

static char *column(sqlite3_stmt *stmt, int i)
{
	const unsigned char *text = sqlite3_column_text(stmt, i);

	return text ? str_utf8_clean((const char *)text,
				     strlen((const char *)text)) :
		      NULL;
}

static uint64_t figure(sqlite3_stmt *stmt, int i)
{
	return sqlite3_column_type(stmt, i) == SQLITE_NULL ?
		       UNMEASURED :
		       (uint64_t)sqlite3_column_int64(stmt, i);
}

static void read_run(sqlite3_stmt *stmt, struct results *run)
{
	run->id = column(stmt, 0);
	run->started = column(stmt, 1);
	run->finished = column(stmt, 2);
	run->tool = column(stmt, 3);
	run->host.kernel = column(stmt, 4);
	run->host.cpu = column(stmt, 5);
	run->host.accel = column(stmt, 6);
}

static void read_cell(sqlite3_stmt *stmt, struct result *r)
{
	CLEANUP_FREE char *verdict = column(stmt, 4);
	CLEANUP_FREE char *phase = column(stmt, 6);
	int known = verdict ? name_index(verdict_names, verdict) : -1;
	int at = phase ? name_index(phase_names, phase) : -1;

	result_blank(r);
	r->id = column(stmt, 0);
	r->scenario = column(stmt, 1);
	r->source = column(stmt, 2);
	r->target = column(stmt, 3);
	r->verdict = known < 0 ? VERDICT_BROKEN : (enum verdict)known;
	r->attempts = figure(stmt, 5);
	r->phase = at < 0 ? PHASE_NONE : (enum phase)at;
	r->service_ns = figure(stmt, 9);
	r->wall_ns = figure(stmt, 10);
	r->control_of = column(stmt, 11);
	if (sqlite3_column_type(stmt, 7) == SQLITE_NULL)
		return;
	r->cause = xnew(struct cause);
	r->cause->mode = column(stmt, 7);
	r->cause->title = column(stmt, 8);
}

static int load_cells(struct history_db *db, struct results *run,
		      struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int step;

	if (prepare(db,
		    "SELECT id, scenario, source, target, verdict, attempts, "
		    "phase, cause, title, service_ns, wall_ns, control_of "
		    "FROM cells WHERE run = ? ORDER BY rowid",
		    &stmt, err))
		return -1;
	put_text(stmt, 1, run->id);
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
		read_cell(stmt, VEC_PUSH(run->cells, run->n_cells));
	sqlite3_finalize(stmt);
	return step == SQLITE_DONE ? 0 : fail(db, "read", err);
}

static int load_runs(struct history_db *db, uint64_t last, const char *before,
		     struct results **runs, size_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int step;

	if (prepare(db,
		    "SELECT * FROM (SELECT id, started, finished, tool, "
		    "host_kernel, host_cpu, accel FROM runs "
		    "WHERE ?1 IS NULL OR started < ?1 "
		    "ORDER BY started DESC, id DESC LIMIT ?2) "
		    "ORDER BY started, id",
		    &stmt, err))
		return -1;
	put_text(stmt, 1, before);
	(void)sqlite3_bind_int64(stmt, 2, last ? (sqlite3_int64)last : -1);
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
		read_run(stmt, VEC_PUSH(*runs, *n));
	sqlite3_finalize(stmt);
	return step == SQLITE_DONE ? 0 : fail(db, "read", err);
}

int history_db_load(struct history_db *db, uint64_t last, const char *before,
		    struct results **ret_runs, size_t *ret_n, struct err *err)
{
	struct results *runs = NULL;
	size_t n = 0;
	int rc = load_runs(db, last, before, &runs, &n, err);

	for (size_t i = 0; !rc && i < n; i++)
		rc = load_cells(db, &runs[i], err);
	if (!rc) {
		*ret_runs = runs;
		*ret_n = n;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		results_release(&runs[i]);
	free(runs);
	return -1;
}
