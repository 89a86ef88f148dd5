// SPDX-License-Identifier: Apache-2.0
/* diagnose.c - naming the cause of a failure, by the catalogue's rules */
#include <string.h>

#include "base/mem.h"
#include "compat/diagnosis.h"
#include "compat/output.h"
#include "compat/stamp.h"

void cause_release(struct cause *cause)
{
	free(cause->mode);
	free(cause->title);
	free(cause->line);
	free(cause->file);
	free(cause->fix);
	free(cause->known);
	memset(cause, 0, sizeof(*cause));
}

static bool conditions_hold(const struct mode_rule *rule,
			    const struct scene *scene)
{
	CLEANUP(bind_map_release) struct bind_map when = { 0 };

	for (size_t i = 0; i < MODE_WHEN_MAX && rule->when[i].key; i++) {
		struct bind_pair *pair = VEC_PUSH(when.v, when.n);

		pair->key = xstrdup(rule->when[i].key);
		pair->value = xstrdup(rule->when[i].value);
	}
	return when_match(&when, scene->cell->source->name,
			  &scene->obs->source_facts, scene->cell->target->name,
			  &scene->obs->target_facts);
}

static bool rule_fits(const struct mode_rule *rule, const struct scene *scene,
		      const struct clue *clue, struct pattern_match *ret_match)
{
	if (rule->kind != clue->kind || (rule->weak && !clue->first) ||
	    (rule->phases && !(rule->phases & IN(scene->phase))))
		return false;
	for (size_t i = 0; i < MODE_PATTERNS_MAX && rule->patterns[i]; i++) {
		if (pattern_match(rule->patterns[i], clue->text, ret_match))
			return conditions_hold(rule, scene);
	}
	return false;
}

/* The first rule for one clue; @ret_rank is its place in the catalogue. */
static const struct mode_rule *find_rule(const struct scene *scene,
					 const struct clue *clue,
					 size_t *ret_rank,
					 struct pattern_match *ret_match)
{
	*ret_rank = 0;
	for (size_t c = 0; c < n_catalogue; c++) {
		for (size_t i = 0; i < catalogue[c]->n; i++) {
			const struct mode_rule *rule = &catalogue[c]->v[i];

			if (rule_fits(rule, scene, clue, ret_match))
				return rule;
			++*ret_rank;
		}
	}
	return NULL;
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void cite(const struct clue *clue, struct cause *cause)
{
	cause->line = copy(clue->line);
	cause->file = clue->file ?
			      xasprintf("%s:%zu", clue->file, clue->number) :
			      NULL;
}

static void tell_rule(const struct mode_rule *rule, const struct scene *scene,
		      const struct clue *clue,
		      const struct pattern_match *match, struct cause *cause)
{
	cause->mode = xstrdup(rule->mode);
	cause->title = scene_tell(scene, rule->title, match);
	cause->fix = rule->fix ? scene_tell(scene, rule->fix, match) : NULL;
	cause->known = copy(rule->link);
	cause->sure = rule->weak ? SURE_LIKELY : rule->sure;
	cite(clue, cause);
}

static const struct obs_step *failed_step(const struct observation *obs)
{
	for (size_t i = 0; i < obs->n_steps; i++) {
		if (step_failed(&obs->steps[i]))
			return &obs->steps[i];
	}
	return NULL;
}

/* Of what was printed the line that tells of a failed check, else the last; of
 * all else the first. */
static const struct clue *best_clue(const struct clues *clues)
{
	const struct clue *best = NULL;

	for (size_t i = 0; i < clues->n; i++) {
		const struct clue *clue = &clues->v[i];

		if (best && best->kind != CLUE_OUTPUT)
			break;
		best = clue;
		if (clue->kind == CLUE_OUTPUT && output_is_wrong(clue->text))
			break;
	}
	return best;
}

static bool tell_unknown(const struct observation *obs,
			 const struct clues *clues, struct cause *ret_cause)
{
	const struct obs_step *step = failed_step(obs);
	const struct clue *clue = best_clue(clues);

	if (!clue && !(step && step->trouble))
		return false;
	ret_cause->mode = xstrdup("unknown");
	ret_cause->sure = SURE_NONE;
	if (clue)
		cite(clue, ret_cause);
	if (clue && clue->kind == CLUE_CRIU)
		ret_cause->title =
			xasprintf("criu's first error: %s", clue->text);
	else if (step && step->trouble)
		ret_cause->title =
			xasprintf("%s: %s", step->name, step->trouble);
	else
		ret_cause->title = xstrdup(clue->text);
	return true;
}

/** struct finding - A rule that fits, and the clue it fits */
struct finding {
	const struct mode_rule *rule;
	const struct clue *clue;
	size_t rank;
	struct pattern_match match;
};

/*
 * Lines count in their order; symptoms, which have none, in the catalogue's. What
 * the failed step printed says more than they: with it the cell ended, and the
 * end of a peer is a symptom too.
 */
static bool is_better(const struct finding *f, const struct finding *best)
{
	if (!best->rule)
		return true;
	if (best->clue->kind != CLUE_SYMPTOM)
		return false;
	return f->clue->kind == CLUE_OUTPUT ||
	       (f->clue->kind == CLUE_SYMPTOM && f->rank < best->rank);
}

static void find(const struct scene *scene, const struct clues *clues,
		 struct finding *ret_best)
{
	*ret_best = (struct finding){ .rule = NULL };
	for (size_t i = 0; i < clues->n; i++) {
		struct finding f = { .clue = &clues->v[i] };

		f.rule = find_rule(scene, f.clue, &f.rank, &f.match);
		if (f.rule && is_better(&f, ret_best))
			*ret_best = f;
	}
}

bool diagnose_symptoms(const struct cell *cell, const struct observation *obs,
		       enum phase phase, const struct criu_logs *logs,
		       const struct str_list *symptoms, struct cause *ret_cause)
{
	struct scene scene = { .cell = cell, .obs = obs, .phase = phase };
	CLEANUP(clues_release) struct clues clues = { 0 };
	struct finding best;

	*ret_cause = (struct cause){ 0 };
	clues_collect(obs, phase, logs, symptoms, &clues);
	find(&scene, &clues, &best);
	if (!best.rule)
		return tell_unknown(obs, &clues, ret_cause);
	tell_rule(best.rule, &scene, best.clue, &best.match, ret_cause);
	return true;
}

bool diagnose(const struct cell *cell, const struct observation *obs,
	      enum phase phase, const struct criu_logs *logs,
	      struct cause *ret_cause)
{
	return diagnose_symptoms(cell, obs, phase, logs, NULL, ret_cause);
}
