// SPDX-License-Identifier: Apache-2.0
/* predict.c - rules held against the facts of a pair and a workload */
#include "compat/predict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define WORKLOAD "workload."

const char *const foretold_names[] = {
	[FORETOLD_PASS] = "pass",
	[FORETOLD_RISK] = "risk",
	[FORETOLD_FAIL] = "fail",
	[FORETOLD_COUNT] = NULL,
};

const struct predict_rules *const predict_chapters[] = {
	&predict_machines, &predict_workloads,
	&predict_refused,  &predict_counterparts,
	&predict_options,  &predict_engines,
	&predict_lost,	   NULL
};

static const struct shape_member foresight_members[] = {
	SHAPE_MEMBER(struct foresight, says, SHAPE_NAME,
		     .names = foretold_names, .required = true),
	SHAPE_MEMBER(struct foresight, mode, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct foresight, phase, SHAPE_NAME, .names = phase_names,
		     .nullable = true, .null_value = PHASE_NONE),
	SHAPE_MEMBER(struct foresight, fact, SHAPE_TEXT),
	SHAPE_MEMBER(struct foresight, source, SHAPE_TEXT),
	SHAPE_MEMBER(struct foresight, target, SHAPE_TEXT),
	SHAPE_MEMBER(struct foresight, sentence, SHAPE_TEXT, .required = true),
	SHAPE_MEMBER(struct foresight, fix, SHAPE_TEXT),
	SHAPE_MEMBER(struct foresight, link, SHAPE_TEXT),
};
static const struct shape foresight_shape =
	SHAPE_OF(struct foresight, foresight_members);

static const struct shape_member prediction_members[] = {
	SHAPE_MEMBER(struct prediction, says, SHAPE_NAME,
		     .names = foretold_names, .required = true),
	SHAPE_MEMBER(struct prediction, later, SHAPE_BOOL),
	SHAPE_KEY("causes", struct prediction, v, SHAPE_STRUCTS,
		  .count_offset = offsetof(struct prediction, n),
		  .shape = &foresight_shape, .required = true),
};
const struct shape prediction_shape =
	SHAPE_OF(struct prediction, prediction_members);

void prediction_release(struct prediction *prediction)
{
	shape_release(&prediction_shape, prediction);
}

/* --- Whether a rule applies ------------------------------------------------ */

static bool holds(const struct predict_pair *pair, const char *key,
		  const char *value)
{
	CLEANUP_FREE char *k = xstrdup(key);
	CLEANUP_FREE char *v = xstrdup(value);
	struct bind_pair one = { .key = k, .value = v };
	struct bind_map when = { &one, 1 };

	return when_match(&when, pair->source_name, pair->source,
			  pair->target_name, pair->target);
}

static bool machines_fit(const struct predict_rule *rule,
			 const struct predict_pair *pair)
{
	for (size_t i = 0; i < PREDICT_WHEN_MAX && rule->when[i].key; i++)
		if (!holds(pair, rule->when[i].key, rule->when[i].value))
			return false;
	return !rule->applies || rule->applies(pair);
}

/* Of what is asked of the workload, whether all was told, and what comes first. */
static bool workload_fits(const struct predict_rule *rule,
			  const struct predict_pair *pair, bool *ret_all,
			  bool *ret_first)
{
	/* The workload is looked at as if it were the source. */
	struct predict_pair as_source = *pair;

	as_source.source = pair->workload;
	*ret_all = *ret_first = true;
	for (size_t i = 0; i < PREDICT_WHEN_MAX && rule->workload[i].key; i++) {
		const struct mode_when *when = &rule->workload[i];
		CLEANUP_FREE char *key = xasprintf("source.%s", when->key);

		if (!facts_get(pair->workload, when->key)) {
			*ret_all = false;
			*ret_first &= i > 0;
		} else if (!holds(&as_source, key, when->value)) {
			return false;
		}
	}
	return true;
}

static enum foretold ask(const struct predict_rule *rule,
			 const struct predict_pair *pair)
{
	bool all, first;

	if ((rule->unless && facts_get(pair->workload, rule->unless)) ||
	    !machines_fit(rule, pair) ||
	    !workload_fits(rule, pair, &all, &first))
		return FORETOLD_PASS;
	if (all)
		return rule->says;
	return rule->quiet && !first ? FORETOLD_PASS : FORETOLD_RISK;
}

/* --- What is said of it ---------------------------------------------------- */

static char *value_of(const struct predict_pair *pair, const char *name)
{
	const char *value = NULL;

	if (str_eq(name, "lacking"))
		return predict_lacking(pair->source, pair->target);
	if (str_eq(name, "source.machine"))
		value = pair->source_name;
	else if (str_eq(name, "target.machine"))
		value = pair->target_name;
	else if (str_starts(name, "source."))
		value = facts_get(pair->source, name + strlen("source."));
	else if (str_starts(name, "target."))
		value = facts_get(pair->target, name + strlen("target."));
	else if (str_starts(name, WORKLOAD))
		value = facts_get(pair->workload, name + strlen(WORKLOAD));
	return xstrdup(value ? value : "unknown");
}

static char *tell(const struct predict_pair *pair, const char *template)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };

	if (!template)
		return NULL;
	strbuf_open(&buf);
	while (*template) {
		size_t len = strcspn(template, "{");
		size_t name = template[len] ? strcspn(template + len, "}") : 0;

		(void)fprintf(buf.f, "%.*s", (int)len, template);
		template += len;
		if (name) {
			CLEANUP_FREE char *key =
				xstrndup(template + 1, name - 1);
			CLEANUP_FREE char *value = value_of(pair, key);

			(void)fputs(value ? value : "", buf.f);
			template += name + 1;
		}
	}
	return strbuf_take(&buf);
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void foresee(const struct predict_rule *rule, enum foretold says,
		    const struct predict_pair *pair,
		    struct prediction *prediction)
{
	struct foresight *f = VEC_PUSH(prediction->v, prediction->n);

	f->says = (int)says;
	f->mode = xstrdup(rule->mode);
	f->phase = (int)rule->phase;
	f->sentence = tell(pair, rule->sentence);
	f->fix = tell(pair, rule->fix);
	f->link = copy(rule->link);
	f->fact = rule->of_workload ? xasprintf(WORKLOAD "%s", rule->fact) :
				      copy(rule->fact);
	if (rule->of_workload) {
		f->source = copy(facts_get(pair->workload, rule->fact));
	} else {
		f->source = copy(facts_get(pair->source, rule->fact));
		f->target = copy(facts_get(pair->target, rule->fact));
	}
	if ((int)says > prediction->says)
		prediction->says = (int)says;
}

static void foresee_all(const struct predict_rules *rules, enum foretold wanted,
			const struct predict_pair *pair,
			struct prediction *prediction)
{
	for (size_t i = 0; i < rules->n; i++)
		if (ask(&rules->v[i], pair) == wanted)
			foresee(&rules->v[i], wanted, pair, prediction);
}

void predict(const struct predict_pair *pair, struct prediction *ret_prediction)
{
	*ret_prediction = (struct prediction){ .says = FORETOLD_PASS };
	for (int says = FORETOLD_FAIL; says > FORETOLD_PASS; says--)
		for (size_t i = 0; predict_chapters[i]; i++)
			foresee_all(predict_chapters[i], (enum foretold)says,
				    pair, ret_prediction);
}
