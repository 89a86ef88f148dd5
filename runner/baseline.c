// SPDX-License-Identifier: Apache-2.0
/* baseline.c - runs that another one is compared with */
#include "runner/baseline.h"

#include "base/mem.h"
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
