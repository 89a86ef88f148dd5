// SPDX-License-Identifier: Apache-2.0
/* baseline.c - runs that another one is compared with */
#include "runner/baseline.h"

#include "base/mem.h"
#include "base/str.h"
#include "runner/history_db.h"
#include "runner/rundir.h"

static int add(struct baseline *baseline, const char *path, struct err *err)
{
	struct results results = { 0 };

	if (rundir_read_results(path, &results, err))
		return -1;
	*VEC_PUSH(baseline->v, baseline->n) = results;
	return 0;
}

int baseline_read(const char *path, const struct str_list *known,
		  struct baseline *ret_baseline, struct err *err)
{
	struct baseline baseline = { 0 };
	int rc = add(&baseline, path, err);

	for (size_t i = 0; !rc && i < known->n; i++)
		rc = add(&baseline, known->v[i], err);
	if (rc)
		baseline_release(&baseline);
	else
		*ret_baseline = baseline;
	return rc;
}

static bool has_run(const struct baseline *baseline, const char *id)
{
	for (size_t i = 0; i < baseline->n; i++) {
		if (str_eq(baseline->v[i].id, id))
			return true;
	}
	return false;
}

int baseline_add_history(struct baseline *baseline, const char *index,
			 uint64_t last, const struct results *now,
			 struct err *err)
{
	char *path CLEANUP_FREE = NULL;
	struct history_db *db = NULL;
	struct results *runs = NULL;
	size_t n = 0;
	int rc;

	if (history_db_path(index, &path, err) ||
	    history_db_open(path, false, false, &db, err))
		return -1;
	rc = history_db_load(db, last, now->started, &runs, &n, err);
	history_db_close(db);
	for (size_t i = 0; i < n; i++) {
		if (has_run(baseline, runs[i].id) ||
		    str_eq(runs[i].id, now->id))
			results_release(&runs[i]);
		else
			*VEC_PUSH(baseline->v, baseline->n) = runs[i];
	}
	free(runs);
	return rc;
}

void baseline_release(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->n; i++)
		results_release(&baseline->v[i]);
	free(baseline->v);
	*baseline = (struct baseline){ 0 };
}

double baseline_alpha(uint64_t confidence)
{
	return 1 - (double)confidence / 100;
}
