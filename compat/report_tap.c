// SPDX-License-Identifier: Apache-2.0
/* report_tap.c - the Test Anything Protocol, version 13 */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/report_formats.h"
#include "compat/report_story.h"

/* A test that is to do may fail; a skipped one is ok. That something passed which
 * was to fail is a bonus to TAP, but not to us: the run ends with 1. */
static const struct {
	bool ok;
	const char *directive;
} rows[] = {
	[VERDICT_PASS] = { true, NULL },     [VERDICT_FAIL] = { false, NULL },
	[VERDICT_XFAIL] = { false, "TODO" }, [VERDICT_XPASS] = { false, NULL },
	[VERDICT_SKIP] = { true, "SKIP" },   [VERDICT_BROKEN] = { false, NULL },
	[VERDICT_NOTRUN] = { false, NULL },
};
static_assert(ARRAY_SIZE(rows) == VERDICT_COUNT,
	      "rows[] doesn't match enum verdict");

/* On one line, and with no '#' that would begin a directive. */
static void put_text(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text == '#' || *text == '\\')
			(void)fprintf(out, "\\%c", *text);
		else
			(void)fputc((unsigned char)*text < ' ' ? ' ' : *text,
				    out);
	}
}

/* A string of JSON is one of YAML. */
static void put_fact(const char *name, const char *value, FILE *out)
{
	CLEANUP_FREE char *clean = NULL;
	CLEANUP_FREE char *text = NULL;
	json_t *json;

	if (!value)
		return;
	clean = str_utf8_clean(value, strlen(value));
	json = json_string(clean);
	text = json_dumps(json, JSON_ENCODE_ANY);
	(void)fprintf(out, "  %s: %s\n", name, text);
	json_decref(json);
}

static void put_diagnostics(const struct result *result, FILE *out)
{
	(void)fputs("  ---\n", out);
	put_fact("verdict", verdict_names[result->verdict], out);
	if (result->wall_ns != UNMEASURED)
		(void)fprintf(out, "  duration_ms: %.3f\n",
			      (double)result->wall_ns / (double)NS_PER_MS);
	for (size_t i = 0; i < n_story_facts; i++)
		put_fact(story_facts[i].name, story_facts[i].get(result), out);
	(void)fputs("  ...\n", out);
}

static void put_test(const struct result *result, size_t number, FILE *out)
{
	const char *directive = rows[result->verdict].directive;

	(void)fprintf(out, "%s %zu - ",
		      rows[result->verdict].ok ? "ok" : "not ok", number);
	put_text(result->id, out);
	if (directive) {
		(void)fprintf(out, " # %s ", directive);
		put_text(result->expected ? result->expected :
					    story_headline(result),
			 out);
	}
	(void)fputc('\n', out);
	if (result->verdict != VERDICT_PASS)
		put_diagnostics(result, out);
}

int report_tap(const struct results *results, const struct report_opts *opts,
	       FILE *out, struct err *err)
{
	(void)opts;
	(void)fprintf(out, "TAP version 13\n1..%zu%s\n", results->n_cells,
		      results->n_cells ? "" : " # no cells");
	for (size_t i = 0; i < results->n_cells; i++)
		put_test(&results->cells[i], i + 1, out);
	if (ferror(out))
		return err_errno(err, "write the report");
	return 0;
}
