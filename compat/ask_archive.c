// SPDX-License-Identifier: Apache-2.0
/* ask_archive.c - where may a checkpoint archive be restored? */
#include "compat/ask_archive.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "compat/report_text.h"

static int add(const char *from, const struct question *question,
	       struct archive_answers *answers, struct err *err)
{
	struct question asked = *question;
	struct answers one = { 0 };

	asked.from = from;
	if (ask(answers->results, &asked, &one, err))
		return -1;
	*VEC_PUSH(answers->v, answers->n) = one;
	return 0;
}

static int add_all(const struct question *question,
		   struct archive_answers *answers, struct err *err)
{
	const struct results *results = answers->results;

	if (question->from)
		return add(question->from, question, answers, err);
	for (size_t i = 0; i < results->n_machines; i++) {
		const struct machine_result *machine = &results->machines[i];

		if (checkpoint_is_from(answers->checkpoint, machine) &&
		    add(machine->name, question, answers, err))
			return -1;
	}
	return 0;
}

int ask_archive(const struct checkpoint *checkpoint,
		const struct results *results, const struct question *question,
		struct archive_answers *ret_answers, struct err *err)
{
	struct archive_answers answers = { .checkpoint = checkpoint,
					   .results = results };

	if (add_all(question, &answers, err)) {
		archive_answers_release(&answers);
		return -1;
	}
	*ret_answers = answers;
	return 0;
}

void archive_answers_release(struct archive_answers *answers)
{
	for (size_t i = 0; i < answers->n; i++)
		answers_release(&answers->v[i]);
	free(answers->v);
	*answers = (struct archive_answers){ 0 };
}

/* To one machine, all scenarios together: a no of one is a no. */
static enum answer sum_to(const struct answers *answers, const char *to)
{
	enum answer sum = ANSWER_UNKNOWN;

	for (size_t i = 0; i < answers->n; i++) {
		const struct ask_row *row = &answers->v[i];

		if (!str_eq(row->to, to))
			continue;
		if (row->answer == ANSWER_NO)
			return ANSWER_NO;
		if (row->answer == ANSWER_YES)
			sum = ANSWER_YES;
	}
	return sum;
}

/* Of machines it may have been made on the worst decides. */
static enum answer sum_all_to(const struct archive_answers *answers,
			      const char *to)
{
	enum answer sum = answers->n ? ANSWER_YES : ANSWER_UNKNOWN;

	for (size_t i = 0; i < answers->n; i++) {
		enum answer one = sum_to(&answers->v[i], to);

		if (one == ANSWER_NO)
			return ANSWER_NO;
		if (one == ANSWER_UNKNOWN)
			sum = ANSWER_UNKNOWN;
	}
	return sum;
}

enum answer archive_answers_sum(const struct archive_answers *answers)
{
	const struct results *results = answers->results;
	enum answer sum = answers->n ? ANSWER_NO : ANSWER_UNKNOWN;

	if (answers->n && answers->v[0].question.to)
		return sum_all_to(answers, answers->v[0].question.to);
	for (size_t i = 0; i < results->n_machines && answers->n; i++) {
		enum answer one =
			sum_all_to(answers, results->machines[i].name);

		if (one == ANSWER_YES)
			return ANSWER_YES;
		if (one == ANSWER_UNKNOWN)
			sum = ANSWER_UNKNOWN;
	}
	return sum;
}

/* --- For people --------------------------------------------------------------- */

static void print_fact(const char *name, const char *value, const char *version,
		       FILE *out)
{
	if (value || version)
		(void)fprintf(out, "  %-9s %s%s%s\n", name, value ? value : "",
			      value && version ? " " : "",
			      version ? version : "");
}

static void print_checkpoint(const struct checkpoint *c, FILE *out)
{
	(void)fprintf(out, "checkpoint, layout of %s\n",
		      checkpoint_layout_names[c->layout]);
	print_fact("container", c->name, NULL, out);
	print_fact("image", c->image, NULL, out);
	print_fact("engine", c->engine, c->engine_version, out);
	print_fact("runtime", c->runtime, c->runtime_version, out);
	print_fact("kernel", c->kernel ? c->kernel : "not recorded", NULL, out);
	print_fact("CRIU", c->criu ? c->criu : "not recorded", NULL, out);
	print_fact("arch", c->arch, NULL, out);
	print_fact("system", c->distribution, c->distribution_version, out);
	print_fact("cgroups", c->cgroup_version, NULL, out);
	print_fact("made", c->created, NULL, out);
}

static const char *why_none(const struct checkpoint *c)
{
	return c->kernel || c->criu ?
		       "no machine of this run is like where it was made" :
		       "it does not tell where it was made: say it by --from";
}

/* Whichever of the machines it was made on. */
static void print_targets(const struct archive_answers *answers, FILE *out)
{
	const struct results *results = answers->results;

	for (int i = 0; i < ANSWER_COUNT; i++) {
		CLEANUP(str_list_release) struct str_list names = { 0 };
		CLEANUP_FREE char *text = NULL;

		for (size_t k = 0; k < results->n_machines; k++) {
			const char *name = results->machines[k].name;

			if (sum_all_to(answers, name) == (enum answer)i)
				str_list_add(&names, name);
		}
		text = str_list_join(&names, ", ");
		if (names.n)
			(void)fprintf(out, "  %-9s %s\n", answer_names[i],
				      text);
	}
}

void archive_answers_print(const struct archive_answers *answers,
			   const struct report_opts *opts, FILE *out)
{
	print_checkpoint(answers->checkpoint, out);
	if (!answers->n)
		(void)fprintf(out, "unknown, by run %s\n  %s\n",
			      answers->results->id,
			      why_none(answers->checkpoint));
	else if (!answers->v[0].question.to)
		(void)fprintf(out, "where it may be restored\n");
	if (answers->n && !answers->v[0].question.to)
		print_targets(answers, out);
	for (size_t i = 0; i < answers->n; i++) {
		(void)fprintf(out,
			      "as made on %s: ", answers->v[i].question.from);
		ask_print(&answers->v[i], opts, out);
	}
}

/* --- For programs ----------------------------------------------------------------- */

static json_t *targets_json(const struct archive_answers *answers)
{
	const struct results *results = answers->results;
	json_t *targets = json_object();

	for (size_t i = 0; i < results->n_machines; i++)
		(void)json_object_set_new(
			targets, results->machines[i].name,
			json_string(answer_names[sum_all_to(
				answers, results->machines[i].name)]));
	return targets;
}

json_t *archive_answers_json(const struct archive_answers *answers)
{
	enum answer sum = archive_answers_sum(answers);
	json_t *each = json_array();

	for (size_t i = 0; i < answers->n; i++)
		(void)json_array_append_new(each, ask_json(&answers->v[i]));
	return json_pack("{ss, so, so, so, so, ss, si}", "schema",
			 ASK_ARCHIVE_SCHEMA, "run",
			 shape_text(answers->results->id), "archive",
			 checkpoint_to_json(answers->checkpoint), "targets",
			 targets_json(answers), "answers", each, "answer",
			 answer_names[sum], "exit", answer_exit(sum));
}
