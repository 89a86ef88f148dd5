// SPDX-License-Identifier: Apache-2.0
/* results_internal.h - what the files of results.json share */
#ifndef COMPAT_RESULTS_INTERNAL_H
#define COMPAT_RESULTS_INTERNAL_H

#include "base/shape.h"
#include "compat/results.h"

/** result_shape - All members of a cell but "continuity" */
extern const struct shape result_shape;

/** host_shape - Of struct host_facts */
extern const struct shape host_shape;

json_t *result_to_json(const struct result *result);
/** result_drop_wire() - Release what continuity_from_json() made */
void result_drop_wire(struct result *result);

/** continuity_to_json() - Of the capture; null when there was none */
json_t *continuity_to_json(const struct result *result);

/** continuity_from_json() - The other way; what results.json does not keep of a
 * capture is 0 then */
WARN_UNUSED
int continuity_from_json(const json_t *json, struct result *result,
			 struct err *err);

#endif
