// SPDX-License-Identifier: Apache-2.0
/* report_csv.c - one line for each cell */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/report_formats.h"

static void put_text(const char *text, FILE *out)
{
	if (!text)
		return;
	if (!strpbrk(text, ",\"\n\r")) {
		(void)fputs(text, out);
		return;
	}
	(void)fputc('"', out);
	for (; *text; text++)
		(void)fprintf(out, *text == '"' ? "\"%c" : "%c", *text);
	(void)fputc('"', out);
}

static void put_ms(uint64_t ns, FILE *out)
{
	if (ns != UNMEASURED)
		(void)fprintf(out, "%.3f", (double)ns / (double)NS_PER_MS);
}

static void put_count(uint64_t count, FILE *out)
{
	if (count != UNMEASURED)
		(void)fprintf(out, "%" PRIu64, count);
}

static const char *get_mode(const struct result *result)
{
	return result->cause ? result->cause->mode : NULL;
}

static const char *get_title(const struct result *result)
{
	return result->cause ? result->cause->title : NULL;
}

/* The modes of what was seen besides; for a program, results.json has all. */
static void put_remarks(const struct result *result, FILE *out)
{
	CLEANUP(str_list_release) struct str_list modes = { 0 };
	CLEANUP_FREE char *text = NULL;

	for (size_t i = 0; i < result->n_remarks; i++)
		str_list_add(&modes, result->remarks[i].mode);
	text = str_list_join(&modes, " ");
	put_text(text, out);
}

static const char *get_phase(const struct result *result)
{
	return result->phase == PHASE_NONE ? NULL : phase_names[result->phase];
}

static const char *get_verdict(const struct result *result)
{
	return verdict_names[result->verdict];
}

static const char *get_workload(const struct result *result)
{
	return witness_names[result->workload];
}

static const char *get_peer(const struct result *result)
{
	return witness_names[result->peer];
}

static const char *get_wire(const struct result *result)
{
	return witness_names[result->wire];
}

/** enum column_kind - How a member of struct result is written */
enum column_kind {
	COLUMN_TEXT,
	COLUMN_GET,
	COLUMN_MS,
	COLUMN_COUNT,
	COLUMN_REMARKS
};

/** struct column - One value of a line */
struct column {
	const char *name;
	enum column_kind kind;
	size_t offset;
	const char *(*get)(const struct result *result);
};

#define TEXT(name, member)                                               \
	{                                                                \
		name, COLUMN_TEXT, offsetof(struct result, member), NULL \
	}
#define GET(name, fn)                   \
	{                               \
		name, COLUMN_GET, 0, fn \
	}
#define MS(name, member)                                               \
	{                                                              \
		name, COLUMN_MS, offsetof(struct result, member), NULL \
	}
#define COUNT(name, member)                                               \
	{                                                                 \
		name, COLUMN_COUNT, offsetof(struct result, member), NULL \
	}

static const struct column columns[] = {
	TEXT("id", id),
	TEXT("scenario", scenario),
	TEXT("source", source),
	TEXT("target", target),
	GET("verdict", get_verdict),
	COUNT("attempts", attempts),
	GET("phase", get_phase),
	GET("workload", get_workload),
	GET("peer", get_peer),
	GET("wire", get_wire),
	GET("cause", get_mode),
	GET("title", get_title),
	TEXT("reason", reason),
	TEXT("expected", expected),
	MS("service_ms", service_ns),
	MS("wire_ms", wire_ns),
	MS("freeze_ms", freeze_ns),
	MS("dump_ms", dump_ns),
	MS("transfer_ms", transfer_ns),
	MS("restore_ms", restore_ns),
	MS("takeover_ms", takeover_ns),
	MS("tcp_tail_ms", tcp_tail_ns),
	MS("split_before_ms", split.ns[DOWNTIME_BEFORE]),
	MS("split_freeze_ms", split.ns[DOWNTIME_FREEZE]),
	MS("split_handover_ms", split.ns[DOWNTIME_HANDOVER]),
	MS("split_transfer_ms", split.ns[DOWNTIME_TRANSFER]),
	MS("split_takeover_ms", split.ns[DOWNTIME_TAKEOVER]),
	MS("split_restore_ms", split.ns[DOWNTIME_RESTORE]),
	MS("split_release_ms", split.ns[DOWNTIME_RELEASE]),
	MS("split_tail_ms", split.ns[DOWNTIME_TAIL]),
	MS("split_missing_ms", split.missing_ns),
	MS("stall_ms", stall_ns),
	COUNT("late", late),
	COUNT("image_bytes", image_bytes),
	COUNT("sent_bytes", sent_bytes),
	COUNT("memory_bytes", memory_bytes),
	MS("wall_ms", wall_ns),
	TEXT("dir", dir),
	{ "remarks", COLUMN_REMARKS, 0, NULL },
};

static void put(const struct result *result, const struct column *column,
		FILE *out)
{
	const void *member = (const char *)result + column->offset;
	const char *text;
	uint64_t value;

	switch (column->kind) {
	case COLUMN_TEXT:
		memcpy(&text, member, sizeof(text));
		put_text(text, out);
		break;
	case COLUMN_GET:
		put_text(column->get(result), out);
		break;
	case COLUMN_MS:
		memcpy(&value, member, sizeof(value));
		put_ms(value, out);
		break;
	case COLUMN_COUNT:
		memcpy(&value, member, sizeof(value));
		put_count(value, out);
		break;
	case COLUMN_REMARKS:
		put_remarks(result, out);
		break;
	}
}

int report_csv(const struct results *results, const struct report_opts *opts,
	       FILE *out, struct err *err)
{
	(void)opts;
	for (size_t c = 0; c < ARRAY_SIZE(columns); c++)
		(void)fprintf(out, "%s%s", c ? "," : "", columns[c].name);
	(void)fputc('\n', out);
	for (size_t i = 0; i < results->n_cells; i++) {
		for (size_t c = 0; c < ARRAY_SIZE(columns); c++) {
			if (c)
				(void)fputc(',', out);
			put(&results->cells[i], &columns[c], out);
		}
		(void)fputc('\n', out);
	}
	if (ferror(out))
		return err_errno(err, "write the report");
	return 0;
}
