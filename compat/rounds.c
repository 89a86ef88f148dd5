// SPDX-License-Identifier: Apache-2.0
/* rounds.c - rounds of criu pre-dump: whether a further one is worth while */
#include "compat/rounds.h"

#include "base/mem.h"

static bool few_pages(const struct pre_dump *rules, uint64_t pages)
{
	return rules->until_pages && pages <= rules->until_pages;
}

static bool no_progress(const struct pre_dump *rules, uint64_t before,
			uint64_t now)
{
	double share = (double)(100 - rules->until_progress) / 100;

	return rules->until_progress && before != UNMEASURED &&
	       now != UNMEASURED && (double)now > (double)before * share;
}

enum rounds_end rounds_decide(const struct pre_dump *rules,
			      const struct obs_round *rounds, size_t n)
{
	if (n > 0 && few_pages(rules, rounds[n - 1].criu.pages_written))
		return ROUNDS_PAGES;
	if (n > 1 && no_progress(rules, rounds[n - 2].criu.pages_written,
				 rounds[n - 1].criu.pages_written))
		return ROUNDS_PROGRESS;
	return n < rules->rounds ? ROUNDS_GO_ON : ROUNDS_ALL;
}

const char *rounds_tell(enum rounds_end end)
{
	static const char *const words[] = {
		[ROUNDS_ALL] = "as many rounds as were wanted",
		[ROUNDS_PAGES] = "the latest wrote few enough pages",
		[ROUNDS_PROGRESS] = "the latest wrote hardly fewer pages than "
				    "the one before",
		[ROUNDS_GO_ON] = "they did not come to their end",
	};

	return words[end];
}
