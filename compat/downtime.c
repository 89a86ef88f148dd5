// SPDX-License-Identifier: Apache-2.0
/* downtime.c - what the time without service was spent on */
#include "compat/downtime.h"

#include <assert.h>
#include <stddef.h>

#include "base/mem.h"
#include "compat/stamp.h"

const char *const downtime_names[DOWNTIME_PARTS + 1] = {
	[DOWNTIME_BEFORE] = "before",	  [DOWNTIME_FREEZE] = "freeze",
	[DOWNTIME_HANDOVER] = "handover", [DOWNTIME_TRANSFER] = "transfer",
	[DOWNTIME_TAKEOVER] = "takeover", [DOWNTIME_RESTORE] = "restore",
	[DOWNTIME_RELEASE] = "release",	  [DOWNTIME_TAIL] = "tail",
	[DOWNTIME_PARTS] = NULL,
};

/* The mark at which each part ends; begin and end of the freeze are more. */
static const char *const ends[DOWNTIME_PARTS] = {
	[DOWNTIME_HANDOVER] = "transfer-begin",
	[DOWNTIME_TRANSFER] = "transfer-end",
	[DOWNTIME_TAKEOVER] = "restore-begin",
	[DOWNTIME_RESTORE] = "restore-end",
	[DOWNTIME_RELEASE] = "takeover-end",
};

/* What calls criu, an engine, may be busy for long after it. */
static uint64_t freeze_end(const struct observation *obs)
{
	uint64_t end_ns = stamp_of(obs, "criu-dump-end");

	return end_ns == UNMEASURED ? stamp_of(obs, "dump-end") : end_ns;
}

static uint64_t freeze_begin(const struct observation *obs)
{
	uint64_t begin_ns = stamp_of(obs, "dump-begin");
	uint64_t end_ns = freeze_end(obs);
	uint64_t frozen_ns = obs->criu.freezing_ns;

	if (end_ns == UNMEASURED || obs->criu.frozen_ns == UNMEASURED ||
	    frozen_ns == UNMEASURED)
		return UNMEASURED;
	frozen_ns += obs->criu.frozen_ns;
	if (begin_ns == UNMEASURED || begin_ns > end_ns ||
	    frozen_ns > end_ns - begin_ns)
		return UNMEASURED; /* criu's clock was set meanwhile */
	return end_ns - frozen_ns;
}

static uint64_t end_of(const struct observation *obs, enum downtime_part part)
{
	if (part == DOWNTIME_BEFORE)
		return freeze_begin(obs);
	if (part == DOWNTIME_FREEZE)
		return freeze_end(obs);
	if (part == DOWNTIME_TAIL)
		return obs->peer.first_after_ns;
	return stamp_of(obs, ends[part]);
}

/* Into [from, to], where it is known. */
static uint64_t clamp(uint64_t at_ns, uint64_t from_ns, uint64_t to_ns)
{
	if (at_ns == UNMEASURED)
		return at_ns;
	if (at_ns < from_ns)
		return from_ns;
	return at_ns > to_ns ? to_ns : at_ns;
}

void downtime_split(const struct observation *obs, struct downtime *ret_split)
{
	uint64_t at_ns = obs->peer.last_before_ns;
	uint64_t last_ns = obs->peer.first_after_ns;
	uint64_t from_ns = at_ns;
	uint64_t sum_ns = 0;

	ret_split->missing_ns = stamp_span(at_ns, last_ns);
	for (int i = 0; i < DOWNTIME_PARTS; i++)
		ret_split->ns[i] = UNMEASURED;
	if (ret_split->missing_ns == UNMEASURED)
		return;
	for (int i = 0; i < DOWNTIME_PARTS; i++) {
		uint64_t end_ns = clamp(end_of(obs, (enum downtime_part)i),
					from_ns, last_ns);

		ret_split->ns[i] = stamp_span(at_ns, end_ns);
		if (ret_split->ns[i] != UNMEASURED)
			sum_ns += ret_split->ns[i];
		at_ns = end_ns;
		if (end_ns != UNMEASURED)
			from_ns = end_ns;
	}
	ret_split->missing_ns -= sum_ns;
}
