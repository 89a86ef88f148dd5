// SPDX-License-Identifier: Apache-2.0
/* explain.c - the whole story of one cell, for people */
#include "compat/explain.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "compat/original.h"

#define LABEL_WIDTH 10

void story_line(const struct story *story, const char *label, const char *text)
{
	CLEANUP_FREE char *first = NULL;

	if (!text)
		return;
	first = xasprintf("  %-*s ", LABEL_WIDTH, label);
	text_wrap(first, LABEL_WIDTH + 3, text, story->opts, story->out);
}

void story_lines(const struct story *story, const char *label, const char *text)
{
	if (!text)
		return;
	while (*text) {
		size_t len = strcspn(text, "\n");

		(void)fprintf(story->out, "  %-*s %.*s\n", LABEL_WIDTH, label,
			      (int)len, text);
		text += len + (text[len] == '\n');
		label = "";
	}
}

static void tell_verdict(const struct story *story)
{
	const struct result *cell = story->cell;
	enum ink ink = verdict_ink(cell->verdict);

	(void)fprintf(story->out, "%s%s%s %s%s\n", ink_on(story->opts, ink),
		      verdict_symbol(cell->verdict, story->opts), cell->id,
		      verdict_words[cell->verdict], ink_off(story->opts, ink));
	(void)fprintf(story->out, "  %-*s %s from %s to %s\n", LABEL_WIDTH,
		      "cell", cell->scenario, cell->source, cell->target);
	if (cell->phase != PHASE_NONE)
		story_line(story, "phase", phase_names[cell->phase]);
	story_line(story, "reason", cell->reason);
	story_line(story, "rule", cell->rule);
	story_line(story,
		   cell->verdict == VERDICT_FAIL ? "otherwise" : "expected",
		   cell->expected);
	story_line(story, "see", cell->link);
	if (cell->attempts > 1) {
		CLEANUP_FREE char *attempts =
			xasprintf("%" PRIu64 ", of which this is the last",
				  cell->attempts);

		story_line(story, "attempts", attempts);
	}
}

static void tell_witness(const struct story *story, const char *name,
			 enum witness says, const char *why)
{
	CLEANUP_FREE char *text =
		xasprintf(why ? "%s: %s" : "%s", witness_names[says], why);

	story_line(story, name, text);
}

static void tell_witnesses(const struct story *story)
{
	const struct result *cell = story->cell;

	text_heading("witnesses", story->opts, story->out);
	tell_witness(story, "workload", cell->workload, cell->workload_why);
	tell_witness(story, "peer", cell->peer, cell->peer_why);
	tell_witness(story, "wire", cell->wire, cell->wire_why);
}

static void tell_original(const struct story *story)
{
	CLEANUP_FREE char *words = story->obs ? original_tell(story->obs) :
						NULL;

	if (!words)
		return;
	text_heading("original", story->opts, story->out);
	story_line(story, "source", words);
}

static void tell_cause(const struct story *story)
{
	const struct cause *cause = story->cell->cause;

	if (!cause)
		return;
	text_heading("cause", story->opts, story->out);
	story_line(story, "mode", cause->mode);
	story_line(story, "title", cause->title);
	story_line(story, "sure",
		   cause->sure == SURE_NONE ? NULL : sure_names[cause->sure]);
	story_lines(story, "log", cause->line);
	story_line(story, "at", cause->file);
	story_line(story, "fix", cause->fix);
	story_line(story, "see", cause->known);
}

static void tell_remarks(const struct story *story)
{
	if (story->cell->n_remarks)
		text_heading("remarks", story->opts, story->out);
	for (size_t i = 0; i < story->cell->n_remarks; i++) {
		const struct cause *remark = &story->cell->remarks[i];

		story_line(story, "mode", remark->mode);
		story_line(story, "title", remark->title);
		story_line(story, "at", remark->file);
		story_line(story, "fix", remark->fix);
		story_line(story, "see", remark->known);
	}
}

/* What the facts of both machines had said before. */
static void tell_prediction(const struct story *story)
{
	const struct prediction *p = story->cell->prediction;

	if (!p || p->says == FORETOLD_PASS)
		return;
	text_heading("prediction, by facts from before the dump", story->opts,
		     story->out);
	for (size_t i = 0; i < p->n; i++) {
		const struct foresight *f = &p->v[i];
		CLEANUP_FREE char *text =
			xasprintf("%s: %s", f->mode, f->sentence);

		story_line(story, foretold_names[f->says], text);
	}
}

static void tell_file(const struct story *story, const char *dir,
		      const char *label, const char *name)
{
	CLEANUP_FREE char *path = NULL;

	if (!name)
		return;
	path = xasprintf("%s/%s", dir, name);
	story_line(story, label, path);
}

static void tell_evidence(const struct story *story)
{
	const struct observation *obs = story->obs;
	CLEANUP_FREE char *dir = NULL;

	if (!story->cell->dir)
		return;
	dir = story->opts->run_dir ? xasprintf("%s/%s", story->opts->run_dir,
					       story->cell->dir) :
				     xstrdup(story->cell->dir);
	text_heading("evidence", story->opts, story->out);
	story_line(story, "folder", dir);
	if (!obs)
		return;
	tell_file(story, dir, "dump", obs->dump_log);
	tell_file(story, dir, "restore", obs->restore_log);
	tell_file(story, dir, "capture", obs->capture);
}

static void tell(const struct story *story)
{
	tell_verdict(story);
	tell_cause(story);
	tell_witnesses(story);
	tell_original(story);
	tell_remarks(story);
	tell_prediction(story);
	explain_pair(story);
	explain_course(story);
	explain_rounds(story);
	explain_figures(story);
	tell_evidence(story);
}

void explain_cell(const struct results *results, const struct result *cell,
		  const struct observation *obs, const struct report_opts *opts,
		  FILE *out)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	struct story story = { results, cell, obs, opts, NULL };
	CLEANUP_FREE char *text = NULL;

	strbuf_open(&buf);
	story.out = buf.f;
	tell(&story);
	text = strbuf_take(&buf);
	if (!opts->utf8)
		text_to_ascii(text);
	(void)fputs(text, out);
}
