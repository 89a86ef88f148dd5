// SPDX-License-Identifier: Apache-2.0
/* test_predict.c - each rule by facts that it is about, and by ones that look alike */
#include "compat/predict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"
#include "tests/unit/compat/predict_cases.h"

/* @usual with the lines of @other instead of its own. */
static void facts_of(const char *base, const char *other, struct facts *facts)
{
	struct facts changed = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(facts_parse(base, strlen(base), facts, &err), &err);
	if (!other)
		return;
	ck_assert_ok(facts_parse(other, strlen(other), &changed, &err), &err);
	for (size_t i = 0; i < changed.map.n; i++)
		for (size_t k = 0; k < facts->map.n; k++)
			if (str_eq(facts->map.v[k].key, changed.map.v[i].key)) {
				free(facts->map.v[k].value);
				facts->map.v[k].value =
					xstrdup(changed.map.v[i].value);
			}
	facts_release(&changed);
}

struct bench {
	struct facts source, target, workload;
	struct prediction prediction;
};

static void bench_release(struct bench *b)
{
	facts_release(&b->source);
	facts_release(&b->target);
	facts_release(&b->workload);
	prediction_release(&b->prediction);
}

static void ask(const struct rule_case *c, struct bench *b)
{
	struct predict_pair pair = { "old", "new", &b->source, &b->target,
				     &b->workload };

	*b = (struct bench){ 0 };
	facts_of(usual, c->source, &b->source);
	facts_of(usual, c->target, &b->target);
	facts_of(c->workload ? c->workload : "", NULL, &b->workload);
	predict(&pair, &b->prediction);
}

static const struct foresight *find(const struct prediction *p,
				    const char *mode, enum phase phase)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].mode, mode) && p->v[i].phase == (int)phase)
			return &p->v[i];
	return NULL;
}

START_TEST(a_rule_applies_to_what_it_is_about)
{
	const struct rule_case *c = &cases[_i];
	CLEANUP(bench_release) struct bench b;
	const struct foresight *f;

	ask(c, &b);
	for (size_t i = 0; !c->mode && i < b.prediction.n; i++)
		ck_assert_msg(!str_eq(b.prediction.v[i].mode, c->silent),
			      "%s: %s", c->name, c->silent);
	if (!c->mode)
		return;
	f = find(&b.prediction, c->mode, c->phase);
	ck_assert_msg(f != NULL, "%s: '%s' is not among %zu", c->name, c->mode,
		      b.prediction.n);
	ck_assert_msg(f->says == (int)c->says, "%s: %s", c->name,
		      foretold_names[f->says]);
	ck_assert_msg(f->fact && f->source, "%s: no fact", c->name);
	ck_assert_msg(!strchr(f->sentence, '{') &&
			      !strstr(f->sentence, "unknown"),
		      "%s: %s", c->name, f->sentence);
}
END_TEST

/* One by which just that rule applies, as far as what it tells shows it. */
static bool has_case(const struct predict_rule *rule)
{
	CLEANUP_FREE char *of_workload = xasprintf("workload.%s", rule->fact);
	const char *fact = rule->of_workload ? of_workload : rule->fact;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(bench_release) struct bench b = { 0 };
		const struct foresight *f;

		if (!cases[i].mode || !str_eq(cases[i].mode, rule->mode))
			continue;
		ask(&cases[i], &b);
		f = find(&b.prediction, rule->mode, rule->phase);
		if (f && str_eq(f->fact, fact))
			return true;
	}
	return false;
}

START_TEST(every_rule_has_a_case)
{
	const struct predict_rules *const *chapter = predict_chapters;

	for (; *chapter; chapter++)
		for (size_t i = 0; i < (*chapter)->n; i++)
			ck_assert_msg(has_case(&(*chapter)->v[i]),
				      "no case for '%s' by '%s'",
				      (*chapter)->v[i].mode,
				      (*chapter)->v[i].fact);
}
END_TEST

START_TEST(the_worst_is_told_first)
{
	static const struct rule_case both = {
		.source = "lsm=selinux\nxsave_bytes=11008\n",
		.target = "",
	};
	CLEANUP(bench_release) struct bench b;

	ask(&both, &b);
	ck_assert_int_eq(b.prediction.says, FORETOLD_FAIL);
	ck_assert_uint_ge(b.prediction.n, 2);
	ck_assert_str_eq(b.prediction.v[0].mode, "xsave-too-large");
	ck_assert_str_eq(b.prediction.v[0].fact, "xsave_bytes");
	ck_assert_str_eq(b.prediction.v[0].source, "11008");
	ck_assert_str_eq(b.prediction.v[0].target, "832");
	ck_assert_int_eq(b.prediction.v[b.prediction.n - 1].says,
			 FORETOLD_RISK);
}
END_TEST

START_TEST(what_is_not_known_of_a_machine_is_no_alarm)
{
	struct facts little = { 0 };
	struct facts none = { 0 };
	struct err err = ERR_INIT;
	struct predict_pair pair = { "a", "b", &little, &little, &none };
	CLEANUP(prediction_release) struct prediction p;

	ck_assert_ok(facts_parse("criu=3.17.1", 11, &little, &err), &err);
	predict(&pair, &p);
	ck_assert_int_eq(p.says, FORETOLD_PASS);
	facts_release(&little);
}
END_TEST

START_TEST(a_scenario_tells_of_its_workload)
{
	struct scenario s = { .name = (char[]){ "x" } };
	CLEANUP(facts_release) struct facts facts = { 0 };

	s.workload.command = (char[]){ "exec ./conns" };
	str_list_add(&s.workload.files, "conns");
	s.workload.port = 7000;
	s.peer.kind = PEER_TCP_CONNECTIONS;
	s.peer.connections = 3;
	str_list_add(&s.peer.roles, "talk");
	str_list_add(&s.peer.roles, "queued");
	str_list_add(&s.migration.dump, "--tcp-established");
	predict_scenario(&s, &facts);
	ck_assert_str_eq(facts_get(&facts, "inet_sockets"), "1");
	ck_assert_str_eq(facts_get(&facts, "system_files"), "no");
	ck_assert_str_eq(facts_get(&facts, "tcp_established"), "3");
	ck_assert_str_eq(facts_get(&facts, "in_flight"), "1");
	ck_assert_str_eq(facts_get(&facts, "dump_options"), "tcp-established");
	ck_assert_str_eq(facts_get(&facts, "restore_options"), "");
	ck_assert_str_eq(facts_get(&facts, "takeover"), "guarded");
	facts_release(&facts);
	s.peer.kind = PEER_COMMAND;
	predict_scenario(&s, &facts);
	ck_assert_str_eq(facts_get(&facts, "tcp_established"), "3");
	str_list_release(&s.workload.files);
	str_list_release(&s.peer.roles);
	str_list_release(&s.migration.dump);
}
END_TEST

START_TEST(what_was_seen_knows_better_than_a_scenario)
{
	struct scenario s = { .name = (char[]){ "x" } };
	CLEANUP(facts_release) struct facts seen = { 0 };
	struct predict_pair pair = { .workload = &seen };
	CLEANUP(bench_release) struct bench b = { 0 };
	struct prediction *p;

	facts_of(usual, NULL, &b.source);
	facts_of("tcp_established=1\n", NULL, &seen);
	pair.source_name = pair.target_name = "a";
	pair.source = pair.target = &b.source;
	s.workload.command = (char[]){ "exec ./x" };
	p = predict_cell(&s, &pair);
	ck_assert_ptr_nonnull(find(p, "tcp-established", PHASE_DUMP));
	prediction_release(p);
	free(p);
}
END_TEST

static const struct {
	const char *name;
	struct step step;
	bool later;
} steps[] = {
	{ "what is done to the images",
	  { .at = STAGE_BEFORE_RESTORE, .run = (char[]){ "rm x" } },
	  true },
	{ "what is done before it is said",
	  { .at = STAGE_BEFORE_DUMP, .run = (char[]){ "rm x" } },
	  false },
	{ "what only looks",
	  { .at = STAGE_AFTER_DUMP, .assert_ = (char[]){ "test x" } },
	  false },
};

START_TEST(what_a_scenario_changes_later_is_not_to_be_known)
{
	struct step step = steps[_i].step;
	struct scenario s = { .workload.command = (char[]){ "exec ./x" },
			      .steps = &step,
			      .n_steps = 1 };
	CLEANUP(bench_release) struct bench b = { 0 };
	struct predict_pair pair = { "a", "a", &b.source, &b.source, NULL };
	struct prediction *p;

	facts_of(usual, NULL, &b.source);
	p = predict_cell(&s, &pair);
	ck_assert_msg(p->later == steps[_i].later, "%s", steps[_i].name);
	prediction_release(p);
	free(p);
}
END_TEST

START_TEST(a_machine_that_said_nothing_is_not_predicted)
{
	struct scenario s = { .workload.command = (char[]){ "sleep 1" } };
	struct facts none = { 0 };
	struct predict_pair pair = { "a", "b", &none, &none, NULL };

	ck_assert_ptr_null(predict_cell(&s, &pair));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/predict");
	TCase *tcase = tcase_create("rules");

	tcase_add_loop_test(tcase, a_rule_applies_to_what_it_is_about, 0,
			    (int)ARRAY_SIZE(cases));
	tcase_add_test(tcase, every_rule_has_a_case);
	tcase_add_test(tcase, the_worst_is_told_first);
	tcase_add_test(tcase, what_is_not_known_of_a_machine_is_no_alarm);
	tcase_add_test(tcase, a_scenario_tells_of_its_workload);
	tcase_add_test(tcase, what_was_seen_knows_better_than_a_scenario);
	tcase_add_loop_test(tcase,
			    what_a_scenario_changes_later_is_not_to_be_known, 0,
			    (int)ARRAY_SIZE(steps));
	tcase_add_test(tcase, a_machine_that_said_nothing_is_not_predicted);
	suite_add_tcase(suite, tcase);
	return suite;
}
