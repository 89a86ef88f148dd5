// SPDX-License-Identifier: Apache-2.0
/* report_junit.c - JUnit XML, as GitLab, Jenkins and GitHub's reporters read it
 *
 * Written with libxml2's xmlwriter, which escapes and balances. */
#include <libxml/xmlwriter.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/report_formats.h"
#include "compat/report_story.h"
#include "compat/report_view.h"

#define X(text) ((const xmlChar *)(text))

/** enum junit_outcome - What JUnit knows of a case that did not simply pass */
enum junit_outcome {
	JUNIT_PASSED,
	JUNIT_FAILURE,
	JUNIT_ERROR,
	JUNIT_SKIPPED,
	JUNIT_COUNT
};

static const char *const elements[] = {
	[JUNIT_PASSED] = NULL,
	[JUNIT_FAILURE] = "failure",
	[JUNIT_ERROR] = "error",
	[JUNIT_SKIPPED] = "skipped",
};
static_assert(ARRAY_SIZE(elements) == JUNIT_COUNT,
	      "elements[] doesn't match enum junit_outcome");

/* An expected failure is no reason to look: it is skipped, with its reason. What
 * we could not tell is an error of the tests, not a failure of the tested. */
static const struct {
	enum junit_outcome outcome;
	const char *prefix; /* of the message */
} outcomes[] = {
	[VERDICT_PASS] = { JUNIT_PASSED, NULL },
	[VERDICT_FAIL] = { JUNIT_FAILURE, "" },
	[VERDICT_XFAIL] = { JUNIT_SKIPPED, "expected failure: " },
	[VERDICT_XPASS] = { JUNIT_FAILURE, "passed unexpectedly: " },
	[VERDICT_SKIP] = { JUNIT_SKIPPED, "" },
	[VERDICT_BROKEN] = { JUNIT_ERROR, "broken: " },
	[VERDICT_NOTRUN] = { JUNIT_ERROR, "not run: " },
};
static_assert(ARRAY_SIZE(outcomes) == VERDICT_COUNT,
	      "outcomes[] doesn't match enum verdict");

/* Text that XML 1.0 takes. */
static char *clean(const char *text)
{
	return str_utf8_clean(text, strlen(text));
}

/* xmlwriter fails for want of memory alone, as its text is in memory. */
static void must(int written)
{
	if (written < 0)
		mem_exhausted();
}

static void begin(xmlTextWriterPtr w, const char *name)
{
	must(xmlTextWriterStartElement(w, X(name)));
}

static void end(xmlTextWriterPtr w)
{
	must(xmlTextWriterEndElement(w));
}

static void put_attr(xmlTextWriterPtr w, const char *name, const char *value)
{
	CLEANUP_FREE char *text = NULL;

	if (!value)
		return;
	text = clean(value);
	must(xmlTextWriterWriteAttribute(w, X(name), X(text)));
}

static void put_number(xmlTextWriterPtr w, const char *name, size_t number)
{
	CLEANUP_FREE char *text = xasprintf("%zu", number);

	put_attr(w, name, text);
}

static void put_time(xmlTextWriterPtr w, uint64_t ns)
{
	CLEANUP_FREE char *text =
		xasprintf("%.3f", (double)ns / (double)NS_PER_S);

	if (ns != UNMEASURED)
		put_attr(w, "time", text);
}

static void put_property(xmlTextWriterPtr w, const char *name,
			 const char *value)
{
	if (!value)
		return;
	begin(w, "property");
	put_attr(w, "name", name);
	put_attr(w, "value", value);
	end(w);
}

static void put_ms(xmlTextWriterPtr w, const char *name, uint64_t ns)
{
	CLEANUP_FREE char *text =
		xasprintf("%.3f", (double)ns / (double)NS_PER_MS);

	if (ns != UNMEASURED)
		put_property(w, name, text);
}

static void put_axes(xmlTextWriterPtr w, const char *side,
		     const struct machine_result *machine)
{
	for (size_t i = 0; machine && i < n_story_axes; i++) {
		CLEANUP_FREE char *name =
			xasprintf("%s.%s", side, story_axes[i].name);

		put_property(w, name, story_axes[i].get(machine));
	}
}

static void put_properties(xmlTextWriterPtr w, const struct results *results,
			   const struct result *result)
{
	CLEANUP_FREE char *attempts =
		xasprintf("%llu", (unsigned long long)result->attempts);

	begin(w, "properties");
	put_property(w, "cell", result->id);
	put_property(w, "verdict", verdict_names[result->verdict]);
	put_property(w, "attempts", attempts);
	put_property(w, "cause", result->cause ? result->cause->mode : NULL);
	put_property(w, "source", result->source);
	put_property(w, "target", result->target);
	put_axes(w, "source", results_machine(results, result->source));
	put_axes(w, "target", results_machine(results, result->target));
	put_ms(w, "service_ms", result->service_ns);
	put_ms(w, "freeze_ms", result->freeze_ns);
	end(w);
}

/* GitLab shows the content and not the message, so all is in it. */
static void put_story(xmlTextWriterPtr w, const struct result *result)
{
	for (size_t i = 0; i < n_story_facts; i++) {
		const char *value = story_facts[i].get(result);
		CLEANUP_FREE char *text = value ? clean(value) : NULL;

		if (text)
			must(xmlTextWriterWriteFormatString(
				w, "%s: %s\n", story_facts[i].name, text));
	}
}

static void put_outcome(xmlTextWriterPtr w, const struct result *result)
{
	const char *element = elements[outcomes[result->verdict].outcome];
	CLEANUP_FREE char *message = NULL;

	if (!element)
		return;
	message = xasprintf("%s%s", outcomes[result->verdict].prefix,
			    story_headline(result));
	begin(w, element);
	put_attr(w, "type",
		 result->cause ? result->cause->mode :
				 verdict_names[result->verdict]);
	put_attr(w, "message", message);
	put_story(w, result);
	end(w);
}

static void put_case(xmlTextWriterPtr w, const struct results *results,
		     const struct result *result)
{
	CLEANUP_FREE char *pair = story_pair(result);

	begin(w, "testcase");
	put_attr(w, "classname", result->scenario);
	put_attr(w, "name", pair);
	put_time(w, result->wall_ns);
	put_properties(w, results, result);
	put_outcome(w, result);
	end(w);
}

/** struct tally - What a suite's attributes count */
struct tally {
	size_t tests;
	size_t by[JUNIT_COUNT];
	uint64_t ns;
};

static void count(struct tally *tally, const struct result *result)
{
	tally->tests++;
	tally->by[outcomes[result->verdict].outcome]++;
	if (result->wall_ns != UNMEASURED)
		tally->ns += result->wall_ns;
}

static void put_tally(xmlTextWriterPtr w, const struct tally *tally)
{
	put_number(w, "tests", tally->tests);
	put_number(w, "failures", tally->by[JUNIT_FAILURE]);
	put_number(w, "errors", tally->by[JUNIT_ERROR]);
	put_time(w, tally->ns);
}

static void put_run(xmlTextWriterPtr w, const struct results *results)
{
	begin(w, "properties");
	put_property(w, "run", results->id);
	put_property(w, "tool", results->tool);
	put_property(w, "host.kernel", results->host.kernel);
	put_property(w, "host.cpu", results->host.cpu);
	put_property(w, "host.accel", results->host.accel);
	put_property(w, "host.qemu", results->host.qemu);
	put_property(w, "host.libvirt", results->host.libvirt);
	end(w);
}

static void put_suite(xmlTextWriterPtr w, const struct view *view,
		      size_t scenario)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < view->n_cells; i++) {
		if (view->cells[i].scenario == scenario)
			count(&tally, view->cells[i].result);
	}
	begin(w, "testsuite");
	put_attr(w, "name", view->scenarios[scenario]);
	put_tally(w, &tally);
	put_number(w, "skipped", tally.by[JUNIT_SKIPPED]);
	put_attr(w, "timestamp", view->results->started);
	put_run(w, view->results);
	for (size_t i = 0; i < view->n_cells; i++) {
		if (view->cells[i].scenario == scenario)
			put_case(w, view->results, view->cells[i].result);
	}
	end(w);
}

static void put_suites(xmlTextWriterPtr w, const struct view *view)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < view->n_cells; i++)
		count(&tally, view->cells[i].result);
	begin(w, "testsuites");
	put_attr(w, "name", "crmatrix");
	put_tally(w, &tally);
	for (size_t i = 0; i < view->n_scenarios; i++)
		put_suite(w, view, i);
	end(w);
}

static void put_document(xmlBufferPtr buffer, const struct view *view)
{
	xmlTextWriterPtr w = xmlNewTextWriterMemory(buffer, 0);

	if (!w)
		mem_exhausted();
	must(xmlTextWriterSetIndent(w, 1));
	must(xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL));
	put_suites(w, view);
	must(xmlTextWriterEndDocument(w));
	xmlFreeTextWriter(w);
}

int report_junit(const struct results *results, const struct report_opts *opts,
		 FILE *out, struct err *err)
{
	CLEANUP(view_release) struct view view = { 0 };
	xmlBufferPtr buffer = xmlBufferCreate();

	(void)opts;
	if (!buffer)
		mem_exhausted();
	view_init(results, &view);
	put_document(buffer, &view);
	(void)fwrite(xmlBufferContent(buffer), 1,
		     (size_t)xmlBufferLength(buffer), out);
	xmlBufferFree(buffer);
	if (ferror(out))
		return err_errno(err, "write the report");
	return 0;
}
