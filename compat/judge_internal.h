// SPDX-License-Identifier: Apache-2.0
/* judge_internal.h - shared by the files that judge a cell */
#ifndef COMPAT_JUDGE_INTERNAL_H
#define COMPAT_JUDGE_INTERNAL_H

#include "compat/judge.h"
#include "compat/witness.h"

/** struct hearing - All that the rules look at, and what they decide */
struct hearing {
	const struct plan *plan;
	const struct cell *cell;
	const struct observation *obs;
	const struct criu_logs *logs;
	const struct obs_step *failed; /* first failed step, NULL: none */
	struct testimony workload, peer, wire;
	struct result *result;
};

/** judge_find_cause() - Name the cause of a failure, if it is one */
void judge_find_cause(struct hearing *hearing);

/** judge_own_up() - What comes of too little that we gave is broken, not failed */
void judge_own_up(struct hearing *hearing);

#endif
