// SPDX-License-Identifier: Apache-2.0
/* page_history.c - how cells fared over time, for the page's scripts */
#include "base/mem.h"
#include "base/shape.h"
#include "compat/page_internal.h"

/* Of more cells than that those alone are told that were not always good. */
#define CELLS_ALL_MAX 2000

static void add(json_t *array, json_t *value)
{
	(void)json_array_append_new(array, value);
}

/* [run, counts by verdict, downtime, cause] */
static json_t *point_of(const struct history_point *point,
			struct page_texts *texts)
{
	json_t *counts = json_array();

	for (int i = 0; i < VERDICT_COUNT; i++)
		add(counts, json_integer((json_int_t)point->counts[i]));
	return json_pack("[I, o, o, o]", (json_int_t)point->run, counts,
			 shape_ms(point->service_ns),
			 page_texts_id(texts, point->cause));
}

/* [scenario, source, target, state, since, failed, judged, points] */
static json_t *cell_of(const struct history_cell *cell,
		       struct page_texts *texts)
{
	json_t *points = json_array();

	for (size_t i = 0; i < cell->n_points; i++)
		add(points, point_of(&cell->points[i], texts));
	return json_pack("[o, o, o, s, o, I, I, o]",
			 page_texts_id(texts, cell->scenario),
			 page_texts_id(texts, cell->source),
			 page_texts_id(texts, cell->target),
			 history_state_names[cell->state],
			 cell->since == HISTORY_NO_RUN ?
				 json_null() :
				 json_integer((json_int_t)cell->since),
			 (json_int_t)cell->trials.failed,
			 (json_int_t)cell->trials.runs, points);
}

json_t *page_history(const struct history *history, struct page_texts *texts)
{
	json_t *runs, *cells;

	if (!history)
		return json_null();
	runs = json_array();
	cells = json_array();
	for (size_t i = 0; i < history->n_runs; i++)
		add(runs, json_pack("[o, o]", shape_text(history->runs[i].id),
				    shape_text(history->runs[i].started)));
	for (size_t i = 0; i < history->n_cells; i++)
		if (history->n_cells <= CELLS_ALL_MAX ||
		    history->cells[i].state != HISTORY_GOOD)
			add(cells, cell_of(&history->cells[i], texts));
	return json_pack("{s:o, s:o}", "runs", runs, "cells", cells);
}
