// SPDX-License-Identifier: Apache-2.0
/* queue.h - what is left to do of a run, and what may be done now */
#ifndef RUNNER_QUEUE_H
#define RUNNER_QUEUE_H

#include "base/err.h"
#include "compat/plan.h"
#include "runner/rundir.h"

enum task_kind { TASK_BOOT, TASK_CELL };

/**
 * struct task - A machine to boot or a cell to run; owned by the queue
 * @outfit:	Which machine, and with what
 * @attempt:	1-based, of this kind of task
 * @dir:	Evidence folder of the attempt, set by whoever makes it
 * @label:	For people
 * @why:	Why a machine did not boot, for its cells
 */
struct task {
	enum task_kind kind;
	const struct outfit *outfit;
	const struct cell *cell;
	uint64_t attempt;
	char *dir;
	char *label;
	char *why;
	enum { TASK_TODO, TASK_BUSY, TASK_DONE, TASK_LOST } state;
};

struct queue;

/** queue_new() - All machines of unfinished cells, then those cells */
struct queue *queue_new(const struct plan *plan, const struct rundir *run);
void queue_free(struct queue *queue);

/** queue_ready() - Tasks that could be handed out now */
size_t queue_ready(const struct queue *queue);
size_t queue_cells_left(const struct queue *queue);

/** queue_next() - The next of them, busy from now on; NULL: none now */
struct task *queue_next(struct queue *queue);

/** queue_next_unbootable() - A cell whose machine does not boot, busy from now
 * on, with .why set; NULL: none */
struct task *queue_next_unbootable(struct queue *queue);

/** queue_done() - A cell's attempt is decided; @again: to be run once more */
void queue_done(struct queue *queue, struct task *task, bool again);

/** queue_booted(), queue_boot_failed() - A machine's boot is decided; it is
 * tried POOL_ATTEMPTS times */
void queue_booted(struct queue *queue, struct task *task);
void queue_boot_failed(struct queue *queue, struct task *task, const char *why);

/** queue_write_loss() - An observation that says only that the attempt was lost
 */
WARN_UNUSED
int queue_write_loss(const struct task *task, const char *why, struct err *err);

#endif
