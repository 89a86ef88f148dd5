// SPDX-License-Identifier: Apache-2.0
/* ask_placement.c - a matrix as placement rules of schedulers */
#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "compat/ask.h"
#include "compat/report_story.h"

#define LABEL_PREFIX "crmatrix/"
#define LABEL_MAX 63

void placement_list(const struct answers *answers, FILE *out)
{
	for (size_t i = 0; i < answers->n; i++) {
		const struct ask_row *row = &answers->v[i];

		if (row->answer == ANSWER_YES)
			(void)fprintf(out, "%s\t%s\t%s\n", row->scenario,
				      row->from, row->to);
	}
}

/** struct rule - A scenario on a machine, and where it may go */
struct rule {
	const char *scenario, *from;
	struct str_list to;
};

/** struct rules - All of them */
struct rules {
	struct rule *v;
	size_t n;
};

static void rules_release(struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		str_list_release(&rules->v[i].to);
	free(rules->v);
}

/* Rows of one scenario and source follow each other. */
static struct rules rules_of(const struct answers *answers)
{
	struct rules rules = { 0 };

	for (size_t i = 0; i < answers->n; i++) {
		const struct ask_row *row = &answers->v[i];
		struct rule *rule = rules.n ? &rules.v[rules.n - 1] : NULL;

		if (!rule || !str_eq(rule->scenario, row->scenario) ||
		    !str_eq(rule->from, row->from)) {
			rule = VEC_PUSH(rules.v, rules.n);
			rule->scenario = row->scenario;
			rule->from = row->from;
		}
		if (row->answer == ANSWER_YES)
			str_list_add(&rule->to, row->to);
	}
	return rules;
}

/* --- Nomad ---------------------------------------------------------------------- */

/* Text in a string of HCL. */
static void put_hcl(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			(void)fputc('\\', out);
		if ((text[0] == '$' || text[0] == '%') && text[1] == '{')
			(void)fputc(*text, out);
		(void)fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
}

static void put_constraint(const char *operator, const char * value, FILE *out)
{
	(void)fprintf(out,
		      "constraint {\n  attribute = "
		      "\"${meta.crmatrix_machine}\"\n  operator  = \"%s\"\n",
		      operator);
	if (value) {
		(void)fputs("  value     = \"", out);
		put_hcl(value, out);
		(void)fputs("\"\n", out);
	}
	(void)fputs("}\n", out);
}

void placement_nomad(const struct answers *answers, FILE *out)
{
	CLEANUP(rules_release) struct rules rules = rules_of(answers);

	(void)fputs("# Clients say which machine they are: client { meta { "
		    "crmatrix_machine = \"NAME\" } }\n",
		    out);
	for (size_t i = 0; i < rules.n; i++) {
		const struct rule *rule = &rules.v[i];
		CLEANUP_FREE char *to = str_list_join(&rule->to, ",");

		(void)fputs("\n# ", out);
		put_hcl(rule->scenario, out);
		(void)fputs(" from ", out);
		put_hcl(rule->from, out);
		(void)fputc('\n', out);
		if (rule->to.n) {
			put_constraint("set_contains_any", to, out);
			continue;
		}
		(void)fputs("# nowhere: no client fits\n", out);
		put_constraint("is_set", NULL, out);
		put_constraint("is_not_set", NULL, out);
	}
}

/* --- Kubernetes ----------------------------------------------------------------- */

static bool fits_label(char c, bool at_end)
{
	return isalnum((unsigned char)c) || (!at_end && strchr("-_.", c));
}

/* The value of a label nearest to a text: what does not fit becomes '_'. */
static char *label_of(const char *text)
{
	char *label = xstrndup(text, LABEL_MAX);
	size_t n = strlen(label);

	for (size_t i = 0; i < n; i++) {
		if (!fits_label(label[i], false))
			label[i] = '_';
	}
	while (n && !fits_label(label[n - 1], true))
		label[--n] = '\0';
	memmove(label, label + strspn(label, "-_."),
		n - strspn(label, "-_.") + 1);
	return label;
}

/* A machine is known by its name, which may not be another one as a label. */
static int check_name(const char *name, struct err *err)
{
	CLEANUP_FREE char *label = label_of(name);

	if (str_eq(label, name))
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "machine '%s': a label's value has at most %d letters, "
		       "digits, '-', '_' and '.'",
		       name, LABEL_MAX);
}

static void put_label(json_t *labels, const char *name, const char *value)
{
	CLEANUP_FREE char *key = xasprintf(LABEL_PREFIX "%s", name);
	CLEANUP_FREE char *label = value ? label_of(value) : NULL;

	if (label && *label)
		(void)json_object_set_new(labels, key, shape_text(label));
}

static int add_node(const struct machine_result *machine, json_t *nodes,
		    struct err *err)
{
	json_t *labels;

	if (check_name(machine->name, err))
		return -1;
	labels = json_object();
	put_label(labels, "machine", machine->name);
	for (size_t i = 0; i < n_story_axes; i++)
		put_label(labels, story_axes[i].name,
			  story_axes[i].get(machine));
	(void)json_array_append_new(nodes,
				    json_pack("{ss, so}", "machine",
					      machine->name, "labels", labels));
	return 0;
}

static json_t *expression(const char *operator)
{
	return json_pack("{ss, ss}", "key", LABEL_PREFIX "machine",
			 "operator", operator);
}

/* Where nothing is allowed, terms that no node fits: an empty list of values is
 * none, and no affinity at all would allow everything. */
static json_t *expressions_of(const struct rule *rule)
{
	json_t *in, *values;

	if (!rule->to.n)
		return json_pack("[o, o]", expression("Exists"),
				 expression("DoesNotExist"));
	in = expression("In");
	values = json_array();
	for (size_t i = 0; i < rule->to.n; i++)
		(void)json_array_append_new(values, shape_text(rule->to.v[i]));
	(void)json_object_set_new(in, "values", values);
	return json_pack("[o]", in);
}

static json_t *rule_json(const struct rule *rule)
{
	return json_pack("{so, so, s{s{s{s[{so}]}}}}", "scenario",
			 shape_text(rule->scenario), "from",
			 shape_text(rule->from), "affinity", "nodeAffinity",
			 "requiredDuringSchedulingIgnoredDuringExecution",
			 "nodeSelectorTerms", "matchExpressions",
			 expressions_of(rule));
}

int placement_k8s(const struct answers *answers, FILE *out, struct err *err)
{
	CLEANUP(rules_release) struct rules rules = rules_of(answers);
	json_t *nodes = json_array();
	json_t *array = json_array();
	json_t *json = json_pack("{ss, so, so, so}", "schema", PLACEMENT_SCHEMA,
				 "run", shape_text(answers->results->id),
				 "nodes", nodes, "rules", array);
	int rc = 0;

	for (size_t i = 0; !rc && i < answers->results->n_machines; i++)
		rc = add_node(&answers->results->machines[i], nodes, err);
	for (size_t i = 0; i < rules.n; i++)
		(void)json_array_append_new(array, rule_json(&rules.v[i]));
	if (!rc &&
	    (json_dumpf(json, out, JSON_INDENT(1)) || fputc('\n', out) == EOF))
		rc = err_errno(err, "write the rules");
	json_decref(json);
	return rc;
}
