// SPDX-License-Identifier: Apache-2.0
/* bisection.c - a bisection of one cell: its file, the plans of its runs */
#include "compat/bisection.h"

#include <ctype.h>
#include <inttypes.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/cluster.h"
#include "compat/plan_only.h"

#define PACKAGE_PREFIX "/linux-image-"

const char *const bisect_side_names[] = {
	[SIDE_SOURCE] = "source",
	[SIDE_TARGET] = "target",
	[SIDE_BOTH] = "both",
	[SIDE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(bisect_side_names) == SIDE_COUNT + 1,
	      "bisect_side_names[] doesn't match enum bisect_side");

const char *const bisect_what_names[] = {
	[BISECT_KERNEL] = "kernel",
	[BISECT_CRIU] = "criu",
	[BISECT_WHAT_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(bisect_what_names) == BISECT_WHAT_COUNT + 1,
	      "bisect_what_names[] doesn't match enum bisect_what");

/* CRIU comes with the userland. */
static const char *const members[] = {
	[BISECT_KERNEL] = "kernel",
	[BISECT_CRIU] = "userland",
};
static_assert(ARRAY_SIZE(members) == BISECT_WHAT_COUNT,
	      "members[] doesn't match enum bisect_what");

void bisection_add(struct bisection *bisection, const char *label,
		   json_t *value)
{
	struct bisect_candidate *candidate =
		VEC_PUSH(bisection->v, bisection->n);

	candidate->label = xstrdup(label);
	candidate->value = value;
}

static void forget(struct bisect_candidate *candidate)
{
	char **texts[] = { &candidate->cause, &candidate->title,
			   &candidate->kernel, &candidate->criu,
			   &candidate->refusal };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		free(*texts[i]);
		*texts[i] = NULL;
	}
	str_list_release(&candidate->runs);
	candidate->runs = (struct str_list){ 0 };
	candidate->tally = (struct bisect_tally){ 0 };
}

void bisection_forget(struct bisection *bisection)
{
	for (size_t i = 0; i < bisection->n; i++)
		forget(&bisection->v[i]);
}

void bisection_release(struct bisection *bisection)
{
	bisection_forget(bisection);
	for (size_t i = 0; i < bisection->n; i++) {
		free(bisection->v[i].label);
		json_decref(bisection->v[i].value);
	}
	free(bisection->v);
	free(bisection->cell);
	free(bisection->cause);
	free(bisection->title);
	json_decref(bisection->plan);
	*bisection = (struct bisection){ 0 };
}

/* --- Its file ---------------------------------------------------------------- */

json_t *bisection_to_json(const struct bisection *bisection)
{
	const struct bisect_rule *rule = &bisection->rule;
	json_t *row = json_array();

	for (size_t i = 0; i < bisection->n; i++)
		(void)json_array_append_new(
			row,
			json_pack("{ss, sO}", "label", bisection->v[i].label,
				  "value", bisection->v[i].value));
	return json_pack("{ss, ss, ss, ss, so, so, sf, sI, sI, so, sO}",
			 "schema", BISECTION_SCHEMA, "cell", bisection->cell,
			 "side", bisect_side_names[bisection->side], "what",
			 bisect_what_names[bisection->what], "cause",
			 shape_text(bisection->cause), "title",
			 shape_text(bisection->title), "confidence",
			 rule->confidence, "failures",
			 (json_int_t)rule->failures, "repeat",
			 (json_int_t)rule->repeat, "candidates", row, "plan",
			 bisection->plan);
}

static char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? xstrdup(text) : NULL;
}

static int read_row(const json_t *row, struct bisection *bisection,
		    struct err *err)
{
	for (size_t i = 0; i < json_array_size(row); i++) {
		json_t *one = json_array_get(row, i);
		json_t *value = json_object_get(one, "value");
		const char *label =
			json_string_value(json_object_get(one, "label"));

		if (!label || !value)
			return err_set(err, ERR_PARSE, 0,
				       "candidate %zu: no label, or no value",
				       i);
		bisection_add(bisection, label, json_incref(value));
	}
	if (bisection->n >= 2)
		return 0;
	return err_set(err, ERR_PARSE, 0, "fewer than two candidates");
}

static bool in_range(const struct bisect_rule *rule)
{
	return rule->confidence > 0 && rule->confidence < 1 &&
	       rule->failures >= 1 && rule->failures <= 1000 &&
	       rule->repeat <= 1000;
}

static int read_file(json_t *json, struct bisection *bisection, struct err *err)
{
	const char *schema, *cell, *side, *what;
	json_int_t failures, repeat;
	json_t *row, *plan;
	json_error_t why;
	int at, of;

	if (json_unpack_ex(json, &why, 0,
			   "{ss, ss, ss, ss, sF, sI, sI, so, so}", "schema",
			   &schema, "cell", &cell, "side", &side, "what", &what,
			   "confidence", &bisection->rule.confidence,
			   "failures", &failures, "repeat", &repeat,
			   "candidates", &row, "plan", &plan))
		return err_set(err, ERR_PARSE, 0, "%s", why.text);
	at = name_index(bisect_side_names, side);
	of = name_index(bisect_what_names, what);
	if (!str_eq(schema, BISECTION_SCHEMA) || at < 0 || of < 0)
		return err_set(err, ERR_PARSE, 0, "not of " BISECTION_SCHEMA);
	bisection->rule.failures = (uint64_t)failures;
	bisection->rule.repeat = (uint64_t)repeat;
	if (failures < 0 || repeat < 0 || !in_range(&bisection->rule))
		return err_set(err, ERR_PARSE, 0,
			       "confidence, failures or repeat out of range");
	bisection->side = (enum bisect_side)at;
	bisection->what = (enum bisect_what)of;
	bisection->cell = xstrdup(cell);
	bisection->cause = text_of(json, "cause");
	bisection->title = text_of(json, "title");
	bisection->plan = json_incref(plan);
	return read_row(row, bisection, err);
}

int bisection_from_json(json_t *json, struct bisection *ret_bisection,
			struct err *err)
{
	struct bisection bisection CLEANUP(bisection_release) = { 0 };

	if (read_file(json, &bisection, err))
		return -1;
	*ret_bisection = bisection;
	bisection = (struct bisection){ 0 };
	return 0;
}

/* --- A run of one candidate ---------------------------------------------------- */

/* "bookworm-6.1-with-6.1.0-56-amd64", whatever the label is made of; of a suite's
 * package what all their names begin with is left out. */
static char *replaced_name(const char *machine, const char *label)
{
	const char *package = strstr(label, PACKAGE_PREFIX);
	char *name =
		xasprintf("%s-with-%s", machine,
			  package ? package + strlen(PACKAGE_PREFIX) : label);

	for (char *c = name; *c; c++)
		*c = isalnum((unsigned char)*c) || *c == '.' ?
			     (char)tolower((unsigned char)*c) :
			     '-';
	return name;
}

static const json_t *named(const json_t *array, const char *name)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *one = json_array_get(array, i);

		if (str_eq(json_string_value(json_object_get(one, "name")),
			   name))
			return one;
	}
	return NULL;
}

/* The machine of one role as this run has it, into @machines; its name, owned. */
static char *put_machine(const struct bisection *bisection,
			 const struct bisect_candidate *candidate,
			 enum bisect_side role, const char *name,
			 json_t *machines)
{
	const json_t *declared =
		named(json_object_get(bisection->plan, "machines"), name);
	bool replaced = bisection->side == SIDE_BOTH || bisection->side == role;
	char *is = replaced ? replaced_name(name, candidate->label) :
			      xstrdup(name);
	json_t *copy;

	if (!declared || named(machines, is))
		return is;
	copy = json_deep_copy(declared);
	(void)json_object_set_new(copy, "name", json_string(is));
	if (replaced)
		(void)json_object_set(json_object_get(copy, "machine"),
				      members[bisection->what],
				      candidate->value);
	(void)json_array_append_new(machines, copy);
	return is;
}

static void name_cell(json_t *cell, const char *const names[2])
{
	json_int_t repeat = json_integer_value(json_object_get(cell, "repeat"));
	CLEANUP_FREE char *first =
		xasprintf("%s.%s.%s",
			  json_string_value(json_object_get(cell, "scenario")),
			  names[0], names[1]);
	CLEANUP_FREE char *id =
		repeat > 1 ?
			xasprintf("%s#%" JSON_INTEGER_FORMAT, first, repeat) :
			xstrdup(first);

	(void)json_object_set_new(cell, "id", json_string(id));
	(void)json_object_set_new(cell, "source", json_string(names[0]));
	(void)json_object_set_new(cell, "target", json_string(names[1]));
}

int bisection_step(const struct bisection *bisection, size_t candidate,
		   uint64_t runs, json_t **ret_json, struct err *err)
{
	static const enum bisect_side roles[] = { SIDE_SOURCE, SIDE_TARGET };
	json_t *cells, *machines, *only;
	char *names[2];

	if (plan_only(bisection->plan, bisection->cell, runs, &only, err))
		return -1;
	cells = json_object_get(only, "cells");
	machines = json_array();
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		names[i] = put_machine(bisection, &bisection->v[candidate],
				       roles[i],
				       json_string_value(json_object_get(
					       json_array_get(cells, 0),
					       bisect_side_names[roles[i]])),
				       machines);
	for (size_t i = 0; i < json_array_size(cells); i++)
		name_cell(json_array_get(cells, i), (const char *const *)names);
	(void)json_object_set_new(only, "machines", machines);
	free(names[0]);
	free(names[1]);
	*ret_json = only;
	return 0;
}

/* --- What runs tell ------------------------------------------------------------ */

static bool is_failure(const struct result *result)
{
	return result->verdict == VERDICT_FAIL ||
	       result->verdict == VERDICT_XFAIL;
}

char *bisect_cause(const struct result *result)
{
	const struct cause *cause = result->cause;

	if (!is_failure(result))
		return NULL;
	if (!cause)
		return xasprintf("unknown (%s)", result->rule);
	if (str_eq(cause->mode, "unknown") && cause->line) {
		CLEANUP_FREE char *shape = cluster_shape(cause->line);

		return xasprintf("unknown (%s)", shape);
	}
	return xstrdup(cause->mode);
}

static void keep(char **text, const char *value)
{
	if (!value)
		return;
	free(*text);
	*text = xstrdup(value);
}

static void learn_failure(const struct bisection *bisection,
			  struct bisect_candidate *candidate,
			  const struct result *result)
{
	CLEANUP_FREE char *cause = bisect_cause(result);
	bool sought = !bisection->cause || str_eq(cause, bisection->cause);

	if (sought)
		candidate->tally.failed++;
	else
		candidate->tally.other++;
	/* What it is judged by is what is told of it. */
	if (!sought && candidate->tally.failed)
		return;
	keep(&candidate->cause, cause);
	keep(&candidate->title,
	     result->cause ? result->cause->title : result->reason);
}

static void learn_cell(const struct bisection *bisection,
		       struct bisect_candidate *candidate,
		       const struct result *result)
{
	switch (result->verdict) {
	case VERDICT_PASS:
	case VERDICT_XPASS:
		candidate->tally.passed++;
		break;
	case VERDICT_FAIL:
	case VERDICT_XFAIL:
		learn_failure(bisection, candidate, result);
		break;
	case VERDICT_SKIP:
		candidate->tally.skipped++;
		keep(&candidate->title, result->reason);
		break;
	case VERDICT_BROKEN:
		candidate->tally.broken++;
		if (!candidate->cause)
			keep(&candidate->title, result->reason);
		break;
	case VERDICT_NOTRUN:
	case VERDICT_COUNT:
		break;
	}
}

void bisection_learn(struct bisection *bisection, size_t candidate,
		     const char *folder, const struct results *results)
{
	struct bisect_candidate *is = &bisection->v[candidate];
	CLEANUP_FREE char *replaced = replaced_name("", is->label);

	str_list_add(&is->runs, folder);
	for (size_t i = 0; i < results->n_cells; i++)
		learn_cell(bisection, is, &results->cells[i]);
	for (size_t i = 0; i < results->n_machines; i++) {
		const struct machine_result *machine = &results->machines[i];

		if (!str_ends(machine->name, replaced))
			continue;
		keep(&is->kernel, machine->kernel);
		keep(&is->criu, machine->criu);
	}
}

void bisection_plan(const struct bisection *bisection,
		    struct bisect_plan *ret_plan)
{
	CLEANUP_FREE struct bisect_tally *tallies =
		xcalloc(bisection->n, sizeof(*tallies));

	for (size_t i = 0; i < bisection->n; i++) {
		tallies[i] = bisection->v[i].tally;
		tallies[i].refused = bisection->v[i].refusal != NULL;
	}
	bisect_plan(tallies, bisection->n, &bisection->rule, ret_plan);
}
