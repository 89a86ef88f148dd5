// SPDX-License-Identifier: Apache-2.0
/* predict_score.h - predictions held against what was measured */
#ifndef COMPAT_PREDICT_SCORE_H
#define COMPAT_PREDICT_SCORE_H

#include "compat/results.h"

/**
 * enum score_kind - What a prediction was worth, for one mode of one cell
 * @SCORE_FORETOLD:	It failed for this mode, and that was said
 * @SCORE_RISK:		It failed for this mode, which was called a risk
 * @SCORE_OTHER:	It failed for this mode; another was said
 * @SCORE_MISSED:	It failed for this mode, and nothing was said
 * @SCORE_FALSE_ALARM:	It passed, and this mode was to make it fail
 * @SCORE_UNHARMED:	It passed, and this mode was called a risk: no alarm
 */
enum score_kind {
	SCORE_FORETOLD,
	SCORE_RISK,
	SCORE_OTHER,
	SCORE_MISSED,
	SCORE_FALSE_ALARM,
	SCORE_UNHARMED,
	SCORE_KIND_COUNT
};
extern const char *const score_names[SCORE_KIND_COUNT + 1];

/** struct score_mode - Of one mode; @mode is borrowed from the results */
struct score_mode {
	const char *mode;
	size_t n[SCORE_KIND_COUNT];
};

/**
 * struct score - Of a run
 * @cells:	That were measured (passed or failed) and predicted
 * @later:	Likewise, but their scenario changes something after the prediction:
 *		see struct prediction; @right_later: of them
 * @right:	Of them, those that passed without an alarm, or failed as was said
 *		or feared
 * @total:	By kind, without those
 */
struct score {
	struct score_mode *modes;
	size_t n_modes;
	size_t cells, later;
	size_t right, right_later;
	size_t total[SCORE_KIND_COUNT];
};

void score_results(const struct results *results, struct score *ret_score);
void score_release(struct score *score);
json_t *score_json(const struct score *score);
void score_print(const struct score *score, const struct report_opts *opts,
		 FILE *out);

/** score_line() - "predicted: 23 of 25 cells right, 1 miss, 1 false alarm"; owned,
 * NULL when there is nothing to say */
char *score_line(const struct score *score);

#endif
