// SPDX-License-Identifier: Apache-2.0
/* report_notes.c - the legend of causes: each once, with the cells it explains */
#include "compat/report_notes.h"

#include <string.h>

#include "base/mem.h"
#include "compat/cluster.h"

#define LETTERS 26

/** enum note_kind - What makes cells of a verdict belong together */
enum note_kind { NOTE_NONE, NOTE_CAUSE, NOTE_REASON };

static const enum note_kind kinds[] = {
	[VERDICT_PASS] = NOTE_NONE,   [VERDICT_FAIL] = NOTE_CAUSE,
	[VERDICT_XFAIL] = NOTE_CAUSE, [VERDICT_XPASS] = NOTE_REASON,
	[VERDICT_SKIP] = NOTE_REASON, [VERDICT_BROKEN] = NOTE_REASON,
	[VERDICT_NOTRUN] = NOTE_NONE,
};
static_assert(ARRAY_SIZE(kinds) == VERDICT_COUNT,
	      "kinds[] doesn't match enum verdict");

static const char *const headings[] = {
	[VERDICT_PASS] = "passed",    [VERDICT_FAIL] = "failed",
	[VERDICT_XFAIL] = "failed",   [VERDICT_XPASS] = "passed unexpectedly",
	[VERDICT_SKIP] = "skipped",   [VERDICT_BROKEN] = "broken",
	[VERDICT_NOTRUN] = "not run",
};
static_assert(ARRAY_SIZE(headings) == VERDICT_COUNT,
	      "headings[] doesn't match enum verdict");

const char *note_heading(const struct view_note *note)
{
	if (note->first->cause)
		return note->first->cause->mode;
	return headings[note->first->verdict];
}

/* What is unknown is not the same only because it is unknown. */
static const char *key_of(const struct result *result)
{
	if (kinds[result->verdict] == NOTE_CAUSE && result->cause &&
	    !str_eq(result->cause->mode, "unknown"))
		return result->cause->mode;
	return view_reason(result);
}

static void label_of(size_t i, char label[16])
{
	char digits[16];
	size_t n = 0, k = 0;

	do {
		digits[n++] = (char)('a' + i % LETTERS);
		i /= LETTERS;
	} while (i-- > 0 && n < sizeof(digits) - 1);
	while (n > 0)
		label[k++] = digits[--n];
	label[k] = '\0';
}

/* Pids, paths and times differ from cell to cell and mean nothing here. */
static bool same_shape(const char *a, const char *b)
{
	CLEANUP_FREE char *shape_a = NULL, *shape_b = NULL;

	if (str_eq(a, b))
		return true;
	shape_a = cluster_shape(a);
	shape_b = cluster_shape(b);
	return str_eq(shape_a, shape_b);
}

static bool together(const struct view_note *note, const struct result *result)
{
	return kinds[note->first->verdict] == kinds[result->verdict] &&
	       (kinds[result->verdict] == NOTE_CAUSE ||
		note->first->verdict == result->verdict) &&
	       same_shape(note->key, key_of(result));
}

static size_t note_of(struct view *view, const struct result *result)
{
	struct view_note *note;

	for (size_t i = 0; i < view->n_notes; i++) {
		if (together(&view->notes[i], result))
			return i;
	}
	note = VEC_PUSH(view->notes, view->n_notes);
	note->first = result;
	note->key = key_of(result);
	label_of(view->n_notes - 1, note->label);
	return view->n_notes - 1;
}

void view_take_notes(struct view *view)
{
	for (size_t i = 0; i < view->n_cells; i++) {
		struct view_cell *cell = &view->cells[i];
		struct view_note *note;

		cell->note = VIEW_NO_NOTE;
		if (kinds[cell->result->verdict] == NOTE_NONE)
			continue;
		cell->note = note_of(view, cell->result);
		note = &view->notes[cell->note];
		note->n_cells++;
		note->counts[cell->result->verdict]++;
	}
}
