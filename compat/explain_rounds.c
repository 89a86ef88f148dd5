// SPDX-License-Identifier: Apache-2.0
/* explain_rounds.c - rounds of criu pre-dump and the dump after them, or a series of
 * snapshots */
#include <inttypes.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/explain.h"
#include "compat/rounds.h"
#include "compat/stamp.h"

static void add_ms(struct table *table, uint64_t ns)
{
	CLEANUP_FREE char *ms = ns == UNMEASURED ? NULL : view_ms(ns);

	if (ms)
		table_addf(table, INK_PLAIN, "%s ms", ms);
	else
		table_add(table, INK_PLAIN, "-");
}

static void add_count(struct table *table, uint64_t n)
{
	if (n == UNMEASURED)
		table_add(table, INK_PLAIN, "-");
	else
		table_addf(table, INK_PLAIN, "%" PRIu64, n);
}

static void add_row(struct table *table, const char *name, uint64_t took_ns,
		    const struct obs_criu *criu, uint64_t sent_bytes)
{
	table_add(table, INK_PLAIN, name);
	add_ms(table, took_ns);
	add_ms(table, criu->frozen_ns);
	add_count(table, criu->pages_written);
	add_count(table, criu->pages_skipped);
	add_count(table, sent_bytes);
}

/* Of a series each one is a dump, the last too. */
static bool is_series(const struct observation *obs)
{
	for (size_t i = 0; i < obs->n_steps; i++)
		if (str_eq(obs->steps[i].name, "snapshot 1"))
			return true;
	return false;
}

static void add_rounds(struct table *table, const struct observation *obs)
{
	const char *kind = is_series(obs) ? "snapshot" : "round";

	for (size_t i = 0; i < obs->n_rounds; i++) {
		const struct obs_round *round = &obs->rounds[i];
		CLEANUP_FREE char *name = xasprintf("%s %zu", kind, i + 1);

		add_row(table, name,
			stamp_span(round->began_ns, round->ended_ns),
			&round->criu, round->sent_bytes);
	}
	add_row(table, is_series(obs) ? "the last" : "dump",
		stamp_span(stamp_of(obs, "dump-begin"),
			   stamp_of(obs, "dump-end")),
		&obs->criu, obs->sent_bytes);
}

void explain_rounds(const struct story *story)
{
	static const char *const columns[] = {
		"", "took", "frozen", "pages", "pages the same", "bytes sent"
	};
	CLEANUP(table_release)
	struct table table = { .n_cols = ARRAY_SIZE(columns) };
	const struct observation *obs = story->obs;

	if (!obs || !obs->n_rounds)
		return;
	text_heading(is_series(obs) ? "snapshots" : "pre-dump", story->opts,
		     story->out);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		table_add(&table, INK_DIM, columns[i]);
	add_rounds(&table, obs);
	table_print(&table, 1, table.n_cols, story->opts, story->out);
	if (!is_series(obs))
		story_line(story, "ended by",
			   rounds_tell((enum rounds_end)obs->rounds_end));
}
