// SPDX-License-Identifier: Apache-2.0
/* ask_print.c - answers for people, and for programs */
#include <inttypes.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/ask.h"
#include "compat/report_story.h"
#include "compat/report_table.h"
#include "compat/report_view.h"

static const enum ink inks[] = {
	[ANSWER_YES] = INK_GREEN,
	[ANSWER_NO] = INK_RED,
	[ANSWER_UNKNOWN] = INK_YELLOW,
};
static_assert(ARRAY_SIZE(inks) == ANSWER_COUNT,
	      "inks[] doesn't match enum answer");

static const char *why_unknown(const struct ask_row *row)
{
	return row->telling ? story_headline(row->telling) :
			      "this run did not try it";
}

static void print_why(const struct ask_row *row, const struct report_opts *opts,
		      FILE *out)
{
	const struct cause *cause = row->telling ? row->telling->cause : NULL;
	CLEANUP_FREE char *text =
		row->answer == ANSWER_NO ?
			xasprintf("%s%s%s", cause ? cause->mode : "",
				  cause ? ": " : "",
				  story_headline(row->telling)) :
			xstrdup(why_unknown(row));

	if (!opts->utf8)
		text_to_ascii(text);
	text_wrap("    ", 4, text, opts, out);
	if (cause && cause->fix) {
		CLEANUP_FREE char *fix = xstrdup(cause->fix);

		if (!opts->utf8)
			text_to_ascii(fix);
		text_wrap("    fix: ", 9, fix, opts, out);
	}
}

static void print_row(const struct ask_row *row, const struct report_opts *opts,
		      FILE *out)
{
	enum ink ink = inks[row->answer];
	CLEANUP_FREE char *ms = view_ms(row->service_ns);

	(void)fprintf(out, "  %s%-7s%s %s  %s %s %s", ink_on(opts, ink),
		      answer_names[row->answer], ink_off(opts, ink),
		      row->scenario, row->from, opts->utf8 ? "→" : "->",
		      row->to);
	if (row->tried.runs > 1)
		(void)fprintf(out, ", moved %" PRIu64 " of %" PRIu64 " times",
			      row->tried.runs - row->tried.failed,
			      row->tried.runs);
	if (row->service_ns != UNMEASURED)
		(void)fprintf(out, ", %s ms without service", ms);
	(void)fputc('\n', out);
	if (row->answer != ANSWER_YES)
		print_why(row, opts, out);
}

void ask_print(const struct answers *answers, const struct report_opts *opts,
	       FILE *out)
{
	enum answer sum = answers_sum(answers);

	(void)fprintf(out, "%s%s%s, by run %s\n", ink_on(opts, inks[sum]),
		      answer_names[sum], ink_off(opts, inks[sum]),
		      answers->results->id);
	for (size_t i = 0; i < answers->n; i++)
		print_row(&answers->v[i], opts, out);
}

/* --- JSON ----------------------------------------------------------------------- */

static json_t *row_json(const struct ask_row *row)
{
	const struct result *telling = row->telling;
	const struct cause *cause = telling ? telling->cause : NULL;
	struct trials good = { row->tried.runs - row->tried.failed,
			       row->tried.runs };
	struct interval bounds = stats_wilson(good);

	return json_pack(
		"{so, so, so, ss, sI, sI, so, so, so, so, so, so}", "scenario",
		shape_text(row->scenario), "from", shape_text(row->from), "to",
		shape_text(row->to), "answer", answer_names[row->answer],
		"tried", (json_int_t)row->tried.runs, "moved",
		(json_int_t)good.failed, "moved_95",
		good.runs ? json_pack("[f, f]", bounds.low, bounds.high) :
			    json_null(),
		"service_ms", shape_ms(row->service_ns), "cause",
		shape_text(cause ? cause->mode : NULL), "reason",
		row->answer == ANSWER_YES ? json_null() :
					    shape_text(why_unknown(row)),
		"fix", shape_text(cause ? cause->fix : NULL), "see",
		shape_text(telling ? view_link(telling) : NULL));
}

json_t *ask_json(const struct answers *answers)
{
	enum answer sum = answers_sum(answers);
	json_t *rows = json_array();

	for (size_t i = 0; i < answers->n; i++)
		(void)json_array_append_new(rows, row_json(&answers->v[i]));
	return json_pack("{ss, so, so, so, so, ss, si, so}", "schema",
			 ASK_SCHEMA, "run", shape_text(answers->results->id),
			 "from", shape_text(answers->question.from), "to",
			 shape_text(answers->question.to), "scenario",
			 shape_text(answers->question.scenario), "answer",
			 answer_names[sum], "exit", answer_exit(sum), "rows",
			 rows);
}
