// SPDX-License-Identifier: Apache-2.0
/* pool.c - workers at work on a run's cells */
#include "runner/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/crew.h"
#include "runner/events.h"
#include "runner/queue.h"
#include "runner/shell.h"

#define SLACK_NS (60 * NS_PER_S)
#define BOOT_LIMIT_NS (300 * NS_PER_S)

/*
 * DOC: Theory of operation
 * The queue says what is to be done, a worker that is ready gets the next of
 * it. An answer, the worker's end or a deadline finishes the task. Everything
 * that is decided goes to the journal before the next task is handed out.
 */
struct pool {
	const struct pool_opts *opts;
	struct queue *queue;
	struct crew crew;
	int signals;
	int got_signal;
	bool stopping; /* no new tasks */
	bool fatal;
	struct err why; /* of .fatal */
};

/* How long a worker may be silent over a task before it is taken for hung. */
static uint64_t limit_ns(const struct task *task)
{
	const struct limits *l;

	if (task->kind == TASK_BOOT)
		return BOOT_LIMIT_NS;
	l = &task->cell->scenario->limits;
	return l->boot_ns + l->start_ns * 3 + l->dump_ns + l->transfer_ns +
	       l->restore_ns + l->resume_ns * 3 + l->verify_ns +
	       task->cell->scenario->peer.before_ns +
	       task->cell->scenario->peer.after_ns + SLACK_NS;
}

static json_t *task_message(const struct task *task)
{
	if (task->kind == TASK_BOOT)
		return json_pack("{s:s, s:s}", "do", "boot", "machine",
				 task->outfit->label);
	return json_pack("{s:s, s:s, s:I, s:s}", "do", "cell", "cell",
			 task->cell->id, "attempt", (json_int_t)task->attempt,
			 "dir", task->dir);
}

static int hand_out(struct pool *pool, struct member *m, struct err *err)
{
	struct task *task = queue_next(pool->queue);

	if (!task)
		return 0;
	m->task = task;
	m->ready = false;
	m->deadline_ns = clock_now_ns() + limit_ns(task);
	if (task->kind == TASK_CELL &&
	    (rundir_attempt_dir(pool->opts->run, task->cell->id, task->attempt,
				&task->dir, err) ||
	     rundir_journal(pool->opts->run,
			    json_pack("{s:s, s:I}", "begin", task->cell->id,
				      "attempt", (json_int_t)task->attempt),
			    true, err)))
		return -1;
	progress_now(pool->opts->progress, m->slot, task->label);
	return events_send(m->fd, task_message(task), err);
}

static int decide(struct pool *pool, struct task *task, struct err *err)
{
	struct result result = { 0 };
	bool again;
	int rc = rundir_judge(rundir_path(pool->opts->run), pool->opts->plan,
			      task->cell, &result, err);

	if (rc)
		return -1;
	again = result.verdict == VERDICT_BROKEN &&
		task->attempt < POOL_ATTEMPTS && !pool->got_signal;
	rc = rundir_journal(
		pool->opts->run,
		json_pack("{s:s, s:I, s:s}", again ? "again" : "finished",
			  task->cell->id, "attempt", (json_int_t)task->attempt,
			  "verdict", verdict_names[result.verdict]),
		true, err);
	progress_cell(pool->opts->progress, &result, again);
	queue_done(pool->queue, task, again);
	result_release(&result);
	return rc;
}

static int lose_task(struct pool *pool, struct member *m, const char *why,
		     struct err *err)
{
	struct task *task = TAKE(m->task);

	if (!task || pool->got_signal)
		return 0;
	if (task->kind == TASK_BOOT) {
		queue_boot_failed(pool->queue, task, why);
		progress_note(pool->opts->progress, "machine %s: %s",
			      task->outfit->label, why);
		return 0;
	}
	if (queue_write_loss(task, why, err))
		return -1;
	return decide(pool, task, err);
}

static int on_step(struct pool *pool, struct member *m, const json_t *event,
		   struct err *err)
{
	const struct task *task = m->task;
	CLEANUP_FREE char *label = NULL;

	if (!task || task->kind != TASK_CELL)
		return 0;
	if (str_eq(events_text(event, "state"), "begin")) {
		label = xasprintf("%s: %s", task->label,
				  events_text(event, "name"));
		progress_now(pool->opts->progress, m->slot, label);
	}
	return rundir_journal(pool->opts->run,
			      json_pack("{s:s, s:s, s:s, s:s, s:s}", "cell",
					task->cell->id, "step",
					events_text(event, "name"), "phase",
					events_text(event, "phase"), "on",
					events_text(event, "on"), "state",
					events_text(event, "state")),
			      false, err);
}

static int on_booted(struct pool *pool, struct member *m, const json_t *event,
		     struct err *err)
{
	const struct outfit *outfit;
	const json_t *facts = json_object_get(event, "facts");
	struct task *task = TAKE(m->task);

	if (!task || task->kind != TASK_BOOT)
		return 0;
	outfit = task->outfit;
	progress_note(pool->opts->progress,
		      "machine %s: kernel %s, criu %s, glibc %s, %s",
		      outfit->label, events_text(facts, "kernel"),
		      events_text(facts, "criu"), events_text(facts, "glibc"),
		      events_text(facts, "cpu_model"));
	queue_booted(pool->queue, task);
	if (outfit != plan_usual_outfit(pool->opts->plan, outfit->declared))
		return 0;
	return rundir_machine(pool->opts->run, outfit->declared->name, facts,
			      err);
}

static int on_failed(struct pool *pool, struct member *m, const json_t *event,
		     struct err *err)
{
	return lose_task(pool, m, events_text(event, "why"), err);
}

static int on_done(struct pool *pool, struct member *m, const json_t *event,
		   struct err *err)
{
	struct task *task = TAKE(m->task);

	(void)event;
	if (!task || task->kind != TASK_CELL)
		return 0;
	return decide(pool, task, err);
}

static int on_ready(struct pool *pool, struct member *m, const json_t *event,
		    struct err *err)
{
	struct run_info *info = rundir_info(pool->opts->run);
	const char *qemu = events_text(event, "qemu");

	m->ready = true;
	m->proved = true;
	progress_now(pool->opts->progress, m->slot, NULL);
	if (!*qemu || info->host.qemu)
		return 0;
	info->host.qemu = xstrdup(qemu);
	info->host.libvirt = xstrdup(events_text(event, "libvirt"));
	return rundir_save_info(pool->opts->run, err);
}

static int on_fatal(struct pool *pool, struct member *m, const json_t *event,
		    struct err *err)
{
	(void)err;
	(void)m;
	pool->fatal = true;
	(void)events_fatal(event, &pool->why);
	return 0;
}

/* Whoever looks into a guest may take their time. */
static int on_held(struct pool *pool, struct member *m, const json_t *event,
		   struct err *err)
{
	progress_now(pool->opts->progress, m->slot, NULL);
	if (shell_talk(m->fd, event, stdin, stdout, err))
		return -1;
	m->deadline_ns = clock_now_ns() + limit_ns(m->task);
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(struct pool *pool, struct member *m, const json_t *event,
		  struct err *err);
} handlers[] = {
	{ "ready", on_ready },	 { "step", on_step }, { "booted", on_booted },
	{ "failed", on_failed }, { "done", on_done }, { "fatal", on_fatal },
	{ "held", on_held },
};

/* A worker's end is its task's loss; another takes its place when needed. */
static int on_gone(struct pool *pool, struct member *m, struct err *err)
{
	CLEANUP_FREE char *why = crew_bury(m);

	if (!m->proved && !pool->fatal && !pool->got_signal) {
		pool->fatal = true;
		(void)err_set(&pool->why, ERR_MISSING, 0,
			      "a worker could not start: %s", why);
	}
	return lose_task(pool, m, why, err);
}

static int on_message(struct pool *pool, struct member *m, struct err *err)
{
	json_t *event;
	int rc = events_receive(m->fd, &event, err);

	if (rc == 0)
		return on_gone(pool, m, err);
	if (rc < 0)
		return -1;
	rc = 0;
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		if (str_eq(events_text(event, "event"), handlers[i].name))
			rc = handlers[i].fn(pool, m, event, err);
	json_decref(event);
	return rc;
}

static void on_signal(struct pool *pool)
{
	struct signalfd_siginfo info;

	if (read(pool->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGINT && !pool->stopping) {
		progress_note(pool->opts->progress,
			      "stopping after the cells under way; once more "
			      "to stop at once");
		pool->stopping = true;
		return;
	}
	pool->stopping = true;
	pool->got_signal = (int)info.ssi_signo;
}

static int check_deadlines(struct pool *pool, struct err *err)
{
	for (size_t i = 0; i < pool->crew.n; i++) {
		struct member *m = &pool->crew.v[i];

		if (!m->task || clock_now_ns() < m->deadline_ns)
			continue;
		crew_kill(m);
		if (lose_task(pool, m,
			      "the worker hung: nothing came of it "
			      "within all of the cell's limits",
			      err))
			return -1;
	}
	return 0;
}

/* Workers for what can be done now, but never more than there are jobs. */
static int staff(struct pool *pool, struct err *err)
{
	size_t wanted = queue_ready(pool->queue);
	struct member *m;

	if (pool->stopping)
		return 0;
	for (size_t i = 0; i < pool->crew.n; i++) {
		m = &pool->crew.v[i];
		if (m->alive && m->ready && !m->task && wanted > 0) {
			if (hand_out(pool, m, err))
				return -1;
			wanted--;
		} else if (m->alive && !m->ready && !m->task && wanted > 0) {
			wanted--; /* it will be ready soon */
		}
	}
	for (size_t i = 0; i < pool->crew.n && wanted > 0; i++) {
		m = &pool->crew.v[i];
		if (m->alive)
			continue;
		if (crew_hire(m, err))
			return -1;
		wanted--;
	}
	return 0;
}

static bool busy(const struct pool *pool)
{
	for (size_t i = 0; i < pool->crew.n; i++)
		if (pool->crew.v[i].alive && pool->crew.v[i].task)
			return true;
	return false;
}

static int turn(struct pool *pool, struct err *err)
{
	struct pollfd fds[CREW_MAX + 1];
	struct member *who[CREW_MAX + 1];
	nfds_t n = 1;
	int rc = 0;

	fds[0] = (struct pollfd){ .fd = pool->signals, .events = POLLIN };
	for (size_t i = 0; i < pool->crew.n; i++)
		if (pool->crew.v[i].alive) {
			who[n] = &pool->crew.v[i];
			fds[n++] = (struct pollfd){ .fd = pool->crew.v[i].fd,
						    .events = POLLIN };
		}
	if (poll(fds, n, 1000) < 0 && errno != EINTR)
		return err_errno(err, "poll");
	if (fds[0].revents)
		on_signal(pool);
	for (nfds_t i = 1; i < n && !rc && !pool->got_signal; i++)
		if (fds[i].revents)
			rc = on_message(pool, who[i], err);
	return rc ? rc : check_deadlines(pool, err);
}

/* Cells of machines that do not boot are broken, and that is told of each. */
static int settle_unbootable(struct pool *pool, struct err *err)
{
	struct task *task;

	while ((task = queue_next_unbootable(pool->queue))) {
		if (rundir_attempt_dir(pool->opts->run, task->cell->id,
				       task->attempt, &task->dir, err) ||
		    queue_write_loss(task, task->why, err) ||
		    decide(pool, task, err))
			return -1;
	}
	return 0;
}

static int work(struct pool *pool, struct err *err)
{
	while (!pool->fatal && !pool->got_signal) {
		if (settle_unbootable(pool, err) || staff(pool, err))
			return -1;
		if (!busy(pool) &&
		    (pool->stopping || queue_ready(pool->queue) == 0))
			break;
		if (turn(pool, err))
			return -1;
	}
	if (pool->stopping && !pool->got_signal)
		pool->got_signal = SIGINT;
	if (pool->fatal) {
		*err = pool->why;
		return -1;
	}
	return 0;
}

int pool_run(const struct pool_opts *opts, int *ret_signal, struct err *err)
{
	struct pool pool = { .opts = opts };
	struct worker_opts worker = { .plan = opts->plan,
				      .files = opts->files,
				      .lab = opts->lab,
				      .hold = opts->hold };
	sigset_t mask, old;
	int rc;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, &old);
	pool.signals = signalfd(-1, &mask, SFD_CLOEXEC);
	pool.queue = queue_new(opts->plan, opts->run);
	crew_init(&pool.crew, opts->jobs, &worker);
	progress_total(opts->progress, opts->plan->n_cells,
		       opts->plan->n_cells - queue_cells_left(pool.queue));
	rc = work(&pool, err);
	crew_release(&pool.crew);
	queue_free(pool.queue);
	fd_closep(&pool.signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	*ret_signal = pool.got_signal;
	return rc;
}
