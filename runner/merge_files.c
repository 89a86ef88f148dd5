// SPDX-License-Identifier: Apache-2.0
/* merge_files.c - what merge takes over from the folders of shards */
#include "runner/merge_files.h"

#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/copytree.h"
#include "runner/jsonfile.h"
#include "runner/log.h"

#define JOURNAL_MAX (256UL << 20)
#define DEPTH_MAX 4 /* cells/ID/attempt-N/FILE, and one more */
#define FACTS_NAMED 5

/* --- Cells ---------------------------------------------------------------------- */

int merge_copy_cells(const char *from, const struct str_list *cells,
		     const char *to, struct err *err)
{
	for (size_t i = 0; i < cells->n; i++) {
		CLEANUP_FREE char *a =
			xasprintf("%s/cells/%s", from, cells->v[i]);
		CLEANUP_FREE char *b =
			xasprintf("%s/cells/%s", to, cells->v[i]);

		if (file_exists(a) && copytree(a, b, DEPTH_MAX, err))
			return -1;
	}
	return 0;
}

/* --- Machines ------------------------------------------------------------------- */

/* The first facts in which two hosts' twins of a machine differ; owned. */
static char *differing(json_t *a, json_t *b)
{
	CLEANUP(str_list_release) struct str_list list = { 0 };
	json_t *all = json_copy(a);
	const char *key;
	json_t *value;

	(void)json_object_update(all, b);
	json_object_foreach(all, key, value)
	{
		if (list.n < FACTS_NAMED &&
		    !json_equal(json_object_get(a, key),
				json_object_get(b, key)))
			str_list_add(&list, key);
	}
	json_decref(all);
	return str_list_join(&list, ", ");
}

static int look_at_both(const char *there, const char *here, struct err *err)
{
	json_t *a = NULL, *b = NULL;
	CLEANUP_FREE char *facts = NULL;
	int rc = jsonfile_read(here, &a, err) || jsonfile_read(there, &b, err);

	if (!rc)
		facts = differing(a, b);
	if (facts && *facts)
		log_warn(NULL, "%s differs from what the shards before say: %s",
			 there, facts);
	json_decref(a);
	json_decref(b);
	return rc ? -1 : 0;
}

static int copy_machine(const char *from, const char *to, const char *name,
			struct err *err)
{
	CLEANUP_FREE char *there = xasprintf("%s/machines/%s", from, name);
	CLEANUP_FREE char *here = xasprintf("%s/machines/%s", to, name);

	if (!str_ends(name, ".json") || !file_regular(there))
		return 0;
	return file_exists(here) ? look_at_both(there, here, err) :
				   file_copy(there, here, err);
}

int merge_copy_machines(const char *from, const char *to, struct err *err)
{
	CLEANUP_FREE char *folder = xasprintf("%s/machines", from);
	CLEANUP_FREE char *made = xasprintf("%s/machines", to);
	CLEANUP(str_list_release) struct str_list names = { 0 };

	if (!file_exists(folder))
		return 0;
	if (file_mkdirs(made, err) || file_list(folder, &names, err))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		if (copy_machine(from, to, names.v[i], err))
			return -1;
	}
	return 0;
}

/* --- Journals ------------------------------------------------------------------- */

/** struct line - One line of a journal, and when it was written */
struct line {
	char *text;
	json_int_t at_ns;
	size_t order;
};

static int compare_lines(const void *x, const void *y)
{
	const struct line *a = x;
	const struct line *b = y;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

/* A torn line is not taken over. */
static int read_lines(const char *run, struct line **lines, size_t *n,
		      struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/journal.jsonl", run);
	CLEANUP_FREE char *text = NULL;
	char *rest = NULL;

	if (!file_exists(path))
		return 0;
	if (file_read(path, JOURNAL_MAX, &text, NULL, err))
		return -1;
	for (char *one = strtok_r(text, "\n", &rest); one;
	     one = strtok_r(NULL, "\n", &rest)) {
		json_t *json = json_loads(one, 0, NULL);
		struct line *line;

		if (!json)
			continue;
		line = VEC_PUSH(*lines, *n);
		line->text = xstrdup(one);
		line->at_ns =
			json_integer_value(json_object_get(json, "at_ns"));
		line->order = *n;
		json_decref(json);
	}
	return 0;
}

static int write_lines(const struct line *lines, size_t n, const char *run,
		       struct err *err)
{
	CLEANUP_FREE char *path = xasprintf("%s/journal.jsonl", run);
	CLEANUP_FREE char *text = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(buf.f, "%s\n", lines[i].text);
	text = strbuf_take(&buf);
	return file_write(path, text, strlen(text), err);
}

int merge_journals(const struct str_list *from, const char *to, struct err *err)
{
	struct line *lines = NULL;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < from->n; i++)
		rc = read_lines(from->v[i], &lines, &n, err);
	if (n)
		qsort(lines, n, sizeof(*lines), compare_lines);
	if (!rc)
		rc = write_lines(lines, n, to, err);
	for (size_t i = 0; i < n; i++)
		free(lines[i].text);
	free(lines);
	return rc;
}
