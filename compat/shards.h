// SPDX-License-Identifier: Apache-2.0
/* shards.h - a plan's cells dealt out to jobs that know nothing of each other */
#ifndef COMPAT_SHARDS_H
#define COMPAT_SHARDS_H

#include <jansson.h>

#include "compat/plan.h"
#include "compat/results.h"

#define SHARDS_SCHEMA "crmatrix/shards/1"
#define SHARDS_MAX 10000

/**
 * struct duration - How long a pair took in a scenario
 * @ns:		Median of its repetitions
 */
struct duration {
	char *scenario, *source, *target;
	uint64_t ns;
};

/** struct durations - Of an earlier run; sorted; all owned */
struct durations {
	struct duration *v;
	size_t n;
};

/** durations_of() - What an earlier run tells; cells not run tell nothing */
void durations_of(const struct results *results, struct durations *ret);
void durations_release(struct durations *durations);

/**
 * struct shards - Which shard each cell of a plan is in
 * @n:		How many shards; some may be empty
 * @of:		By cell, 0-based
 * @cells:	By shard, how many
 * @ns:		By shard, how long it takes one lab; UNMEASURED without durations
 */
struct shards {
	uint64_t n;
	uint64_t *of;
	size_t *cells;
	uint64_t *ns;
};

/**
 * shards_cut() - Deal the cells of a plan out to @n shards
 * @durations:	For balance; NULL or empty: all cells count alike. A cell that they
 *		do not know counts as others of its scenario, or as any other
 *
 * Cells of a pair stay together, so that both machines are booted and saved on
 * one host; a pair that would be more than its share is cut. The same plan and
 * the same durations give the same shards, whoever asks. Longest first, each to
 * the shard that has least (Graham's LPT: at most a third longer than the best).
 */
void shards_cut(const struct plan *plan, const struct durations *durations,
		uint64_t n, struct shards *ret_shards);
void shards_release(struct shards *shards);

/** shards_keep() - Drop from a plan all cells but those of a shard, 0-based; none
 * may be left */
void shards_keep(struct plan *plan, const struct shards *shards,
		 uint64_t shard);

/**
 * struct shard_ref - Which part of which whole a run is; run.json's "shard"
 * @index, @of:	1-based; 0 of 0: the whole
 * @all:	How many cells the whole has
 */
struct shard_ref {
	uint64_t index, of, all;
};

/** enum shards_format - For whom 'list cells --shards' writes */
enum shards_format {
	SHARDS_TEXT,
	SHARDS_JSON,
	SHARDS_GITHUB,
	SHARDS_GITLAB,
	SHARDS_FORMAT_COUNT
};
/** shards_format_names - "text", "json", "github", "gitlab"; NULL-terminated */
extern const char *const shards_format_names[SHARDS_FORMAT_COUNT + 1];

/** shards_print() - Which shards there are, empty ones left out
 * Return: 0, or -1 with ERR_INPUT when there are more than that CI takes */
WARN_UNUSED
int shards_print(const struct plan *plan, const struct shards *shards,
		 enum shards_format format, FILE *out, struct err *err);

/** shards_schema() - JSON Schema of SHARDS_JSON; a new reference */
json_t *shards_schema(void);

#endif
