// SPDX-License-Identifier: Apache-2.0
/* rundir.h - a run's folder: all that resume, report and explain read */
#ifndef RUNNER_RUNDIR_H
#define RUNNER_RUNDIR_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "compat/plan.h"
#include "compat/results.h"
#include "compat/shards.h"

/*
 * DOC: A run's folder
 *	plan.json	what was asked for, resolved; written before anything is run
 *	run.json	id, when begun, the host, how it is run
 *	journal.jsonl	a line before and after each step, and when a cell is
 *			finished; a torn last line is ignored
 *	machines/NAME.json  facts of a machine that was booted
 *	cells/ID/attempt-N/ observation.json and the evidence of each attempt
 *	results.json	what is said of all that; made anew at any time
 *	lock		held by the process that runs it
 */

/** struct rundir - An open run folder; opaque */
struct rundir;

/** struct run_part - A shard that was merged into a run, and where it was made */
struct run_part {
	char *id;
	char *started;
	struct host_facts host;
	struct str_list cells;
};

/**
 * struct run_info - run.json; all owned
 * @shard:	Which part of a plan it is; 0 of 0: not one
 * @parts:	What it was merged of; empty: it was run
 */
struct run_info {
	char *id;
	char *started;
	char *accel;
	struct host_facts host;
	struct shard_ref shard;
	struct run_part *parts;
	size_t n_parts;
};
void run_info_release(struct run_info *info);

/** run_info_part() - The shard that a cell was merged from, or NULL */
const struct run_part *run_info_part(const struct run_info *info,
				     const char *cell);

json_t *run_info_to_json(const struct run_info *info);
/** run_info_from_json() - What is absent or of another type stays unknown */
void run_info_from_json(const json_t *json, struct run_info *ret_info);

/**
 * rundir_create() - Begin a run in a new or empty folder
 * @path:	NULL: results/run-TIME under the working directory
 * @err:	ERR_INPUT when the folder holds a run or anything else
 */
WARN_UNUSED
int rundir_create(const char *path, const struct plan *plan,
		  struct rundir **ret_run, struct err *err);

/** rundir_check() - Whether rundir_create() would take @path, before any work is
 * done for the run; ERR_INPUT when not. Nothing is written */
WARN_UNUSED
int rundir_check(const char *path, struct err *err);

/** rundir_read_plan() - The plan of a run, from its file */
WARN_UNUSED
int rundir_read_plan(const char *file, struct plan *ret_plan, struct err *err);

/** rundir_open() - Open for going on, locked; ERR_INPUT when it is no run, or
 * another process runs it */
WARN_UNUSED
int rundir_open(const char *path, struct rundir **ret_run,
		struct plan *ret_plan, struct err *err);
void rundir_close(struct rundir *run);

const char *rundir_path(const struct rundir *run);

/** rundir_info() - run.json as it stands; may be changed and saved */
struct run_info *rundir_info(struct rundir *run);
WARN_UNUSED
int rundir_save_info(struct rundir *run, struct err *err);

/** rundir_journal() - Append one line; frees @line. @sync: and reach the disk */
WARN_UNUSED
int rundir_journal(struct rundir *run, json_t *line, bool sync,
		   struct err *err);

/** rundir_finished() - Whether the journal says that a cell is finished */
bool rundir_finished(const struct rundir *run, const char *cell);

/** rundir_last_ns() - When the journal's last cell was finished, since the
 * epoch; 0: none was */
uint64_t rundir_last_ns(const struct rundir *run);

/** rundir_attempts() - Number of the last attempt that was observed to its end */
uint64_t rundir_attempts(const struct rundir *run, const char *cell);

/** rundir_attempt_dir() - Make (or empty) the folder of an attempt; owned */
WARN_UNUSED
int rundir_attempt_dir(struct rundir *run, const char *cell, uint64_t attempt,
		       char **ret_dir, struct err *err);

/** rundir_machine() - Keep a machine's facts */
WARN_UNUSED
int rundir_machine(struct rundir *run, const char *name, const json_t *facts,
		   struct err *err);

/**
 * rundir_judge() - Judge one cell from its last attempt's observation
 * @ret_result:	NOTRUN when there is none
 */
WARN_UNUSED
int rundir_judge(const char *path, const struct plan *plan,
		 const struct cell *cell, struct result *ret_result,
		 struct err *err);

/** rundir_results() - Judge all cells anew, with the machines' facts
 * @finished: Time for "finished", NULL: still running */
WARN_UNUSED
int rundir_results(const char *path, const struct plan *plan,
		   const char *finished, struct results *ret_results,
		   struct err *err);

/** rundir_write_results() - results.json */
WARN_UNUSED
int rundir_write_results(const char *path, const struct results *results,
			 struct err *err);

/** rundir_read_results() - results.json or, when a run was cut short before it
 * wrote one, the same from what is there. @path may be such a file itself */
WARN_UNUSED
int rundir_read_results(const char *path, struct results *ret_results,
			struct err *err);

/** rundir_judge_results() - The same judged anew from what the cells left; what
 * results.json says when the run has no plan */
WARN_UNUSED
int rundir_judge_results(const char *path, struct results *ret_results,
			 struct err *err);

/** rundir_observation() - Of a cell's last attempt
 * @ret_dir: Its folder, relative to the run's; owned; NULL when there is none */
WARN_UNUSED
int rundir_observation(const char *path, const char *cell,
		       struct observation *ret_obs, char **ret_dir,
		       struct err *err);

#endif
