// SPDX-License-Identifier: Apache-2.0
/* predict_say.h - predictions for people and as JSON */
#ifndef COMPAT_PREDICT_SAY_H
#define COMPAT_PREDICT_SAY_H

#include "compat/fleet.h"
#include "compat/predict_score.h"

#define PREDICT_SCHEMA "crmatrix/predict/1"

/** predict_print_pair() - Of two profiles */
void predict_print_pair(const char *source, const char *target,
			const struct prediction *prediction,
			const struct report_opts *opts, FILE *out);

/** predict_print_run() - A line for each cell: what was foretold, and measured */
void predict_print_run(const struct results *results,
		       const struct report_opts *opts, FILE *out);

/* All three new references; predict_schema() fits each of them. */
json_t *predict_pair_json(const char *source, const char *target,
			  const struct prediction *prediction);
json_t *predict_run_json(const struct results *results,
			 const struct score *score);
json_t *predict_fleet_json(const struct fleet *fleet);
json_t *predict_schema(void);

#endif
