// SPDX-License-Identifier: Apache-2.0
/* report_kcidb.c - KCIDB's I/O format, version 5: what kernel CI systems submit
 *
 * A kernel is a build (of a checkout that its distributor knows), a cell a test
 * of it, a failure mode an issue. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/shape.h"
#include "compat/report_formats.h"
#include "compat/report_story.h"
#include "compat/report_view.h"

#define MAJOR 5
#define MINOR 3
#define ISSUE_VERSION 1
#define EXCERPT_MAX 16384
#define NS_PER_US (NS_PER_MS / 1000)
#define ORIGIN_PATTERN "^[a-z0-9_]+$"

/* What KCIDB calls it. A known failure is a failure still, with its issue; what
 * we could not tell is one of the harness. */
static const char *const statuses[] = {
	[VERDICT_PASS] = "PASS",   [VERDICT_FAIL] = "FAIL",
	[VERDICT_XFAIL] = "FAIL",  [VERDICT_XPASS] = "PASS",
	[VERDICT_SKIP] = "SKIP",   [VERDICT_BROKEN] = "MISS",
	[VERDICT_NOTRUN] = "MISS",
};
static_assert(ARRAY_SIZE(statuses) == VERDICT_COUNT,
	      "statuses[] doesn't match enum verdict");

/** struct report - The document under construction; no reference is owned */
struct report {
	const struct results *results;
	const char *origin;
	json_t *checkouts, *builds, *tests, *issues, *incidents;
};

/* No member is null there: what is not known is left out. */
static void put(json_t *object, const char *key, const char *text)
{
	if (text)
		(void)json_object_set_new(object, key, shape_text(text));
}

static void put_id(json_t *object, const char *key, const struct report *r,
		   const char *local)
{
	CLEANUP_FREE char *id = xasprintf("%s:%s", r->origin, local);

	put(object, key, id);
}

static json_t *add(json_t *array, const struct report *r, const char *local)
{
	json_t *object = json_object();

	put_id(object, "id", r, local);
	put(object, "origin", r->origin);
	(void)json_array_append_new(array, object);
	return object;
}

static bool has(const json_t *array, const struct report *r, const char *local)
{
	CLEANUP_FREE char *id = xasprintf("%s:%s", r->origin, local);

	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *other =
			json_object_get(json_array_get(array, i), "id");

		if (str_eq(json_string_value(other), id))
			return true;
	}
	return false;
}

/* By the kernel's release; of a machine that never booted by its name. */
static char *build_of(const struct report *r, const char *machine)
{
	const struct machine_result *m = results_machine(r->results, machine);

	return m && m->kernel && *m->kernel ? xstrdup(m->kernel) :
					      xasprintf("machine-%s", machine);
}

static void add_build(const struct report *r, const char *machine)
{
	CLEANUP_FREE char *local = build_of(r, machine);
	json_t *build;

	if (has(r->builds, r, local))
		return;
	put(add(r->checkouts, r, local), "comment", local);
	build = add(r->builds, r, local);
	put_id(build, "checkout_id", r, local);
	put(build, "comment", local);
	put(build, "architecture", "x86_64");
}

static json_t *machine_json(const struct report *r, const char *name)
{
	const struct machine_result *m = results_machine(r->results, name);
	json_t *json = json_object();

	put(json, "machine", name);
	for (size_t i = 0; m && i < n_story_axes; i++)
		put(json, story_axes[i].name, story_axes[i].get(m));
	return json;
}

static json_t *host_json(const struct host_facts *host)
{
	json_t *json = json_object();

	put(json, "kernel", host->kernel);
	put(json, "cpu", host->cpu);
	put(json, "accel", host->accel);
	put(json, "qemu", host->qemu);
	put(json, "libvirt", host->libvirt);
	return json;
}

static json_t *environment(const struct report *r, const struct result *result)
{
	CLEANUP_FREE char *comment = story_pair(result);
	json_t *json = json_object();

	put(json, "comment", comment);
	(void)json_object_set_new(
		json, "misc",
		json_pack("{so, so, so}", "source",
			  machine_json(r, result->source), "target",
			  machine_json(r, result->target), "host",
			  host_json(&r->results->host)));
	return json;
}

static json_t *misc(const struct result *result)
{
	json_t *json = json_pack("{ss, sI}", "verdict",
				 verdict_names[result->verdict], "attempts",
				 (json_int_t)result->attempts);

	put(json, "cell", result->id);
	for (size_t i = 0; i < n_story_facts; i++)
		put(json, story_facts[i].name, story_facts[i].get(result));
	return json;
}

static double seconds(uint64_t ns)
{
	uint64_t us = ns / NS_PER_US;

	return (double)us / 1e6;
}

static void put_figures(json_t *test, const struct result *result)
{
	if (result->wall_ns != UNMEASURED)
		(void)json_object_set_new(test, "duration",
					  json_real(seconds(result->wall_ns)));
	if (result->service_ns != UNMEASURED)
		(void)json_object_set_new(test, "number",
					  json_pack("{sf, ss, ss}", "value",
						    seconds(result->service_ns),
						    "unit", "s", "prefix",
						    "metric"));
}

static void put_excerpt(json_t *test, const struct cause *cause)
{
	CLEANUP_FREE char *cut = NULL;

	if (!cause || !cause->line)
		return;
	/* KCIDB counts characters: of bytes there may be more. */
	cut = xstrndup(cause->line, EXCERPT_MAX);
	put(test, "log_excerpt", cut);
}

static void add_issue(const struct report *r, const struct cause *cause)
{
	json_t *issue;

	if (has(r->issues, r, cause->mode))
		return;
	issue = add(r->issues, r, cause->mode);
	(void)json_object_set_new(issue, "version",
				  json_integer(ISSUE_VERSION));
	put(issue, "comment", cause->mode);
	if (cause->known && str_starts(cause->known, "https://"))
		put(issue, "report_url", cause->known);
}

static void add_incident(const struct report *r, const struct result *result,
			 const char *test)
{
	CLEANUP_FREE char *local = NULL;
	json_t *incident;

	if (!result->cause || str_eq(result->cause->mode, "unknown"))
		return;
	add_issue(r, result->cause);
	local = xasprintf("%s:%s", test, result->cause->mode);
	incident = add(r->incidents, r, local);
	put_id(incident, "issue_id", r, result->cause->mode);
	(void)json_object_set_new(incident, "issue_version",
				  json_integer(ISSUE_VERSION));
	put_id(incident, "test_id", r, test);
	(void)json_object_set_new(incident, "present", json_true());
	put(incident, "comment", result->cause->title);
}

/* What cannot be dumped is tested on the source, all else on the target. */
static const char *tested_on(const struct result *result)
{
	return result->phase == PHASE_START || result->phase == PHASE_DUMP ?
		       result->source :
		       result->target;
}

static void add_test(const struct report *r, const struct result *result)
{
	CLEANUP_FREE char *local =
		xasprintf("%s:%s", r->results->id, result->id);
	CLEANUP_FREE char *build = build_of(r, tested_on(result));
	CLEANUP_FREE char *path = xasprintf("crmatrix.%s", result->scenario);
	json_t *test = add(r->tests, r, local);

	add_build(r, tested_on(result));
	put_id(test, "build_id", r, build);
	put(test, "path", path);
	put(test, "comment", story_headline(result));
	put(test, "status", statuses[result->verdict]);
	put_figures(test, result);
	put_excerpt(test, result->cause);
	(void)json_object_set_new(test, "environment", environment(r, result));
	(void)json_object_set_new(test, "misc", misc(result));
	add_incident(r, result, local);
}

int report_kcidb(const struct results *results, const struct report_opts *opts,
		 FILE *out, struct err *err)
{
	struct report r = { .results = results,
			    .origin = opts->origin ? opts->origin : "crmatrix",
			    .checkouts = json_array(),
			    .builds = json_array(),
			    .tests = json_array(),
			    .issues = json_array(),
			    .incidents = json_array() };
	json_t *json = json_pack("{s{si, si}, so, so, so, so, so}", "version",
				 "major", MAJOR, "minor", MINOR, "checkouts",
				 r.checkouts, "builds", r.builds, "tests",
				 r.tests, "issues", r.issues, "incidents",
				 r.incidents);
	int rc = 0;

	if (!bind_matches(ORIGIN_PATTERN, r.origin))
		rc = err_set(err, ERR_INPUT, 0,
			     "'%s' is no origin: KCIDB wants lower case "
			     "letters, digits and _",
			     r.origin);
	for (size_t i = 0; !rc && i < results->n_cells; i++)
		add_test(&r, &results->cells[i]);
	if (!rc && (json_dumpf(json, out, RESULTS_JSON_FLAGS) ||
		    fputc('\n', out) == EOF || ferror(out)))
		rc = err_errno(err, "write the report");
	json_decref(json);
	return rc;
}
