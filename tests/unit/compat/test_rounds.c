// SPDX-License-Identifier: Apache-2.0
/* test_rounds.c - rounds of criu pre-dump: whether a further one is worth while */
#include "compat/rounds.h"

#include "base/mem.h"
#include "tests/lib/testing.h"

#define MAX 4

static const struct {
	const char *name;
	struct pre_dump rules;
	uint64_t pages[MAX]; /* that each round wrote */
	size_t n;
	enum rounds_end end;
} cases[] = {
	{ "none wanted", { 0 }, { 0 }, 0, ROUNDS_ALL },
	{ "the first", { .rounds = 2 }, { 0 }, 0, ROUNDS_GO_ON },
	{ "one more", { .rounds = 2 }, { 900 }, 1, ROUNDS_GO_ON },
	{ "all of them", { .rounds = 2 }, { 900, 800 }, 2, ROUNDS_ALL },
	{ "without rules nothing else ends them",
	  { .rounds = 4 },
	  { 900, 900, 0 },
	  3,
	  ROUNDS_GO_ON },
	{ "few pages", { 9, 100, 0 }, { 900, 100 }, 2, ROUNDS_PAGES },
	{ "not few", { 9, 100, 0 }, { 900, 101 }, 2, ROUNDS_GO_ON },
	{ "few at once", { 9, 100, 50 }, { 7 }, 1, ROUNDS_PAGES },
	{ "few, and the last", { 2, 100, 0 }, { 900, 10 }, 2, ROUNDS_PAGES },
	{ "no progress", { 9, 0, 20 }, { 1000, 801 }, 2, ROUNDS_PROGRESS },
	{ "just enough", { 9, 0, 20 }, { 1000, 800 }, 2, ROUNDS_GO_ON },
	{ "more than before", { 9, 0, 20 }, { 1000, 2000 }, 2, ROUNDS_PROGRESS },
	{ "the latest two count",
	  { 9, 0, 20 },
	  { 1000, 100, 99 },
	  3,
	  ROUNDS_PROGRESS },
	{ "the first has none before it",
	  { 9, 0, 100 },
	  { 1000 },
	  1,
	  ROUNDS_GO_ON },
	{ "not known", { 3, 100, 20 }, { 900, UNMEASURED }, 2, ROUNDS_GO_ON },
	{ "nor before", { 3, 0, 20 }, { UNMEASURED, 900 }, 2, ROUNDS_GO_ON },
};

START_TEST(rules_end_the_rounds)
{
	struct obs_round rounds[MAX] = { 0 };

	for (size_t i = 0; i < MAX; i++)
		rounds[i].criu.pages_written = cases[_i].pages[i];
	ck_assert_msg(rounds_decide(&cases[_i].rules, rounds, cases[_i].n) ==
			      cases[_i].end,
		      "%s", cases[_i].name);
}
END_TEST

START_TEST(each_end_has_its_words)
{
	for (int end = 0; end <= ROUNDS_GO_ON; end++)
		ck_assert_ptr_nonnull(rounds_tell((enum rounds_end)end));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/rounds");
	TCase *tc = tcase_create("rules");

	tcase_add_loop_test(tc, rules_end_the_rounds, 0, ARRAY_SIZE(cases));
	tcase_add_test(tc, each_end_has_its_words);
	suite_add_tcase(suite, tc);
	return suite;
}
