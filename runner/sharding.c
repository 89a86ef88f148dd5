// SPDX-License-Identifier: Apache-2.0
/* sharding.c - which part of a plan this process is to run */
#include "runner/sharding.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/rundir.h"

/**
 * struct place - How a system tells a job of its place
 * @index:	Variable with the job's number
 * @count:	With how many there are; NULL: that is not told
 * @first:	With the first number; NULL: it is @base
 * @step:	With the distance of two numbers, or NULL
 */
struct place {
	const char *system;
	const char *index, *count, *first, *step;
	uint64_t base;
};

/* Slurm: sbatch(1), output environment variables. Kubernetes: Jobs, completion
 * mode Indexed. GitLab: predefined variables, parallel. */
static const struct place places[] = {
	{ "Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT",
	  "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", 0 },
	{ "Kubernetes", "JOB_COMPLETION_INDEX", NULL, NULL, NULL, 0 },
	{ "GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", NULL, NULL, 1 },
	{ "Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT",
	  NULL, NULL, 0 },
	{ "CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", NULL, NULL, 0 },
};

static int read_variable(const char *name, char *(*get)(const char *name),
			 uint64_t *ret_value, struct err *err)
{
	const char *text = get(name);

	if (!text || !str_u64(text, ret_value))
		return err_set(err, ERR_INPUT, 0,
			       text ? "%s is '%s', which is no number" :
				      "%s is not set",
			       name, text);
	return 0;
}

static int read_optional(const char *name, char *(*get)(const char *name),
			 uint64_t *value, struct err *err)
{
	return name && get(name) ? read_variable(name, get, value, err) : 0;
}

static int check_ref(const struct shard_ref *ref, const char *text,
		     struct err *err)
{
	if (ref->of && ref->of <= SHARDS_MAX && ref->index &&
	    ref->index <= ref->of)
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "--shard: '%s' is not I/N with 1 <= I <= N <= %d", text,
		       SHARDS_MAX);
}

/* @of: as the user said, 0: the system is to say. */
static int read_place(const struct place *place, uint64_t of,
		      char *(*get)(const char *name), struct shard_ref *ret_ref,
		      struct err *err)
{
	uint64_t number, first = place->base, step = 1;
	CLEANUP_FREE char *text = NULL;

	if (!of && !place->count)
		return err_set(err, ERR_INPUT, 0,
			       "--shard: %s does not say how many jobs there "
			       "are: use auto/N",
			       place->system);
	if (read_variable(place->index, get, &number, err) ||
	    read_optional(place->first, get, &first, err) ||
	    read_optional(place->step, get, &step, err) ||
	    (!of && read_variable(place->count, get, &of, err)))
		return err_wrap(err, "--shard");
	if (!step || number < first || (number - first) % step)
		return err_set(err, ERR_INPUT, 0,
			       "--shard: %s=%" PRIu64 " is none of the array",
			       place->index, number);
	*ret_ref = (struct shard_ref){ (number - first) / step + 1, of, 0 };
	text = xasprintf("%" PRIu64 "/%" PRIu64, ret_ref->index, of);
	if (!check_ref(ret_ref, text, err))
		return 0;
	return err_wrap(err, "%s=%" PRIu64, place->index, number);
}

static int find_place(uint64_t of, char *(*get)(const char *name),
		      struct shard_ref *ret_ref, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (get(places[i].index))
			return read_place(&places[i], of, get, ret_ref, err);
	}
	return err_set(err, ERR_INPUT, 0,
		       "--shard auto: no variable of Slurm, Kubernetes, "
		       "GitLab, Buildkite or CircleCI tells which one this is");
}

/* Reads "/N" or nothing. */
static bool read_of(const char *rest, uint64_t *ret_of)
{
	*ret_of = 0;
	return !*rest || (*rest == '/' && str_u64(rest + 1, ret_of) && *ret_of);
}

int sharding_parse(const char *text, char *(*get)(const char *name),
		   struct shard_ref *ret_ref, struct err *err)
{
	static const char automatic[] = "auto";
	struct shard_ref ref = { 0 };
	const char *rest = text;
	uint64_t of;

	if (str_starts(text, automatic) &&
	    read_of(text + sizeof(automatic) - 1, &of))
		return find_place(of, get, ret_ref, err);
	if (!str_take_u64(&rest, 10, &ref.index) || *rest != '/' ||
	    !str_u64(rest + 1, &ref.of))
		ref = (struct shard_ref){ 0 };
	if (check_ref(&ref, text, err))
		return -1;
	*ret_ref = ref;
	return 0;
}

int sharding_durations(const char *run, struct durations *ret_durations,
		       struct err *err)
{
	struct results results = { 0 };

	*ret_durations = (struct durations){ 0 };
	if (!run)
		return 0;
	if (rundir_read_results(run, &results, err))
		return err_wrap(err, "--durations");
	durations_of(&results, ret_durations);
	results_release(&results);
	return 0;
}

int sharding_apply(const char *shard, const char *durations, struct plan *plan,
		   struct shard_ref *ret_ref, struct err *err)
{
	struct durations known CLEANUP(durations_release) = { 0 };
	struct shards shards CLEANUP(shards_release) = { 0 };
	struct shard_ref ref = { 0 };

	if (!shard) {
		*ret_ref = ref;
		return 0;
	}
	if (sharding_parse(shard, getenv, &ref, err) ||
	    sharding_durations(durations, &known, err))
		return -1;
	ref.all = plan->n_cells;
	shards_cut(plan, &known, ref.of, &shards);
	shards_keep(plan, &shards, ref.index - 1);
	*ret_ref = ref;
	return 0;
}
