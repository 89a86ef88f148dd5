// SPDX-License-Identifier: Apache-2.0
/* stamp.h - instants of an observation by name */
#ifndef COMPAT_STAMP_H
#define COMPAT_STAMP_H

#include "compat/observation.h"

/** step_find() - First step of that name, or NULL */
const struct obs_step *step_find(const struct observation *obs,
				 const char *name);

/** step_failed() - Whether it was begun and did not end well */
bool step_failed(const struct obs_step *step);

/**
 * stamp_of() - When something happened, on the host's clock
 * @name:	A mark such as "dump-begin"; where it never came, the begin or end
 *		of the step before the hyphen is taken
 *
 * Return: ns, UNMEASURED when neither is there
 */
uint64_t stamp_of(const struct observation *obs, const char *name);

/** stamp_span() - ns from @from to @to; UNMEASURED when either is, or when they
 * are the wrong way round */
uint64_t stamp_span(uint64_t from, uint64_t to);

#endif
