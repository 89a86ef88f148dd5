// SPDX-License-Identifier: Apache-2.0
/* cmd_run.c - crmatrix run and crmatrix resume */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/results.h"
#include "runner/accel.h"
#include "runner/baseline.h"
#include "runner/bootfiles.h"
#include "runner/cache.h"
#include "runner/cli.h"
#include "runner/crew.h"
#include "runner/host.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/pool.h"
#include "runner/rundir.h"
#include "runner/selection.h"
#include "runner/sharding.h"
#include "runner/tell.h"

struct run_args {
	struct selection selection;
	const char *out;
	uint64_t jobs;
	int accel;
	const char *connect;
	const char *baseline;
	struct baseline before; /* the run at @baseline, none: empty */
	struct shard_ref shard;
};

/* clang-format off */
#define BASELINE_OPTION                                                      \
	{ "baseline", 0, OPTION_STR, offsetof(struct run_args, baseline),    \
	  .arg = "RUN",                                                      \
	  .help = "compare with that run: only new failures end with 1" }
/* clang-format on */

static const struct option_def run_defs[] = {
	SELECTION_OPTIONS(run_args, selection),
	{ "out", 'o', OPTION_STR, offsetof(struct run_args, out), .arg = "DIR",
	  .help = "folder of the run (default: results/run-TIME)" },
	{ "jobs", 'j', OPTION_UINT, offsetof(struct run_args, jobs), .arg = "N",
	  .help = "labs side by side (default: by cores, memory)", .min = 1,
	  .max = 64 },
	{ "accel", 0, OPTION_ENUM, offsetof(struct run_args, accel),
	  .arg = "auto|kvm|tcg", .help = "acceleration (default: auto)",
	  .names = accel_names },
	{ "connect", 0, OPTION_STR, offsetof(struct run_args, connect),
	  .arg = "URI",
	  .help = "a libvirt of this host, not the embedded one" },
	BASELINE_OPTION,
};

#define EXIT_STATUS                                                         \
	"Exit status: 0 every cell as expected, 1 some cell failed or "     \
	"passed\nunexpectedly, 2 usage or input error, 3 some cell broken " \
	"or not run, 128+n on\nsignal n."

static const struct options run_options = {
	.command = "run",
	.summary = "Run cells: scenarios over pairs of machines. Ends with the "
		   "matrix; the\nfolder keeps all evidence. Without --matrix: "
		   "the default one.",
	.defs = run_defs,
	.n = ARRAY_SIZE(run_defs),
	.footer =
		"'--machine A --scenario S' is one cell: A with itself. "
		"'--source A --target B'\nis one direction of a pair.\n\n" EXIT_STATUS,
};

static const struct option_def resume_defs[] = {
	{ "jobs", 'j', OPTION_UINT, offsetof(struct run_args, jobs), .arg = "N",
	  .help = "labs side by side (default: by cores, memory)", .min = 1,
	  .max = 64 },
	{ "connect", 0, OPTION_STR, offsetof(struct run_args, connect),
	  .arg = "URI",
	  .help = "a libvirt of this host, not the embedded one" },
	BASELINE_OPTION,
};

static const struct options resume_options = {
	.command = "resume",
	.summary =
		"Finish a run that was cut short; RUN is its folder. Finished "
		"cells are not run\nagain, but judged anew.",
	.operands = "RUN",
	.min_operands = 1,
	.max_operands = 1,
	.defs = resume_defs,
	.n = ARRAY_SIZE(resume_defs),
	.footer = EXIT_STATUS,
};

/* How a command ends on an error: whose fault it is tells the status. */
static int failed(const struct err *err)
{
	log_err(NULL, "%s", err->msg);
	return err->domain == ERR_INPUT || err->domain == ERR_PARSE ?
		       CLI_USAGE :
		       CLI_BROKEN;
}

/* Before hours are spent: what is to be compared with must be there. */
static int read_baseline(struct run_args *args, struct err *err)
{
	const struct str_list none = { 0 };

	if (!args->baseline)
		return 0;
	if (baseline_read(args->baseline, &none, &args->before, err))
		return err->domain == ERR_SYS ?
			       err_set(err, ERR_INPUT, 0, "--baseline: %s",
				       err->msg) :
			       err_wrap(err, "--baseline");
	return 0;
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
static int prepare(const struct plan *plan, const struct run_args *args,
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
	      const struct prepared *p, const struct run_args *args,
	      struct err *err)
{
	struct pool_opts pool = { .plan = plan,
				  .files = p->files,
				  .lab = { .uri = args->connect,
					   .kvm = p->kvm,
					   .cache = p->cache.dir },
				  .run = run,
				  .progress = p->progress,
				  .jobs = args->jobs ?
						  args->jobs :
						  host_jobs(lab_bytes(plan)) };
	int status = CLI_BROKEN, sig = 0;
	int rc = pool_run(&pool, &sig, err);

	progress_now(p->progress, 0, NULL);
	if (rc) {
		status = failed(err);
		if (status == CLI_BROKEN)
			log_info(NULL,
				 "when that is mended, go on with: %s resume "
				 "%s",
				 program_invocation_name, rundir_path(run));
		return status;
	}
	if (tell_results(run, plan, !sig, &args->before, &status, err))
		return failed(err);
	if (sig)
		log_warn(NULL, "stopped by a signal; go on with: %s resume %s",
			 program_invocation_name, rundir_path(run));
	return sig ? 128 + sig : status;
}

/* More shards than there is to share: this one has its folder, for merge. */
static int start_nothing(const struct run_args *args, const struct plan *plan,
			 struct err *err)
{
	struct rundir *run;
	int status, rc;

	if (rundir_create(args->out, plan, &run, err))
		return failed(err);
	rundir_info(run)->shard = args->shard;
	host_read(&rundir_info(run)->host);
	rc = rundir_save_info(run, err) ||
	     tell_results(run, plan, true, &args->before, &status, err);
	rundir_close(run);
	if (rc)
		return failed(err);
	log_info(NULL, "shard %s has no cells", args->selection.shard);
	return CLI_OK;
}

static int start_run(const struct run_args *args, const struct plan *plan,
		     struct prepared *p, struct err *err)
{
	struct rundir *run;
	struct run_info *info;
	int status;

	if (rundir_check(args->out, err) ||
	    prepare(plan, args, (enum accel)args->accel, p, err) ||
	    rundir_create(args->out, plan, &run, err))
		return failed(err);
	info = rundir_info(run);
	info->shard = args->shard;
	host_read(&info->host);
	info->accel = xstrdup(accel_names[args->accel]);
	info->host.accel = xstrdup(p->kvm ? "kvm" : "tcg");
	status = rundir_save_info(run, err) ? failed(err) :
					      go(run, plan, p, args, err);
	rundir_close(run);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct run_args args = { 0 };
	struct operands operands;
	struct plan plan = { 0 };
	struct plan_filter filter = { 0 };
	struct prepared p = { 0 };
	struct err err = ERR_INIT;
	int status;

	if (!options_parse(&run_options, argc, argv, &args, &operands, &status))
		return status;
	if (read_baseline(&args, &err) ||
	    selection_load(&args.selection, &plan, &filter, &err) ||
	    plan_expand(&plan, &filter, &err) ||
	    sharding_apply(args.selection.shard, args.selection.durations,
			   &plan, &args.shard, &err)) {
		status = failed(&err);
	} else if (!plan.n_cells) {
		status = start_nothing(&args, &plan, &err);
	} else {
		p.progress = progress_new();
		status = start_run(&args, &plan, &p, &err);
	}
	prepared_release(&p, &plan);
	plan_release(&plan);
	baseline_release(&args.before);
	options_release(&run_options, &args);
	return status;
}

int cmd_resume(int argc, char **argv)
{
	struct run_args args = { 0 };
	struct operands operands;
	struct plan plan = { 0 };
	struct prepared p = { 0 };
	struct rundir *run = NULL;
	struct err err = ERR_INIT;
	int status, accel;

	if (!options_parse(&resume_options, argc, argv, &args, &operands,
			   &status))
		return status;
	if (read_baseline(&args, &err))
		return failed(&err);
	if (rundir_open(operands.v[0], &run, &plan, &err)) {
		baseline_release(&args.before);
		return failed(&err);
	}
	accel = name_index(accel_names, rundir_info(run)->accel);
	p.progress = progress_new();
	if (prepare(&plan, &args, accel < 0 ? ACCEL_AUTO : (enum accel)accel,
		    &p, &err))
		status = failed(&err);
	else
		status = go(run, &plan, &p, &args, &err);
	prepared_release(&p, &plan);
	rundir_close(run);
	plan_release(&plan);
	baseline_release(&args.before);
	return status;
}
