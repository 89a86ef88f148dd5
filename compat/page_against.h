// SPDX-License-Identifier: Apache-2.0
/* page_against.h - two runs side by side: what broke, was mended, became slower */
#ifndef COMPAT_PAGE_AGAINST_H
#define COMPAT_PAGE_AGAINST_H

#include "compat/results.h"

/**
 * enum change - What became of a scenario on a pair, all repetitions together
 * @CHANGE_BROKE:   It moved, and now it does not
 * @CHANGE_FLAKY:   It fails more or less often, which may be chance
 * @CHANGE_CAUSE:   It failed and fails, for another cause
 * @CHANGE_MENDED:  It did not move, and now it does
 * @CHANGE_SLOWER:  It moves, and its clients wait longer
 * @CHANGE_FASTER:  It moves, and its clients wait less
 * @CHANGE_UNTOLD:  Either run could not tell: skipped, broken, not run
 * @CHANGE_NEW:	    Only the newer run has it
 * @CHANGE_GONE:    Only the older run has it
 * @CHANGE_SAME:    None of these
 */
enum change {
	CHANGE_BROKE,
	CHANGE_FLAKY,
	CHANGE_CAUSE,
	CHANGE_MENDED,
	CHANGE_SLOWER,
	CHANGE_FASTER,
	CHANGE_UNTOLD,
	CHANGE_NEW,
	CHANGE_GONE,
	CHANGE_SAME,
	CHANGE_COUNT
};

/** struct change_words - How a change is called and what it means */
struct change_words {
	const char *name;
	const char *title;
	const char *meaning;
};
extern const struct change_words change_words[CHANGE_COUNT];

/**
 * struct against_side - Of one run
 * @n, @told, @moved: Repetitions; those with a verdict on the pair; that moved
 * @service_ns:	Median downtime of those that moved, UNMEASURED: none
 * @first:	The first one that did not move, else the first; NULL: none
 */
struct against_side {
	size_t n, told, moved;
	uint64_t service_ns;
	const struct result *first;
};

/**
 * struct against_pair - A scenario on a pair in both runs
 * @chance:	How likely chance alone is for what is seen, 0 to 1; 1: not asked
 */
struct against_pair {
	const char *scenario, *source, *target;
	enum change change;
	struct against_side old, new;
	double chance;
};

/** struct page_against - Both runs; borrows from their results */
struct page_against {
	const struct results *old;
	const char *old_dir;
	struct against_pair *pairs;
	size_t n;
	size_t counts[CHANGE_COUNT];
};

/* When a difference of downtimes is told: the medians are so far apart, and,
 * where there are enough repetitions, chance is less likely than that. */
#define AGAINST_RATIO 1.25
#define AGAINST_LEAST_NS (50 * 1000000ULL)
#define AGAINST_ENOUGH 4
#define AGAINST_CHANCE 0.05

/** page_against_init() - Compare; @old NULL: nothing to compare with */
void page_against_init(const struct results *old, const char *old_dir,
		       const struct results *new,
		       struct page_against *ret_against);
void page_against_release(struct page_against *against);

#endif
