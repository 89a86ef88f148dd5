// SPDX-License-Identifier: Apache-2.0
/* stamp.c - instants of an observation by name */
#include "compat/stamp.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

const struct obs_step *step_find(const struct observation *obs,
				 const char *name)
{
	for (size_t i = 0; i < obs->n_steps; i++) {
		if (str_eq(obs->steps[i].name, name))
			return &obs->steps[i];
	}
	return NULL;
}

bool step_failed(const struct obs_step *step)
{
	return step->exit != 0 || step->trouble != NULL;
}

static uint64_t step_stamp(const struct observation *obs, const char *name)
{
	const char *hyphen = strrchr(name, '-');
	CLEANUP_FREE char *step_name =
		xstrndup(name, hyphen ? (size_t)(hyphen - name) : 0);
	const struct obs_step *step = step_find(obs, step_name);

	if (!step)
		return UNMEASURED;
	return str_ends(name, "-begin") ? step->began_ns : step->ended_ns;
}

uint64_t stamp_of(const struct observation *obs, const char *name)
{
	for (size_t i = 0; i < obs->n_marks; i++) {
		if (str_eq(obs->marks[i].name, name))
			return obs->marks[i].at_ns;
	}
	return step_stamp(obs, name);
}

uint64_t stamp_span(uint64_t from, uint64_t to)
{
	if (from == UNMEASURED || to == UNMEASURED || to < from)
		return UNMEASURED;
	return to - from;
}
