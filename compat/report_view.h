// SPDX-License-Identifier: Apache-2.0
/* report_view.h - results arranged for reports: grids, causes, counts */
#ifndef COMPAT_REPORT_VIEW_H
#define COMPAT_REPORT_VIEW_H

#include "compat/results.h"

/**
 * struct view_cell - A cell and where it stands in the grids
 * @scenario, @source, @target: Indices of names in the view
 * @order:	Its place in the results: repetitions stay in order
 * @note:	Index of its note in the view, or VIEW_NO_NOTE
 */
struct view_cell {
	const struct result *result;
	size_t scenario, source, target;
	size_t order;
	size_t note;
};

#define VIEW_NO_NOTE ((size_t)-1)

/**
 * struct view_note - What is told of a group of cells below the grids
 * @label:	"a" to "z", then "aa" and so on
 * @key:	What they have in common: a mode, or a reason of a skip
 * @first:	A cell of the group, for its cause, expectation and reason
 * @n_cells:	How many
 * @counts:	By verdict
 *
 * Causes of one mode are one note; each cell's own title is told in it.
 */
struct view_note {
	char label[16];
	const char *key;
	const struct result *first;
	size_t n_cells;
	size_t counts[VERDICT_COUNT];
};

/** struct view - Borrows from the results that it was made of */
struct view {
	const struct results *results;
	const char **scenarios;
	size_t n_scenarios;
	const char **machines; /* those of the results first */
	size_t n_machines;
	struct view_cell *cells; /* by scenario, source, target, order */
	size_t n_cells;
	struct view_note *notes;
	size_t n_notes;
	size_t counts[VERDICT_COUNT];
};

void view_init(const struct results *results, struct view *ret_view);
void view_release(struct view *view);

/** view_find() - The repetitions of a pair in a scenario
 * Return: the first of @ret_n cells in a row; NULL and 0 when there is none */
const struct view_cell *view_find(const struct view *view, size_t scenario,
				  size_t source, size_t target, size_t *ret_n);

/**
 * struct view_sum - Repetitions of a pair as one entry of a grid
 * @worst:	The one that decides how the entry looks
 * @n_worst:	How many of @n have its verdict
 * @service_ns:	Median of the downtimes measured, UNMEASURED: none
 * @retried:	Some took more than one attempt
 * @remarked:	Some have remarks
 */
struct view_sum {
	const struct view_cell *worst;
	size_t n_worst;
	size_t n;
	uint64_t service_ns;
	bool retried;
	bool remarked;
};
void view_sum(const struct view_cell *cells, size_t n,
	      struct view_sum *ret_sum);

/** verdict_words - How reports call a verdict: told apart without colours */
extern const char *const verdict_words[VERDICT_COUNT];

/** view_counts() - "12 ok, 3 xfail": what of @counts is not 0; owned */
char *view_counts(const size_t counts[VERDICT_COUNT]);

/** view_detail() - What follows the word in an entry of a grid: downtime in ms,
 * the note's label, repetitions; "" when there is nothing; owned */
char *view_detail(const struct view *view, const struct view_sum *sum);

/** view_ms() - "812" or "8.4", ms; owned */
char *view_ms(uint64_t ns);

/** view_reason() - What a note says of one cell: its cause's title, or reason */
const char *view_reason(const struct result *result);

/** view_link() - Where more is told of its cause, or NULL: the cause's own link,
 * else that of an expectation that fits */
const char *view_link(const struct result *result);

/** struct view_remark - What the witnesses of some cells saw and let pass
 * @first:	Of the first cell that has it
 * @cells:	Their ids
 */
struct view_remark {
	const struct cause *first;
	struct str_list cells;
};

/** view_remarks() - By mode, in order of appearance; owned, see
 * view_remarks_free() */
struct view_remark *view_remarks(const struct view *view, size_t *ret_n);
void view_remarks_free(struct view_remark *remarks, size_t n);

/** struct view_sign - A mark of the grids that wants to be explained */
struct view_sign {
	bool (*is_used)(const struct view_sum *sum);
	const char *meaning;
};
extern const struct view_sign view_signs[];
extern const size_t n_view_signs;

/** view_uses() - Whether any entry has that mark */
bool view_uses(const struct view *view, const struct view_sign *sign);

/** view_red() - The cell that is best explained next: unexpected ones first, then
 * broken ones, then expected failures; NULL when all passed */
const struct result *view_red(const struct view *view);

#endif
