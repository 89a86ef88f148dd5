// SPDX-License-Identifier: Apache-2.0
/* page_stories.c - what else is known of cells, as far as there is room */
#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/page_internal.h"
#include "compat/results_internal.h"

/* Of many connections people read ten; of many files, so many. */
#define CONNECTIONS_MAX 10
#define FILES_MAX 40
#define DRAWING_BYTES_MAX (128UL << 10)
/* With less room than that nothing more is tried. */
#define ROOM_LEAST 4096

static void set(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

/* Whose stories are told first: one of each cause, then the unexpected. */
enum { RANK_FIRST, RANK_NEW, RANK_EXPECTED, RANK_REST, RANKS };

static const int ranks[] = {
	[VERDICT_PASS] = RANK_REST,	 [VERDICT_FAIL] = RANK_NEW,
	[VERDICT_XFAIL] = RANK_EXPECTED, [VERDICT_XPASS] = RANK_NEW,
	[VERDICT_SKIP] = RANK_REST,	 [VERDICT_BROKEN] = RANK_NEW,
	[VERDICT_NOTRUN] = RANK_REST,
};
static_assert(ARRAY_SIZE(ranks) == VERDICT_COUNT,
	      "ranks[] doesn't match enum verdict");

static int rank_of(const struct view *view, const struct view_cell *cell)
{
	if (cell->note != VIEW_NO_NOTE &&
	    view->notes[cell->note].first == cell->result)
		return RANK_FIRST;
	return ranks[cell->result->verdict];
}

/* Facts that the cell saw and that are not as the run has them. */
static json_t *other_facts(const struct facts *seen,
			   const struct results *results, const char *name)
{
	json_t *all = facts_to_json(seen);
	json_t *other = json_object();
	const struct machine_result *m = NULL;
	const char *key;
	json_t *value;

	for (size_t i = 0; i < results->n_machines && !m; i++)
		if (str_eq(results->machines[i].name, name))
			m = &results->machines[i];
	json_object_foreach(all, key, value)
	{
		const char *usual = m ? facts_get(&m->facts, key) : NULL;

		if (!str_eq(usual, json_string_value(value)))
			(void)json_object_set(other, key, value);
	}
	json_decref(all);
	return other;
}

static json_t *observed(const struct results *results,
			const struct result *cell,
			const struct page_evidence *evidence)
{
	json_t *json;

	if (!evidence->has_obs)
		return json_null();
	json = observation_to_json(&evidence->obs);
	set(json, "source_facts",
	    other_facts(&evidence->obs.source_facts, results, cell->source));
	set(json, "target_facts",
	    other_facts(&evidence->obs.target_facts, results, cell->target));
	return json;
}

static json_t *wire_of(const struct result *cell)
{
	json_t *json = continuity_to_json(cell);
	json_t *all = json_object_get(json, "connections");
	size_t n = json_array_size(all);

	while (json_array_size(all) > CONNECTIONS_MAX)
		(void)json_array_remove(all, json_array_size(all) - 1);
	if (json_is_object(json))
		set(json, "n", json_integer((json_int_t)n));
	return json;
}

/** struct image_kind - What browsers show, known by its first bytes */
struct image_kind {
	const char *type;
	const char *magic;
	size_t len;
};

static const struct image_kind image_kinds[] = {
	{ "image/png", "\x89PNG\r\n\x1a\n", 8 },
	{ "image/jpeg", "\xff\xd8\xff", 3 },
};

static const char *image_type(const struct page_picture *picture)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_kinds); i++) {
		const struct image_kind *kind = &image_kinds[i];

		if (picture->len >= kind->len &&
		    !memcmp(picture->bytes, kind->magic, kind->len))
			return kind->type;
	}
	return NULL;
}

static json_t *pictures_of(const struct page_evidence *evidence)
{
	json_t *array = json_array();

	for (size_t i = 0; i < evidence->n_pictures; i++) {
		const struct page_picture *picture = &evidence->pictures[i];
		const char *type = image_type(picture);
		CLEANUP_FREE char *base64 = NULL;

		if (!type)
			continue;
		base64 = page_base64(picture->bytes, picture->len);
		(void)json_array_append_new(
			array, json_pack("{s:o, s:s, s:s}", "name",
					 shape_text(picture->name), "type",
					 type, "base64", base64));
	}
	return array;
}

static json_t *files_of(const struct page_evidence *evidence)
{
	json_t *array = json_array();

	for (size_t i = 0; i < evidence->files.n && i < FILES_MAX; i++)
		(void)json_array_append_new(array,
					    shape_text(evidence->files.v[i]));
	return array;
}

static json_t *story_of(const struct results *results,
			const struct result *cell,
			const struct page_evidence *evidence)
{
	json_t *story = json_object();

	set(story, "wire", wire_of(cell));
	set(story, "observation", observed(results, cell, evidence));
	set(story, "logs", page_excerpts(cell, evidence));
	set(story, "files", files_of(evidence));
	set(story, "drawing",
	    evidence->svg && strlen(evidence->svg) <= DRAWING_BYTES_MAX ?
		    shape_text(evidence->svg) :
		    json_null());
	set(story, "pictures", pictures_of(evidence));
	set(story, "pictures_out",
	    json_integer((json_int_t)evidence->n_pictures_out));
	return story;
}

/** struct telling - Stories being written */
struct telling {
	const struct view *view;
	const struct page_source *page;
	FILE *f;
	size_t room;
	struct page_left left;
};

static bool is_empty(const struct page_evidence *evidence, const json_t *story)
{
	return !evidence->has_obs && !evidence->files.n &&
	       json_is_null(json_object_get(story, "wire"));
}

/* Without its pictures, then without its drawing too. */
static bool make_fit(struct telling *t, json_t *story)
{
	json_t *pictures = json_object_get(story, "pictures");
	size_t n = json_array_size(pictures);

	if (page_json_size(story) <= t->room)
		return true;
	t->left.n_pictures += n;
	set(story, "pictures_out", json_integer((json_int_t)n));
	(void)json_array_clear(pictures);
	if (page_json_size(story) <= t->room)
		return true;
	if (json_is_string(json_object_get(story, "drawing"))) {
		t->left.n_drawings++;
		set(story, "drawing", json_null());
		set(story, "drawing_out", json_true());
	}
	return page_json_size(story) <= t->room;
}

static void tell(struct telling *t, size_t i)
{
	const struct result *cell = t->view->cells[i].result;
	CLEANUP(page_evidence_release) struct page_evidence evidence = { 0 };
	CLEANUP_FREE char *id = xasprintf("story-%zu", i);
	json_t *story;

	if (t->page && t->page->evidence)
		(void)t->page->evidence(t->page->arg, cell, &evidence);
	story = story_of(t->view->results, cell, &evidence);
	if (is_empty(&evidence, story)) {
		json_decref(story);
		return;
	}
	if (make_fit(t, story)) {
		t->room -= page_json_size(story);
		page_json(t->f, id, story);
	} else {
		t->left.n_stories++;
	}
	json_decref(story);
}

void page_stories(const struct view *view, const struct report_opts *opts,
		  size_t room, FILE *f, struct page_left *ret_left)
{
	struct telling t = {
		.view = view, .page = opts->page, .f = f, .room = room
	};

	for (int rank = 0; rank < RANKS; rank++) {
		for (size_t i = 0; i < view->n_cells; i++) {
			const struct view_cell *cell = &view->cells[i];

			if (rank_of(view, cell) != rank ||
			    cell->result->verdict == VERDICT_NOTRUN)
				continue;
			if (t.room < ROOM_LEAST)
				t.left.n_stories++;
			else
				tell(&t, i);
		}
	}
	*ret_left = t.left;
}
