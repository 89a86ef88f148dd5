// SPDX-License-Identifier: Apache-2.0
/* witness_workload.c - what the workload says of itself: probes and verify */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/output.h"
#include "compat/stamp.h"
#include "compat/witness.h"

static const char *const point_names[] = {
	[PROBE_READY] = "once it was ready",
	[PROBE_DUMP] = "just before the dump",
	[PROBE_RESTORE] = "just after the restore",
	[PROBE_END] = "at the end",
};
static_assert(ARRAY_SIZE(point_names) == PROBE_COUNT,
	      "point_names[] doesn't match enum probe_point");

static const enum phase point_phases[] = {
	[PROBE_READY] = PHASE_START,
	[PROBE_DUMP] = PHASE_START,
	[PROBE_RESTORE] = PHASE_RESUME,
	[PROBE_END] = PHASE_VERIFY,
};
static_assert(ARRAY_SIZE(point_phases) == PROBE_COUNT,
	      "point_phases[] doesn't match enum probe_point");

static const char *said(const struct observation *obs, enum probe_point point,
			const char *key)
{
	return bind_map_get(&obs->probes[point], key);
}

/* Whether the probe told @key at that point; notes it when not. */
static bool told(const struct observation *obs, enum probe_point point,
		 const char *key, struct testimony *t)
{
	if (said(obs, point, key))
		return true;
	if (point == PROBE_READY)
		testimony_absent(t, "the probe does not tell '%s'", key);
	else
		testimony_bad(t, point_phases[point],
			      "the probe did not tell '%s' any more %s", key,
			      point_names[point]);
	return false;
}

static void check_same(const struct observation *obs, const char *key,
		       struct testimony *t)
{
	const char *before;

	if (!told(obs, PROBE_READY, key, t))
		return;
	before = said(obs, PROBE_READY, key);
	for (int p = PROBE_DUMP; p < PROBE_COUNT; p++) {
		const char *now;

		if (!told(obs, p, key, t))
			return;
		now = said(obs, p, key);
		if (strcmp(now, before) == 0)
			continue;
		testimony_bad(t, point_phases[p], "%s was %s and is %s %s", key,
			      before, now, point_names[p]);
		testimony_saw(t, "%s %s from %s to %s",
			      p == PROBE_DUMP ? "unsteady" : "changed", key,
			      before, now);
		return;
	}
}

/* All four numbers of @key; false, and noted, when one is none. */
static bool numbers(const struct observation *obs, const char *key,
		    struct testimony *t, uint64_t ret_values[PROBE_COUNT])
{
	for (int p = 0; p < PROBE_COUNT; p++) {
		if (!told(obs, p, key, t))
			return false;
		if (str_u64(said(obs, p, key), &ret_values[p]))
			continue;
		if (p == PROBE_READY)
			testimony_absent(t,
					 "'%s' of the probe is no number: "
					 "'%s'",
					 key, said(obs, p, key));
		else
			testimony_bad(t, point_phases[p],
				      "'%s' was no number %s: '%s'", key,
				      point_names[p], said(obs, p, key));
		return false;
	}
	return true;
}

static void check_grows(const struct observation *obs, const char *key,
			struct testimony *t)
{
	uint64_t values[PROBE_COUNT];

	if (!numbers(obs, key, t, values))
		return;
	for (int p = PROBE_DUMP; p < PROBE_COUNT; p++) {
		if (values[p] >= values[p - 1])
			continue;
		testimony_bad(t, point_phases[p],
			      "%s went back from %s to %s %s", key,
			      said(obs, p - 1, key), said(obs, p, key),
			      point_names[p]);
		testimony_saw(t, "back %s from %s to %s", key,
			      said(obs, p - 1, key), said(obs, p, key));
		return;
	}
	/* What came of expiries that waited in the images is no life. */
	if (values[PROBE_END] > values[PROBE_RESTORE])
		return;
	testimony_bad(t, PHASE_VERIFY,
		      "%s stands still at %s since the restore", key,
		      said(obs, PROBE_END, key));
	testimony_saw(t, "still %s at %s", key, said(obs, PROBE_END, key));
}

static bool probes_ran(const struct observation *obs, struct testimony *t)
{
	for (int p = 0; p < PROBE_COUNT; p++) {
		if (obs->probes[p].n)
			continue;
		testimony_absent(t, "the probe did not run %s", point_names[p]);
		return false;
	}
	return true;
}

static void check_probes(const struct workload *workload,
			 const struct observation *obs, struct testimony *t)
{
	if (!probes_ran(obs, t))
		return;
	for (size_t i = 0; i < workload->same.n; i++)
		check_same(obs, workload->same.v[i], t);
	for (size_t i = 0; i < workload->grows.n; i++)
		check_grows(obs, workload->grows.v[i], t);
}

static void check_verify(const struct observation *obs, struct testimony *t)
{
	const struct obs_step *step = step_find(obs, "verify");
	CLEANUP_FREE char *line = NULL;
	const char *words;

	if (!step) {
		testimony_absent(t, "its verify did not run");
		return;
	}
	if (!step_failed(step))
		return;
	line = output_line(obs->verify_output ? obs->verify_output :
						step->output);
	words = line ? line : step->trouble;
	if (!words)
		words = "it said nothing";
	testimony_bad(t, PHASE_VERIFY, "verify failed with status %d: %s",
		      step->exit, words);
	testimony_saw(t, "wrong %s", words);
}

void witness_workload(const struct cell *cell, const struct observation *obs,
		      struct testimony *ret_testimony)
{
	const struct workload *workload = &cell->scenario->workload;
	struct testimony *t = ret_testimony;

	*t = (struct testimony){ .says = WITNESS_OK };
	t->needed = workload->probe || workload->verify;
	if (!t->needed)
		testimony_absent(t,
				 "the scenario has neither probe nor verify");
	if (workload->probe)
		check_probes(workload, obs, t);
	if (workload->verify)
		check_verify(obs, t);
}
