// SPDX-License-Identifier: Apache-2.0
/* queue.c - what is left to do of a run, and what may be done now */
#include "runner/queue.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/observation.h"
#include "runner/jsonfile.h"
#include "runner/pool.h"

struct queue {
	struct task *boots;
	size_t n_boots;
	struct task *cells;
	size_t n_cells;
};

static bool needed(const struct plan *plan, const struct rundir *run,
		   const struct outfit *outfit)
{
	for (size_t i = 0; i < plan->n_cells; i++) {
		const struct cell *cell = &plan->cells[i];

		if ((cell->outfits[0] == outfit ||
		     cell->outfits[1] == outfit) &&
		    !rundir_finished(run, cell->id))
			return true;
	}
	return false;
}

struct queue *queue_new(const struct plan *plan, const struct rundir *run)
{
	struct queue *q = xnew(struct queue);

	q->boots = xcalloc(plan->n_outfits, sizeof(*q->boots));
	q->cells = xcalloc(plan->n_cells, sizeof(*q->cells));
	for (size_t i = 0; i < plan->n_outfits; i++) {
		const struct outfit *outfit = &plan->outfits[i];

		if (!needed(plan, run, outfit))
			continue;
		q->boots[q->n_boots++] = (struct task){
			.kind = TASK_BOOT,
			.outfit = outfit,
			.attempt = 1,
			.label = xasprintf("boot %s", outfit->label)
		};
	}
	for (size_t i = 0; i < plan->n_cells; i++) {
		const struct cell *cell = &plan->cells[i];

		if (rundir_finished(run, cell->id))
			continue;
		q->cells[q->n_cells++] = (struct task){
			.kind = TASK_CELL,
			.cell = cell,
			.attempt = rundir_attempts(run, cell->id) + 1,
			.label = xasprintf("%s %s -> %s", cell->scenario->name,
					   cell->source->name,
					   cell->target->name)
		};
	}
	return q;
}

static void task_release(struct task *task)
{
	free(task->dir);
	free(task->label);
	free(task->why);
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	for (size_t i = 0; i < q->n_boots; i++)
		task_release(&q->boots[i]);
	for (size_t i = 0; i < q->n_cells; i++)
		task_release(&q->cells[i]);
	free(q->boots);
	free(q->cells);
	free(q);
}

static const struct task *boot_of(const struct queue *q,
				  const struct outfit *outfit)
{
	for (size_t i = 0; i < q->n_boots; i++)
		if (q->boots[i].outfit == outfit)
			return &q->boots[i];
	return NULL;
}

static bool runnable(const struct queue *q, const struct task *task)
{
	if (task->state != TASK_TODO)
		return false;
	return boot_of(q, task->cell->outfits[0])->state == TASK_DONE &&
	       boot_of(q, task->cell->outfits[1])->state == TASK_DONE;
}

size_t queue_ready(const struct queue *q)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n_boots; i++)
		n += q->boots[i].state == TASK_TODO;
	for (size_t i = 0; i < q->n_cells; i++)
		n += runnable(q, &q->cells[i]);
	return n;
}

size_t queue_cells_left(const struct queue *q)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n_cells; i++)
		n += q->cells[i].state != TASK_DONE;
	return n;
}

static struct task *take(struct task *task)
{
	task->state = TASK_BUSY;
	return task;
}

struct task *queue_next(struct queue *q)
{
	for (size_t i = 0; i < q->n_boots; i++)
		if (q->boots[i].state == TASK_TODO)
			return take(&q->boots[i]);
	for (size_t i = 0; i < q->n_cells; i++)
		if (runnable(q, &q->cells[i]))
			return take(&q->cells[i]);
	return NULL;
}

struct task *queue_next_unbootable(struct queue *q)
{
	for (size_t i = 0; i < q->n_cells; i++) {
		struct task *task = &q->cells[i];
		const struct task *source, *target, *lost;

		if (task->state != TASK_TODO)
			continue;
		source = boot_of(q, task->cell->outfits[0]);
		target = boot_of(q, task->cell->outfits[1]);
		lost = source->state == TASK_LOST ? source : target;
		if (lost->state != TASK_LOST)
			continue;
		/* Its boots were its attempts. */
		task->attempt = lost->attempt;
		free(task->why);
		task->why = xstrdup(lost->why);
		return take(task);
	}
	return NULL;
}

void queue_done(struct queue *q, struct task *task, bool again)
{
	(void)q;
	task->state = again ? TASK_TODO : TASK_DONE;
	if (again)
		task->attempt++;
	free(TAKE(task->dir));
}

void queue_booted(struct queue *q, struct task *task)
{
	(void)q;
	task->state = TASK_DONE;
}

void queue_boot_failed(struct queue *q, struct task *task, const char *why)
{
	(void)q;
	free(task->why);
	task->why = xstrdup(why);
	task->state = task->attempt < POOL_ATTEMPTS ? TASK_TODO : TASK_LOST;
	if (task->state == TASK_TODO)
		task->attempt++;
}

int queue_write_loss(const struct task *task, const char *why, struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/observation.json", task->dir);
	struct observation obs;
	int rc;

	if (file_exists(path)) /* it was observed after all */
		return 0;
	observation_init(&obs);
	obs.cell = xstrdup(task->cell->id);
	obs.attempt = task->attempt;
	obs.broken = xstrdup(why);
	obs.broken_phase = PHASE_BOOT;
	rc = jsonfile_write(path, observation_to_json(&obs), err);
	observation_release(&obs);
	return rc;
}
