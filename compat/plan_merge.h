// SPDX-License-Identifier: Apache-2.0
/* plan_merge.h - the plans of shards joined into one */
#ifndef COMPAT_PLAN_MERGE_H
#define COMPAT_PLAN_MERGE_H

#include <jansson.h>

#include "compat/shards.h"

/**
 * struct plan_part - A plan to be joined; all borrowed
 * @name:	For messages: where it is
 * @json:	plan.json
 * @shard:	Which part it says it is; 0 of 0: none
 */
struct plan_part {
	const char *name;
	const json_t *json;
	struct shard_ref shard;
};

/**
 * plans_merge() - Join plans whose cells are different ones
 * @parts, @n:	At least one
 * @partial:	Cells of the whole may be missing
 * @ret_json:	A plan.json for plan_from_json(), cells in the order of the whole;
 *		a new reference
 * @ret_missing: How many cells of the whole are not there
 *
 * What two plans call alike must be alike: machines, scenarios, expectations.
 * Only where files lie may differ, as hosts do.
 *
 * Return: 0, or -1 with ERR_INPUT naming what differs and where, a cell that is
 * there twice, or the shards that are missing; ERR_PARSE when one is no plan
 */
WARN_UNUSED
int plans_merge(const struct plan_part *parts, size_t n, bool partial,
		json_t **ret_json, size_t *ret_missing, struct err *err);

#endif
