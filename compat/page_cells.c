// SPDX-License-Identifier: Apache-2.0
/* page_cells.c - the cells as rows of numbers, for the page's scripts */
#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/page_internal.h"

static void add(json_t *array, json_t *value)
{
	(void)json_array_append_new(array, value);
}

static json_t *count(uint64_t n)
{
	return n == UNMEASURED ? json_null() : json_integer((json_int_t)n);
}

enum column_kind { COLUMN_TEXT, COLUMN_MS, COLUMN_COUNT, COLUMN_WITNESS };

/** struct column - A member of a row; @of_cause: of the cell's cause */
struct column {
	const char *name;
	enum column_kind kind;
	size_t offset;
	bool of_cause;
};

#define OF(kind_, member)                                 \
	{                                                 \
		.name = #member, .kind = (kind_),         \
		.offset = offsetof(struct result, member) \
	}
/* In ns there, in ms here. */
#define OF_MS(member)                                          \
	{                                                      \
		.name = #member "_ms", .kind = COLUMN_MS,      \
		.offset = offsetof(struct result, member##_ns) \
	}
#define OF_CAUSE(member)                                                   \
	{                                                                  \
		.name = #member, .offset = offsetof(struct cause, member), \
		.of_cause = true                                           \
	}
#define OF_SPLIT(name_, part)                                     \
	{                                                         \
		.name = "split_" name_ "_ms", .kind = COLUMN_MS,  \
		.offset = offsetof(struct result, split.ns[part]) \
	}

static const struct column columns[] = {
	OF(COLUMN_COUNT, attempts),
	OF(COLUMN_TEXT, rule),
	OF(COLUMN_TEXT, reason),
	OF(COLUMN_TEXT, expected),
	OF(COLUMN_TEXT, link),
	OF_CAUSE(mode),
	OF_CAUSE(title),
	OF_CAUSE(line),
	OF_CAUSE(file),
	OF_CAUSE(fix),
	OF_CAUSE(known),
	OF(COLUMN_WITNESS, workload),
	OF(COLUMN_TEXT, workload_why),
	OF(COLUMN_WITNESS, peer),
	OF(COLUMN_TEXT, peer_why),
	OF(COLUMN_WITNESS, wire),
	OF(COLUMN_TEXT, wire_why),
	OF(COLUMN_TEXT, blame),
	OF(COLUMN_TEXT, control_of),
	OF_MS(service),
	OF_MS(wire),
	OF_MS(freeze),
	OF_MS(dump),
	OF_MS(transfer),
	OF_MS(restore),
	OF_MS(takeover),
	OF_MS(stall),
	OF_MS(tcp_tail),
	OF_MS(wall),
	OF_SPLIT("before", DOWNTIME_BEFORE),
	OF_SPLIT("freeze", DOWNTIME_FREEZE),
	OF_SPLIT("handover", DOWNTIME_HANDOVER),
	OF_SPLIT("transfer", DOWNTIME_TRANSFER),
	OF_SPLIT("takeover", DOWNTIME_TAKEOVER),
	OF_SPLIT("restore", DOWNTIME_RESTORE),
	OF_SPLIT("release", DOWNTIME_RELEASE),
	OF_SPLIT("tail", DOWNTIME_TAIL),
	{ .name = "split_missing_ms",
	  .kind = COLUMN_MS,
	  .offset = offsetof(struct result, split.missing_ns) },
	OF(COLUMN_COUNT, image_bytes),
	OF(COLUMN_COUNT, sent_bytes),
	OF(COLUMN_COUNT, memory_bytes),
};

/* Of each row before these. */
static const char *const first_columns[] = { "id",     "scenario", "source",
					     "target", "repeat",   "verdict",
					     "phase",  "note",	   "dir",
					     "host",   "remarks",  "sure" };

static json_t *value_of(const struct column *column, const struct result *cell,
			struct page_texts *texts)
{
	const char *base = (const char *)(column->of_cause ?
						  (const void *)cell->cause :
						  (const void *)cell);
	const char *text;
	uint64_t n;
	enum witness says;

	if (!base)
		return json_null();
	switch (column->kind) {
	case COLUMN_TEXT:
		memcpy(&text, base + column->offset, sizeof(text));
		return page_texts_id(texts, text);
	case COLUMN_MS:
		memcpy(&n, base + column->offset, sizeof(n));
		return shape_ms(n);
	case COLUMN_COUNT:
		memcpy(&n, base + column->offset, sizeof(n));
		return count(n);
	case COLUMN_WITNESS:
		memcpy(&says, base + column->offset, sizeof(says));
		return json_integer((json_int_t)says);
	}
	return json_null();
}

/* 0: it is what the rest of the row tells. */
static json_t *unless(const char *text, const char *usual)
{
	return str_eq(text, usual) ? json_integer(0) : shape_text(text);
}

static json_t *id_of(const struct view *view, const struct view_cell *cell,
		     size_t repeat)
{
	CLEANUP_FREE char *number = repeat > 1 ? xasprintf("#%zu", repeat) :
						 xstrdup("");
	CLEANUP_FREE char *id = xasprintf("%s.%s.%s%s",
					  view->scenarios[cell->scenario],
					  view->machines[cell->source],
					  view->machines[cell->target], number);

	return unless(cell->result->id, id);
}

static json_t *dir_of(const struct result *cell)
{
	CLEANUP_FREE char *dir = xasprintf("cells/%s/attempt-%zu", cell->id,
					   (size_t)cell->attempts);

	return unless(cell->dir, dir);
}

/* Of cells that another host ran than the run's: as one text. */
static json_t *host_of(const struct host_facts *host, struct page_texts *texts)
{
	CLEANUP(str_list_release) struct str_list parts = { 0 };
	CLEANUP_FREE char *text = NULL;

	if (!host)
		return json_null();
	if (host->kernel)
		str_list_take(&parts, xasprintf("kernel %s", host->kernel));
	if (host->cpu)
		str_list_add(&parts, host->cpu);
	if (host->accel)
		str_list_add(&parts, host->accel);
	if (host->qemu)
		str_list_take(&parts, xasprintf("QEMU %s", host->qemu));
	text = str_list_join(&parts, ", ");
	return page_texts_id(texts, text);
}

static json_t *remarks_of(const struct result *cell, struct page_texts *texts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < cell->n_remarks; i++) {
		const struct cause *remark = &cell->remarks[i];

		add(array, json_pack("[o, o, o, o, o]",
				     page_texts_id(texts, remark->mode),
				     page_texts_id(texts, remark->title),
				     page_texts_id(texts, remark->file),
				     page_texts_id(texts, remark->fix),
				     page_texts_id(texts, remark->known)));
	}
	if (cell->n_remarks)
		return array;
	json_decref(array);
	return json_null();
}

static json_t *sure_of(const struct cause *cause, struct page_texts *texts)
{
	if (!cause || cause->sure == SURE_NONE)
		return json_null();
	return page_texts_id(texts, sure_names[cause->sure]);
}

static json_t *row_of(const struct view *view, const struct view_cell *cell,
		      size_t repeat, struct page_texts *texts)
{
	json_t *row = json_array();

	add(row, id_of(view, cell, repeat));
	add(row, json_integer((json_int_t)cell->scenario));
	add(row, json_integer((json_int_t)cell->source));
	add(row, json_integer((json_int_t)cell->target));
	add(row, json_integer((json_int_t)repeat));
	add(row, json_integer((json_int_t)cell->result->verdict));
	add(row, cell->result->phase == PHASE_NONE ?
			 json_null() :
			 json_integer((json_int_t)cell->result->phase));
	add(row, cell->note == VIEW_NO_NOTE ?
			 json_null() :
			 json_integer((json_int_t)cell->note));
	add(row, dir_of(cell->result));
	add(row, host_of(cell->result->host, texts));
	add(row, remarks_of(cell->result, texts));
	add(row, sure_of(cell->result->cause, texts));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		add(row, value_of(&columns[i], cell->result, texts));
	return row;
}

static bool same_pair(const struct view_cell *a, const struct view_cell *b)
{
	return a->scenario == b->scenario && a->source == b->source &&
	       a->target == b->target;
}

void page_cells(const struct view *view, struct page_texts *texts, json_t *data)
{
	json_t *heads = json_array();
	json_t *rows = json_array();
	size_t repeat = 0;

	for (size_t i = 0; i < ARRAY_SIZE(first_columns); i++)
		add(heads, json_string(first_columns[i]));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		add(heads, json_string(columns[i].name));
	for (size_t i = 0; i < view->n_cells; i++) {
		repeat = i && same_pair(&view->cells[i - 1], &view->cells[i]) ?
				 repeat + 1 :
				 1;
		add(rows, row_of(view, &view->cells[i], repeat, texts));
	}
	(void)json_object_set_new(data, "columns", heads);
	(void)json_object_set_new(data, "cells", rows);
}
