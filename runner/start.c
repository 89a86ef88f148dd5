// SPDX-License-Identifier: Apache-2.0
/* start.c - a plan run: images, workers, a folder, the matrix at the end */
#include "runner/start.h"

#include <errno.h>

#include "base/heap.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/bootfiles.h"
#include "runner/cache.h"
#include "runner/cli.h"
#include "runner/crew.h"
#include "runner/host.h"
#include "runner/log.h"
#include "runner/pool.h"
#include "runner/tell.h"

int start_failed(const struct err *err)
{
	log_err(NULL, "%s", err->msg);
	return err->domain == ERR_INPUT || err->domain == ERR_PARSE ?
		       CLI_USAGE :
		       CLI_BROKEN;
}

static uint64_t lab_bytes(const struct plan *plan)
{
	uint64_t most = 0;

	for (size_t i = 0; i < plan->n_outfits; i++)
		if (plan->outfits[i].machine.memory_bytes > most)
			most = plan->outfits[i].machine.memory_bytes;
	return 2 * most;
}

struct prepared {
	struct progress *progress;
	struct boot_files *files;
	struct cache cache;
	bool kvm;
};

static void say(void *progress, const char *line)
{
	progress_note(progress, "%s", line);
}

/* What costs nothing comes first, what takes minutes last. */
static int prepare(const struct plan *plan, const struct start_opts *args,
		   enum accel accel, struct prepared *p, struct err *err)
{
	CLEANUP_FREE char *note = NULL;
	struct worker_opts worker = { .plan = plan };

	if (cache_open(NULL, &p->cache, err))
		return -1;
	p->cache.say = say;
	p->cache.arg = p->progress;
	worker.lab = (struct lab_opts){ .uri = args->connect,
					.cache = p->cache.dir };
	if (crew_rehearse(&worker, err) ||
	    bootfiles_prepare(plan, &p->cache, p->progress, &p->files, err) ||
	    accel_decide(accel, p->files[0].kernel, p->files[0].initramfs,
			 p->cache.dir, &p->kvm, &note, err))
		return -1;
	if (note)
		progress_note(p->progress, "%s", note);
	return 0;
}

static void prepared_release(struct prepared *p, const struct plan *plan)
{
	bootfiles_free(p->files, plan->n_outfits);
	progress_free(p->progress);
	cache_release(&p->cache);
}

/* Run what is left of @run; prints the matrix in any case. */
static int go(struct rundir *run, const struct plan *plan,
	      const struct prepared *p, const struct start_opts *args,
	      struct err *err)
{
	struct pool_opts pool = { .plan = plan,
				  .files = p->files,
				  .lab = { .uri = args->connect,
					   .kvm = p->kvm,
					   .cache = p->cache.dir },
				  .run = run,
				  .progress = p->progress,
				  .hold = args->hold,
				  .jobs = args->hold ?
						  1 :
					  args->jobs ?
						  args->jobs :
						  host_jobs(lab_bytes(plan)) };
	int status = CLI_BROKEN, sig = 0;
	int rc;

	heap_give_back();
	rc = pool_run(&pool, &sig, err);

	progress_now(p->progress, 0, NULL);
	if (rc) {
		status = start_failed(err);
		if (status == CLI_BROKEN && !args->silent)
			log_info(NULL,
				 "when that is mended, go on with: %s resume "
				 "%s",
				 program_invocation_name, rundir_path(run));
		return status;
	}
	rc = args->silent ?
		     tell_quietly(run, plan, !sig, &status, err) :
		     tell_results(run, plan, !sig, &args->before, &status, err);
	if (rc)
		return start_failed(err);
	if (sig && !args->silent)
		log_warn(NULL, "stopped by a signal; go on with: %s resume %s",
			 program_invocation_name, rundir_path(run));
	return sig ? 128 + sig : status;
}

static int begin(const struct start_opts *args, const struct plan *plan,
		 struct prepared *p, struct err *err)
{
	struct rundir *run;
	struct run_info *info;
	int status;

	if (rundir_check(args->out, err) ||
	    prepare(plan, args, (enum accel)args->accel, p, err) ||
	    rundir_create(args->out, plan, &run, err))
		return start_failed(err);
	info = rundir_info(run);
	info->shard = args->shard;
	host_read(&info->host);
	info->accel = xstrdup(accel_names[args->accel]);
	info->host.accel = xstrdup(p->kvm ? "kvm" : "tcg");
	status = rundir_save_info(run, err) ? start_failed(err) :
					      go(run, plan, p, args, err);
	rundir_close(run);
	return status;
}

int start_run(const struct start_opts *opts, const struct plan *plan,
	      struct err *err)
{
	struct prepared p = { .progress = progress_new() };
	int status = begin(opts, plan, &p, err);

	prepared_release(&p, plan);
	return status;
}

int start_again(const struct start_opts *opts, struct rundir *run,
		const struct plan *plan, struct err *err)
{
	int accel = name_index(accel_names, rundir_info(run)->accel);
	struct prepared p = { .progress = progress_new() };
	int status;

	if (prepare(plan, opts, accel < 0 ? ACCEL_AUTO : (enum accel)accel, &p,
		    err))
		status = start_failed(err);
	else
		status = go(run, plan, &p, opts, err);
	prepared_release(&p, plan);
	return status;
}
