// SPDX-License-Identifier: Apache-2.0
/* plan_only.h - one cell of a plan, to be run again alone, here or elsewhere */
#ifndef COMPAT_PLAN_ONLY_H
#define COMPAT_PLAN_ONLY_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"

/**
 * plan_only() - A plan with one cell of another, and what belongs to it
 * @json:	plan.json
 * @cell:	Its id
 * @repeat:	Times it is in the new plan, as first to last repetition; 0: once,
 *		as the repetition that it is
 * @ret_json:	A plan.json for plan_from_json(); a new reference
 *
 * Return: 0, or -1 with ERR_INPUT when there is no such cell (nearest suggested),
 * ERR_PARSE when that is no plan
 */
WARN_UNUSED
int plan_only(const json_t *json, const char *cell, uint64_t repeat,
	      json_t **ret_json, struct err *err);

/**
 * plan_map_paths() - Replace each path of a plan: files of workloads, and kernels'
 * @json:	plan.json, written to
 * @map:	Gives the path to stand there instead, owned; NULL with @err filled
 *		when it cannot
 */
WARN_UNUSED
int plan_map_paths(json_t *json,
		   char *(*map)(void *arg, const char *path, struct err *err),
		   void *arg, struct err *err);

#endif
