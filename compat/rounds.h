// SPDX-License-Identifier: Apache-2.0
/* rounds.h - rounds of criu pre-dump: whether a further one is worth while */
#ifndef COMPAT_ROUNDS_H
#define COMPAT_ROUNDS_H

#include "compat/observation.h"

/**
 * rounds_decide() - Whether there is to be another round
 * @rules:	The scenario's
 * @rounds:	So far, all of them well; may be none
 *
 * A round whose pages are not known ends nothing but by its number.
 */
enum rounds_end rounds_decide(const struct pre_dump *rules,
			      const struct obs_round *rounds, size_t n);

/** rounds_tell() - Why they ended, for people */
const char *rounds_tell(enum rounds_end end);

#endif
