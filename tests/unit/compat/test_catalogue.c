// SPDX-License-Identifier: Apache-2.0
/* test_catalogue.c - each rule: a line that fits, and a look-alike that doesn't */
#include <string.h>

#include "base/mem.h"
#include "compat/diagnosis.h"
#include "tests/lib/judged.h"
#include "tests/lib/testing.h"
#include "tests/unit/compat/mode_cases.h"

static void set_facts(struct judged *j, const struct mode_case *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(c->facts) && c->facts[i].key; i++) {
		const char *key = strchr(c->facts[i].key, '.') + 1;
		bool source = c->facts[i].key[0] == 's';

		judged_fact(source ? &j->obs.source_facts :
				     &j->obs.target_facts,
			    key, c->facts[i].value);
	}
}

/* The cause of a failure that left this line behind; "" when there is none. */
static void diagnose_line(struct judged *j, const struct mode_case *c,
			  const char *line, struct cause *ret_cause)
{
	CLEANUP_FREE char *log = xasprintf(
		"(00.000100) Version: 4.1.1 (gitid 0)\n"
		"(00.010000)     42: Error (criu/some.c:12): %s\n"
		"(00.020000) Error (criu/cr-restore.c:2320): Restoring "
		"FAILED.\n",
		line);
	CLEANUP(str_list_release) struct str_list symptoms = { 0 };
	struct criu_logs logs = { 0 };

	if (c->kind == CLUE_CRIU)
		logs.dump = logs.restore = log;
	if (c->kind == CLUE_KERNEL)
		logs.target_kernel = line;
	if (c->kind == CLUE_SYMPTOM)
		str_list_add(&symptoms, line);
	if (c->kind == CLUE_OUTPUT) {
		judged_fail(j, "dump", 1);
		judged_text(&j->obs.steps[j->obs.n_steps - 1].output, line);
	}
	if (!diagnose_symptoms(&j->plan.cells[0], &j->obs, c->phase, &logs,
			       &symptoms, ret_cause))
		ret_cause->mode = xstrdup("");
}

START_TEST(a_line_tells_its_mode_in_words_of_both_sides)
{
	const struct mode_case *c = &mode_cases[_i];
	struct cause cause = { 0 };
	struct judged j;

	judged_init(&j);
	set_facts(&j, c);
	diagnose_line(&j, c, c->line, &cause);
	ck_assert_msg(strcmp(cause.mode, c->mode) == 0,
		      "'%s': got %s, wanted %s", c->line, cause.mode, c->mode);
	ck_assert_has(cause.title, c->title);
	ck_assert_msg(!strpbrk(cause.title, "{}") &&
			      !strstr(cause.title, "unknown"),
		      "%s: not filled in: %s", c->mode, cause.title);
	ck_assert_msg(!cause.fix || !strpbrk(cause.fix, "{}"), "%s: %s",
		      c->mode, cause.fix);
	if (c->kind == CLUE_CRIU)
		ck_assert_str_eq(cause.file, c->phase == PHASE_DUMP ?
						     "dump.log:2" :
						     "restore.log:2");
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

START_TEST(a_look_alike_is_not_taken_for_it)
{
	const struct mode_case *c = &mode_cases[_i];
	struct cause cause = { 0 };
	struct judged j;

	judged_init(&j);
	set_facts(&j, c);
	diagnose_line(&j, c, c->unlike, &cause);
	ck_assert_msg(strcmp(cause.mode, c->mode) != 0, "'%s' was taken for %s",
		      c->unlike, c->mode);
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

static bool is_example(const struct mode_rule *rule, const struct mode_case *c)
{
	if (strcmp(rule->mode, c->mode) != 0 || rule->kind != c->kind ||
	    (rule->phases && !(rule->phases & IN(c->phase))))
		return false;
	for (size_t i = 0; i < MODE_PATTERNS_MAX && rule->patterns[i]; i++) {
		if (pattern_match(rule->patterns[i], c->line, NULL))
			return true;
	}
	return false;
}

START_TEST(each_rule_has_an_example_here)
{
	for (size_t i = 0; i < n_catalogue; i++) {
		for (size_t k = 0; k < catalogue[i]->n; k++) {
			const struct mode_rule *rule = &catalogue[i]->v[k];
			size_t n = 0;

			while (n < ARRAY_SIZE(mode_cases) &&
			       !is_example(rule, &mode_cases[n]))
				n++;
			ck_assert_msg(n < ARRAY_SIZE(mode_cases),
				      "no example of %s: %s", rule->mode,
				      rule->title);
		}
	}
}
END_TEST

START_TEST(conditions_of_rules_can_be_understood)
{
	for (size_t i = 0; i < n_catalogue; i++) {
		for (size_t k = 0; k < catalogue[i]->n; k++) {
			const struct mode_rule *rule = &catalogue[i]->v[k];

			for (size_t w = 0; w < MODE_WHEN_MAX; w++) {
				const struct mode_when *when = &rule->when[w];

				if (when->key)
					ck_assert_ptr_null(when_check(
						when->key, when->value));
			}
		}
	}
}
END_TEST

START_TEST(facts_tell_modes_with_one_message_apart)
{
	struct mode_case c = { "",   RESTORE, "42 killed by signal 11: Segv",
			       NULL, NULL,    NO_FACTS };
	struct cause cause = { 0 };
	struct judged j;

	judged_init(&j);
	diagnose_line(&j, &c, c.line, &cause);
	ck_assert_str_eq(cause.mode, "unknown");
	ck_assert_str_eq(cause.title,
			 "criu's first error: 42 killed by signal 11: Segv");
	cause_release(&cause);
	judged_release(&j);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/catalogue");
	TCase *tcase = tcase_create("rules");

	tcase_add_loop_test(tcase, a_line_tells_its_mode_in_words_of_both_sides,
			    0, ARRAY_SIZE(mode_cases));
	tcase_add_loop_test(tcase, a_look_alike_is_not_taken_for_it, 0,
			    ARRAY_SIZE(mode_cases));
	tcase_add_test(tcase, each_rule_has_an_example_here);
	tcase_add_test(tcase, conditions_of_rules_can_be_understood);
	tcase_add_test(tcase, facts_tell_modes_with_one_message_apart);
	suite_add_tcase(suite, tcase);
	return suite;
}
