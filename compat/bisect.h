// SPDX-License-Identifier: Apache-2.0
/* bisect.h - between which two candidates a cell begins to fail: what to run next */
#ifndef COMPAT_BISECT_H
#define COMPAT_BISECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/stats.h"

/*
 * DOC: Theory of operation
 *
 * Candidates stand in a row, of which one end is good and the other bad. What is
 * known of them are tallies of runs, and nothing else is kept: bisect_plan() says
 * of tallies what is to be run next, or how it ended. So going on after a kill is
 * the same as going on.
 *
 * The bad end is run until it has failed as often as is asked for. By the rate at
 * which it did, a candidate that passes must be run so often that a bad one would
 * hardly pass them all. One failure is enough for a bad one. What could not be told
 * (broken, skipped), and what fails for another cause, is no verdict: such
 * candidates are passed over.
 */

/** struct bisect_tally - What is known of a candidate
 * @failed:	For the cause that is sought
 * @other:	For another one
 * @broken:	Nobody could tell
 * @skipped:	It has not what the scenario requires
 * @refused:	It cannot be booted at all
 */
struct bisect_tally {
	uint64_t passed, failed, other, broken, skipped;
	bool refused;
};

/**
 * struct bisect_rule - How sure to be
 * @confidence:	Of a candidate that is called good, 0.5 to 0.9999
 * @failures:	How often the bad end is to fail before its rate is believed
 * @repeat:	Runs of each, whatever the rate; 0: by the rate
 */
struct bisect_rule {
	double confidence;
	uint64_t failures;
	uint64_t repeat;
};

/** enum bisect_state - What a candidate is
 * @BISECT_OPEN:   Not known (yet)
 * @BISECT_GOOD:   It passed so often that it would have failed
 * @BISECT_BAD:	   It failed for the cause that is sought
 * @BISECT_UNTOLD: It fails for another cause, or nobody can tell
 */
enum bisect_state {
	BISECT_OPEN,
	BISECT_GOOD,
	BISECT_BAD,
	BISECT_UNTOLD,
	BISECT_STATE_COUNT
};
extern const char *const bisect_state_names[BISECT_STATE_COUNT + 1];

/** enum bisect_end - How it stands
 * @BISECT_GOING:    Something is to be run
 * @BISECT_FOUND:    Two neighbours, of which one is good and one bad
 * @BISECT_RANGE:    Between the last good and the first bad are some of which
 *		     nobody can tell
 * @BISECT_NOT_BAD:  The bad end does not fail
 * @BISECT_NOT_GOOD: The good end fails too
 * @BISECT_OTHER:    An end fails for another cause
 * @BISECT_END_UNTOLD: Of an end nobody can tell
 */
enum bisect_end {
	BISECT_GOING,
	BISECT_FOUND,
	BISECT_RANGE,
	BISECT_NOT_BAD,
	BISECT_NOT_GOOD,
	BISECT_OTHER,
	BISECT_END_UNTOLD,
	BISECT_END_COUNT
};
extern const char *const bisect_end_names[BISECT_END_COUNT + 1];

/**
 * struct bisect_plan - What is known, and what is next
 * @next:	Candidate to be run, for BISECT_GOING; for those of an end, that end
 * @runs:	How often, for BISECT_GOING
 * @good, @bad:	The nearest so far: indices; with BISECT_FOUND neighbours
 * @needed:	Passes that make a candidate good; 0: the rate is not known yet
 * @backwards:	The row's first is the bad end: it was mended on the way
 */
struct bisect_plan {
	enum bisect_end end;
	size_t next;
	uint64_t runs;
	size_t good, bad;
	uint64_t needed;
	bool backwards;
};

/** bisect_passes() - How often a candidate must pass to be good, when bad ones fail
 * as @measured, by the lower bound of Wilson's interval; 1 to 1000
 * @measured: With one failure at least */
uint64_t bisect_passes(struct trials measured, double confidence);

/** bisect_state() - Of one candidate
 * @needed: Passes that make it good; 0: not known */
enum bisect_state bisect_state(const struct bisect_tally *tally,
			       uint64_t needed);

/** bisect_plan() - What is next
 * @n: 2 at least */
void bisect_plan(const struct bisect_tally *tallies, size_t n,
		 const struct bisect_rule *rule, struct bisect_plan *ret_plan);

/** bisect_exit() - The exit status of an end: 0 found, 1 an end is not as said, 3
 * nobody can tell */
int bisect_exit(enum bisect_end end);

#endif
