// SPDX-License-Identifier: Apache-2.0
/* images_jobs.c - several builds side by side, each in a process */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/child.h"
#include "runner/images_internal.h"

#define JOBS_MAX 4

static int get(const struct images_opts *opts, struct images_task *task,
	       bool may_build, bool *ret_found, struct err *err)
{
	if (task->own)
		return images_own_kernel(opts, task->own, may_build, ret_found,
					 &task->entry, err);
	if (task->kind == RECIPE_KERNEL)
		return images_kernel(opts, task->recipe, may_build, ret_found,
				     &task->entry, err);
	return images_root(opts, task->recipe, may_build, ret_found,
			   &task->entry, err);
}

int images_task_run(const struct images_opts *opts, struct images_task *task,
		    bool may_build, bool *ret_found, struct err *err)
{
	CLEANUP_FREE char *origin = NULL;

	if (!get(opts, task, may_build, ret_found, err))
		return 0;
	if (!task->asked)
		return -1;
	origin = outfit_origin(task->asked);
	return err_wrap(err, "%s", origin);
}

/** struct job - A task in a process of its own; @err lies in shared memory */
struct job {
	const struct images_opts *opts;
	struct images_task *task;
	struct child *child;
	struct err *err;
};

static int run_job(void *arg)
{
	const struct job *job = arg;
	bool found;

	return images_task_run(job->opts, job->task, true, &found, job->err) ?
		       1 :
		       0;
}

unsigned images_jobs_most(const struct images_opts *opts)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (opts->jobs)
		return opts->jobs;
	if (processors < 1)
		return 1;
	return processors > JOBS_MAX ? JOBS_MAX : (unsigned)processors;
}

/* Reap one job that has ended; the first failure stays in @err. */
static int end_job(struct job *job, struct err *err)
{
	struct err how = ERR_INIT;
	int status = child_wait(job->child, 0, NULL, &how);

	child_free(job->child);
	job->child = NULL;
	if (!status)
		return 0;
	*err = job->err->domain == ERR_NONE ? how : *job->err;
	return -1;
}

static int wait_for_one(struct job *jobs, size_t n, struct err *err)
{
	CLEANUP_FREE struct pollfd *fds = xcalloc(n, sizeof(*fds));
	int status = 0;

	for (size_t i = 0; i < n; i++) {
		fds[i].fd = jobs[i].child ? child_pidfd(jobs[i].child) : -1;
		fds[i].events = POLLIN;
	}
	if (poll(fds, n, -1) < 0)
		return errno == EINTR ? 0 : err_errno(err, "poll");
	for (size_t i = 0; i < n; i++)
		if (fds[i].revents && end_job(&jobs[i], err))
			status = -1;
	return status;
}

static size_t running(const struct job *jobs, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += jobs[i].child != NULL;
	return count;
}

/* Start them one after the other, as many at a time as allowed. */
static int run_all(struct job *jobs, size_t n, unsigned most, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (child_fork("image build", NULL, run_job, &jobs[i],
			       &jobs[i].child, err))
			return -1;
		while (running(jobs, n) >= most)
			if (wait_for_one(jobs, n, err))
				return -1;
	}
	while (running(jobs, n))
		if (wait_for_one(jobs, n, err))
			return -1;
	return 0;
}

int images_jobs_run(const struct images_opts *opts,
		    struct images_task *const *missing, size_t n,
		    struct err *err)
{
	struct err *errs = mmap(NULL, n * sizeof(*errs), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CLEANUP_FREE struct job *jobs = xcalloc(n, sizeof(*jobs));
	int status;

	if (errs == MAP_FAILED)
		return err_errno(err, "mmap");
	for (size_t i = 0; i < n; i++)
		jobs[i] = (struct job){ .opts = opts,
					.task = missing[i],
					.err = &errs[i] };
	status = run_all(jobs, n, images_jobs_most(opts), err);
	for (size_t i = 0; i < n; i++)
		child_free(jobs[i].child);
	(void)munmap(errs, n * sizeof(*errs));
	return status;
}
