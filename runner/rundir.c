// SPDX-License-Identifier: Apache-2.0
/* rundir.c - a run's folder: made, locked, journalled */
#include "runner/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/jsonfile.h"
#include "runner/rundir_place.h"

#define JOURNAL_MAX (256UL << 20)

struct rundir {
	char *path;
	int lock;
	int journal;
	struct run_info info;
	struct str_list finished; /* ids, from the journal */
	uint64_t last_ns;
};

static char *in_run(const struct rundir *run, const char *name)
{
	return xasprintf("%s/%s", run->path, name);
}

const char *rundir_path(const struct rundir *run)
{
	return run->path;
}

struct run_info *rundir_info(struct rundir *run)
{
	return &run->info;
}

static int take_lock(struct rundir *run, struct err *err)
{
	CLEANUP_FREE char *path = in_run(run, "lock");

	run->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (run->lock < 0)
		return err_errno(err, "create '%s'", path);
	if (flock(run->lock, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? rundir_in_use(run->path, err) :
					      err_errno(err, "lock '%s'", path);
	return 0;
}

static int open_journal(struct rundir *run, struct err *err)
{
	CLEANUP_FREE char *path = in_run(run, "journal.jsonl");
	char last = '\n';
	off_t size;

	run->journal =
		open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (run->journal < 0)
		return err_errno(err, "open '%s'", path);
	size = lseek(run->journal, 0, SEEK_END);
	if (size < 0 ||
	    (size > 0 && pread(run->journal, &last, 1, size - 1) != 1))
		return err_errno(err, "read '%s'", path);
	/* A torn line ends here, or the next would be lost with it. */
	if (last != '\n' && fd_write_all(run->journal, "\n", 1, err))
		return err_wrap(err, "write '%s'", path);
	return 0;
}

static struct rundir *rundir_new(const char *path)
{
	struct rundir *run = xnew(struct rundir);

	run->path = path ? xstrdup(path) : rundir_usual("run");
	run->lock = -1;
	run->journal = -1;
	return run;
}

void rundir_close(struct rundir *run)
{
	if (!run)
		return;
	fd_closep(&run->journal);
	fd_closep(&run->lock);
	run_info_release(&run->info);
	str_list_release(&run->finished);
	free(run->path);
	free(run);
}

static int write_plan(const struct rundir *run, const struct plan *plan,
		      struct err *err)
{
	CLEANUP_FREE char *path = in_run(run, "plan.json");

	return jsonfile_write(path, plan_to_json(plan), err);
}

/* Fill a folder that is ours and empty. */
static int begin(struct rundir *run, const struct plan *plan, struct err *err)
{
	return write_plan(run, plan, err) || rundir_save_info(run, err) ||
			       open_journal(run, err) ?
		       -1 :
		       0;
}

/* What could not be begun leaves nothing; the folder goes if it was @made. */
static void undo(const struct rundir *run, bool made)
{
	static const char *const names[] = { "plan.json", "run.json",
					     "journal.jsonl", "lock" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *path = in_run(run, names[i]);

		(void)unlink(path);
	}
	if (made)
		(void)rmdir(run->path);
}

int rundir_create(const char *path, const struct plan *plan,
		  struct rundir **ret_run, struct err *err)
{
	struct rundir *run = rundir_new(path);
	bool made = !file_exists(run->path);
	char started[21];

	clock_iso8601(clock_real_ns(), started);
	run->info.started = xstrdup(started);
	run->info.id = xasprintf("%s-%d", started, getpid());
	if (rundir_check(run->path, err) || file_mkdirs(run->path, err) ||
	    take_lock(run, err) || rundir_must_be_new(run->path, err)) {
		rundir_close(run);
		return -1;
	}
	if (begin(run, plan, err)) {
		undo(run, made);
		rundir_close(run);
		return -1;
	}
	*ret_run = run;
	return 0;
}

int rundir_save_info(struct rundir *run, struct err *err)
{
	CLEANUP_FREE char *path = in_run(run, "run.json");

	return jsonfile_write(path, run_info_to_json(&run->info), err);
}

/* Lines that a power cut tore are not JSON, and are passed over. */
static int read_journal(struct rundir *run, struct err *err)
{
	CLEANUP_FREE char *path = in_run(run, "journal.jsonl");
	CLEANUP_FREE char *text = NULL;
	char *line, *rest;

	if (!file_exists(path))
		return 0;
	if (file_read(path, JOURNAL_MAX, &text, NULL, err))
		return -1;
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		json_t *json = json_loads(line, 0, NULL);
		const char *cell =
			json_string_value(json_object_get(json, "finished"));

		if (cell) {
			str_list_add(&run->finished, cell);
			run->last_ns = (uint64_t)json_integer_value(
				json_object_get(json, "at_ns"));
		}
		json_decref(json);
	}
	return 0;
}

int rundir_read_plan(const char *file, struct plan *ret_plan, struct err *err)
{
	json_t *json = NULL;
	int rc;

	if (jsonfile_read(file, &json, err))
		return -1;
	rc = plan_from_json(json, ret_plan, err);
	json_decref(json);
	return rc ? err_wrap(err, "%s", file) : 0;
}

int rundir_open(const char *path, struct rundir **ret_run,
		struct plan *ret_plan, struct err *err)
{
	struct rundir *run = rundir_new(path);
	CLEANUP_FREE char *plan_path = in_run(run, "plan.json");

	if (!file_exists(plan_path)) {
		rundir_close(run);
		return err_set(err, ERR_INPUT, 0,
			       "'%s' is no run: it has no plan.json", path);
	}
	if (take_lock(run, err) || read_journal(run, err) ||
	    jsonfile_run_info(path, &run->info, err) ||
	    open_journal(run, err) ||
	    rundir_read_plan(plan_path, ret_plan, err)) {
		rundir_close(run);
		return err_wrap(err, "run '%s'", path);
	}
	*ret_run = run;
	return 0;
}

int rundir_journal(struct rundir *run, json_t *line, bool sync, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *whole = NULL;
	uint64_t now_ns = clock_real_ns();

	if (json_object_get(line, "finished"))
		run->last_ns = now_ns;
	(void)json_object_set_new(line, "at_ns",
				  json_integer((json_int_t)now_ns));
	text = json_dumps(line, JSON_COMPACT);
	json_decref(line);
	assert(text);
	whole = xasprintf("%s\n", text);
	if (fd_write_all(run->journal, whole, strlen(whole), err))
		return err_wrap(err, "write the journal of '%s'", run->path);
	if (sync && fdatasync(run->journal))
		return err_errno(err, "write the journal of '%s'", run->path);
	return 0;
}

uint64_t rundir_last_ns(const struct rundir *run)
{
	return run->last_ns;
}

bool rundir_finished(const struct rundir *run, const char *cell)
{
	return str_list_has(&run->finished, cell);
}

static char *attempt_path(const char *path, const char *cell, uint64_t attempt)
{
	return xasprintf("%s/cells/%s/attempt-%llu", path, cell,
			 (unsigned long long)attempt);
}

int rundir_attempt_dir(struct rundir *run, const char *cell, uint64_t attempt,
		       char **ret_dir, struct err *err)
{
	char *dir = attempt_path(run->path, cell, attempt);

	if (file_rmtree(dir, err) || file_mkdirs(dir, err)) {
		free(dir);
		return -1;
	}
	*ret_dir = dir;
	return 0;
}

int rundir_machine(struct rundir *run, const char *name, const json_t *facts,
		   struct err *err)
{
	CLEANUP_FREE char *dir = in_run(run, "machines");
	CLEANUP_FREE char *path = xasprintf("%s/%s.json", dir, name);

	if (file_mkdirs(dir, err))
		return -1;
	return jsonfile_write(path, json_deep_copy(facts), err);
}
